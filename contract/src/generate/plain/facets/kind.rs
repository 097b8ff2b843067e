//! The JSON types of values, as schemas name them.

use serde_json::Value;

use crate::model::Decimal;

/// The JSON types, in the order in which they are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    String,
    Integer,
    Number,
    Boolean,
    Object,
    Array,
    Null,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] =
        [Self::String, Self::Number, Self::Boolean, Self::Object, Self::Array, Self::Null];

    /// True where a value is of this type.
    pub(crate) fn is_of(self, value: &Value) -> bool {
        match self {
            Self::String => value.is_string(),
            Self::Integer => Decimal::of(value).is_some_and(|number| number.scale() == 0),
            Self::Number => value.is_number(),
            Self::Boolean => value.is_boolean(),
            Self::Object => value.is_object(),
            Self::Array => value.is_array(),
            Self::Null => value.is_null(),
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "string" | "file" => Self::String,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "boolean" => Self::Boolean,
            "object" => Self::Object,
            "array" => Self::Array,
            "null" => Self::Null,
            _ => return None,
        })
    }
}
