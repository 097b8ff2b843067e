//! Arrays: as many items as are asked for, each of its position's schemas, some as `contains` wants them, all different
//! where they must be.

use serde_json::Value;

use crate::generate::plain::facets::{Distinct, Facets};
use crate::generate::plain::maker::{ATTEMPTS, FULL_DEPTH, FULL_STEPS, MAX_ITEMS, Maker, Way, index};
use crate::generate::plain::text::text;
use crate::generate::{Cannot, Choices};
use crate::model::Schema;

impl<'c> Maker<'c, '_> {
    pub(crate) fn array(
        &mut self,
        facets: &Facets<'c>,
        name: &str,
        path: &[String],
        depth: usize,
    ) -> Result<Value, Cannot> {
        let reached = path.first().map_or(0, |next| next.parse::<u64>().map_or(1, |index| index + 1));
        let wanted: u64 = facets.contains.iter().map(|contains| contains.min).sum();
        let least = facets.min_items.max(reached);
        // The item that the way leads to is beside those that are made to be contained, where there is room.
        let beside = u64::from(wanted > 0 && path.first().is_some_and(|next| next == "*"));
        let enough = |more: u64| facets.max_items.is_none_or(|most| most >= more);
        let beside = if enough(wanted + beside) { beside } else { 0 };
        let least = if enough(wanted) { least.max(wanted + beside) } else { least };
        let room = self.room(depth);
        let closed = closed(facets);
        let bound = facets.max_items.into_iter().chain(closed).min().unwrap_or(u64::MAX);
        let most = bound.min(least.saturating_add(room));
        if least > most {
            return Err(Cannot::because(format!("an array of {least} items cannot be made where {bound} are allowed")));
        }
        if least > MAX_ITEMS {
            return Err(Cannot::budget(format!(
                "an array of {least} items is longer than the {MAX_ITEMS} that are made"
            )));
        }
        let count = least + self.choices.below(most - least + 1);
        let special = self.special(facets, count, index(beside));
        let mut items: Vec<Value> = Vec::with_capacity(index(count));
        for position in 0..count {
            let place = index(position);
            let mut schemas = facets.item(place);
            if schemas.is_empty() {
                schemas.extend(facets.unevaluated_items.iter().cloned());
            }
            schemas.extend(special.get(place).cloned().flatten());
            let (leads, rest) = match path.split_first() {
                Some((next, rest)) if position == 0 && next == "*" || *next == position.to_string() => (true, rest),
                _ => (false, &[][..]),
            };
            let outer = self.on_way;
            self.on_way &= leads;
            let entered = self.choices.enter_item(position);
            let made = if schemas.is_empty() {
                text(&Facets::default(), name, self.choices).map(Value::String)
            } else {
                self.distinct(facets, &items, &schemas, name, rest, depth)
            };
            self.choices.leave(entered);
            self.on_way = outer;
            match made {
                Ok(made) => items.push(made),
                // What need not be there may be left out.
                Err(_) if position >= least && rest.is_empty() => break,
                Err(cannot) => return Err(cannot),
            }
        }
        Ok(Value::Array(items))
    }

    /// The number of items that there may be beyond those that must be there.
    pub(crate) fn room(&self, depth: usize) -> u64 {
        if depth >= FULL_DEPTH || self.steps > FULL_STEPS || self.attempt % 3 == 2 { 0 } else { 2 }
    }

    /// The schema that each item must match besides, as `contains` asks; at the end of the list, where no position has
    /// its own schema.
    fn special(&self, facets: &Facets<'c>, count: u64, beside: usize) -> Vec<Option<Schema<'c>>> {
        let mut special = vec![None; index(count)];
        let first = facets.lists.iter().map(|list| list.prefix.len()).max().unwrap_or(0);
        let wanted: usize = facets.contains.iter().map(|contains| index(contains.min.min(MAX_ITEMS))).sum();
        // Later attempts take the positions from the front: those may be the only ones that fit.
        let from_front = first + wanted > special.len() || self.attempt % 2 == 1;
        let mut place = if from_front { beside } else { first.max(beside) };
        for contains in &facets.contains {
            for _ in 0..contains.min.min(MAX_ITEMS) {
                if let Some(item) = special.get_mut(place) {
                    *item = Some(contains.schema.clone());
                }
                place += 1;
            }
        }
        special
    }

    fn distinct(
        &mut self,
        facets: &Facets<'c>,
        items: &[Value],
        schemas: &[Schema<'c>],
        name: &str,
        path: &[String],
        depth: usize,
    ) -> Result<Value, Cannot> {
        if facets.distinct == Distinct::Free {
            return self.make(schemas, singular(name), path, depth + 1);
        }
        for _ in 0..ATTEMPTS {
            let made = self.make(schemas, singular(name), path, depth + 1)?;
            if !items.contains(&made) {
                return Ok(made);
            }
        }
        // The numbers may have run out, so that the same simplest value comes again: count through the simple ones.
        let mut counting = Counting { at: u64::try_from(items.len()).expect("few") };
        for _ in 0..ATTEMPTS {
            let way = Way { path, branches: &[] };
            let mut maker = Maker::new(self.contract, self.direction, way, &mut counting);
            maker.spent = self.spent;
            let made = maker.make(schemas, singular(name), path, depth + 1);
            self.spent = maker.spent;
            let made = made?;
            if !items.contains(&made) {
                return Ok(made);
            }
            counting.at += 1;
        }
        Err(Cannot::because("there are not enough different items"))
    }
}

/// The number of items after which one comes that nothing allows; `None` where any number is allowed.
pub(crate) fn closed(facets: &Facets<'_>) -> Option<u64> {
    let never = |schema: &Schema<'_>| schema.value == &Value::Bool(false);
    let length = |count: usize| u64::try_from(count).expect("a short list");
    let by_list = facets.lists.iter().flat_map(|list| {
        let barred = list.prefix.iter().position(never);
        barred.or_else(|| list.items.as_ref().filter(|items| never(items)).map(|_| list.prefix.len())).map(length)
    });
    let evaluated = facets.lists.iter().map(|list| list.prefix.len()).max().unwrap_or(0);
    let open = facets.lists.iter().any(|list| list.items.is_some());
    let by_unevaluated =
        (!open && facets.contains.is_empty() && facets.unevaluated_items.iter().any(never)).then(|| length(evaluated));
    by_list.chain(by_unevaluated).min()
}

/// `emails` holds an `email`, `addresses` an `address`.
pub(crate) fn singular(name: &str) -> &str {
    if name.ends_with("sses") {
        name.strip_suffix("es").unwrap_or(name)
    } else if name.ends_with("ss") {
        name
    } else {
        name.strip_suffix('s').unwrap_or(name)
    }
}

/// Decisions that count up, for items that must differ when nothing else makes them.
struct Counting {
    at: u64,
}

impl Choices for Counting {
    fn below(&mut self, bound: u64) -> u64 {
        self.at % bound.max(1)
    }
}
