//! Requests that are repeated under a key, which makes repetitions safe (`Idempotency-Key`).

use etalon_contract::codec::Draft;
use etalon_contract::model::In;
use serde_json::Value;

use crate::judge::story::again::{self, Repeated};
use crate::scenario::acting::Acting;
use crate::scenario::answer;
use crate::scenario::fuller::{least, without_options};
use crate::scenario::path_values;
use crate::scenario::setup::{Authorization, Setup};
use crate::transcript::{Exchange, Pending, Role};
use crate::verdict::Verdict;

/// The same request under the same key, other content under it, and the same under another key.
pub(super) fn idempotency(setup: &mut Setup<'_>, acting: &Acting<'_>) -> Result<Verdict, Pending> {
    let parameters = &acting.operation.parameters;
    let named = parameters.iter().find(|parameter| parameter.name.eq_ignore_ascii_case("idempotency-key"));
    let Some(name) = named.map(|parameter| parameter.name.clone()) else {
        return Err(Pending::unreachable("it takes no key"));
    };
    let mut fresh = setup.fresh();
    let token = etalon_contract::generate::Choices::below(&mut fresh, u64::MAX);
    let (one, other) = (format!("etalon-{token:016x}"), format!("etalon-{:016x}", token.wrapping_add(1)));
    let first_draft = draft(setup, acting)?;
    let first = send(setup, acting, &first_draft, &name, &one, Role::Prepare)?;
    if !first.accepted() {
        let said = crate::judge::limit::said(&first.response);
        return Err(Pending::inconclusive(format!("the first was answered {said}")));
    }
    let again = send(setup, acting, &first_draft, &name, &one, Role::Tested)?;
    let again_at = setup.transcript.latest();
    let second_draft = draft(setup, acting)?;
    let changed = send(setup, acting, &second_draft, &name, &one, Role::Tested)?;
    let changed_at = setup.transcript.latest();
    let third_draft = draft(setup, acting)?;
    let apart = send(setup, acting, &third_draft, &name, &other, Role::Tested)?;
    let apart_at = setup.transcript.latest();
    let key = |exchange: &Exchange| {
        let key = answer::key(setup.session, acting.operation, acting.effect, &exchange.response);
        key.map(|key| answer::text(&key)).filter(|_| exchange.accepted())
    };
    let repeated = [(again, again_at), (changed, changed_at), (apart, apart_at)];
    let repeated = repeated.map(|(exchange, shown)| Repeated { answer: &exchange.response, key: key(exchange), shown });
    let [again, changed, apart] = repeated;
    Ok(again::repeated(&first.response, key(first).as_deref(), &again, &changed, &apart))
}

/// A valid draft in its place, without what may be left out.
fn draft(setup: &mut Setup<'_>, acting: &Acting<'_>) -> Result<Draft, Pending> {
    let mut fresh = setup.fresh();
    let draft = setup.valid(acting.operation, &mut fresh)?;
    let mut draft = least(setup.session, acting.operation, &draft);
    without_options(acting.operation, &mut draft);
    let path = path_values::find(setup, acting.operation, &draft, &[])?;
    path.put(&mut draft, None);
    Ok(draft)
}

fn send<'s>(
    setup: &mut Setup<'s>,
    acting: &Acting<'_>,
    draft: &Draft,
    name: &str,
    key: &str,
    role: Role,
) -> Result<&'s Exchange, Pending> {
    let mut draft = draft.clone();
    draft.set_parameter(In::Header, name, Value::String(key.to_owned()));
    let request = setup.valid_request(acting.operation, &draft, Authorization::Usual)?;
    setup.send(role, acting.operation, request)
}
