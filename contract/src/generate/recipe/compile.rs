//! Schemas -> recipe: which facets leave no choice, and where the schemas of members and items stand.

use std::collections::HashSet;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use crate::document::Location;
use crate::generate::plain::agree::Agreement;
use crate::generate::plain::array::closed;
use crate::generate::plain::facets::{self, Distinct, Facets, Kind};
use crate::generate::plain::maker::{MAX_ITEMS, whole_examples};
use crate::generate::plain::number::{Numeric, Range};
use crate::generate::plain::text::Texts;
use crate::generate::recipe::frame::Frames;
use crate::generate::recipe::{Child, List, Member, Need, Object, Proof, Recipe, Recipes, Steps, proof};
use crate::model::{Contract, Direction, Schema};
use crate::validate;

/// The most schemas that may act on one value.
const MAX_PARTS: usize = 64;

/// The recipe for values that satisfy the schemas at these places.
pub(crate) fn recipe(contract: &Contract, places: &[Location], direction: Direction, recipes: &Recipes) -> Recipe {
    let steps = Compiling::new(contract, places, direction, recipes).and_then(|compiling| compiling.steps());
    Recipe::new(places.to_vec(), steps)
}

struct Compiling<'c, 'r> {
    contract: &'c Contract,
    direction: Direction,
    recipes: &'r Recipes,
    facets: Facets<'c>,
    places: Vec<Location>,
    /// Every schema that acts on the value.
    parts: Vec<Schema<'c>>,
}

impl<'c, 'r> Compiling<'c, 'r> {
    fn new(contract: &'c Contract, places: &[Location], direction: Direction, recipes: &'r Recipes) -> Option<Self> {
        let mut parts = Vec::new();
        for place in places {
            gather(contract, place, &mut parts)?;
        }
        let schemas: Vec<Schema<'c>> = places.iter().map(|at| contract.schema(at).ok()).collect::<Option<_>>()?;
        let facets = Facets::of(contract, &schemas, direction).ok()?;
        is_settled(&facets).then(|| Self { contract, direction, recipes, facets, places: places.to_vec(), parts })
    }

    fn steps(self) -> Option<Steps> {
        let facets = &self.facets;
        let mut kinds = facets.possible();
        kinds.sort();
        let has = |kind: Kind| facets.values.is_none() && kinds.contains(&kind);
        let list = if has(Kind::Array) { Some(self.list()?) } else { None };
        let object = if has(Kind::Object) { Some(self.object()?) } else { None };
        let range = |kind: Kind, numeric: Numeric| {
            if has(kind) { Range::of(facets, numeric).map(Some) } else { Ok(None) }
        };
        Some(Steps {
            values: self.values()?,
            examples: self.examples(),
            wholes: self.wholes(),
            integer: range(Kind::Integer, Numeric::Integer).ok()?,
            number: range(Kind::Number, Numeric::Any).ok()?,
            text: has(Kind::String).then(|| Texts::of(facets).into_owned()),
            list,
            object,
            proof: if proof::is_proven(self.contract, &self.parts, facets, self.direction) {
                Proof::ByConstruction
            } else {
                Proof::None
            },
            kinds: if kinds.is_empty() { return None } else { kinds },
        })
    }

    /// The listed values that may be taken; null is the last resort.
    fn values(&self) -> Option<Vec<Value>> {
        let Some(values) = &self.facets.values else { return Some(Vec::new()) };
        let fitting = || values.iter().copied().filter(|value| self.facets.possible_kind(value));
        let telling: Vec<Value> = fitting().filter(|value| !value.is_null()).cloned().collect();
        let taken = if telling.is_empty() { fitting().cloned().collect() } else { telling };
        (!taken.is_empty()).then_some(taken)
    }

    /// An object's example would hide the members' own, and one for all items is no list.
    fn examples(&self) -> Vec<Value> {
        let facets = &self.facets;
        let plain = |value: &&&Value| !value.is_object() && !value.is_array() && !value.is_null();
        let fitting = facets.examples.iter().filter(plain);
        fitting.filter(|value| facets.possible_kind(value) && facets.allows_text(value)).copied().cloned().collect()
    }

    /// The examples that are a whole list or object, and that fit.
    fn wholes(&self) -> Vec<Value> {
        let fits = |value: &&Value| {
            let judged = |at: &Location| validate::is_valid(self.contract, at, self.direction, value);
            self.places.iter().all(|at| judged(at) == Ok(true))
        };
        whole_examples(&self.facets).filter(fits).cloned().collect()
    }

    fn list(&self) -> Option<List> {
        let facets = &self.facets;
        let least = facets.min_items;
        let bound = facets.max_items.into_iter().chain(closed(facets)).min().unwrap_or(u64::MAX);
        if least > bound || least > MAX_ITEMS {
            return None;
        }
        let first = facets.lists.iter().map(|list| list.prefix.len()).max().unwrap_or(0);
        Some(List {
            least,
            bound,
            prefix: (0..first).map(|place| self.child(&facets.item(place))).collect::<Option<_>>()?,
            rest: self.child(&facets.item(first))?,
        })
    }

    fn object(&self) -> Option<Object> {
        let facets = &self.facets;
        let planned = facets.plan(self.contract, self.direction);
        let mut members = Vec::new();
        let mut seldom = 0;
        for planned in planned.iter() {
            let need = match planned.need {
                facets::Need::Required => Need::Always,
                facets::Need::Optional => Need::NowAndThen,
                facets::Need::Unwanted => continue,
            };
            let bit = if need == Need::NowAndThen { u64::checked_shl(1, seldom).unwrap_or(0) } else { 0 };
            seldom += u32::from(need == Need::NowAndThen);
            members.push(Member { name: planned.name.to_owned(), need, bit, child: self.child(&planned.schemas)? });
        }
        let described: HashSet<&str> = planned.iter().map(|planned| planned.name).collect();
        for name in facets.required.iter().filter(|name| !described.contains(*name)) {
            let child = self.child(&facets.member(name))?;
            members.push(Member { name: (*name).to_owned(), need: Need::Always, bit: 0, child });
        }
        let count = |members: usize| u64::try_from(members).unwrap_or(u64::MAX);
        let always = members.iter().filter(|member| member.need == Need::Always).count();
        // Where members must be added or left out for their number's sake, the plain way counts them.
        if facets.min_properties > count(always)
            || facets.max_properties.is_some_and(|most| most < count(members.len()))
        {
            return None;
        }
        Some(Object {
            agreement: Agreement::of(facets, members.iter().map(|member| member.name.as_str())),
            frames: Frames::new(members.len(), self.recipes),
            members,
        })
    }

    /// A child that satisfies these schemas; `None` where a reference leads nowhere.
    fn child(&self, schemas: &[Schema<'c>]) -> Option<Child> {
        if schemas.is_empty() {
            return Some(Child::Free);
        }
        let places = schemas.iter().map(|schema| self.place(schema)).collect::<Option<_>>()?;
        Some(Child::Of { places, found: OnceLock::new() })
    }

    /// The location of a schema, or of the one that it does nothing but refer to; `None` where that leads nowhere.
    fn place(&self, schema: &Schema<'c>) -> Option<Location> {
        let mut target = schema.clone();
        for _ in 0..MAX_PARTS {
            let (Some(reference), Some(1)) = (target.reference(), target.value.as_object().map(Map::len)) else {
                break;
            };
            target = self.contract.refer(&target, reference).ok()?;
        }
        Some(target.at)
    }
}

/// True where the facets leave no choice but of types, and ask for nothing that takes a search.
fn is_settled(facets: &Facets<'_>) -> bool {
    !facets.never
        && facets.content.is_none()
        && facets.alternatives.is_empty()
        && facets.conditions.is_empty()
        && facets.nots.is_empty()
        && facets.excluded.is_empty()
        && facets.avoided.is_empty()
        && facets.fixed.is_empty()
        && facets.spoiled.is_empty()
        && facets.dependent.is_empty()
        && facets.dependent_schemas.is_empty()
        && facets.names.is_empty()
        && facets.unevaluated.is_empty()
        && facets.unevaluated_items.is_empty()
        && facets.contains.is_empty()
        && facets.distinct == Distinct::Free
}

/// Adds the schemas that act on the value at a place; `None` where there are too many or one is missing.
fn gather<'c>(contract: &'c Contract, at: &Location, parts: &mut Vec<Schema<'c>>) -> Option<()> {
    let found = contract.conjuncts(at);
    for schema in found.schemas {
        if !parts.contains(&schema) {
            parts.push(schema);
        }
    }
    (found.is_whole && parts.len() <= MAX_PARTS).then_some(())
}
