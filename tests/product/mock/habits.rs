//! Paths, verbs and keys as people write them: `fixtures/mock/habits.yaml`.

use etalon::server::Mock;
use etalon_contract::behaviour::describe;
use etalon_contract::model::Operation;
use serde_json::{Value, json};

use crate::mock::{Ask, fixture};

fn make(mock: &Mock, path: &str, body: &Value) -> Value {
    Ask::new(&format!("POST {path}")).json(body).of(mock).json()
}

fn get(mock: &Mock, target: &str) -> Value {
    Ask::new(&format!("GET {target}")).of(mock).json()
}

fn status(mock: &Mock, line: &str) -> u16 {
    Ask::new(line).of(mock).status()
}

fn titles(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().filter_map(|one| one["title"].as_str()).collect()
}

#[test]
fn verbs_below_an_item_remove_change_copy_and_mark_it() {
    let mock = fixture("habits");
    for title in ["a", "b"] {
        make(&mock, "/jobs", &json!({"title": title, "queue": "q"}));
    }
    assert_eq!(Ask::new("PUT /jobs/1/pause").of(&mock).at("/is_paused"), true);
    assert_eq!(get(&mock, "/jobs/1")["is_paused"], true);
    assert_eq!(Ask::new("PUT /jobs/1/unpause").of(&mock).at("/is_paused"), false);
    assert_eq!(make(&mock, "/jobs/1/edit", &json!({"title": "c"}))["queue"], "q");
    let copy = make(&mock, "/jobs/1/copy", &json!({"title": "d"}));
    assert_eq!((&copy["id"], &copy["title"], &copy["queue"]), (&json!(3), &json!("d"), &json!("q")));
    assert_eq!(make(&mock, "/jobs/2/verify", &Value::Null)["id"], 2);
    assert_eq!(Ask::new("PUT /jobs/2/queue").json(&json!({"queue": "r"})).of(&mock).at("/title"), "b");
    assert_eq!(get(&mock, "/jobs/2")["queue"], "r");
    assert_eq!(status(&mock, "POST /jobs/2/delete"), 204);
    assert_eq!(status(&mock, "GET /jobs/2"), 404);
    assert_eq!(titles(&get(&mock, "/jobs")), ["c", "d"]);
}

#[test]
fn what_nobody_reads_is_done_and_what_only_acts_is_no_list() {
    let mock = fixture("habits");
    let service = &mock.services()[0];
    let told = |line: &str| {
        let is_it = |one: &&Operation| format!("{} {}", one.method, one.path.as_str()) == line;
        let found = service.contract.operations().find(is_it).expect("it is there");
        describe(&service.behaviour, found.index)
    };
    assert_eq!(told("PATCH /jobs/confirmPayment"), "answers as documented");
    assert_eq!(told("GET /words/create"), "answers as documented");
    assert_eq!(told("POST /jobs/{job_id}/copy"), "adds a copy to jobs");
    // What it takes away is said by its content, and lies within the job.
    assert_eq!(told("POST /jobs/{job_id}/remove"), "answers as documented, for one of jobs");
    assert_eq!(told("GET /jobs/{job_id}"), "shows one of jobs");
}

#[test]
fn answers_show_what_was_sent_and_what_the_path_says() {
    let mock = fixture("habits");
    make(&mock, "/jobs", &json!({"title": "a"}));
    assert_eq!(make(&mock, "/jobs/1/owner", &json!({"userId": "u7"})), json!({"userId": "u7", "job_id": 1}));
    assert_eq!(Ask::new("DELETE /jobs/1").of(&mock).json(), json!({"id": 1, "deleted": true}));
}

#[test]
fn several_are_made_named_and_changed_at_once() {
    let mock = fixture("habits");
    let jobs =
        json!({"jobs": [{"title": "a", "queue": "q"}, {"title": "b", "queue": "r"}, {"title": "c", "queue": "q"}]});
    assert_eq!(make(&mock, "/jobs/batch", &jobs), json!({"data": [{"id": 1}, {"id": 2}, {"id": 3}]}));
    let changed = Ask::new("PATCH /jobs?queue=q").json(&json!({"is_paused": true})).of(&mock).json();
    assert_eq!(titles(&changed), ["a", "c"]);
    assert_eq!(get(&mock, "/jobs/2")["is_paused"], false);
    for text in ["x", "y", "z"] {
        make(&mock, "/notes", &json!({"text": text}));
    }
    for ids in ["1;3", "1,3"] {
        let notes = get(&mock, &format!("/notes/{ids}"));
        let texts: Vec<&Value> = notes.as_array().expect("a list").iter().map(|note| &note["text"]).collect();
        assert_eq!(texts, ["x", "z"]);
    }
}

#[test]
fn one_is_named_by_another_member_and_as_the_last_one() {
    let mock = fixture("habits");
    for label in ["red", "blue"] {
        make(&mock, "/jobs", &json!({"title": label, "label": label}));
    }
    assert_eq!(get(&mock, "/jobs/labels/red")["id"], 1);
    assert_eq!(status(&mock, "GET /jobs/labels/green"), 404);
    assert_eq!(get(&mock, "/jobs/latest")["id"], 2);
}

#[test]
fn what_is_made_below_an_item_of_its_kind_is_one_of_them() {
    let mock = fixture("habits");
    make(&mock, "/jobs", &json!({"title": "whole"}));
    make(&mock, "/jobs", &json!({"title": "other"}));
    make(&mock, "/jobs/1/steps", &json!({"title": "first"}));
    make(&mock, "/jobs/1/steps", &json!({"title": "second"}));
    let third = make(&mock, "/jobs/1/steps", &json!({"title": "third"}));
    assert_eq!(get(&mock, &format!("/jobs/{}", third["id"]))["title"], "third");
    assert_eq!(titles(&get(&mock, "/jobs/1/steps")), ["first", "second", "third"]);
    assert_eq!(titles(&get(&mock, "/jobs/2/steps")), [""; 0]);
}

#[test]
fn the_singular_makes_what_the_plural_lists() {
    let mock = fixture("habits");
    let tokens: Vec<Value> = ["a", "b"].map(|label| make(&mock, "/token", &json!({"label": label}))).to_vec();
    assert_eq!(get(&mock, "/tokens"), json!(tokens));
    let first = tokens[0]["token"].as_str().expect("a text");
    assert_eq!(get(&mock, &format!("/token/{first}"))["label"], "a");
    Ask::new("DELETE /tokens").json(&json!({"tokens": [first]})).of(&mock);
    assert_eq!(get(&mock, "/tokens"), json!(tokens[1..]));
}

#[test]
fn keys_look_like_the_documents_own_and_are_found_by_every_name() {
    let mock = fixture("habits");
    let made = Ask::new("PUT /stores").json(&json!({"name": "s"})).of(&mock).json();
    let id = made["id"].as_str().expect("a text");
    assert_eq!(id.len(), 26, "{id}");
    assert!(id.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()), "{id}");
    assert_eq!(get(&mock, &format!("/stores/{id}"))["name"], "s");
    let app = make(&mock, "/apps", &json!({"uid": "mine", "name": "n"}));
    assert!(app["id"].as_str().is_some_and(|id| id.starts_with("app_1") && id.len() == 31), "{app}");
    assert_eq!(get(&mock, "/apps/mine"), app);
    make(&mock, "/customers", &json!({"external_id": "c1", "name": "n"}));
    assert_eq!(get(&mock, "/customers/c1")["name"], "n");
    make(&mock, "/open", &json!({"id": "0", "any": {"thing": 1}}));
    let open = get(&mock, "/open/0");
    assert_eq!((&open["id"], &open["any"]), (&json!("0"), &json!({"thing": 1})));
}

#[test]
fn metadata_says_where_a_thing_is_and_a_map_that_is_put_is_the_whole_of_it() {
    let mock = fixture("habits");
    let map = |data: Value| json!({"metadata": {"name": "m"}, "data": data});
    let made = make(&mock, "/rooms/r1/maps", &map(json!({"a": "1"})));
    assert_eq!(made["metadata"], json!({"name": "m", "room": "r1"}));
    let put = Ask::new("PUT /rooms/r1/maps/m").json(&map(json!({"b": "2"}))).of(&mock);
    assert_eq!(put.at("/data"), json!({"b": "2"}));
    Ask::new("PUT /rooms/r1/maps/m/status").json(&json!({"status": {"phase": "Running"}})).of(&mock);
    let there = get(&mock, "/rooms/r1/maps/m");
    assert_eq!((&there["status"]["phase"], &there["data"]), (&json!("Running"), &json!({"b": "2"})));
    assert_eq!(get(&mock, "/rooms/r1/maps/m/status"), there);
}

#[test]
fn what_an_owner_makes_says_whose_it_is() {
    let mock = fixture("habits");
    let made = make(&mock, "/orgs/acme/repos", &json!({"name": "r"}));
    assert_eq!(made, json!({"name": "r", "full_name": "acme/r", "owner": {"login": "acme"}}));
    assert_eq!(get(&mock, "/repos/acme/r"), made);
    assert_eq!(status(&mock, "GET /repos/other/r"), 404);
    assert_eq!(make(&mock, "/repos/acme/r/issues", &json!({"text": "t"}))["text"], "t");
    assert_eq!(status(&mock, "GET /repos/acme/other/issues"), 404);
    assert_eq!((status(&mock, "PUT /repos/acme/r/star"), status(&mock, "PUT /repos/acme/other/star")), (204, 404));
}

#[test]
fn the_words_of_a_document_say_what_a_put_does() {
    let mock = fixture("habits");
    let put = Ask::new("PUT /aliases/a").json(&json!({"target": "t"})).of(&mock);
    assert_eq!((put.status(), put.json()), (200, json!({"name": "a", "target": "t"})));
    make(&mock, "/jobs", &json!({"title": "a", "queue": "q"}));
    let put = Ask::new("PUT /jobs/1").json(&json!({"title": "b"})).of(&mock).json();
    assert_eq!((&put["title"], &put["queue"]), (&json!("b"), &json!("q")));
}

#[test]
fn a_verb_before_the_key_and_one_with_an_object_do_what_they_say() {
    let mock = fixture("habits");
    make(&mock, "/jobs", &json!({"title": "a"}));
    assert_eq!(Ask::new("PUT /jobs/update/1").json(&json!({"title": "b"})).of(&mock).at("/title"), "b");
    assert_eq!(get(&mock, "/jobs/1")["title"], "b");
    assert_eq!(status(&mock, "GET /jobs/authenticate/me"), 200);
    for text in ["x", "y"] {
        make(&mock, "/notes/create_embedded", &json!({"text": text}));
    }
    assert_eq!(get(&mock, "/notes/count"), 2);
}

#[test]
fn a_thing_under_its_own_name_is_one_whatever_lists_it_has() {
    let mock = fixture("habits");
    assert_eq!(get(&mock, "/fax/f1")["fax"]["fax_id"], "f1");
    assert_eq!(status(&mock, "DELETE /fax/f1"), 204);
    assert_eq!((status(&mock, "GET /fax/f1"), status(&mock, "GET /fax/f2")), (404, 200));
}

#[test]
fn a_removal_with_a_body_removes_what_is_like_it() {
    let mock = fixture("habits");
    let link = |user: u64, device: u64| json!({"user": user, "device": device});
    for (user, device) in [(1, 1), (1, 2), (2, 1)] {
        Ask::new("POST /links").json(&link(user, device)).of(&mock);
    }
    Ask::new("DELETE /links").json(&link(1, 2)).of(&mock);
    assert_eq!(get(&mock, "/links"), json!([link(1, 1), link(2, 1)]));
}

#[test]
fn what_a_request_describes_is_kept_and_identifiers_are_never_the_same() {
    let mock = fixture("habits");
    let [one, two] = ["a", "b"].map(|label| make(&mock, "/volumes", &json!({"label": label, "region": "eu"})));
    assert_eq!((&one["region"], &get(&mock, "/volumes/a")["region"]), (&json!("eu"), &json!("eu")));
    assert_ne!(one["vendor_id"], two["vendor_id"]);
}

#[test]
fn what_a_fixed_query_tells_apart_is_a_thing_of_its_own() {
    let mock = fixture("habits");
    let rules = json!({"allow": ["a"]});
    assert_eq!(Ask::new("PUT /buckets/b?rules").json(&rules).of(&mock).status(), 204);
    assert_eq!(get(&mock, "/buckets/b?rules"), rules);
    assert_eq!(status(&mock, "DELETE /buckets/b?rules"), 204);
    assert_eq!(status(&mock, "GET /buckets/b"), 200);
}
