//! What a schema expects where only text stands: which types, an array or an object, which members. It reads schemas as
//! hints for reading texts; whether a value is valid is not its business.

mod types;
mod walk;

pub(crate) use types::{Kind, Types};
pub(crate) use walk::Listing;

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use serde_json::Value;

use crate::codec::hints::walk::{Node, Step, Walk};
use crate::document::{Folding, Location};
use crate::model::{Contract, Schema};

/// The types that schemas of a contract allow, by schema.
#[derive(Default)]
struct Known(RwLock<HashMap<Location, Types, Folding>>);

/// The types that a schema allows, found once and kept with the contract.
fn types_of<'c>(contract: &'c Contract, schema: &Schema<'c>) -> Types {
    let known = contract.attached::<Known>();
    if let Some(found) = known.0.read().unwrap_or_else(PoisonError::into_inner).get(&schema.at) {
        return *found;
    }
    let types = Walk::new(contract).types(&Node::Schema(schema.clone()));
    known.0.write().unwrap_or_else(PoisonError::into_inner).insert(schema.at.clone(), types);
    types
}

/// The schemas that describe one value.
#[derive(Clone, Debug)]
pub(crate) struct Hints<'c> {
    contract: &'c Contract,
    node: Node<'c>,
}

impl<'c> Hints<'c> {
    /// The schema at a location; anything goes where there is none.
    pub(crate) fn new(contract: &'c Contract, at: Option<&Location>) -> Self {
        let node = at.and_then(|at| contract.schema(at).ok()).map_or(Node::Anything, Node::Schema);
        Self { contract, node }
    }

    /// The types that are allowed.
    pub(crate) fn types(&self) -> Types {
        match &self.node {
            Node::Schema(schema) => types_of(self.contract, schema),
            node @ (Node::Anything | Node::All(_) | Node::Any(_)) => Walk::new(self.contract).types(node),
        }
    }

    /// The form that a value takes.
    pub(crate) fn kind(&self) -> Kind {
        let types = self.types();
        if types == Types::ANY {
            return Kind::Untyped;
        }
        match (types.has(Types::PRIMITIVE), types.has(Types::ARRAY), types.has(Types::OBJECT)) {
            (true, true, _) => Kind::OneOrList,
            (true, false, true) => Kind::OneOrMembers,
            (false, true, _) => Kind::List,
            (false, false, true) => Kind::Members,
            (_, false, false) => Kind::One,
        }
    }

    /// The place of a value in `enum` or `const`; `None` where there are neither.
    pub(crate) fn lists(&self, value: &Value) -> Option<Listing> {
        Walk::new(self.contract).lists(&self.node, value)
    }

    /// The hints for the item of an array at an index.
    pub(crate) fn item(&self, index: usize) -> Self {
        self.step(&Step::Item(index))
    }

    /// The hints for a member of an object.
    pub(crate) fn member(&self, name: &str) -> Self {
        self.step(&Step::Member(name))
    }

    /// True where `properties` name the member.
    pub(crate) fn names(&self, name: &str) -> bool {
        Walk::new(self.contract).child(&self.node, &Step::Property(name)).is_some()
    }

    /// True where members that no `properties` name are forbidden.
    pub(crate) fn is_closed(&self) -> bool {
        Walk::new(self.contract).closed(&self.node)
    }

    /// The value of a keyword, from the first schema that has it.
    pub(crate) fn keyword(&self, keyword: &str) -> Option<&'c Value> {
        Walk::new(self.contract).keyword(&self.node, keyword)
    }

    /// The name of the component that the schema refers to.
    pub(crate) fn component(&self) -> Option<&'c str> {
        let Node::Schema(schema) = &self.node else { return None };
        schema.reference()?.rsplit(['/', '#']).next().filter(|name| !name.is_empty())
    }

    /// The names in `properties`, in order, each once.
    pub(crate) fn properties(&self) -> Vec<&'c str> {
        let mut found = Vec::new();
        Walk::new(self.contract).properties(&self.node, &mut found);
        found
    }

    fn step(&self, step: &Step<'_>) -> Self {
        let node = Walk::new(self.contract).child(&self.node, step).unwrap_or(Node::Anything);
        Self { contract: self.contract, node }
    }
}
