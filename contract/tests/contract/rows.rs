//! `docs/rows.md` names every kind of row and every kind of reason that the code has.

use etalon_contract::document::{Location, Pointer};
use etalon_contract::generate::Why;
use etalon_contract::model::StatusPattern;
use etalon_contract::rule::{Breach, Keyword, Rule, SecurityRule, Side, Story, Tag, Unusual};
use serde_json::Value;

const PAGE: &str = include_str!("../../../docs/rows.md");

/// How a kind of row is written in the page. Without a wildcard: a new kind has to be written down.
fn words(rule: &Rule) -> &'static str {
    match rule {
        Rule::Limit { breach: Breach::Absent, .. } => "`required past`",
        Rule::Limit { .. } => "`type`",
        Rule::Null { .. } => "`null`",
        Rule::Omitted => "`omitted`",
        Rule::Discriminator { tag: Tag::Named(_), .. } => "`discriminator=NAME at`",
        Rule::Discriminator { tag: Tag::Omitted, .. } => "`discriminator omitted`",
        Rule::Discriminator { tag: Tag::Unknown, .. } => "`discriminator unknown past`",
        Rule::ReadOnly => "`readOnly sent`",
        Rule::WriteOnly(_) => "`STATUS writeOnly`",
        Rule::Unusual(Unusual::Deep) => "`deep`",
        Rule::Unusual(Unusual::Large) => "`large`",
        Rule::Malformed => "`malformed`",
        Rule::Empty => "`empty`",
        Rule::UnsupportedMediaType => "`media-type past`",
        Rule::NotAcceptable => "`accept past`",
        Rule::MethodNotAllowed => "`method past`",
        Rule::UnknownPath => "`path past`",
        Rule::Security(SecurityRule::Accepts(_)) => "`security accepts …`",
        Rule::Security(SecurityRule::NoneOf) => "`security none-of`",
        Rule::Security(SecurityRule::Without(..)) => "`security without …`",
        Rule::Security(SecurityRule::Wrong(..)) => "`security wrong …`",
        Rule::Response(_) => "`response STATUS …`",
        Rule::ResponseHeader { .. } => "`response STATUS header NAME`",
        Rule::Story(_) => "`story …`",
    }
}

fn kinds() -> Vec<Rule> {
    let limit = |breach: Breach| Rule::Limit { breach, side: Side::Past, operand: Value::Null };
    let keyword = Breach::Keyword { keyword: Keyword::Type, at: Location::entry(Pointer::root()), member: None };
    let tag = |tag: Tag| Rule::Discriminator { member: "kind".to_owned(), tag, meant: None };
    vec![
        limit(Breach::Absent),
        limit(keyword.clone()),
        Rule::Null { breach: keyword, side: Side::Past },
        Rule::Omitted,
        tag(Tag::Named("cat".to_owned())),
        tag(Tag::Omitted),
        tag(Tag::Unknown),
        Rule::ReadOnly,
        Rule::WriteOnly(StatusPattern::Default),
        Rule::Unusual(Unusual::Deep),
        Rule::Unusual(Unusual::Large),
        Rule::Malformed,
        Rule::Empty,
        Rule::UnsupportedMediaType,
        Rule::NotAcceptable,
        Rule::MethodNotAllowed,
        Rule::UnknownPath,
        Rule::Security(SecurityRule::Accepts(0)),
        Rule::Security(SecurityRule::NoneOf),
        Rule::Security(SecurityRule::Without(0, String::new())),
        Rule::Security(SecurityRule::Wrong(0, String::new())),
        Rule::Response(StatusPattern::Default),
        Rule::ResponseHeader { status: StatusPattern::Default, name: String::new() },
        Rule::Story(Story::CreatedIsRead),
    ]
}

#[test]
fn the_page_names_every_kind_of_row() {
    for rule in kinds() {
        assert!(PAGE.contains(words(&rule)), "docs/rows.md says nothing of {} ({rule:?})", words(&rule));
    }
}

#[test]
fn the_page_names_every_keyword_in_its_table_of_limits_or_says_that_it_has_no_row() {
    let limits =
        PAGE.split("## Limits").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("the section is there");
    for keyword in Keyword::ALL {
        assert!(limits.contains(&format!("`{keyword}`")), "docs/rows.md says nothing of the keyword {keyword}");
    }
}

#[test]
fn the_page_names_every_story_and_every_reason() {
    let stories = [
        Story::CreatedIsRead,
        Story::CreatedIsListed,
        Story::SentIsReturned,
        Story::LocationLeadsToIt,
        Story::DeletedIsGone,
        Story::DeletedIsNotListed,
        Story::ChangedIsRead,
        Story::AgainConflicts,
        Story::ElsewhereIsEmpty,
        Story::PagesAreComplete,
        Story::PagesGoBack,
        Story::AcceptedTakesEffect,
    ];
    for story in stories {
        assert!(PAGE.contains(&format!("`{}`", story.as_str())), "docs/rows.md says nothing of {}", story.as_str());
    }
    for why in [Why::Unsatisfiable, Why::Defective, Why::Implied, Why::NoWireForm, Why::Budget, Why::NotFound] {
        assert!(PAGE.contains(&format!("| {} |", why.as_str())), "docs/rows.md says nothing of {}", why.as_str());
    }
}
