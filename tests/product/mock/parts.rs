//! Things in several places: members with paths of their own, lists of what is made elsewhere, things beside an item:
//! `fixtures/mock/parts.yaml`.

use serde_json::json;

use crate::mock::{Ask, fixture};

#[test]
fn a_member_with_a_path_of_its_own_is_that_member() {
    let mock = fixture("parts");
    let sent = json!({"name": "Ada", "settings": {"speed": 2, "style": "calm"}});
    let voice = Ask::new("POST /voices").json(&sent).of(&mock).json();
    let path = format!("/voices/{}", voice["id"].as_str().expect("an id"));
    assert_eq!(Ask::new(&format!("GET {path}/settings")).of(&mock).json(), sent["settings"]);
    let put = json!({"speed": 5, "style": "loud"});
    assert_eq!(Ask::new(&format!("PUT {path}/settings")).json(&put).of(&mock).json(), put);
    assert_eq!(Ask::new(&format!("GET {path}")).of(&mock).at("/settings"), put);
    assert_eq!(Ask::new(&format!("POST {path}/settings/edit")).json(&json!({"speed": 7})).of(&mock).status(), 204);
    assert_eq!(Ask::new(&format!("GET {path}")).of(&mock).at("/settings"), json!({"speed": 7, "style": "loud"}));
    assert_eq!(Ask::new("GET /voices/none/settings").of(&mock).status(), 404);
}

#[test]
fn a_list_below_an_owner_holds_what_is_made_elsewhere_and_says_whose_it_is() {
    let mock = fixture("parts");
    let project = Ask::new("POST /projects").json(&json!({"name": "p"})).of(&mock).at("/gid");
    let path = format!("/projects/{}/tasks", project.as_str().expect("a gid"));
    assert_eq!(Ask::new(&format!("GET {path}")).of(&mock).json(), json!([]));
    let task = Ask::new("POST /tasks").json(&json!({"name": "t", "projects": [project]})).of(&mock).json();
    Ask::new("POST /tasks").json(&json!({"name": "u", "projects": ["other"]})).of(&mock);
    assert_eq!(Ask::new(&format!("GET {path}")).of(&mock).json(), json!([task]));
}

#[test]
fn what_is_put_into_a_list_by_its_key_is_the_thing_that_was_made() {
    let mock = fixture("parts");
    let group = Ask::new("POST /groups").json(&json!({"name": "a"})).of(&mock).json();
    let id = group["id"].as_str().expect("an id");
    assert_eq!(Ask::new("PUT /users/u/groups/none").of(&mock).status(), 404);
    assert_eq!(Ask::new(&format!("PUT /users/u/groups/{id}")).of(&mock).status(), 204);
    assert_eq!(Ask::new("GET /users/u/groups").of(&mock).json(), json!([group]));
    let named = Ask::new(&format!("PUT /groups/{id}")).json(&json!({"name": "b"})).of(&mock).json();
    assert_eq!(Ask::new("GET /users/u/groups").of(&mock).json(), json!([named]));
    assert_eq!(Ask::new("GET /users/v/groups").of(&mock).json(), json!([]));
    Ask::new(&format!("DELETE /groups/{id}")).of(&mock);
    assert_eq!(Ask::new("GET /users/u/groups").of(&mock).json(), json!([]));
}

#[test]
fn what_stands_beside_an_item_says_that_it_went_well_and_envelopes_say_what_is_always_so() {
    let mock = fixture("parts");
    for name in ["a", "b", "c"] {
        let made = Ask::new("POST /labels").json(&json!({"name": name, "color": "red"})).of(&mock).json();
        assert_ne!(made["action"]["status"], "error", "{made}");
        assert!(made["action"]["error"].is_null(), "{made}");
    }
    for page in ["page=1&pageSize=2", "page=2&pageSize=2"] {
        let meta = Ask::new(&format!("GET /labels?{page}")).of(&mock).at("/meta");
        assert_eq!((&meta["key"], &meta["kind"]), (&json!("labels"), &json!("list")), "{page}: {meta}");
    }
}

#[test]
fn a_thing_is_found_by_its_new_name_and_no_other_may_have_that() {
    let mock = fixture("parts");
    for name in ["a", "b"] {
        Ask::new("POST /labels").json(&json!({"name": name, "color": "red"})).of(&mock);
    }
    let named = Ask::new("PATCH /labels/a").json(&json!({"new_name": "c"})).of(&mock).json();
    assert_eq!(named, json!({"name": "c", "color": "red"}));
    assert_eq!(Ask::new("GET /labels/c").of(&mock).json(), named);
    assert_eq!(Ask::new("PATCH /labels/c").json(&json!({"new_name": "b"})).of(&mock).status(), 409);
}
