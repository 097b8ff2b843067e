//! What the grammar's table cannot say of an object: members that exclude one another, words from closed lists, and what
//! the model does not carry.

use serde_json::{Map, Value};

use crate::document::{Code, Location, Version, nearest};
use crate::lint::grammar::Kind;
use crate::lint::{Lint, is_media_type};
use crate::model::{SchemeType, effective_parameters};

/// Members that may not stand together, by object.
const EXCLUSIVE: [(Kind, &str, &str); 17] = [
    (Kind::Parameter, "example", "examples"),
    (Kind::Parameter, "schema", "content"),
    (Kind::Parameter, "content", "style"),
    (Kind::Parameter, "content", "explode"),
    (Kind::Parameter, "content", "allowReserved"),
    (Kind::Header, "example", "examples"),
    (Kind::Header, "schema", "content"),
    (Kind::MediaType, "example", "examples"),
    (Kind::MediaType, "encoding", "prefixEncoding"),
    (Kind::MediaType, "encoding", "itemEncoding"),
    (Kind::Encoding, "encoding", "prefixEncoding"),
    (Kind::Encoding, "encoding", "itemEncoding"),
    (Kind::Example, "value", "externalValue"),
    (Kind::Example, "value", "dataValue"),
    (Kind::Example, "value", "serializedValue"),
    (Kind::Example, "serializedValue", "externalValue"),
    (Kind::Link, "operationRef", "operationId"),
];

/// True for members that this kind of object may have although its table does not name them.
pub(crate) fn is_known_elsewhere(kind: Kind, key: &str, version: Version) -> bool {
    // Swagger 2.0 writes a value's keywords straight into parameters and headers.
    version == Version::Swagger2
        && matches!(kind, Kind::Parameter | Kind::Header)
        && !matches!(key, "content" | "style" | "explode")
}

pub(crate) fn check(lint: &mut Lint<'_>, at: &Location, kind: Kind, members: &Map<String, Value>, version: Version) {
    for (_, one, other) in EXCLUSIVE.iter().filter(|(known, ..)| *known == kind) {
        if members.contains_key(*one) && members.contains_key(*other) {
            let reason = format!("{} cannot have both `{one}` and `{other}`", kind.name());
            lint.warn(Code::WrongType, at.join(other), reason, None);
        }
    }
    match kind {
        Kind::Document => document(lint, at, members, version),
        Kind::Variable => variable(lint, at, members),
        Kind::PathItem => path_item(lint, at, members, version),
        Kind::Operation => {
            operation(lint, at, members);
            if version == Version::Swagger2 {
                swagger_operation(lint, at, members);
            }
        }
        Kind::Header if version == Version::Swagger2 => swagger_header(lint, at, members),
        Kind::Parameter => parameter(lint, at, members, version),
        Kind::Header | Kind::Body | Kind::Response => content(lint, at, members),
        Kind::Requirement => lint.usage.require(members),
        Kind::Link => link(lint, at, members),
        Kind::SecurityScheme => security_scheme(lint, at, members, version),
        Kind::Xml => xml(lint, at, members),
        Kind::MediaType | Kind::Encoding => positional_encoding(lint, at, members),
        Kind::Info
        | Kind::Contact
        | Kind::License
        | Kind::Server
        | Kind::Components
        | Kind::Paths
        | Kind::ExternalDocs
        | Kind::Responses
        | Kind::Callback
        | Kind::Example
        | Kind::Tag
        | Kind::Flows
        | Kind::Flow
        | Kind::Discriminator
        | Kind::Schema => {}
    }
    if kind == Kind::Response {
        headers(lint, at, members, version);
    }
}

fn word(members: &Map<String, Value>, key: &str) -> Option<String> {
    members.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn document(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>, version: Version) {
    if version >= Version::OpenApi31
        && !["paths", "components", "webhooks"].iter().any(|key| members.contains_key(*key))
    {
        lint.warn(Code::Missing, at.clone(), "the document must have `paths`, `components` or `webhooks`", None);
    }
    if members.get("webhooks").and_then(Value::as_object).is_some_and(|webhooks| !webhooks.is_empty()) {
        lint.warn(
            Code::Unsupported,
            at.join("webhooks"),
            "webhooks are not served: they are requests that the API makes",
            None,
        );
    }
    if let Some(dialect) = word(members, "jsonSchemaDialect") {
        check_dialect(lint, at.join("jsonSchemaDialect"), &dialect);
    }
    if let (Some(Value::Array(tags)), Version::OpenApi32) = (members.get("tags"), version) {
        let named = |name: &str| tags.iter().any(|tag| tag.get("name").and_then(Value::as_str) == Some(name));
        for (index, parent) in
            tags.iter().enumerate().filter_map(|(index, tag)| Some((index, tag.get("parent")?.as_str()?)))
        {
            if !named(parent) {
                let here = at.join("tags").index(index).join("parent");
                lint.warn(Code::BrokenReference, here, format!("there is no tag `{parent}`"), None);
            }
        }
    }
}

/// Says so where a schema dialect is read as another.
pub(crate) fn check_dialect(lint: &mut Lint<'_>, at: Location, dialect: &str) {
    let known = ["https://spec.openapis.org/oas/3.", "https://json-schema.org/draft/2020-12/schema"];
    if !known.iter().any(|known| dialect.starts_with(known)) {
        let reason = format!("schemas of the dialect `{dialect}` are read as JSON Schema 2020-12");
        lint.warn(Code::Unsupported, at, reason, None);
    }
}

fn variable(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>) {
    let Some(Value::Array(values)) = members.get("enum") else { return };
    if values.is_empty() {
        lint.warn(Code::WrongType, at.join("enum"), "the `enum` of a server variable must not be empty", None);
    } else if members.get("default").is_some_and(|default| !values.contains(default)) {
        lint.warn(Code::WrongType, at.join("default"), "the default of a server variable must be in its `enum`", None);
    }
}

fn path_item(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>, version: Version) {
    let shared = query_strings(lint, members);
    for method in ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"] {
        let Some(Value::Object(operation)) = members.get(method) else { continue };
        let own = query_strings(lint, operation);
        check_query_strings(lint, &at.join(method), shared.0 + own.0, shared.1 + own.1);
    }
    check_query_strings(lint, at, shared.0, shared.1);
    let Some(Value::Object(more)) = members.get("additionalOperations").filter(|_| version >= Version::OpenApi32)
    else {
        return;
    };
    for method in more.keys() {
        let lower = method.to_ascii_lowercase();
        if method.chars().all(|letter| letter.is_ascii_uppercase())
            && ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"].contains(&lower.as_str())
        {
            let here = at.join("additionalOperations").join(method);
            lint.warn(
                Code::Ambiguous,
                here,
                format!("`{method}` has its own place in a path item"),
                Some(format!("move it to `{lower}`")),
            );
        }
    }
}

/// How many `querystring` and `query` parameters an owner has (OpenAPI 3.2 "Parameter Locations").
fn query_strings(lint: &Lint<'_>, owner: &Map<String, Value>) -> (usize, usize) {
    let mut count = (0, 0);
    for parameter in owner.get("parameters").and_then(Value::as_array).into_iter().flatten() {
        let referred = parameter.get("$ref").and_then(Value::as_str);
        let target = referred.and_then(|reference| lint.document.resolve(&Location::default(), reference).ok());
        let parameter = target.as_ref().and_then(|at| lint.document.node(at)).unwrap_or(parameter);
        match parameter.get("in").and_then(Value::as_str) {
            Some("querystring") => count.0 += 1,
            Some("query") => count.1 += 1,
            _ => {}
        }
    }
    count
}

fn check_query_strings(lint: &mut Lint<'_>, at: &Location, whole: usize, parts: usize) {
    if whole > 1 {
        lint.warn(
            Code::Ambiguous,
            at.join("parameters"),
            "there is only one query string, so only one `querystring` parameter",
            None,
        );
    } else if whole == 1 && parts > 0 {
        lint.warn(
            Code::Ambiguous,
            at.join("parameters"),
            "`querystring` and `query` parameters exclude one another",
            None,
        );
    }
}

fn operation(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>) {
    if members.get("callbacks").and_then(Value::as_object).is_some_and(|callbacks| !callbacks.is_empty()) {
        lint.warn(
            Code::Unsupported,
            at.join("callbacks"),
            "callbacks are not called: they are requests that the API makes",
            None,
        );
    }
}

fn parameter(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>, version: Version) {
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
        Version::OpenApi32 => {
            !matches!(place.as_str(), "header") && word(members, "style").as_deref() != Some("cookie")
        }
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

/// What the parameters of an operation may not be together (Swagger 2.0 "Parameter Object").
fn swagger_operation(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>) {
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

fn swagger_header(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>) {
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

fn content(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>) {
    let Some(Value::Object(types)) = members.get("content") else { return };
    for key in types.keys().filter(|key| !is_media_type(key)) {
        lint.warn(Code::WrongType, at.join("content").join(key), format!("`{key}` is not a media type"), None);
    }
}

fn headers(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>, version: Version) {
    for (name, header) in members.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let here = at.join("headers").join(name);
        if !is_token(name) {
            lint.warn(Code::WrongType, here.clone(), format!("`{name}` cannot be the name of a header"), None);
        }
        let described = header.get("schema").or_else(|| header.get("content")).or_else(|| header.get("$ref"));
        if described.is_none() && header.is_object() && version != Version::Swagger2 {
            lint.warn(
                Code::Missing,
                here,
                format!("the header `{name}` must have `schema` or `content`; anything goes"),
                None,
            );
        }
    }
}

/// RFC 9110 §5.6.2.
fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

fn link(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>) {
    if !members.contains_key("operationRef") && !members.contains_key("operationId") {
        lint.warn(Code::Missing, at.clone(), "a link must have `operationId` or `operationRef`", None);
    }
}

fn security_scheme(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>, version: Version) {
    let Some(kind) = word(members, "type") else { return };
    let known = SchemeType::parse(&kind);
    let Some(needed) = known.and_then(|known| known.required_members(version)) else {
        let reason = format!("`{kind}` is no type of security scheme in {version}");
        let meant = nearest(&kind, SchemeType::words())
            .filter(|meant| version != Version::Swagger2 && *meant != kind)
            .map(|meant| format!("did you mean `{meant}`?"));
        return lint.warn(Code::WrongType, at.join("type"), reason, meant);
    };
    for key in needed.iter().filter(|key| !members.contains_key(**key)) {
        lint.warn(Code::Missing, at.clone(), format!("a security scheme of type `{kind}` must have `{key}`"), None);
    }
    if let Some(place) = word(members, "in").filter(|_| known == Some(SchemeType::ApiKey))
        && !matches!(
            (place.as_str(), version),
            ("query" | "header", _) | ("cookie", Version::OpenApi30 | Version::OpenApi31 | Version::OpenApi32)
        )
    {
        lint.warn(Code::WrongType, at.join("in"), format!("`{place}` is no place for a key"), None);
    }
}

fn xml(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>) {
    if let Some(old) = ["attribute", "wrapped"].iter().find(|old| members.contains_key(**old))
        && members.contains_key("nodeType")
    {
        lint.warn(
            Code::WrongType,
            at.join(old),
            format!("an XML object cannot have both `nodeType` and `{old}`"),
            None,
        );
    }
}

fn positional_encoding(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>) {
    for key in ["prefixEncoding", "itemEncoding"].iter().filter(|key| members.contains_key(**key)) {
        lint.warn(
            Code::Unsupported,
            at.join(key),
            format!("`{key}` is not followed: parts are written as their types ask"),
            None,
        );
    }
}
