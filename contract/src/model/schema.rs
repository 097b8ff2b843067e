//! Schemas as values in the document, each with its location.

use std::hash::{Hash, Hasher};

use serde_json::Value;

use crate::document::Location;

/// A schema where it stands in the document, in JSON Schema 2020-12 form. Two schemas of one document are the same where their
/// locations are.
#[derive(Clone, Debug)]
pub struct Schema<'c> {
    /// The schema's location. Its references are relative to the file that this names.
    pub at: Location,
    /// The schema itself: an object or a boolean.
    pub value: &'c Value,
}

impl PartialEq for Schema<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for Schema<'_> {}

impl Hash for Schema<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.at.hash(state);
    }
}

impl<'c> Schema<'c> {
    /// The value of a keyword; `None` also of a boolean schema.
    #[must_use]
    pub fn get(&self, keyword: &str) -> Option<&'c Value> {
        self.value.get(keyword)
    }

    /// The schema that a keyword holds; `None` where its value is neither an object nor a boolean.
    #[must_use]
    pub fn child(&self, keyword: &str) -> Option<Self> {
        let value = self.get(keyword).filter(|value| value.is_object() || value.is_boolean())?;
        Some(Self { at: self.at.join(keyword), value })
    }

    /// The schemas that a keyword holds in an array (`allOf`, `prefixItems`, …), in order.
    pub fn children(&self, keyword: &str) -> impl Iterator<Item = Self> + use<'c> {
        let list = self.get(keyword).and_then(Value::as_array).map(|list| (self.at.join(keyword), list));
        list.into_iter().flat_map(|(at, list)| {
            list.iter().enumerate().map(move |(index, value)| Self { at: at.index(index), value })
        })
    }

    /// The schemas that a keyword holds by name (`properties`, `$defs`, …), each after its name, in the document's order.
    pub fn named(&self, keyword: &str) -> impl Iterator<Item = (&'c str, Self)> + use<'c> {
        let members = self.get(keyword).and_then(Value::as_object).map(|members| (self.at.join(keyword), members));
        members.into_iter().flat_map(|(at, members)| {
            members.iter().map(move |(name, value)| (name.as_str(), Self { at: at.join(name), value }))
        })
    }

    /// The schema that a keyword holds by this name.
    #[must_use]
    pub fn member(&self, keyword: &str, name: &str) -> Option<Self> {
        let value = self.get(keyword)?.get(name)?;
        Some(Self { at: self.at.join(keyword).join(name), value })
    }

    /// The types that `type` allows; empty where it says nothing.
    #[must_use]
    pub fn types(&self) -> Vec<&'c str> {
        match self.get("type") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// The reference that stands here.
    #[must_use]
    pub fn reference(&self) -> Option<&'c str> {
        self.get("$ref").and_then(Value::as_str)
    }
}

/// The way a body or value travels: `readOnly` members are not required of a request, `writeOnly` ones not of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Direction {
    /// To the server, in a request.
    Request,
    /// From the server, in a response.
    Response,
}

impl Direction {
    /// The keyword that exempts a member from being required in this direction.
    #[must_use]
    pub fn exempting(self) -> &'static str {
        match self {
            Self::Request => "readOnly",
            Self::Response => "writeOnly",
        }
    }
}
