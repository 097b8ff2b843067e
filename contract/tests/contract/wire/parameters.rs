//! The law over every parameter style and place.

use proptest::prelude::{Strategy, any, prop};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};
use serde_json::{Map, Value, json};

use etalon_contract::codec::{DecodedBody, Draft, Reading, Request, decode, encode, undescribed_query, unknown_query};
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::{Contract, In, Operation, Route};

/// A contract with one operation, `GET` on the path, with these parameters.
fn contract(path: &str, parameters: &Value) -> Contract {
    let document = json!({
        "openapi": "3.2.0",
        "info": {"title": "one operation", "version": "1"},
        "paths": {path: {"get": {"operationId": "it", "parameters": parameters, "responses": {}}}},
        "components": {"schemas": {"Size": {"type": "integer"}}},
    });
    let bytes = document.to_string().into_bytes();
    Contract::new(Document::load(Source { name: "one.json", bytes: &bytes }, &[], &NoFiles).expect("it is OpenAPI"))
}

/// One parameter `p` in a place and style.
fn parameter(place: &str, style: &str, explode: bool, schema: &Value) -> Contract {
    let path = if place == "path" { "/x/{p}" } else { "/x" };
    let required = place == "path";
    let described = json!([{
        "name": "p", "in": place, "style": style, "explode": explode, "required": required, "schema": schema,
    }]);
    contract(path, &described)
}

fn operation(contract: &Contract) -> &Operation {
    contract.operation(0).expect("it can be read")
}

fn draft(contract: &Contract, value: &Value) -> Draft {
    let place = operation(contract).parameters[0].place;
    Draft { operation: 0, parameters: vec![(place, "p".to_owned(), value.clone())], body: None }
}

fn read(contract: &Contract, request: &Request) -> Reading {
    let captures = match contract.route(&request.method, request.path()) {
        Route::Found { captures, .. } => captures,
        Route::OtherMethods(_) | Route::Unknown => panic!("no route for {}", request.target),
    };
    let mut decoded = decode(contract, operation(contract), &captures, request);
    assert_eq!(decoded.body, DecodedBody::Absent);
    decoded.parameters.remove(0)
}

fn get(target: &str) -> Request {
    Request { method: "GET".to_owned(), target: target.to_owned(), ..Request::default() }
}

/// Where the value was written: the target, the header `p` or the cookies.
fn wire(request: &Request) -> String {
    let field = request.headers.get("p").or_else(|| request.headers.get("cookie"));
    field.map_or_else(|| request.target.clone(), str::to_owned)
}

fn array_schema() -> Value {
    json!({"type": "array", "items": {"type": "string"}})
}

fn object_schema() -> Value {
    json!({"type": "object", "properties": {"R": {"type": "integer"}, "G": {"type": "integer"}}, "additionalProperties": false})
}

/// The table of OpenAPI "Style Examples", with the escapes of 3.0.4 and later.
const TABLE: &[(&str, &str, bool, &str, &str, &str)] = &[
    ("path", "simple", false, "/x/blue", "/x/blue,black,brown", "/x/R,100,G,200"),
    ("path", "simple", true, "/x/blue", "/x/blue,black,brown", "/x/R=100,G=200"),
    ("path", "label", false, "/x/.blue", "/x/.blue,black,brown", "/x/.R,100,G,200"),
    ("path", "label", true, "/x/.blue", "/x/.blue.black.brown", "/x/.R=100.G=200"),
    ("path", "matrix", false, "/x/;p=blue", "/x/;p=blue,black,brown", "/x/;p=R,100,G,200"),
    ("path", "matrix", true, "/x/;p=blue", "/x/;p=blue;p=black;p=brown", "/x/;R=100;G=200"),
    ("query", "form", false, "/x?p=blue", "/x?p=blue,black,brown", "/x?p=R,100,G,200"),
    ("query", "form", true, "/x?p=blue", "/x?p=blue&p=black&p=brown", "/x?R=100&G=200"),
    ("query", "spaceDelimited", false, "/x?p=blue", "/x?p=blue%20black%20brown", "/x?p=R%20100%20G%20200"),
    ("query", "spaceDelimited", true, "/x?p=blue", "/x?p=blue&p=black&p=brown", "/x?R=100&G=200"),
    ("query", "pipeDelimited", false, "/x?p=blue", "/x?p=blue%7Cblack%7Cbrown", "/x?p=R%7C100%7CG%7C200"),
    ("query", "deepObject", true, "/x?p=blue", "", "/x?p%5BR%5D=100&p%5BG%5D=200"),
    ("header", "simple", false, "blue", "blue,black,brown", "R,100,G,200"),
    ("header", "simple", true, "blue", "blue,black,brown", "R=100,G=200"),
    ("cookie", "form", false, "p=blue", "p=blue,black,brown", "p=R,100,G,200"),
    ("cookie", "form", true, "p=blue", "", ""),
    ("cookie", "cookie", false, "p=blue", "p=blue,black,brown", "p=R,100,G,200"),
    ("cookie", "cookie", true, "p=blue", "p=blue; p=black; p=brown", "R=100; G=200"),
];

#[test]
fn every_style_is_written_and_read_as_the_specification_shows() {
    for &(place, style, explode, one, list, members) in TABLE {
        let cases = [
            (json!({"type": "string"}), json!("blue"), one),
            (array_schema(), json!(["blue", "black", "brown"]), list),
            (object_schema(), json!({"R": 100, "G": 200}), members),
        ];
        for (schema, value, expected) in cases {
            let contract = parameter(place, style, explode, &schema);
            let written = encode(&contract, operation(&contract), &draft(&contract, &value));
            match written {
                Ok(request) => {
                    assert_eq!(wire(&request), expected, "{place} {style} explode={explode} {value}");
                    assert_eq!(read(&contract, &request), Reading::Value(value));
                }
                Err(refused) => assert_eq!(expected, "", "{place} {style} explode={explode} {value}: {refused}"),
            }
        }
    }
}

/// Texts that are hard to carry, and texts that are easily mistaken for something else.
fn text() -> impl Strategy<Value = String> {
    let awkward = [
        "", " ", ".", "..", ",", ";", "=", "&", "|", "+", "%", "%20", "%2C", "/", "\\", "?", "#", "[", "]", "a,b",
        "a b", "a.b", "a|b", "a;b=c", "null", "true", "1", "1.50", "é", "😀", "\0", "\r\n", "\t", "\u{7f}", "\"", "p",
        "R", "x=1",
    ];
    proptest::prop_oneof!["[a-z]{1,4}", prop::sample::select(awkward.to_vec()).prop_map(str::to_owned), any::<String>(),]
}

fn schemas() -> impl Strategy<Value = Value> {
    let one = prop::sample::select(vec![
        json!({"type": "string"}),
        json!({"type": "integer"}),
        json!({"type": "boolean"}),
        json!({"type": ["number", "null"]}),
        json!({"$ref": "#/components/schemas/Size"}),
        json!({"enum": [1, "a", true, null]}),
        json!({"oneOf": [{"type": "string"}, {"type": "integer"}]}),
        json!({}),
    ]);
    let list = one.clone().prop_map(|items| json!({"type": "array", "items": items}));
    let members = one.clone().prop_map(|member| json!({"type": "object", "properties": {"R": member, "a,b": {}}}));
    let closed = one.clone().prop_map(
        |member| json!({"type": "object", "properties": {"R": member, "p": {}}, "additionalProperties": false}),
    );
    proptest::prop_oneof![
        one.clone(),
        list,
        members,
        closed,
        one.prop_map(|one| json!({"type": ["string", "array"], "items": one}))
    ]
}

fn values() -> impl Strategy<Value = Value> {
    let one = proptest::prop_oneof![
        text().prop_map(Value::String),
        prop::sample::select(vec![
            json!(0),
            json!(-1),
            json!(1.5),
            json!(9_007_199_254_740_993_u64),
            json!(true),
            Value::Null
        ]),
    ];
    let key = proptest::prop_oneof![prop::sample::select(vec!["R", "G", "p", "a,b"]).prop_map(str::to_owned), text()];
    let list = prop::collection::vec(one.clone(), 0..4).prop_map(Value::Array);
    let members = prop::collection::vec((key, one.clone()), 0..3)
        .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>()));
    proptest::prop_oneof![one.clone(), list, members, one.prop_map(|one| json!([[one]]))]
}

#[test]
fn what_is_written_is_read_back_or_was_refused() {
    for (number, &(place, style, explode, ..)) in TABLE.iter().enumerate() {
        let seed = u64::try_from(number).expect("a small number");
        let config =
            Config { cases: 600, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new(config);
        let counter = std::cell::Cell::new(0);
        runner
            .run(&(schemas(), values()), |(schema, value)| {
                let contract = parameter(place, style, explode, &schema);
                let Ok(request) = encode(&contract, operation(&contract), &draft(&contract, &value)) else {
                    return Ok(());
                };
                counter.set(counter.get() + 1);
                if !request.target.bytes().all(|byte| byte.is_ascii_graphic()) {
                    return Err(TestCaseError::fail(format!("not a request target: {}", request.target)));
                }
                let read = read(&contract, &request);
                if matches!(&read, Reading::Value(found) if *found == value) {
                    return Ok(());
                }
                Err(TestCaseError::fail(format!("{} was read as {read:?}", wire(&request))))
            })
            .unwrap_or_else(|failure| panic!("{place} {style} explode={explode}: {failure}"));
        let written = counter.get();
        assert!(written > 15, "{place} {style} explode={explode} wrote only {written} of 600 values");
    }
}

/// Texts that a style must be able to carry: all but its own delimiters where it cannot escape them.
fn carried(place: &str, style: &str) -> &'static str {
    match (place, style) {
        (_, "spaceDelimited") => "[a-z0-9é😀,;=/%+&|?#]{1,6}",
        ("header", "pipeDelimited") => "[a-z0-9,;=/%+&?#]{1,6}",
        (_, "pipeDelimited") => "[a-z0-9é😀,;=/%+& ?#]{1,6}",
        ("header", _) => "[a-z0-9;=/%+&|?#.]{1,6}",
        ("cookie", "cookie") => "[a-z0-9=/%+&|?#.]{1,6}",
        (_, "label") => "[a-z0-9é😀,;=/%+& |?#]{1,6}",
        _ => "[a-z0-9é😀,;=/%+& |?#]{1,6}\\.?",
    }
}

#[test]
fn nothing_that_a_style_can_carry_is_refused() {
    let strings = json!({"type": "object", "properties": {"R": {"type": "string"}, "G": {"type": "string"}}});
    for (number, &(place, style, explode, _, list, members)) in TABLE.iter().enumerate() {
        let one = parameter(place, style, explode, &json!({"type": "string"}));
        let array = parameter(place, style, explode, &array_schema());
        let object = parameter(place, style, explode, &strings);
        let seed = u64::try_from(number).expect("a small number");
        let config =
            Config { cases: 100, rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..Config::default() };
        TestRunner::new(config)
            .run(&prop::collection::vec(carried(place, style), 2..4), |texts| {
                let two = json!({"R": texts[0], "G": texts[1]});
                let cases = [(&one, json!(texts[0]), "always"), (&array, json!(texts), list), (&object, two, members)];
                for (contract, value, expected) in cases {
                    if let Err(refused) = encode(contract, operation(contract), &draft(contract, &value))
                        && !expected.is_empty()
                    {
                        return Err(TestCaseError::fail(format!("{value}: {refused}")));
                    }
                }
                Ok(())
            })
            .unwrap_or_else(|failure| panic!("{place} {style} explode={explode}: {failure}"));
    }
}

#[test]
fn what_servers_read_differently_is_refused() {
    let refused = [
        ("path", "simple", false, json!({"type": "string"}), json!("")),
        ("path", "simple", false, json!({"type": "string"}), json!(".")),
        ("path", "simple", false, json!({"type": "string"}), json!("..")),
        ("path", "label", true, array_schema(), json!(["a.b"])),
        ("query", "form", true, array_schema(), json!([])),
        ("query", "form", true, array_schema(), json!([""])),
        ("query", "form", true, json!({"type": "string"}), Value::Null),
        ("query", "form", true, json!({"type": "string"}), json!(5)),
        ("query", "form", true, json!({"type": "integer"}), json!("5")),
        ("query", "form", true, object_schema(), json!({})),
        ("query", "form", true, object_schema(), json!({"B": 1})),
        ("query", "form", false, json!({"type": "array"}), json!([["a"]])),
        ("query", "spaceDelimited", false, array_schema(), json!(["a b", "c"])),
        ("query", "pipeDelimited", false, array_schema(), json!(["a|b", "c"])),
        ("query", "deepObject", true, json!({"type": "object"}), json!({"a": {"b": 1}})),
        ("query", "deepObject", true, json!({"type": "object"}), json!({"a]": "b"})),
        ("header", "simple", false, array_schema(), json!(["a,b"])),
        ("header", "simple", false, array_schema(), json!(["a", "", "b"])),
        ("header", "simple", false, json!({"type": "string"}), json!("a\r\nb: c")),
        ("header", "simple", false, json!({"type": "string"}), json!(" a")),
        ("header", "simple", false, json!({"type": "string"}), json!("é")),
        ("header", "simple", true, object_schema(), json!({"R": "1,G=2"})),
        ("cookie", "cookie", false, json!({"type": "string"}), json!("a;b")),
        ("cookie", "cookie", false, json!({"type": "string"}), json!("a b")),
    ];
    for (place, style, explode, schema, value) in refused {
        let contract = parameter(place, style, explode, &schema);
        let written = encode(&contract, operation(&contract), &draft(&contract, &value));
        assert!(written.is_err(), "{place} {style} {value} was written as {:?}", written.map(|request| wire(&request)));
    }
}

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
        let Reading::Unreadable(reason) = read else { panic!("{query} was read as {read:?}") };
        reason
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
