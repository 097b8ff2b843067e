//! What is tried to make a request smaller, the most first: the simplest request of all; parts, members and elements away;
//! a value in place of the one that holds it; shorter and plainer texts; numbers nearer to zero.

use std::ops::Range;

use serde_json::Value;

use crate::run::shrink::edit::{Sequence, renamed};
use crate::run::shrink::number::Exact;
use crate::run::shrink::overlay::overlaid;
use crate::run::shrink::search::{Search, Stop};
use crate::run::shrink::weight::{PLAIN, of, rank};
use crate::script::spot::{Part, Spot, parts, spots};
use crate::target::Exchange;

/// How many values within another are tried in its place.
const INNER: usize = 16;

/// The longest text of which each character is looked at by itself before it is known which stretch matters.
const SHORT: usize = 512;

/// How far apart valid numbers may lie, in the last digit, to be found nearer to zero one by one.
const STRIDE: u128 = 120;

impl<E: Exchange> Search<'_, '_, E> {
    /// Tries everything once.
    ///
    /// # Errors
    /// Where the search ends.
    pub async fn pass(&mut self) -> Result<(), Stop> {
        self.simplest().await?;
        let optional = parts(&self.plan.draft);
        let optional = self.removable_parts(optional)?;
        self.without(Sequence::Parts(optional)).await?;
        self.containers().await?;
        self.inner().await?;
        self.alike().await?;
        self.scalars().await?;
        self.together().await
    }

    fn spots(&self) -> Vec<Spot> {
        spots(&self.plan.draft, &|part| self.law.is_given(part))
    }

    /// The generator's simplest request, by itself or with what is known to fail; or parts of it.
    async fn simplest(&mut self) -> Result<(), Stop> {
        let Some(simplest) = self.law.simplest().cloned() else { return Ok(()) };
        for known in self.known() {
            let laid = overlaid(&simplest, &known, self.law.place().as_ref());
            self.offer(Some(laid)).await?;
        }
        if self.offer(Some(simplest.clone())).await? {
            return Ok(());
        }
        for spot in self.spots() {
            let plainest = self.law.plainest(&spot).filter(|plain| Some(*plain) != spot.get(&self.plan.draft));
            let plainer = plainest.and_then(|plain| spot.replaced(&self.plan, plain));
            self.offer(plainer).await?;
        }
        Ok(())
    }

    fn removable_parts(&mut self, parts: Vec<Part>) -> Result<Vec<Part>, Stop> {
        let mut removable = Vec::new();
        for part in parts {
            if self.law.is_given(&part) {
                continue;
            }
            let alone = crate::script::spot::without(&self.plan, &part);
            if self.is_lawful(&alone)? {
                removable.push(part);
            }
        }
        Ok(removable)
    }

    /// Takes away as much of a sequence as can go: all, halves, quarters, down to one at a time. What was taken never
    /// comes back, so after the last round nothing more can go alone.
    async fn without(&mut self, mut sequence: Sequence) -> Result<(), Stop> {
        let mut size = sequence.length(&self.plan);
        while size > 0 {
            let mut end = sequence.length(&self.plan);
            while end > 0 {
                let start = end.saturating_sub(size);
                let gone = start..end;
                if self.offer(sequence.without(&self.plan, gone.clone())).await? {
                    sequence = shorter(sequence, gone);
                }
                end = start;
            }
            size /= 2;
        }
        Ok(())
    }

    /// Members and elements, of outer values before inner ones.
    async fn containers(&mut self) -> Result<(), Stop> {
        let mut next = 0;
        // What goes takes its inner places along, so the places are looked up anew.
        while let Some(spot) = self.spots().into_iter().nth(next) {
            next += 1;
            match spot.get(&self.plan.draft) {
                Some(Value::Object(members)) => {
                    let names: Vec<String> = members.keys().cloned().collect();
                    let names = self.removable_members(&spot, names)?;
                    self.without(Sequence::Members(spot, names)).await?;
                }
                Some(Value::Array(_)) => self.without(Sequence::Items(spot)).await?,
                Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => {}
            }
        }
        Ok(())
    }

    fn removable_members(&mut self, spot: &Spot, names: Vec<String>) -> Result<Vec<String>, Stop> {
        let mut removable = Vec::new();
        for name in names {
            let alone = Sequence::Members(spot.clone(), vec![name.clone()]).without(&self.plan, 0..1);
            if let Some(alone) = alone
                && self.is_lawful(&alone)?
            {
                removable.push(name);
            }
        }
        Ok(removable)
    }

    /// Values in place of those that hold them, where they are of the same kind: a tree becomes one of its branches.
    async fn inner(&mut self) -> Result<(), Stop> {
        let mut next = 0;
        while let Some(spot) = self.spots().into_iter().nth(next) {
            next += 1;
            let Some(here) = spot.get(&self.plan.draft).filter(|here| here.is_object() || here.is_array()) else {
                continue;
            };
            let mut within = Vec::new();
            descend(here, here.is_object(), &mut within);
            let within: Vec<Value> = within.into_iter().take(INNER).cloned().collect();
            for inner in within {
                if self.offer(spot.replaced(&self.plan, &inner)).await? {
                    break;
                }
            }
        }
        Ok(())
    }

    /// All elements of an array like the lightest of them, so that they need not be looked at one by one.
    async fn alike(&mut self) -> Result<(), Stop> {
        for spot in self.spots() {
            let Some(items) = spot.get(&self.plan.draft).and_then(Value::as_array) else { continue };
            let Some(lightest) = items.iter().min_by_key(|item| of(item)) else { continue };
            let all = Value::Array(vec![lightest.clone(); items.len()]);
            let all = spot.replaced(&self.plan, &all);
            self.offer(all).await?;
        }
        Ok(())
    }

    /// Equal values changed together: where it matters that they are equal, none can change alone.
    async fn together(&mut self) -> Result<(), Stop> {
        let mut done: Vec<Value> = Vec::new();
        while let Some((value, spots)) = self.equals(&done) {
            let mut now = value;
            loop {
                let mut simpler = None;
                for variant in variants(&now) {
                    let start = Some(self.plan.clone());
                    let changed = spots.iter().fold(start, |changed, spot| spot.replaced(&changed?, &variant));
                    if self.offer(changed).await? {
                        simpler = Some(variant);
                        break;
                    }
                }
                match simpler {
                    Some(variant) => now = variant,
                    None => break,
                }
            }
            done.push(now);
        }
        Ok(())
    }

    /// A value that stands in several places and was not looked at, with those places.
    fn equals(&self, done: &[Value]) -> Option<(Value, Vec<Spot>)> {
        let spots = self.spots();
        let values: Vec<(&Spot, &Value)> =
            spots.iter().filter_map(|spot| Some((spot, spot.get(&self.plan.draft)?))).collect();
        values.iter().filter(|(_, value)| !done.contains(value)).find_map(|(first, value)| {
            let same: Vec<Spot> =
                values.iter().filter(|(_, other)| other == value).map(|(spot, _)| (*spot).clone()).collect();
            let several = same.len() > 1 && same.first() == Some(*first);
            several.then(|| ((*value).clone(), same))
        })
    }

    async fn scalars(&mut self) -> Result<(), Stop> {
        let mut next = 0;
        while let Some(spot) = self.spots().into_iter().nth(next) {
            next += 1;
            match spot.get(&self.plan.draft).cloned() {
                Some(Value::String(_)) => self.text(&spot).await?,
                Some(number @ Value::Number(_)) => self.number(&spot, &number).await?,
                Some(Value::Bool(true)) => {
                    self.offer(spot.replaced(&self.plan, &Value::Bool(false))).await?;
                }
                Some(Value::Object(members)) => {
                    let names = (0..members.len()).map(short_name);
                    let renamed: Value = names.zip(members.values().cloned()).collect();
                    let renamed = spot.replaced(&self.plan, &renamed);
                    self.offer(renamed).await?;
                    let names: Vec<String> = match spot.get(&self.plan.draft) {
                        Some(Value::Object(members)) => members.keys().cloned().collect(),
                        _ => Vec::new(),
                    };
                    for name in names {
                        self.name(&spot, &name).await?;
                    }
                }
                Some(Value::Bool(false) | Value::Null | Value::Array(_)) | None => {}
            }
        }
        Ok(())
    }

    /// A shorter and plainer text: first its halves, then plain characters, among which it matters little which go.
    async fn text(&mut self, spot: &Spot) -> Result<(), Stop> {
        let characters = Sequence::Characters(spot.clone());
        loop {
            let length = characters.length(&self.plan);
            let halved = characters.without(&self.plan, length.div_ceil(2)..length);
            if length < 2 || !self.offer(halved).await? {
                break;
            }
        }
        // What the generator has for the simplest is plain enough: another character may be no sensible value.
        if self.law.plainest(spot) != spot.get(&self.plan.draft) {
            self.plainer(spot).await?;
        }
        self.without(characters).await
    }

    async fn plainer(&mut self, spot: &Spot) -> Result<(), Stop> {
        let Some(text) = self.text_at(spot) else { return Ok(()) };
        let mut plain = Vec::with_capacity(text.len());
        for (at, character) in text.iter().enumerate() {
            let mut found = None;
            for candidate in PLAIN.into_iter().filter(|candidate| rank(*candidate) < rank(*character)) {
                let mut changed = text.clone();
                changed[at] = candidate;
                let lawful = match spot.replaced(&self.plan, &Value::String(changed.into_iter().collect())) {
                    Some(_) if text.len() > SHORT => true,
                    Some(changed) => self.is_lawful(&changed)?,
                    None => false,
                };
                if lawful {
                    found = Some(candidate);
                    break;
                }
            }
            plain.push(found);
        }
        let mut size = text.len();
        while size > 0 {
            for start in (0..text.len()).step_by(size) {
                let Some(mut changed) = self.text_at(spot) else { return Ok(()) };
                let end = (start + size).min(changed.len());
                for at in start..end {
                    changed[at] = plain[at].unwrap_or(changed[at]);
                }
                self.offer(spot.replaced(&self.plan, &Value::String(changed.into_iter().collect()))).await?;
            }
            size /= 2;
        }
        Ok(())
    }

    fn text_at(&self, spot: &Spot) -> Option<Vec<char>> {
        Some(spot.get(&self.plan.draft)?.as_str()?.chars().collect())
    }

    /// A shorter and plainer name of a member, where the contract leaves names free.
    async fn name(&mut self, spot: &Spot, name: &str) -> Result<(), Stop> {
        let Some(members) = spot.get(&self.plan.draft).and_then(Value::as_object) else { return Ok(()) };
        let free = (0..).map(short_name).find(|free| !members.contains_key(free)).unwrap_or_default();
        if free.len() < name.len() && self.offer(renamed(spot, &self.plan, name, &free)).await? {
            return Ok(());
        }
        self.without(Sequence::Name(spot.clone(), name.to_owned())).await
    }

    /// A number nearer to zero: zero itself, without its sign, with fewer places; then the distance is halved as long as
    /// that changes nothing.
    async fn number(&mut self, spot: &Spot, number: &Value) -> Result<(), Stop> {
        let Some(number) = Exact::of(number) else { return Ok(()) };
        self.offer(spot.replaced(&self.plan, &Value::from(0))).await?;
        self.offer(spot.replaced(&self.plan, &number.positive().to_json())).await?;
        for places in 0..number.places() {
            let Some(now) = spot.get(&self.plan.draft).and_then(Exact::of) else { return Ok(()) };
            if self.offer(spot.replaced(&self.plan, &now.cut(places).to_json())).await? {
                break;
            }
        }
        let Some(now) = spot.get(&self.plan.draft).and_then(Exact::of) else { return Ok(()) };
        let Some(stride) = self.stride(spot, now)? else { return Ok(()) };
        // So many strides nearer to zero keep the failure, and so many do not.
        let (mut kept, mut lost) = (0, now.magnitude() / stride + 1);
        while lost - kept > 1 {
            let middle = kept + (lost - kept) / 2;
            let nearer = now.magnitude().checked_sub(middle * stride).and_then(|magnitude| now.at(magnitude));
            let nearer = nearer.and_then(|nearer| spot.replaced(&self.plan, &nearer.to_json()));
            if self.offer(nearer).await? {
                kept = middle;
            } else {
                lost = middle;
            }
        }
        Ok(())
    }

    /// How far the next valid number lies towards zero; `None` where there is none.
    fn stride(&mut self, spot: &Spot, now: Exact) -> Result<Option<u128>, Stop> {
        let powers = (1..20).map(|digits| 10u128.pow(digits));
        for stride in (1..=STRIDE).chain(powers).take_while(|stride| *stride <= now.magnitude()) {
            let nearer = now.at(now.magnitude() - stride);
            if let Some(nearer) = nearer.and_then(|nearer| spot.replaced(&self.plan, &nearer.to_json()))
                && self.is_lawful(&nearer)?
            {
                return Ok(Some(stride));
            }
        }
        Ok(None)
    }
}

/// Simpler values than this one, the simplest first.
fn variants(value: &Value) -> Vec<Value> {
    match value {
        Value::Null | Value::Bool(false) => Vec::new(),
        Value::Bool(true) => vec![Value::Bool(false)],
        Value::Number(_) => {
            let Some(number) = Exact::of(value) else { return Vec::new() };
            let nearer = [number.magnitude() / 2, number.magnitude().saturating_sub(1)];
            let nearer = nearer.into_iter().filter_map(|magnitude| number.at(magnitude));
            [Value::from(0), Value::from(1), number.positive().to_json(), number.cut(0).to_json()]
                .into_iter()
                .chain(nearer.map(Exact::to_json))
                .collect()
        }
        Value::String(text) => {
            let characters: Vec<char> = text.chars().collect();
            let length = characters.len();
            let starts = [0, 1, length / 2, length.saturating_sub(1)];
            let shorter = starts.into_iter().map(|end| characters[..end.min(length)].iter().collect::<String>());
            let plain = PLAIN.into_iter().map(|plain| plain.to_string().repeat(length));
            shorter.chain(plain).map(Value::String).collect()
        }
        Value::Array(items) => {
            let halves = [0, items.len() / 2].into_iter().map(|end| Value::Array(items[..end].to_vec()));
            let without = (0..items.len()).map(|gone| {
                items.iter().enumerate().filter(|(at, _)| *at != gone).map(|(_, item)| item.clone()).collect()
            });
            halves.chain(without).collect()
        }
        Value::Object(members) => members
            .keys()
            .map(|gone| {
                let left = members.iter().filter(|(name, _)| *name != gone);
                left.map(|(name, member)| (name.clone(), member.clone())).collect()
            })
            .collect(),
    }
}

/// The shortest names, one after another: none, then one letter, then two.
fn short_name(number: usize) -> String {
    let mut name = String::new();
    let mut left = number;
    while left > 0 {
        left -= 1;
        name.push(char::from(b'a' + u8::try_from(left % 26).expect("below 26")));
        left /= 26;
    }
    name
}

/// What is left of a sequence that is named one by one.
fn shorter(sequence: Sequence, gone: Range<usize>) -> Sequence {
    match sequence {
        Sequence::Parts(mut parts) => {
            parts.drain(gone);
            Sequence::Parts(parts)
        }
        Sequence::Members(spot, mut names) => {
            names.drain(gone);
            Sequence::Members(spot, names)
        }
        Sequence::Name(spot, name) => {
            let left = name.chars().enumerate().filter(|(at, _)| !gone.contains(at));
            Sequence::Name(spot, left.map(|(_, character)| character).collect())
        }
        same @ (Sequence::Items(_) | Sequence::Characters(_)) => same,
    }
}

/// The objects or arrays within a value, the deepest first.
fn descend<'v>(value: &'v Value, objects: bool, found: &mut Vec<&'v Value>) {
    let inner: Vec<&Value> = match value {
        Value::Object(members) => members.values().collect(),
        Value::Array(items) => items.iter().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    for value in inner {
        descend(value, objects, found);
        if value.is_object() && objects || value.is_array() && !objects {
            found.push(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_all_different() {
        let names: Vec<String> = (0..800).map(short_name).collect();
        assert_eq!(names[..4], ["", "a", "b", "c"]);
        let unique: std::collections::BTreeSet<&String> = names.iter().collect();
        assert_eq!(unique.len(), names.len());
    }
}
