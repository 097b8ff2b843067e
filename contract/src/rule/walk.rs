//! The positions of a schema and the limits at each, without expansion of recursion: a reference that is already being
//! followed is not followed again, so each position is met once for each way that leads to it.

use serde_json::Value;

use crate::document::{Location, Pointer};
use crate::model::{Contract, Direction, FormatOf, Schema, asserted_format, is_exempt};
use crate::rule::{Breach, Keyword, Side};

/// How deep positions are followed; deeper ones of real documents repeat what shallower ones showed.
const MAX_DEPTH: usize = 8;

/// How many positions of one schema are enumerated; beyond, a matrix says nothing to a person any more.
const MAX_POSITIONS: usize = 4_000;

/// Something found at a position.
pub(crate) enum Position<'p> {
    /// A limit that a value can be at or past.
    Limit {
        /// Where.
        pointer: &'p Pointer,
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
        /// What null breaks where it is not allowed.
        breach: Breach,
        /// `At` where it is allowed.
        side: Side,
    },
    /// A member that may be left out.
    Optional {
        /// Where.
        pointer: &'p Pointer,
    },
}

/// Visits every position of the schema at a location.
pub(crate) fn walk(contract: &Contract, at: &Location, visit: &mut dyn FnMut(Position<'_>)) {
    let mut walker = Walker { contract, visit, following: Vec::new(), left: MAX_POSITIONS };
    if let Ok(schema) = contract.schema(at) {
        walker.schema(&Pointer::root(), at, schema, 0);
    }
}

const BOTH: &[Side] = &[Side::At, Side::Past];
const PAST: &[Side] = &[Side::Past];
const AT: &[Side] = &[Side::At];

struct Walker<'c, 'v> {
    contract: &'c Contract,
    visit: &'v mut dyn FnMut(Position<'_>),
    following: Vec<Location>,
    left: usize,
}

impl<'c> Walker<'c, '_> {
    fn schema(&mut self, pointer: &Pointer, at: &Location, schema: Schema<'c>, depth: usize) {
        if depth > MAX_DEPTH || self.left == 0 {
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
        if let Some(item) = schema.child("items") {
            self.schema(&pointer.join("*"), &at.join("items"), item, depth + 1);
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
                (self.visit)(Position::Optional { pointer: &here });
            }
            self.schema(&here, &at.join("properties").join(name), property, depth + 1);
        }
        if let Some(other) = schema.child("additionalProperties").filter(|other| other.value.is_object()) {
            self.schema(&pointer.join("*"), &at.join("additionalProperties"), other, depth + 1);
        }
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
            if keyword == Keyword::Type {
                let side = if schema.types().contains(&"null") { Side::At } else { Side::Past };
                (self.visit)(Position::Null { pointer, breach: breach(None), side });
            }
            match keyword {
                Keyword::Required => {
                    for member in operand.as_array().into_iter().flatten().filter_map(Value::as_str) {
                        if is_exempt(self.contract.document(), at, member, Direction::Request) {
                            continue;
                        }
                        let operand = Value::String(member.to_owned());
                        let breach = breach(Some(member.to_owned()));
                        (self.visit)(Position::Limit { pointer, breach, operand: &operand, sides: PAST });
                    }
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
                    (self.visit)(Position::Limit { pointer, breach, operand, sides });
                }
                _ => {
                    let sides = sides(keyword, operand);
                    if !sides.is_empty() {
                        (self.visit)(Position::Limit { pointer, breach: breach(None), operand, sides });
                    }
                }
            }
        }
    }
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
        | Keyword::AdditionalProperties
        | Keyword::UnevaluatedProperties => may_be(&["object"]),
        Keyword::Format => operand.as_str().is_some_and(|format| {
            let bounded = ["minimum", "exclusiveMinimum"].iter().any(|word| schema.get(word).is_some())
                && ["maximum", "exclusiveMaximum"].iter().any(|word| schema.get(word).is_some());
            match asserted_format(format) {
                Some(FormatOf::Text) => may_be(&["string"]),
                Some(FormatOf::Number) => may_be(&["number", "integer"]) && !bounded,
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
        Keyword::Type | Keyword::Pattern | Keyword::Const | Keyword::Not | Keyword::MultipleOf => PAST,
        Keyword::Enum
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
        Keyword::Contains | Keyword::AnyOf | Keyword::OneOf => PAST,
        Keyword::MinContains | Keyword::MaxContains | Keyword::DependentRequired | Keyword::PropertyNames => PAST,
        // Handled where they stand, or annotations that OpenAPI does not assert.
        Keyword::Required | Keyword::Format | Keyword::ContentEncoding | Keyword::ContentMediaType | Keyword::False => {
            &[]
        }
    }
}
