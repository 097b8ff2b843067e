//! Which member is the key, and where an item is found: `fixtures/mock/keys.yaml`.

use serde_json::{Value, json};

use crate::mock::{Ask, fixture};

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[test]
fn paths_that_end_in_a_slash_are_collections_and_items_too() {
    let mock = fixture("keys");
    for title in ["b", "c", "a"] {
        let made = Ask::new("POST /parts/").json(&json!({"title": title})).of(&mock);
        assert_eq!(made.header("location"), format!("/parts/{}/", made.at("/id")));
    }
    let page = Ask::new("GET /parts/?page_size=2&ordering=-title").header("Host", "h").of(&mock);
    assert_eq!((page.at("/count"), page.at("/results/0/title")), (json!(3), json!("c")));
    let next = text(&page.at("/next"));
    let last = Ask::new(&format!("GET {}", next.trim_start_matches("http://h"))).header("Host", "h").of(&mock);
    assert_eq!((last.at("/results/0/title"), last.at("/next")), (json!("a"), Value::Null));
    assert_eq!(Ask::new("DELETE /parts/1/").of(&mock).status(), 204);
    assert_eq!(Ask::new("GET /parts/1/").of(&mock).status(), 404);
    assert_eq!(Ask::new("GET /parts/").of(&mock).at("/count"), 2);
}

#[test]
fn a_format_behind_the_path_and_a_key_with_pattern_and_example_name_items() {
    let mock = fixture("keys");
    let make = || Ask::new("POST /users.json").json(&json!({"name": "n"})).of(&mock).at("/sid");
    let (one, other) = (text(&make()), text(&make()));
    assert_ne!(one, other);
    assert_eq!(Ask::new(&format!("GET /users/{one}.json")).of(&mock).at("/name"), "n");
    Ask::new(&format!("DELETE /users/{one}.json")).of(&mock);
    assert_eq!(Ask::new(&format!("GET /users/{one}.json")).of(&mock).status(), 404);
    assert_eq!(Ask::new(&format!("GET /users/{other}.json")).of(&mock).status(), 200);
}

#[test]
fn a_collection_may_end_in_a_parameter() {
    let mock = fixture("keys");
    let made = Ask::new("POST /jobs/mail").json(&json!({"key": "k", "what": "w"})).of(&mock);
    assert_eq!(made.status(), 201);
    assert_eq!(Ask::new("GET /jobs/mail/k").of(&mock).at("/what"), "w");
    assert_eq!(Ask::new("GET /jobs/mail").of(&mock).json().as_array().map(Vec::len), Some(1));
    assert_eq!(Ask::new("GET /jobs/print").of(&mock).json(), json!([]));
}

#[test]
fn what_identifies_a_thing_may_stand_within_it_and_data_may_be_a_member() {
    let mock = fixture("keys");
    let sent = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "labels": {"a": "b"}}, "data": {"x": "y"}});
    assert_eq!(Ask::new("POST /secrets").json(&sent).of(&mock).json(), sent);
    assert_eq!(Ask::new("GET /secrets/s").of(&mock).json(), sent);
    assert_eq!(Ask::new("GET /secrets").of(&mock).at("/items"), json!([sent]));
    assert_eq!(Ask::new("POST /secrets").json(&sent).of(&mock).status(), 409);
}

#[test]
fn what_is_made_below_its_owner_is_read_at_the_top() {
    let mock = fixture("keys");
    let made = Ask::new("POST /farms/f/fields").json(&json!({"crop": "rye"})).of(&mock);
    let id = text(&made.at("/id"));
    assert_eq!(made.header("location"), format!("/fields/{id}"));
    assert_eq!(Ask::new(&format!("GET /fields/{id}")).of(&mock).at("/crop"), "rye");
    assert_eq!(Ask::new("GET /farms/g/fields").of(&mock).json(), json!([]));
    assert_eq!(Ask::new(&format!("DELETE /fields/{id}")).of(&mock).status(), 204);
    assert_eq!(Ask::new("GET /farms/f/fields").of(&mock).json(), json!([]));
    assert_eq!(Ask::new(&format!("GET /fields/{id}")).of(&mock).status(), 404);
}

#[test]
fn a_key_that_nobody_sees_fits_the_path_and_is_told_in_location() {
    let mock = fixture("keys");
    let make = |name| Ask::new("POST /widgets").header("Host", "h").json(&json!({"widget": {"name": name}})).of(&mock);
    let (one, other) = (make("a"), make("b"));
    assert_eq!(one.json(), json!({"name": "a", "id": 1}), "nothing else in a list would tell which is which");
    assert_eq!(one.header("location"), "http://h/widgets/1");
    assert_eq!(other.header("location"), "http://h/widgets/2");
    assert_eq!(Ask::new("GET /widgets/2").of(&mock).at("/name"), "b");
    Ask::new("PUT /widgets/2").json(&json!({"widget": {"name": "c"}})).of(&mock);
    assert_eq!(Ask::new("GET /widgets/2").of(&mock).at("/name"), "c");
    // Beside a POST that gives keys, a PUT finds what that made.
    assert_eq!(Ask::new("PUT /widgets/9").json(&json!({"widget": {"name": "c"}})).of(&mock).status(), 404);
}

#[test]
fn a_parameter_that_says_so_names_an_item_in_either_way_and_its_id_is_its_own() {
    let mock = fixture("keys");
    let make = |name: &str| Ask::new("POST /zones").json(&json!({"name": name})).of(&mock).at("/zone/id");
    let (one, other) = (make("a"), make("b"));
    assert_ne!(one, other);
    assert_eq!(Ask::new("GET /zones/b").of(&mock).at("/zone/id"), other);
    assert_eq!(Ask::new(&format!("GET /zones/{}", text(&other))).of(&mock).at("/zone/name"), "b");
    let below = format!("/zones/{}/records", text(&other));
    assert_eq!(Ask::new(&format!("POST {below}")).json(&json!({"value": "v"})).of(&mock).status(), 201);
    assert_eq!(Ask::new("GET /zones/b/records").of(&mock).at("/0/value"), "v");
    assert_eq!(Ask::new(&format!("DELETE /zones/{}", text(&one))).of(&mock).status(), 204);
    assert_eq!(Ask::new("GET /zones/a").of(&mock).status(), 404);
    assert_eq!(Ask::new("OPTIONS /zones/a").of(&mock).status(), 200, "what may be done there is told all the same");
}

#[test]
fn a_list_without_owners_shows_what_all_have_and_the_way_to_the_next_page_is_told() {
    let mock = fixture("keys");
    assert_eq!(Ask::new("GET /bags").of(&mock).json(), json!({"items": []}));
    for (person, name) in [("a", "red"), ("b", "blue"), ("b", "green")] {
        Ask::new(&format!("POST /people/{person}/bags")).json(&json!({"name": name})).of(&mock);
    }
    let all = Ask::new("GET /bags").of(&mock).at("/items");
    assert_eq!(all, json!([{"name": "red"}, {"name": "blue"}, {"name": "green"}]));
    let first = Ask::new("GET /people/b/bags?limit=1").of(&mock);
    let token = text(&first.at("/metadata/continue"));
    let next = Ask::new(&format!("GET /people/b/bags?limit=1&continue={token}")).of(&mock);
    assert_eq!((first.at("/items/0/name"), next.at("/items/0/name")), (json!("blue"), json!("green")));
}
