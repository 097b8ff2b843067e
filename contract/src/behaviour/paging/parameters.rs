//! Which query parameters cut a list into pages, recognised by name.

use serde_json::Value;

use crate::behaviour::paging::words::Parameter;
use crate::behaviour::shape;
use crate::behaviour::{PageBy, Paging};
use crate::document::{Location, Pointer};
use crate::model::{Contract, In, Operation};

/// The paging of a list operation; `None` where no query parameter speaks of pages.
#[must_use]
pub(crate) fn of(contract: &Contract, operation: &Operation) -> Option<Paging> {
    let named = |asked: Parameter, numeric: Numeric| {
        asked.words().iter().find_map(|wanted| {
            operation
                .parameters
                .iter()
                .find(|parameter| {
                    parameter.place == In::Query
                        && shape::plain(&parameter.name) == *wanted
                        && parameter.shape.schema().is_none_or(|at| {
                            let types = shape::types(contract, at);
                            let is_number = types.iter().any(|word| matches!(*word, "integer" | "number"));
                            match numeric {
                                Numeric::Must => is_number || types.is_empty(),
                                Numeric::Never => !is_number && !is_date(contract, at),
                            }
                        })
                })
                .map(|parameter| parameter.name.clone())
        })
    };
    let limit = named(Parameter::Limit, Numeric::Must);
    let (after, before) = (named(Parameter::After, Numeric::Never), named(Parameter::Before, Numeric::Never));
    let by = if after.is_some() || before.is_some() {
        PageBy::Cursor { after, before }
    } else if let Some(offset) = named(Parameter::Offset, Numeric::Must) {
        PageBy::Offset(offset)
    } else if let Some(page) = named(Parameter::Page, Numeric::Must) {
        PageBy::Page(page)
    } else {
        PageBy::Nothing
    };
    (limit.is_some() || by != PageBy::Nothing).then_some(Paging { by, limit })
}

/// The query parameters that choose among items: those called as a member of the item that is one value or a list of them.
#[must_use]
pub(crate) fn filters(
    contract: &Contract,
    operation: &Operation,
    paging: Option<&Paging>,
    item: &Location,
) -> Vec<(String, Pointer)> {
    let of_paging = paging.map(Paging::parameters).unwrap_or_default();
    let is_plain = |at: &Location| !shape::is_object(contract, at) && !shape::is_array(contract, at);
    let mut members: Vec<(String, Pointer, Location)> = Vec::new();
    let root = Pointer::root();
    for (name, at) in shape::members(contract, item) {
        if name == "attributes" {
            let inner = shape::members(contract, &at).into_iter();
            members.extend(inner.map(|(inner, at)| (inner.clone(), root.join(&name).join(&inner), at)));
        }
        members.push((name.clone(), root.join(&name), at));
    }
    let query = operation.parameters.iter().filter(|parameter| parameter.place == In::Query);
    query
        .filter(|parameter| !of_paging.contains(&parameter.name.as_str()))
        .filter_map(|parameter| {
            let plain = shape::plain(&parameter.name);
            let (_, pointer, _) = members.iter().find(|(name, _, at)| {
                shape::plain(name) == plain
                    && (is_plain(at) || shape::items(contract, at).is_some_and(|each| is_plain(&each)))
            })?;
            Some((parameter.name.clone(), pointer.clone()))
        })
        .collect()
}

/// What kind of value a parameter of that name holds where it speaks of pages.
#[derive(Clone, Copy)]
enum Numeric {
    Must,
    Never,
}

/// `before` and `after` with a date are filters, not cursors.
fn is_date(contract: &Contract, at: &Location) -> bool {
    shape::keyword(contract, at, "format").and_then(Value::as_str).is_some_and(|format| format.starts_with("date"))
}
