//! The keywords of JSON Schema 2020-12 that a value can break, and the one table of their classes: code that treats
//! several keywords alike matches [`Class`], so that a new keyword says here, once, which ones it is like.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::NUMBER_FORMAT_KEYWORD;

/// The way in which a keyword limits a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The type that a value has.
    Type,
    /// The values that are allowed, listed.
    Listed,
    /// An end of what a measure of the value may be.
    Bound(Measure, End),
    /// The number that divides the value.
    Step,
    /// The expression that a text matches.
    Pattern,
    /// The format of a text or number.
    Format,
    /// Items that differ from one another.
    Unique,
    /// Items of which some match.
    Contains,
    /// The items that no other keyword describes.
    RestOfItems,
    /// Members that must be there.
    Needed,
    /// Members that may be there.
    Described,
    /// The names of members.
    Names,
    /// The members that no other keyword describes.
    RestOfMembers,
    /// Schemas of which some match.
    Alternatives,
    /// A schema that does not match.
    Not,
    /// The content that a text holds in another form.
    Content,
    /// No value at all.
    Nothing,
}

/// The measure of a value that a bound limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The number that it is.
    Number,
    /// The code points of a text.
    Characters,
    /// The items of an array.
    Items,
    /// The items that match `contains`.
    Contained,
    /// The members of an object.
    Members,
}

/// An end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The lower end of the range.
    Least,
    /// The upper end of the range.
    Most,
}

macro_rules! keywords {
    ($($(#[$doc:meta])* $name:ident = $word:literal: $class:expr,)*) => {
        /// A keyword that a value can break (JSON Schema 2020-12 Validation §6, Core §10, §11).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Keyword { $($(#[$doc])* #[serde(rename = $word)] $name,)* }

        impl Keyword {
            /// All keywords, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word of the specification.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// The class: how the keyword limits a value.
            #[must_use]
            pub fn class(self) -> Class {
                match self { $(Self::$name => $class,)* }
            }
        }
    };
}

keywords! {
    /// The kind of value.
    Type = "type": Class::Type,
    /// One of a list.
    Enum = "enum": Class::Listed,
    /// The one value that is allowed.
    Const = "const": Class::Listed,
    /// A lower bound, itself allowed.
    Minimum = "minimum": Class::Bound(Measure::Number, End::Least),
    /// A lower bound, itself not allowed.
    ExclusiveMinimum = "exclusiveMinimum": Class::Bound(Measure::Number, End::Least),
    /// An upper bound, itself allowed.
    Maximum = "maximum": Class::Bound(Measure::Number, End::Most),
    /// An upper bound, itself not allowed.
    ExclusiveMaximum = "exclusiveMaximum": Class::Bound(Measure::Number, End::Most),
    /// A number that divides the value.
    MultipleOf = "multipleOf": Class::Step,
    /// The fewest code points of a text.
    MinLength = "minLength": Class::Bound(Measure::Characters, End::Least),
    /// The most code points of a text.
    MaxLength = "maxLength": Class::Bound(Measure::Characters, End::Most),
    /// A regular expression that a text matches.
    Pattern = "pattern": Class::Pattern,
    /// A named format; also those of numbers, which normalised schemas spell `x-etalon-format`.
    Format = "format": Class::Format,
    /// The fewest items of an array.
    MinItems = "minItems": Class::Bound(Measure::Items, End::Least),
    /// The most items of an array.
    MaxItems = "maxItems": Class::Bound(Measure::Items, End::Most),
    /// No two items alike.
    UniqueItems = "uniqueItems": Class::Unique,
    /// A schema that some item matches.
    Contains = "contains": Class::Contains,
    /// The most items that match `contains`.
    MaxContains = "maxContains": Class::Bound(Measure::Contained, End::Most),
    /// The fewest items that match `contains`.
    MinContains = "minContains": Class::Bound(Measure::Contained, End::Least),
    /// `items: false`, or items past `prefixItems`.
    Items = "items": Class::RestOfItems,
    /// Items that no keyword has looked at.
    UnevaluatedItems = "unevaluatedItems": Class::RestOfItems,
    /// The fewest members of an object.
    MinProperties = "minProperties": Class::Bound(Measure::Members, End::Least),
    /// The most members of an object.
    MaxProperties = "maxProperties": Class::Bound(Measure::Members, End::Most),
    /// A member that must be there; the row's operand is its name.
    Required = "required": Class::Needed,
    /// Members that are described; those that are not required may be there in any combination.
    Properties = "properties": Class::Described,
    /// Members that must be there when another is.
    DependentRequired = "dependentRequired": Class::Needed,
    /// Names that members may have.
    PropertyNames = "propertyNames": Class::Names,
    /// Members beyond the described ones.
    AdditionalProperties = "additionalProperties": Class::RestOfMembers,
    /// Members that no keyword has looked at.
    UnevaluatedProperties = "unevaluatedProperties": Class::RestOfMembers,
    /// At least one of several schemas.
    AnyOf = "anyOf": Class::Alternatives,
    /// Exactly one of several schemas.
    OneOf = "oneOf": Class::Alternatives,
    /// A schema that the value does not match.
    Not = "not": Class::Not,
    /// Text in an encoding.
    ContentEncoding = "contentEncoding": Class::Content,
    /// Text of a media type.
    ContentMediaType = "contentMediaType": Class::Content,
    /// The boolean schema `false`: nothing is allowed here.
    False = "false": Class::Nothing,
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
