//! The positions of a schema and the limits at each, without expansion of recursion: a reference that is already being
//! followed is not followed again, so each position is met once for each way that leads to it.

use serde_json::Value;

use crate::document::Location;
use crate::model::{Contract, Direction, NUMBER_FORMAT_KEYWORD, Schema, is_exempt, is_number_format};
use crate::rule::advice::discriminator::tags;
use crate::rule::limit::overlap::may_overlap;
use crate::rule::limit::sides::{AT, BOTH, Limits, PAST, acts, allows_null, limits};
use crate::rule::{Branch, Breach, Keyword, PointerTemplate, Side, Tag};

/// The most levels that positions are followed; deeper ones of real documents repeat what shallower ones showed.
const MAX_DEPTH: usize = 8;

/// The most positions of one schema that are enumerated; beyond, a matrix says nothing to a person any more.
const MAX_POSITIONS: usize = 4_000;

/// The most branches that may lie within one another; each level multiplies the rows.
const MAX_BRANCHES: usize = 2;

/// The most branches of one alternative that have rows of their own.
const MAX_ALTERNATIVES: usize = 64;

/// Something found at a position.
pub(crate) enum Position<'p> {
    /// A limit that a value can be at or past.
    Limit {
        /// The place of the value.
        pointer: &'p PointerTemplate,
        /// The branches that lead to the place.
        within: &'p [Branch],
        /// The breach of a value past the limit.
        breach: Breach,
        /// The limit as stated.
        operand: &'p Value,
        /// The sides that can be shown.
        sides: &'p [Side],
    },
    /// A value may fit several branches of a `oneOf`.
    Overlap {
        /// The place of the value.
        pointer: &'p PointerTemplate,
        /// The branches that lead to the place.
        within: &'p [Branch],
        /// The breach of a value that fits several branches.
        breach: Breach,
    },
    /// A type is stated, so null is either allowed or not.
    Null {
        /// The place of the value.
        pointer: &'p PointerTemplate,
        /// The branches that lead to the place.
        within: &'p [Branch],
        /// The breach of null where it is not allowed.
        breach: Breach,
        /// `At` where it is allowed.
        side: Side,
    },
    /// A member tells alternatives apart.
    Tagged {
        /// The place of the object.
        pointer: &'p PointerTemplate,
        /// The branches that lead to the place.
        within: &'p [Branch],
        /// The name of the member.
        member: &'p str,
        /// The content of the member.
        tag: Tag,
        /// The alternative that is then meant.
        meant: Option<Branch>,
    },
    /// A member that only the server sets.
    ReadOnly {
        /// The place of the member.
        pointer: &'p PointerTemplate,
        /// The branches that lead to the place.
        within: &'p [Branch],
    },
    /// A member that may be left out.
    Optional {
        /// The place of the member.
        pointer: &'p PointerTemplate,
        /// The branches that lead to the place.
        within: &'p [Branch],
    },
}

/// Visits every position of the schema at a location; gives how many were left out by the bounds.
pub(crate) fn walk(contract: &Contract, at: &Location, visit: &mut dyn FnMut(Position<'_>)) -> usize {
    let mut walker =
        Walker { contract, visit, following: Vec::new(), within: Vec::new(), left: MAX_POSITIONS, left_out: 0 };
    if let Ok(schema) = contract.schema(at) {
        walker.schema(&PointerTemplate::root(), &schema, 0);
    }
    walker.left_out
}

struct Walker<'c, 'v> {
    contract: &'c Contract,
    visit: &'v mut dyn FnMut(Position<'_>),
    following: Vec<Location>,
    within: Vec<Branch>,
    left: usize,
    left_out: usize,
}

impl<'c> Walker<'c, '_> {
    fn schema(&mut self, pointer: &PointerTemplate, schema: &Schema<'c>, depth: usize) {
        if depth > MAX_DEPTH || self.left == 0 {
            self.left_out += 1;
            return;
        }
        self.left -= 1;
        if let Some(target) = self.contract.target(schema)
            && !self.following.contains(&target.at)
        {
            self.following.push(target.at.clone());
            self.schema(pointer, &target, depth);
            self.following.pop();
        }
        self.limits(pointer, schema);
        self.members(pointer, schema, depth);
        for branch in schema.children("allOf") {
            self.schema(pointer, &branch, depth);
        }
        for (index, item) in schema.children("prefixItems").enumerate() {
            self.schema(&pointer.item(index), &item, depth + 1);
        }
        if let Some(item) = schema.child("items").filter(|item| item.value.is_object()) {
            // Behind the positions that have schemas of their own.
            let first = schema.children("prefixItems").count();
            let here = if first == 0 { pointer.any() } else { pointer.item(first) };
            self.schema(&here, &item, depth + 1);
        }
        self.left_out += schema.named("dependentSchemas").count();
        self.branches(pointer, schema, depth);
    }

    fn branches(&mut self, pointer: &PointerTemplate, schema: &Schema<'c>, depth: usize) {
        for word in ["anyOf", "oneOf"] {
            self.tagged(pointer, schema, word);
            self.left_out += schema.children(word).count().saturating_sub(MAX_ALTERNATIVES);
            for (index, branch) in schema.children(word).take(MAX_ALTERNATIVES).enumerate() {
                // Null is a branch of its own in many documents; there is nothing in it to break.
                if branch.types() != ["null"] {
                    self.branch(pointer, &schema.at.join(word), index, &branch, depth);
                }
            }
        }
        if schema.get("if").is_some() {
            for (index, word) in ["then", "else"].into_iter().enumerate() {
                if let Some(branch) = schema.child(word) {
                    self.branch(pointer, &schema.at.join("if"), index, &branch, depth);
                }
            }
        }
    }

    fn tagged(&mut self, pointer: &PointerTemplate, schema: &Schema<'c>, word: &str) {
        let Some(tags) = tags(self.contract, schema, word) else { return };
        let branch = |index: usize| Some(Branch { pointer: pointer.clone(), at: schema.at.join(word), index });
        let named = tags.named.iter().take(MAX_ALTERNATIVES);
        let mut all: Vec<(Tag, Option<Branch>)> =
            named.map(|(name, index)| (Tag::Named((*name).to_owned()), branch(*index))).collect();
        self.left_out += tags.named.len().saturating_sub(MAX_ALTERNATIVES);
        match tags.default {
            Some(index) => all.push((Tag::Omitted, branch(index))),
            None => all.push((Tag::Unknown, None)),
        }
        for (tag, meant) in all {
            (self.visit)(Position::Tagged { pointer, within: &self.within, member: tags.member, tag, meant });
        }
    }

    fn branch(&mut self, pointer: &PointerTemplate, at: &Location, index: usize, branch: &Schema<'c>, depth: usize) {
        if self.within.len() >= MAX_BRANCHES {
            self.left_out += 1;
            return;
        }
        self.within.push(Branch { pointer: pointer.clone(), at: at.clone(), index });
        self.schema(pointer, branch, depth);
        self.within.pop();
    }

    fn limit(&mut self, pointer: &PointerTemplate, breach: Breach, operand: &Value, sides: &[Side]) {
        if !sides.is_empty() {
            (self.visit)(Position::Limit { pointer, within: &self.within, breach, operand, sides });
        }
    }

    fn members(&mut self, pointer: &PointerTemplate, schema: &Schema<'c>, depth: usize) {
        let required: Vec<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        for (name, property) in schema.named("properties") {
            let here = pointer.member(name);
            if property.get(Direction::Request.exempting()) == Some(&Value::Bool(true)) {
                (self.visit)(Position::ReadOnly { pointer: &here, within: &self.within });
                continue;
            }
            if !required.contains(&name) {
                (self.visit)(Position::Optional { pointer: &here, within: &self.within });
            }
            self.schema(&here, &property, depth + 1);
        }
        let others = schema.child("additionalProperties").filter(|other| other.value.is_object());
        if let Some(other) = &others {
            self.schema(&pointer.any(), other, depth + 1);
        }
        let patterns = schema.named("patternProperties").count();
        for (pattern, other) in schema.named("patternProperties").filter(|(_, other)| other.value.is_object()) {
            // One kind of name needs no telling apart.
            let here = if patterns == 1 && others.is_none() { pointer.any() } else { pointer.matching(pattern) };
            self.schema(&here, &other, depth + 1);
        }
        let optional = schema
            .named("properties")
            .filter(|(name, property)| {
                !required.contains(name) && property.get(Direction::Request.exempting()) != Some(&Value::Bool(true))
            })
            .count();
        if optional > 1 {
            let breach =
                Breach::Keyword { keyword: Keyword::Properties, at: schema.at.join("properties"), member: None };
            self.limit(pointer, breach, &Value::from(optional), AT);
        }
    }

    /// True where null stands for another branch than the one that is walked: then this one promises nothing about it.
    fn is_null_elsewhere(&self, pointer: &PointerTemplate) -> bool {
        self.within.iter().rev().filter(|branch| !branch.is_condition() && branch.pointer == *pointer).any(|branch| {
            let count = self.contract.document().node(&branch.at).and_then(Value::as_array).map_or(0, Vec::len);
            (0..count.min(MAX_ALTERNATIVES))
                .filter(|index| *index != branch.index)
                .any(|index| allows_null(self.contract, &branch.at.index(index), MAX_DEPTH))
        })
    }

    fn limits(&mut self, pointer: &PointerTemplate, schema: &Schema<'c>) {
        let Value::Object(keywords) = schema.value else { return };
        // A value of another type is none of the listed ones either: then the list is the one rule to show.
        let listed = keywords.contains_key("enum") || keywords.contains_key("const");
        for (word, operand) in keywords {
            let Some(keyword) = Keyword::parse(word) else { continue };
            if !acts(keyword, operand, schema)
                || (listed && keyword == Keyword::Type && !schema.types().contains(&"null"))
            {
                continue;
            }
            let allows_null = schema.types().contains(&"null");
            if keyword == Keyword::Type && (allows_null || !self.is_null_elsewhere(pointer)) {
                let side = if allows_null { Side::At } else { Side::Past };
                let breach = Breach::Keyword { keyword, at: schema.at.join(word), member: None };
                (self.visit)(Position::Null { pointer, within: &self.within, breach, side });
            }
            self.sides_of(pointer, schema, keyword, word, operand);
        }
    }

    /// The limits of one keyword.
    fn sides_of(
        &mut self,
        pointer: &PointerTemplate,
        schema: &Schema<'c>,
        keyword: Keyword,
        word: &str,
        operand: &Value,
    ) {
        let breach = |member: Option<&str>| Breach::Keyword {
            keyword,
            at: schema.at.join(word),
            member: member.map(str::to_owned),
        };
        match limits(keyword, operand) {
            Limits::One(sides) => self.limit(pointer, breach(None), operand, sides),
            Limits::EachMember => self.required(pointer, schema, breach, operand),
            Limits::EachDependency => {
                for (trigger, needed) in operand.as_object().into_iter().flatten() {
                    for member in needed.as_array().into_iter().flatten().filter_map(Value::as_str) {
                        let operand = Value::from(vec![trigger.as_str(), member]);
                        self.limit(pointer, breach(Some(member)), &operand, PAST);
                    }
                }
            }
            Limits::Branches => {
                let branches = Value::from(operand.as_array().map_or(0, Vec::len));
                self.limit(pointer, breach(None), &branches, BOTH);
                if keyword == Keyword::OneOf && may_overlap(self.contract, schema) {
                    let breach = breach(None);
                    (self.visit)(Position::Overlap { pointer, within: &self.within, breach });
                }
            }
            // The validator knows the formats of numbers by a keyword of ours.
            Limits::Format if operand.as_str().is_some_and(is_number_format) => {
                let at = schema.at.join(NUMBER_FORMAT_KEYWORD);
                self.limit(pointer, Breach::Keyword { keyword, at, member: None }, operand, BOTH);
            }
            Limits::Format => self.limit(pointer, breach(None), operand, PAST),
        }
    }

    /// A limit for each member that must be there, unless requests are exempt from it.
    fn required(
        &mut self,
        pointer: &PointerTemplate,
        schema: &Schema<'c>,
        breach: impl Fn(Option<&str>) -> Breach,
        operand: &Value,
    ) {
        for member in operand.as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !is_exempt(self.contract.document(), &schema.at, member, Direction::Request) {
                self.limit(pointer, breach(Some(member)), &Value::String(member.to_owned()), PAST);
            }
        }
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
