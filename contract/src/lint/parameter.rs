//! The close look at parameters and headers: their places, names and what says what they hold, in OpenAPI and Swagger.

use serde_json::{Map, Value};

use crate::document::{Code, Location, Version, nearest};
use crate::lint::Lint;
use crate::lint::member::{content, is_token, word};
use crate::model::effective_parameters;

pub(super) fn parameter(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>, version: Version) {
    content(lint, at, members);
    let (Some(place), Some(name)) = (word(members, "in"), word(members, "name")) else { return };
    let places: &[&str] = match version {
        Version::Swagger2 => &["path", "query", "header", "body", "formData"],
        Version::OpenApi30 | Version::OpenApi31 => &["path", "query", "header", "cookie"],
        Version::OpenApi32 => &["path", "query", "header", "cookie", "querystring"],
    };
    if !places.contains(&place.as_str()) {
        let meant = nearest(&place, places.iter().copied()).map(|meant| format!("did you mean `{meant}`?"));
        lint.warn(Code::WrongType, at.join("in"), format!("`{place}` is no place for a parameter in {version}"), meant);
    }
    let bad_name = match place.as_str() {
        "header" => !is_token(&name),
        "path" => name.contains(['{', '}', '/', '?', '#']),
        _ => name.is_empty(),
    };
    if bad_name {
        lint.warn(
            Code::WrongType,
            at.join("name"),
            format!("`{name}` cannot be the name of a {place} parameter"),
            None,
        );
    }
    if version == Version::Swagger2 {
        return swagger_parameter(lint, at, members, &place);
    }
    described_parameter(lint, at, members, version, &place, &name);
}

/// Checks how a parameter of OpenAPI 3 says what it holds: by `schema` or `content`, and what may stand beside them.
fn described_parameter(
    lint: &mut Lint<'_>,
    at: &Location,
    members: &Map<String, Value>,
    version: Version,
    place: &str,
    name: &str,
) {
    if !members.contains_key("schema") && !members.contains_key("content") {
        lint.warn(
            Code::Missing,
            at.clone(),
            format!("the parameter `{name}` must have `schema` or `content`; anything goes"),
            None,
        );
    }
    if place == "querystring"
        && ["schema", "style", "explode", "allowReserved"].iter().any(|key| members.contains_key(*key))
    {
        lint.warn(Code::WrongType, at.clone(), "a `querystring` parameter is described by `content`", None);
    }
    if let Some(Value::Object(types)) = members.get("content")
        && types.len() != 1
    {
        lint.warn(
            Code::WrongType,
            at.join("content"),
            "the `content` of a parameter must hold exactly one media type",
            None,
        );
    }
    let reserved_allowed = match version {
        Version::OpenApi32 => place != "header" && word(members, "style").as_deref() != Some("cookie"),
        Version::OpenApi31 => place == "query",
        Version::OpenApi30 | Version::Swagger2 => true,
    };
    if members.contains_key("allowReserved") && !reserved_allowed {
        lint.warn(
            Code::Unsupported,
            at.join("allowReserved"),
            format!("`allowReserved` means nothing for this {place} parameter"),
            None,
        );
    }
}

/// Checks which parameters of an operation may not be together (Swagger 2.0 "Parameter Object").
pub(super) fn swagger_operation(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>) {
    let parameters = effective_parameters(lint.document, at);
    let word = |at: &Location, key: &str| {
        lint.document.node(at).and_then(|node| node.get(key)).and_then(Value::as_str).map(str::to_owned)
    };
    let count = |place: &str| parameters.iter().filter(|at| word(at, "in").as_deref() == Some(place)).count();
    let (bodies, fields) = (count("body"), count("formData"));
    let file = parameters.iter().find(|at| {
        word(at, "in").as_deref() == Some("formData") && word(&at.join("schema"), "format").as_deref() == Some("binary")
    });
    let own = members.get("consumes").or_else(|| lint.document.root().get("consumes"));
    let form = |one: &Value| one.as_str().is_some_and(|one| one.starts_with("multipart/form-data"));
    let sends_parts = own.and_then(Value::as_array).is_some_and(|types| types.iter().any(form));
    let (file, here) = (file.filter(|_| !sends_parts).cloned(), at.join("parameters"));
    if bodies > 1 {
        lint.warn(Code::Ambiguous, here.clone(), "an operation has one body; the last body parameter is used", None);
    }
    if bodies > 0 && fields > 0 {
        lint.warn(Code::Ambiguous, here, "an operation has a body or a form; the form is left out", None);
    }
    if let Some(file) = file {
        let hint = Some("add `consumes: [multipart/form-data]`".to_owned());
        lint.warn(
            Code::Missing,
            file,
            "a file travels as `multipart/form-data`, which the operation does not consume",
            hint,
        );
    }
}

pub(super) fn swagger_header(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>) {
    match word(members, "type").as_deref() {
        None => lint.warn(Code::Missing, at.clone(), "a header must have `type`", None),
        Some("string" | "number" | "integer" | "boolean") => {}
        Some("array") if members.contains_key("items") => {}
        Some("array") => lint.warn(Code::Missing, at.clone(), "an array header must have `items`", None),
        Some(other) => {
            lint.warn(Code::WrongType, at.join("type"), format!("a header cannot be of type `{other}`"), None)
        }
    }
}

fn swagger_parameter(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>, place: &str) {
    if place == "body" {
        match members.get("schema") {
            None => lint.warn(Code::Missing, at.clone(), "a body parameter must have `schema`", None),
            Some(schema) if schema.get("type").and_then(Value::as_str) == Some("file") => {
                let hint = Some("send files as `in: formData`".to_owned());
                lint.warn(Code::WrongType, at.join("schema").join("type"), "a body cannot be a file", hint);
            }
            Some(_) => {}
        }
        return;
    }
    match word(members, "type").as_deref() {
        None => lint.warn(Code::Missing, at.clone(), "a parameter must have `type`", None),
        Some("file") if place != "formData" => {
            lint.warn(Code::WrongType, at.join("type"), format!("a {place} parameter cannot be a file"), None);
        }
        Some("string" | "number" | "integer" | "boolean" | "file") => {}
        Some("array") if members.contains_key("items") => {}
        Some("array") => lint.warn(Code::Missing, at.clone(), "an array parameter must have `items`", None),
        Some(other) => {
            lint.warn(
                Code::WrongType,
                at.join("type"),
                format!("a {place} parameter cannot be of type `{other}`"),
                None,
            );
        }
    }
}
