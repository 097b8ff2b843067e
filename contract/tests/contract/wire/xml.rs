//! The law over XML, and the examples of the XML Object.

use proptest::prelude::{Strategy, any, prop};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};
use serde_json::{Map, Value, json};

use etalon_contract::codec::{DecodedBody, MAX_XML_DEPTH, decode_body, encode_body};
use etalon_contract::document::{Document, NoFiles, Source};
use etalon_contract::model::{Content, Contract, Direction};

fn contract(schemas: &Value) -> Contract {
    let content = json!({"application/xml": {"schema": {"$ref": "#/components/schemas/Root"}}});
    let document = json!({
        "openapi": "3.2.0",
        "info": {"title": "one body", "version": "1"},
        "paths": {"/x": {"post": {"operationId": "it", "requestBody": {"content": content}, "responses": {}}}},
        "components": {"schemas": schemas},
    });
    let bytes = document.to_string().into_bytes();
    Contract::new(Document::load(Source { name: "one.json", bytes: &bytes }, &[], &NoFiles).expect("it is OpenAPI"))
}

fn contents(contract: &Contract) -> &[Content] {
    let operation = contract.operation(0).expect("it can be read");
    &operation.body.as_ref().expect("it has a body").content
}

fn written(contract: &Contract, value: &Value) -> Result<String, String> {
    encode_body(contract, &contents(contract)[0], value, Direction::Request)
        .map(|bytes| String::from_utf8(bytes).expect("it is UTF-8"))
        .map_err(|refused| refused.why)
}

fn read(contract: &Contract, text: &str) -> Result<Value, String> {
    match decode_body(contract, contents(contract), Some("application/xml"), text.as_bytes()) {
        DecodedBody::Value { value, .. } => Ok(value),
        DecodedBody::Malformed { reason, .. } | DecodedBody::Beyond { bound: reason, .. } => Err(reason),
        other @ (DecodedBody::Absent | DecodedBody::UndocumentedMediaType { .. } | DecodedBody::Opaque { .. }) => {
            panic!("{text} was read as {other:?}")
        }
    }
}

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";

#[test]
fn xml_looks_as_the_xml_object_shows() {
    for (schemas, value, expected) in examples_of_the_specification() {
        let contract = contract(&schemas);
        assert_eq!(written(&contract, &value), Ok(format!("{DECLARATION}{expected}")), "{schemas}");
    }
}

/// Schemas, a value and its document without the declaration, as the section "XML Object" shows them.
fn examples_of_the_specification() -> Vec<(Value, Value, &'static str)> {
    let animals = |array: Value, item: Value| {
        json!({"Root": {"type": "object", "properties": {
            "animals": {"type": "array", "xml": array, "items": {"type": "string", "xml": item}},
        }}})
    };
    let two = json!({"animals": ["cat", "dog"]});
    let person = json!({"Root": {
        "type": "object",
        "xml": {"name": "Person", "namespace": "http://example.com/schema", "prefix": "s"},
        "properties": {
            "id": {"type": "integer", "xml": {"attribute": true}},
            "name": {"type": "string", "xml": {"namespace": "http://example.com/schema/sample", "prefix": "sample"}},
            "tag": {"$ref": "#/components/schemas/Tag"},
        },
    }, "Tag": {"type": "object", "properties": {"lang": {"type": "string", "xml": {"nodeType": "attribute"}}, "text": {"type": "number", "xml": {"nodeType": "text"}}}}});
    vec![
        (animals(json!({}), json!({})), two.clone(), "<Root><animals>cat</animals><animals>dog</animals></Root>"),
        (
            animals(json!({"name": "aliens"}), json!({"name": "animal"})),
            two.clone(),
            "<Root><animal>cat</animal><animal>dog</animal></Root>",
        ),
        (
            animals(json!({"wrapped": true}), json!({})),
            two.clone(),
            "<Root><animals><animals>cat</animals><animals>dog</animals></animals></Root>",
        ),
        (
            animals(json!({"wrapped": true, "name": "aliens"}), json!({"name": "animal"})),
            two.clone(),
            "<Root><aliens><animal>cat</animal><animal>dog</animal></aliens></Root>",
        ),
        (
            animals(json!({"wrapped": true, "name": "aliens"}), json!({})),
            two,
            "<Root><aliens><aliens>cat</aliens><aliens>dog</aliens></aliens></Root>",
        ),
        (
            animals(json!({"nodeType": "element"}), json!({})),
            json!({"animals": []}),
            "<Root><animals></animals></Root>",
        ),
        (
            person,
            json!({"id": 123, "name": "a<b&\"c\"\r\n", "tag": {"lang": "x\ty", "text": 1.5}, "more": {"a": ["1", "2"]}}),
            "<s:Person xmlns:s=\"http://example.com/schema\" id=\"123\">\
             <sample:name xmlns:sample=\"http://example.com/schema/sample\">a&lt;b&amp;&quot;c&quot;&#13;\n</sample:name>\
             <tag lang=\"x&#9;y\">1.5</tag><more><a>1</a><a>2</a></more></s:Person>",
        ),
        (
            json!({"Root": {"type": "array", "xml": {"name": "pets"}, "items": {"type": "integer", "xml": {"name": "pet"}}}}),
            json!([1, 2]),
            "<pets><pet>1</pet><pet>2</pet></pets>",
        ),
        (json!({"Root": {"type": "integer"}}), json!(5), "<Root>5</Root>"),
    ]
}

#[test]
fn documents_by_other_hands_are_read() {
    let contract = contract(&json!({"Root": {"type": "object", "properties": {
        "id": {"type": "integer", "xml": {"attribute": true}},
        "name": {"type": "string", "xml": {"namespace": "urn:a"}},
        "size": {"type": "integer"},
        "tags": {"type": "array", "items": {"type": "string"}, "xml": {"wrapped": true}},
    }}}));
    let text = "\u{feff}<?xml version='1.0' encoding='utf-8'?>\n<!-- hi --><?pi x?><Root id='7'\n xmlns:p=\"urn:a\"\
        xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"x\">\r\n  <p:name>a<![CDATA[<b>]]>&#x63;&amp;</p:name>\
        <size>5</size><tags/><more/></Root>\n";
    let text = text.replace("\"urn:a\"xmlns", "\"urn:a\" xmlns");
    assert_eq!(read(&contract, &text), Ok(json!({"id": 7, "size": 5, "tags": [], "name": "a<b>c&", "more": ""})));
}

#[test]
fn what_is_not_well_formed_is_refused() {
    let contract = contract(&json!({"Root": {"type": "object", "properties": {
        "a": {"type": "string"},
        "b": {"type": "string", "xml": {"attribute": true}},
        "c": {"type": "string"},
        "d": {"type": "string", "xml": {"namespace": "urn:d"}},
    }}}));
    let deep = format!("<Root>{}", "<a>".repeat(100_000));
    let attributes: String = (0..1_000).map(|number| format!(" a{number}=''")).collect();
    let many_attributes = format!("<Root{attributes}/>");
    let laughs = "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><Root><a>&b;</a></Root>";
    for text in [
        " ",
        "x",
        "<Root>",
        "<Root></root>",
        "</Root>",
        "<Root/><Root/>",
        "<Root/>x",
        "<Other/>",
        "<Root>text</Root>",
        "<Root><a>1</a><a>2</a></Root>",
        "<Root><a>&undeclared;</a></Root>",
        "<Root><a>&#0;</a></Root>",
        "<Root><a>\0</a></Root>",
        "<Root><p:a/></Root>",
        "<Root><b/></Root>",
        "<Root c='1'/>",
        "<Root xmlns:x='urn:x' x:c='1'><d xmlns='urn:x'/></Root>",
        "<Root b='1' b='2'/>",
        "<Root b=1/>",
        "<Root b='<'/>",
        "<Root><a>&</a></Root>",
        "<?xml version='1.0' encoding='utf-16'?><Root/>",
        laughs,
        &deep,
        &many_attributes,
        "<![CDATA[x]]>",
        "&amp;<Root/>",
    ] {
        let found = read(&contract, text);
        assert!(found.is_err(), "{} was read as {found:?}", &text[..text.len().min(80)]);
    }
}

#[test]
fn depth_is_bounded_on_both_ways() {
    let contract =
        contract(&json!({"Root": {"type": "object", "properties": {"Root": {"$ref": "#/components/schemas/Root"}}}}));
    let nested = |depth: usize| (0..depth).fold(json!({}), |inner, _| json!({"Root": inner}));
    assert!(written(&contract, &nested(MAX_XML_DEPTH - 1)).is_ok());
    assert!(written(&contract, &nested(MAX_XML_DEPTH)).is_err());
}

#[test]
fn what_is_written_is_read_back_or_was_refused() {
    let contract = contract(&json!({"Root": {"type": "object", "properties": {
        "id": {"type": "integer", "xml": {"attribute": true}},
        "name": {"type": "string"},
        "note": {"type": "string", "xml": {"attribute": true, "prefix": "n", "namespace": "urn:n"}},
        "bare": {"type": "array", "items": {"type": "string", "xml": {"name": "item"}}},
        "wrapped": {"type": "array", "xml": {"wrapped": true, "namespace": "urn:w"}, "items": {"type": "number"}},
        "inner": {"$ref": "#/components/schemas/Root"},
        "text": {"type": "object", "properties": {"content": {"type": "string", "xml": {"nodeType": "text"}}}},
        "any": {},
    }}}));
    let text = proptest::prop_oneof![
        prop::sample::select(vec!["", " ", "\r\n", "\t", "]]>", "<a>", "&amp;", "é", "\0", "1", "x"])
            .prop_map(str::to_owned),
        any::<String>(),
    ];
    let leaf = proptest::prop_oneof![
        2 => text.clone().prop_map(Value::String),
        1 => prop::sample::select(vec![json!(0), json!(1.5), json!(true), Value::Null]),
    ];
    let names = ["id", "name", "note", "bare", "wrapped", "inner", "text", "any", "content", "item", "other"];
    let name = proptest::prop_oneof![9 => prop::sample::select(names.to_vec()).prop_map(str::to_owned), 1 => text];
    let values = leaf.prop_recursive(4, 24, 4, move |inner| {
        let members = prop::collection::vec((name.clone(), inner.clone()), 0..3);
        proptest::prop_oneof![
            1 => prop::collection::vec(inner, 0..3).prop_map(Value::Array),
            2 => members.prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    });
    let config = Config { cases: 4_000, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..Config::default() };
    let count = std::cell::Cell::new(0);
    TestRunner::new(config)
        .run(&values, |value| {
            let Ok(text) = written(&contract, &value) else { return Ok(()) };
            count.set(count.get() + 1);
            match read(&contract, &text) {
                Ok(found) if found == value => Ok(()),
                other => Err(TestCaseError::fail(format!("{text} gave {other:?}"))),
            }
        })
        .expect("the law holds");
    assert!(count.get() > 100, "it wrote only {} of 4000 values", count.get());
}
