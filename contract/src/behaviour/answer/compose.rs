//! Outcome -> answer: a documented success response with the item or items in it, valid as declared. What state knows is
//! laid over what the schema allows; nothing is answered that violates the contract.

use serde_json::{Map, Value};

use crate::behaviour::answer::condition;
use crate::behaviour::answer::envelope::{self, Envelope};
use crate::behaviour::answer::example::{self, Examples, Shown};
use crate::behaviour::answer::header;
use crate::behaviour::answer::location;
use crate::behaviour::answer::simplest;
use crate::behaviour::call::{Call, Context, Outcome, Refusal};
use crate::behaviour::form::{self, Base, Completion, Fill};
use crate::behaviour::known::{Known, lay_over};
use crate::behaviour::paging::words::{self, Member};
use crate::behaviour::scalar::typed;
use crate::behaviour::shape;
use crate::behaviour::state::Item;
use crate::behaviour::{Action, Effect, Inferred};
use crate::codec::{self, Headers, Request};
use crate::document::{Location, Pointer};
use crate::generate::{self, Choices, Seeded};
use crate::model::{Content, Contract, Direction, Header, MediaType, Operation, Response, StatusPattern};
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
    // What is no success shows nothing of what came of it.
    let shows = if (200..300).contains(&status) { outcome } else { &Outcome::Answered };
    let composer = Composer { contract, behaviour, occasion, outcome: shows, effect, attempt: 0 };
    let mut answer = codec::Response { status, headers: Headers::new(), body: Vec::new() };
    let Some(response) = response else { return Ok(answer) };
    if !matches!(status, 100..=199 | 204 | 205 | 304)
        && let Some(content) = pick(&response.content, occasion.quality)
    {
        answer.body = composer.written(content, status)?;
        answer.headers.add("Content-Type", codec::content_type(&content.media_type, &answer.body));
    }
    let tag = condition::tag(outcome, &answer.body);
    for (name, value) in composer.headers(response, status, &tag) {
        answer.headers.add(name, value);
    }
    Ok(condition::ranged(occasion, condition::unmodified(occasion, response, &tag, answer)))
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
    let succeeds =
        || operation.responses.iter().filter(|response| response.status.is_success()).min_by_key(|one| one.status);
    let Some(response) = exact
        .or_else(succeeds)
        .or_else(|| redirect(operation))
        .or_else(|| operation.success())
        .or_else(|| error(operation))
    else {
        // Nothing is documented, so nothing is said.
        return (204, None);
    };
    let status = match response.status {
        StatusPattern::Exact(status) => status,
        StatusPattern::Range(digit) if digit != 2 => u16::from(digit) * 100,
        StatusPattern::Range(_) | StatusPattern::Default => preferred
            .iter()
            .copied()
            .find(|status| (*status == 204) == response.content.is_empty())
            .unwrap_or(if response.content.is_empty() { 204 } else { 200 }),
    };
    (status, Some(response))
}

/// The redirect that is the documented outcome where no success is; 304 only answers a condition.
fn redirect(operation: &Operation) -> Option<&Response> {
    let leads = |response: &&Response| match response.status {
        StatusPattern::Exact(status) => (300..400).contains(&status) && status != 304,
        StatusPattern::Range(digit) => digit == 3,
        StatusPattern::Default => false,
    };
    operation.responses.iter().filter(leads).min_by_key(|response| response.status)
}

/// The first error, where a contract documents nothing else.
fn error(operation: &Operation) -> Option<&Response> {
    operation.responses.iter().min_by_key(|response| response.status)
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
        if let Some(bytes) = self.uploaded(content).or_else(|| self.example(content)) {
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

    /// The bytes that were uploaded for the item, where the content has room for nothing but bytes.
    fn uploaded(&self, content: &Content) -> Option<Vec<u8>> {
        let (Outcome::Found(item) | Outcome::Created(item)) = self.outcome else { return None };
        let number = self.effect.collection.or(self.effect.subject)?;
        let kept = self.behaviour.collection(number).bytes.as_ref()?.get(&item.value)?.as_str()?;
        let is_text = |at: &Location| shape::types(self.contract, at).iter().all(|kind| *kind == "string");
        if content.media_type.is_json() || !content.schema.as_ref().is_none_or(is_text) {
            return None;
        }
        // A file is kept with one character for each byte.
        kept.chars().map(|byte| u8::try_from(u32::from(byte)).ok()).collect()
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
        let elsewhere = self.effect.returned_else.iter().find(|(schema, _)| schema == at).map(|(_, place)| place);
        let returned = elsewhere.or(self.effect.returned.as_ref()).cloned().unwrap_or_default();
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
        let envelope = Envelope { contract: self.contract, occasion: self.occasion, listing, paging, body: at };
        let mut known = envelope.known(at, elsewhere.or(self.effect.returned.as_ref()));
        // RFC 9457 §3.1.2: it is the status that the answer has.
        if content.media_type.is_problem_json() {
            known.push(Known::At(Pointer::root().join("status"), status.into()));
        }
        Ok(lay_over(bare, &known, &mut |tried| is_valid(tried)))
    }

    /// A body with the item at its place: what the schema there shows of it, with what it asks for besides.
    fn with_item(
        &self,
        at: &Location,
        place: &Pointer,
        item: &Item,
        is_valid: &dyn Fn(&Value) -> bool,
    ) -> Result<Value, Refusal> {
        let within = shape::within(self.contract, at, place);
        let each = within.as_ref().filter(|at| shape::is_array(self.contract, at) && !item.value.is_array());
        let value = match (each.and_then(|at| shape::items(self.contract, at)), &within) {
            (Some(each), _) => Value::Array(vec![self.shown(&each, item)?]),
            (None, Some(at)) => self.shown(at, item)?,
            (None, None) => item.value.clone(),
        };
        if place.as_str().is_empty() {
            return Ok(value);
        }
        // In a list that holds the one, it is the only one.
        let listed = place.parent().filter(|list| {
            place.last().is_some_and(|last| last == "0")
                && shape::within(self.contract, at, list).is_some_and(|at| shape::is_array(self.contract, &at))
        });
        let (place, value) = match listed {
            Some(list) => (list, Value::Array(vec![value])),
            None => (place.clone(), value),
        };
        let place = &place;
        if let Ok(mut whole) = simplest(self.contract, at)
            && place.put(&mut whole, value.clone()).is_ok()
            && is_valid(&whole)
        {
            return Ok(whole);
        }
        let base = self.generate(at, &mut self.choices("item", &[&item.key]))?;
        Ok(lay_over(base, &[Known::At(place.clone(), value)], &mut |tried| is_valid(tried)))
    }

    /// What a schema shows of an item as it is kept, and its key where nothing else would tell it.
    fn plain(&self, at: &Location, item: &Item) -> Value {
        let mut shown = form::shown(self.contract, at, &item.value);
        let number = self.effect.collection.or(self.effect.subject);
        if let Some(collection) = number.map(|number| self.behaviour.collection(number))
            && let (Some(name), Value::Object(members)) = (&collection.shown_key, &mut shown)
            && !item.key.is_empty()
            && !members.contains_key(name)
        {
            let key = collection.parameter.as_ref().and_then(|at| typed(self.contract, at, &item.key));
            members.insert(name.clone(), key.unwrap_or_else(|| Value::String(item.key.clone())));
        }
        self.tell_key(at, item, &mut shown);
        shown
    }

    /// Puts the key where an answer calls it otherwise than the item does: `{"model_id": …}` of `/models/{id}`.
    fn tell_key(&self, at: &Location, item: &Item, shown: &mut Value) {
        let Some(collection) = self.effect.collection.map(|number| self.behaviour.collection(number)) else { return };
        let (Value::Object(members), false) = (shown, item.key.is_empty()) else { return };
        if collection.key.get(&item.value).is_none() || at == collection.item.as_ref().unwrap_or(at) {
            return;
        }
        let singular = shape::singular(&shape::plain(&collection.name));
        let parameter = collection.item_path.as_ref().and_then(|path| path.parameters().last()).map(shape::plain);
        for (name, at) in shape::members(self.contract, at) {
            let plain = shape::plain(&name);
            let is_key = plain == format!("{singular}id") || parameter.as_ref() == Some(&plain) || plain == "id";
            if is_key
                && !members.contains_key(&name)
                && let Some(key) = typed(self.contract, &at, &item.key)
            {
                members.insert(name, key);
            }
        }
    }

    /// What a schema shows of an item, completed to what it asks for.
    fn shown(&self, at: &Location, item: &Item) -> Result<Value, Refusal> {
        let shown = self.plain(at, item);
        if validate::decide(self.contract, at, Direction::Response, &shown).is_ok_and(|decided| decided != Some(false))
        {
            return Ok(shown);
        }
        let path = ["item", self.occasion.call.operation.id.as_str(), item.key.as_str()];
        let completion = Completion {
            contract: self.contract,
            seed: self.occasion.context.seed,
            path: path.into_iter().map(str::to_owned).collect(),
            fill: Fill::Required,
        };
        completion.complete(at, None, &shown, Base::Fresh).map_err(|reason| Refusal::Unmakeable { reason })
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
        let each = shape::within(self.contract, at, place).and_then(|array| shape::items(self.contract, &array));
        let plain = items.iter().map(|item| match &each {
            Some(each) if !shape::is_object(self.contract, each) && !shape::types(self.contract, each).is_empty() => {
                // A list of keys.
                typed(self.contract, each, &item.key).unwrap_or_else(|| item.value.clone())
            }
            Some(each) => self.plain(each, item),
            None => item.value.clone(),
        });
        if let Some(whole) = with(plain.collect()) {
            return Ok(whole);
        }
        // The list shows its items in another form than they are kept in: each is fitted by itself.
        if let Some(each) = each {
            let fitted = items.iter().map(|item| self.shown(&each, item)).collect::<Result<Vec<_>, Refusal>>()?;
            if let Some(whole) = with(fitted) {
                return Ok(whole);
            }
        }
        // A list that may not be as long or as short as this one is: what is declared goes first.
        let made = self.generate(at, &mut self.choices("list", &[self.occasion.request.path()]));
        // Where no item can be, the list that holds none is still one.
        made.or_else(|refusal| if is_valid(&base) { Ok(base.clone()) } else { Err(refusal) })
    }

    /// A body of which the contract says nothing but its media type.
    fn undescribed(&self, content: &Content) -> Value {
        if !content.media_type.is_json() {
            if let Some(Value::String(text)) = content.examples.first() {
                return Value::String(text.clone());
            }
            return Value::String(self.occasion.call.operation.summary.clone().unwrap_or_else(|| "ok".to_owned()));
        }
        if let Some(example) = content.examples.first() {
            return example.clone();
        }
        let item = self.effect.collection.and_then(|number| self.behaviour.collection(number).item.clone());
        let shown = |one: &Item| match &item {
            Some(at) => form::shown(self.contract, at, &one.value),
            None => one.value.clone(),
        };
        match self.outcome {
            Outcome::Created(item) | Outcome::Found(item) | Outcome::Deleted(Some(item)) => shown(item),
            Outcome::Listed(listing) => Value::Array(listing.items.iter().map(|item| shown(item)).collect()),
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

    fn headers(&self, response: &Response, status: u16, tag: &str) -> Vec<(String, String)> {
        let mut known = Vec::new();
        let is_described = |name: &str| response.headers.iter().any(|header| header.name.eq_ignore_ascii_case(name));
        if let (Outcome::Created(item), Some(index)) = (self.outcome, self.effect.collection) {
            let collection = self.behaviour.collection(index);
            // A path that the contract does not have is told only where it asks for one.
            if collection.item_path.is_some() || is_described("location") {
                let path = location::of_item(collection, self.occasion, &item.key);
                let header = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case("location"));
                known.push(("Location".to_owned(), self.fitting(header, path)));
            }
        }
        if (300..400).contains(&status) && is_described("location") {
            let header = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case("location"));
            let shown = header.and_then(|header| header.examples.first()).and_then(Value::as_str);
            let path = shown.map_or_else(|| self.occasion.request.path().to_owned(), str::to_owned);
            known.push(("Location".to_owned(), self.fitting(header, path)));
        }
        let operation = self.occasion.call.operation;
        if is_described("etag") || operation.response(304).is_some_and(|one| one.status == StatusPattern::Exact(304)) {
            known.push(("ETag".to_owned(), tag.to_owned()));
        }
        if let Outcome::Listed(listing) = self.outcome {
            // A list without an envelope has no other place for the way to its pages (RFC 8288).
            let is_bare = self.effect.paging.is_some()
                && self.effect.returned.as_ref().is_some_and(|place| place.as_str().is_empty())
                && listing.links.len() > 1;
            if is_described("link") || is_bare {
                known.push(("Link".to_owned(), envelope::link_header(self.occasion, listing)));
            }
            for header in &response.headers {
                let plain = shape::plain(&header.name);
                let number = match words::member(plain.strip_prefix('x').unwrap_or(&plain)) {
                    Some(Member::Total) => Some(listing.total),
                    Some(Member::Count) => Some(listing.items.len()),
                    Some(Member::Offset) => Some(listing.offset),
                    Some(_) | None => None,
                };
                known.extend(number.map(|number| (header.name.clone(), number.to_string())));
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

    /// A path, or the absolute URI of it where the header's schema asks for one.
    fn fitting(&self, header: Option<&Header>, path: String) -> String {
        let format = header.and_then(|header| header.shape.schema()).and_then(|at| shape::format(self.contract, at));
        match format {
            Some("uri" | "url" | "iri") => location::absolute(self.occasion, &path).unwrap_or(path),
            _ => path,
        }
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
