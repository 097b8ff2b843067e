//! Where a keyword can refuse anything at all, and which sides of its limit can be shown.

use serde_json::Value;

use crate::document::Location;
use crate::model::{Contract, FormatOf, Schema, asserted_format};
use crate::rule::{Class, End, Keyword, Measure, Side};

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
    match keyword.class() {
        Class::Bound(Measure::Characters, _) | Class::Pattern => may_be(&["string"]),
        Class::Bound(Measure::Number, _) | Class::Step => may_be(&["number", "integer"]),
        Class::Bound(Measure::Items | Measure::Contained, _) | Class::Unique | Class::RestOfItems => may_be(&["array"]),
        // Where it is said how many there must be, that is the rule that too few break.
        Class::Contains => may_be(&["array"]) && schema.get("minContains").is_none(),
        Class::Bound(Measure::Members, _) | Class::Needed | Class::Described | Class::Names | Class::RestOfMembers => {
            may_be(&["object"])
        }
        Class::Format => operand.as_str().is_some_and(|format| {
            let bounded = ["minimum", "exclusiveMinimum"].iter().any(|word| schema.get(word).is_some())
                && ["maximum", "exclusiveMaximum"].iter().any(|word| schema.get(word).is_some());
            match asserted_format(format) {
                Some(FormatOf::Text) => may_be(&["string"]),
                // JSON has no number that overflows a double, only ones that are rounded.
                Some(FormatOf::Number) => may_be(&["number", "integer"]) && !bounded && format != "double",
                None => false,
            }
        }),
        Class::Type | Class::Listed | Class::Alternatives | Class::Not | Class::Content | Class::Nothing => true,
    }
}

/// The limits of one keyword.
pub(super) enum Limits {
    /// One limit, with the sides of it that can be shown.
    One(&'static [Side]),
    /// A limit for each member that must be there.
    EachMember,
    /// A limit for each member that must be there when another is.
    EachDependency,
    /// One limit with as many ways to be at it as there are branches.
    Branches,
    /// One limit, whose sides depend on what has the format.
    Format,
}

/// The limits of a keyword, by its class: the one table of what can be shown of a keyword.
pub(super) fn limits(keyword: Keyword, operand: &Value) -> Limits {
    let zero = operand.as_u64() == Some(0);
    Limits::One(match keyword.class() {
        Class::Needed if keyword == Keyword::Required => return Limits::EachMember,
        Class::Needed => return Limits::EachDependency,
        Class::Alternatives => return Limits::Branches,
        Class::Format => return Limits::Format,
        Class::Type | Class::Pattern | Class::Not | Class::Contains | Class::Names => PAST,
        Class::Listed if keyword == Keyword::Const => PAST,
        Class::Bound(Measure::Contained, End::Least) if zero => &[],
        Class::Bound(Measure::Contained, End::Least) => PAST,
        // Nothing is shorter than nothing.
        Class::Bound(Measure::Characters | Measure::Items | Measure::Members, End::Least) if zero => AT,
        Class::Listed | Class::Step | Class::Bound(_, _) => BOTH,
        Class::Unique if operand == &Value::Bool(true) => PAST,
        Class::RestOfMembers | Class::RestOfItems if operand == &Value::Bool(false) => PAST,
        // Handled where they stand, or annotations that OpenAPI does not assert.
        Class::Unique
        | Class::RestOfMembers
        | Class::RestOfItems
        | Class::Described
        | Class::Content
        | Class::Nothing => &[],
    })
}
