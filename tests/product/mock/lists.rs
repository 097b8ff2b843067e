//! Lists tell the truth, in the conventions that people use: `fixtures/mock/lists.yaml`.

use etalon::server::Mock;
use etalon_contract::behaviour::describe;
use serde_json::{Value, json};

use crate::mock::{Ask, fixture, mock_of};

fn library() -> Mock {
    let mock = fixture("lists");
    for (title, genre, price) in [
        ("Dune", "sf", 9.0),
        ("Emma", "novel", 5.0),
        ("Ubik", "sf", 7.0),
        ("Ulysses", "novel", 12.0),
        ("Nana", "novel", 4.0),
    ] {
        Ask::new("POST /books").json(&json!({"title": title, "genre": genre, "price": price})).of(&mock);
    }
    mock
}

fn titles(list: &Value) -> Vec<String> {
    list.as_array().expect("a list").iter().filter_map(|one| one["title"].as_str().map(str::to_owned)).collect()
}

#[track_caller]
fn tells(mock: &Mock, target: &str, told: &[(&str, Value)]) -> Value {
    let answer = Ask::new(&format!("GET {target}")).of(mock).json();
    for (pointer, value) in told {
        assert_eq!(answer.pointer(pointer), Some(value), "{pointer} of {target}: {answer}");
    }
    answer
}

#[test]
fn counts_flags_and_numbers_are_those_of_the_page() {
    let mock = library();
    tells(
        &mock,
        "/books?page=2",
        &[
            ("/totalDocs", json!(5)),
            ("/limit", json!(2)),
            ("/totalPages", json!(3)),
            ("/page", json!(2)),
            ("/hasPrevPage", json!(true)),
            ("/hasNextPage", json!(true)),
            ("/prevPage", json!(1)),
            ("/nextPage", json!(3)),
            ("/pagingCounter", json!(3)),
        ],
    );
    tells(&mock, "/books?page=3", &[("/hasNextPage", json!(false)), ("/nextPage", Value::Null)]);
    tells(
        &mock,
        "/books/spring?page=2",
        &[
            ("/totalElements", json!(5)),
            ("/totalPages", json!(3)),
            ("/number", json!(2)),
            ("/size", json!(2)),
            ("/numberOfElements", json!(1)),
            ("/first", json!(false)),
            ("/last", json!(true)),
            ("/empty", json!(false)),
        ],
    );
    tells(
        &mock,
        "/books/hetzner?page=1",
        &[
            ("/meta/pagination/next_page", json!(2)),
            ("/meta/pagination/previous_page", Value::Null),
            ("/meta/pagination/last_page", json!(3)),
            ("/meta/pagination/total_entries", json!(5)),
            ("/meta/pagination/per_page", json!(2)),
        ],
    );
}

#[test]
fn links_lead_to_the_pages_that_there_are() {
    let mock = library();
    tells(
        &mock,
        "/books/laravel?page=2",
        &[
            ("/current_page", json!(2)),
            ("/from", json!(3)),
            ("/to", json!(4)),
            ("/last_page", json!(3)),
            ("/total", json!(5)),
            ("/per_page", json!(2)),
            ("/path", json!("/books/laravel")),
            ("/next_page_url", json!("/books/laravel?page=3")),
        ],
    );
    tells(&mock, "/books/laravel?page=3", &[("/next_page_url", Value::Null), ("/to", json!(5))]);
    let hal = tells(
        &mock,
        "/books/hal?page=1",
        &[
            ("/page/totalElements", json!(5)),
            ("/page/number", json!(1)),
            ("/_links/next/href", json!("/books/hal?page=2")),
            ("/_links/self/href", json!("/books/hal?page=1")),
        ],
    );
    assert_eq!(titles(&hal["_embedded"]["books"]), ["Ubik", "Ulysses"]);
    assert_eq!(tells(&mock, "/books/hal?page=2", &[]).pointer("/_links/next"), None, "no link leads nowhere");
}

#[test]
fn what_was_passed_over_is_counted_and_what_is_left_is_linked() {
    let mock = library();
    let elastic = tells(&mock, "/books/elastic?from=4", &[("/hits/total/value", json!(5))]);
    assert_eq!(titles(&elastic["hits"]["hits"]), ["Nana"]);
    tells(&mock, "/books/solr?start=2", &[("/response/numFound", json!(5)), ("/response/start", json!(2))]);
    tells(
        &mock,
        "/books/odata?$skip=1",
        &[("/@odata.count", json!(5)), ("/@odata.nextLink", json!("/books/odata?%24skip=3"))],
    );
    assert_eq!(tells(&mock, "/books/odata?$skip=3", &[]).get("@odata.nextLink"), None);
}

#[test]
fn a_list_says_whether_there_is_more_and_repeats_what_its_table_asked_with() {
    let mock = library();
    tells(&mock, "/books/stripe", &[("/has_more", json!(true)), ("/url", json!("/books/stripe"))]);
    tells(&mock, "/books/stripe?starting_after=4", &[("/has_more", json!(false)), ("/data/0/title", json!("Nana"))]);
    tells(
        &mock,
        "/books/tables?draw=7&start=4",
        &[("/draw", json!(7)), ("/recordsTotal", json!(5)), ("/recordsFiltered", json!(5))],
    );
}

#[test]
fn tokens_lead_on_to_the_end_and_a_bare_list_has_its_links_in_the_header() {
    let mock = library();
    let mut found = Vec::new();
    let mut target = "/books/aws".to_owned();
    loop {
        let page = tells(&mock, &target, &[]);
        found.extend(titles(&page["Books"]));
        let Some(token) = page.get("NextToken").and_then(Value::as_str) else { break };
        target = format!("/books/aws?NextToken={token}");
    }
    assert_eq!(found, ["Dune", "Emma", "Ubik", "Ulysses", "Nana"]);
    let bare = Ask::new("GET /books/bare?page=1").of(&mock);
    assert_eq!(bare.header("x-total-count"), "5");
    assert!(bare.header("link").contains("</books/bare?page=2>; rel=\"next\""));
}

#[test]
fn lists_are_chosen_searched_and_sorted_as_the_request_says() {
    let mock = library();
    let found = |query: &str| titles(&tells(&mock, &format!("/books?limit=9&{query}"), &[])["docs"]);
    assert_eq!(found("genre=sf"), ["Dune", "Ubik"]);
    assert_eq!(found("genre=sf%2Cnovel").len(), 5);
    assert_eq!(found("genre=all").len(), 5);
    assert_eq!(found("q=u"), ["Dune", "Ubik", "Ulysses"]);
    assert_eq!(found("min_price=7"), ["Dune", "Ubik", "Ulysses"]);
    assert_eq!(found("price_lt=7&sort=-price"), ["Emma", "Nana"]);
    assert_eq!(found("sort=-price"), ["Ulysses", "Dune", "Ubik", "Emma", "Nana"]);
    assert_eq!(found("sort=title:desc"), ["Ulysses", "Ubik", "Nana", "Emma", "Dune"]);
    assert_eq!(found("sort=genre,-title"), ["Ulysses", "Nana", "Emma", "Ubik", "Dune"]);
    assert_eq!(found("colour=red").len(), 5);
    let told = describe(&mock.services()[0].behaviour, 0);
    assert!(told.contains("`colour` is not used"), "{told}");
}

#[test]
fn a_request_that_names_members_is_shown_those_and_the_required_ones() {
    let book = json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "integer", "readOnly": true},
        "title": {"type": "string"}, "notes": {"type": "string"}, "author": {"type": "object", "properties": {"name": {"type": "string"}}}}});
    let content = |schema: &Value| json!({"description": "", "content": {"application/json": {"schema": schema}}});
    let fields = json!({"name": "fields", "in": "query", "schema": {"type": "string"}});
    let mock = mock_of(json!({
        "/books": {
            "get": {"parameters": [fields], "responses": {"200": content(&json!({"type": "array", "items": book}))}},
            "post": {"requestBody": content(&book), "responses": {"201": content(&book)}}},
        "/books/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}],
            "get": {"parameters": [fields], "responses": {"200": content(&book), "404": {"description": ""}}}}
    }));
    let sent = json!({"title": "t", "notes": "n", "author": {"name": "a"}});
    let id = Ask::new("POST /books").json(&sent).of(&mock).at("/id");
    let read = |query: &str| Ask::new(&format!("GET /books/{id}{query}")).of(&mock).json();
    assert_eq!(read("?fields=title"), json!({"id": id, "title": "t"}));
    assert_eq!(read("?fields=author.name"), json!({"id": id, "author": {"name": "a"}}));
    assert_eq!(read("?fields=-notes"), json!({"id": id, "title": "t", "author": {"name": "a"}}));
    assert_eq!(read("?fields=what"), read(""), "names that nothing is called by are passed over");
    assert_eq!(Ask::new("GET /books?fields=notes").of(&mock).json(), json!([{"id": id, "notes": "n"}]));
    assert_eq!(read("")["notes"], "n", "what is kept is as it was");
}

#[test]
fn what_tells_of_pages_is_there_on_the_last_page_too() {
    let thing = json!({"type": "object", "properties": {"metadata": {"allOf": [{"type": "object", "properties": {
        "name": {"type": "string"}, "creationTimestamp": {"allOf": [{"type": "string", "format": "date-time"}]}}}]}}});
    let list = json!({"type": "object", "required": ["items"], "properties": {
        "metadata": {"type": "object", "properties": {"continue": {"type": "string"}, "remainingItemCount": {"type": "integer"}}},
        "links": {"type": "object", "required": ["next"], "properties": {"next": {"type": "string"}}},
        "items": {"type": "array", "items": thing}}});
    let content = |schema: &Value| json!({"description": "", "content": {"application/json": {"schema": schema}}});
    let mock = mock_of(json!({
        "/things": {
            "get": {"responses": {"200": content(&list)}, "parameters": [
                {"name": "limit", "in": "query", "schema": {"type": "integer"}},
                {"name": "continue", "in": "query", "schema": {"type": "string"}}]},
            "post": {"requestBody": content(&thing), "responses": {"201": content(&thing)}}},
        "/things/{name}": {
            "parameters": [{"name": "name", "in": "path", "required": true, "schema": {"type": "string"}}],
            "get": {"responses": {"200": content(&thing), "404": {"description": ""}}}}
    }));
    for name in ["a", "b", "c"] {
        let made = Ask::new("POST /things").json(&json!({"metadata": {"name": name}})).of(&mock).json();
        assert!(made["metadata"]["creationTimestamp"].is_string(), "{made}");
    }
    let first = Ask::new("GET /things?limit=2").of(&mock).json();
    let mark = first["metadata"]["continue"].as_str().expect("there is a further page");
    let last = Ask::new(&format!("GET /things?limit=2&continue={mark}")).of(&mock).json();
    assert_eq!((&last["metadata"]["continue"], &last["items"][0]["metadata"]["name"]), (&Value::Null, &json!("c")));
    assert!(last["metadata"].is_object(), "{last}");
    assert!(Ask::new("GET /things").of(&mock).json()["metadata"].is_object());
    assert!(last.pointer("/links/next").is_none_or(|next| next == ""), "there is no further page: {last}");
}

#[test]
fn a_list_is_cut_by_the_members_of_a_parameter_and_counts_are_those_of_what_it_lists() {
    let page = json!({"name": "page", "in": "query", "style": "deepObject", "explode": true, "schema": {"type": "object",
        "properties": {"size": {"type": "integer", "default": 2}, "number": {"type": "integer", "default": 1}}}});
    let toy = json!({"type": "object", "required": ["name"], "properties": {"name": {"type": "string"},
        "batchToyId": {"type": "string", "readOnly": true}, "deletedAt": {"type": "string", "format": "date-time", "readOnly": true}}});
    let list = json!({"type": "object", "required": ["toyArray", "totalToyCount"], "properties": {
        "toyArray": {"type": "array", "items": toy}, "totalToyCount": {"type": "integer"}}});
    let content = |schema: &Value| json!({"description": "", "content": {"application/json": {"schema": schema}}});
    let shown = json!({"description": "", "content": {
        "*/*": {"schema": toy}, "application/json": {"example": {"name": "from the document"}}}});
    let mock = mock_of(json!({
        "/toys": {
            "get": {"parameters": [page], "responses": {"200": content(&list)}},
            "post": {"requestBody": content(&toy), "responses": {"201": content(&toy)}}},
        "/toys/{toyId}": {
            "parameters": [{"name": "toyId", "in": "path", "required": true, "schema": {"type": "string"}}],
            "get": {"responses": {"200": shown, "404": {"description": ""}}}}
    }));
    let make = |name: &str| Ask::new("POST /toys").json(&json!({"name": name})).of(&mock).json();
    let made: Vec<Value> = ["a", "b", "c"].into_iter().map(make).collect();
    assert!(made.iter().all(|one| one.get("deletedAt").is_none() && one["batchToyId"].is_string()), "{made:?}");
    assert_ne!(made[0]["batchToyId"], made[1]["batchToyId"]);
    let read = |id: &Value| Ask::new(&format!("GET /toys/{}", id.as_str().expect("a text"))).of(&mock).at("/name");
    assert_eq!(read(&made[1]["batchToyId"]), "b", "an example beside a schema for all media is not the answer");
    let names = |query: &str| {
        let list = Ask::new(&format!("GET /toys{query}")).of(&mock).json();
        assert_eq!(list["totalToyCount"], 3);
        list["toyArray"].as_array().expect("a list").iter().map(|one| one["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(""), ["a", "b"]);
    assert_eq!(names("?page[number]=2"), ["c"]);
    assert_eq!(names("?page[size]=1&page[number]=2"), ["b"]);
}

#[test]
fn a_list_that_nothing_leads_on_is_cut_only_where_that_is_asked_for() {
    let hook = json!({"type": "object", "properties": {"id": {"type": "string", "readOnly": true}, "url": {"type": "string"}}});
    let content = |schema: &Value| json!({"application/json": {"schema": schema}});
    let size = json!([{"name": "page[size]", "in": "query", "schema": {"type": "integer", "minimum": 1}}]);
    let list = json!({"type": "array", "items": hook});
    let mock = mock_of(json!({"/hooks": {
        "post": {"requestBody": {"content": content(&hook)}, "responses": {"201": {"description": "", "content": content(&hook)}}},
        "get": {"parameters": size, "responses": {"200": {"description": "", "content": content(&list)}}}}}));
    for _ in 0..25 {
        assert_eq!(Ask::new("POST /hooks").json(&json!({"url": "https://example.com"})).of(&mock).status(), 201);
    }
    let shown = |target: &str| Ask::new(target).of(&mock).json().as_array().map_or(0, Vec::len);
    assert!(shown("GET /hooks") >= 25, "{}", shown("GET /hooks"));
    assert_eq!(shown("GET /hooks?page%5Bsize%5D=3"), 3);
}
