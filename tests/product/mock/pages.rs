//! Pages, filters and media types as people write them: `fixtures/mock/pages.yaml`.

use etalon::server::Mock;
use serde_json::{Value, json};

use crate::mock::{Ask, fixture};

/// Five items, one made on each of the first days of 2030.
fn five() -> (Mock, Vec<String>) {
    let mock = fixture("pages");
    let ids = (1..=5).map(|day| {
        let title = ["Dune", "Emma", "Ubik", "Ulysses", "Nana"][day - 1];
        let made = Ask::new("POST /items").json(&json!({
            "title": title, "created_at": format!("2030-01-0{day}T00:00:00Z"), "datasetRunName": format!("run{}", day % 2),
            "is_paused": day > 3, "labels": {"env": if day < 3 { "a" } else { "b" }}
        }));
        made.of(&mock).at("/id").as_str().expect("a text").to_owned()
    });
    let ids = ids.collect();
    (mock, ids)
}

fn titles(mock: &Mock, target: &str) -> Vec<String> {
    let list = Ask::new(&format!("GET {target}")).of(mock).json();
    let items = list.get("items").unwrap_or(&list).as_array().expect("a list");
    items.iter().filter_map(|one| one["title"].as_str().map(str::to_owned)).collect()
}

#[test]
fn filters_are_known_by_their_ends_and_by_the_words_around_a_name() {
    let (mock, _) = five();
    for (query, wanted) in [
        ("title_pattern=%25u%25", &["Dune", "Ubik", "Ulysses"][..]),
        ("before=2030-01-03T00:00:00Z", &["Dune", "Emma"]),
        ("fromdate=2030-01-04T00:00:00Z", &["Ulysses", "Nana"]),
        ("runName=run0", &["Emma", "Ulysses"]),
        ("paused=true", &["Ulysses", "Nana"]),
        ("query=title%3Ax", &["Dune", "Emma", "Ubik", "Ulysses", "Nana"]),
        ("label_selector=env!%3Da", &["Ubik", "Ulysses", "Nana"]),
    ] {
        assert_eq!(titles(&mock, &format!("/items?{query}")), wanted, "{query}");
    }
    assert_eq!(Ask::new("DELETE /items?before=2030-01-04T00:00:00Z").of(&mock).status(), 204);
    let left = Ask::new("GET /items").of(&mock).json();
    assert_eq!(left["results"], 2, "a number that is called `results` counts them: {left}");
}

#[test]
fn a_cursor_may_be_called_as_the_parameter_that_takes_it() {
    let (mock, _) = five();
    let mut seen = Vec::new();
    let mut target = "/items/iterated?limit=2".to_owned();
    for _ in 0..4 {
        let page = Ask::new(&format!("GET {target}")).of(&mock).json();
        seen.extend(page["items"].as_array().expect("a list").iter().map(|one| one["title"].clone()));
        let Some(iterator) = page["iterator"].as_str() else {
            assert_eq!(page["done"], true);
            break;
        };
        assert_eq!(page["done"], false);
        target = format!("/items/iterated?limit=2&iterator={iterator}");
    }
    assert_eq!(seen, ["Dune", "Emma", "Ubik", "Ulysses", "Nana"]);
}

#[test]
fn another_page_may_be_an_object_and_an_offset_a_mark() {
    let (mock, _) = five();
    let first = Ask::new("GET /items/offsets?limit=3").header("Host", "h").of(&mock).json();
    let next = &first["next_page"];
    let offset = next["offset"].as_str().expect("a text");
    assert_eq!(next["path"], format!("/items/offsets?limit=3&offset={offset}"));
    assert!(next["uri"].as_str().is_some_and(|uri| uri.starts_with("http")), "{next}");
    assert_eq!(titles(&mock, &format!("/items/offsets?limit=3&offset={offset}")), ["Ulysses", "Nana"]);
    let last = Ask::new(&format!("GET /items/offsets?limit=3&offset={offset}")).of(&mock).json();
    assert_eq!(last["next_page"], Value::Null);
}

#[test]
fn a_list_takes_a_cursor_or_an_offset_as_it_is_asked() {
    let (mock, ids) = five();
    assert_eq!(titles(&mock, "/items/either?limit=2&offset=3"), ["Ulysses", "Nana"]);
    assert_eq!(titles(&mock, &format!("/items/either?limit=2&after={}", ids[0])), ["Emma", "Ubik"]);
}

#[test]
fn a_page_may_begin_with_the_item_that_is_named() {
    let (mock, ids) = five();
    assert_eq!(titles(&mock, &format!("/items/inclusive?limit=2&from={}", ids[1])), ["Emma", "Ubik"]);
    let mut target = Some("/items/inclusive?limit=2".to_owned());
    let (mut seen, mut counts) = (Vec::new(), Vec::new());
    while let Some(here) = target {
        let page = Ask::new(&format!("GET {here}")).of(&mock).json();
        seen.extend(page["items"].as_array().expect("a list").iter().map(|one| one["title"].clone()));
        counts.push(page["count"].clone());
        target = page.pointer("/_links/next/href").and_then(Value::as_str).map(str::to_owned);
    }
    assert_eq!(seen, ["Dune", "Emma", "Ubik", "Ulysses", "Nana"]);
    assert_eq!(counts, [2, 2, 1]);
}

#[test]
fn whole_numbers_beside_a_list_make_it_one_in_any_language() {
    let mock = fixture("pages");
    let mut sent = Ask::new("POST /flussi").header("Content-Type", "application/zip");
    sent.request.body = b"PK".to_vec();
    let made = sent.of(&mock).json();
    assert_eq!(Ask::new("GET /flussi").of(&mock).at("/risultati/0/numero"), made["numero"]);
}

#[test]
fn one_kind_of_json_is_read_for_another_and_for_none() {
    let mock = fixture("pages");
    let asked = Ask::new("POST /hal").json(&json!({"name": "n"})).header("Accept", "application/json").of(&mock);
    assert_eq!((asked.status(), asked.header("content-type")), (201, "application/hal+json"));
    let mut untyped = Ask::new("POST /hal");
    untyped.request.body = br#"{"name": "n"}"#.to_vec();
    assert_eq!(untyped.of(&mock).at("/name"), "n");
    untyped.request.body = b"name=n".to_vec();
    assert_eq!(untyped.of(&mock).status(), 415);
}
