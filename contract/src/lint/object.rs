//! What the grammar's table cannot say of an object: members that exclude one another, words from closed lists, and
//! what the model does not carry.

use serde_json::{Map, Value};

use crate::document::{Code, Defect, Location, Severity, Version, nearest};
use crate::lint::Lint;
use crate::lint::grammar::Kind;
use crate::lint::member::{content, is_token, word};
use crate::lint::parameter::{parameter, swagger_header, swagger_operation};
use crate::lint::wiring;
use crate::model::{SchemeType, scheme_place};

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
        Kind::PathItem => {
            path_item(lint, at, members, version);
            wiring::bodies(lint, at, members, version);
        }
        Kind::Operation => {
            operation(lint, at, members);
            wiring::tags(lint, at, members);
            if version == Version::Swagger2 {
                swagger_operation(lint, at, members);
            }
        }
        Kind::Header if version == Version::Swagger2 => swagger_header(lint, at, members),
        Kind::Parameter => parameter(lint, at, members, version),
        Kind::Header | Kind::Body | Kind::Response => content(lint, at, members),
        Kind::Requirement => requirement(lint, at, members),
        Kind::Link => {
            link(lint, at, members);
            wiring::link(lint, at, members);
        }
        Kind::Callback => wiring::callback(lint, at, members),
        Kind::Server => wiring::server(lint, at, members),
        Kind::Paths => wiring::braces(lint, at, members),
        Kind::SecurityScheme => security_scheme(lint, at, members, version),
        Kind::Xml => xml(lint, at, members),
        Kind::MediaType | Kind::Encoding => positional_encoding(lint, at, members),
        Kind::Info
        | Kind::Contact
        | Kind::License
        | Kind::Components
        | Kind::ExternalDocs
        | Kind::Responses
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

/// The numbers of `querystring` and of `query` parameters of an owner (OpenAPI 3.2 "Parameter Locations").
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

fn link(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>) {
    if !members.contains_key("operationRef") && !members.contains_key("operationId") {
        lint.warn(Code::Missing, at.clone(), "a link must have `operationId` or `operationRef`", None);
    }
}

fn requirement(lint: &mut Lint<'_>, at: &Location, members: &Map<String, Value>) {
    lint.usage.require(members);
    for name in members.keys() {
        if let Err(Defect { code, at, reason, hint }) = scheme_place(lint.document, name, &at.join(name)) {
            lint.report(Severity::Error, code, at, reason, hint);
        }
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
