//! Bodies written around the bytes of items: each item is shown, judged and written once for as long as it is what it is, and
//! what stands around it is made for each answer.

use std::sync::Arc;

use serde_json::Value;

use crate::behaviour::answer::success::composer::Composer;
use crate::behaviour::answer::success::plan::{Asked, BodyPlan, Holds, Placed, plan};
use crate::behaviour::call::{Outcome, Refusal};
use crate::behaviour::form::Base;
use crate::behaviour::known::lay_over;
use crate::behaviour::shape;
use crate::behaviour::state::{Item, ShownBytes};
use crate::codec::{self, MAX_DEPTH, MAX_VALUES};
use crate::document::{Location, Pointer};
use crate::model::{Content, In};

impl Composer<'_> {
    /// The bytes of a body that shows items, where each of them is judged by itself; `None` where the body is composed as a
    /// whole.
    pub(super) fn placed(&self, content: &Content) -> Result<Option<Vec<u8>>, Refusal> {
        let Some(at) = &content.schema else { return Ok(None) };
        let (holds, items) = match self.outcome {
            Outcome::Created(item) | Outcome::Found(item) => (Holds::One, std::slice::from_ref(item)),
            Outcome::Listed(listing) => (Holds::Many, listing.items.as_slice()),
            Outcome::Deleted(_) | Outcome::Accepted | Outcome::Answered | Outcome::Refused(_) => return Ok(None),
        };
        // Elements around items, members that were asked for, and counts are of this answer alone.
        let asks = |name: &String| self.occasion.call.parameter(In::Query, name).is_some();
        let is_count = holds == Holds::Many && shape::is_only(self.contract, at, "integer");
        if self.effect.element.is_some() || self.effect.fields.as_ref().is_some_and(asks) || is_count {
            return Ok(None);
        }
        let root = Pointer::root();
        let place = self.returned(at).unwrap_or(&root);
        let asked = Asked {
            contract: self.contract,
            behaviour: self.behaviour,
            effect: self.effect,
            content,
            at,
            place,
            holds,
        };
        let plan = plan(&asked, self.occasion.call.operation.index, self.occasion.context.seed);
        let BodyPlan::Placed(placed) = &*plan else { return Ok(None) };
        if placed.media_type != content.media_type {
            return Ok(None);
        }
        let mut shown = Vec::with_capacity(items.len());
        let mut values = 0;
        for item in items {
            let Some(one) = self.shown_bytes(placed, item)? else { return Ok(None) };
            values += one.values;
            shown.push(one);
        }
        // Whatever is not allowed is composed in the other ways that there are.
        if values > MAX_VALUES / 2 || !shown.iter().all(|one| one.is_valid) {
            return Ok(None);
        }
        Ok(match (holds, shown.as_slice()) {
            (Holds::One, [one]) => self.around_one(placed, at, one),
            (Holds::Many | Holds::One, many) => self.around_many(placed, at, many),
        })
    }

    /// The place of the item or the items in a body of this schema.
    pub(super) fn returned(&self, at: &Location) -> Option<&Pointer> {
        let elsewhere = self.effect.returned_else.iter().find(|(schema, _)| schema == at).map(|(_, place)| place);
        elsewhere.or(self.effect.returned.as_ref())
    }

    /// The bytes of an item, made where it was not shown so before; `None` where they are nothing to be kept.
    fn shown_bytes(&self, placed: &Placed, item: &Item) -> Result<Option<Arc<ShownBytes>>, Refusal> {
        if let Some(found) = item.ready.find([placed.plain, placed.completed]) {
            return Ok(Some(found));
        }
        let plain = self.plain(&placed.each, item);
        let is_valid = |value: &Value| self.allows(&placed.each, value);
        let (value, number, is_valid) = if is_valid(&plain) {
            (plain, placed.plain, true)
        } else {
            let completed = self.completion(item).complete(&placed.each, None, &plain, Base::Fresh);
            let completed = completed.map_err(|reason| Refusal::Unmakeable { reason })?;
            let is_valid = is_valid(&completed);
            (completed, placed.completed, is_valid)
        };
        let depth = MAX_DEPTH.saturating_sub(placed.way.len() + 1);
        let Ok((bytes, values)) = codec::json_part(&value, depth) else { return Ok(None) };
        let shown = Arc::new(ShownBytes { bytes: bytes.into_boxed_slice(), is_valid, values });
        // An item that was made for this answer alone is asked for no more.
        if item.sequence > 0 {
            item.ready.keep(number, Arc::clone(&shown));
        }
        Ok(Some(shown))
    }

    /// The body of one item.
    fn around_one(&self, placed: &Placed, at: &Location, shown: &ShownBytes) -> Option<Vec<u8>> {
        if placed.way.is_empty() {
            return Some(shown.bytes.to_vec());
        }
        // What the schema says of one item that it allows there, it says of all that it allows.
        let stand_in = placed.stand_in.get_or_init(|| {
            let value = serde_json::from_slice(&shown.bytes).ok()?;
            let mut whole = placed.base.clone();
            placed.place.put(&mut whole, value).ok()?;
            self.allows(at, &whole).then_some(whole)
        });
        let whole = self.enveloped(placed, at, stand_in.clone()?);
        written_around(&whole, &placed.way, shown.bytes.len(), &|out| out.extend_from_slice(&shown.bytes))
    }

    /// The body of a list.
    fn around_many(&self, placed: &Placed, at: &Location, shown: &[Arc<ShownBytes>]) -> Option<Vec<u8>> {
        if !self.allows(at, &placed.base) {
            return None;
        }
        let whole = self.enveloped(placed, at, placed.base.clone());
        let length = shown.iter().map(|one| one.bytes.len() + 1).sum();
        written_around(&whole, &placed.way, length, &|out| {
            out.push(b'[');
            for (index, one) in shown.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                out.extend_from_slice(&one.bytes);
            }
            out.push(b']');
        })
    }

    /// A body with what is known of what stands around its items.
    fn enveloped(&self, placed: &Placed, at: &Location, base: Value) -> Value {
        let known = self.envelope(at).known(at, Some(&placed.place));
        if known.is_empty() {
            return base;
        }
        lay_over(base, &known, &mut |tried| self.allows(at, tried))
    }
}

/// The JSON text of a value with other bytes in one place; `None` where that does not stand in objects alone.
fn written_around(whole: &Value, way: &[String], length: usize, inner: &dyn Fn(&mut Vec<u8>)) -> Option<Vec<u8>> {
    /// The room that is made for what stands around items, in bytes.
    const ENVELOPE: usize = 512;
    let mut out = Vec::with_capacity(length + if way.is_empty() { 2 } else { ENVELOPE });
    write_around(whole, way, &mut out, inner)?;
    Some(out)
}

fn write_around(value: &Value, way: &[String], out: &mut Vec<u8>, inner: &dyn Fn(&mut Vec<u8>)) -> Option<()> {
    let Some((name, rest)) = way.split_first() else {
        inner(out);
        return Some(());
    };
    let members = value.as_object().filter(|members| members.contains_key(name))?;
    out.push(b'{');
    for (index, (known, member)) in members.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        serde_json::to_writer(&mut *out, known).ok()?;
        out.push(b':');
        if known == name {
            write_around(member, rest, out, inner)?;
        } else {
            serde_json::to_writer(&mut *out, member).ok()?;
        }
    }
    out.push(b'}');
    Some(())
}
