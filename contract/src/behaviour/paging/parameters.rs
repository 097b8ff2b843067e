//! The query parameters that cut a list into pages, recognised by name.

use crate::behaviour::paging::asked::{self, Asked};
use crate::behaviour::paging::words::Parameter;
use crate::behaviour::shape;
use crate::behaviour::{PageBy, Paging};
use crate::document::Location;
use crate::model::{Contract, In, Operation};

/// The paging of a list operation; `None` where no query parameter speaks of pages.
#[must_use]
pub(crate) fn of(contract: &Contract, operation: &Operation) -> Option<Paging> {
    read(contract, operation, &asked::with_members(contract, operation))
}

/// The paging that the body of a POST asks for; `None` where it does not speak of pages.
#[must_use]
pub(crate) fn in_body(contract: &Contract, operation: &Operation) -> Option<Paging> {
    read(contract, operation, &asked::by_body(contract, operation))
}

fn read(contract: &Contract, operation: &Operation, asked_for: &[Asked]) -> Option<Paging> {
    let named = |asked: Parameter, numeric: Numeric| {
        let fits = |at: &Location| {
            let types = shape::types(contract, at);
            let is_number = types.iter().any(|word| matches!(*word, "integer" | "number"));
            match numeric {
                Numeric::Must => is_number || types.is_empty(),
                Numeric::Never => !is_number && !is_date(contract, at),
            }
        };
        asked.words().iter().find_map(|wanted| {
            let is_it = |one: &&Asked| one.plain() == *wanted && one.schema.as_ref().is_none_or(fits);
            asked_for.iter().find(is_it).map(|one| one.name.clone())
        })
    };
    // `first` beside `max` is the place of the first one, else how many come first.
    let has = |name: &str| asked_for.iter().any(|one| one.name == name);
    if has("first") && has("max") {
        return Some(Paging { by: PageBy::Offset("first".to_owned()), or: None, limit: Some("max".to_owned()) });
    }
    let limit = named(Parameter::Limit, Numeric::Must);
    // A mark that is no number is a cursor, however it is called.
    let after = named(Parameter::After, Numeric::Never).or_else(|| {
        named(Parameter::Offset, Numeric::Never).filter(|name| limit.is_some() && is_mark(operation, name))
    });
    let before = named(Parameter::Before, Numeric::Never);
    let is_cut = after.is_some() || before.is_some();
    let cursor = is_cut.then_some(PageBy::Cursor { after, before });
    let offset = named(Parameter::Offset, Numeric::Must)
        .filter(|name| limit.is_some() && !is_range(operation, name) || is_plainly_offset(name))
        .map(PageBy::Offset);
    let page = named(Parameter::Page, Numeric::Must).map(PageBy::Page);
    let mut marks = cursor.into_iter().chain(offset).chain(page);
    let by = marks.next().unwrap_or(PageBy::Nothing);
    (limit.is_some() || by != PageBy::Nothing).then(|| Paging { by, or: marks.next(), limit })
}

/// True for a text that marks a place in a list: `offset` always, `from` where it is described as an identifier.
fn is_mark(operation: &Operation, name: &str) -> bool {
    let described = operation.parameter(In::Query, name).and_then(|parameter| parameter.description.as_deref());
    let names_one =
        || described.is_some_and(|text| text.split(|sign: char| !sign.is_alphanumeric()).any(|word| word == "ID"));
    is_plainly_offset(name) || asked::plain(name) == "from" && !is_range(operation, name) && names_one()
}

/// True for a name that says nothing but how many items are passed over.
fn is_plainly_offset(name: &str) -> bool {
    !matches!(asked::plain(name).as_str(), "from" | "start")
}

/// True for `from` and `start` beside their ends: they are times or values, not places in a list.
fn is_range(operation: &Operation, name: &str) -> bool {
    let ends: &[&str] = match asked::plain(name).as_str() {
        "from" => &["to", "until"],
        "start" => &["end", "stop", "until"],
        _ => &[],
    };
    operation
        .parameters
        .iter()
        .any(|parameter| parameter.place == In::Query && ends.contains(&shape::plain(&parameter.name).as_str()))
}

/// The kind of value that a parameter of such a name holds where it speaks of pages.
#[derive(Clone, Copy)]
enum Numeric {
    Must,
    Never,
}

/// `before` and `after` with a date are filters, not cursors.
fn is_date(contract: &Contract, at: &Location) -> bool {
    shape::format(contract, at).is_some_and(|format| format.starts_with("date"))
}
