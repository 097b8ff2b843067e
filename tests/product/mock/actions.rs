//! What operations do beyond creating, reading, changing and deleting one item: `fixtures/mock/actions.yaml`.

use serde_json::{Value, json};

use crate::mock::{Ask, fixture, mock_of};

fn ids(list: &Value) -> Vec<u64> {
    list.as_array().expect("a list").iter().filter_map(|one| one["id"].as_u64()).collect()
}

#[test]
fn a_list_adds_each_of_its_items_and_ids_choose_among_them() {
    let mock = fixture("actions");
    let made = Ask::new("POST /tickets").json(&json!([{"text": "a"}, {"text": "b"}, {"text": "c"}])).of(&mock).json();
    assert_eq!(ids(&made), [1, 2, 3]);
    assert_eq!(Ask::new("GET /tickets/2").of(&mock).at("/text"), "b");
    assert_eq!(ids(&Ask::new("GET /tickets?ids=1,3").of(&mock).json()), [1, 3]);
    assert_eq!(Ask::new("DELETE /tickets?ids=1%2C2").of(&mock).status(), 204);
    assert_eq!(ids(&Ask::new("GET /tickets").of(&mock).json()), [3]);
}

#[test]
fn verbs_do_what_they_say() {
    let mock = fixture("actions");
    let made = Ask::new("POST /tickets/create").json(&json!({"text": "a"})).of(&mock).json();
    assert_eq!(ids(&Ask::new("POST /tickets/search").json(&json!({})).of(&mock).json()), [1]);
    let closed = Ask::new("POST /tickets/1/close").of(&mock).json();
    assert_eq!((&closed["text"], &closed["status"]), (&made["text"], &json!("closed")));
    assert_eq!(Ask::new("GET /tickets/1").of(&mock).json(), closed);
    assert_eq!(Ask::new("POST /tickets/7/close").of(&mock).status(), 404);
    assert_eq!(ids(&Ask::new("GET /tickets").of(&mock).json()), [1], "no verb adds anything but `create`");
}

#[test]
fn a_list_is_replaced_as_a_whole_and_a_thing_that_holds_one_is_a_thing() {
    let mock = fixture("actions");
    for names in [json!([{"name": "a"}, {"name": "b"}]), json!([{"name": "c"}]), json!([])] {
        assert_eq!(Ask::new("PUT /tags").json(&names).of(&mock).json(), names);
        assert_eq!(Ask::new("GET /tags").of(&mock).json(), names);
    }
    let sent = json!({"loud": true, "ways": [{"name": "mail"}]});
    assert_eq!(Ask::new("PATCH /preferences").json(&sent).of(&mock).json(), sent);
    assert_eq!(Ask::new("GET /preferences").of(&mock).json(), sent);
}

#[test]
fn ids_are_saved_and_removed_alone() {
    let mock = fixture("actions");
    Ask::new("PUT /saved").json(&json!({"ids": ["a", "b", "c"]})).of(&mock);
    Ask::new("DELETE /saved?ids=a,c").of(&mock);
    assert_eq!(Ask::new("GET /saved").of(&mock).at("/items"), json!([{"id": "b"}]));
}

#[test]
fn a_thing_holds_the_items_of_the_collection_below_it() {
    let mock = fixture("actions");
    let line = |sku, quantity| json!({"sku": sku, "quantity": quantity, "price": 2.5});
    Ask::new("POST /basket/lines").json(&line("a", 2)).of(&mock);
    let basket = Ask::new("POST /basket/lines").json(&line("b", 1)).of(&mock).json();
    assert_eq!(basket, json!({"lines": [line("a", 2), line("b", 1)], "total": 7.5, "itemCount": 2}));
    assert_eq!(Ask::new("DELETE /basket/lines/a").of(&mock).status(), 204);
    assert_eq!(
        Ask::new("GET /basket").of(&mock).json(),
        json!({"lines": [line("b", 1)], "total": 2.5, "itemCount": 1})
    );
    assert_eq!(Ask::new("DELETE /basket/lines/a").of(&mock).status(), 404);
}

#[test]
fn where_no_success_is_documented_what_is_documented_is_answered() {
    let mock = fixture("actions");
    let old = Ask::new("GET /old").header("Host", "h").of(&mock);
    assert_eq!((old.status(), old.header("location").starts_with("http://")), (301, true));
    assert_eq!(Ask::new("GET /gone").of(&mock).status(), 410);
}

#[test]
fn a_declared_action_without_a_resource_acts_on_the_item_that_its_path_leads_to() {
    let ticket = json!({"type": "object", "required": ["id", "text"], "properties": {
        "id": {"type": "integer", "readOnly": true}, "text": {"type": "string"}, "state": {"type": "string"}}});
    let content = json!({"content": {"application/json": {"schema": ticket}}});
    let shown = json!({"200": {"description": "", "content": content["content"]}, "404": {"description": ""}});
    let id = json!([{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}]);
    let mock = mock_of(json!({
        "/tickets": {"post": {"requestBody": content, "responses": {"201": shown["200"]}}},
        "/tickets/{id}": {"parameters": id, "get": {"responses": shown}},
        "/tickets/{id}/publish": {"parameters": id, "post": {"responses": shown,
            "x-etalon": {"action": "update", "set": {"/state": "'out'"}}}}
    }));
    for text in ["a", "b"] {
        Ask::new("POST /tickets").json(&json!({"text": text})).of(&mock);
    }
    let published = Ask::new("POST /tickets/1/publish").of(&mock).json();
    assert_eq!((&published["id"], &published["text"], &published["state"]), (&json!(1), &json!("a"), &json!("out")));
    assert_eq!(Ask::new("GET /tickets/1").of(&mock).json(), published);
    assert_ne!(Ask::new("GET /tickets/2").of(&mock).at("/text"), "a");
    assert_eq!(Ask::new("POST /tickets/7/publish").of(&mock).status(), 404);
}
