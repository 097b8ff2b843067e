//! Orders of lists: a small world is made whose items differ, and the list is asked for in one order after another.

use etalon_contract::behaviour::shape;
use etalon_contract::document::Pointer;
use etalon_contract::model::In;
use serde_json::Value;

use crate::judge::story::choice;
use crate::scenario::acting::Acting;
use crate::scenario::setup::Setup;
use crate::scenario::story::choose::items;
use crate::scenario::story::world::{self, World, is_size, large};
use crate::scenario::{answer, pages};
use crate::transcript::Pending;
use crate::verdict::Verdict;

/// The number of items that are made for an order.
const ITEMS: usize = 4;

/// The most orders that are asked for.
const ORDERS: usize = 7;

/// The number of pages over which an order is looked at.
const PAGES: u64 = 3;

/// The items of a list stand in the order that is asked for, on all pages.
pub(super) fn sort_orders(setup: &mut Setup<'_>, acting: &Acting<'_>, name: &str) -> Result<Verdict, Pending> {
    let contract = acting.session.contract;
    let Some(sort) = acting.effect.sort.as_ref().filter(|sort| sort.by == name) else {
        return Err(Pending::unreachable("nothing is known of what it orders by"));
    };
    let schema = acting.operation.parameter(In::Query, name).and_then(|known| known.shape.schema());
    let listed = schema.and_then(|at| shape::keyword(contract, at, "enum")).and_then(Value::as_array);
    let listed: Vec<String> = listed.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    let mut verdict: Option<Verdict> = None;
    let mut world: Option<World> = None;
    for wanted in listed.iter().take(ORDERS) {
        let Some((member, descending)) = order(wanted) else { continue };
        let plain = shape::plain(&member);
        let Some((_, at)) = sort.members.iter().find(|(known, _)| *known == plain) else { continue };
        let here = match world.take().filter(|_| descending) {
            Some(known) => known,
            None => world::world(setup, acting, ITEMS, at)?,
        };
        let mut asked = vec![(name.to_owned(), Value::String(wanted.clone()))];
        let mut descending = descending;
        if let Some(direction) = &sort.direction {
            descending = true;
            asked.push((direction.clone(), Value::String("desc".to_owned())));
        }
        let stands = ordered(setup, acting, &here, at, &asked, descending)?;
        world = Some(here);
        verdict = Some(match verdict {
            Some(before) => before.and(stands),
            None => stands,
        });
    }
    Ok(verdict.unwrap_or_else(|| Verdict::unreachable("the contract does not list what it may order by")))
}

/// The member and direction that a value of a sort parameter asks for; true where it is descending.
fn order(wanted: &str) -> Option<(String, bool)> {
    let (bare, descending) = match (wanted.strip_prefix('-'), wanted.strip_prefix('+')) {
        (Some(bare), _) => (bare, true),
        (None, Some(bare)) => (bare, false),
        (None, None) => (wanted, false),
    };
    let mut parts = bare.split([':', ' ', ',']);
    let member = parts.next()?.to_owned();
    let descending = match parts.next().map(str::to_lowercase).as_deref() {
        Some("desc" | "descending") => true,
        Some("asc" | "ascending") | None => descending,
        Some(_) => return None,
    };
    Some((member, descending))
}

/// The verdict on an order, as a list shows it on large pages and on small ones.
fn ordered(
    setup: &mut Setup<'_>,
    acting: &Acting<'_>,
    world: &World,
    at: &Pointer,
    asked: &[(String, Value)],
    descending: bool,
) -> Result<Verdict, Pending> {
    let list = (acting.operation, acting.effect);
    let words: Vec<String> = asked.iter().map(|(name, value)| format!("{name}={}", answer::text(value))).collect();
    let mut verdict: Option<Verdict> = None;
    let mut size = large(acting);
    loop {
        let walk = match pages::asked(setup, list, &world.scope, &world.filters, size, asked) {
            Ok(walk) => walk,
            Err(Pending::Verdict(doubt)) => return Ok(verdict.unwrap_or(*doubt)),
            Err(pending) => return Err(pending),
        };
        let shown = items(acting, &walk);
        let values: Vec<Value> =
            shown.iter().filter_map(|item| at.get(item)).filter(|value| !value.is_null()).cloned().collect();
        let here = choice::ordered(&words.join("&"), &values, descending, setup.transcript.latest());
        let is_first = verdict.is_none();
        verdict = Some(match verdict {
            Some(before) => before.and(here),
            None => here,
        });
        let third = u64::try_from(shown.len()).unwrap_or(u64::MAX) / PAGES;
        let smaller = (third.max(1)..third + 10).find(|size| is_size(acting, *size));
        match smaller.filter(|_| is_first && walk.exchanges.len() == 1 && shown.len() > 2) {
            Some(smaller) => size = Some(smaller),
            None => return Ok(verdict.unwrap_or_else(Verdict::proved)),
        }
    }
}
