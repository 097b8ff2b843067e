//! What an answer to a list says of the pages beside it, by the same words that the mock writes: links, cursors, and
//! whether there is more. It looks at the body's own members and at those of its member objects.

use serde_json::{Map, Value};

use crate::behaviour::call::Relation;
use crate::behaviour::paging::link_field;
use crate::behaviour::paging::words::{self, Member};
use crate::behaviour::shape;
use crate::codec::Headers;

/// A link to another page, as the answer writes it: in the `Link` field (RFC 8288 §3), among the body's links, or in its
/// envelope. Relative to the request's URL.
#[must_use]
pub fn link(headers: &Headers, body: &Value, relation: Relation) -> Option<String> {
    link_field::read(headers, words::words(Member::Link(relation))).or_else(|| {
        let links = inner(body).filter(|(plain, _)| plain == "links");
        let others = inner(body).filter(|(plain, _)| plain != "links" && words::is_envelope(plain));
        let objects = links.map(|(_, links)| links).chain(body.as_object()).chain(others.map(|(_, object)| object));
        let mut found = objects.flat_map(|object| told(object, Member::Link(relation)));
        found.find_map(|value| {
            match value {
                Value::String(text) => Some(text.as_str()),
                Value::Object(members) => members.get("href").and_then(Value::as_str),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
            }
            .filter(|text| is_reference(text))
            .map(str::to_owned)
        })
    })
}

/// The cursor of another page, where the body gives one that is not empty.
#[must_use]
pub fn cursor(body: &Value, relation: Relation) -> Option<String> {
    let kinds = [Member::Cursor(relation), Member::Link(relation), Member::Edge(relation)];
    let mut found = kinds.into_iter().flat_map(|kind| objects(body).flat_map(move |object| told(object, kind)));
    found.next().and_then(|mark| match mark {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    })
}

/// True where the body says that there is more on the way to the pages of that relation.
#[must_use]
pub fn has_more(body: &Value, relation: Relation) -> bool {
    let kinds = [Member::More, Member::Has(relation)];
    let mut found = kinds.into_iter().flat_map(|kind| objects(body).flat_map(move |object| told(object, kind)));
    let mut done = objects(body).flat_map(|object| told(object, Member::Done));
    found.any(|value| *value == Value::Bool(true))
        || relation == Relation::Next && done.any(|value| *value == Value::Bool(false))
}

/// The fields by which an answer tells how many items there are on all pages.
const TOTAL_FIELDS: [&str; 4] = ["x-total-count", "x-total", "total-count", "x-pagination-total-count"];

/// The number of items on all pages, where an answer tells it.
#[must_use]
pub fn total(headers: &Headers, body: &Value) -> Option<u64> {
    let field = || TOTAL_FIELDS.iter().find_map(|name| headers.get(name)?.trim().parse().ok());
    number(body, Member::Total).or_else(field)
}

/// The number of pages, where an answer tells it.
#[must_use]
pub fn pages(body: &Value) -> Option<u64> {
    number(body, Member::Pages)
}

fn number(body: &Value, kind: Member) -> Option<u64> {
    objects(body).flat_map(move |object| told(object, kind)).find_map(Value::as_u64)
}

/// True where an answer shows the place at which it would speak of such a page, so that its silence says that there is none.
#[must_use]
pub fn speaks_of(headers: &Headers, body: &Value, relation: Relation) -> bool {
    let kinds = [
        Member::More,
        Member::Done,
        Member::Has(relation),
        Member::Cursor(relation),
        Member::Link(relation),
        Member::Edge(relation),
    ];
    headers.get("link").is_some()
        || inner(body).any(|(plain, _)| plain == "links")
        || objects(body).any(|object| kinds.into_iter().any(|kind| told(object, kind).next().is_some()))
}

/// The values of an object's members that tell this, most telling first.
fn told(object: &Map<String, Value>, kind: Member) -> impl Iterator<Item = &Value> {
    let mut found: Vec<(usize, &Value)> = Vec::new();
    for (name, value) in object {
        let plain = shape::plain(name);
        if words::member(&plain) == Some(kind) {
            let rank = words::words(kind).iter().position(|word| *word == plain).unwrap_or(usize::MAX);
            found.push((rank, value));
        }
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, value)| value)
}

/// The body's objects that may speak of pages: itself and its members.
fn objects(body: &Value) -> impl Iterator<Item = &Map<String, Value>> {
    body.as_object().into_iter().chain(inner(body).map(|(_, object)| object))
}

/// The objects among the body's members, with their plain names.
fn inner(body: &Value) -> impl Iterator<Item = (String, &Map<String, Value>)> {
    let members = body.as_object().into_iter().flatten();
    members.filter_map(|(name, value)| Some((shape::plain(name), value.as_object()?)))
}

/// True for what can only be a URL or a part of one, not a cursor.
fn is_reference(text: &str) -> bool {
    text.contains(['/', '?'])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn links_are_found_wherever_apis_keep_them() {
        let bare = Headers::new();
        for body in [
            json!({"links": {"next": "/a?after=1", "prev": null}}),
            json!({"_links": {"next": {"href": "/a?after=1"}}}),
            json!({"next": "/a?after=1"}),
            json!({"nextUrl": "/a?after=1"}),
            json!({"next_page_link": "/a?after=1"}),
            json!({"meta": {"next": "/a?after=1"}}),
            json!({"pageInfo": {"nextLink": "/a?after=1"}}),
        ] {
            assert_eq!(link(&bare, &body, Relation::Next).as_deref(), Some("/a?after=1"), "{body}");
            assert_eq!(link(&bare, &body, Relation::Prev), None, "{body}");
        }
        let headers: Headers = [("Link", "</b>; rel=\"prev\", </c>; rel=next")].into_iter().collect();
        assert_eq!(link(&headers, &json!([]), Relation::Next).as_deref(), Some("/c"));
        assert_eq!(link(&headers, &json!([]), Relation::Prev).as_deref(), Some("/b"));
    }

    #[test]
    fn cursors_are_found_by_name_and_empty_ones_end_the_list() {
        for body in [
            json!({"meta": {"next_cursor": "x"}}),
            json!({"next": "x"}),
            json!({"cursor": "w", "next": "x"}),
            json!({"paging": {"after": "x"}}),
            json!({"cursor": "old", "nextPageToken": "x"}),
        ] {
            assert_eq!(cursor(&body, Relation::Next).as_deref(), Some("x"), "{body}");
        }
        assert_eq!(cursor(&json!({"next_cursor": ""}), Relation::Next), None);
        assert_eq!(cursor(&json!({"next_cursor": null}), Relation::Next), None);
    }

    #[test]
    fn more_is_read_in_every_spelling_that_is_written() {
        for name in ["has_more", "hasMore", "has-more", "has_next", "hasNextPage"] {
            let body = json!({"pageInfo": {name: true}});
            assert!(has_more(&body, Relation::Next), "{name}");
            assert!(speaks_of(&Headers::new(), &json!({name: false}), Relation::Next), "{name}");
        }
        assert!(!has_more(&json!({"hasNextPage": true}), Relation::Prev));
        assert!(has_more(&json!({"has_previous_page": true}), Relation::Prev));
        assert!(!speaks_of(&Headers::new(), &json!({"data": []}), Relation::Next));
    }
}
