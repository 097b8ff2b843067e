//! The keywords of JSON Schema 2020-12 that a value can break.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::NUMBER_FORMAT_KEYWORD;

macro_rules! keywords {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// A keyword that a value can break (JSON Schema 2020-12 Validation §6, Core §10, §11).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Keyword { $($(#[$doc])* #[serde(rename = $word)] $name,)* }

        impl Keyword {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word of the specification.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

keywords! {
    /// The kind of value.
    Type = "type",
    /// One of a list.
    Enum = "enum",
    /// Exactly one value.
    Const = "const",
    /// A lower bound, itself allowed.
    Minimum = "minimum",
    /// A lower bound, itself not allowed.
    ExclusiveMinimum = "exclusiveMinimum",
    /// An upper bound, itself allowed.
    Maximum = "maximum",
    /// An upper bound, itself not allowed.
    ExclusiveMaximum = "exclusiveMaximum",
    /// Divisible by.
    MultipleOf = "multipleOf",
    /// Fewest code points.
    MinLength = "minLength",
    /// Most code points.
    MaxLength = "maxLength",
    /// A regular expression.
    Pattern = "pattern",
    /// A named format; also those of numbers, which normalised schemas spell `x-etalon-format`.
    Format = "format",
    /// Fewest items.
    MinItems = "minItems",
    /// Most items.
    MaxItems = "maxItems",
    /// No two items alike.
    UniqueItems = "uniqueItems",
    /// Some item is such.
    Contains = "contains",
    /// At most so many items are such.
    MaxContains = "maxContains",
    /// At least so many items are such.
    MinContains = "minContains",
    /// `items: false`, or items past `prefixItems`.
    Items = "items",
    /// Items that no keyword has looked at.
    UnevaluatedItems = "unevaluatedItems",
    /// Fewest members.
    MinProperties = "minProperties",
    /// Most members.
    MaxProperties = "maxProperties",
    /// A member that must be there; the row's operand is its name.
    Required = "required",
    /// Members that are described; those that are not required may be there in any combination.
    Properties = "properties",
    /// Members that must be there when another is.
    DependentRequired = "dependentRequired",
    /// Names that members may have.
    PropertyNames = "propertyNames",
    /// Members beyond the described ones.
    AdditionalProperties = "additionalProperties",
    /// Members that no keyword has looked at.
    UnevaluatedProperties = "unevaluatedProperties",
    /// At least one of several schemas.
    AnyOf = "anyOf",
    /// Exactly one of several schemas.
    OneOf = "oneOf",
    /// Not such.
    Not = "not",
    /// Text in an encoding.
    ContentEncoding = "contentEncoding",
    /// Text of a media type.
    ContentMediaType = "contentMediaType",
    /// The boolean schema `false`: nothing is allowed here.
    False = "false",
}

impl Keyword {
    /// Reads the word of the specification, or the spelling of normalised schemas.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        if word == NUMBER_FORMAT_KEYWORD {
            return Some(Self::Format);
        }
        Self::ALL.iter().copied().find(|keyword| keyword.as_str() == word)
    }
}

impl fmt::Display for Keyword {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}
