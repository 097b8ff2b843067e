//! Parameters and header fields: the place where they travel, their style, and the shape of their values.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::document::Location;
use crate::model::Content;

/// The part of a request that a parameter travels in (OpenAPI 3.x "Parameter Object", `in`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum In {
    /// A segment of the path, or a part of one.
    Path,
    /// A key of the query.
    Query,
    /// The whole query as one value (OpenAPI 3.2).
    QueryString,
    /// A field of the header.
    Header,
    /// A pair of the `Cookie` header.
    Cookie,
}

impl In {
    /// The word of the specification.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::QueryString => "querystring",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }

    /// Reads the word of the specification.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Path, Self::Query, Self::QueryString, Self::Header, Self::Cookie]
            .into_iter()
            .find(|place| place.as_str() == word)
    }
}

impl fmt::Display for In {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// The way in which a value is written into a parameter (OpenAPI 3.x "Style Values").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Style {
    /// `a,b` (RFC 6570 §3.2.2).
    Simple,
    /// `.a.b` (RFC 6570 §3.2.5).
    Label,
    /// `;name=a` (RFC 6570 §3.2.7).
    Matrix,
    /// `name=a&name=b` (RFC 6570 §3.2.8).
    Form,
    /// Items parted by spaces: `a%20b`.
    SpaceDelimited,
    /// Items parted by bars: `a|b`.
    PipeDelimited,
    /// Members with their keys in brackets: `name[key]=a`.
    DeepObject,
    /// A tab between array items (Swagger 2.0 `tsv`).
    TabDelimited,
    /// `name=a; name=b` as cookies are written (OpenAPI 3.2).
    Cookie,
}

impl Style {
    /// Every style with the word of the specification.
    const WORDS: [(Self, &'static str); 9] = [
        (Self::Simple, "simple"),
        (Self::Label, "label"),
        (Self::Matrix, "matrix"),
        (Self::Form, "form"),
        (Self::SpaceDelimited, "spaceDelimited"),
        (Self::PipeDelimited, "pipeDelimited"),
        (Self::DeepObject, "deepObject"),
        (Self::TabDelimited, "tabDelimited"),
        (Self::Cookie, "cookie"),
    ];

    /// Reads the word of the specification.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::WORDS.into_iter().find(|(_, known)| *known == word).map(|(style, _)| style)
    }

    /// The word of the specification.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::WORDS.into_iter().find(|(style, _)| *style == self).map_or("", |(_, word)| word)
    }

    /// The style of a parameter that names none.
    #[must_use]
    pub fn default_for(place: In) -> Self {
        match place {
            In::Path | In::Header => Self::Simple,
            In::Query | In::QueryString | In::Cookie => Self::Form,
        }
    }
}

/// The content of a parameter or header: one value in a style, or a document of a media type.
#[derive(Clone, Debug)]
pub enum Shape {
    /// A value with a schema, written in a style.
    Schema {
        /// The schema; `None` where there is none, so anything goes.
        schema: Option<Location>,
        /// The style of the value.
        style: Style,
        /// True where arrays and objects repeat the name.
        explode: bool,
        /// True where reserved characters (RFC 3986 §2.2) travel unescaped.
        allow_reserved: bool,
    },
    /// A document of a media type, written as text.
    Content(Box<Content>),
}

impl Shape {
    /// The schema of the value that it holds.
    #[must_use]
    pub fn schema(&self) -> Option<&Location> {
        match self {
            Self::Schema { schema, .. } => schema.as_ref(),
            Self::Content(content) => content.schema.as_ref(),
        }
    }
}

/// A parameter of an operation.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// The name, as written.
    pub name: String,
    /// The part of the request that it travels in.
    pub place: In,
    /// True where it must be there; always so in a path.
    pub required: bool,
    /// True where an empty value stands for none (`allowEmptyValue`).
    pub allow_empty: bool,
    /// The shape of its value: a schema and a style, or content of a media type.
    pub shape: Shape,
    /// The examples of the document, first `example`, then `examples`.
    pub examples: Vec<Value>,
    /// The description, for people and for guesses of its role.
    pub description: Option<String>,
    /// The place in the document.
    pub at: Location,
}

/// A header of a response or of a part.
#[derive(Clone, Debug)]
pub struct Header {
    /// The name, as written; compared without case.
    pub name: String,
    /// True where it must be there.
    pub required: bool,
    /// The shape of its value: a schema and a style, or content of a media type.
    pub shape: Shape,
    /// The examples of the document.
    pub examples: Vec<Value>,
    /// The place in the document.
    pub at: Location,
}
