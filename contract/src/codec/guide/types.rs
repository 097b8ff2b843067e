//! Sets of JSON types, and the forms of a style that follow from them.

use serde_json::Value;

/// A set of JSON types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::codec) struct Types(u8);

impl Types {
    pub(in crate::codec) const NULL: Self = Self(1);
    pub(in crate::codec) const BOOLEAN: Self = Self(2);
    pub(in crate::codec) const NUMBER: Self = Self(4);
    pub(in crate::codec) const STRING: Self = Self(8);
    pub(in crate::codec) const ARRAY: Self = Self(16);
    pub(in crate::codec) const OBJECT: Self = Self(32);
    pub(in crate::codec) const ANY: Self = Self(63);
    pub(super) const NONE: Self = Self(0);
    pub(in crate::codec) const PRIMITIVE: Self = Self(2 | 4 | 8);

    /// True where the sets share a type.
    pub(in crate::codec) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(in crate::codec) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(_) => Self::NUMBER,
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        }
    }

    pub(super) fn named(word: &str) -> Self {
        match word {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" | "number" => Self::NUMBER,
            // Swagger 2.0 writes `file` for binary strings.
            "string" | "file" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            _ => Self::NONE,
        }
    }
}

/// Which of a style's forms a value takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::codec) enum Kind {
    /// A primitive.
    One,
    /// An array.
    List,
    /// An object.
    Members,
    /// A primitive or an array: the text decides.
    OneOrList,
    /// A primitive or an object: the text decides.
    OneOrMembers,
    /// The schema does not say.
    Untyped,
}
