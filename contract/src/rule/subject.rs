//! The parts of an exchange that rules speak of, and what can be broken in them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::document::Location;
use crate::model::In;
use crate::rule::{Class, Keyword};

/// A part of an exchange.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// A parameter of the request.
    Parameter {
        /// The part of the request that it travels in.
        place: In,
        /// The name as the contract writes it.
        name: String,
    },
    /// The body of the request.
    Body,
    /// The request as a whole: its method, path, credentials.
    Request,
    /// The response as a whole: its status, media type, presence of a body.
    Response,
    /// A header of the response.
    ResponseHeader {
        /// The name as the contract writes it.
        name: String,
    },
    /// The body of the response.
    ResponseBody,
}

impl fmt::Display for Subject {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter { place, name } => write!(out, "{place} {name}"),
            Self::Body => out.write_str("body"),
            Self::Request => out.write_str("request"),
            Self::Response => out.write_str("response"),
            Self::ResponseHeader { name } => write!(out, "response header {name}"),
            Self::ResponseBody => out.write_str("response body"),
        }
    }
}

/// A breach: what exactly is broken in a part of an exchange.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Breach {
    /// A keyword of its schema. For `required` the operand is the missing member's name.
    Keyword {
        /// The keyword that is broken.
        keyword: Keyword,
        /// The place of the keyword in the document.
        at: Location,
        /// The member's name, for `required` and `dependentRequired`.
        member: Option<String>,
    },
    /// It must be there and is not.
    Absent,
    /// It may not be there and is.
    Unexpected,
    /// The bytes cannot be read as what they are said to be.
    Malformed,
    /// The media type is none of the documented ones.
    MediaType,
    /// The status is none of the documented ones.
    Status,
    /// A problem details document breaks RFC 9457.
    Problem,
    /// It may be sound, but it is beyond a bound of what is read.
    Beyond,
    /// The validator cannot tell within its bounds whether it conforms.
    Undecided,
}

impl Breach {
    /// The keyword of a schema that is broken; `None` where no schema is.
    #[must_use]
    pub fn keyword(&self) -> Option<Keyword> {
        match self {
            Self::Keyword { keyword, .. } => Some(*keyword),
            Self::Absent
            | Self::Unexpected
            | Self::Malformed
            | Self::MediaType
            | Self::Status
            | Self::Problem
            | Self::Beyond
            | Self::Undecided => None,
        }
    }

    /// True where both name the same rule of the document. Unexpected members are one rule, whatever their names; a member
    /// that several parts of an `allOf` require is required once.
    #[must_use]
    pub fn is_same_rule(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Keyword { keyword, at, member },
                Self::Keyword { keyword: other_keyword, at: other_at, member: other_member },
            ) if keyword == other_keyword => match keyword.class() {
                Class::RestOfMembers => true,
                Class::Needed if *keyword == Keyword::Required => member == other_member,
                Class::Type
                | Class::Listed
                | Class::Bound(_, _)
                | Class::Step
                | Class::Pattern
                | Class::Format
                | Class::Unique
                | Class::Contains
                | Class::RestOfItems
                | Class::Needed
                | Class::Described
                | Class::Names
                | Class::Alternatives
                | Class::Not
                | Class::Content
                | Class::Nothing => at == other_at && member == other_member,
            },
            _ => self == other,
        }
    }
}
