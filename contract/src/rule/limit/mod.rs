//! Limits: what a schema states of a value, met at every position of the schema, and whether a parameter or member may
//! be left out (JSON Schema Validation 2020-12 §6; OpenAPI Parameter Object `required`).
//!
//! `walk` meets the positions, `sides` says which sides of a keyword's limit can be shown there, and `overlap` whether
//! a value may fit two branches of a `oneOf`.

mod overlap;
mod sides;
mod walk;

pub(crate) use walk::{Position, walk};

use serde_json::Value;

use crate::rule::{Breach, Side};

/// A limit, seen from one side.
#[derive(Clone, Debug)]
pub enum Limit {
    /// The limit of one keyword of a schema.
    Keyword {
        /// The keyword that is broken on the far side: always [`Breach::Keyword`].
        breach: Breach,
        /// The side that the row shows.
        side: Side,
        /// The keyword's value as the document states it; for `required` the member's name, for `dependentRequired` the
        /// two names, for `anyOf` and `oneOf` the number of branches, for `properties` the number of optional members.
        operand: Value,
    },
    /// A value that fits several branches of a `oneOf` is refused (JSON Schema Core §10.2.1.3).
    Overlap {
        /// The `oneOf` that is broken: always [`Breach::Keyword`].
        breach: Breach,
    },
    /// Null, where a type is stated: accepted or refused as the schema says.
    Null {
        /// The `type` that null breaks where it is refused: always [`Breach::Keyword`].
        breach: Breach,
        /// `At` where null is allowed, `Past` where it is not.
        side: Side,
    },
    /// A required parameter that is not sent is refused.
    Required,
    /// An optional parameter, body or member may be left out.
    Omitted,
}

impl Limit {
    /// The side of the limit that the row shows: `At` where the value is to be accepted.
    #[must_use]
    pub fn side(&self) -> Side {
        match self {
            Self::Keyword { side, .. } | Self::Null { side, .. } => *side,
            Self::Overlap { .. } | Self::Required => Side::Past,
            Self::Omitted => Side::At,
        }
    }

    /// The breach on the far side; `None` where there is no far side.
    #[must_use]
    pub fn breach(&self) -> Option<&Breach> {
        match self {
            Self::Keyword { breach, .. } | Self::Overlap { breach } | Self::Null { breach, .. } => Some(breach),
            Self::Required => Some(&Breach::Absent),
            Self::Omitted => None,
        }
    }
}
