//! Documented responses.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::document::Location;
use crate::model::{Content, Header, MediaType, content};

/// The key of a documented response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum StatusPattern {
    /// One status, such as 404.
    Exact(u16),
    /// `2XX`: the first digit.
    Range(u8),
    /// Whatever no other key covers.
    Default,
}

impl StatusPattern {
    /// Reads `200`, `2XX` (in either case) or `default`.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        if key == "default" {
            return Some(Self::Default);
        }
        let bytes = key.as_bytes();
        if bytes.len() != 3 || !(b'1'..=b'5').contains(&bytes[0]) {
            return None;
        }
        if key[1..].eq_ignore_ascii_case("xx") {
            return Some(Self::Range(bytes[0] - b'0'));
        }
        key.parse().ok().map(Self::Exact)
    }

    /// True where it covers the status.
    #[must_use]
    pub fn covers(self, status: u16) -> bool {
        match self {
            Self::Exact(exact) => exact == status,
            Self::Range(digit) => status / 100 == u16::from(digit),
            Self::Default => true,
        }
    }

    /// True for an explicit 2xx.
    #[must_use]
    pub fn is_success(self) -> bool {
        match self {
            Self::Exact(exact) => exact / 100 == 2,
            Self::Range(digit) => digit == 2,
            Self::Default => false,
        }
    }

    /// Smaller is more specific.
    #[must_use]
    pub fn specificity(self) -> u8 {
        match self {
            Self::Exact(_) => 0,
            Self::Range(_) => 1,
            Self::Default => 2,
        }
    }
}

impl fmt::Display for StatusPattern {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(status) => write!(out, "{status}"),
            Self::Range(digit) => write!(out, "{digit}XX"),
            Self::Default => out.write_str("default"),
        }
    }
}

/// A response that an operation documents (OpenAPI 3.x "Response Object").
#[derive(Clone, Debug)]
pub struct Response {
    /// The statuses that it is for.
    pub status: StatusPattern,
    /// The description in the document.
    pub description: String,
    /// The headers, `Content-Type` excepted (OpenAPI 3.x: it is ignored there).
    pub headers: Vec<Header>,
    /// The bodies, one for each media type; empty where it has none.
    pub content: Vec<Content>,
    /// The place in the document.
    pub at: Location,
}

impl Response {
    /// True for a success whose description says that something failed: documents list such beside the one that is meant.
    #[must_use]
    pub fn is_said_to_fail(&self) -> bool {
        let text = self.description.trim_start_matches(|sign: char| !sign.is_alphabetic()).to_lowercase();
        ["error", "failed", "cannot "].iter().any(|word| text.starts_with(word))
    }

    /// The content whose media type (or range) covers this one most closely.
    #[must_use]
    pub fn content_for(&self, sent: &MediaType) -> Option<&Content> {
        content::best(&self.content, sent)
    }
}
