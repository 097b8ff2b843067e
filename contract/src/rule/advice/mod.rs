//! Advice: what a document says of a request without asserting it. A target that does otherwise is told, not failed,
//! unless its own schemas or answers say more.

pub(crate) mod discriminator;

use std::fmt;

use crate::rule::{Branch, Side};

/// A piece of advice.
#[derive(Clone, Debug)]
pub enum Advice {
    /// The member that tells alternatives apart names one of them (OpenAPI 3.1.1 §4.8.25).
    Discriminator {
        /// The name of the member.
        member: String,
        /// The content of the member: which alternative it names, or none.
        tag: Tag,
        /// The alternative that is then meant; `None` where none is.
        meant: Option<Branch>,
    },
    /// A member that only the server sets is sent to it: it is ignored, or refused (JSON Schema Validation §9.4).
    ReadOnly,
}

impl Advice {
    /// The side that the row shows: `At` where the request follows the advice, `Past` where it goes against it.
    #[must_use]
    pub fn side(&self) -> Side {
        match self {
            Self::Discriminator { tag, .. } => tag.side(),
            Self::ReadOnly => Side::Past,
        }
    }
}

/// The value of the member that a discriminator names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tag {
    /// The name of an alternative.
    Named(String),
    /// Nothing: it is left out, and the default is meant (OpenAPI 3.2.0 §4.25).
    Omitted,
    /// A name that no alternative has.
    Unknown,
}

impl Tag {
    /// The side of the limit that it shows: whether it is to be accepted.
    #[must_use]
    pub fn side(&self) -> Side {
        match self {
            Self::Named(_) | Self::Omitted => Side::At,
            Self::Unknown => Side::Past,
        }
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => write!(out, "discriminator={name} at"),
            Self::Omitted => out.write_str("discriminator omitted"),
            Self::Unknown => out.write_str("discriminator unknown past"),
        }
    }
}
