//! Filters and orders of lists: a small world is made whose items differ, and the list is asked for some of them, or for an order.

use etalon_contract::behaviour::{Filter, Test, paging, shape};
use etalon_contract::document::Pointer;
use etalon_contract::model::In;
use etalon_contract::validate;
use serde_json::Value;

use crate::judge::listing::ListingEnd;
use crate::judge::story::choice::{self, Choice, fits};
use crate::scenario::acting::Acting;
use crate::scenario::answer;
use crate::scenario::pages::{self, Walk};
use crate::scenario::setup::Setup;
use crate::scenario::story::world::{World, kinds, large, world};
use crate::transcript::Pending;
use crate::verdict::Verdict;

/// The fewest and the most items of a world.
const FEWEST: usize = 4;
const MOST: usize = 7;

/// The most values of a filter that are asked for.
const VALUES: usize = 7;

/// The number of pages over which a filter and an order are looked at.
const PAGES: u64 = 3;

/// The items of a filter are shown, and no others: by each value, with another filter, and page by page.
pub(super) fn filter_chooses(setup: &mut Setup<'_>, acting: &Acting<'_>, name: &str) -> Result<Verdict, Pending> {
    let filter = acting.effect.filters.iter().find(|filter| filter.parameter == name && filter.member.is_none());
    let Some(filter) = filter else { return Err(Pending::unreachable("nothing is known of what it chooses by")) };
    let wanted = kinds(acting, &filter.at).clamp(FEWEST, MOST);
    let world = world(setup, acting, wanted, &filter.at)?;
    let values = values(acting, filter, &world);
    let mut choices = Vec::new();
    let mut most = 0;
    for value in values.iter().take(VALUES) {
        let asked = [(filter, value.clone())];
        if let Some((choice, shown)) = ask(setup, acting, &world, &asked, large(acting))? {
            choices.push(choice);
            most = most.max(shown);
        }
    }
    if let Some(value) = values.first() {
        // The same page by page, and with another filter beside it.
        let size = (u64::try_from(most).unwrap_or(u64::MAX) / PAGES).max(1);
        let sizes = (size..=size + 10).find(|size| crate::scenario::story::world::is_size(acting, *size));
        if let (Some(size), true) = (sizes, most > 1) {
            let asked = [(filter, value.clone())];
            choices.extend(ask(setup, acting, &world, &asked, Some(size))?.map(|(choice, _)| choice));
        }
        for pair in pairs(acting, filter, &world) {
            choices.extend(ask(setup, acting, &world, &pair, large(acting))?.map(|(choice, _)| choice));
        }
        if let Some(several) = several(acting, filter, &values) {
            let asked = [(filter, several)];
            choices.extend(ask(setup, acting, &world, &asked, large(acting))?.map(|(choice, _)| choice));
        }
    }
    Ok(choice::chosen(&choices))
}

/// The values that a filter is asked for: those that the items have, and those that its schema lists.
fn values(acting: &Acting<'_>, filter: &Filter, world: &World) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    let mut add = |value: Value| {
        if !found.contains(&value) && is_taken(acting, filter, &value) {
            found.push(value);
        }
    };
    if filter.test == Test::Contains && filter.at.as_str().is_empty() {
        words(acting, filter, world).into_iter().for_each(&mut add);
        return found;
    }
    for made in &world.made {
        match filter.at.get(&made.item) {
            Some(Value::Array(items)) => items.iter().rev().take(2).for_each(|item| add(wrapped(acting, filter, item))),
            Some(Value::String(text)) if filter.test == Test::Contains => add(Value::String(text.clone())),
            Some(value @ (Value::String(_) | Value::Number(_) | Value::Bool(_))) => add(wrapped(acting, filter, value)),
            Some(Value::Null | Value::Object(_)) | None => {}
        }
    }
    let contract = acting.session.contract;
    let schema = acting.operation.parameter(In::Query, &filter.parameter).and_then(|known| known.shape.schema());
    if let Some(schema) = schema {
        let listed = shape::keyword(contract, schema, "enum").and_then(Value::as_array);
        listed.into_iter().flatten().cloned().for_each(&mut add);
        if shape::types(contract, schema).contains(&"boolean") {
            [true, false].map(Value::Bool).into_iter().for_each(&mut add);
        }
    }
    found
}

/// A value as the parameter of a filter takes it: an array of it, where it is one.
fn wrapped(acting: &Acting<'_>, filter: &Filter, value: &Value) -> Value {
    let contract = acting.session.contract;
    let schema = acting.operation.parameter(In::Query, &filter.parameter).and_then(|known| known.shape.schema());
    match schema.is_some_and(|at| shape::is_array(contract, at)) {
        true => Value::Array(vec![value.clone()]),
        false => value.clone(),
    }
}

/// Several values of a filter at once, where it takes a list.
fn several(acting: &Acting<'_>, filter: &Filter, values: &[Value]) -> Option<Value> {
    let all: Vec<Value> = values.iter().filter_map(Value::as_array).flatten().take(2).cloned().collect();
    let several = Value::Array(all);
    (several.as_array().is_some_and(|all| all.len() == 2) && is_taken(acting, filter, &several)).then_some(several)
}

/// True where a filter may have a value.
fn is_taken(acting: &Acting<'_>, filter: &Filter, value: &Value) -> bool {
    let schema = acting.operation.parameter(In::Query, &filter.parameter).and_then(|known| known.shape.schema());
    let is_empty = value.as_str().is_some_and(str::is_empty);
    !is_empty
        && schema.is_none_or(|at| {
            let direction = etalon_contract::model::Direction::Request;
            validate::is_valid(acting.session.contract, at, direction, value).unwrap_or(false)
        })
}

/// The members that a search looks at, as its description names them.
fn searched(acting: &Acting<'_>, filter: &Filter) -> Vec<String> {
    let told = acting.operation.parameter(In::Query, &filter.parameter).and_then(|known| known.description.as_deref());
    let told = told.unwrap_or_default().to_lowercase();
    let words: Vec<&str> = told.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let members = acting.collection.item.as_ref().map(|item| shape::members(acting.session.contract, item));
    let names = members.into_iter().flatten().map(|(name, _)| name);
    names.filter(|name| words.contains(&name.to_lowercase().as_str())).collect()
}

/// Parts of the texts that a search looks at: from their middle, and in other letters.
fn words(acting: &Acting<'_>, filter: &Filter, world: &World) -> Vec<Value> {
    let names = searched(acting, filter);
    let mut found = Vec::new();
    for name in &names {
        let mut texts = world.made.iter().filter_map(|made| made.item.get(name)?.as_str());
        let Some(text) = texts.find(|text| text.chars().count() > SHORT) else { continue };
        let middle: String = text.chars().skip(2).take(SHORT).collect();
        if middle.trim() == middle && middle.is_ascii() {
            found.push(Value::String(middle.clone()));
            let turned =
                middle.chars().map(|c| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() });
            found.push(Value::String(turned.collect()));
        }
    }
    found
}

/// The length of a part of a text that is searched for.
const SHORT: usize = 5;

/// Two filters at once: by the values of one item, and by those of two different ones.
fn pairs<'f>(acting: &'f Acting<'_>, filter: &'f Filter, world: &World) -> Vec<Vec<(&'f Filter, Value)>> {
    let all = &acting.effect.filters;
    let at = all.iter().position(|known| known == filter).unwrap_or(0);
    let others = (1..all.len()).map(|step| &all[(at + step) % all.len()]);
    let mut found = Vec::new();
    for other in others.filter(|other| other.member.is_none() && other.parameter != filter.parameter) {
        let value = |filter: &Filter, number: usize| {
            let value = filter.at.get(&world.made.get(number)?.item)?;
            let value = value.as_array().and_then(|items| items.last()).unwrap_or(value);
            let value = wrapped(acting, filter, value);
            is_taken(acting, filter, &value).then_some(value)
        };
        for (one, two) in [(0, 0), (0, 1)] {
            if let (Some(first), Some(second)) = (value(filter, one), value(other, two)) {
                found.push(vec![(filter, first), (other, second)]);
            }
        }
        if found.len() >= 2 {
            break;
        }
    }
    found
}

/// Asks for a list by filters: what was seen, and how many items that were made were among it.
fn ask(
    setup: &mut Setup<'_>,
    acting: &Acting<'_>,
    world: &World,
    asked: &[(&Filter, Value)],
    size: Option<u64>,
) -> Result<Option<(Choice, usize)>, Pending> {
    let list = (acting.operation, acting.effect);
    let parameters: Vec<(String, Value)> =
        asked.iter().map(|(filter, value)| (filter.parameter.clone(), value.clone())).collect();
    let walk = match pages::asked(setup, list, &world.scope, &world.filters, size, &parameters) {
        Ok(walk) => walk,
        Err(Pending::Verdict(_)) => return Ok(None),
        Err(pending) => return Err(pending),
    };
    let shown: Vec<Value> = items(acting, &walk);
    let fit = |item: &Value| {
        let fits = asked.iter().map(|(filter, value)| fits_filter(acting, filter, item, value));
        let fits: Vec<Option<bool>> = fits.collect();
        if fits.contains(&Some(false)) {
            Some(false)
        } else if fits.contains(&None) {
            None
        } else {
            Some(true)
        }
    };
    let key = |item: &Value| acting.collection.key.get(item).map(answer::text).unwrap_or_default();
    let stranger = shown.iter().find(|item| fit(item) == Some(false)).map(|item| {
        let unfit = asked.iter().find(|(filter, value)| fits_filter(acting, filter, item, value) == Some(false));
        let value = unfit.and_then(|(filter, _)| filter.at.get(item)).cloned().unwrap_or_default();
        (key(item), value)
    });
    let whole = matches!(walk.listing.end, ListingEnd::Reached) || size.is_none() && walk.listing.pages.len() == 1;
    let fitting: Vec<&str> =
        world.made.iter().filter(|made| fit(&made.item) == Some(true)).map(|made| made.key.as_str()).collect();
    let missing = fitting.iter().find(|key| whole && walk.listing.times(key) == 0).map(|key| (*key).to_owned());
    let twice = fitting.iter().find(|key| walk.listing.times(key) > 1).map(|key| (*key).to_owned());
    let told = walk
        .exchanges
        .first()
        .and_then(|first| paging::total(&first.response.headers, &answer::json(&first.response)?));
    let number = u64::try_from(shown.len()).unwrap_or(u64::MAX);
    let count = told.filter(|told| whole && *told != number).map(|told| (told, number));
    let words: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={}", answer::text(value))).collect();
    let choice = Choice {
        asked: words.join("&"),
        stranger,
        missing,
        twice,
        count,
        fitting: fitting.len(),
        shown: setup.transcript.latest(),
    };
    Ok(Some((choice, shown.len())))
}

/// The items on all pages of a walk.
pub(super) fn items(acting: &Acting<'_>, walk: &Walk<'_>) -> Vec<Value> {
    walk.exchanges.iter().flat_map(|page| answer::items(acting.effect, &page.response).unwrap_or_default()).collect()
}

/// True where an item fits a filter; `None` where that can be read in more than one way.
fn fits_filter(acting: &Acting<'_>, filter: &Filter, item: &Value, wanted: &Value) -> Option<bool> {
    if filter.test == Test::Contains && filter.at.as_str().is_empty() {
        return fits_search(acting, filter, item, wanted);
    }
    let value = filter.at.get(item);
    // What stands for a thing that is shown is its key.
    if value.is_some_and(Value::is_object) {
        return None;
    }
    if value.is_none() && !is_optional(acting, &filter.at) {
        return None;
    }
    fits(filter.test, inclusive(acting, filter), value, wanted)
}

/// True where an item may lack a member, by its schema.
fn is_optional(acting: &Acting<'_>, at: &Pointer) -> bool {
    let contract = acting.session.contract;
    let item = acting.collection.item.as_ref();
    item.and_then(|item| shape::within(contract, item, at)).is_some()
}

/// True where a text that is searched for is in one of the members that the search looks at.
fn fits_search(acting: &Acting<'_>, filter: &Filter, item: &Value, wanted: &Value) -> Option<bool> {
    let wanted = wanted.as_str()?.to_lowercase();
    let names = searched(acting, filter);
    let has = |value: &Value| value.to_string().to_lowercase().contains(&wanted);
    let told = names.iter().filter_map(|name| item.get(name)?.as_str());
    if told.clone().any(|text| text.to_lowercase().contains(&wanted)) {
        return Some(true);
    }
    if has(item) { None } else { Some(false) }
}

/// True where a bound is within the range, by the words for it; `None` where they do not say.
fn inclusive(acting: &Acting<'_>, filter: &Filter) -> Option<bool> {
    let parameter = acting.operation.parameter(In::Query, &filter.parameter)?;
    let told = parameter.description.as_deref().unwrap_or_default().to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| told.contains(word));
    if says(&["inclusive", "at least", "at most", "or later", "or earlier", "on or after", "on or before"]) {
        return Some(true);
    }
    if says(&["exclusive", "strictly", "less than", "more than", "greater than"]) {
        return Some(false);
    }
    let name = shape::plain(&filter.parameter);
    let ends = |words: &[&str]| words.iter().any(|word| name.ends_with(word) || name.starts_with(word));
    if ends(&["gte", "lte", "min", "max"]) {
        return Some(true);
    }
    ends(&["gt", "lt"]).then_some(false)
}
