//! Where in what is sent and shown the item stands: `fixtures/mock/wrapped.yaml`.

use serde_json::{Value, json};

use crate::mock::{Ask, fixture};

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[test]
fn a_receipt_for_a_removal_is_not_what_the_item_is() {
    let mock = fixture("wrapped");
    let made = Ask::new("POST /mills").json(&json!({"plan": {"name": "n", "stones": 3}})).of(&mock);
    assert_eq!(made.at("/mill/plan"), json!({"name": "n", "stones": 3}));
    let read = Ask::new(&format!("GET /mills/{}", text(&made.at("/mill/id")))).of(&mock);
    assert_eq!(read.json(), made.json());
}

#[test]
fn what_making_an_item_shows_is_the_item_within_what_reading_it_shows() {
    let mock = fixture("wrapped");
    Ask::new("POST /wheels").json(&json!({"wheel_name": "w", "spokes": 12})).of(&mock);
    let read = Ask::new("GET /wheels/w").of(&mock);
    assert_eq!((read.at("/wheel/wheel_name"), read.at("/wheel/spokes")), (json!("w"), json!(12)));
}

#[test]
fn each_media_type_wraps_the_item_in_its_own_way() {
    let mock = fixture("wrapped");
    let vendor = |ask: &str| Ask::new(ask).header("Accept", "application/vnd.api+json");
    let made = vendor("POST /ponds").json(&json!({"name": "p"})).of(&mock);
    assert_eq!(made.json(), json!({"data": {"id": 1, "name": "p"}}));
    assert_eq!(Ask::new("GET /ponds/1").header("Accept", "application/json").of(&mock).json(), made.at("/data"));
    assert_eq!(vendor("GET /ponds/1").of(&mock).json(), made.json());
    assert_eq!(vendor("GET /ponds").of(&mock).at("/data/0"), made.at("/data"));
    assert_eq!(Ask::new("GET /ponds").header("Accept", "application/json").of(&mock).at("/0"), made.at("/data"));
}

#[test]
fn a_place_that_several_parts_of_an_envelope_describe_holds_what_was_sent_and_what_each_asks_for() {
    let mock = fixture("wrapped");
    let sent = json!({"id": "l1", "rate": 19.5, "name": "n"});
    let made = Ask::new("POST /levies").json(&sent).of(&mock);
    let read = Ask::new("GET /levies/l1").of(&mock);
    let listed = Ask::new("GET /levies").of(&mock);
    assert_eq!(listed.at("/data").as_array().map(Vec::len), Some(1), "{}", listed.json());
    for shown in [made.at("/data"), read.at("/data"), listed.at("/data/0")] {
        let members: Vec<&String> = shown.as_object().expect("one thing").keys().collect();
        assert!(["id", "rate", "name"].iter().all(|name| shown[name] == sent[name]), "{shown}");
        assert!(shown["type"].is_string() && shown["made"].is_string() && members.len() == 5, "{shown}");
    }
}

#[test]
fn an_answer_that_tells_the_key_alone_tells_the_right_one() {
    let mock = fixture("wrapped");
    let make = || text(&Ask::new("POST /models").json(&json!({"weight": 1})).of(&mock).at("/model_id"));
    let (one, other) = (make(), make());
    assert_ne!(one, other);
    assert_eq!(Ask::new(&format!("GET /models/{other}")).of(&mock).at("/model/id"), other);
}

#[test]
fn an_array_among_counts_and_tokens_is_a_list_and_an_offset_is_no_filter() {
    let mock = fixture("wrapped");
    for title in ["a", "b"] {
        Ask::new("POST /phone_templates").json(&json!({"title": title, "offset": "PT1H"})).of(&mock);
    }
    let page = Ask::new("GET /phone_templates?page_size=1").of(&mock);
    assert_eq!((page.at("/total_records"), page.at("/templates/0/title")), (json!(2), json!("a")));
    let token = text(&page.at("/next_page_token"));
    let next = Ask::new(&format!("GET /phone_templates?page_size=1&next_page_token={token}")).of(&mock);
    assert_eq!(next.at("/templates/0/title"), "b");
}

#[test]
fn where_a_list_may_be_sent_one_thing_may_be_too() {
    let mock = fixture("wrapped");
    assert_eq!(Ask::new("POST /rules").json(&json!({"name": "a", "limit": 1})).of(&mock).status(), 200);
    assert_eq!(Ask::new("POST /rules").json(&json!([{"name": "b"}, {"name": "c"}])).of(&mock).status(), 200);
    assert_eq!(Ask::new("GET /rules/a").of(&mock).json(), json!({"name": "a", "limit": 1}));
    assert_eq!(Ask::new("GET /rules/c").of(&mock).at("/name"), "c");
}

#[test]
fn of_two_things_in_an_answer_the_one_that_the_path_names_is_the_item() {
    let mock = fixture("wrapped");
    let made = Ask::new("POST /depots/d/passes").json(&json!({"comment": "c"})).of(&mock);
    assert_eq!(made.at("/depot_passes/comment"), "c");
    assert!(
        made.json().as_object().is_some_and(|members| members.len() == 2),
        "nothing else is shown: {}",
        made.json()
    );
    let id = text(&made.at("/depot_passes/depot_passes_id"));
    assert_eq!(Ask::new(&format!("GET /depots/d/passes/{id}")).of(&mock).at("/depot_passes/comment"), "c");
}
