//! Which part of an exchange a rule speaks of.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::document::{Location, Pointer};
use crate::model::In;
use crate::rule::Keyword;

/// A part of an exchange.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// A parameter of the request.
    Parameter {
        /// Where it travels.
        place: In,
        /// Its name as the contract writes it.
        name: String,
    },
    /// The request's body.
    Body,
    /// The request as a whole: its method, path, credentials.
    Request,
    /// The response as a whole: its status, media type, presence of a body.
    Response,
    /// A header of the response.
    ResponseHeader {
        /// Its name as the contract writes it.
        name: String,
    },
    /// The response's body.
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

/// What exactly is broken in a part of an exchange.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Breach {
    /// A keyword of its schema. For `required` the operand is the missing member's name.
    Keyword {
        /// The keyword.
        keyword: Keyword,
        /// Where the keyword stands in the document.
        at: Location,
        /// The member's name, for `required` and `dependentRequired`.
        member: Option<String>,
    },
    /// It must be there and is not.
    Absent,
    /// It may not be there and is.
    Unexpected,
    /// Its bytes cannot be read as what it claims to be.
    Malformed,
    /// Its media type is none of the documented ones.
    MediaType,
    /// The status is none of the documented ones.
    Status,
}

/// An instance pointer with every array index written as `*`, which is how rows name positions. `root` tells indices from
/// members that are spelled like numbers.
#[must_use]
pub fn template(pointer: &Pointer, root: &serde_json::Value) -> Pointer {
    let mut here = Some(root);
    let mut shown = Pointer::root();
    for token in pointer.tokens() {
        let in_array = here.is_some_and(serde_json::Value::is_array);
        shown = if in_array { shown.join("*") } else { shown.join(&token) };
        here = here.and_then(|value| match value {
            serde_json::Value::Array(items) => token.parse::<usize>().ok().and_then(|index| items.get(index)),
            serde_json::Value::Object(members) => members.get(token.as_ref()),
            _ => None,
        });
    }
    shown
}
