//! A thing that holds the items of a collection of its own, as a cart holds its lines: its list, its counts and its
//! sums are those of what is there.

use std::sync::Arc;

use serde_json::{Number, Value};

use crate::behaviour::Collection;
use crate::behaviour::form::shown;
use crate::behaviour::shape;
use crate::behaviour::state::{Item, Place, State};
use crate::document::{Location, Pointer};
use crate::model::Contract;

/// Members that count what is held.
const COUNTS: [&str; 9] = [
    "count",
    "itemcount",
    "itemscount",
    "totalitems",
    "totalcount",
    "size",
    "quantity",
    "totalquantity",
    "numberofitems",
];

/// Members that sum up what is held.
const SUMS: [&str; 7] = ["total", "subtotal", "totalprice", "totalamount", "sum", "grandtotal", "amount"];

/// Members of an item that say what one of it costs.
const PRICES: [&str; 5] = ["price", "unitprice", "amount", "cost", "unitamount"];

/// Members of an item that say how many of it there are.
const QUANTITIES: [&str; 4] = ["quantity", "qty", "count", "number"];

/// The thing with what it holds now.
pub(crate) fn with_items(
    contract: &Contract,
    state: &State,
    collection: &Collection,
    place: &Place,
    item: &Item,
    (at, below): &(Pointer, usize),
) -> Arc<Item> {
    let inner = Place { collection: *below, scope: place.scope.clone() };
    let each = collection
        .item
        .as_ref()
        .and_then(|item| shape::within(contract, item, at).and_then(|array| shape::items(contract, &array)));
    let values: Vec<Value> = state.items(&inner).map(|item| item.value.clone()).collect();
    let listed =
        values.iter().map(|value| each.as_ref().map_or_else(|| value.clone(), |each| shown(contract, each, value)));
    let mut value = item.value.clone();
    let _ = at.put(&mut value, listed.collect());
    if let Some(schema) = &collection.item {
        for (name, at) in shape::members(contract, schema) {
            let here = Pointer::root().join(&name);
            let plain = shape::plain(&name);
            if COUNTS.contains(&plain.as_str()) {
                let _ = here.put(&mut value, Value::Number(Number::from(quantity(&values, &plain))));
            } else if SUMS.contains(&plain.as_str()) {
                put_sum(contract, &at, &here, &values, &mut value);
            }
        }
    }
    Arc::new(Item::new(item.key.clone(), value, item.sequence))
}

fn quantity(values: &[Value], plain: &str) -> usize {
    if !plain.ends_with("quantity") {
        return values.len();
    }
    values.iter().map(|value| amount(value, &QUANTITIES).unwrap_or(1.0)).sum::<f64>() as usize
}

/// The sum where the member is a number, or holds one (`{amount, currency}`), and the items have prices; zero where nothing is
/// held.
fn put_sum(contract: &Contract, at: &Location, here: &Pointer, values: &[Value], whole: &mut Value) {
    let prices: Option<Vec<f64>> =
        values.iter().map(|value| Some(amount(value, &PRICES)? * amount(value, &QUANTITIES).unwrap_or(1.0))).collect();
    let Some(prices) = prices else { return };
    let sum = prices.iter().sum::<f64>();
    let number = |at: &Location| {
        let types = shape::types(contract, at);
        if types.contains(&"integer") {
            Some(Value::Number(Number::from(sum.round() as i64)))
        } else if types.contains(&"number") {
            Number::from_f64(sum).map(Value::Number)
        } else {
            None
        }
    };
    if let Some(value) = number(at) {
        let _ = here.put(whole, value);
        return;
    }
    for (name, at) in shape::members(contract, at) {
        let named = shape::plain(&name);
        let is_price = PRICES.contains(&named.as_str()) || named == "value";
        if is_price && let (Some(value), Some(Value::Object(_))) = (number(&at), here.get(whole)) {
            let _ = here.join(&name).put(whole, value);
        }
    }
}

/// The number that an item has under one of these names, or within what it has there.
fn amount(value: &Value, names: &[&str]) -> Option<f64> {
    let members = value.as_object()?;
    members.iter().find(|(name, _)| names.contains(&shape::plain(name).as_str())).and_then(|(_, value)| {
        value.as_f64().or_else(|| value.get("amount")?.as_f64()).or_else(|| value.get("value")?.as_f64())
    })
}
