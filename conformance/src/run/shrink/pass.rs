//! What is tried to make a request smaller, the most first: the simplest request of all; parts, members and elements away;
//! a value in place of the one that holds it; shorter and plainer texts; numbers nearer to zero.

use std::ops::Range;

use serde_json::Value;

use crate::draft_place::{DraftPlace, Part, parts, places};
use crate::run::shrink::edit::Sequence;
use crate::run::shrink::overlay::overlaid;
use crate::run::shrink::scalar::short_name;
use crate::run::shrink::search::{Search, Stop};
use crate::run::shrink::weight::of;
use crate::target::Exchange;

/// The most values within another that are tried in its place.
const INNER: usize = 16;

impl<E: Exchange> Search<'_, '_, E> {
    /// Tries each kind of edit once, the one that takes the most away first.
    ///
    /// # Errors
    /// Where the search ends.
    pub(super) async fn pass(&mut self) -> Result<(), Stop> {
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

    /// Every place of the request whose value is its own.
    #[must_use]
    pub(super) fn places(&self) -> Vec<DraftPlace> {
        places(&self.plan.draft, &|part| self.law.is_given(part))
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
        for place in self.places() {
            let plainest = self.law.plainest(&place).filter(|plain| Some(*plain) != place.get(&self.plan.draft));
            let plainer = plainest.and_then(|plain| place.replaced(&self.plan, plain));
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
            let alone = crate::draft_place::without(&self.plan, &part);
            if self.is_lawful(&alone)? {
                removable.push(part);
            }
        }
        Ok(removable)
    }

    /// Takes away as much of a sequence as can go: all, halves, quarters, down to one at a time. What was taken never
    /// comes back, so after the last round nothing more can go alone.
    ///
    /// # Errors
    /// Where the search ends.
    pub(super) async fn without(&mut self, mut sequence: Sequence) -> Result<(), Stop> {
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
        while let Some(place) = self.places().into_iter().nth(next) {
            next += 1;
            match place.get(&self.plan.draft) {
                Some(Value::Object(members)) => {
                    let names: Vec<String> = members.keys().cloned().collect();
                    let names = self.removable_members(&place, names)?;
                    self.without(Sequence::Members(place, names)).await?;
                }
                Some(Value::Array(_)) => self.without(Sequence::Items(place)).await?,
                Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => {}
            }
        }
        Ok(())
    }

    fn removable_members(&mut self, place: &DraftPlace, names: Vec<String>) -> Result<Vec<String>, Stop> {
        let mut removable = Vec::new();
        for name in names {
            let alone = Sequence::Members(place.clone(), vec![name.clone()]).without(&self.plan, 0..1);
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
        while let Some(place) = self.places().into_iter().nth(next) {
            next += 1;
            let Some(here) = place.get(&self.plan.draft).filter(|here| here.is_object() || here.is_array()) else {
                continue;
            };
            let mut within = Vec::new();
            descend(here, here.is_object(), &mut within);
            let within: Vec<Value> = within.into_iter().take(INNER).cloned().collect();
            for inner in within {
                if self.offer(place.replaced(&self.plan, &inner)).await? {
                    break;
                }
            }
        }
        Ok(())
    }

    /// All elements of an array like the lightest of them, so that they need not be looked at one by one.
    async fn alike(&mut self) -> Result<(), Stop> {
        for place in self.places() {
            let Some(items) = place.get(&self.plan.draft).and_then(Value::as_array) else { continue };
            let Some(lightest) = items.iter().min_by_key(|item| of(item)) else { continue };
            let all = Value::Array(vec![lightest.clone(); items.len()]);
            let all = place.replaced(&self.plan, &all);
            self.offer(all).await?;
        }
        Ok(())
    }

    async fn scalars(&mut self) -> Result<(), Stop> {
        let mut next = 0;
        while let Some(place) = self.places().into_iter().nth(next) {
            next += 1;
            match place.get(&self.plan.draft).cloned() {
                Some(Value::String(_)) => self.text(&place).await?,
                Some(number @ Value::Number(_)) => self.number(&place, &number).await?,
                Some(Value::Bool(true)) => {
                    self.offer(place.replaced(&self.plan, &Value::Bool(false))).await?;
                }
                Some(Value::Object(members)) => {
                    let names = (0..members.len()).map(short_name);
                    let renamed: Value = names.zip(members.values().cloned()).collect();
                    let renamed = place.replaced(&self.plan, &renamed);
                    self.offer(renamed).await?;
                    let names: Vec<String> = match place.get(&self.plan.draft) {
                        Some(Value::Object(members)) => members.keys().cloned().collect(),
                        _ => Vec::new(),
                    };
                    for name in names {
                        self.name(&place, &name).await?;
                    }
                }
                Some(Value::Bool(false) | Value::Null | Value::Array(_)) | None => {}
            }
        }
        Ok(())
    }
}

/// The rest of a sequence that is named one by one, without the elements of a range.
fn shorter(sequence: Sequence, gone: Range<usize>) -> Sequence {
    match sequence {
        Sequence::Parts(mut parts) => {
            parts.drain(gone);
            Sequence::Parts(parts)
        }
        Sequence::Members(place, mut names) => {
            names.drain(gone);
            Sequence::Members(place, names)
        }
        Sequence::Name(place, name) => {
            let left = name.chars().enumerate().filter(|(at, _)| !gone.contains(at));
            Sequence::Name(place, left.map(|(_, character)| character).collect())
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
