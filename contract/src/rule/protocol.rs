//! Protocol: what HTTP promises of a request as a whole, whatever the values in it, and where it does.

use crate::model::{Contract, Operation, Response};

/// The oddity of a request that is refused, or must at least be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// A body that is unusual, whatever the contract says of it, does not make the target fail (RFC 9110 §15.6).
    Unusual(Unusual),
    /// A body that cannot be parsed as its media type is refused.
    Malformed(Malformation),
    /// No body, where one is required, is refused (OpenAPI Request Body Object `required`).
    Empty,
    /// A media type that is not documented is refused with 415 (RFC 9110 §15.5.16).
    UnsupportedMediaType,
    /// An `Accept` that no documented media type satisfies is answered with 406 or ignored (RFC 9110 §15.5.7).
    NotAcceptable,
    /// A method that the path does not have is refused with 405 and `Allow` (RFC 9110 §15.5.6).
    MethodNotAllowed,
    /// A path that the contract does not have is not found (RFC 9110 §15.5.5).
    UnknownPath,
    /// A valid request that is written otherwise, and says the same, is accepted as well.
    Usual(Usual),
    /// HEAD is answered as GET is, without content (RFC 9110 §9.3.2).
    HeadIsGet,
    /// The tag of a representation does what it is for (RFC 9110 §8.8.3, §13.1).
    Tag(Tagged),
}

/// A way to write a valid request otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Usual {
    /// What is accepted: nothing said, anything, a range, other letters (RFC 9110 §12.5.1).
    Accept,
    /// The media type of the content: with a `charset`, in other letters (RFC 9110 §8.3.1).
    MediaType,
}

impl Usual {
    /// The words of the row's id.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept at",
            Self::MediaType => "media-type at",
        }
    }
}

/// The use of the tag of a representation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tagged {
    /// It changes when and only when the representation does (RFC 9110 §8.8.3).
    Tells,
    /// Who has the representation is told so: 304 (RFC 9110 §13.1.2).
    NotModified,
    /// Who means another representation changes nothing: 412 (RFC 9110 §13.1.1).
    Precondition,
}

impl Tagged {
    /// The words of the row's id.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tells => "etag tells",
            Self::NotModified => "if-none-match",
            Self::Precondition => "if-match",
        }
    }
}

/// The reason why bytes are no JSON (RFC 8259).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Malformation {
    /// They break off.
    CutOff,
    /// A comma stands before the end of an object or array.
    TrailingComma,
    /// Something stands behind the value.
    TextBehind,
    /// A comment stands in them.
    Comment,
    /// Texts are in single quotes.
    SingleQuotes,
    /// They are UTF-16.
    Utf16,
    /// They are no UTF-8.
    BadUtf8,
    /// A control character stands in a text as it is.
    Control,
}

impl Malformation {
    /// All, in the order of rows.
    pub const ALL: [Self; 8] = [
        Self::CutOff,
        Self::TrailingComma,
        Self::TextBehind,
        Self::Comment,
        Self::SingleQuotes,
        Self::Utf16,
        Self::BadUtf8,
        Self::Control,
    ];

    /// The words of the row's id.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CutOff => "malformed",
            Self::TrailingComma => "malformed trailing-comma",
            Self::TextBehind => "malformed text-behind",
            Self::Comment => "malformed comment",
            Self::SingleQuotes => "malformed single-quotes",
            Self::Utf16 => "malformed utf-16",
            Self::BadUtf8 => "malformed utf-8",
            Self::Control => "malformed control",
        }
    }
}

/// The oddity of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unusual {
    /// Arrays within arrays, thousands deep.
    Deep,
    /// Megabytes of blank space.
    Large,
}

impl Unusual {
    /// All oddities, in the order of rows.
    pub const ALL: [Self; 2] = [Self::Deep, Self::Large];

    /// The words of the row's id.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deep => "deep",
            Self::Large => "large",
        }
    }
}

/// The promises about the requests of an operation as a whole, each with the words of its row.
pub(super) fn of_request(contract: &Contract, operation: &Operation) -> Vec<(&'static str, Protocol)> {
    let mut found = Vec::new();
    if operation.success().is_some_and(|success| !success.content.is_empty()) {
        found.push(("accept past", Protocol::NotAcceptable));
        found.push((Usual::Accept.as_str(), Protocol::Usual(Usual::Accept)));
    }
    if operation.body.iter().flat_map(|body| &body.content).any(|content| content.media_type.is_json()) {
        found.push((Usual::MediaType.as_str(), Protocol::Usual(Usual::MediaType)));
    }
    found.extend(tagged(contract, operation));
    // One operation of each path speaks for the path: the first, since those of a path stand together.
    let before = operation.index.checked_sub(1).map(|index| &contract.entries()[index]);
    if before.is_none_or(|before| before.path != operation.path) {
        found.push(("method past", Protocol::MethodNotAllowed));
        found.push(("path past", Protocol::UnknownPath));
    }
    found
}

/// The promises about the tag of a representation, where the operation speaks of one, and about HEAD.
fn tagged(contract: &Contract, operation: &Operation) -> Vec<(&'static str, Protocol)> {
    let has_tag = |response: &Response| response.headers.iter().any(|header| header.name.eq_ignore_ascii_case("etag"));
    let documents = |status: u16| operation.response(status).is_some_and(|response| response.status.specificity() == 0);
    let shows = operation.success().is_some_and(has_tag);
    let rule = |rule: Tagged| (rule.as_str(), Protocol::Tag(rule));
    match operation.method.as_str() {
        "GET" if shows && documents(304) => vec![rule(Tagged::Tells), rule(Tagged::NotModified)],
        "GET" if shows => vec![rule(Tagged::Tells)],
        "HEAD" => {
            let mut entries = contract.entries().iter();
            let reads = entries.any(|entry| entry.path == operation.path && entry.method.as_str() == "GET");
            if reads { vec![("head", Protocol::HeadIsGet)] } else { Vec::new() }
        }
        "PUT" | "PATCH" | "DELETE" if documents(412) => vec![rule(Tagged::Precondition)],
        _ => Vec::new(),
    }
}
