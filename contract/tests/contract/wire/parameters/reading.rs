//! What is read of requests that others wrote: odd, short of what the document asks for, or beyond it.

use etalon_contract::codec::{Reading, decode, encode, undescribed_query, unknown_query};
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::{Contract, In};
use proptest::prelude::prop;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Value, json};

use crate::wire::parameters::law::TABLE;
use crate::wire::parameters::{array_schema, contract, draft, get, object_schema, operation, parameter, read, wire};

#[test]
fn text_is_read_as_the_schema_allows() {
    let nothing_else = json!({"type": "integer"});
    let cases = [
        (nothing_else.clone(), "10", json!(10)),
        (nothing_else.clone(), "1.5", json!(1.5)),
        (nothing_else.clone(), "%2B1", json!("+1")),
        (nothing_else.clone(), "0x1", json!("0x1")),
        (nothing_else.clone(), "+1", json!(" 1")),
        (nothing_else.clone(), "", json!("")),
        (nothing_else, "true", json!("true")),
        (json!({"type": "boolean"}), "true", json!(true)),
        (json!({"type": "boolean"}), "True", json!("True")),
        (json!({"type": ["integer", "null"]}), "null", Value::Null),
        (json!({"type": ["string", "null"]}), "null", json!("null")),
        (json!({"type": "string"}), "10", json!("10")),
        (json!({"type": ["string", "integer"]}), "10", json!("10")),
        (json!({"type": ["string", "integer"], "enum": [10, "a"]}), "10", json!(10)),
        (json!({"enum": [10, "10"]}), "10", json!("10")),
        (json!({"const": 10}), "10", json!(10)),
        (json!({}), "10", json!("10")),
        (json!({"allOf": [{"$ref": "#/components/schemas/Size"}, {"minimum": 1}]}), "10", json!(10)),
        (json!({"anyOf": [{"type": "integer"}, {"type": "boolean"}]}), "true", json!(true)),
    ];
    for (schema, text, expected) in cases {
        let contract = parameter("query", "form", true, &schema);
        assert_eq!(read(&contract, &get(&format!("/x?p={text}"))), Reading::Value(expected), "{schema} {text}");
    }
}

#[test]
fn what_cannot_be_read_says_why() {
    let unreadable = |style: &str, explode: bool, schema: Value, query: &str| {
        let contract = parameter("query", style, explode, &schema);
        let read = read(&contract, &get(&format!("/x?{query}")));
        let Reading::Unreadable(unread) = read else { panic!("{query} was read as {read:?}") };
        unread.to_string()
    };
    let string = json!({"type": "string"});
    assert_eq!(unreadable("form", true, string.clone(), "p=%zz"), "a `%` is not followed by two hexadecimal digits");
    assert_eq!(unreadable("form", true, string.clone(), "p=%ff"), "the escapes are not UTF-8");
    assert_eq!(unreadable("form", true, string, "p=1&p=2"), "`p` is given twice");
    assert_eq!(unreadable("form", false, array_schema(), "p=1&p=2"), "`p` is given twice");
    assert_eq!(unreadable("form", false, object_schema(), "p=R,1,G"), "names and values do not pair up");
    assert_eq!(unreadable("form", false, object_schema(), "p=R,1,R,2"), "the member `R` is given twice");
    let deep = format!("p{}=1", "[a]".repeat(100_000));
    assert_eq!(unreadable("deepObject", true, json!({"type": "object"}), &deep), "it is nested more than 16 deep");
    let many = "p=1&".repeat(20_000);
    assert_eq!(unreadable("form", true, array_schema(), &many), "there are more than 10000 pairs");
}

#[test]
fn nested_brackets_are_read_though_not_written() {
    let schema = json!({"type": "object", "properties": {
        "price": {"type": "object", "properties": {"gte": {"type": "integer"}}},
        "tags": array_schema(),
        "ids": {"type": "array", "items": {"type": "integer"}},
    }});
    let contract = parameter("query", "deepObject", true, &schema);
    let request = get("/x?p[price][gte]=5&p[tags][]=a&p%5Btags%5D%5B%5D=b&p[ids][0]=1&p[ids][1]=2&p[q]=7");
    let expected = json!({"price": {"gte": 5}, "tags": ["a", "b"], "ids": [1, 2], "q": "7"});
    assert_eq!(read(&contract, &request), Reading::Value(expected));
}

#[test]
fn an_allowed_empty_value_stands_for_none() {
    let described = |required: bool| {
        contract(
            "/x",
            &json!([{"name": "p", "in": "query", "allowEmptyValue": true, "required": required, "schema": {"type": "integer"}}]),
        )
    };
    assert_eq!(read(&described(false), &get("/x?p=")), Reading::Absent);
    assert_eq!(read(&described(false), &get("/x?p")), Reading::Absent);
    assert_eq!(read(&described(true), &get("/x?p=")), Reading::Value(json!("")));
}

#[test]
fn reserved_characters_travel_as_the_document_allows() {
    let described = |allowed: bool| {
        contract("/x", &json!([{"name": "p", "in": "query", "allowReserved": allowed, "schema": {"type": "string"}}]))
    };
    let written = |allowed: bool| {
        let contract = described(allowed);
        let value = json!("a/b?c=d&e:f+g#h");
        let request = encode(&contract, operation(&contract), &draft(&contract, &value)).expect("it has a form");
        assert_eq!(read(&contract, &request), Reading::Value(value));
        request.target
    };
    assert_eq!(written(false), "/x?p=a%2Fb%3Fc%3Dd%26e%3Af%2Bg%23h");
    assert_eq!(written(true), "/x?p=a/b?c%3Dd%26e:f%2Bg%23h");
}

#[test]
fn content_parameters_carry_documents() {
    for place in ["path", "query", "header", "cookie"] {
        let path = if place == "path" { "/x/{p}" } else { "/x" };
        let contract =
            contract(path, &json!([{"name": "p", "in": place, "required": true, "content": {"application/json": {}}}]));
        let value = json!({"a": [1, "é;,", null], "b": {}});
        let request = encode(&contract, operation(&contract), &draft(&contract, &value)).expect("it has a form");
        assert_eq!(read(&contract, &request), Reading::Value(value), "{}", wire(&request));
    }
}

#[test]
fn header_names_compare_without_case_and_lists_join() {
    let contract = parameter("header", "simple", false, &array_schema());
    let mut request = get("/x");
    request.headers.add("P", "a , b,,");
    request.headers.add("p", "c");
    assert_eq!(read(&contract, &request), Reading::Value(json!(["a", "b", "c"])));
}

#[test]
fn names_that_nothing_describes_are_told() {
    let described = json!([
        {"name": "p", "in": "query", "schema": {"type": "integer"}},
        {"name": "deep", "in": "query", "style": "deepObject", "schema": {"type": "object"}},
        {"name": "spread", "in": "query", "schema": object_schema()},
    ]);
    let contract = contract("/x", &described);
    let request = get("/x?p=1&q=2&deep[a]=1&R=1&q=3&%zz=1");
    assert_eq!(unknown_query(operation(&contract), &request), ["q", "R", "%zz"]);
    assert_eq!(undescribed_query(&contract, operation(&contract), &request), ["q", "%zz"]);
}

#[test]
fn a_spread_object_leaves_what_others_describe() {
    let described = json!([
        {"name": "p", "in": "query", "schema": {"type": "object"}},
        {"name": "limit", "in": "query", "schema": {"type": "integer"}},
    ]);
    let contract = contract("/x", &described);
    assert_eq!(read(&contract, &get("/x?limit=1&a=b")), Reading::Value(json!({"a": "b"})));
    assert_eq!(read(&contract, &get("/x?limit=1")), Reading::Absent);
    assert!(encode(&contract, operation(&contract), &draft(&contract, &json!({"limit": "1"}))).is_err());
}

#[test]
fn a_value_that_leads_elsewhere_is_refused() {
    let bytes = json!({
        "openapi": "3.1.0", "info": {"title": "t", "version": "1"},
        "paths": {
            "/x/{p}": {"get": {"parameters": [{"name": "p", "in": "path", "required": true, "schema": {"type": "string"}}], "responses": {}}},
            "/x/mine": {"get": {"responses": {}}},
        },
    })
    .to_string()
    .into_bytes();
    let document = Document::load(Source { name: "two.json", bytes: &bytes }, &[], &NoFiles).expect("it is OpenAPI");
    let contract = Contract::new(document);
    assert!(encode(&contract, operation(&contract), &draft(&contract, &json!("mine"))).is_err());
    assert!(encode(&contract, operation(&contract), &draft(&contract, &json!("yours"))).is_ok());
}

#[test]
fn the_whole_query_may_be_one_value() {
    for (media_type, schema, expected) in [
        (
            "application/x-www-form-urlencoded",
            json!({"type": "object", "properties": {"a": {"type": "integer"}, "b": array_schema()}}),
            "/x?a=1&b=x%20y&b=%26",
        ),
        ("application/json", json!({}), "/x?%7B%22a%22%3A1%2C%22b%22%3A%5B%22x%20y%22%2C%22%26%22%5D%7D"),
    ] {
        let described = json!([{"name": "p", "in": "querystring", "content": {media_type: {"schema": schema}}}]);
        let contract = contract("/x", &described);
        let value = json!({"a": 1, "b": ["x y", "&"]});
        let request = encode(&contract, operation(&contract), &draft(&contract, &value)).expect("it has a form");
        assert_eq!(request.target, expected);
        assert_eq!(read(&contract, &request), Reading::Value(value));
        assert_eq!(read(&contract, &get("/x")), Reading::Absent);
        assert!(unknown_query(operation(&contract), &get("/x?y=1")).is_empty());
    }
}

#[test]
fn parameters_that_nothing_describes_are_written_plainly() {
    let contract = parameter("query", "form", true, &json!({"type": "string"}));
    let mut draft = draft(&contract, &json!("v"));
    draft.parameters.push((In::Query, "new one".to_owned(), json!("a&b")));
    draft.parameters.push((In::Header, "X-New".to_owned(), json!(5)));
    draft.parameters.push((In::Cookie, "c".to_owned(), json!(true)));
    let request = encode(&contract, operation(&contract), &draft).expect("it has a form");
    assert_eq!(request.target, "/x?p=v&new%20one=a%26b");
    assert_eq!((request.headers.get("x-new"), request.headers.get("cookie")), (Some("5"), Some("c=true")));
    draft.parameters.push((In::Path, "q".to_owned(), json!("a")));
    assert!(encode(&contract, operation(&contract), &draft).is_err());
}

#[test]
fn header_parameters_are_matched_without_case() {
    let contract = parameter("header", "simple", false, &json!({"type": "integer"}));
    let mut draft = draft(&contract, &json!(5));
    draft.parameters[0].1 = "P".to_owned();
    let request = encode(&contract, operation(&contract), &draft).expect("it has a form");
    assert_eq!(read(&contract, &request), Reading::Value(json!(5)));
}

#[test]
fn any_request_is_read_without_harm() {
    let pieces = prop::sample::select(vec![
        "p", "=", "&", "[", "]", "%", "%2", "%41", "%ff", "+", ",", ";", ".", "|", "%7C", "%20", "R", "1", "true",
        "null", "x", "{", "\"", "",
    ]);
    let contracts: Vec<(Contract, &str)> = TABLE
        .iter()
        .flat_map(|&(place, style, explode, ..)| {
            [
                array_schema(),
                object_schema(),
                json!({}),
                json!({"type": ["array", "integer"]}),
                json!({"type": ["object", "string"]}),
            ]
            .map(|schema| (parameter(place, style, explode, &schema), place))
        })
        .collect();
    let config = Config { cases: 300, rng_seed: RngSeed::Fixed(3), failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&prop::collection::vec(pieces, 0..12), |pieces| {
            let text = pieces.concat();
            for (contract, place) in &contracts {
                let mut request = get(if *place == "query" { "/x?" } else { "/x" });
                match *place {
                    "query" => request.target.push_str(&text),
                    "header" => request.headers.add("p", text.as_str()),
                    "cookie" => request.headers.add("cookie", format!("p={text}")),
                    _ => {}
                }
                let captures = [("p".to_owned(), text.clone())];
                let decoded = decode(contract, operation(contract), &captures, &request);
                assert_eq!(decoded.parameters.len(), 1);
            }
            Ok(())
        })
        .expect("nothing panics");
}

#[test]
fn schemas_that_refer_to_themselves_are_looked_at_for_a_while_only() {
    let mut described = json!({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/x": {"get": {
        "parameters": [{"name": "p", "in": "query", "schema": {"$ref": "#/components/schemas/Loop"}}], "responses": {},
    }}}});
    let branches = vec![json!({"$ref": "#/components/schemas/Loop"}); 8];
    described["components"] = json!({"schemas": {"Loop": {"anyOf": branches, "oneOf": branches, "allOf": branches}}});
    let bytes = described.to_string().into_bytes();
    let document = Document::load(Source { name: "loop.json", bytes: &bytes }, &[], &NoFiles).expect("it is OpenAPI");
    let contract = Contract::new(document);
    let texts: String = (0..50).map(|number| format!("&p={number}")).collect();
    assert!(matches!(read(&contract, &get(&format!("/x?{texts}"))), Reading::Value(_)));
}

#[test]
fn members_within_members_travel_in_brackets() {
    let item = json!({"type": "object", "properties": {"price": {"type": "integer"}, "tags": {"type": "array", "items": {"type": "string"}}}});
    let schema =
        json!({"type": "object", "properties": {"lines": {"type": "array", "items": item}, "on": {"type": "boolean"}}});
    let contract = parameter("query", "deepObject", true, &schema);
    let value = json!({"lines": [{"price": 1, "tags": ["a", "b"]}, {"price": 2}], "on": true});
    let request = encode(&contract, operation(&contract), &draft(&contract, &value)).expect("it has a form");
    let query = request.query().unwrap_or_default().replace("%5B", "[").replace("%5D", "]");
    assert_eq!(
        query,
        "p[lines][0][price]=1&p[lines][0][tags][0]=a&p[lines][0][tags][1]=b&p[lines][1][price]=2&p[on]=true"
    );
    assert_eq!(read(&contract, &request), Reading::Value(value));
    for without in [json!({"lines": []}), json!({"lines": [{}]}), json!({"on": null})] {
        assert!(encode(&contract, operation(&contract), &draft(&contract, &without)).is_err(), "{without}");
    }
}
