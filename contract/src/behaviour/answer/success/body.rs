//! The value of a body: the item or the items at their place, with what else the schema there asks for, and the
//! envelope around them.

use serde_json::{Map, Value};

use crate::behaviour::answer::simplest;
use crate::behaviour::answer::success::composer::Composer;
use crate::behaviour::answer::success::successes;
use crate::behaviour::call::{Listing, Outcome, Refusal};
use crate::behaviour::form::{self, Base};
use crate::behaviour::inference::is_envelope;
use crate::behaviour::known::{Known, lay_over};
use crate::behaviour::scalar::typed;
use crate::behaviour::shape;
use crate::behaviour::state::{Item, text};
use crate::codec::DecodedBody;
use crate::document::{Location, Pointer};
use crate::generate::Cannot;
use crate::model::Content;

impl Composer<'_> {
    pub(super) fn body(&self, content: &Content, at: &Location, status: u16) -> Result<Value, Refusal> {
        let is_valid = |value: &Value| self.allows(at, value);
        let returned = self.returned(at).cloned().unwrap_or_default();
        let bare = match self.outcome {
            Outcome::Created(item) | Outcome::Found(item) | Outcome::Deleted(Some(item)) => {
                self.with_item(at, &returned, item, &is_valid)?
            }
            Outcome::Listed(listing) if shape::types(self.contract, at) == ["integer"] => Value::from(listing.total),
            Outcome::Listed(listing) => self.with_items(at, &returned, listing, &is_valid)?,
            Outcome::Deleted(None) | Outcome::Accepted | Outcome::Answered | Outcome::Refused(_) => {
                let value = self.generate(at, &mut self.choices("answer", &[self.occasion.request.path()]))?;
                let mut known = self.sent_members(at);
                known.extend(self.known_path(at));
                lay_over(value, &known, &mut |tried| is_valid(tried))
            }
        };
        let mut known = self.envelope(at).known(at, self.returned(at));
        if let Outcome::Deleted(_) = self.outcome {
            known.extend(self.receipt(at));
        }
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
        let all = shape::all_within(self.contract, at, place);
        let within = self.fullest(&all, item);
        let is_list = |at: &&Location| shape::is_array(self.contract, at) && !shape::is_object(self.contract, at);
        let each = within.as_ref().filter(is_list).filter(|_| !item.value.is_array());
        let value = match (each.and_then(|at| shape::items(self.contract, at)), &within) {
            (Some(each), _) => Value::Array(vec![self.shown(&each, item)?]),
            (None, Some(at)) => self.shown_by(at, self.plain_of_all(&all, item), item)?,
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
        if let Ok(mut whole) = self.around_item(at, place, item)
            && place.put(&mut whole, value.clone()).is_ok()
            && is_valid(&whole)
        {
            return Ok(whole);
        }
        // The envelope asks for more, of itself or of the item: what is known is completed as a whole.
        let mut known = Value::Object(Map::new());
        if place.put(&mut known, value.clone()).is_ok()
            && let Ok(whole) = self.completion(item).complete(at, None, &known, Base::Fresh)
            && is_valid(&whole)
        {
            return Ok(whole);
        }
        let base = self.generate(at, &mut self.choices("item", &[&item.key]))?;
        Ok(lay_over(base, &[Known::At(place.clone(), value)], &mut |tried| is_valid(tried)))
    }

    /// The simplest body around an item, with other things that it must have made as any answer has them: they say that it
    /// went well.
    fn around_item(&self, at: &Location, place: &Pointer, item: &Item) -> Result<Value, Cannot> {
        let mut whole = simplest(self.contract, at)?;
        let Value::Object(members) = &mut whole else { return Ok(whole) };
        let first = place.tokens().next();
        for (name, at) in shape::members(self.contract, at) {
            let is_beside = first.as_deref() != Some(name.as_str()) && !is_envelope(&shape::plain(&name));
            if !is_beside || !shape::is_object(self.contract, &at) || !members.contains_key(&name) {
                continue;
            }
            if let Ok(mut made) = self.generate(&at, &mut self.choices("beside", &[&item.key, &name])) {
                successes::say_success(self.contract, &at, &mut made);
                if self.allows(&at, &made) {
                    members.insert(name, made);
                }
            }
        }
        Ok(whole)
    }

    /// The schema that describes most members of an item, the first of several.
    fn fullest(&self, schemas: &[Location], item: &Item) -> Option<Location> {
        let described = |at: &Location| {
            let members = shape::members(self.contract, at);
            members.iter().filter(|(name, _)| item.value.get(name).is_some()).count()
        };
        schemas.iter().rev().max_by_key(|at| described(at)).cloned()
    }

    fn with_items(
        &self,
        at: &Location,
        place: &Pointer,
        listing: &Listing,
        is_valid: &dyn Fn(&Value) -> bool,
    ) -> Result<Value, Refusal> {
        let items = &listing.items;
        let base = simplest(self.contract, at).map_err(|cannot| Refusal::Unmakeable { reason: cannot.to_string() })?;
        let with = |values: Vec<Value>| {
            let mut whole = base.clone();
            let placed = place.put(&mut whole, Value::Array(values)).is_ok();
            (placed && is_valid(&whole)).then_some(whole)
        };
        let arrays = shape::all_within(self.contract, at, place);
        if let Some(wrapped) = self.wrapped(&arrays, listing)
            && let Some(whole) = with(wrapped?)
        {
            return Ok(whole);
        }
        let all: Vec<Location> = arrays.iter().flat_map(|array| shape::all_items(self.contract, array)).collect();
        let each = match items.first() {
            Some(first) => self.fullest(&all, first),
            None => all.first().cloned(),
        };
        let plain: Vec<Value> = items
            .iter()
            .map(|item| match &each {
                Some(each)
                    if !shape::is_object(self.contract, each) && !shape::types(self.contract, each).is_empty() =>
                {
                    // A list of keys.
                    typed(self.contract, each, &item.key).unwrap_or_else(|| item.value.clone())
                }
                Some(_) => self.plain_of_all(&all, item),
                None => item.value.clone(),
            })
            .collect();
        if let Some(whole) = with(plain.clone()) {
            return Ok(whole);
        }
        // The list shows its items in another form than they are kept in: each is fitted by itself.
        if let Some(each) = each {
            let fitted = items.iter().map(|item| self.shown(&each, item)).collect::<Result<Vec<_>, Refusal>>()?;
            if let Some(whole) = with(fitted) {
                return Ok(whole);
            }
        }
        // Parts of the envelope ask for more of each item.
        let mut known = Value::Object(Map::new());
        if arrays.len() > 1
            && let Some(first) = items.first()
            && place.put(&mut known, Value::Array(plain)).is_ok()
            && let Ok(whole) = self.completion(first).complete(at, None, &known, Base::Fresh)
            && place.get(&whole).and_then(Value::as_array).is_some_and(|list| list.len() == items.len())
            && is_valid(&whole)
        {
            return Ok(whole);
        }
        // A list that may not be as long or as short as this one is: what is declared goes first.
        let made = self.generate(at, &mut self.choices("list", &[self.occasion.request.path()]));
        // Where no item can be, the list that holds none is still one.
        made.or_else(|refusal| if is_valid(&base) { Ok(base.clone()) } else { Err(refusal) })
    }

    /// A body of which the contract says nothing but its media type.
    pub(super) fn undescribed(&self, content: &Content) -> Value {
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

    /// The flags of an answer that say that something was removed.
    fn receipt(&self, at: &Location) -> Vec<Known> {
        const WORDS: [&str; 5] = ["deleted", "isdeleted", "removed", "destroyed", "success"];
        let members = shape::members(self.contract, at).into_iter();
        let flags = members.filter(|(name, at)| {
            WORDS.contains(&shape::plain(name).as_str()) && shape::types(self.contract, at).contains(&"boolean")
        });
        flags.map(|(name, _)| Known::At(Pointer::root().join(&name), Value::Bool(true))).collect()
    }

    /// The members that the request said, where the body has some of the same names: an answer shows no other value for them.
    fn sent_members(&self, at: &Location) -> Vec<Known> {
        let DecodedBody::Value { value, .. } = &self.occasion.call.decoded.body else { return Vec::new() };
        let Value::Object(sent) = value else { return Vec::new() };
        let described = shape::by_name(self.contract, at);
        let shown = sent.iter().filter(|(name, _)| described.contains_key(name.as_str()));
        let shown = shown.filter(|(name, value)| !value.is_null() && !is_envelope(&shape::plain(name)));
        let part: Map<String, Value> = shown.map(|(name, value)| (name.clone(), value.clone())).collect();
        match form::shown(self.contract, at, &Value::Object(part)) {
            Value::Object(part) => {
                part.into_iter().map(|(name, value)| Known::At(Pointer::root().join(&name), value)).collect()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Vec::new(),
        }
    }

    /// The path's own values, where the body has members of their names.
    pub(super) fn known_path(&self, at: &Location) -> Vec<Known> {
        let call = &self.occasion.call;
        let members = shape::members(self.contract, at);
        call.operation
            .path
            .parameters()
            .filter_map(|name| {
                let value = call.parameter(crate::model::In::Path, name)?;
                let (member, at) = members.iter().find(|(member, _)| shape::plain(member) == shape::plain(name))?;
                let value = typed(self.contract, at, &text(value)).unwrap_or_else(|| value.clone());
                Some(Known::At(Pointer::root().join(member), value))
            })
            .collect()
    }
}
