//! What an answer tells: the item, its key, the items of a list.

use etalon_contract::behaviour::{Effect, shape};
use etalon_contract::codec::Response;
use etalon_contract::document::Pointer;
use etalon_contract::model::{Contract, Direction, In, MediaType, Operation, Route};
use etalon_contract::rule::Subject;
use etalon_contract::validate;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::plan::roles;
use crate::session::Session;

/// The content as JSON, where it is.
#[must_use]
pub(crate) fn json(response: &Response) -> Option<Value> {
    let json = response.headers.get("content-type").and_then(MediaType::parse).is_some_and(|sent| sent.is_json());
    if json { serde_json::from_slice(&response.body).ok() } else { None }
}

/// The item that an answer holds.
#[must_use]
pub(crate) fn item(effect: &Effect, response: &Response) -> Option<Value> {
    effect.returned.as_ref()?.get(&json(response)?).cloned()
}

/// The items that an answer lists.
#[must_use]
pub(crate) fn items(effect: &Effect, response: &Response) -> Option<Vec<Value>> {
    match item(effect, response)? {
        Value::Array(items) => Some(items),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => None,
    }
}

/// The key of what an operation created: from the item that it returned, or else from where `Location` leads.
#[must_use]
pub(crate) fn key(session: Session<'_>, operation: &Operation, effect: &Effect, response: &Response) -> Option<Value> {
    let collection = session.behaviour.collections.get(effect.collection?)?;
    item(effect, response)
        .and_then(|item| collection.key.get(&item).cloned())
        .filter(|key| key.is_string() || key.is_number())
        .or_else(|| {
            let (item, theirs) = roles::item(session.contract, session.behaviour, effect.collection?)?;
            let location = response.headers.get("location")?;
            let captures = route(session, item, &resolve(operation.path.as_str(), location))?;
            let name = theirs.key_parameter.as_ref()?;
            let (_, text) = captures.into_iter().find(|(known, _)| known == name)?;
            Some(typed(session.contract, item, In::Path, name, &Value::String(text)))
        })
}

/// The key of what was sent to be created, where the client chooses it: the member that is the key, or that the item's path
/// parameter is named after.
#[must_use]
pub(crate) fn sent_key(session: Session<'_>, effect: &Effect, body: &Value) -> Option<Value> {
    sent_key_at(session, effect, body)?.get(body).cloned()
}

/// True where the key of what was sent is what it is called, under another member than the one that is its key.
#[must_use]
pub(crate) fn is_called(session: Session<'_>, effect: &Effect, body: &Value) -> bool {
    let own = || {
        let collection = session.behaviour.collections.get(effect.collection?)?;
        Some(effect.sent.clone().unwrap_or_default().append(&collection.key))
    };
    sent_key_at(session, effect, body).is_some_and(|at| Some(at) != own())
}

/// The place of that member in what was sent.
#[must_use]
pub(crate) fn sent_key_at(session: Session<'_>, effect: &Effect, body: &Value) -> Option<Pointer> {
    let collection = session.behaviour.collections.get(effect.collection?)?;
    let root = effect.sent.clone().unwrap_or_default();
    let sent = root.get(body)?;
    let named = collection.item_path.as_ref().and_then(|path| path.parameters().last().map(shape::plain));
    let by_name = || {
        let named = named.clone()?;
        let members = sent.as_object()?;
        let fits = |name: &str| !name.is_empty() && named.ends_with(&shape::plain(name));
        // `/databases/{database}` is called by its name, where nothing is said of an id.
        let calls = |name: &str| !named.ends_with("id") && CALLED.contains(&shape::plain(name).as_str());
        let found =
            members.iter().find(|(name, _)| fits(name)).or_else(|| members.iter().find(|(name, _)| calls(name)));
        found.map(|(name, _)| Pointer::root().join(name))
    };
    let own = Some(collection.key.clone()).filter(|at| at.get(sent).is_some());
    let at = root.append(&own.or_else(by_name)?);
    at.get(body).is_some_and(|key| key.is_string() || key.is_number()).then_some(at)
}

/// The names of members that hold what a thing is called.
const CALLED: [&str; 3] = ["name", "slug", "key"];

/// The endings of the names of members that may hold what a thing is known by.
const KNOWN_BY: [&str; 8] = ["name", "slug", "key", "id", "identifier", "uuid", "code", "hash"];

/// The depth of a member that may hold what a thing is known by: deeper ones are of its parts.
const NEAR: usize = 3;

/// The places of texts and numbers that a thing may be known by, the outer ones first.
#[must_use]
pub(crate) fn known_by(body: &Value) -> Vec<Pointer> {
    let mut found = Vec::new();
    let mut left = std::collections::VecDeque::from([(Pointer::root(), body)]);
    while let Some((at, value)) = left.pop_front() {
        let Some(members) = value.as_object() else { continue };
        for (name, inner) in members {
            let at = at.join(name);
            let plain = shape::plain(name);
            if (inner.is_string() || inner.is_number()) && KNOWN_BY.iter().any(|ending| plain.ends_with(ending)) {
                found.push(at);
            } else if inner.is_object() && at.tokens().count() < NEAR {
                left.push_back((at, inner));
            }
        }
    }
    found
}

/// A value as the type that a parameter's schema has for it: what a `Location` or a command line holds is text, though it
/// may stand for a number, and a key that is a number in a body may be text in a path. Unchanged where no type fits.
#[must_use]
pub(crate) fn typed(contract: &Contract, operation: &Operation, place: In, name: &str, value: &Value) -> Value {
    let Some(at) = operation.parameter(place, name).and_then(|parameter| parameter.shape.schema()) else {
        return value.clone();
    };
    let fits = |value: &Value| validate::is_valid(contract, at, Direction::Request, value).unwrap_or(false);
    if fits(value) {
        return value.clone();
    }
    let other = match value {
        Value::String(text) => serde_json::from_str(text).ok(),
        Value::Number(number) => Some(Value::String(number.to_string())),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    other.filter(fits).unwrap_or_else(|| value.clone())
}

/// The reason why a parameter cannot have a value that is given as text, as a sentence fragment; `None` where it can.
#[must_use]
pub fn misfit(contract: &Contract, operation: &Operation, place: In, name: &str, text: &str) -> Option<String> {
    let at = operation.parameter(place, name)?.shape.schema()?;
    let value = typed(contract, operation, place, name, &Value::String(text.to_owned()));
    let subject = Subject::Parameter { place, name: name.to_owned() };
    let violations = validate::value(contract, at, Direction::Request, &subject, &value).ok()?;
    violations.into_iter().next().map(|violation| violation.message)
}

/// A key as it reads in a path.
#[must_use]
pub(crate) fn text(key: &Value) -> String {
    match key {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => key.to_string(),
    }
}

/// Path and query of a URI reference, seen from a request target (RFC 3986 §5.2, without its removal of dot segments).
#[must_use]
pub(crate) fn resolve(from: &str, reference: &str) -> String {
    let reference = reference.split('#').next().unwrap_or("");
    let (path, query) = match from.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (from, None),
    };
    let scheme = reference
        .find("://")
        .filter(|end| reference[..*end].bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)));
    let after_authority = match scheme {
        Some(end) => Some(&reference[end + 3..]),
        None => reference.strip_prefix("//"),
    };
    if let Some(rest) = after_authority {
        let start = rest.find(['/', '?']).unwrap_or(rest.len());
        let rest = &rest[start..];
        return if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") };
    }
    if reference.is_empty() {
        return query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    }
    if reference.starts_with('/') {
        return reference.to_owned();
    }
    if reference.starts_with('?') {
        return format!("{path}{reference}");
    }
    let folder = path.rfind('/').map_or("/", |end| &path[..=end]);
    format!("{folder}{reference}")
}

/// The parameters of a path that leads to this operation, decoded. A target may be mounted below a prefix that only its
/// own links show, so leading segments are taken off until the path fits.
#[must_use]
pub(crate) fn route(session: Session<'_>, operation: &Operation, target: &str) -> Option<Vec<(String, String)>> {
    let path = target.split('?').next().unwrap_or("");
    let starts = path.match_indices('/').map(|(index, _)| index);
    starts.map(|start| &target[start..]).find_map(|from| {
        match session.contract.route(operation.method.as_str(), from) {
            Route::Found { operation: found, captures } if found == operation.index => captures
                .into_iter()
                .map(|(name, raw)| percent_decode_str(&raw).decode_utf8().ok().map(|text| (name, text.into_owned())))
                .collect(),
            Route::Found { .. } | Route::OtherMethods(_) | Route::Unknown => None,
        }
    })
}

/// The target of a link without the prefix that the target is mounted below.
#[must_use]
pub(crate) fn inside(session: Session<'_>, operation: &Operation, target: &str) -> String {
    let path = target.split('?').next().unwrap_or("");
    let starts = path.match_indices('/').map(|(index, _)| index);
    let fitting = starts.map(|start| &target[start..]).find(|from| {
        let route = session.contract.route(operation.method.as_str(), from);
        matches!(route, Route::Found { operation: found, .. } if found == operation.index)
    });
    fitting.unwrap_or(target).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_may_be_known_by_a_name_or_key_near_the_top() {
        let body =
            serde_json::json!({"prompt": {"name": "a", "size": 1}, "data": {"x": {"y": {"id": 1}}}, "set_id": 7});
        let found: Vec<String> = known_by(&body).iter().map(|at| at.as_str().to_owned()).collect();
        assert_eq!(found, ["/set_id", "/prompt/name"]);
    }

    #[test]
    fn references_are_resolved_against_the_request() {
        let from = "/orgs/1/invites?limit=10";
        for (reference, target) in [
            ("/a?b=c", "/a?b=c"),
            ("http://host:1/a?b", "/a?b"),
            ("https://host", "/"),
            ("//host/a", "/a"),
            ("?limit=20", "/orgs/1/invites?limit=20"),
            ("invites/7#x", "/orgs/1/invites/7"),
            ("", "/orgs/1/invites?limit=10"),
            ("/a?u=http://x/y", "/a?u=http://x/y"),
        ] {
            assert_eq!(resolve(from, reference), target, "{reference}");
        }
    }
}
