//! Bodies: a schema for each media type.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::document::Location;
use crate::model::{Header, MediaType, Style};

/// The body that a request may carry (OpenAPI 3.x "Request Body Object").
#[derive(Clone, Debug)]
pub struct Body {
    /// True where a request without a body is invalid.
    pub required: bool,
    /// The media types that are accepted, in the order of the document.
    pub content: Vec<Content>,
    /// The place in the document.
    pub at: Location,
}

impl Body {
    /// The content whose media type (or range) covers this one most closely.
    #[must_use]
    pub fn content_for(&self, sent: &MediaType) -> Option<&Content> {
        best(&self.content, sent)
    }
}

/// The most specific content that covers a media type (OpenAPI 3.x: "the most specific key is applicable").
pub(crate) fn best<'c>(content: &'c [Content], sent: &MediaType) -> Option<&'c Content> {
    content
        .iter()
        .filter(|content| content.media_type.covers(sent))
        .max_by_key(|content| content.media_type.specificity())
}

/// One media type and the schema of its documents.
#[derive(Clone, Debug)]
pub struct Content {
    /// The media type or range.
    pub media_type: MediaType,
    /// The schema; `None` where anything goes.
    pub schema: Option<Location>,
    /// The schema of each item of a stream (OpenAPI 3.2 `itemSchema`).
    pub item_schema: Option<Location>,
    /// The encodings of the members of a form, by name.
    pub encoding: BTreeMap<String, Encoding>,
    /// The examples of the document, first `example`, then `examples`.
    pub examples: Vec<Value>,
    /// The place in the document.
    pub at: Location,
}

/// The form in which one member of a form is written (OpenAPI 3.x "Encoding Object").
#[derive(Clone, Debug, Default)]
pub struct Encoding {
    /// The media types that the part may have.
    pub content_type: Vec<MediaType>,
    /// The headers of the part.
    pub headers: Vec<Header>,
    /// The style, as for a query parameter.
    pub style: Option<Style>,
    /// True where arrays and objects repeat the name; `None` where the document leaves it to the style.
    pub explode: Option<bool>,
    /// True where reserved characters (RFC 3986 §2.2) travel unescaped.
    pub allow_reserved: bool,
}
