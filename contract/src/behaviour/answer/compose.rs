//! Outcome -> answer: a documented success response with the item or items in it, valid as declared. What state knows is
//! laid over what the schema allows; nothing is answered that violates the contract.

use serde_json::{Map, Value};

use crate::behaviour::answer::envelope::{self, Envelope};
use crate::behaviour::answer::example::{self, Examples, Shown};
use crate::behaviour::answer::header;
use crate::behaviour::answer::location;
use crate::behaviour::answer::simplest;
use crate::behaviour::call::{Call, Context, Outcome, Refusal};
use crate::behaviour::known::{Known, lay_over};
use crate::behaviour::shape;
use crate::behaviour::state::Item;
use crate::behaviour::{Action, Effect, Inferred};
use crate::codec::{self, Headers, Request};
use crate::document::{Location, Pointer};
use crate::generate::{self, Choices, Seeded};
use crate::model::{Content, Contract, Direction, MediaType, Response, StatusPattern};
use crate::validate;

/// What an answer is composed for.
#[derive(Clone, Copy)]
pub struct Occasion<'r> {
    /// The request as it was sent.
    pub request: &'r Request,
    /// The request as it was read.
    pub call: Call<'r>,
    /// Seed, time and number.
    pub context: Context,
    /// How much the client wants a media type, 0 for not at all (RFC 9110 §12.5.1).
    pub quality: &'r dyn Fn(&MediaType) -> u16,
    /// Whether what has no state is answered with the document's own examples.
    pub examples: Examples,
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
    let composer = Composer { contract, behaviour, occasion, outcome, effect, attempt: 0 };
    let mut answer = codec::Response { status, headers: Headers::new(), body: Vec::new() };
    let Some(response) = response else { return Ok(answer) };
    if !matches!(status, 100..=199 | 204 | 205 | 304)
        && let Some(content) = pick(&response.content, occasion.quality)
    {
        answer.body = composer.written(content, status)?;
        answer.headers.add("Content-Type", codec::content_type(&content.media_type, &answer.body));
    }
    for (name, value) in composer.headers(response) {
        answer.headers.add(name, value);
    }
    Ok(answer)
}

/// The statuses that suit an outcome, best first.
fn preferred(action: Action, outcome: &Outcome) -> &'static [u16] {
    match outcome {
        Outcome::Created(_) => &[201, 200, 202, 204],
        Outcome::Found(_) if action == Action::Read => &[200, 206, 203],
        Outcome::Found(_) => &[200, 204, 202, 201],
        Outcome::Listed(_) => &[200, 206, 203],
        Outcome::Deleted(_) => &[204, 200, 202],
        Outcome::Accepted => &[202, 204, 200, 201],
        Outcome::Answered | Outcome::Refused(_) => &[],
    }
}

/// The documented response for an outcome, and the status to send it with.
fn choose<'r>(occasion: &Occasion<'r>, action: Action, outcome: &Outcome) -> (u16, Option<&'r Response>) {
    let operation = occasion.call.operation;
    let preferred = preferred(action, outcome);
    let exact = preferred.iter().find_map(|status| {
        operation.responses.iter().find(|response| response.status == StatusPattern::Exact(*status))
    });
    let Some(response) = exact.or_else(|| operation.success()) else {
        // Nothing is documented, so nothing is said.
        return (204, None);
    };
    let status = match response.status {
        StatusPattern::Exact(status) => status,
        StatusPattern::Range(_) | StatusPattern::Default => preferred
            .iter()
            .copied()
            .find(|status| (*status == 204) == response.content.is_empty())
            .unwrap_or(if response.content.is_empty() { 204 } else { 200 }),
    };
    (status, Some(response))
}

/// The content that the client wants most; of equals JSON, then the first.
#[must_use]
pub fn pick<'c>(content: &'c [Content], quality: &dyn Fn(&MediaType) -> u16) -> Option<&'c Content> {
    let wanted = |content: &Content| quality(&codec::concrete(&content.media_type));
    content
        .iter()
        .enumerate()
        .max_by_key(|(index, content)| (wanted(content), content.media_type.is_json(), std::cmp::Reverse(*index)))
        .map(|(_, content)| content)
}

#[derive(Clone, Copy)]
struct Composer<'s> {
    contract: &'s Contract,
    behaviour: &'s dyn Inferred,
    occasion: &'s Occasion<'s>,
    outcome: &'s Outcome,
    effect: &'s Effect,
    /// How many bodies had no wire form.
    attempt: u32,
}

/// How many bodies are made where they have no wire form: not every value has one in every medium.
const MAX_ATTEMPTS: u32 = 8;

/// How many of these hold what is known; if that has no wire form, the others do without.
const KNOWING_ATTEMPTS: u32 = 3;

impl Composer<'_> {
    /// The bytes of a body.
    fn written(&self, content: &Content, status: u16) -> Result<Vec<u8>, Refusal> {
        if let Some(bytes) = self.example(content) {
            return Ok(bytes);
        }
        let mut last = None;
        for attempt in 0..MAX_ATTEMPTS {
            let composer = Self { attempt, ..*self };
            let value = match &content.schema {
                Some(at) if attempt >= KNOWING_ATTEMPTS => {
                    composer.generate(at, &mut composer.choices("answer", &[]))?
                }
                Some(at) => composer.body(content, at, status)?,
                None => composer.undescribed(content),
            };
            match codec::encode_body(self.contract, content, &value, Direction::Response) {
                Ok(bytes) => return Ok(bytes),
                Err(no_form) => last = Some(no_form),
            }
        }
        let reason = last.map_or_else(String::new, |no_form| no_form.to_string());
        Err(Refusal::Unmakeable { reason })
    }

    /// The document's own example, where nothing of state is to be shown: with the path's own values, where it has them.
    fn example(&self, content: &Content) -> Option<Vec<u8>> {
        let is_stateless = match self.outcome {
            Outcome::Deleted(None) | Outcome::Accepted | Outcome::Answered => true,
            Outcome::Created(_)
            | Outcome::Found(_)
            | Outcome::Listed(_)
            | Outcome::Deleted(Some(_))
            | Outcome::Refused(_) => false,
        };
        if !is_stateless || self.occasion.examples == Examples::Ignored {
            return None;
        }
        let mut shown = example::first(self.contract, content)?;
        if let (Shown::Value(value), Some(at)) = (&mut shown, &content.schema) {
            let is_valid =
                |value: &Value| validate::is_valid(self.contract, at, Direction::Response, value).unwrap_or(false);
            *value = lay_over(value.take(), &self.known_path(at), &mut |tried| is_valid(tried));
        }
        shown.bytes(self.contract, content).ok()
    }

    fn body(&self, content: &Content, at: &Location, status: u16) -> Result<Value, Refusal> {
        let is_valid =
            |value: &Value| validate::is_valid(self.contract, at, Direction::Response, value).unwrap_or(false);
        let returned = self.effect.returned.clone().unwrap_or_default();
        let bare = match self.outcome {
            Outcome::Created(item) | Outcome::Found(item) | Outcome::Deleted(Some(item)) => {
                self.with_item(at, &returned, item, &is_valid)?
            }
            Outcome::Listed(listing) => self.with_items(at, &returned, &listing.items, &is_valid)?,
            Outcome::Deleted(None) | Outcome::Accepted | Outcome::Answered | Outcome::Refused(_) => {
                let value = self.generate(at, &mut self.choices("answer", &[self.occasion.request.path()]))?;
                let known = self.known_path(at);
                lay_over(value, &known, &mut |tried| is_valid(tried))
            }
        };
        let listing = match self.outcome {
            Outcome::Listed(listing) => Some(listing),
            Outcome::Created(_)
            | Outcome::Found(_)
            | Outcome::Deleted(_)
            | Outcome::Accepted
            | Outcome::Answered
            | Outcome::Refused(_) => None,
        };
        let paging = self.effect.paging.as_ref();
        let envelope = Envelope { contract: self.contract, occasion: self.occasion, listing, paging };
        let mut known = envelope.known(at, self.effect.returned.as_ref());
        // RFC 9457 §3.1.2: it is the status that the answer has.
        if content.media_type.is_problem_json() {
            known.push(Known::At(Pointer::root().join("status"), status.into()));
        }
        Ok(lay_over(bare, &known, &mut |tried| is_valid(tried)))
    }

    /// A body with the item at its place: as it is where that is valid, else as much of it as the schema here allows.
    fn with_item(
        &self,
        at: &Location,
        place: &Pointer,
        item: &Item,
        is_valid: &dyn Fn(&Value) -> bool,
    ) -> Result<Value, Refusal> {
        if place.as_str().is_empty() && is_valid(&item.value) {
            return Ok(item.value.clone());
        }
        if let Ok(mut whole) = simplest(self.contract, at)
            && place.put(&mut whole, item.value.clone()).is_ok()
            && is_valid(&whole)
        {
            return Ok(whole);
        }
        let base = self.generate(at, &mut self.choices("item", &[&item.key]))?;
        Ok(lay_over(base, &[Known::At(place.clone(), item.value.clone())], &mut |tried| is_valid(tried)))
    }

    fn with_items(
        &self,
        at: &Location,
        place: &Pointer,
        items: &[std::sync::Arc<Item>],
        is_valid: &dyn Fn(&Value) -> bool,
    ) -> Result<Value, Refusal> {
        let base = simplest(self.contract, at).map_err(|cannot| Refusal::Unmakeable { reason: cannot.to_string() })?;
        let with = |values: Vec<Value>| {
            let mut whole = base.clone();
            let placed = place.put(&mut whole, Value::Array(values)).is_ok();
            (placed && is_valid(&whole)).then_some(whole)
        };
        if let Some(whole) = with(items.iter().map(|item| item.value.clone()).collect()) {
            return Ok(whole);
        }
        // The list shows its items in another form than they are kept in: each is fitted by itself.
        let each = shape::within(self.contract, at, place).and_then(|array| shape::items(self.contract, &array));
        if let Some(each) = each {
            let fits =
                |value: &Value| validate::is_valid(self.contract, &each, Direction::Response, value).unwrap_or(false);
            let fitted = items
                .iter()
                .map(|item| {
                    let base = self.generate(&each, &mut self.choices("item", &[&item.key]))?;
                    Ok(lay_over(base, &[Known::At(Pointer::root(), item.value.clone())], &mut |tried| fits(tried)))
                })
                .collect::<Result<Vec<_>, Refusal>>()?;
            if let Some(whole) = with(fitted) {
                return Ok(whole);
            }
        }
        // A list that may not be as long or as short as this one is: what is declared goes first.
        self.generate(at, &mut self.choices("list", &[self.occasion.request.path()]))
    }

    /// A body of which the contract says nothing but its media type.
    fn undescribed(&self, content: &Content) -> Value {
        if !content.media_type.is_json() {
            return Value::String(self.occasion.call.operation.summary.clone().unwrap_or_else(|| "ok".to_owned()));
        }
        match self.outcome {
            Outcome::Created(item) | Outcome::Found(item) | Outcome::Deleted(Some(item)) => item.value.clone(),
            Outcome::Listed(listing) => Value::Array(listing.items.iter().map(|item| item.value.clone()).collect()),
            Outcome::Deleted(None) | Outcome::Accepted | Outcome::Answered | Outcome::Refused(_) => {
                Value::Object(Map::new())
            }
        }
    }

    /// The path's own values, where the body has members of their names.
    fn known_path(&self, at: &Location) -> Vec<Known> {
        let call = &self.occasion.call;
        let members = shape::members(self.contract, at);
        call.operation
            .path
            .parameters()
            .filter_map(|name| {
                let value = call.parameter(crate::model::In::Path, name)?;
                let (member, _) = members.iter().find(|(member, _)| shape::plain(member) == shape::plain(name))?;
                Some(Known::At(Pointer::root().join(member), value.clone()))
            })
            .collect()
    }

    fn headers(&self, response: &Response) -> Vec<(String, String)> {
        let mut known = Vec::new();
        let is_described = |name: &str| response.headers.iter().any(|header| header.name.eq_ignore_ascii_case(name));
        if let (Outcome::Created(item), Some(index)) = (self.outcome, self.effect.collection) {
            let collection = self.behaviour.collection(index);
            // A path that the contract does not have is told only where it asks for one.
            if collection.item_path.is_some() || is_described("location") {
                known.push(("Location".to_owned(), location::of_item(collection, self.occasion, &item.key)));
            }
        }
        if let Outcome::Listed(listing) = self.outcome {
            if is_described("link") {
                known.push(("Link".to_owned(), envelope::link_header(self.occasion, listing)));
            }
            for header in &response.headers {
                if ["xtotalcount", "totalcount", "xtotal"].contains(&shape::plain(&header.name).as_str()) {
                    known.push((header.name.clone(), listing.total.to_string()));
                }
            }
        }
        let described = header::described(
            self.contract,
            &header::Asked {
                operation: self.occasion.call.operation,
                decoded: self.occasion.call.decoded,
                context: self.occasion.context,
            },
            response,
            &known,
        );
        known.retain(|(name, _)| !is_described(name));
        known.extend(described);
        known
    }

    fn generate(&self, at: &Location, choices: &mut dyn Choices) -> Result<Value, Refusal> {
        generate::value(self.contract, at, Direction::Response, choices)
            .map_err(|cannot| Refusal::Unmakeable { reason: cannot.to_string() })
    }

    fn choices(&self, what: &str, more: &[&str]) -> Seeded {
        let path = [what, self.occasion.call.operation.id.as_str()];
        let attempt = (self.attempt > 0).then(|| self.attempt.to_string());
        Seeded::new(self.occasion.context.seed, path.into_iter().chain(more.iter().copied()).chain(attempt.as_deref()))
    }
}
