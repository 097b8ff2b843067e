//! What words of paths say: verbs and aspects before and behind keys, words for the whole: `fixtures/mock/verbs.yaml`.

use serde_json::{Value, json};

use crate::mock::{Ask, fixture};

fn names(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().filter_map(|one| one["name"].as_str()).collect()
}

#[test]
fn a_key_is_that_of_the_collection_whose_parameter_has_its_name() {
    let mock = fixture("verbs");
    let voice = Ask::new("POST /voices").json(&json!({"name": "Ada"})).of(&mock).json();
    let id = voice["id"].as_str().expect("an id");
    for (path, wanted) in [("speech/none", 404), ("speech/none/stream", 404)] {
        assert_eq!(Ask::new(&format!("POST /{path}")).of(&mock).status(), wanted, "{path}");
    }
    for path in [format!("speech/{id}"), format!("speech/{id}/stream")] {
        assert_eq!(Ask::new(&format!("POST /{path}")).of(&mock).status(), 204, "{path}");
    }
}

#[test]
fn a_verb_before_a_key_makes_the_thing_that_has_the_key() {
    let mock = fixture("verbs");
    let made = Ask::new("POST /keys/generate/k1").json(&json!({"key": {"label": "a"}})).of(&mock).json();
    assert_eq!(made["key"], json!({"id": "k1", "label": "a"}));
    assert_eq!(Ask::new("GET /keys/k1").of(&mock).json(), made);
    let other = Ask::new("POST /keys/generate").json(&json!({"key": {"label": "b"}})).of(&mock).json();
    assert_eq!(Ask::new("GET /keys").of(&mock).at("/keys"), json!([made["key"], other["key"]]));
    let found = Ask::new("POST /keys/search").json(&json!({"search": {}})).of(&mock).json();
    assert_eq!(found, json!({"keys": [made["key"], other["key"]], "total": 2}));
}

#[test]
fn a_collection_that_ends_in_a_key_is_added_to_and_changed_by_the_keys_in_bodies() {
    let mock = fixture("verbs");
    let place = |note: &str, more: Value| {
        let mut place = json!({"placeId": "p1", "note": note});
        place.as_object_mut().expect("it is one").extend(more.as_object().expect("it is one").clone());
        json!({"place": place})
    };
    assert_eq!(Ask::new("PATCH /places/u1").json(&place("a", json!({}))).of(&mock).status(), 404);
    Ask::new("POST /places/u1").json(&place("a", json!({"rank": 3}))).of(&mock);
    assert_eq!(Ask::new("PATCH /places/u1").json(&place("b", json!({}))).of(&mock).status(), 200);
    assert_eq!(Ask::new("GET /places/u1/p1").of(&mock).json(), place("b", json!({"rank": 3})));
    assert_eq!(Ask::new("GET /places/u2/p1").of(&mock).status(), 404);
}

#[test]
fn words_below_a_collection_add_to_it_and_take_away_what_they_name() {
    let mock = fixture("verbs");
    let one = Ask::new("POST /things/import").json(&json!({"name": "a"})).of(&mock).json();
    let other = Ask::new("POST /things/quickAdd?name=b").of(&mock).json();
    Ask::new("POST /things").json(&json!({"name": "c"})).of(&mock);
    assert_eq!(names(&Ask::new("GET /things").of(&mock).json()), ["a", "b", "c"]);
    let keys = json!({"thing_item_ids": [one["id"], other["id"]]});
    assert_eq!(Ask::new("POST /things/delete").json(&keys).of(&mock).status(), 204);
    assert_eq!(names(&Ask::new("GET /things").of(&mock).json()), ["c"]);
}

#[test]
fn what_is_done_below_actions_is_done_to_the_item() {
    let mock = fixture("verbs");
    let thing = Ask::new("POST /things").json(&json!({"name": "a", "status": "running"})).of(&mock).json();
    let path = format!("/things/{}", thing["id"].as_str().expect("an id"));
    assert_eq!(Ask::new(&format!("POST {path}/actions/poweroff")).of(&mock).status(), 204);
    assert_eq!(Ask::new(&format!("GET {path}")).of(&mock).at("/status"), "off");
    assert_eq!(Ask::new("POST /things/none/actions/poweroff").of(&mock).status(), 404);
}

#[test]
fn a_verb_that_names_a_member_changes_it_by_the_body() {
    let mock = fixture("verbs");
    let sent = json!({"name": "a", "protection": {"delete": false, "rebuild": true}, "subnets": [{"ip": "1"}]});
    let thing = Ask::new("POST /things").json(&sent).of(&mock).json();
    let path = format!("/things/{}", thing["id"].as_str().expect("an id"));
    for (word, body) in [
        ("change_protection", json!({"delete": true})),
        ("add_subnet", json!({"ip": "2"})),
        ("delete_subnet", json!({"ip": "1"})),
    ] {
        assert_eq!(Ask::new(&format!("POST {path}/actions/{word}")).json(&body).of(&mock).status(), 204, "{word}");
    }
    let thing = Ask::new(&format!("GET {path}")).of(&mock).json();
    assert_eq!(thing["protection"], json!({"delete": true, "rebuild": true}));
    assert_eq!(thing["subnets"], json!([{"ip": "2"}]));
}

#[test]
fn a_word_behind_a_key_or_a_collection_shows_the_whole() {
    let mock = fixture("verbs");
    let made = Ask::new("POST /boxes/create").json(&json!({"Image": "nginx"})).of(&mock).json();
    let id = made["Id"].as_str().expect("an id");
    let whole = json!({"Id": id, "Image": "nginx"});
    assert_eq!(Ask::new(&format!("GET /boxes/{id}/json")).of(&mock).json(), whole);
    assert_eq!(Ask::new("GET /boxes/json").of(&mock).json(), json!([whole]));
    assert_eq!(Ask::new(&format!("DELETE /boxes/{id}")).of(&mock).status(), 204);
    assert_eq!(Ask::new(&format!("GET /boxes/{id}/json")).of(&mock).status(), 404);
}
