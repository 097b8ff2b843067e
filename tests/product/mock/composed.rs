//! Things within things: what was sent is found again wherever the answer has a place for it: `fixtures/mock/composed.yaml`.

use etalon::server::Mock;
use serde_json::{Value, json};

use crate::mock::{Ask, Told, fixture};

fn key(told: &Told, pointer: &str) -> String {
    told.at(pointer).as_str().expect("a key").to_owned()
}

fn made(mock: &Mock, line: &str, sent: &Value) -> Told {
    let told = Ask::new(line).json(sent).of(mock);
    assert!(told.status() < 300, "{line} answers {}: {}", told.status(), told.json());
    told
}

#[test]
fn a_list_that_several_parts_of_a_composition_describe_has_the_items() {
    let mock = fixture("composed");
    for id in ["a", "b"] {
        made(&mock, "POST /tags", &json!({"id": id, "name": format!("tag {id}")}));
    }
    let list = Ask::new("GET /tags").of(&mock).at("/data");
    let names: Vec<_> = list.as_array().expect("a list").iter().map(|tag| tag["name"].clone()).collect();
    assert_eq!(names, ["tag a", "tag b"]);
}

#[test]
fn elements_that_wrap_an_item_hold_it_beside_its_cursor() {
    let mock = fixture("composed");
    for title in ["x", "y", "z"] {
        made(&mock, "POST /albums", &json!({"title": title}));
    }
    let page = Ask::new("GET /albums?first=2").of(&mock);
    assert_eq!((page.at("/edges/0/node/title"), page.at("/edges/1/node/title")), (json!("x"), json!("y")));
    assert_eq!((page.at("/pageInfo/hasNextPage"), page.at("/totalCount")), (json!(true), json!(3)));
    assert_eq!(page.at("/pageInfo/endCursor"), page.at("/edges/1/cursor"));
    let after = |cursor: &str| Ask::new(&format!("GET /albums?first=2&after={cursor}")).of(&mock);
    let next = after(&key(&page, "/edges/1/cursor"));
    assert_eq!(next.at("/edges/0/node/title"), "z");
    assert_eq!(next.at("/pageInfo/hasNextPage"), false);
    assert_eq!(after(&key(&page, "/edges/0/cursor")).at("/edges/0/node/title"), "y");
    let one = key(&page, "/edges/0/node/id");
    assert_eq!(Ask::new(&format!("GET /albums/{one}")).of(&mock).at("/title"), "x");
    assert_eq!(Ask::new("GET /albums?title=z").of(&mock).at("/totalCount"), 1, "a filter speaks of the item");
}

#[test]
fn what_is_sent_stands_in_the_one_object_of_the_answer_that_has_it() {
    let mock = fixture("composed");
    let sent = json!({"region": "north", "note": "n", "retention": 7, "status": "s"});
    made(&mock, "POST /regions", &sent);
    let read = Ask::new("GET /regions/north").of(&mock);
    assert_eq!(read.at("/regionInfo"), json!({"name": "north", "note": "n"}));
    assert_eq!(read.at("/config"), json!({"retention": 7}));
    assert_ne!(read.json().pointer("/owner/status"), Some(&json!("s")), "an owner's status is another one");
}

#[test]
fn a_member_that_looks_like_the_thing_is_still_its_member() {
    let mock = fixture("composed");
    let spec = json!({"name": "web", "region": "ams", "domains": ["a.example.com"]});
    let told = made(&mock, "POST /apps", &json!({"spec": spec}));
    assert_eq!(told.at("/app/spec"), spec);
    assert_eq!(Ask::new(&format!("GET /apps/{}", key(&told, "/app/id"))).of(&mock).at("/app/spec"), spec);
}

#[test]
fn a_thing_within_the_thing_is_no_envelope_where_more_of_what_is_sent_stands_beside_it() {
    let mock = fixture("composed");
    let sent = json!({"fromPhase": "trial", "most": 3, "addonId": "seats"});
    let told = made(&mock, "POST /plans/p/addons", &sent);
    assert_eq!((told.at("/fromPhase"), told.at("/most")), (json!("trial"), json!(3)));
    let place = told.header("location").to_owned();
    assert_eq!(Ask::new(&format!("GET {place}")).of(&mock).json(), told.json());
}

#[test]
fn what_fits_two_alternatives_is_kept_and_told_apart_by_what_nobody_said() {
    let mock = fixture("composed");
    let sent = json!({"type": "hub", "ref": "main", "number": 5});
    let told = made(&mock, "POST /sources", &json!({"origin": sent}));
    let read = Ask::new(&format!("GET /sources/{}", key(&told, "/id"))).of(&mock);
    for (name, value) in sent.as_object().expect("an object") {
        assert_eq!(read.json().pointer(&format!("/origin/{name}")), Some(value), "{}", read.json());
    }
    assert_eq!(read.json(), told.json());
}

#[test]
fn the_request_says_who_may_say_a_member_and_an_object_is_found_by_the_key_that_it_was_named_by() {
    let mock = fixture("composed");
    let told = made(&mock, "POST /sheets", &json!({"start": "2026-02-03", "owner": "ann"}));
    assert_eq!((told.at("/start"), told.at("/owner/gid")), (json!("2026-02-03"), json!("ann")));
    made(&mock, "POST /sheets", &json!({"start": "2026-02-04", "owner": "bob"}));
    let list = Ask::new("GET /sheets?owner=ann").of(&mock).json();
    assert_eq!(list.as_array().map(Vec::len), Some(1), "{list}");
    assert_eq!(list[0], told.json());
}

#[test]
fn a_new_item_is_in_the_list_of_a_client_that_does_not_say_which_it_wants() {
    let mock = fixture("composed");
    for day in 1..6 {
        let told = made(&mock, "POST /sheets", &json!({"start": format!("2026-02-0{day}"), "owner": "ann"}));
        assert_eq!(told.at("/status"), "open");
    }
    assert_eq!(Ask::new("GET /sheets").of(&mock).json().as_array().map(Vec::len), Some(5));
    assert_eq!(Ask::new("GET /sheets?status=closed").of(&mock).json(), json!([]));
}

#[test]
fn objects_of_a_cluster_are_paged_by_their_token_and_selected_by_labels_and_fields() {
    let mock = fixture("composed");
    for (name, tier) in [("a", "front"), ("b", "back"), ("c", "back")] {
        let sent = json!({"metadata": {"name": name, "labels": {"tier": tier}}, "data": {"k": name}});
        assert_eq!(made(&mock, "POST /configs", &sent).json(), sent);
    }
    let names = |query: &str| {
        let list = Ask::new(&format!("GET /configs?{query}")).of(&mock).at("/items");
        let names = list.as_array().expect("a list").iter().map(|one| key_of(one));
        names.collect::<Vec<_>>().join(" ")
    };
    let page = Ask::new("GET /configs?limit=1").of(&mock);
    assert_eq!(page.at("/metadata/remainingItemCount"), 2);
    let rest = Ask::new(&format!("GET /configs?limit=2&continue={}", key(&page, "/metadata/continue"))).of(&mock);
    assert_eq!(rest.at("/items/1/metadata/name"), "c");
    assert_eq!(rest.json().pointer("/metadata/remainingItemCount"), None, "{}", rest.json());
    for (query, found) in [
        ("labelSelector=tier%3Dback", "b c"),
        ("labelSelector=tier%21%3Dback", "a"),
        ("labelSelector=tier%20in%20(front,none)", "a"),
        ("fieldSelector=metadata.name%3Db", "b"),
        ("labelSelector=tier%3Dback&fieldSelector=metadata.name%21%3Db", "c"),
        ("labelSelector=none", ""),
    ] {
        assert_eq!(names(query), found, "{query}");
    }
}

fn key_of(one: &Value) -> String {
    one["metadata"]["name"].as_str().expect("a name").to_owned()
}
