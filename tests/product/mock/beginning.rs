//! The document's own examples as the first data of collections: `fixtures/mock/examples.yaml`.

use etalon::server::Begins;
use serde_json::json;

use crate::mock::{Ask, fixture};

#[test]
fn a_list_begins_with_the_examples_that_fit_and_each_of_them_can_be_read() {
    let mock = fixture("examples");
    let listed = Ask::new("GET /books").of(&mock);
    assert_eq!(
        listed.json(),
        json!({"total": 3, "data": [{"id": 4, "title": "Emma"}, {"id": 9, "title": "Persuasion"}, {"id": 12, "title": "Sanditon"}]})
    );
    assert_eq!(Ask::new("GET /books/4").of(&mock).json(), json!({"id": 4, "title": "Emma", "pages": 474}));
    assert_eq!(Ask::new("GET /books/9").of(&mock).at("/title"), json!("Persuasion"));
    assert_eq!(Ask::new("GET /books/5").of(&mock).status(), 404);
}

#[test]
fn ids_are_counted_on_from_the_examples_whatever_was_read_before() {
    let made = |looks: bool| {
        let mock = fixture("examples");
        if looks {
            Ask::new("GET /books").of(&mock);
            Ask::new("GET /shelves").of(&mock);
        }
        Ask::new("POST /books").json(&json!({"title": "The Watsons"})).of(&mock).at("/id")
    };
    assert_eq!((made(false), made(true)), (json!(13), json!(13)));
}

#[test]
fn a_nested_list_begins_only_below_what_is_an_example_itself() {
    let mock = fixture("examples");
    assert_eq!(Ask::new("GET /books/4/reviews").of(&mock).json(), json!([{"id": "r1", "bookId": 4, "text": "Good"}]));
    assert_eq!(Ask::new("GET /books/9/reviews").of(&mock).at("/0/id"), json!("r2"));
    assert_eq!(Ask::new("GET /books/5/reviews").of(&mock).status(), 404);
    assert_eq!(Ask::new("DELETE /books/9").of(&mock).status(), 204);
    assert_eq!(Ask::new("GET /books/9/reviews").of(&mock).status(), 404);
    let made = Ask::new("POST /books").json(&json!({"title": "Another"})).of(&mock).at("/id");
    assert_eq!(Ask::new(&format!("GET /books/{made}/reviews")).of(&mock).json(), json!([]));
}

#[test]
fn an_example_that_is_sent_is_made_as_if_nothing_were_there_and_conflicts_when_it_is_sent_again() {
    let mock = fixture("examples");
    assert_eq!(Ask::new("GET /shelves").of(&mock).json(), json!([{"code": "west", "width": 90}]));
    let send = |width: u64| Ask::new("POST /shelves").json(&json!({"code": "west", "width": width})).of(&mock);
    assert_eq!(send(80).status(), 201);
    assert_eq!(Ask::new("GET /shelves").of(&mock).json(), json!([{"code": "west", "width": 80}]));
    assert_eq!(send(90).status(), 409);
}

#[test]
fn an_example_that_was_changed_is_nobody_elses_to_replace() {
    let mock = fixture("examples");
    let put = Ask::new("PUT /shelves/west").json(&json!({"code": "west", "width": 70})).of(&mock);
    assert_eq!((put.status(), put.at("/width")), (200, json!(70)));
    assert_eq!(Ask::new("POST /shelves").json(&json!({"code": "west", "width": 90})).of(&mock).status(), 409);
    mock.reset();
    assert_eq!(Ask::new("GET /shelves/west").of(&mock).at("/width"), json!(90));
}

#[test]
fn one_thing_and_lists_that_nothing_adds_to_are_as_the_examples_show_them() {
    let mock = fixture("examples");
    assert_eq!(Ask::new("GET /house").of(&mock).json(), json!({"name": "Chawton", "open": true}));
    Ask::new("PUT /house").json(&json!({"name": "Steventon"})).of(&mock);
    assert_eq!(Ask::new("GET /house").of(&mock).at("/name"), json!("Steventon"));
    assert_eq!(Ask::new("GET /genres").of(&mock).json(), json!([{"name": "Comedy"}, {"name": "Satire"}]));
    assert_eq!(Ask::new("GET /printers/p1").of(&mock).json(), json!({"id": "p1", "city": "Bath"}));
    assert_eq!(Ask::new("GET /printers/p2").of(&mock).json(), json!({"id": "p2", "city": "Bath"}));
}

#[test]
fn without_examples_what_is_added_alone_is_there() {
    let mock = fixture("examples").beginning_with(Begins::WithNothing);
    assert_eq!(Ask::new("GET /books").of(&mock).json(), json!({"total": 0, "data": []}));
    assert_eq!(Ask::new("GET /books/4").of(&mock).status(), 404);
    assert_eq!(Ask::new("POST /books").json(&json!({"title": "Emma"})).of(&mock).at("/id"), json!(1));
    assert_ne!(Ask::new("GET /genres").of(&mock).at("/0/name"), json!("Comedy"));
}
