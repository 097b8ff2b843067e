//! What a value must satisfy, with `$ref` and `allOf` folded together: the generator's view of a schema.

mod fold;
mod kind;

pub(crate) use fold::{is_note, natural};
pub(crate) use kind::Kind;

use std::cell::OnceCell;
use std::collections::HashSet;
use std::rc::Rc;

use serde_json::{Map, Value};

use crate::document::Location;
use crate::generate::plain::facets::fold::Folds;
use crate::generate::plain::pattern::Known;
use crate::generate::{Cannot, Data, data};
use crate::model::{Contract, Decimal, Direction, Faker, Schema};
use crate::validate;

/// An end of a range of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bound {
    pub(crate) value: Decimal,
    pub(crate) excluded: bool,
}

/// Everything that acts on one value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facets<'c> {
    pub(crate) kinds: Option<Vec<Kind>>,
    pub(crate) values: Option<Vec<&'c Value>>,
    pub(crate) minimum: Option<Bound>,
    pub(crate) maximum: Option<Bound>,
    pub(crate) multiples: Vec<Decimal>,
    pub(crate) formats: Vec<&'c str>,
    pub(crate) patterns: Vec<&'c str>,
    pub(crate) min_length: u64,
    pub(crate) max_length: Option<u64>,
    pub(crate) min_items: u64,
    pub(crate) max_items: Option<u64>,
    pub(crate) distinct: Distinct,
    pub(crate) lists: Vec<List<'c>>,
    pub(crate) contains: Vec<Contains<'c>>,
    pub(crate) min_properties: u64,
    pub(crate) max_properties: Option<u64>,
    pub(crate) required: Vec<&'c str>,
    /// The statements of each schema about members.
    pub(crate) objects: Vec<Members<'c>>,
    /// The members that must be there where another one is.
    pub(crate) dependent: Vec<(&'c str, Vec<&'c str>)>,
    /// The schemas that act where a member is there.
    pub(crate) dependent_schemas: Vec<(&'c str, Schema<'c>)>,
    pub(crate) names: Vec<Schema<'c>>,
    pub(crate) unevaluated: Vec<Schema<'c>>,
    pub(crate) unevaluated_items: Vec<Schema<'c>>,
    pub(crate) alternatives: Vec<Alternative<'c>>,
    pub(crate) conditions: Vec<Condition<'c>>,
    pub(crate) nots: Vec<Schema<'c>>,
    /// Members that had better not be there: some `not`, or another branch of a `oneOf`, would see them.
    pub(crate) avoided: Vec<&'c str>,
    /// Values that may not be taken.
    pub(crate) excluded: Vec<&'c Value>,
    /// Members that have one value: the discriminator of the branch that was chosen.
    pub(crate) fixed: Vec<(&'c str, &'c str)>,
    /// Members that are added to keep the value out of another branch of a `oneOf`.
    pub(crate) spoiled: Vec<(&'c str, Value)>,
    /// The schema of the JSON document that a text holds (`contentSchema`).
    pub(crate) content: Option<Schema<'c>>,
    pub(crate) description: Option<&'c str>,
    pub(crate) examples: Vec<&'c Value>,
    /// The method that the document names for the text by `x-faker`.
    pub(crate) faker: Option<Faker<'c>>,
    /// The look of made-up data here.
    pub(crate) data: Data,
    pub(crate) never: bool,
    plan: OnceCell<Rc<Vec<Planned<'c>>>>,
}

/// A member that the schemas describe, as objects are made of it.
#[derive(Clone, Debug)]
pub(crate) struct Planned<'c> {
    pub(crate) name: &'c str,
    pub(crate) schemas: Vec<Schema<'c>>,
    pub(crate) need: Need,
}

/// The need of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// The member is there always.
    Required,
    /// The member is there now and then.
    Optional,
    /// The member is not there in this direction, or not in this branch, unless it is asked for.
    Unwanted,
}

/// The statements of one schema about an array's items.
#[derive(Clone, Debug)]
pub(crate) struct List<'c> {
    pub(crate) prefix: Vec<Schema<'c>>,
    pub(crate) items: Option<Schema<'c>>,
}

/// Some items must be such.
#[derive(Clone, Debug)]
pub(crate) struct Contains<'c> {
    pub(crate) schema: Schema<'c>,
    pub(crate) min: u64,
}

/// The statements of one schema about an object's members.
#[derive(Clone, Debug)]
pub(crate) struct Members<'c> {
    pub(crate) schema: Schema<'c>,
    pub(crate) named: Option<&'c Map<String, Value>>,
    pub(crate) patterns: Vec<(&'c str, Schema<'c>)>,
    pub(crate) other: Option<Schema<'c>>,
}

/// Branches of which one, or exactly one, must be satisfied.
#[derive(Clone, Debug)]
pub(crate) struct Alternative<'c> {
    /// The schema that they stand in.
    pub(crate) owner: Schema<'c>,
    /// The keyword: `anyOf` or `oneOf`.
    pub(crate) keyword: &'static str,
}

impl<'c> Alternative<'c> {
    /// The location of the list of branches.
    pub(crate) fn at(&self) -> Location {
        self.owner.at.join(self.keyword)
    }

    pub(crate) fn branches(&self) -> Vec<Schema<'c>> {
        self.owner.children(self.keyword).collect()
    }
}

/// A condition: a schema with `if`, and `then` or `else` or both.
#[derive(Clone, Debug)]
pub(crate) struct Condition<'c> {
    pub(crate) when: Schema<'c>,
    pub(crate) then: Option<Schema<'c>>,
    pub(crate) otherwise: Option<Schema<'c>>,
}

/// The difference of items that is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Distinct {
    #[default]
    Free,
    All,
}

impl<'c> Facets<'c> {
    /// The view of one value that must satisfy all these schemas.
    pub(crate) fn of(contract: &'c Contract, schemas: &[Schema<'c>], direction: Direction) -> Result<Self, Cannot> {
        let mut facets = Self { data: data(contract), ..Self::default() };
        let mut folds = Folds::new(contract);
        for schema in schemas {
            folds.fold(schema, &mut facets)?;
        }
        facets.exempt(contract, direction);
        // Who writes `x-faker` wants no example.
        if facets.faker.is_some() {
            facets.examples.clear();
        }
        Ok(facets)
    }

    /// Folds in further schemas: the branch that was chosen of an alternative.
    pub(crate) fn and(
        &mut self,
        contract: &'c Contract,
        schema: &Schema<'c>,
        direction: Direction,
    ) -> Result<(), Cannot> {
        self.plan = OnceCell::new();
        Folds::new(contract).fold(schema, self)?;
        self.exempt(contract, direction);
        Ok(())
    }

    /// Takes members out of those that are required: no part requires of a request what any part calls `readOnly`, and
    /// so for `writeOnly` and responses.
    fn exempt(&mut self, contract: &'c Contract, direction: Direction) {
        let mut required = std::mem::take(&mut self.required);
        required.retain(|name| !self.member(name).iter().any(|schema| is_flagged(contract, schema, direction)));
        self.required = required;
    }

    /// The members that the schemas describe, in their order; looked up once for all objects of these facets.
    pub(crate) fn plan(&self, contract: &'c Contract, direction: Direction) -> Rc<Vec<Planned<'c>>> {
        Rc::clone(self.plan.get_or_init(|| {
            let required: HashSet<&str> = self.required.iter().copied().collect();
            let planned = self.described().into_iter().map(|name| {
                let schemas = self.member(name);
                let need = if required.contains(name) {
                    Need::Required
                } else if schemas.iter().any(|schema| is_flagged(contract, schema, direction)) {
                    Need::Unwanted
                } else {
                    Need::Optional
                };
                Planned { name, schemas, need }
            });
            Rc::new(planned.collect())
        }))
    }

    /// Keeps a schema from being satisfied, as far as that can be known without the value.
    pub(crate) fn but_not(&mut self, contract: &'c Contract, schema: &Schema<'c>) {
        Folds::new(contract).avoid(schema, self);
    }

    /// The types that the value may have, in the order in which they are tried.
    pub(crate) fn possible(&self) -> Vec<Kind> {
        match &self.kinds {
            Some(kinds) => kinds.clone(),
            None => self.hinted().map_or_else(|| vec![Kind::String], |kind| vec![kind]),
        }
    }

    /// The type that is meant where none is stated, as the other keywords tell it.
    fn hinted(&self) -> Option<Kind> {
        if !self.objects.is_empty()
            || !self.required.is_empty()
            || !self.names.is_empty()
            || self.min_properties > 0
            || self.max_properties.is_some()
            || !self.dependent.is_empty()
            || !self.dependent_schemas.is_empty()
        {
            Some(Kind::Object)
        } else if !self.lists.is_empty()
            || self.min_items > 0
            || self.max_items.is_some()
            || !self.contains.is_empty()
            || self.distinct == Distinct::All
        {
            Some(Kind::Array)
        } else if self.minimum.is_some() || self.maximum.is_some() || !self.multiples.is_empty() {
            Some(Kind::Number)
        } else {
            None
        }
    }

    /// True where a value's type is allowed.
    pub(crate) fn possible_kind(&self, value: &Value) -> bool {
        self.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|kind| kind.is_of(value)))
    }

    /// True where a text is of its formats and its length is within the bounds; other values pass.
    pub(crate) fn allows_text(&self, value: &Value) -> bool {
        let Some(text) = value.as_str() else { return true };
        if !self.formats.iter().all(|name| validate::is_of_format(name, value)) {
            return false;
        }
        let length = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
        self.min_length <= length && self.max_length.is_none_or(|max| length <= max)
    }

    /// The names that the schemas describe, in their order.
    pub(crate) fn described(&self) -> Vec<&'c str> {
        let mut parts = self.objects.iter().filter_map(|part| part.named);
        let mut names: Vec<&'c str> = parts.next().into_iter().flat_map(Map::keys).map(String::as_str).collect();
        for named in parts {
            let known: HashSet<&str> = names.iter().copied().collect();
            names.extend(named.keys().map(String::as_str).filter(|name| !known.contains(name)));
        }
        names
    }

    /// The schemas of a member by that name.
    pub(crate) fn member(&self, name: &str) -> Vec<Schema<'c>> {
        let mut schemas = Vec::new();
        let mut known = false;
        for part in &self.objects {
            let mut covered = false;
            if let Some(property) = part.schema.member("properties", name) {
                schemas.push(property);
                covered = true;
            }
            for (pattern, schema) in &part.patterns {
                if matches(pattern, name) {
                    schemas.push(schema.clone());
                    covered = true;
                }
            }
            if !covered && let Some(other) = &part.other {
                schemas.push(other.clone());
                covered = true;
            }
            known |= covered;
        }
        if !known {
            schemas.extend(self.unevaluated.iter().cloned());
        }
        schemas
    }

    /// The schemas of an item at that position.
    pub(crate) fn item(&self, position: usize) -> Vec<Schema<'c>> {
        self.lists.iter().filter_map(|list| list.prefix.get(position).or(list.items.as_ref()).cloned()).collect()
    }
}

/// True where a text matches a pattern; a pattern that is none matches nothing.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    Known::of(pattern).matches(text)
}

/// True where a member does not travel in this direction (`readOnly`, `writeOnly`).
pub(crate) fn is_flagged(contract: &Contract, property: &Schema<'_>, direction: Direction) -> bool {
    let flagged = |schema: &Schema<'_>| schema.get(direction.exempting()) == Some(&Value::Bool(true));
    flagged(property) || contract.target(property).is_some_and(|target| flagged(&target))
}
