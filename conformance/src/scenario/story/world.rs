//! A small world for the stories of lists: some items in one place, whose values of a member differ, and the list that shows them.

use etalon_contract::behaviour::{Effect, shape};
use etalon_contract::codec::Draft;
use etalon_contract::document::{Location, Pointer};
use etalon_contract::generate::is_valid;
use etalon_contract::model::{Direction, In, Operation};
use etalon_contract::validate;
use serde_json::{Value, json};

use crate::plan::roles;
use crate::scenario::acting::Acting;
use crate::scenario::answer;
use crate::scenario::list_filters::{self, ListFilters};
use crate::scenario::path_values::{self, Created};
use crate::scenario::probe;
use crate::scenario::setup::Setup;
use crate::scenario::story::key_of;
use crate::session::Session;
use crate::transcript::Pending;

/// An item that was made for the story.
#[derive(Clone, Debug)]
pub(super) struct Made {
    /// The key as lists show it.
    pub key: String,
    /// The item as its creation was answered.
    pub item: Value,
}

/// Some items in one place.
#[derive(Debug)]
pub(super) struct World {
    pub made: Vec<Made>,
    /// The path parameters of the list.
    pub scope: Vec<(String, Value)>,
    pub filters: ListFilters,
}

/// The sizes of pages that are asked for to see much at once, the best first.
const LARGE: [u64; 7] = [100, 50, 30, 25, 20, 10, 5];

/// Makes so many items in one place, whose members at `at` differ.
///
/// # Errors
/// Where fewer than two can be made, or an answer is needed.
pub(super) fn world(setup: &mut Setup<'_>, acting: &Acting<'_>, wanted: usize, at: &Pointer) -> Result<World, Pending> {
    let creator = acting.creator()?;
    let mut created: Vec<Created<'_>> = Vec::new();
    for number in 0..wanted {
        let draft = varied(setup, acting, creator.0, at, number)?;
        let made = match path_values::create_as(setup, creator, draft, created.first()) {
            Ok(made) => made,
            // What is refused so may be taken otherwise.
            Err(Pending::Verdict(_)) => match created.first().cloned() {
                Some(first) => path_values::create_beside(setup, creator, &first)?,
                None => path_values::create(setup, creator, acting.operation, &[])?,
            },
            Err(pending) => return Err(pending),
        };
        created.push(made);
    }
    let mut made = Vec::new();
    for one in &created {
        let key = key_of(one, creator.0)?;
        let item = answer::item(creator.1, &one.exchange.response);
        made.push(Made { key, item: item.ok_or_else(|| Pending::inconclusive("what was created is not shown"))? });
    }
    let all: Vec<&Created<'_>> = created.iter().collect();
    let list = (acting.operation, acting.effect);
    let filters = list_filters::showing(setup, list, creator.0, &all);
    if let Some(name) = &filters.doubt {
        return Err(Pending::inconclusive(format!("the list has to be asked for a {name}, and nothing tells which")));
    }
    let scope = all.first().map(|first| path_values::carry(&creator.0.path, &first.scope, &acting.operation.path));
    Ok(World { made, scope: scope.unwrap_or_default(), filters })
}

/// The largest page that may be asked for; `None` where its size cannot be.
pub(super) fn large(acting: &Acting<'_>) -> Option<u64> {
    large_of(acting.session, (acting.operation, acting.effect))
}

/// The same, of a list.
pub(super) fn large_of(session: Session<'_>, list: (&Operation, &Effect)) -> Option<u64> {
    LARGE.into_iter().find(|size| may_be_size(session, list, *size))
}

/// True where a page of that size may be asked for.
pub(super) fn is_size(acting: &Acting<'_>, size: u64) -> bool {
    may_be_size(acting.session, (acting.operation, acting.effect), size)
}

fn may_be_size(session: Session<'_>, (operation, effect): (&Operation, &Effect), size: u64) -> bool {
    let Some(name) = effect.paging.as_ref().and_then(|paging| paging.limit.as_deref()) else { return false };
    let schema = operation.parameter(In::Query, name).and_then(|parameter| parameter.shape.schema());
    schema.is_none_or(|at| {
        let value = Value::from(size);
        validate::is_valid(session.contract, at, Direction::Request, &value).unwrap_or(false)
    })
}

/// A valid draft of the creator whose member is the how-manieth of those that differ.
fn varied(
    setup: &mut Setup<'_>,
    acting: &Acting<'_>,
    creator: &Operation,
    at: &Pointer,
    number: usize,
) -> Result<Draft, Pending> {
    let session = setup.session;
    let mut fresh = setup.fresh();
    let mut draft = setup.valid(creator, &mut fresh)?;
    draft.parameters.retain(|(place, name, _)| {
        *place == In::Path || creator.parameter(*place, name).is_some_and(|parameter| parameter.required)
    });
    let Some(place) = setup.effect(creator).and_then(|effect| roles::sent(effect, at)) else { return Ok(draft) };
    let lacks = draft.body_value().is_some_and(|body| place.get(body).is_none());
    let filled = probe::filled(session, creator, &mut fresh).ok();
    let mut values = of_schema(acting, at, number);
    if lacks {
        values.extend(filled.as_ref().and_then(|filled| place.get(filled.body_value()?).cloned()));
    }
    for value in values {
        let mut changed = draft.clone();
        let put = changed.body_value_mut().is_some_and(|body| place.put(body, value).is_ok());
        if put && is_valid(session.contract, creator, &changed) {
            return Ok(changed);
        }
    }
    Ok(draft)
}

/// Numbers that stand otherwise as texts, the best first.
const NUMBERS: [&[f64]; 4] = [&[9.0, 5.0, 2.0], &[10.0, 15.0, 3.0], &[100.0, 60.0, 4.0], &[9.5, 55.0, 1.0]];

/// Times that stand otherwise as texts.
const TIMES: [&str; 4] =
    ["2024-03-02T10:00:00Z", "2024-03-02T11:30:00+05:00", "2024-03-01T22:00:00-08:00", "2023-12-31T23:59:59Z"];

/// Values of a member that differ from one number to the next, as far as its schema says which there are; the best first.
fn of_schema(acting: &Acting<'_>, at: &Pointer, number: usize) -> Vec<Value> {
    let contract = acting.session.contract;
    let schema: Option<Location> = acting.collection.item.as_ref().and_then(|item| shape::within(contract, item, at));
    let Some(schema) = schema else { return Vec::new() };
    if let Some(items) = shape::items(contract, &schema) {
        let listed = listed(acting, &items);
        let one = |shift: usize| listed.get((number + shift) % listed.len().max(1)).cloned();
        // Two of them, the one that is asked for last.
        let two: Vec<Value> = [one(1), one(0)].into_iter().flatten().collect();
        return if listed.len() > 1 { vec![Value::Array(two)] } else { Vec::new() };
    }
    let listed = listed(acting, &schema);
    if !listed.is_empty() {
        return vec![listed[number % listed.len()].clone()];
    }
    let types = shape::types(contract, &schema);
    if types.contains(&"boolean") {
        return vec![Value::Bool(number.is_multiple_of(2))];
    }
    if types.iter().any(|kind| matches!(*kind, "integer" | "number")) {
        let whole = |number: f64| if number.fract() == 0.0 { json!(number as i64) } else { json!(number) };
        return NUMBERS[number % NUMBERS.len()].iter().copied().map(whole).collect();
    }
    if shape::format(contract, &schema) == Some("date-time") {
        return vec![json!(TIMES[number % TIMES.len()])];
    }
    Vec::new()
}

/// The values that a schema lists.
fn listed(acting: &Acting<'_>, schema: &Location) -> Vec<Value> {
    let listed = shape::keyword(acting.session.contract, schema, "enum").and_then(Value::as_array);
    listed.into_iter().flatten().filter(|value| !value.is_null()).cloned().collect()
}

/// The number of values that a member's schema lists, or that of a list's elements.
pub(super) fn kinds(acting: &Acting<'_>, at: &Pointer) -> usize {
    let contract = acting.session.contract;
    let schema = acting.collection.item.as_ref().and_then(|item| shape::within(contract, item, at));
    let Some(schema) = schema else { return 0 };
    listed(acting, &shape::items(contract, &schema).unwrap_or(schema)).len()
}
