//! Protocol: what HTTP promises of a request as a whole, whatever the values in it.

/// The oddity of a request that is refused, or must at least be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// A body that is unusual, whatever the contract says of it, does not make the target fail (RFC 9110 §15.6).
    Unusual(Unusual),
    /// A body that cannot be parsed as its media type is refused.
    Malformed,
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
