//! Requests that ask for items with a body, and the names by which items are asked for: `fixtures/mock/asking.yaml`.

use serde_json::{Value, json};

use crate::mock::{Ask, fixture};

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

#[test]
fn a_post_below_a_word_for_reading_reads_what_its_keys_name() {
    let mock = fixture("asking");
    let read = Ask::new("POST /papers/get").json(&json!([17, 4])).of(&mock);
    assert_eq!((read.at("/0/data/id"), read.at("/1/data/id")), (json!(17), json!(4)));
    assert_eq!(Ask::new("GET /papers/get/4").of(&mock).at("/data"), read.at("/1/data"));
    assert_eq!(Ask::new("POST /papers/get").json(&json!([17, 4])).of(&mock).json(), read.json(), "nothing was made");
}

#[test]
fn a_post_of_criteria_lists_and_makes_nothing() {
    let mock = fixture("asking");
    let all = Ask::new("GET /goods").of(&mock);
    let asked = Ask::new("POST /goods").json(&json!({"page": 1, "limit": 10})).of(&mock);
    assert_eq!(asked.json(), all.json());
    let none = Ask::new("POST /goods").json(&json!({"page": 1, "limit": 10, "term": "no such word"})).of(&mock);
    assert_eq!(none.at("/elements"), json!([]));
    let one = text(&all.at("/elements/1/id"));
    let named = Ask::new("POST /goods").json(&json!({"ids": [one, "nowhere"]})).of(&mock);
    assert_eq!(named.at("/elements"), json!([all.at("/elements/1")]));
    assert_eq!(Ask::new(&format!("GET /goods/{one}")).of(&mock).json(), all.at("/elements/1"));
}

#[test]
fn names_sent_to_a_list_are_added_to_it() {
    let mock = fixture("asking");
    Ask::new("POST /issues/1/labels").json(&json!(["bug"])).of(&mock);
    assert_eq!(Ask::new("GET /issues/1/labels").of(&mock).json().as_array().map(Vec::len), Some(1));
}

#[test]
fn what_creates_or_updates_finds_the_item_by_what_the_client_knows_it_by() {
    let mock = fixture("asking");
    let put = |name: &str, email: &str| {
        Ask::new("POST /contacts").json(&json!({"name": name, "email": email})).of(&mock).json()
    };
    let (first, other) = (put("Ann", "a@example.com"), put("Bob", "b@example.com"));
    let again = put("Anna", "a@example.com");
    assert_eq!((&again["id"], &again["name"]), (&first["id"], &json!("Anna")));
    assert_eq!(Ask::new("GET /contacts").of(&mock).json(), json!([again, other]));
}

#[test]
fn a_parameter_called_as_the_thing_takes_any_name_that_the_thing_has() {
    let mock = fixture("asking");
    let space = Ask::new("GET /spaces").of(&mock).at("/0");
    let (uuid, slug) = (text(&space["uuid"]), text(&space["slug"]));
    for name in [&uuid, &slug] {
        assert_eq!(Ask::new(&format!("GET /spaces/{name}")).of(&mock).json(), space);
    }
    Ask::new(&format!("POST /spaces/{uuid}/pages")).json(&json!({"title": "t"})).of(&mock);
    assert_eq!(Ask::new(&format!("GET /spaces/{slug}/pages")).of(&mock).at("/0/title"), "t");
    assert_eq!(Ask::new("POST /spaces/nowhere/pages").json(&json!({"title": "t"})).of(&mock).status(), 404);
}

#[test]
fn a_path_that_ends_in_a_kind_is_a_collection_where_its_post_makes_what_is_read_below() {
    let mock = fixture("asking");
    let made = Ask::new("POST /instances/order").json(&json!({"external_id": "e"})).of(&mock);
    let read = Ask::new(&format!("GET /instances/order/{}", text(&made.at("/id")))).of(&mock);
    assert_eq!(read.json(), made.json());
    assert_eq!(Ask::new("GET /instances/order/nowhere").of(&mock).status(), 404);
}

#[test]
fn a_key_that_is_taken_is_refused_as_the_contract_refuses() {
    let mock = fixture("asking");
    assert_eq!(Ask::new("POST /drives").json(&json!({"id": "d"})).of(&mock).status(), 200);
    let refused = Ask::new("POST /drives").json(&json!({"id": "d"})).of(&mock);
    assert_eq!(refused.status(), 400);
    assert!(refused.header("etalon-reason").starts_with("conflict: "), "{}", refused.header("etalon-reason"));
}
