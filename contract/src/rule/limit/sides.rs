//! Where a keyword can refuse anything at all, and which sides of its limit can be shown.

use serde_json::Value;

use crate::document::Location;
use crate::model::{Contract, FormatOf, Schema, asserted_format};
use crate::rule::{Keyword, Side};

pub(super) const BOTH: &[Side] = &[Side::At, Side::Past];
pub(super) const PAST: &[Side] = &[Side::Past];
pub(super) const AT: &[Side] = &[Side::At];

/// True where null is sure to satisfy the schema at a location: only these keywords speak of null.
pub(super) fn allows_null(contract: &Contract, at: &Location, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let found = contract.conjuncts(at);
    found.is_whole && found.schemas.iter().all(|schema| allows_null_itself(contract, schema, depth))
}

/// The same of the schema's own keywords, but for its `$ref` and `allOf`.
fn allows_null_itself(contract: &Contract, schema: &Schema<'_>, depth: usize) -> bool {
    let Some(keywords) = schema.value.as_object() else { return schema.value == &Value::Bool(true) };
    let types = schema.types();
    (types.is_empty() || types.contains(&"null"))
        && schema.get("enum").and_then(Value::as_array).is_none_or(|listed| listed.contains(&Value::Null))
        && schema.get("const").is_none_or(Value::is_null)
        && !["not", "if", "oneOf", "$dynamicRef"].iter().any(|word| keywords.contains_key(*word))
        && (schema.get("anyOf").is_none()
            || schema.children("anyOf").any(|branch| allows_null(contract, &branch.at, depth)))
}

/// True where a keyword can refuse a value of the types that the schema states (JSON Schema Validation §6: most keywords
/// speak of one type only), and is not refused first by a tighter one.
pub(super) fn acts(keyword: Keyword, operand: &Value, schema: &Schema<'_>) -> bool {
    let types = schema.types();
    let may_be = |wanted: &[&str]| types.is_empty() || types.iter().any(|kind| wanted.contains(kind));
    match keyword {
        Keyword::MinLength | Keyword::MaxLength | Keyword::Pattern => may_be(&["string"]),
        Keyword::Minimum
        | Keyword::ExclusiveMinimum
        | Keyword::Maximum
        | Keyword::ExclusiveMaximum
        | Keyword::MultipleOf => may_be(&["number", "integer"]),
        Keyword::MinItems
        | Keyword::MaxItems
        | Keyword::UniqueItems
        | Keyword::MinContains
        | Keyword::MaxContains
        | Keyword::Items
        | Keyword::UnevaluatedItems => may_be(&["array"]),
        // Where it is said how many there must be, that is the rule that too few break.
        Keyword::Contains => may_be(&["array"]) && schema.get("minContains").is_none(),
        Keyword::MinProperties
        | Keyword::MaxProperties
        | Keyword::Required
        | Keyword::DependentRequired
        | Keyword::PropertyNames
        | Keyword::Properties
        | Keyword::AdditionalProperties
        | Keyword::UnevaluatedProperties => may_be(&["object"]),
        Keyword::Format => operand.as_str().is_some_and(|format| {
            let bounded = ["minimum", "exclusiveMinimum"].iter().any(|word| schema.get(word).is_some())
                && ["maximum", "exclusiveMaximum"].iter().any(|word| schema.get(word).is_some());
            match asserted_format(format) {
                Some(FormatOf::Text) => may_be(&["string"]),
                // JSON has no number that overflows a double, only ones that are rounded.
                Some(FormatOf::Number) => may_be(&["number", "integer"]) && !bounded && format != "double",
                None => false,
            }
        }),
        Keyword::Type
        | Keyword::Enum
        | Keyword::Const
        | Keyword::AnyOf
        | Keyword::OneOf
        | Keyword::Not
        | Keyword::ContentEncoding
        | Keyword::ContentMediaType
        | Keyword::False => true,
    }
}

/// Which sides of a keyword's limit can be shown at all.
pub(super) fn sides(keyword: Keyword, operand: &Value) -> &'static [Side] {
    let zero = operand.as_u64() == Some(0);
    match keyword {
        Keyword::Type | Keyword::Pattern | Keyword::Const | Keyword::Not => PAST,
        Keyword::Enum
        | Keyword::AnyOf
        | Keyword::OneOf
        | Keyword::MultipleOf
        | Keyword::Minimum
        | Keyword::ExclusiveMinimum
        | Keyword::Maximum
        | Keyword::ExclusiveMaximum
        | Keyword::MaxLength
        | Keyword::MaxItems
        | Keyword::MaxContains
        | Keyword::MaxProperties => BOTH,
        // Nothing is shorter than nothing.
        Keyword::MinLength | Keyword::MinItems | Keyword::MinProperties => {
            if zero {
                AT
            } else {
                BOTH
            }
        }
        Keyword::UniqueItems => {
            if operand == &Value::Bool(true) {
                PAST
            } else {
                &[]
            }
        }
        Keyword::AdditionalProperties | Keyword::UnevaluatedProperties | Keyword::UnevaluatedItems | Keyword::Items => {
            if operand == &Value::Bool(false) {
                PAST
            } else {
                &[]
            }
        }
        Keyword::MinContains => {
            if zero {
                &[]
            } else {
                PAST
            }
        }
        Keyword::Contains | Keyword::PropertyNames => PAST,
        // Handled where they stand, or annotations that OpenAPI does not assert.
        Keyword::Required
        | Keyword::Properties
        | Keyword::DependentRequired
        | Keyword::Format
        | Keyword::ContentEncoding
        | Keyword::ContentMediaType
        | Keyword::False => &[],
    }
}
