//! State, carried from one reading of a contract to the next: what was made by operations that still mean the same, and
//! still fits its schema, is kept; the rest is dropped, and said. A change that state cannot be told to survive loses
//! it, since state that no request could have made would lie.

use std::collections::BTreeMap;

use crate::behaviour::form::shown;
use crate::behaviour::step::settle;
use crate::behaviour::{Action, Collection, Effect, Expression, Inferred, State};
use crate::model::{Contract, Direction, Entry, Piece};
use crate::rule::Subject;
use crate::validate;

/// A contract with what its operations do.
#[derive(Clone, Copy)]
pub struct Meaning<'c> {
    /// The contract, as it was read.
    pub contract: &'c Contract,
    /// The effects of its operations.
    pub behaviour: &'c dyn Inferred,
}

/// The fate of one collection's items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// The name of the collection.
    pub collection: String,
    /// The number of items that the collection had.
    pub items: usize,
    /// The reason why the items were dropped, as a fragment; `None` where they were kept.
    pub dropped: Option<String>,
}

/// The state of one reading of a contract, as another reading of it has it.
#[must_use]
pub fn carry(from: Meaning<'_>, state: &State, to: Meaning<'_>) -> (State, Vec<Carried>) {
    let mut state = state.clone();
    // What was accepted was promised under the old contract.
    settle(from.contract, from.behaviour, &mut state);
    let carrying = Carrying { from, to, operations: operations(to.contract) };
    let mut verdicts: BTreeMap<usize, Result<usize, String>> =
        state.collections().into_iter().map(|number| (number, carrying.number(number, &state))).collect();
    let kept: Vec<usize> = verdicts.iter().filter(|(_, verdict)| verdict.is_ok()).map(|(number, _)| *number).collect();
    for number in kept {
        if let Some(lost) = ancestors(from.behaviour, number).find(|above| matches!(verdicts.get(above), Some(Err(_))))
        {
            let reason = format!("{}, to which they belong, was dropped", from.behaviour.collection(lost).name);
            verdicts.insert(number, Err(reason));
        }
    }
    let mut told = Vec::new();
    for (number, verdict) in &verdicts {
        let items = state.all_items(*number).len();
        // A set that was looked at and holds nothing is no loss.
        if items > 0 {
            let collection = from.behaviour.collection(*number).name.clone();
            told.push(Carried { collection, items, dropped: verdict.as_ref().err().cloned() });
        }
    }
    (state.renumbered(|number| verdicts.get(&number)?.as_ref().ok().copied()), told)
}

/// The collections that hold the items to which those of a collection belong, innermost first.
pub(super) fn ancestors(behaviour: &dyn Inferred, number: usize) -> impl Iterator<Item = usize> {
    let above = |number: &usize| behaviour.collection(*number).parent;
    std::iter::successors(behaviour.collection(number).parent, above)
}

/// The shape of a path below the contract's base path, with the method: what an operation is recognised by.
pub(super) fn identity(contract: &Contract, entry: &Entry) -> (String, String) {
    let pieces = entry.path.segments().iter().flat_map(|segment| {
        let pieces = segment.0.iter().map(|piece| match piece {
            Piece::Literal(text) => text.as_str(),
            Piece::Parameter(_) => "{}",
        });
        std::iter::once("/").chain(pieces)
    });
    let path: String = pieces.collect();
    let below = path.strip_prefix(contract.base()).map(str::to_owned);
    (entry.method.as_str().to_owned(), below.unwrap_or(path))
}

/// The operations of a contract by what they are recognised by.
pub(super) fn operations(contract: &Contract) -> BTreeMap<(String, String), usize> {
    contract.entries().iter().rev().map(|entry| (identity(contract, entry), entry.index)).collect()
}

struct Carrying<'c> {
    from: Meaning<'c>,
    to: Meaning<'c>,
    operations: BTreeMap<(String, String), usize>,
}

impl Carrying<'_> {
    /// The number that a collection has now.
    fn number(&self, number: usize, state: &State) -> Result<usize, String> {
        let mut known: Option<usize> = None;
        let acting = self.from.contract.entries().iter().filter_map(|entry| {
            let effect = self.from.behaviour.effect(entry.index);
            (effect.collection == Some(number)).then_some((entry, effect))
        });
        for (entry, effect) in acting {
            let name = || format!("{} {}", entry.method, entry.path);
            let Some(now) = self.operations.get(&identity(self.from.contract, entry)) else {
                if makes(effect.action) {
                    return Err(format!("{} is gone", name()));
                }
                continue;
            };
            let meant = self.to.behaviour.effect(*now);
            if makes(effect.action) && !means_the_same(effect, meant) {
                return Err(format!("{} no longer does the same", name()));
            }
            let Some(collection) = meant.collection else { continue };
            match known {
                None => known = Some(collection),
                Some(known) if known == collection => {}
                Some(_) => return Err(format!("{} acts on another collection", name())),
            }
        }
        let known = known.ok_or_else(|| "no operation acts on it any more".to_owned())?;
        let (was, is) = (self.from.behaviour.collection(number), self.to.behaviour.collection(known));
        if !is_the_same(was, is) {
            return Err("its items are identified in another way".to_owned());
        }
        fits(self.to.contract, state, number, is)?;
        Ok(known)
    }
}

/// Checks that all items of a collection, as a state has them under that number, fit the schema of what it holds.
pub(super) fn fits(contract: &Contract, state: &State, number: usize, collection: &Collection) -> Result<(), String> {
    let Some(at) = &collection.item else { return Ok(()) };
    for item in state.all_items(number) {
        let shown = shown(contract, at, &item.value);
        let found = validate::value(contract, at, Direction::Response, &Subject::ResponseBody, &shown)
            .map_err(|defect| format!("their schema cannot be used: {}", defect.reason))?;
        if let Some(violation) = found.first() {
            let pointer = violation.pointer.as_str();
            let place = if pointer.is_empty() { String::new() } else { format!("{pointer}: ") };
            return Err(format!("item {} no longer fits: {place}{}", item.key, violation.message));
        }
    }
    Ok(())
}

/// True for what puts items where they are, or takes them away.
fn makes(action: Action) -> bool {
    match action {
        Action::Create | Action::Upsert | Action::Replace | Action::Update | Action::Delete => true,
        Action::Read | Action::List | Action::Answer => false,
    }
}

/// True where a request that was sent under the old effect would have done the same under the new one.
fn means_the_same(was: &Effect, is: &Effect) -> bool {
    was.action == is.action
        && was.key_parameter.is_some() == is.key_parameter.is_some()
        && was.sent == is.sent
        && was.batch == is.batch
        && was.marks == is.marks
        && was.reach == is.reach
        && was.missing == is.missing
        && was.unique == is.unique
        && was.for_each.as_ref().map(Expression::as_str) == is.for_each.as_ref().map(Expression::as_str)
        && was.timing == is.timing
        && was.set.len() == is.set.len()
        && was.set.iter().zip(&is.set).all(|(was, is)| was.0 == is.0 && was.1.as_str() == is.1.as_str())
}

fn is_the_same(was: &Collection, is: &Collection) -> bool {
    was.key == is.key
        && was.scope.len() == is.scope.len()
        && was.indexed == is.indexed
        && was.origin == is.origin
        && was.parent.is_some() == is.parent.is_some()
}
