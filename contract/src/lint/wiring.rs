//! What one object says of another: links and the operations that they lead to, runtime expressions, tags, the variables of
//! servers, methods and bodies, the braces of paths.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::document::{Code, Location, Version, nearest};
use crate::lint::Lint;
use crate::lint::member::is_token;

/// The methods of a path item that have an operation of their own.
const METHODS: [&str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// A link leads to an operation, and gives it parameters that it has (OpenAPI 3.x "Link Object").
pub(crate) fn link(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>) {
    for (name, value) in members.get("parameters").and_then(Value::as_object).into_iter().flatten() {
        expression(lint, &at.join("parameters").join(name), value);
    }
    if let Some(value) = members.get("requestBody") {
        expression(lint, &at.join("requestBody"), value);
    }
    let Some(id) = members.get("operationId").and_then(Value::as_str) else { return };
    let operations = operations(lint);
    let Some(target) = operations.get(id).cloned() else {
        let meant = nearest(id, operations.keys().map(String::as_str)).map(|meant| format!("did you mean `{meant}`?"));
        return lint.warn(
            Code::BrokenReference,
            at.join("operationId"),
            format!("there is no operation `{id}`"),
            meant,
        );
    };
    let known = parameters(lint, &target);
    for name in members.get("parameters").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name) {
        // `path.id` names the place as well.
        let bare = name.split_once('.').filter(|(place, _)| ["path", "query", "header", "cookie"].contains(place));
        let is_known = |name: &str| known.iter().any(|known| known == name);
        if !is_known(name) && !bare.is_some_and(|(_, bare)| is_known(bare)) {
            let meant = nearest(name, known.iter().map(String::as_str)).map(|meant| format!("did you mean `{meant}`?"));
            let reason = format!("the operation `{id}` has no parameter `{name}`");
            lint.warn(Code::BrokenReference, at.join("parameters").join(name), reason, meant);
        }
    }
}

fn operations<'l>(lint: &'l mut Lint<'_>) -> &'l HashMap<String, Location> {
    let document = lint.document;
    lint.wiring.operations.get_or_insert_with(|| {
        let paths = Location::default().join("paths");
        let items = document.node(&paths).and_then(Value::as_object).into_iter().flatten();
        let mut found = HashMap::new();
        for (path, item) in items {
            let mut at = paths.join(path);
            let reference = item.get("$ref").and_then(Value::as_str);
            if let Some(target) = reference.and_then(|reference| document.resolve(&at, reference).ok()) {
                at = target;
            }
            let item = document.node(&at);
            for method in METHODS {
                let id = item.and_then(|item| item.get(method)?.get("operationId")?.as_str());
                found.extend(id.map(|id| (id.to_owned(), at.join(method))));
            }
        }
        found
    })
}

/// The names of the parameters of an operation, those of its path included.
fn parameters(lint: &Lint<'_>, operation: &Location) -> Vec<String> {
    let above = operation.pointer.parent().map(|pointer| Location { file: operation.file, pointer });
    let mut names = Vec::new();
    for owner in [Some(operation.clone()), above].into_iter().flatten() {
        let list = owner.join("parameters");
        let count = lint.document.node(&list).and_then(Value::as_array).map_or(0, Vec::len);
        for index in 0..count {
            let found = lint.document.follow(&list.index(index)).ok();
            names.extend(found.and_then(|(_, node)| node.get("name")?.as_str().map(str::to_owned)));
        }
    }
    names
}

/// A text that begins as a runtime expression is one (OpenAPI 3.x "Runtime Expressions").
fn expression(lint: &mut Lint<'_>, at: &Location, value: &Value) {
    let Some(text) = value.as_str().filter(|text| text.starts_with('$')) else { return };
    if !is_expression(text) {
        let reason = format!("`{text}` is no runtime expression; it is sent as it stands");
        let hint = "such as `$response.body#/id`, `$request.path.id`, `$response.header.Location`".to_owned();
        lint.warn(Code::WrongType, at.clone(), reason, Some(hint));
    }
}

fn is_expression(text: &str) -> bool {
    if ["$url", "$method", "$statusCode"].contains(&text) {
        return true;
    }
    let Some(source) = text.strip_prefix("$request.").or_else(|| text.strip_prefix("$response.")) else { return false };
    match source.split_once('.') {
        Some(("header", name)) => is_token(name),
        Some(("query" | "path", name)) => !name.is_empty(),
        _ => source == "body" || source.strip_prefix("body#").is_some_and(|at| at.is_empty() || at.starts_with('/')),
    }
}

/// The key of a callback is an address with expressions in it (OpenAPI 3.x "Callback Object").
pub(crate) fn callback(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>) {
    for key in members.keys().filter(|key| !key.starts_with("x-")) {
        for part in key.split('{').skip(1) {
            let Some((text, _)) = part.split_once('}') else {
                lint.warn(Code::WrongType, at.join(key), format!("a brace in `{key}` is never closed"), None);
                break;
            };
            expression(lint, &at.join(key), &Value::String(text.to_owned()));
        }
    }
}

/// Tags that an operation has, in a document that declares tags.
pub(crate) fn tags(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>) {
    let document = lint.document;
    let declared = lint.wiring.tags.get_or_insert_with(|| {
        let list = document.node(&Location::default().join("tags")).and_then(Value::as_array).into_iter().flatten();
        list.filter_map(|tag| tag.get("name")?.as_str().map(str::to_owned)).collect()
    });
    let used = members.get("tags").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let unknown: Vec<(usize, String)> = used
        .enumerate()
        .filter(|(_, name)| !declared.is_empty() && !declared.contains(*name))
        .map(|(index, name)| (index, name.to_owned()))
        .collect();
    let near =
        |name: &str| nearest(name, declared.iter().map(String::as_str)).map(|meant| format!("did you mean `{meant}`?"));
    let unknown: Vec<_> = unknown.into_iter().map(|(index, name)| (index, near(&name), name)).collect();
    for (index, meant, name) in unknown {
        // One name is told once: who forgot to declare it uses it everywhere.
        if lint.wiring.told.insert(name.clone()) {
            let reason = format!("the tag `{name}` is not among those that the document declares");
            lint.warn(Code::Missing, at.join("tags").index(index), reason, meant);
        }
    }
}

/// An address of a server, and the variables in it (OpenAPI 3.x "Server Object").
pub(crate) fn server(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>) {
    let Some(url) = members.get("url").and_then(Value::as_str) else { return };
    let here = at.join("url");
    let none = Map::new();
    let variables = members.get("variables").and_then(Value::as_object).unwrap_or(&none);
    let mut named = HashSet::new();
    for part in url.split('{').skip(1) {
        let Some((name, _)) = part.split_once('}') else {
            lint.warn(Code::WrongType, here, format!("a brace in `{url}` is never closed"), None);
            return;
        };
        if named.insert(name) && !variables.contains_key(name) {
            let meant = nearest(name, variables.keys().map(String::as_str));
            let meant = meant.map(|meant| format!("did you mean `{meant}`?"));
            lint.warn(
                Code::Missing,
                here.clone(),
                format!("the variable `{name}` of the server is not described"),
                meant,
            );
        }
    }
    for name in variables.keys().filter(|name| !named.contains(name.as_str())) {
        let reason = format!("`{url}` has no variable `{name}`");
        lint.warn(Code::WrongType, at.join("variables").join(name), reason, None);
    }
    if let Some(reason) = objection(url) {
        lint.warn(Code::WrongType, here, format!("`{url}` {reason}"), None);
    }
}

/// The reason why an address is none that requests can be sent below.
fn objection(url: &str) -> Option<String> {
    if url.contains(['?', '#']) {
        return Some("has a query or a fragment, which the address of a server cannot have".to_owned());
    }
    if url.chars().any(char::is_whitespace) {
        return Some("has a blank in it".to_owned());
    }
    let (scheme, rest) = url.split_once(':').filter(|(scheme, _)| !scheme.contains(['/', '{', '.']))?;
    let known = ["http", "https", "ws", "wss"];
    if !known.contains(&scheme.to_ascii_lowercase().as_str()) && !rest.starts_with(|next: char| next.is_ascii_digit()) {
        return Some(format!("has the scheme `{scheme}`, by which no request is sent"));
    }
    (known.contains(&scheme.to_ascii_lowercase().as_str()) && !rest.starts_with("//"))
        .then(|| "lacks the two slashes before its host".to_owned())
}

/// Bodies of methods for which HTTP gives them no meaning, which OpenAPI 3.0 ignores (OpenAPI 3.0.4 §4.7.10).
pub(crate) fn bodies(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>, version: Version) {
    if version != Version::OpenApi30 {
        return;
    }
    for method in ["get", "head", "delete"] {
        if members.get(method).is_some_and(|operation| operation.get("requestBody").is_some()) {
            let reason = format!(
                "a request body of {} has no meaning in OpenAPI 3.0; others may ignore it",
                method.to_uppercase()
            );
            let hint = "HTTP gives it none (RFC 9110 §9.3); say it in the query, or use POST".to_owned();
            lint.warn(Code::Unsupported, at.join(method).join("requestBody"), reason, Some(hint));
        }
    }
}

/// Braces of a path that open or close nothing.
pub(crate) fn braces(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>) {
    for path in members.keys().filter(|path| path.starts_with('/')) {
        let mut open = false;
        let is_sound = path.chars().all(|letter| match letter {
            '{' => !std::mem::replace(&mut open, true),
            '}' => std::mem::replace(&mut open, false),
            _ => true,
        });
        if !is_sound || open {
            let reason = format!("a brace in `{path}` has no other one, so it is a letter of the path");
            lint.warn(Code::PathParameter, at.join(path), reason, Some("parameters are written `{name}`".to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_those_of_the_specification() {
        for text in [
            "$url",
            "$request.path.id",
            "$response.body",
            "$response.body#/a/b",
            "$request.header.X-Id",
            "$request.query.q",
        ] {
            assert!(is_expression(text), "{text}");
        }
        for text in ["$bodi", "$response.bodi#/id", "$request.header.", "$response.body#id", "$request.header.a b"] {
            assert!(!is_expression(text), "{text}");
        }
    }

    #[test]
    fn addresses_are_those_that_requests_can_be_sent_below() {
        for url in [
            "https://a.example/v1",
            "/v1",
            "",
            "{scheme}://a.example",
            "//a.example",
            "api.example.com",
            "localhost:8080/v1",
        ] {
            assert_eq!(objection(url), None, "{url}");
        }
        for url in ["htp://a.example", "https:/a.example", "/v1?x=1", "https://a.example/ v1", "/v1#x"] {
            assert!(objection(url).is_some(), "{url}");
        }
    }
}
