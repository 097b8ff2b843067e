//! The words of the table in `fields`: the kinds of objects, the shapes of their members, and the versions that know
//! them (Swagger 2.0, OpenAPI 3.0, 3.1 and 3.2 side by side).

use crate::document::Version::{self, OpenApi32, Swagger2};

/// The objects of the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Document,
    Info,
    Contact,
    License,
    Server,
    Variable,
    Components,
    Paths,
    PathItem,
    Operation,
    ExternalDocs,
    Parameter,
    Header,
    Body,
    MediaType,
    Encoding,
    Responses,
    Response,
    Callback,
    Example,
    Link,
    Tag,
    SecurityScheme,
    Flows,
    Flow,
    Requirement,
    Discriminator,
    Xml,
    Schema,
}

impl Kind {
    /// The name by which people call such an object.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Document => "the document",
            Self::Info => "`info`",
            Self::Contact => "a contact",
            Self::License => "a license",
            Self::Server => "a server",
            Self::Variable => "a server variable",
            Self::Components => "`components`",
            Self::Paths => "`paths`",
            Self::PathItem => "a path item",
            Self::Operation => "an operation",
            Self::ExternalDocs => "external documentation",
            Self::Parameter => "a parameter",
            Self::Header => "a header",
            Self::Body => "a request body",
            Self::MediaType => "a media type",
            Self::Encoding => "an encoding",
            Self::Responses => "`responses`",
            Self::Response => "a response",
            Self::Callback => "a callback",
            Self::Example => "an example",
            Self::Link => "a link",
            Self::Tag => "a tag",
            Self::SecurityScheme => "a security scheme",
            Self::Flows => "OAuth flows",
            Self::Flow => "an OAuth flow",
            Self::Requirement => "a security requirement",
            Self::Discriminator => "a discriminator",
            Self::Xml => "an XML object",
            Self::Schema => "a schema",
        }
    }

    /// True where a `$ref` may stand for it.
    pub(crate) fn may_be_reference(self, version: Version) -> bool {
        match self {
            Self::PathItem | Self::Parameter | Self::Response | Self::Schema => true,
            Self::Header | Self::Body | Self::Callback | Self::Example | Self::Link | Self::SecurityScheme => {
                version != Swagger2
            }
            Self::MediaType => version >= OpenApi32,
            Self::Document
            | Self::Info
            | Self::Contact
            | Self::License
            | Self::Server
            | Self::Variable
            | Self::Components
            | Self::Paths
            | Self::Operation
            | Self::ExternalDocs
            | Self::Encoding
            | Self::Responses
            | Self::Tag
            | Self::Flows
            | Self::Flow
            | Self::Requirement
            | Self::Discriminator
            | Self::Xml => false,
        }
    }
}

/// The value that a member of an object holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Whatever the user likes.
    Any,
    /// A string of any text.
    Text,
    /// A boolean, true or false.
    Flag,
    /// A list of strings.
    Texts,
    /// An object by string keys with string values.
    TextMap,
    /// One object of a kind.
    One(Kind),
    /// Objects in a list.
    List(Kind),
    /// Objects of a kind by their names.
    Map(Kind),
}

/// One member of an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    since: Version,
    until: Version,
    required: Option<(Version, Version)>,
}

impl Field {
    /// True where a version knows the member.
    pub(crate) fn is_in(&self, version: Version) -> bool {
        self.since <= version && version <= self.until
    }

    /// True where it must be there.
    pub(crate) fn is_required(&self, version: Version) -> bool {
        self.required.is_some_and(|(since, until)| since <= version && version <= until)
    }

    /// The same, known until a version.
    pub(crate) const fn until(self, until: Version) -> Self {
        Self { until, ..self }
    }

    /// The same, required by every version that knows it.
    pub(crate) const fn required(mut self) -> Self {
        self.required = Some((self.since, self.until));
        self
    }

    pub(crate) const fn required_until(mut self, until: Version) -> Self {
        self.required = Some((self.since, until));
        self
    }
}

/// A member of every version.
pub(crate) const fn all(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, since: Swagger2, until: OpenApi32, required: None }
}

/// A member since a version.
pub(crate) const fn since(since: Version, name: &'static str, shape: Shape) -> Field {
    Field { name, shape, since, until: OpenApi32, required: None }
}

/// A member of Swagger 2.0 alone.
pub(crate) const fn old(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, since: Swagger2, until: Swagger2, required: None }
}
