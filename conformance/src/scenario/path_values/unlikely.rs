//! Keys that nothing has by chance.

use etalon_contract::codec::Draft;
use etalon_contract::generate::Choices;
use etalon_contract::model::{Direction, In, Operation};
use serde_json::Value;

use crate::scenario::path_values::named::may_be_found;
use crate::scenario::setup::Setup;
use crate::settings::Changes;

/// A number of eight digits: nothing has it as its key by chance.
const FAR: u64 = 100_000_000;

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
