//! Shapes of state that the shipped contracts do not have.

use serde_json::{Value, json};

use crate::mock::{Ask, Told, mock_of};
use etalon::server::Mock;

fn body(schema: &Value) -> Value {
    json!({"content": {"application/json": {"schema": schema}}})
}

fn answers(status: &str, schema: &Value) -> Value {
    json!({status: {"description": "", "content": {"application/json": {"schema": schema}}}})
}

fn path_parameters(names: &[&str]) -> Value {
    names
        .iter()
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
        .collect()
}

fn pets() -> Mock {
    let sent = json!({"type": "object", "required": ["name"], "properties": {
        "name": {"type": "string"}, "tag": {"type": "string"}, "secret": {"type": "string", "writeOnly": true}}});
    let pet = json!({"type": "object", "required": ["id", "name"], "properties": {
        "id": {"type": "integer"}, "name": {"type": "string"}, "tag": {"type": "string"},
        "secret": {"type": "string", "writeOnly": true},
        "createdAt": {"type": "string", "format": "date-time"}, "updatedAt": {"type": "string", "format": "date-time"}},
        "additionalProperties": false});
    let toy = json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "format": "uuid"}, "petId": {"type": "integer"}}});
    mock_of(json!({
        "/pets": {
            "get": {"parameters": [
                {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}},
                {"name": "per_page", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 50}}],
                "responses": answers("200", &json!({"type": "object", "required": ["items", "total"], "properties": {
                    "items": {"type": "array", "items": pet}, "total": {"type": "integer"}, "page": {"type": "integer"},
                    "next": {"type": ["string", "null"]}, "has_more": {"type": "boolean"}}}))},
            "post": {"requestBody": body(&sent), "responses": answers("201", &pet)}
        },
        "/pets/{petId}": {
            "parameters": path_parameters(&["petId"]),
            "get": {"responses": answers("200", &pet)},
            "put": {"requestBody": body(&sent), "responses": answers("200", &pet)},
            "patch": {"requestBody": {"content": {"application/merge-patch+json": {"schema": {"type": "object"}}}},
                "responses": answers("200", &pet)},
            "delete": {"responses": {"204": {"description": ""}}}
        },
        "/pets/{petId}/toys": {
            "parameters": path_parameters(&["petId"]),
            "get": {"responses": answers("200", &json!({"type": "array", "items": toy}))},
            "post": {"responses": answers("201", &toy)}
        },
        "/settings": {
            "get": {"responses": answers("200", &json!({"type": "object", "required": ["theme"], "properties": {"theme": {"type": "string"}}}))},
            "put": {"requestBody": body(&json!({"type": "object", "properties": {"theme": {"type": "string"}}})),
                "responses": {"204": {"description": ""}}}
        },
        "/countries": {"get": {"responses": answers("200", &json!({"type": "array", "items": {
            "type": "object", "required": ["code"], "properties": {"code": {"type": "string", "minLength": 2, "maxLength": 2}}}}))}},
        "/countries/{code}": {
            "parameters": path_parameters(&["code"]),
            "get": {"responses": answers("200", &json!({"type": "object", "required": ["code"], "properties": {"code": {"type": "string", "minLength": 2, "maxLength": 2}}}))}
        }
    }))
}

fn create(mock: &Mock, name: &str) -> Told {
    Ask::new("POST /pets").json(&json!({"name": name, "secret": "s"})).of(mock)
}

#[test]
fn an_item_is_created_read_changed_replaced_and_deleted() {
    let mock = pets();
    let created = create(&mock, "Rex");
    assert_eq!(created.status(), 201);
    assert_eq!(created.header("location"), format!("/pets/{}", created.at("/id")));
    assert_eq!(created.json().get("tag"), None, "what was not sent is not invented");
    assert_eq!(created.json().get("secret"), None, "what is writeOnly is not shown");
    let here = created.header("location").to_owned();
    assert_eq!(Ask::new(&format!("GET {here}")).of(&mock).json(), created.json());

    let patch = |body: Value| Ask::new(&format!("PATCH {here}")).body("application/merge-patch+json", &body).of(&mock);
    let changed = patch(json!({"tag": "dog"}));
    assert_eq!((changed.at("/name"), changed.at("/tag")), (json!("Rex"), json!("dog")));
    assert_eq!(changed.at("/createdAt"), created.at("/createdAt"));
    assert_ne!(changed.at("/updatedAt"), created.at("/updatedAt"));
    assert_eq!(patch(json!({"tag": null})).json().get("tag"), None, "null takes away (RFC 7396)");
    assert_eq!(patch(json!({"name": 7})).at("/name"), "Rex", "state never violates the schema");

    let replaced = Ask::new(&format!("PUT {here}")).json(&json!({"name": "Max"})).of(&mock);
    assert_eq!((replaced.at("/id"), replaced.at("/name")), (created.at("/id"), json!("Max")));
    assert_eq!(replaced.at("/createdAt"), created.at("/createdAt"));
    assert_eq!(Ask::new(&format!("DELETE {here}")).of(&mock).status(), 204);
    for method in ["GET", "DELETE"] {
        assert_eq!(Ask::new(&format!("{method} {here}")).of(&mock).status(), 404);
    }
}

#[test]
fn putting_creates_only_where_nothing_else_gives_keys() {
    let mock = pets();
    let put = Ask::new("PUT /pets/17").json(&json!({"name": "Max"})).of(&mock);
    assert_eq!(put.status(), 404, "POST /pets is what gives keys");
    let plan = json!({"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}});
    let mock = mock_of(json!({"/plans/{id}": {
        "parameters": path_parameters(&["id"]),
        "get": {"responses": answers("200", &plan)},
        "put": {"requestBody": body(&plan), "responses": answers("200", &plan)}
    }}));
    assert_eq!(Ask::new("PUT /plans/a").json(&json!({"name": "Max"})).of(&mock).status(), 200);
    assert_eq!(Ask::new("GET /plans/a").of(&mock).at("/name"), "Max");
}

#[test]
fn pages_by_number_are_counted_and_linked() {
    let mock = pets();
    for number in 0..5 {
        create(&mock, &format!("p{number}"));
    }
    let page = Ask::new("GET /pets?per_page=2&page=2").of(&mock);
    assert_eq!((page.at("/total"), page.at("/page"), page.at("/has_more")), (json!(5), json!(2), json!(true)));
    assert_eq!(page.at("/items/0/name"), "p2");
    let next = page.at("/next");
    let last = Ask::new(&format!("GET {}", next.as_str().expect("a link"))).of(&mock);
    assert_eq!((last.at("/items/0/name"), last.at("/next")), (json!("p4"), Value::Null));
}

#[test]
fn the_page_that_nobody_asked_for_is_the_first_or_the_default() {
    let listed = |page: &Value, member: &str| {
        let shown = json!({"type": "object", "required": ["items", member, "per_page"], "properties": {
            "items": {"type": "array", "items": {"type": "object"}}, (member): {"type": "integer"},
            "per_page": {"type": "integer"}, "total_pages": {"type": "integer"}}});
        mock_of(json!({"/pets": {"get": {"parameters": [
            {"name": "page", "in": "query", "schema": page},
            {"name": "per_page", "in": "query", "schema": {"type": "integer", "default": 2}}],
            "responses": answers("200", &shown)}}}))
    };
    for (page, first) in [
        (json!({"type": "integer"}), 1),
        (json!({"type": "integer", "minimum": 0}), 0),
        (json!({"type": "integer", "default": 2}), 2),
    ] {
        for member in ["page", "current_page"] {
            let told = Ask::new("GET /pets").of(&listed(&page, member));
            assert_eq!(told.at(&format!("/{member}")), json!(first), "{page} {member}");
            assert_eq!((told.at("/per_page"), told.at("/total_pages")), (json!(2), json!(2)));
        }
    }
}

#[test]
fn what_belongs_to_something_needs_it_to_be_there() {
    let mock = pets();
    assert_eq!(Ask::new("GET /pets/1/toys").of(&mock).status(), 404);
    let pet = create(&mock, "Rex").at("/id");
    let toys = format!("/pets/{pet}/toys");
    let toy = Ask::new(&format!("POST {toys}")).of(&mock);
    assert_eq!(toy.status(), 201);
    assert_eq!(Ask::new(&format!("GET {toys}")).of(&mock).json(), json!([toy.json()]));
    Ask::new(&format!("DELETE /pets/{pet}")).of(&mock);
    assert_eq!(Ask::new(&format!("GET {toys}")).of(&mock).status(), 404);
}

#[test]
fn a_single_thing_is_there_from_the_start_and_can_be_changed() {
    let mock = pets();
    assert_eq!(Ask::new("GET /settings").of(&mock).status(), 200);
    assert_eq!(Ask::new("PUT /settings").json(&json!({"theme": "dark"})).of(&mock).status(), 204);
    assert_eq!(Ask::new("GET /settings").of(&mock).at("/theme"), "dark");
}

#[test]
fn a_list_that_nothing_adds_to_has_items_that_can_be_read() {
    let mock = pets();
    let countries = Ask::new("GET /countries").of(&mock);
    let first = countries.at("/0/code");
    let code = first.as_str().expect("a code");
    assert_eq!(Ask::new(&format!("GET /countries/{code}")).of(&mock).json(), countries.at("/0"));
    assert_eq!(Ask::new("GET /countries/nowhere").of(&mock).status(), 404);
}

#[test]
fn a_list_below_a_collection_shows_its_items_and_parameters_called_as_members_choose() {
    let pet = json!({"$ref": "#/paths/~1pet/post/responses/200/content/application~1json/schema"});
    let whole = json!({"type": "object", "required": ["id", "status"], "properties": {
        "id": {"type": "integer"}, "status": {"type": "string"}, "tags": {"type": "array", "items": {"type": "string"}}}});
    let mock = mock_of(json!({
        "/pet": {"post": {"requestBody": body(&pet), "responses": answers("200", &whole)}},
        "/pet/findByStatus": {"get": {
            "parameters": [
                {"name": "status", "in": "query", "schema": {"type": "string"}},
                {"name": "tags", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}}],
            "responses": answers("200", &json!({"type": "array", "items": pet}))}},
        "/pet/{petId}": {
            "parameters": path_parameters(&["petId"]),
            "get": {"responses": answers("200", &pet)}
        }
    }));
    for (id, status, tag) in [(1, "sold", "a"), (2, "pending", "b"), (3, "sold", "b")] {
        let sent = json!({"id": id, "status": status, "tags": [tag]});
        assert_eq!(Ask::new("POST /pet").json(&sent).of(&mock).json(), sent);
    }
    let ids = |query: &str| -> Vec<i64> {
        let list = Ask::new(&format!("GET /pet/findByStatus{query}")).of(&mock).json();
        list.as_array().expect("a list").iter().filter_map(|pet| pet["id"].as_i64()).collect()
    };
    assert_eq!(ids(""), [1, 2, 3]);
    assert_eq!(ids("?status=sold"), [1, 3]);
    assert_eq!(ids("?status=sold&tags=b"), [3]);
    assert_eq!(ids("?tags=a&tags=b"), [1, 2, 3]);
    assert_eq!(Ask::new("GET /pet/2").of(&mock).at("/status"), "pending");
    assert_eq!(Ask::new("POST /pet").json(&json!({"id": 2, "status": "x"})).of(&mock).status(), 409);
}

#[test]
fn fields_that_frame_the_message_are_never_made_up() {
    let number = json!({"schema": {"type": "integer", "minimum": 500}});
    let text = json!({"schema": {"type": "string", "enum": ["gzip"]}});
    let mut answers = answers("200", &json!({"type": "string"}));
    answers["200"]["headers"] = json!({"Content-Length": number, "Content-Encoding": text, "X-Count": number});
    let mock = mock_of(json!({"/words": {"get": {"responses": answers}}}));
    let told = Ask::new("GET /words").of(&mock);
    assert_eq!(told.status(), 200);
    assert!(told.header("X-Count").parse::<u64>().is_ok());
    assert_eq!((told.headers().get("Content-Length"), told.headers().get("Content-Encoding")), (None, None));
}

#[test]
fn a_refused_key_is_challenged_wherever_it_travels() {
    let key = json!({"type": "apiKey", "in": "query", "name": "key"});
    let paths = json!({"/words": {"get": {"security": [{"Key": []}], "responses": answers("200", &json!({"type": "string"}))}}});
    let mock = crate::mock::mock_with(paths, json!({"securitySchemes": {"Key": key}}));
    let told = Ask::new("GET /words").of(&mock);
    assert_eq!(told.status(), 401);
    assert!(told.header("WWW-Authenticate").starts_with("ApiKey realm="));
    assert_eq!(Ask::new("GET /words?key=etalon").of(&mock).status(), 200);
}

#[test]
fn a_parameter_that_frames_the_request_is_set_aside() {
    let length = json!({"name": "Content-Length", "in": "header", "required": true, "schema": {"type": "integer", "maximum": 3}});
    let trace = json!({"name": "X-Trace", "in": "header", "required": true, "schema": {"type": "string"}});
    let operation = json!({"parameters": [length, trace], "responses": answers("200", &json!({"type": "string"}))});
    let mock = mock_of(json!({"/words": {"get": operation}}));
    assert_eq!(Ask::new("GET /words").of(&mock).status(), 400);
    assert_eq!(Ask::new("GET /words").header("X-Trace", "a").of(&mock).status(), 200);
}
