//! Worlds: each request is in one, what happens in one is seen in no other, and they have bounds.

use std::sync::Arc;
use std::time::Duration;

use etalon::server::{Answer as _, Client, Live, Mock, Rule};
use etalon_contract::behaviour::Item;
use etalon_contract::codec::{Request, Response};
use serde_json::{Value, json};

use super::{Ask, mock_of};

/// Things that are made, read, listed by pages, changed and removed.
fn things() -> Mock {
    let thing = json!({"type": "object", "required": ["id", "name", "made"], "properties": {
        "id": {"type": "integer", "readOnly": true}, "name": {"type": "string", "maxLength": 2000},
        "made": {"type": "string", "format": "date-time", "readOnly": true}}});
    let content = |schema: &Value| json!({"application/json": {"schema": schema}});
    let answer = |schema: &Value| json!({"description": "", "content": content(schema)});
    let missing = json!({"description": ""});
    let list = json!({"type": "object", "required": ["items"], "properties": {
        "items": {"type": "array", "items": thing}, "next": {"type": ["string", "null"]}}});
    let number = |name: &str| json!({"name": name, "in": "query", "schema": {"type": "integer", "minimum": 0}});
    let id = json!({"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}});
    mock_of(json!({
        "/things": {
            "get": {"parameters": [number("limit"), number("offset")], "responses": {"200": answer(&list)}},
            "post": {"requestBody": {"required": true, "content": content(&thing)},
                "responses": {"201": answer(&thing), "400": missing, "507": missing}}},
        "/things/{id}": {"parameters": [id],
            "get": {"responses": {"200": answer(&thing), "404": missing}},
            "put": {"requestBody": {"required": true, "content": content(&thing)},
                "responses": {"200": answer(&thing), "404": missing}},
            "delete": {"responses": {"204": {"description": ""}, "404": missing}}}
    }))
}

fn within(world: &str, ask: Ask) -> Ask {
    ask.header("Etalon-World", world)
}

fn made(name: &str) -> Ask {
    Ask::new("POST /things").json(&json!({"name": name}))
}

fn names(mock: &Mock, world: &str) -> Vec<String> {
    let listed = within(world, Ask::new("GET /things")).of(mock).json();
    let items = listed["items"].as_array().expect("a list");
    items.iter().map(|item| item["name"].as_str().expect("a name").to_owned()).collect()
}

/// What a client does, drawn from a number: the same each time.
fn story(seed: u64) -> Vec<Ask> {
    let mut last = seed;
    let mut drawn = move |below: u64| {
        last = last.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (last >> 33) % below
    };
    let ask = |_| match drawn(6) {
        0 | 1 => made(&format!("n{}", drawn(100))),
        2 => Ask::new(&format!("GET /things?limit=2&offset={}", drawn(4))),
        3 => Ask::new(&format!("GET /things/{}", drawn(8))),
        4 => Ask::new(&format!("PUT /things/{}", drawn(8))).json(&json!({"name": "changed"})),
        _ => Ask::new(&format!("DELETE /things/{}", drawn(8))),
    };
    (0..40).map(ask).collect()
}

fn answers(mock: &Mock, world: Option<&str>, story: &[Ask]) -> Vec<Response> {
    story
        .iter()
        .map(|ask| {
            let mut request = ask.request.clone();
            if let Some(world) = world {
                request.headers.set("Etalon-World", world);
            }
            mock.answer(&request)
        })
        .collect()
}

#[test]
fn requests_of_other_worlds_change_no_byte_of_an_answer() {
    let stories: Vec<(Option<String>, Vec<Ask>)> =
        (0..12).map(|number| ((number > 0).then(|| format!("w{number}")), story(number))).collect();
    let alone: Vec<Vec<Response>> =
        stories.iter().map(|(world, story)| answers(&things(), world.as_deref(), story)).collect();
    let mock = things();
    let mut together: Vec<Vec<Response>> = stories.iter().map(|_| Vec::new()).collect();
    // Another order of the worlds with each round.
    for round in 0..40 {
        for place in 0..stories.len() {
            let number = (place * 5 + round * 7) % stories.len();
            let (world, story) = &stories[number];
            together[number].extend(answers(&mock, world.as_deref(), &story[round..=round]));
        }
    }
    for (number, alone) in alone.iter().enumerate() {
        assert_eq!(&together[number], alone, "world {number}");
    }
    assert!(alone[1].iter().any(|answer| answer.status == 201) && alone[1] != alone[2]);
}

#[test]
fn the_name_of_a_world_enters_no_value() {
    let mock = things();
    let story = story(3);
    let without = |answers: Vec<Response>| -> Vec<(u16, Vec<u8>)> {
        answers.into_iter().map(|answer| (answer.status, answer.body)).collect()
    };
    let unnamed = without(answers(&mock, None, &story));
    assert_eq!(without(answers(&mock, Some("a"), &story)), unnamed);
    assert_eq!(without(answers(&mock, Some("another-one"), &story)), unnamed);
}

#[test]
fn a_field_a_cookie_and_a_path_lead_to_the_same_world() {
    let mock = things();
    assert_eq!(within("a", made("one")).of(&mock).header("etalon-world"), "a");
    let by_cookie = Ask::new("GET /things").header("Cookie", "x=y; etalon-world=a").of(&mock);
    assert_eq!((by_cookie.at("/items/0/name"), by_cookie.header("vary")), (json!("one"), "Etalon-World, Cookie"));
    let by_path = Ask::new("GET /@a/things").of(&mock);
    assert_eq!((by_path.at("/items/0/name"), by_path.header("etalon-world")), (json!("one"), "a"));
    assert_eq!(within("a", Ask::new("GET /things")).of(&mock).header("vary"), "Etalon-World");
    let unnamed = Ask::new("GET /things").of(&mock);
    assert!(unnamed.headers().get("etalon-world").is_none() && unnamed.headers().get("vary").is_none());
    assert_eq!(unnamed.at("/items"), json!([]));
    assert_eq!(names(&mock, "default"), Vec::<String>::new());
}

#[test]
fn links_lead_back_to_the_world_of_a_path() {
    let mock = things();
    for name in ["one", "two", "three"] {
        let location = Ask::new("POST /@a/things").json(&json!({"name": name})).of(&mock).header("location").to_owned();
        assert!(location.starts_with("/@a/things/"), "{location}");
        assert_eq!(Ask::new(&format!("GET {location}")).of(&mock).at("/name"), json!(name));
    }
    let first = Ask::new("GET /@a/things?limit=2").of(&mock);
    let next = first.at("/next");
    let next = next.as_str().expect("there is more");
    assert!(next.starts_with("/@a/things?"), "{next}");
    assert_eq!(Ask::new(&format!("GET {next}")).of(&mock).at("/items/0/name"), json!("three"));
    let page = mock.answer(&Ask::new("GET /@a/").request);
    let page = String::from_utf8(page.body).expect("text");
    assert!(page.contains("/@a/__etalon/health") && page.contains("/@a/openapi.json"), "{page}");
    assert_eq!(mock.answer(&Ask::new("GET /@a/openapi.json").request).status, 200);
    assert_eq!(mock.answer(&Ask::new("HEAD /@a/things").request).headers.get("etalon-world"), Some("a"));
}

#[test]
fn a_name_that_cannot_be_told_is_refused_with_the_reason() {
    let mock = things();
    for ask in [
        within("a b", Ask::new("GET /things")),
        within("", Ask::new("GET /things")),
        within("a", Ask::new("GET /@b/things")),
        Ask::new("GET /@a%2Fb/things"),
        Ask::new("GET /things").header("Etalon-World-From", "a"),
        within("a", Ask::new("GET /things")).header("Etalon-World-From", "nowhere"),
    ] {
        let refused = mock.answer(&ask.request);
        assert_eq!(refused.status, 400, "{:?}", ask.request);
        let told: Value = serde_json::from_slice(&refused.body).expect("a problem");
        assert!(told["type"] == "urn:etalon:problem:bad-world" && told["detail"].is_string(), "{told}");
    }
    assert_eq!(mock.worlds().len(), 0);
    assert_eq!(mock.worlds().default_world().requests(), 0, "no world counted them");
}

#[test]
fn a_world_begins_as_another_is_and_a_reset_takes_it_back_there() {
    let mock = things();
    within("seeded", made("one")).of(&mock);
    let from_seeded = |world: &str, ask: Ask| within(world, ask).header("Etalon-World-From", "seeded");
    assert_eq!(from_seeded("a", made("two")).of(&mock).at("/id"), json!(2));
    assert_eq!(from_seeded("b", made("three")).of(&mock).at("/id"), json!(2));
    within("seeded", made("later")).of(&mock);
    assert_eq!(names(&mock, "a"), ["one", "two"]);
    assert_eq!(names(&mock, "b"), ["one", "three"]);
    assert_eq!(names(&mock, "seeded"), ["one", "later"]);
    let reset = |world: &str| mock.answer(&within(world, Ask::new("POST /__etalon/reset")).request).status;
    assert_eq!(reset("a"), 204);
    assert_eq!(names(&mock, "a"), ["one"]);
    assert_eq!((reset("seeded"), names(&mock, "seeded")), (204, Vec::new()));
    assert_eq!(names(&mock, "b"), ["one", "three"]);
}

#[test]
fn health_tells_of_the_world_that_it_is_asked_in() {
    let mock = things();
    within("a", made("one")).of(&mock);
    let health = |ask: Ask| -> Value { serde_json::from_slice(&mock.answer(&ask.request).body).expect("JSON") };
    let of_a = health(within("a", Ask::new("GET /__etalon/health")));
    assert_eq!((&of_a["world"], &of_a["requests"], &of_a["worlds"]), (&json!("a"), &json!(1), &json!(1)));
    let unnamed = health(Ask::new("GET /__etalon/health"));
    assert_eq!((&unnamed["world"], &unnamed["requests"]), (&json!("default"), &json!(0)));
}

#[test]
fn what_a_browser_asks_beforehand_begins_no_world_and_the_fields_are_allowed() {
    let mock = things();
    let preflight = Ask::new("OPTIONS /@a/things")
        .header("Origin", "http://localhost:3000")
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "etalon-world, etalon-world-from");
    let allowed = mock.answer(&preflight.request);
    assert_eq!(allowed.headers.get("access-control-allow-headers"), Some("etalon-world, etalon-world-from"));
    assert!(allowed.headers.get("access-control-allow-methods").is_some_and(|methods| methods.contains("POST")));
    assert_eq!(mock.worlds().len(), 0);
    let answer = mock.answer(&within("a", made("one")).header("Origin", "http://localhost:3000").request);
    let exposed = answer.headers.get("access-control-expose-headers").expect("it is there");
    assert!(exposed.contains("Etalon-World"), "{exposed}");
}

#[test]
fn a_contract_keeps_keys_that_look_like_worlds() {
    let answer = json!({"200": {"description": "", "content": {"application/json": {"schema": {"type": "string"}}}}});
    let owner = json!({"name": "owner", "in": "path", "required": true, "schema": {"type": "string"}});
    let name = json!({"name": "name", "in": "path", "required": true, "schema": {"type": "string"}});
    let by_owner = mock_of(json!({"/{owner}/{name}": {"parameters": [owner, name], "get": {"responses": answer}}}));
    let world = |mock: &Mock, target: &str| {
        let answer = mock.answer(&Ask::new(&format!("GET {target}")).request);
        (answer.status, answer.headers.get("etalon-world").map(str::to_owned))
    };
    assert_eq!(world(&by_owner, "/@joe/repo"), (200, None));
    assert_eq!(world(&by_owner, "/@joe%2Frepo/x"), (200, None));
    assert_eq!(world(&by_owner, "/@w/joe/repo"), (200, Some("w".to_owned())));
    let written =
        mock_of(json!({"/@me/things": {"get": {"responses": answer}}, "/things": {"get": {"responses": answer}}}));
    assert_eq!(world(&written, "/@me/things"), (200, None));
    assert_eq!(world(&written, "/@you/things"), (200, Some("you".to_owned())));
}

#[test]
fn there_are_so_many_worlds_and_no_more_and_none_is_dropped_that_is_used() {
    let mock = things().with_worlds(2);
    within("a", made("one")).of(&mock);
    within("b", made("one")).of(&mock);
    let refused = mock.answer(&within("c", Ask::new("GET /things")).request);
    assert_eq!(refused.status, 507);
    assert!(String::from_utf8_lossy(&refused.body).contains("urn:etalon:problem:too-many-worlds"));
    assert_eq!(names(&mock, "a"), ["one"]);
    assert!(mock.worlds().delete("a").is_some());
    assert_eq!(names(&mock, "c"), Vec::<String>::new());
}

#[test]
fn a_world_that_was_dropped_is_not_silently_a_new_one() {
    let mock = things().with_worlds(2).dropping_after(Duration::ZERO);
    within("a", made("one")).of(&mock);
    within("b", made("one")).of(&mock);
    let answered = mock.respond(&within("c", made("one")).request, Client::Local);
    let dropped = answered.account.world.expect("it is told").dropped;
    assert_eq!((answered.response.status, dropped), (201, vec![Arc::from("a")]));
    let gone = mock.answer(&within("a", Ask::new("GET /things")).request);
    assert_eq!(gone.status, 410);
    assert!(String::from_utf8_lossy(&gone.body).contains("urn:etalon:problem:world-gone"));
    assert_eq!(mock.answer(&within("a", Ask::new("POST /__etalon/reset")).request).status, 204);
    assert_eq!(names(&mock, "a"), Vec::<String>::new());
}

#[test]
fn all_worlds_have_one_memory_and_what_they_share_is_counted_once() {
    let mock = things().remembering(200_000);
    let large = "x".repeat(1_500);
    for _ in 0..20 {
        assert_eq!(within("seeded", made(&large)).of(&mock).status(), 201);
    }
    let before = mock.worlds().memory();
    for number in 0..100 {
        let ask = within(&format!("w{number}"), Ask::new("GET /things/1")).header("Etalon-World-From", "seeded");
        assert_eq!(ask.of(&mock).status(), 200);
    }
    let each = (mock.worlds().memory() - before) / 100;
    assert!(each <= 512, "{each} bytes for a world that nobody wrote to");
    let fill = |world: &str| (0..1_000).find(|_| within(world, made(&large)).of(&mock).status() == 507);
    assert!(fill("w1").is_some_and(|added| added > 10));
    assert!(fill("w2").is_some_and(|added| added < 3), "what one takes another has not");
    mock.worlds().delete("w1");
    assert!(fill("w2").is_some_and(|added| added > 10), "what is gone is free again");
    for name in mock.worlds().names() {
        mock.worlds().delete(&name);
    }
    assert_eq!(mock.worlds().memory(), things().worlds().memory(), "nothing is left of them");
}

#[test]
fn a_snapshot_is_what_was_there_and_can_be_restored() {
    let mock = things();
    within("a", made("one")).of(&mock);
    let world = mock.worlds().find("a").expect("it is there");
    let snapshot = world.snapshot();
    let after = |mock: &Mock| (within("a", made("two")).of(mock).response, names(mock, "a"));
    let first = after(&mock);
    world.restore(&snapshot);
    assert_eq!(names(&mock, "a"), ["one"]);
    world.restore(&snapshot);
    assert_eq!(after(&mock), first, "clock and counter are those of then, too");
}

#[test]
fn a_saved_contract_takes_over_every_world() {
    let mock = things();
    made("unnamed").of(&mock);
    within("a", made("one")).of(&mock);
    let fork = |ask: Ask| within("b", ask).header("Etalon-World-From", "a");
    fork(Ask::new("GET /things")).of(&mock);
    let live = Live::new(Arc::new(mock));
    let told = live.exchange(things());
    assert_eq!(told.len(), 3);
    let mock = live.now();
    assert_eq!(names(&mock, "default"), ["unnamed"]);
    assert_eq!(names(&mock, "a"), ["one"]);
    assert_eq!(fork(made("two")).of(&mock).at("/id"), json!(2));
    assert_eq!((names(&mock, "a"), names(&mock, "b")), (vec!["one".to_owned()], vec!["one".into(), "two".into()]));
    mock.worlds().find("b").expect("it is there").reset();
    assert_eq!(names(&mock, "b"), ["one"]);
}

#[test]
fn cookies_are_set_for_the_world_of_a_path() {
    let set = json!({"description": "", "headers": {"Set-Cookie": {"schema": {"type": "string"}, "example": "sid=1; Path=/; HttpOnly"}}});
    let mock = mock_of(json!({"/login": {"post": {"responses": {"204": set}}}}));
    let cookie = |target: &str| {
        let answer = mock.answer(&Request { method: "POST".into(), target: target.into(), ..Request::default() });
        answer.headers.get("set-cookie").map(str::to_owned)
    };
    let plain = cookie("/login").expect("it is set");
    assert!(plain.contains("Path=/;"), "{plain}");
    assert_eq!(cookie("/@a/login"), Some(plain.replace("Path=/;", "Path=/@a/;")));
}

#[test]
fn a_rule_decides_so_many_calls_in_each_world() {
    let rule = Rule::parse("GET /things: fault=empty, times=1").expect("a rule");
    let mock = things().ruled_by(vec![rule]);
    let faults = |world: &str| {
        let asked = within(world, Ask::new("GET /things"));
        [0, 1].map(|_| mock.answer(&asked.request).headers.get("etalon-fault").is_some())
    };
    assert_eq!((faults("a"), faults("b"), faults("default")), ([true, false], [true, false], [true, false]));
    assert_eq!(mock.answer(&within("a", Ask::new("POST /__etalon/reset")).request).status, 204);
    assert_eq!((faults("a"), faults("b")), ([true, false], [false, false]));
}

/// A world as a file of format 1 has it.
const FILE: &str = include_str!("../../../fixtures/mock/world-1.json");

#[test]
fn a_world_is_written_to_a_file_and_read_from_it() {
    let mock = things();
    for ask in story(5) {
        within("a", ask).of(&mock);
    }
    mock.worlds().find("a").expect("it is there").advance(3_600);
    let written = mock.export(&mock.worlds().find("a").expect("it is there").snapshot());
    let other = things();
    let imported = other.import(written.as_bytes()).expect("it can be read");
    assert_eq!(imported.carried.iter().flatten().filter(|one| one.dropped.is_some()).count(), 0);
    assert_eq!(other.export(&imported.snapshot), written, "the same bytes");
    other.worlds().begin("b", Arc::new(imported.snapshot)).expect("there is room");
    let after = |mock: &Mock, world: &str| -> Vec<(u16, Vec<u8>)> {
        answers(mock, Some(world), &story(6)).into_iter().map(|answer| (answer.status, answer.body)).collect()
    };
    assert_eq!(after(&other, "b"), after(&mock, "a"), "clock and counters go on");
}

#[test]
fn a_file_of_the_first_format_is_read_for_ever() {
    let mock = things();
    let imported = mock.import(FILE.as_bytes()).expect("it can be read");
    mock.worlds().begin("old", Arc::new(imported.snapshot)).expect("there is room");
    assert_eq!(names(&mock, "old"), ["one", "three"]);
    assert_eq!(within("old", made("four")).of(&mock).at("/id"), json!(4));
}

#[test]
fn a_file_that_is_no_world_is_refused_with_the_reason() {
    let mock = things();
    let refused = |text: &str| mock.import(text.as_bytes()).expect_err("it is none");
    assert!(refused(&FILE.replace("\"format\": 1", "\"format\": 2")).contains("format 2"));
    assert!(refused("{}").contains("no world of etalon"));
    assert!(refused(&FILE.replace("\"world\"", "\"recording\"")).contains("`recording`"));
    assert!(refused(&FILE.replace("\"Small\"", "\"Other\"").replace("sha256:", "sha256:0")).contains("`Other`"));
    assert!(refused(&FILE.replace("\"sequence\": 103", "\"sequence\": 101")).contains("twice"));
    assert!(refused(&FILE.replace("\"sequence\": 103", "\"sequence\": 18446744073709551615")).contains("cannot be"));
}

#[test]
fn what_no_longer_fits_a_changed_contract_is_left_out_and_said() {
    let mock = things();
    let fits = FILE.replace("sha256:", "sha256:0");
    let imported = mock.import(fits.as_bytes()).expect("it is of the same title");
    assert!(imported.carried.iter().flatten().all(|one| one.dropped.is_none() && one.items == 2));
    let broken = fits.replace("\"name\": \"three\"", "\"name\": 3");
    let imported = mock.import(broken.as_bytes()).expect("what fits can be read");
    let reason = imported.carried[0][0].dropped.clone().expect("it does not fit");
    assert!(reason.contains("item 3 no longer fits"), "{reason}");
    let gone = fits.replace(" /things", " /toys");
    let imported = mock.import(gone.as_bytes()).expect("what fits can be read");
    assert!(imported.carried[0][0].dropped.as_ref().is_some_and(|reason| reason.contains("no operation")));
}

#[test]
fn what_two_worlds_do_not_have_alike_is_told() {
    let mock = things();
    within("a", made("one")).of(&mock);
    within("a", made("two")).of(&mock);
    within("b", made("three")).header("Etalon-World-From", "a").of(&mock);
    within("b", Ask::new("DELETE /things/1")).of(&mock);
    let world = |name: &str| mock.worlds().find(name).expect("it is there").snapshot();
    let told = mock.differences(&world("a"), &world("b"));
    let key = |item: &Option<Arc<Item>>| item.as_ref().map(|item| item.key.clone());
    let told: Vec<_> =
        told.iter().map(|(collection, one)| (collection.as_str(), key(&one.was), key(&one.is))).collect();
    assert_eq!(told, [("things", Some("1".to_owned()), None), ("things", None, Some("3".to_owned()))]);
}
