//! What was sent is kept, and nothing is shown that is not described: `fixtures/mock/kept.yaml`.

use serde_json::json;

use crate::mock::{Ask, fixture, mock_of};

#[test]
fn lines_are_kept_one_by_one_with_what_the_server_makes_and_without_what_is_write_only() {
    let mock = fixture("kept");
    let sent = json!({"memo": "m", "lines": [
        {"article": "a", "count": 2, "pin": "1"}, {"article": "b", "count": 1}, {"article": "c", "count": 9}],
        "owner": {"name": "o", "pin": "2", "rank": 5}, "shares": {"x": {"pin": "3", "part": 1}}});
    let made = Ask::new("POST /invoices").json(&sent).of(&mock);
    assert_eq!(made.status(), 201);
    let read = Ask::new(&format!("GET /invoices/{}", made.at("/id"))).of(&mock).json();
    assert_eq!(made.json(), read);
    let lines = read["lines"].as_array().expect("a list");
    let articles: Vec<_> = lines.iter().map(|line| (line["article"].clone(), line["count"].clone())).collect();
    assert_eq!(articles, [(json!("a"), json!(2)), (json!("b"), json!(1)), (json!("c"), json!(9))]);
    let mut ids: Vec<_> = lines.iter().map(|line| line["id"].to_string()).collect();
    ids.dedup();
    assert_eq!(ids.len(), 3, "each line has an id of its own: {read}");
    assert_eq!((&read["owner"]["name"], read["owner"].get("pin")), (&json!("o"), None));
    assert_ne!(read["owner"]["rank"], json!(5), "what is readOnly is the server's");
    assert_eq!(read["shares"], json!({"x": {"part": 1}}));
    assert!(!read.to_string().contains("pin"), "{read}");
}

#[test]
fn put_keeps_what_the_server_made_and_patches_do_what_their_standards_say() {
    let mock = fixture("kept");
    let made =
        Ask::new("POST /invoices").json(&json!({"memo": "m", "lines": [{"article": "a", "count": 2}]})).of(&mock);
    let path = format!("/invoices/{}", made.at("/id"));
    let put = Ask::new(&format!("PUT {path}")).json(&json!({"lines": [{"article": "a", "count": 3}]})).of(&mock).json();
    assert_eq!(put["lines"][0], json!({"id": made.at("/lines/0/id"), "article": "a", "count": 3}));
    assert_eq!(put.get("memo"), None);

    let patch = |changes| Ask::new(&format!("PATCH {path}")).body("application/json-patch+json", &changes).of(&mock);
    let changed = patch(
        json!([{"op": "add", "path": "/memo", "value": "n"}, {"op": "replace", "path": "/lines/0/count", "value": 7}]),
    );
    assert_eq!((changed.at("/memo"), changed.at("/lines/0/count")), (json!("n"), json!(7)));
    let refused =
        patch(json!([{"op": "remove", "path": "/memo"}, {"op": "test", "path": "/lines/0/count", "value": 1}]));
    assert_eq!(refused.status(), 422);
    assert!(refused.header("etalon-reason").starts_with("unpatchable: change 1"));
    assert_eq!(Ask::new(&format!("GET {path}")).of(&mock).at("/memo"), "n", "a patch is applied whole or not at all");
    assert_eq!(patch(json!([{"op": "remove", "path": "/memo"}])).json().get("memo"), None);

    let merge = |body| Ask::new(&format!("PATCH {path}")).body("application/merge-patch+json", &body).of(&mock).json();
    assert_eq!(merge(json!({"memo": "x", "due": "d"}))["memo"], "x");
    let merged = merge(json!({"memo": null, "due": null}));
    assert_eq!((merged.get("memo"), &merged["due"]), (None, &json!(null)));
}

#[test]
fn the_alternative_is_the_one_that_was_sent() {
    let mock = fixture("kept");
    for sent in [
        json!({"kind": "line", "ends": [{"x": 1.5, "y": 2}, {"x": 3}]}),
        json!({"kind": "box", "sides": [1, 2, 3], "label": "l"}),
        json!({"kind": "circle", "radius": 4}),
    ] {
        let made = Ask::new("POST /shapes").json(&sent).of(&mock).json();
        let mut expected = sent.clone();
        expected["id"] = made["id"].clone();
        assert_eq!(made, expected);
        let read = Ask::new(&format!("GET /shapes/{}", made["id"].as_str().expect("a key"))).of(&mock).json();
        assert_eq!(read, expected);
    }
}

#[test]
fn an_answer_shows_what_was_sent_even_if_the_item_does_not() {
    let mock = fixture("kept");
    let sent = json!({"shop": "s", "sum": {"value": 12, "currency": "EUR"}, "card": "4111"});
    let made = Ask::new("POST /payments").json(&sent).of(&mock).json();
    assert_eq!((&made["shop"], &made["sum"]), (&sent["shop"], &sent["sum"]));
    assert_eq!(made.get("card"), None, "what only the request describes is not shown");
    let read = Ask::new(&format!("GET /payments/{}", made["id"].as_str().expect("a key"))).of(&mock).json();
    assert_eq!(read.as_object().expect("an object").len(), 2);
}

#[test]
fn a_replacement_that_asks_for_nothing_leaves_the_rest() {
    let mock = fixture("kept");
    let made = Ask::new("POST /notes").json(&json!({"note": {"title": "t", "text": "x", "tag": "g"}})).of(&mock);
    let key = made.at("/note/id");
    let path = format!("PUT /notes/{}", key.as_str().expect("a key"));
    let put = Ask::new(&path).json(&json!({"note": {"title": "u"}})).of(&mock);
    assert_eq!(put.json(), json!({"note": {"id": key, "title": "u", "text": "x", "tag": "g"}}));
    assert_eq!(Ask::new("GET /notes").of(&mock).at("/notesCount"), 1);
}

#[test]
fn a_thing_that_is_called_as_a_list_of_the_thing_above_keeps_what_was_sent() {
    let names = json!({"type": "array", "items": {"type": "string"}});
    let topics = json!({"type": "object", "required": ["names"], "properties": {"names": names}});
    let repo =
        json!({"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "topics": names}});
    let content =
        |schema: &serde_json::Value| json!({"description": "", "content": {"application/json": {"schema": schema}}});
    let named = json!([{"name": "repo", "in": "path", "required": true, "schema": {"type": "string"}}]);
    let mock = mock_of(json!({
        "/repos": {"post": {"requestBody": content(&repo), "responses": {"201": content(&repo)}}},
        "/repos/{repo}": {"parameters": named, "get": {"responses": {"200": content(&repo), "404": {"description": ""}}}},
        "/repos/{repo}/topics": {"parameters": named,
            "get": {"responses": {"200": content(&topics), "404": {"description": ""}}},
            "put": {"requestBody": content(&topics), "responses": {"200": content(&topics), "404": {"description": ""}}}}
    }));
    Ask::new("POST /repos").json(&json!({"name": "r"})).of(&mock);
    let sent = json!({"names": ["a", "b"]});
    assert_eq!(Ask::new("PUT /repos/r/topics").json(&sent).of(&mock).json(), sent);
    assert_eq!(Ask::new("GET /repos/r/topics").of(&mock).json(), sent);
}
