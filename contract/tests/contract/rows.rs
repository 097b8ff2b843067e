//! `docs/rows.md` names every kind of row and every kind of reason that the code has.

use std::collections::BTreeMap;

use etalon_contract::document::{Document, Location, NoFiles, Pointer, Source};
use etalon_contract::generate::Why;
use etalon_contract::model::{Contract, StatusPattern};
use etalon_contract::rule::{
    Advice, Breach, Keyword, Limit, Malformation, Protocol, ResponseRule, Row, RowCounter, Rule, SecurityRule, Side,
    Story, Tag, Tagged, Unusual, Usual, enumerate,
};
use serde_json::Value;

use crate::shipped;

const PAGE: &str = include_str!("../../../docs/rows.md");

/// The heading of the section of the page that a kind of row is told of in, and how it is written there. Without a wildcard:
/// a new kind has to be written down.
fn words(rule: &Rule) -> (&'static str, &'static str) {
    match rule {
        Rule::Limit(limit) => {
            let words = match limit {
                Limit::Keyword { .. } => "`type`",
                Limit::Overlap { .. } => "`oneOf=overlap`",
                Limit::Null { .. } => "`null`",
                Limit::Required => "`required past`",
                Limit::Omitted => "`omitted`",
            };
            ("Limits", words)
        }
        Rule::Advice(advice) => {
            let words = match advice {
                Advice::Discriminator { tag: Tag::Named(_), .. } => "`discriminator=NAME at`",
                Advice::Discriminator { tag: Tag::Omitted, .. } => "`discriminator omitted`",
                Advice::Discriminator { tag: Tag::Unknown, .. } => "`discriminator unknown past`",
                Advice::ReadOnly => "`readOnly sent`",
            };
            ("Advice", words)
        }
        Rule::Protocol(protocol) => {
            let words = match protocol {
                Protocol::Unusual(Unusual::Deep) => "`deep`",
                Protocol::Unusual(Unusual::Large) => "`large`",
                Protocol::Malformed(Malformation::CutOff) => "`malformed`",
                Protocol::Malformed(_) => "`malformed …`",
                Protocol::Empty => "`empty`",
                Protocol::UnsupportedMediaType => "`media-type past`",
                Protocol::NotAcceptable => "`accept past`",
                Protocol::MethodNotAllowed => "`method past`",
                Protocol::UnknownPath => "`path past`",
                Protocol::Usual(Usual::Accept) => "`accept at`",
                Protocol::Usual(Usual::MediaType) => "`media-type at`",
                Protocol::HeadIsGet => "`head`",
                Protocol::Tag(Tagged::Tells) => "`etag tells`",
                Protocol::Tag(Tagged::NotModified) => "`if-none-match`",
                Protocol::Tag(Tagged::Precondition) => "`if-match`",
            };
            ("Protocol", words)
        }
        Rule::Security(security) => {
            let words = match security {
                SecurityRule::Accepts(_) => "`security accepts …`",
                SecurityRule::NoneOf => "`security none-of`",
                SecurityRule::Without(..) => "`security without …`",
                SecurityRule::Wrong(..) => "`security wrong …`",
            };
            ("Security", words)
        }
        Rule::Response(response) => {
            let words = match response {
                ResponseRule::Conforms(_) => "`response STATUS …`",
                ResponseRule::Header { .. } => "`response STATUS header NAME`",
                ResponseRule::WriteOnly(_) => "`STATUS writeOnly`",
            };
            ("Responses", words)
        }
        Rule::Story(_) => ("Stories", "`story …`"),
    }
}

fn kinds() -> Vec<Rule> {
    let keyword = Breach::Keyword { keyword: Keyword::Type, at: Location::entry(Pointer::root()), member: None };
    let limits = [
        Limit::Keyword { breach: keyword.clone(), side: Side::Past, operand: Value::Null },
        Limit::Overlap { breach: keyword.clone() },
        Limit::Null { breach: keyword, side: Side::Past },
        Limit::Required,
        Limit::Omitted,
    ];
    let tag = |tag: Tag| Advice::Discriminator { member: "kind".to_owned(), tag, meant: None };
    let advice = [tag(Tag::Named("cat".to_owned())), tag(Tag::Omitted), tag(Tag::Unknown), Advice::ReadOnly];
    let protocol = [
        Protocol::Unusual(Unusual::Deep),
        Protocol::Unusual(Unusual::Large),
        Protocol::Malformed(Malformation::CutOff),
        Protocol::Malformed(Malformation::Comment),
        Protocol::Usual(Usual::Accept),
        Protocol::Usual(Usual::MediaType),
        Protocol::HeadIsGet,
        Protocol::Tag(Tagged::Tells),
        Protocol::Tag(Tagged::NotModified),
        Protocol::Tag(Tagged::Precondition),
        Protocol::Empty,
        Protocol::UnsupportedMediaType,
        Protocol::NotAcceptable,
        Protocol::MethodNotAllowed,
        Protocol::UnknownPath,
    ];
    let security = [
        SecurityRule::Accepts(0),
        SecurityRule::NoneOf,
        SecurityRule::Without(0, String::new()),
        SecurityRule::Wrong(0, String::new()),
    ];
    let responses = [
        ResponseRule::Conforms(StatusPattern::Default),
        ResponseRule::Header { status: StatusPattern::Default, name: String::new() },
        ResponseRule::WriteOnly(StatusPattern::Default),
    ];
    limits
        .map(Rule::Limit)
        .into_iter()
        .chain(advice.map(Rule::Advice))
        .chain(protocol.map(Rule::Protocol))
        .chain(security.map(Rule::Security))
        .chain(responses.map(Rule::Response))
        .chain([Rule::Story(Story::CreatedIsRead)])
        .collect()
}

/// The text of the page below a heading, up to the next of its level.
fn section(heading: &str) -> &'static str {
    let after = PAGE.split_once(&format!("\n## {heading}\n")).map(|(_, after)| after);
    let after = after.unwrap_or_else(|| panic!("docs/rows.md has no section {heading}"));
    after.split("\n## ").next().unwrap_or(after)
}

#[test]
fn the_page_names_every_kind_of_row_in_its_section() {
    for rule in kinds() {
        let (heading, words) = words(&rule);
        assert!(section(heading).contains(words), "docs/rows.md says nothing of {words} below {heading} ({rule:?})");
    }
}

#[test]
fn the_page_names_every_keyword_in_its_table_of_limits_or_says_that_it_has_no_row() {
    let limits = section("Limits");
    for keyword in Keyword::ALL {
        assert!(limits.contains(&format!("`{keyword}`")), "docs/rows.md says nothing of the keyword {keyword}");
    }
}

#[test]
fn the_page_names_every_story_and_every_reason() {
    for story in Story::ALL {
        assert!(PAGE.contains(&format!("`{}`", story.as_str())), "docs/rows.md says nothing of {}", story.as_str());
    }
    for why in [Why::Unsatisfiable, Why::Defective, Why::Implied, Why::NoWireForm, Why::Budget, Why::NotFound] {
        assert!(PAGE.contains(&format!("| {} |", why.as_str())), "docs/rows.md says nothing of {}", why.as_str());
    }
}

/// A contract whose operations share a schema: one by reference, one by a reference with words beside it, one as a form.
fn shared() -> Contract {
    let text = "openapi: 3.1.0
info: {title: Shared, version: '1'}
paths:
  /a: {post: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}, responses: {'204': {description: ''}}}}
  /b: {put: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Thing', description: it}}}}, responses: {'204': {description: ''}}}}
  /c: {put: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Thing', required: [size]}}}}, responses: {'204': {description: ''}}}}
  /d: {post: {requestBody: {content: {application/x-www-form-urlencoded: {schema: {$ref: '#/components/schemas/Thing'}}}}, responses: {'204': {description: ''}}}}
components:
  schemas:
    Thing: {type: object, required: [name], properties: {name: {type: string, minLength: 2}, size: {type: [integer, 'null'], maximum: 9}, more: {$ref: '#/components/schemas/Thing'}}}
";
    let source = Source { name: "shared.yaml", bytes: text.as_bytes() };
    Contract::new(Document::load(source, &[], &NoFiles).expect("it loads"))
}

#[test]
fn rows_are_counted_as_they_are_found() {
    let contracts = shipped::NAMES.into_iter().map(shipped::contract).chain([shipped::every_kind(), shared()]);
    for contract in contracts {
        let mut counter = RowCounter::new(&contract, |row: &Row| words(&row.rule));
        for index in 0..contract.entries().len() {
            let operation = contract.operation(index).expect("it is sound");
            let found = enumerate(&contract, operation);
            let mut expected = BTreeMap::new();
            for row in &found.rows {
                *expected.entry(words(&row.rule)).or_insert(0) += 1;
            }
            let counts = counter.count(operation);
            assert_eq!((counts.rows, counts.left_out), (expected, found.left_out), "{}", operation.id);
        }
    }
}
