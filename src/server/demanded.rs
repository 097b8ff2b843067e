//! Answers that are asked for: by the client, or by rules that stand for all clients. What the client says goes first.

use std::time::Duration;

use etalon_contract::behaviour::{Call, Context, Examples, Kind, Occasion, Problem, Wish, requested, undeclared};
use etalon_contract::codec::{self, Request};
use etalon_contract::model::{In, MediaType};

use crate::server::accept::Accept;
use crate::server::account::{Answered, Cause};
use crate::server::demand::Fault;
use crate::server::found::Found;
use crate::server::prefer::Preferences;
use crate::server::rule::Decided;

/// The preferences of the client. Query parameters that the operation itself documents are the operation's.
pub(super) fn preferences(found: &Found<'_>, request: &Request) -> Result<Preferences, Problem> {
    let preferences = Preferences::of(request).map_err(|why| Problem::new(Kind::BadPreference, why))?;
    let is_documented = |name: String| found.operation.parameter(In::Query, &name).is_some();
    if preferences.is_from_query() && Preferences::query_names().any(is_documented) {
        return Ok(Preferences::default());
    }
    Ok(preferences)
}

/// The answer that a rule has for a call, whatever the call is: who is out of service judges nobody.
pub(super) fn by_rule(
    found: &Found<'_>,
    request: &Request,
    wish: &Wish,
    (examples, context, below): (Examples, Context, &str),
) -> Answered {
    let Found { service, operation, captures } = found;
    let decoded = codec::decode(&service.contract, operation, captures, request);
    let call = Call { operation, decoded: &decoded, headers: &request.headers, uploads: &[] };
    let accept = Accept::of(&request.headers);
    let quality = |media_type: &MediaType| accept.quality(media_type);
    let occasion = Occasion { request, call, context, quality: &quality, below, examples };
    wished(found, &occasion, wish, String::new())
}

/// The answer that somebody wishes for, in these words.
pub(super) fn wished(found: &Found<'_>, occasion: &Occasion<'_>, wish: &Wish, words: String) -> Answered {
    match requested(&found.service.contract, occasion, wish) {
        Ok(response) => Answered::new(response, found.account(Cause::AskedFor(words))),
        Err(declined) => bare(found, Problem::of_declined(found.operation, &declined), occasion.context),
    }
}

/// Says which preferences were kept (RFC 7240 §3), lets the answer wait, and gives it the fault that it is to have. What the
/// client says goes before what rules say.
pub(super) fn preferred(
    found: &Found<'_>,
    preferences: &Preferences,
    decided: Decided,
    answered: &mut Answered,
    context: &Context,
) {
    let asked = &preferences.demand;
    let applied = match answered.account.cause {
        Cause::AskedFor(_) => preferences.words(),
        Cause::Untold | Cause::Outcome { .. } | Cause::Problem(_) | Cause::Methods | Cause::Door(_) => {
            preferences.words_of_any()
        }
    };
    answered.delay = asked.delay.or(decided.demand.delay).map_or(Duration::ZERO, |wait| wait.at(context));
    let is_documented = found.operation.response(answered.response.status).is_some();
    // What is documented is no fault, whatever was expected of the document.
    let is_one = |fault: &Fault| *fault != Fault::Undocumented || !is_documented;
    if let Some(fault) = asked.fault.or(decided.demand.fault).filter(is_one) {
        answered.give(fault);
    }
    answered.account.rules = decided.rules;
    if !applied.is_empty() {
        answered.response.headers.add("Preference-Applied", applied);
        if preferences.is_from_header() {
            answered.response.headers.add("Vary", "Prefer");
        }
    }
}

/// The answer to a client that asks for something that cannot be had: in the mock's own words, since the contract's would not
/// have room for what is documented.
pub(super) fn bare(found: &Found<'_>, problem: Problem, context: Context) -> Answered {
    Answered::new(undeclared(&problem, context), found.account(Cause::Problem(problem)))
}
