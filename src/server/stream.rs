//! Which answers go on: streams of what the contract has a collection of.

use std::sync::Arc;

use etalon_contract::behaviour::{Call, Context, Inferred, Outcome, following};
use etalon_contract::codec::{Decoded, Framing};
use etalon_contract::model::{Contract, In, MediaType};
use serde_json::Value;

use crate::server::account::Answered;
use crate::server::follow::Follow;
use crate::server::world::Part;

/// The quality of a media type that is wanted more than any that `Accept` names.
const MOST: u16 = 1_001;

/// The wish for a stream that a request has by a member of its body: `stream: true`, as clients of language models do whatever they
/// accept. `None` where it does not say.
pub(super) fn wanted(decoded: &Decoded) -> Option<bool> {
    let (.., body) = decoded.body.value()?;
    body.get("stream")?.as_bool()
}

/// The quality of a media type for who wants a stream, or none, and accepts it with this quality.
pub(super) fn quality(wanted: Option<bool>, media_type: &MediaType, accepted: u16) -> u16 {
    match (wanted, Framing::of(&media_type.essence())) {
        (Some(true), Some(_)) => MOST,
        (Some(false), Some(_)) => accepted.min(1),
        (Some(_), None) | (None, _) => accepted,
    }
}

/// The contract that an answer is of, and what becomes of its items.
pub(super) struct Source<'s> {
    pub(super) contract: &'s Arc<Contract>,
    pub(super) behaviour: &'s dyn Inferred,
    pub(super) part: &'s Part,
}

/// Lets an answer go on that is a stream about a collection: it begins with the items that are there where it lists them, else
/// with what the client missed since the event that it saw last (`Last-Event-ID`, WHATWG HTML §9.2.4).
pub(super) fn follow(
    source: &Source<'_>,
    call: &Call<'_>,
    (context, last): (&Context, u64),
    outcome: &Outcome,
    answered: &mut Answered,
) {
    let operation = call.operation;
    let status = answered.response.status;
    if !operation.method.is_safe() || status >= 300 {
        return;
    }
    let sent = answered.response.headers.get("content-type");
    // Nearly all answers are no streams, and no more is asked of those.
    let is_framed = |sent: &&str| Framing::of(sent.split(';').next().unwrap_or_default().trim_ascii()).is_some();
    let sent = sent.filter(is_framed).and_then(MediaType::parse);
    let Some(content) = sent.and_then(|sent| operation.response(status)?.content_for(&sent)) else { return };
    let said = |name: &str| call.parameter(In::Path, name).and_then(in_path);
    let Some(following) = following(source.contract, source.behaviour, operation, content, &said) else { return };
    let is_own = source.behaviour.effect(operation.index).collection == Some(following.collection);
    let seen = call.headers.get("last-event-id").and_then(|id| id.trim().parse().ok());
    let resumed = seen.and_then(|seen| source.part.followed().resume(seen));
    let listed = match outcome {
        Outcome::Listed(listing) if resumed.is_none() && is_own => listing.items.as_slice(),
        Outcome::Listed(_)
        | Outcome::Created(_)
        | Outcome::Found(_)
        | Outcome::Deleted(_)
        | Outcome::Accepted
        | Outcome::Answered
        | Outcome::Refused(_) => &[],
    };
    let shown = listed.iter().filter_map(|item| following.listed(source.contract, context.seed, item));
    answered.response.body = shown.flatten().collect();
    // No cache may answer for what is still going on.
    if answered.response.headers.get("cache-control").is_none() {
        answered.response.headers.add("Cache-Control", "no-store");
    }
    source.part.followed().follow();
    answered.follow = Some(Follow {
        contract: source.contract.clone(),
        following: Arc::new(following),
        feed: source.part.followed().clone(),
        seed: context.seed,
        seen: resumed.unwrap_or(last),
        listen: None,
    });
}

/// The text of a path parameter.
fn in_path(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}
