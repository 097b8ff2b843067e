//! The two sides of a limit.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The side of a limit that a row shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The last value that must be accepted.
    At,
    /// The first value that must be refused.
    Past,
}

impl fmt::Display for Side {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::At => "at",
            Self::Past => "past",
        })
    }
}
