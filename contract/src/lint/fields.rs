//! The table of all members: for each kind of object of OpenAPI and Swagger, what it may hold, in which versions.

use crate::document::Version::{OpenApi30, OpenApi31, OpenApi32};
use crate::lint::grammar::Shape::{Any, Flag, List, Map, One, Text, TextMap, Texts};
use crate::lint::grammar::{Field, Kind, all, old, since};

const DOCUMENT: &[Field] = &[
    old("swagger", Any).required(),
    since(OpenApi30, "openapi", Any).required(),
    since(OpenApi32, "$self", Text),
    all("info", One(Kind::Info)).required(),
    since(OpenApi31, "jsonSchemaDialect", Text),
    old("host", Text),
    old("basePath", Text),
    old("schemes", Texts),
    old("consumes", Texts),
    old("produces", Texts),
    since(OpenApi30, "servers", List(Kind::Server)),
    all("paths", One(Kind::Paths)).required_until(OpenApi30),
    since(OpenApi31, "webhooks", Map(Kind::PathItem)),
    since(OpenApi30, "components", One(Kind::Components)),
    old("definitions", Map(Kind::Schema)),
    old("parameters", Map(Kind::Parameter)),
    old("responses", Map(Kind::Response)),
    old("securityDefinitions", Map(Kind::SecurityScheme)),
    all("security", List(Kind::Requirement)),
    all("tags", List(Kind::Tag)),
    all("externalDocs", One(Kind::ExternalDocs)),
];

const INFO: &[Field] = &[
    all("title", Text).required(),
    since(OpenApi31, "summary", Text),
    all("description", Text),
    all("termsOfService", Text),
    all("contact", One(Kind::Contact)),
    all("license", One(Kind::License)),
    all("version", Text).required(),
];

const CONTACT: &[Field] = &[all("name", Text), all("url", Text), all("email", Text)];

const LICENSE: &[Field] = &[all("name", Text).required(), since(OpenApi31, "identifier", Text), all("url", Text)];

const SERVER: &[Field] = &[
    all("url", Text).required(),
    since(OpenApi32, "name", Text),
    all("description", Text),
    all("variables", Map(Kind::Variable)),
];

const VARIABLE: &[Field] = &[all("enum", Texts), all("default", Text).required(), all("description", Text)];

const COMPONENTS: &[Field] = &[
    all("schemas", Map(Kind::Schema)),
    all("responses", Map(Kind::Response)),
    all("parameters", Map(Kind::Parameter)),
    all("examples", Map(Kind::Example)),
    all("requestBodies", Map(Kind::Body)),
    all("headers", Map(Kind::Header)),
    all("securitySchemes", Map(Kind::SecurityScheme)),
    all("links", Map(Kind::Link)),
    all("callbacks", Map(Kind::Callback)),
    since(OpenApi31, "pathItems", Map(Kind::PathItem)),
    since(OpenApi32, "mediaTypes", Map(Kind::MediaType)),
];

const PATH_ITEM: &[Field] = &[
    all("$ref", Text),
    since(OpenApi30, "summary", Text),
    since(OpenApi30, "description", Text),
    all("get", One(Kind::Operation)),
    all("put", One(Kind::Operation)),
    all("post", One(Kind::Operation)),
    all("delete", One(Kind::Operation)),
    all("options", One(Kind::Operation)),
    all("head", One(Kind::Operation)),
    all("patch", One(Kind::Operation)),
    since(OpenApi30, "trace", One(Kind::Operation)),
    since(OpenApi32, "query", One(Kind::Operation)),
    since(OpenApi32, "additionalOperations", Map(Kind::Operation)),
    since(OpenApi30, "servers", List(Kind::Server)),
    all("parameters", List(Kind::Parameter)),
];

const OPERATION: &[Field] = &[
    all("tags", Texts),
    all("summary", Text),
    all("description", Text),
    all("externalDocs", One(Kind::ExternalDocs)),
    all("operationId", Text),
    old("consumes", Texts),
    old("produces", Texts),
    old("schemes", Texts),
    all("parameters", List(Kind::Parameter)),
    since(OpenApi30, "requestBody", One(Kind::Body)),
    all("responses", One(Kind::Responses)).required_until(OpenApi30),
    since(OpenApi30, "callbacks", Map(Kind::Callback)),
    all("deprecated", Flag),
    all("security", List(Kind::Requirement)),
    since(OpenApi30, "servers", List(Kind::Server)),
];

const EXTERNAL_DOCS: &[Field] = &[all("description", Text), all("url", Text).required()];

const PARAMETER: &[Field] = &[
    all("name", Text).required(),
    all("in", Text).required(),
    all("description", Text),
    all("required", Flag),
    since(OpenApi30, "deprecated", Flag),
    all("allowEmptyValue", Flag),
    since(OpenApi30, "style", Text),
    since(OpenApi30, "explode", Flag),
    since(OpenApi30, "allowReserved", Flag),
    all("schema", One(Kind::Schema)),
    since(OpenApi30, "content", Map(Kind::MediaType)),
    since(OpenApi30, "example", Any),
    since(OpenApi30, "examples", Map(Kind::Example)),
    old("collectionFormat", Text),
];

const HEADER: &[Field] = &[
    all("description", Text),
    since(OpenApi30, "required", Flag),
    since(OpenApi30, "deprecated", Flag),
    since(OpenApi30, "allowEmptyValue", Flag).until(OpenApi30),
    since(OpenApi30, "style", Text),
    since(OpenApi30, "explode", Flag),
    since(OpenApi30, "allowReserved", Flag).until(OpenApi30),
    since(OpenApi30, "schema", One(Kind::Schema)),
    since(OpenApi30, "content", Map(Kind::MediaType)),
    since(OpenApi30, "example", Any),
    since(OpenApi30, "examples", Map(Kind::Example)),
    old("collectionFormat", Text),
];

const BODY: &[Field] =
    &[all("description", Text), all("content", Map(Kind::MediaType)).required(), all("required", Flag)];

const MEDIA_TYPE: &[Field] = &[
    since(OpenApi32, "description", Text),
    all("schema", One(Kind::Schema)),
    since(OpenApi32, "itemSchema", One(Kind::Schema)),
    all("example", Any),
    all("examples", Map(Kind::Example)),
    all("encoding", Map(Kind::Encoding)),
    since(OpenApi32, "prefixEncoding", List(Kind::Encoding)),
    since(OpenApi32, "itemEncoding", One(Kind::Encoding)),
];

const ENCODING: &[Field] = &[
    all("contentType", Text),
    all("headers", Map(Kind::Header)),
    all("style", Text),
    all("explode", Flag),
    all("allowReserved", Flag),
    since(OpenApi32, "encoding", Map(Kind::Encoding)),
    since(OpenApi32, "prefixEncoding", List(Kind::Encoding)),
    since(OpenApi32, "itemEncoding", One(Kind::Encoding)),
];

const RESPONSE: &[Field] = &[
    since(OpenApi32, "summary", Text),
    all("description", Text).required_until(OpenApi31),
    all("headers", Map(Kind::Header)),
    old("schema", One(Kind::Schema)),
    old("examples", Any),
    since(OpenApi30, "content", Map(Kind::MediaType)),
    since(OpenApi30, "links", Map(Kind::Link)),
];

const EXAMPLE: &[Field] = &[
    all("summary", Text),
    all("description", Text),
    all("value", Any),
    all("externalValue", Text),
    since(OpenApi32, "dataValue", Any),
    since(OpenApi32, "serializedValue", Text),
];

const LINK: &[Field] = &[
    all("operationRef", Text),
    all("operationId", Text),
    all("parameters", Any),
    all("requestBody", Any),
    all("description", Text),
    all("server", One(Kind::Server)),
];

const TAG: &[Field] = &[
    all("name", Text).required(),
    since(OpenApi32, "summary", Text),
    all("description", Text),
    all("externalDocs", One(Kind::ExternalDocs)),
    since(OpenApi32, "parent", Text),
    since(OpenApi32, "kind", Text),
];

const SECURITY_SCHEME: &[Field] = &[
    all("type", Text).required(),
    all("description", Text),
    all("name", Text),
    all("in", Text),
    since(OpenApi30, "scheme", Text),
    since(OpenApi30, "bearerFormat", Text),
    since(OpenApi30, "flows", One(Kind::Flows)),
    since(OpenApi30, "openIdConnectUrl", Text),
    since(OpenApi32, "oauth2MetadataUrl", Text),
    since(OpenApi32, "deprecated", Flag),
    old("flow", Text),
    old("authorizationUrl", Text),
    old("tokenUrl", Text),
    old("scopes", TextMap),
];

const FLOWS: &[Field] = &[
    all("implicit", One(Kind::Flow)),
    all("password", One(Kind::Flow)),
    all("clientCredentials", One(Kind::Flow)),
    all("authorizationCode", One(Kind::Flow)),
    since(OpenApi32, "deviceAuthorization", One(Kind::Flow)),
];

const FLOW: &[Field] = &[
    all("authorizationUrl", Text),
    since(OpenApi32, "deviceAuthorizationUrl", Text),
    all("tokenUrl", Text),
    all("refreshUrl", Text),
    all("scopes", TextMap).required(),
];

const DISCRIMINATOR: &[Field] =
    &[all("propertyName", Text).required(), all("mapping", TextMap), since(OpenApi32, "defaultMapping", Text)];

const XML: &[Field] = &[
    since(OpenApi32, "nodeType", Text),
    all("name", Text),
    all("namespace", Text),
    all("prefix", Text),
    all("attribute", Flag),
    all("wrapped", Flag),
];

/// The members of an object; `None` where it is a map of its own making, or a schema.
pub(crate) fn fields(kind: Kind) -> Option<&'static [Field]> {
    Some(match kind {
        Kind::Document => DOCUMENT,
        Kind::Info => INFO,
        Kind::Contact => CONTACT,
        Kind::License => LICENSE,
        Kind::Server => SERVER,
        Kind::Variable => VARIABLE,
        Kind::Components => COMPONENTS,
        Kind::PathItem => PATH_ITEM,
        Kind::Operation => OPERATION,
        Kind::ExternalDocs => EXTERNAL_DOCS,
        Kind::Parameter => PARAMETER,
        Kind::Header => HEADER,
        Kind::Body => BODY,
        Kind::MediaType => MEDIA_TYPE,
        Kind::Encoding => ENCODING,
        Kind::Response => RESPONSE,
        Kind::Example => EXAMPLE,
        Kind::Link => LINK,
        Kind::Tag => TAG,
        Kind::SecurityScheme => SECURITY_SCHEME,
        Kind::Flows => FLOWS,
        Kind::Flow => FLOW,
        Kind::Discriminator => DISCRIMINATOR,
        Kind::Xml => XML,
        Kind::Paths | Kind::Responses | Kind::Callback | Kind::Requirement | Kind::Schema => return None,
    })
}

/// The kind of the objects that a map of such a kind holds; `None` for objects with fields of their own.
pub(crate) fn members_of(kind: Kind) -> Option<Kind> {
    if matches!(kind, Kind::Paths | Kind::Callback) {
        return Some(Kind::PathItem);
    }
    (kind == Kind::Responses).then_some(Kind::Response)
}
