//! What narrows a list besides its path and its pages: required parameters. A list that is asked for `site=1` need not show
//! what belongs to another site, so the parameters say what the created items say, and where nothing tells what they
//! should say, a missing item proves nothing.

use etalon_contract::behaviour::{Effect, PageBy, shape};
use etalon_contract::codec::Draft;
use etalon_contract::model::{In, Operation};
use serde_json::Value;

use crate::scenario::answer;
use crate::scenario::path_values::Created;
use crate::scenario::setup::Setup;

/// The values of a list's required parameters, as far as created items tell them.
#[derive(Clone, Debug, Default)]
pub(super) struct ListFilters {
    values: Vec<(In, String, Value)>,
    /// The first parameter whose value nothing tells.
    pub doubt: Option<String>,
}

impl ListFilters {
    /// Puts the values into a draft of the list.
    pub(super) fn put(&self, draft: &mut Draft) {
        for (place, name, value) in &self.values {
            draft.set_parameter(*place, name, value.clone());
        }
    }
}

/// The filters that a list has to be asked for so that it shows items which one operation created.
#[must_use]
pub(super) fn showing(
    setup: &Setup<'_>,
    list: (&Operation, &Effect),
    creator: &Operation,
    created: &[&Created<'_>],
) -> ListFilters {
    let (operation, effect) = list;
    let mut filters = ListFilters::default();
    for parameter in &operation.parameters {
        let (place, name) = (parameter.place, parameter.name.as_str());
        // Fields of the header say how to answer, not what is asked for.
        if !parameter.required || matches!(place, In::Path | In::Header) || pages(effect, name) {
            continue;
        }
        let mut told = created.iter().map(|created| {
            let [answered, sent] = items(setup, creator, created);
            member(answered, name)
                .or_else(|| created.draft.parameter(place, name).cloned())
                .or_else(|| member(sent, name))
        });
        match told.next().flatten() {
            Some(first) if told.all(|other| other.as_ref() == Some(&first)) => {
                let value = answer::typed(setup.session.contract, operation, place, name, &first);
                filters.values.push((place, name.to_owned(), value));
            }
            Some(_) | None => {
                filters.doubt.get_or_insert_with(|| name.to_owned());
            }
        }
    }
    filters
}

/// A parameter that chooses a page and not what is listed.
fn pages(effect: &Effect, name: &str) -> bool {
    effect.paging.as_ref().is_some_and(|paging| {
        let by = match &paging.by {
            PageBy::Cursor { after, before } => after.as_deref() == Some(name) || before.as_deref() == Some(name),
            PageBy::Offset(known) | PageBy::Page(known) => known == name,
            PageBy::Nothing => false,
        };
        by || paging.limit.as_deref() == Some(name)
    })
}

/// A created item: as it was answered, and as it was sent.
fn items(setup: &Setup<'_>, creator: &Operation, created: &Created<'_>) -> [Option<Value>; 2] {
    let Some(effect) = setup.effect(creator) else { return [None, None] };
    let answered = answer::item(effect, &created.exchange.response);
    let sent = effect.sent.as_ref().and_then(|at| at.get(created.draft.body_value()?).cloned());
    [answered, sent]
}

/// The value of an item under the name of a parameter, however each is spelt; `None` where it is no text, number or
/// boolean.
fn member(item: Option<Value>, name: &str) -> Option<Value> {
    let plain = shape::plain(name);
    let Some(Value::Object(members)) = item else { return None };
    let (_, value) = members.into_iter().find(|(known, _)| shape::plain(known) == plain)?;
    (value.is_string() || value.is_number() || value.is_boolean()).then_some(value)
}
