//! The positions of a schema and the limits at each, without expansion of recursion: a reference that is already being
//! followed is not followed again, so each position is met once for each way that leads to it.

use serde_json::Value;

use crate::document::{Location, Pointer};
use crate::model::{Contract, Direction, FormatOf, Schema, asserted_format, is_exempt};
use crate::rule::{Branch, Breach, Keyword, Side};

/// How deep positions are followed; deeper ones of real documents repeat what shallower ones showed.
const MAX_DEPTH: usize = 8;

/// How many positions of one schema are enumerated; beyond, a matrix says nothing to a person any more.
const MAX_POSITIONS: usize = 4_000;

/// How many branches may lie within one another; each level multiplies the rows.
const MAX_BRANCHES: usize = 2;

/// How many branches of one alternative have rows of their own.
const MAX_ALTERNATIVES: usize = 64;

/// Something found at a position.
pub(crate) enum Position<'p> {
    /// A limit that a value can be at or past.
    Limit {
        /// Where.
        pointer: &'p Pointer,
        /// Within which branches.
        within: &'p [Branch],
        /// What is broken past it.
        breach: Breach,
        /// The limit as stated.
        operand: &'p Value,
        /// The sides that can be shown.
        sides: &'p [Side],
    },
    /// A type is stated, so null is either allowed or not.
    Null {
        /// Where.
        pointer: &'p Pointer,
        /// Within which branches.
        within: &'p [Branch],
        /// What null breaks where it is not allowed.
        breach: Breach,
        /// `At` where it is allowed.
        side: Side,
    },
    /// A member that may be left out.
    Optional {
        /// Where.
        pointer: &'p Pointer,
        /// Within which branches.
        within: &'p [Branch],
    },
}

/// Visits every position of the schema at a location; gives how many were left out by the bounds.
pub(crate) fn walk(contract: &Contract, at: &Location, visit: &mut dyn FnMut(Position<'_>)) -> usize {
    let mut walker =
        Walker { contract, visit, following: Vec::new(), within: Vec::new(), left: MAX_POSITIONS, left_out: 0 };
    if let Ok(schema) = contract.schema(at) {
        walker.schema(&Pointer::root(), at, schema, 0);
    }
    walker.left_out
}

const BOTH: &[Side] = &[Side::At, Side::Past];
const PAST: &[Side] = &[Side::Past];
const AT: &[Side] = &[Side::At];

struct Walker<'c, 'v> {
    contract: &'c Contract,
    visit: &'v mut dyn FnMut(Position<'_>),
    following: Vec<Location>,
    within: Vec<Branch>,
    left: usize,
    left_out: usize,
}

impl<'c> Walker<'c, '_> {
    fn schema(&mut self, pointer: &Pointer, at: &Location, schema: Schema<'c>, depth: usize) {
        if depth > MAX_DEPTH || self.left == 0 {
            self.left_out += 1;
            return;
        }
        self.left -= 1;
        if let Some(reference) = schema.reference()
            && let Ok((target_at, target)) = self.contract.refer(schema, reference)
            && !self.following.contains(&target_at)
        {
            self.following.push(target_at.clone());
            self.schema(pointer, &target_at, target, depth);
            self.following.pop();
        }
        self.limits(pointer, at, schema);
        self.members(pointer, at, schema, depth);
        for (index, branch) in schema.children("allOf").enumerate() {
            self.schema(pointer, &at.join("allOf").index(index), branch, depth);
        }
        for (index, item) in schema.children("prefixItems").enumerate() {
            self.schema(&pointer.index(index), &at.join("prefixItems").index(index), item, depth + 1);
        }
        if let Some(item) = schema.child("items").filter(|_| schema.get("prefixItems").is_none()) {
            self.schema(&pointer.join("*"), &at.join("items"), item, depth + 1);
        }
        self.branches(pointer, at, schema, depth);
    }

    fn branches(&mut self, pointer: &Pointer, at: &Location, schema: Schema<'c>, depth: usize) {
        for word in ["anyOf", "oneOf"] {
            self.left_out += schema.children(word).count().saturating_sub(MAX_ALTERNATIVES);
            for (index, branch) in schema.children(word).take(MAX_ALTERNATIVES).enumerate() {
                // Null is a branch of its own in many documents; there is nothing in it to break.
                if branch.types() != ["null"] {
                    self.branch(pointer, &at.join(word), index, branch, depth);
                }
            }
        }
        if schema.get("if").is_some() {
            for (index, word) in ["then", "else"].into_iter().enumerate() {
                if let Some(branch) = schema.child(word) {
                    self.branch(pointer, &at.join("if"), index, branch, depth);
                }
            }
        }
    }

    fn branch(&mut self, pointer: &Pointer, at: &Location, index: usize, branch: Schema<'c>, depth: usize) {
        if self.within.len() >= MAX_BRANCHES {
            self.left_out += 1;
            return;
        }
        self.within.push(Branch { pointer: pointer.clone(), at: at.clone(), index });
        let at = self.within.last().expect("it was pushed").schema();
        self.schema(pointer, &at, branch, depth);
        self.within.pop();
    }

    fn limit(&mut self, pointer: &Pointer, breach: Breach, operand: &Value, sides: &[Side]) {
        if !sides.is_empty() {
            (self.visit)(Position::Limit { pointer, within: &self.within, breach, operand, sides });
        }
    }

    fn members(&mut self, pointer: &Pointer, at: &Location, schema: Schema<'c>, depth: usize) {
        let required: Vec<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        for (name, property) in schema.named("properties") {
            if property.get(Direction::Request.exempting()) == Some(&Value::Bool(true)) {
                continue;
            }
            let here = pointer.join(name);
            if !required.contains(&name) {
                (self.visit)(Position::Optional { pointer: &here, within: &self.within });
            }
            self.schema(&here, &at.join("properties").join(name), property, depth + 1);
        }
        if let Some(other) = schema.child("additionalProperties").filter(|other| other.value.is_object()) {
            self.schema(&pointer.join("*"), &at.join("additionalProperties"), other, depth + 1);
        } else if let Some((pattern, other)) = schema.named("patternProperties").next() {
            self.left_out += schema.named("patternProperties").count() - 1;
            self.schema(&pointer.join("*"), &at.join("patternProperties").join(pattern), other, depth + 1);
        }
        let optional = schema
            .named("properties")
            .filter(|(name, property)| {
                !required.contains(name) && property.get(Direction::Request.exempting()) != Some(&Value::Bool(true))
            })
            .count();
        if optional > 1 {
            let breach = Breach::Keyword { keyword: Keyword::Properties, at: at.join("properties"), member: None };
            self.limit(pointer, breach, &Value::from(optional), AT);
        }
    }

    /// True where null stands for another branch than the one that is walked: then this one promises nothing about it.
    fn is_null_elsewhere(&self, pointer: &Pointer) -> bool {
        self.within.iter().rev().filter(|branch| !branch.is_condition() && branch.pointer == *pointer).any(|branch| {
            let count = self.contract.document().node(&branch.at).and_then(Value::as_array).map_or(0, Vec::len);
            (0..count.min(MAX_ALTERNATIVES)).filter(|index| *index != branch.index).any(|index| {
                let other = self.contract.schema(&branch.at.index(index));
                other.is_ok_and(|other| allows_null(self.contract, other, MAX_DEPTH))
            })
        })
    }

    fn limits(&mut self, pointer: &Pointer, at: &Location, schema: Schema<'c>) {
        let Value::Object(keywords) = schema.value else { return };
        // A value of another type is none of the listed ones either: then the list is the one rule to show.
        let listed = keywords.contains_key("enum") || keywords.contains_key("const");
        for (word, operand) in keywords {
            let Some(keyword) = Keyword::parse(word) else { continue };
            if !acts(keyword, operand, &schema)
                || (listed && keyword == Keyword::Type && !schema.types().contains(&"null"))
            {
                continue;
            }
            let here = at.join(word);
            let breach = |member: Option<String>| Breach::Keyword { keyword, at: here.clone(), member };
            if keyword == Keyword::Type && !(self.is_null_elsewhere(pointer) && !schema.types().contains(&"null")) {
                let side = if schema.types().contains(&"null") { Side::At } else { Side::Past };
                (self.visit)(Position::Null { pointer, within: &self.within, breach: breach(None), side });
            }
            match keyword {
                Keyword::Required => {
                    for member in operand.as_array().into_iter().flatten().filter_map(Value::as_str) {
                        if is_exempt(self.contract.document(), at, member, Direction::Request) {
                            continue;
                        }
                        let operand = Value::String(member.to_owned());
                        let breach = breach(Some(member.to_owned()));
                        self.limit(pointer, breach, &operand, PAST);
                    }
                }
                Keyword::DependentRequired => {
                    for (trigger, needed) in operand.as_object().into_iter().flatten() {
                        for member in needed.as_array().into_iter().flatten().filter_map(Value::as_str) {
                            let operand = Value::from(vec![trigger.as_str(), member]);
                            self.limit(pointer, breach(Some(member.to_owned())), &operand, PAST);
                        }
                    }
                }
                Keyword::AnyOf | Keyword::OneOf => {
                    let branches = Value::from(operand.as_array().map_or(0, Vec::len));
                    self.limit(pointer, breach(None), &branches, sides(keyword, operand));
                }
                Keyword::Format => {
                    let breach = match operand.as_str() {
                        // The validator knows the formats of numbers by a keyword of ours.
                        Some(format) if crate::model::is_number_format(format) => {
                            Breach::Keyword { keyword, at: at.join("x-etalon-format"), member: None }
                        }
                        _ => breach(None),
                    };
                    let sides = if operand.as_str().is_some_and(crate::model::is_number_format) { BOTH } else { PAST };
                    self.limit(pointer, breach, operand, sides);
                }
                _ => self.limit(pointer, breach(None), operand, sides(keyword, operand)),
            }
        }
    }
}

/// True where null is sure to satisfy a schema: only these keywords speak of null.
fn allows_null(contract: &Contract, schema: Schema<'_>, depth: usize) -> bool {
    let Some(keywords) = schema.value.as_object() else { return schema.value == &Value::Bool(true) };
    let Some(depth) = depth.checked_sub(1) else { return false };
    let inner = |schema: Schema<'_>| allows_null(contract, schema, depth);
    let types = schema.types();
    (types.is_empty() || types.contains(&"null"))
        && schema.get("enum").and_then(Value::as_array).is_none_or(|listed| listed.contains(&Value::Null))
        && schema.get("const").is_none_or(Value::is_null)
        && !["not", "if", "oneOf", "$dynamicRef"].iter().any(|word| keywords.contains_key(*word))
        && schema.children("allOf").all(inner)
        && (schema.get("anyOf").is_none() || schema.children("anyOf").any(inner))
        && schema
            .reference()
            .is_none_or(|reference| contract.refer(schema, reference).is_ok_and(|(_, target)| inner(target)))
}

/// True where a keyword can refuse a value of the types that the schema states (JSON Schema Validation §6: most keywords
/// speak of one type only), and is not refused first by a tighter one.
fn acts(keyword: Keyword, operand: &Value, schema: &Schema<'_>) -> bool {
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
        | Keyword::Contains
        | Keyword::MinContains
        | Keyword::MaxContains
        | Keyword::Items
        | Keyword::UnevaluatedItems => may_be(&["array"]),
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
fn sides(keyword: Keyword, operand: &Value) -> &'static [Side] {
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
        Keyword::Contains | Keyword::MaxContains | Keyword::PropertyNames => PAST,
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::{Document, NoFiles, Source};

    #[test]
    fn of_many_alternatives_some_have_rows_and_the_others_are_counted() {
        let branches: Vec<Value> = (0..1_000).map(|number| json!({"type": "integer", "minimum": number})).collect();
        let root = json!({"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {},
            "components": {"schemas": {"It": {"oneOf": branches}}}});
        let text = root.to_string();
        let source = Source { name: "api.json", bytes: text.as_bytes() };
        let contract = Contract::new(Document::load(source, &[], &NoFiles).expect("a document"));
        let at = Location::entry(["components", "schemas", "It"].into_iter().collect());
        let mut minima = 0;
        let left_out = walk(&contract, &at, &mut |position| {
            minima += usize::from(matches!(
                position,
                Position::Limit { breach: Breach::Keyword { keyword: Keyword::Minimum, .. }, .. }
            ));
        });
        assert_eq!((minima, left_out), (MAX_ALTERNATIVES, 1_000 - MAX_ALTERNATIVES));
    }
}
