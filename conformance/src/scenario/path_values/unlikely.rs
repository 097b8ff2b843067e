//! Keys that nothing has by chance.

use etalon_contract::codec::Draft;
use etalon_contract::generate::{Broken, Choices, is_breach};
use etalon_contract::model::{Direction, In, Operation};
use etalon_contract::rule::{Row, Subject};
use serde_json::Value;

use crate::scenario::answer;
use crate::scenario::path_values::named::may_be_found;
use crate::scenario::setup::Setup;
use crate::settings::Changes;

/// The number from which on a key is one that nothing has by chance.
const FAR: u64 = 100_000_000;

/// The fewest characters of a key that nothing has by chance.
const UNLIKELY: usize = 10;

/// True where nothing has this key by chance.
#[must_use]
pub(crate) fn is_unlikely(key: &str) -> bool {
    match key.parse::<i128>() {
        Ok(number) => number.unsigned_abs() >= u128::from(FAR),
        Err(_) => key.chars().count() >= UNLIKELY,
    }
}

/// The last parameter of an operation's path, with a key that nothing has by chance; `None` where its schema allows none such.
#[must_use]
pub(in crate::scenario) fn fresh_key(
    setup: &Setup<'_>,
    operation: &Operation,
    draft: &Draft,
) -> Option<(String, Value)> {
    let name = operation.path.parameters().last()?;
    let drawn = draft.parameter(In::Path, name)?;
    let key = unlikely(setup, operation, name, drawn.clone());
    (key != *drawn).then(|| (name.to_owned(), key))
}

/// A drawn key of what an operation changes or removes, as one that nothing has by chance: where the run may change only what
/// it made, such a request must find nothing.
pub(super) fn nobodys(setup: &Setup<'_>, operation: &Operation, name: &str, drawn: Value) -> Value {
    let settings = setup.session.settings;
    if settings.changes != Changes::Own || may_be_found(setup.session, operation, name) {
        return drawn;
    }
    unlikely(setup, operation, name, drawn)
}

/// The breach of a key of what an operation changes or removes, as one with a key that nothing has by chance, where one breaks the
/// same: what cannot be there by the contract may be there all the same.
pub(in crate::scenario) fn nobodys_breach(setup: &Setup<'_>, operation: &Operation, row: &Row, pair: &mut Broken) {
    let Subject::Parameter { place: In::Path, name } = &row.subject else { return };
    if setup.session.settings.changes != Changes::Own || may_be_found(setup.session, operation, name) {
        return;
    }
    let drawn = pair.draft.parameter(In::Path, name);
    if drawn.is_none_or(|drawn| is_unlikely(&answer::text(drawn))) {
        return;
    }
    let token = setup.choices().below(FAR);
    let far = i64::try_from(token + FAR * 10).unwrap_or(i64::MAX);
    let wanted = [Value::String(format!("etalon-{token:08}")), Value::from(far), Value::from(-far)];
    let met = pair.draft.clone();
    let other = wanted.into_iter().find_map(|key| {
        let mut draft = met.clone();
        draft.set_parameter(In::Path, name, key);
        let other = Broken { draft, twin: pair.twin.clone() };
        is_breach(setup.session.contract, operation, row, &met, &other).then_some(other)
    });
    if let Some(other) = other {
        *pair = other;
    }
}

/// A key that nothing has by chance, or the drawn one where the schema of the parameter allows none such.
fn unlikely(setup: &Setup<'_>, operation: &Operation, name: &str, drawn: Value) -> Value {
    let mut choices = setup.choices();
    let token = choices.below(FAR);
    let wanted = [
        Value::String(format!("etalon-{token:08}")),
        Value::String(format!("{:08}-0000-4000-8000-{token:012}", token % FAR)),
        Value::from(token + FAR * 10),
        Value::String((token + FAR * 10).to_string()),
    ];
    let schema = operation.parameter(In::Path, name).and_then(|parameter| parameter.shape.schema());
    let fits = |value: &Value| {
        schema.is_none_or(|at| {
            etalon_contract::validate::is_valid(setup.session.contract, at, Direction::Request, value).unwrap_or(false)
        })
    };
    wanted.into_iter().find(fits).unwrap_or(drawn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_nothing_has_by_chance_is_long_or_far() {
        for (key, far) in
            [("1", false), ("keep", false), ("2147483000", true), ("00000000-0000-4000-8000-000000000000", true)]
        {
            assert_eq!(is_unlikely(key), far, "{key}");
        }
    }
}
