//! Outcome -> answer: a documented success response with the item or items in it, valid as declared. What state knows
//! is laid over what the schema allows; nothing is answered that violates the contract.

use std::borrow::Cow;

use crate::behaviour::Inferred;
use crate::behaviour::answer::occasion::Occasion;
use crate::behaviour::answer::success::choice::{choose, pick};
use crate::behaviour::answer::success::composer::Composer;
use crate::behaviour::answer::success::condition;
use crate::behaviour::call::{Outcome, Refusal};
use crate::codec::{self, Headers};
use crate::model::{Content, Contract, Response};

/// The content with a schema: where it has none, but another one of the response has, that one says what both hold. A document
/// that was converted from Swagger 2.0 has the schema under `*/*` and the example alone under `application/json`.
fn described<'c>(content: &'c Content, response: &'c Response) -> Cow<'c, Content> {
    let schema = || {
        let mut others =
            response.content.iter().filter(|other| other.media_type.is_json() || other.media_type.is_range());
        others.find_map(|other| other.schema.clone())
    };
    match content.schema {
        None if content.media_type.is_json() => match schema() {
            Some(at) => Cow::Owned(Content { schema: Some(at), ..content.clone() }),
            None => Cow::Borrowed(content),
        },
        None | Some(_) => Cow::Borrowed(content),
    }
}

/// Composes the success response to an outcome.
///
/// # Errors
/// The refusal that the outcome is, or why no valid response can be made.
pub fn compose(
    contract: &Contract,
    behaviour: &dyn Inferred,
    occasion: &Occasion<'_>,
    outcome: &Outcome,
) -> Result<codec::Response, Refusal> {
    if let Outcome::Refused(refusal) = outcome {
        return Err(refusal.clone());
    }
    let effect = behaviour.effect(occasion.call.operation.index);
    let (status, response) = choose(occasion, effect.action, outcome);
    // What is no success shows nothing of what came of it.
    let shows = if (200..300).contains(&status) { outcome } else { &Outcome::Answered };
    let composer = Composer { contract, behaviour, occasion, outcome: shows, effect, attempt: 0 };
    let mut answer = codec::Response { status, headers: Headers::new(), body: Vec::new() };
    let Some(response) = response else { return Ok(answer) };
    if !matches!(status, 100..=199 | 204 | 205 | 304)
        && let Some(picked) = pick(&response.content, occasion.quality)
    {
        let content = &described(picked, response);
        answer.body = composer.written(content, status)?;
        answer.headers.add("Content-Type", codec::content_type(&content.media_type, &answer.body));
    }
    let tag = condition::is_tagged(occasion, response).then(|| condition::tag(outcome, &answer.body));
    for (name, value) in composer.headers(response, status, tag.as_deref()) {
        answer.headers.add(name, value);
    }
    Ok(condition::ranged(occasion, condition::unmodified(occasion, response, tag.as_deref(), answer)))
}
