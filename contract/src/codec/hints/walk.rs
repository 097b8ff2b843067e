//! One question to a schema: a walk through its references and compositions that gives up after a while.

use serde_json::Value;

use crate::codec::bounds::MAX_SCHEMAS;
use crate::codec::hints::types::Types;
use crate::model::{Contract, Schema};

/// Schemas that describe one value together.
#[derive(Clone, Debug)]
pub(crate) enum Node<'c> {
    Anything,
    Schema(Schema<'c>),
    All(Vec<Node<'c>>),
    Any(Vec<Node<'c>>),
}

/// The relation of a value to `enum` and `const`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listing {
    /// The value is among theirs.
    Listed,
    /// The value is not among theirs.
    Unlisted,
}

/// From a value to one within it.
pub(crate) enum Step<'n> {
    Item(usize),
    Member(&'n str),
    Property(&'n str),
}

/// One question to a schema. It gives up, and answers as if anything went, once it has looked at too many.
pub(crate) struct Walk<'c> {
    contract: &'c Contract,
    left: u32,
}

/// The keywords of whose schemas at least one applies.
const ALTERNATIVES: [&str; 2] = ["anyOf", "oneOf"];

impl<'c> Walk<'c> {
    pub(crate) fn new(contract: &'c Contract) -> Self {
        Self { contract, left: MAX_SCHEMAS }
    }

    fn spend(&mut self) -> Option<()> {
        self.left = self.left.checked_sub(1)?;
        Some(())
    }

    /// The schemas that apply beside this one's own keywords.
    fn conjuncts(&self, schema: &Schema<'c>) -> impl Iterator<Item = Schema<'c>> + use<'c> {
        self.contract.target(schema).into_iter().chain(schema.children("allOf"))
    }

    pub(crate) fn types(&mut self, node: &Node<'c>) -> Types {
        match node {
            Node::Anything => Types::ANY,
            Node::Schema(schema) => self.schema_types(schema, 0),
            Node::All(nodes) => nodes.iter().fold(Types::ANY, |types, node| types.and(self.types(node))),
            Node::Any(nodes) => nodes.iter().fold(Types::NONE, |types, node| types.or(self.types(node))),
        }
    }

    fn schema_types(&mut self, schema: &Schema<'c>, depth: usize) -> Types {
        if depth > MAX_CHAIN || self.spend().is_none() || !schema.value.is_object() {
            return Types::ANY;
        }
        let mut types = own_types(schema);
        for part in self.conjuncts(schema) {
            types = types.and(self.schema_types(&part, depth + 1));
        }
        for keyword in ALTERNATIVES {
            let mut union = None;
            for branch in schema.children(keyword) {
                let branch = self.schema_types(&branch, depth + 1);
                union = Some(union.map_or(branch, |sum: Types| sum.or(branch)));
            }
            types = types.and(union.unwrap_or(Types::ANY));
        }
        // A schema that nothing satisfies guides nobody.
        if types == Types::NONE { Types::ANY } else { types }
    }

    pub(crate) fn lists(&mut self, node: &Node<'c>, value: &Value) -> Option<Listing> {
        match node {
            Node::Anything => None,
            Node::Schema(schema) => self.schema_lists(schema, value, 0),
            Node::All(nodes) => every(nodes.iter().map(|node| self.lists(node, value)).collect()),
            Node::Any(nodes) => either(nodes.iter().map(|node| self.lists(node, value)).collect()),
        }
    }

    fn schema_lists(&mut self, schema: &Schema<'c>, value: &Value, depth: usize) -> Option<Listing> {
        if depth > MAX_CHAIN || self.spend().is_none() {
            return None;
        }
        let verdict = |listed: bool| Some(if listed { Listing::Listed } else { Listing::Unlisted });
        let mut found = Vec::new();
        if let Some(constant) = schema.get("const") {
            found.push(verdict(constant == value));
        }
        if let Some(Value::Array(values)) = schema.get("enum") {
            found.push(verdict(values.contains(value)));
        }
        for part in self.conjuncts(schema) {
            found.push(self.schema_lists(&part, value, depth + 1));
        }
        for keyword in ALTERNATIVES {
            let branches =
                schema.children(keyword).map(|branch| self.schema_lists(&branch, value, depth + 1)).collect();
            found.push(either(branches));
        }
        every(found)
    }

    pub(crate) fn child(&mut self, node: &Node<'c>, step: &Step<'_>) -> Option<Node<'c>> {
        match node {
            Node::Anything => None,
            Node::Schema(schema) => self.schema_child(schema, step, 0),
            Node::All(nodes) => all(nodes.iter().filter_map(|node| self.child(node, step)).collect()),
            Node::Any(nodes) => any(nodes.iter().filter_map(|node| self.child(node, step)).collect()),
        }
    }

    fn schema_child(&mut self, schema: &Schema<'c>, step: &Step<'_>, depth: usize) -> Option<Node<'c>> {
        if depth > MAX_CHAIN {
            return None;
        }
        self.spend()?;
        let mut parts: Vec<Node<'c>> = own_child(schema, step).into_iter().collect();
        for part in self.conjuncts(schema) {
            parts.extend(self.schema_child(&part, step, depth + 1));
        }
        for keyword in ALTERNATIVES {
            // A branch that says nothing of the child is not asked: it would let every child be anything.
            parts.extend(any(schema
                .children(keyword)
                .filter_map(|branch| self.schema_child(&branch, step, depth + 1))
                .collect()));
        }
        all(parts)
    }

    pub(crate) fn closed(&mut self, node: &Node<'c>) -> bool {
        match node {
            Node::Anything => false,
            Node::Schema(schema) => self.schema_closed(schema, 0),
            Node::All(nodes) => nodes.iter().any(|node| self.closed(node)),
            Node::Any(nodes) => nodes.iter().all(|node| self.closed(node)),
        }
    }

    fn schema_closed(&mut self, schema: &Schema<'c>, depth: usize) -> bool {
        if depth > MAX_CHAIN || self.spend().is_none() {
            return false;
        }
        let forbids = |keyword: &str| schema.get(keyword) == Some(&Value::Bool(false));
        if forbids("additionalProperties") || forbids("unevaluatedProperties") {
            return true;
        }
        for part in self.conjuncts(schema) {
            if self.schema_closed(&part, depth + 1) {
                return true;
            }
        }
        ALTERNATIVES.into_iter().any(|keyword| {
            let mut branches = schema.children(keyword).peekable();
            branches.peek().is_some() && branches.all(|branch| self.schema_closed(&branch, depth + 1))
        })
    }

    pub(crate) fn keyword(&mut self, node: &Node<'c>, keyword: &str) -> Option<&'c Value> {
        match node {
            Node::Anything => None,
            Node::Schema(schema) => self.schema_keyword(schema, keyword, 0),
            Node::All(nodes) | Node::Any(nodes) => nodes.iter().find_map(|node| self.keyword(node, keyword)),
        }
    }

    fn schema_keyword(&mut self, schema: &Schema<'c>, keyword: &str, depth: usize) -> Option<&'c Value> {
        if depth > MAX_CHAIN {
            return None;
        }
        self.spend()?;
        if let Some(value) = schema.get(keyword) {
            return Some(value);
        }
        let parts: Vec<_> =
            self.conjuncts(schema).chain(ALTERNATIVES.into_iter().flat_map(|word| schema.children(word))).collect();
        parts.into_iter().find_map(|part| self.schema_keyword(&part, keyword, depth + 1))
    }

    pub(crate) fn properties(&mut self, node: &Node<'c>, found: &mut Vec<&'c str>) {
        match node {
            Node::Anything => {}
            Node::Schema(schema) => self.schema_properties(schema, found, 0),
            Node::All(nodes) | Node::Any(nodes) => nodes.iter().for_each(|node| self.properties(node, found)),
        }
    }

    fn schema_properties(&mut self, schema: &Schema<'c>, found: &mut Vec<&'c str>, depth: usize) {
        if depth > MAX_CHAIN || self.spend().is_none() {
            return;
        }
        for (name, _) in schema.named("properties") {
            if !found.contains(&name) {
                found.push(name);
            }
        }
        let parts: Vec<_> =
            self.conjuncts(schema).chain(ALTERNATIVES.into_iter().flat_map(|word| schema.children(word))).collect();
        parts.into_iter().for_each(|part| self.schema_properties(&part, found, depth + 1));
    }
}

/// The most references and compositions that may lie within one another on the way to a keyword.
const MAX_CHAIN: usize = 64;

/// The types that `type`, `const` and `enum` allow. Where they are silent, `properties` and `items` tell what was
/// meant.
fn own_types(schema: &Schema<'_>) -> Types {
    let mut types = match schema.types().as_slice() {
        [] if schema.get("properties").is_some() => Types::OBJECT,
        [] if schema.get("items").is_some() || schema.get("prefixItems").is_some() => Types::ARRAY,
        [] => Types::ANY,
        words => words.iter().fold(Types::NONE, |types, word| types.or(Types::named(word))),
    };
    if let Some(constant) = schema.get("const") {
        types = types.and(Types::of(constant));
    }
    if let Some(Value::Array(values)) = schema.get("enum") {
        types = types.and(values.iter().fold(Types::NONE, |types, value| types.or(Types::of(value))));
    }
    types
}

fn own_child<'c>(schema: &Schema<'c>, step: &Step<'_>) -> Option<Node<'c>> {
    match step {
        Step::Item(index) => {
            schema.children("prefixItems").nth(*index).or_else(|| schema.child("items")).map(Node::Schema)
        }
        Step::Property(name) => property(schema, name),
        Step::Member(name) => property(schema, name).or_else(|| {
            let others = schema.named("patternProperties").map(|(_, pattern)| Node::Schema(pattern));
            let rest = schema.child("additionalProperties").filter(|rest| rest.value.is_object()).map(Node::Schema);
            any(others.chain(rest).collect())
        }),
    }
}

fn property<'c>(schema: &Schema<'c>, name: &str) -> Option<Node<'c>> {
    schema.member("properties", name).map(Node::Schema)
}

fn all(mut nodes: Vec<Node<'_>>) -> Option<Node<'_>> {
    if nodes.len() > 1 { Some(Node::All(nodes)) } else { nodes.pop() }
}

fn any(mut nodes: Vec<Node<'_>>) -> Option<Node<'_>> {
    if nodes.len() > 1 { Some(Node::Any(nodes)) } else { nodes.pop() }
}

fn every(verdicts: Vec<Option<Listing>>) -> Option<Listing> {
    if verdicts.contains(&Some(Listing::Unlisted)) {
        Some(Listing::Unlisted)
    } else {
        verdicts.into_iter().flatten().next()
    }
}

fn either(verdicts: Vec<Option<Listing>>) -> Option<Listing> {
    if verdicts.contains(&Some(Listing::Listed)) {
        Some(Listing::Listed)
    } else if verdicts.is_empty() || verdicts.contains(&None) {
        None
    } else {
        Some(Listing::Unlisted)
    }
}
