//! One schema with its references and compositions folded: which members it describes, what becomes of others, what its
//! items are, and between which alternatives it leaves the choice.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use serde_json::Value;

use crate::behaviour::shape;
use crate::document::{Folding, Location};
use crate::model::Contract;

/// A schema as far as members, items and alternatives go.
#[derive(Debug, Default)]
pub(crate) struct Description {
    /// The members that it describes, those of its alternatives among them.
    pub(crate) members: HashMap<String, Member>,
    /// The treatment of members that the schema does not describe.
    pub(crate) rest: Rest,
    /// The schema of items.
    pub(crate) items: Option<Location>,
    /// The choices of the schema, one for each `oneOf` and `anyOf`.
    pub(crate) choices: Vec<Choice>,
}

/// A member as all schemas that describe it have it.
#[derive(Debug)]
pub(crate) struct Member {
    /// The schema of the member, where it is described first.
    pub(crate) at: Location,
    /// The schemas that other parts of an `allOf` have for it, outside of alternatives: each holds as well.
    pub(crate) also: Vec<Location>,
    /// Described outside of alternatives.
    pub(crate) is_certain: bool,
    /// It is an object.
    pub(crate) is_object: bool,
    /// It must be there, whatever alternative is taken.
    pub(crate) is_required: bool,
    /// Only the server says it (OpenAPI 3.0 "Schema Object", JSON Schema Validation §9.4).
    pub(crate) is_read_only: bool,
    /// No response shows it.
    pub(crate) is_write_only: bool,
}

/// The treatment of members that a schema does not describe.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) enum Rest {
    /// They are not shown.
    #[default]
    Hidden,
    /// They are shown: `additionalProperties` says so (with their schema, where it has one), or no member is described at all.
    Shown(Option<Location>),
}

/// A `oneOf` or an `anyOf`.
#[derive(Debug, Default)]
pub(crate) struct Choice {
    /// The locations of the branches, in the order of the document.
    pub(crate) branches: Vec<Location>,
    /// The member that tells them apart, where the document names one (OpenAPI 3.x "Discriminator Object").
    pub(crate) discriminator: Option<String>,
    /// The branches by the discriminator's values.
    pub(crate) by_value: HashMap<String, usize>,
}

/// The descriptions of one contract: at most one for each of its schemas.
#[derive(Default)]
struct Known(RwLock<HashMap<Location, Arc<Description>, Folding>>);

/// The description of the schema at a location, folded when it is first asked for and kept with the contract.
pub(crate) fn described(contract: &Contract, at: &Location) -> Arc<Description> {
    let known = contract.attached::<Known>();
    if let Some(found) = known.0.read().unwrap_or_else(PoisonError::into_inner).get(at) {
        return Arc::clone(found);
    }
    let made = Arc::new(Description::of(contract, at));
    let mut all = known.0.write().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(all.entry(at.clone()).or_insert(made))
}

impl Description {
    fn of(contract: &Contract, at: &Location) -> Self {
        let mut description = Self::default();
        let certain = contract.conjuncts(at).schemas;
        let all = shape::parts(contract, at);
        let is_certain = |here: &Location| certain.iter().any(|known| known.at == *here);
        let mut is_open = false;
        let mut describes_members = false;
        for (here, node) in &all {
            for (name, _) in node.get("properties").and_then(Value::as_object).into_iter().flatten() {
                describes_members = true;
                let at = here.join("properties").join(name);
                let member = description.described_at(contract, name, &at);
                if is_certain(here) {
                    member.is_certain = true;
                    if member.at != at {
                        member.also.push(at);
                    }
                }
            }
            match node.get("additionalProperties").or_else(|| node.get("unevaluatedProperties")) {
                Some(Value::Bool(true)) => is_open = true,
                Some(Value::Object(schema)) => {
                    is_open = true;
                    if let Rest::Hidden = description.rest
                        && !schema.is_empty()
                    {
                        description.rest = Rest::Shown(Some(here.join("additionalProperties")));
                    }
                }
                _ => {}
            }
            if node.get("patternProperties").is_some() {
                is_open = true;
            }
            if node.get("additionalProperties") == Some(&Value::Bool(false)) {
                describes_members = true;
            }
        }
        if description.rest == Rest::Hidden && (is_open || !describes_members) {
            description.rest = Rest::Shown(None);
        }
        for schema in &certain {
            for name in schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
            {
                if let Some(member) = description.members.get_mut(name) {
                    member.is_required = true;
                }
            }
        }
        description.items = shape::items(contract, at);
        description.choices = certain.iter().flat_map(|schema| choices(contract, &schema.at, schema.value)).collect();
        description
    }

    /// The member of a name, with what the schema at a location says of who may say and see it.
    fn described_at(&mut self, contract: &Contract, name: &str, at: &Location) -> &mut Member {
        let flag = |word: &str| shape::keyword(contract, at, word) == Some(&Value::Bool(true));
        let member = self.members.entry(name.to_owned()).or_insert_with(|| Member {
            at: at.clone(),
            also: Vec::new(),
            is_certain: false,
            is_object: shape::is_object(contract, at),
            is_required: false,
            is_read_only: false,
            is_write_only: false,
        });
        member.is_read_only |= flag("readOnly");
        member.is_write_only |= flag("writeOnly");
        member
    }

    /// The schema of a member, described or not; `None` where it is not shown.
    pub(crate) fn member(&self, name: &str) -> Option<Option<&Location>> {
        match (self.members.get(name), &self.rest) {
            (Some(member), _) => Some(Some(&member.at)),
            (None, Rest::Shown(at)) => Some(at.as_ref()),
            (None, Rest::Hidden) => None,
        }
    }
}

fn choices(contract: &Contract, at: &Location, node: &Value) -> Vec<Choice> {
    let mut found = Vec::new();
    for word in ["oneOf", "anyOf"] {
        let Some(branches) = node.get(word).and_then(Value::as_array).filter(|branches| branches.len() > 1) else {
            continue;
        };
        let mut choice = Choice {
            branches: (0..branches.len()).map(|index| at.join(word).index(index)).collect(),
            ..Choice::default()
        };
        if let Some(discriminator) = node.get("discriminator") {
            choice.discriminator = discriminator.get("propertyName").and_then(Value::as_str).map(str::to_owned);
            let targets: Vec<Location> = choice.branches.iter().map(|branch| shape::target(contract, branch)).collect();
            for (index, target) in targets.iter().enumerate() {
                if let Some(name) = target.pointer.last() {
                    choice.by_value.insert(name.into_owned(), index);
                }
            }
            for (value, target) in discriminator.get("mapping").and_then(Value::as_object).into_iter().flatten() {
                let Some(target) = target.as_str() else { continue };
                let index = match contract.document().resolve(at, target) {
                    Ok(found) => targets.iter().position(|known| *known == found),
                    Err(_) => choice.by_value.get(target).copied(),
                };
                if let Some(index) = index {
                    choice.by_value.insert(value.clone(), index);
                }
            }
        }
        found.push(choice);
    }
    found
}
