//! Equal values that change together: where it matters that they are equal, none can change alone.

use etalon_contract::model::Decimal;
use serde_json::Value;

use crate::draft_place::DraftPlace;
use crate::run::shrink::scalar::decimal;
use crate::run::shrink::search::{Search, Stop};
use crate::run::shrink::weight::PLAIN;
use crate::target::Exchange;

impl<E: Exchange> Search<'_, '_, E> {
    /// Equal values changed together: where it matters that they are equal, none can change alone.
    ///
    /// # Errors
    /// Where the search ends.
    pub(super) async fn together(&mut self) -> Result<(), Stop> {
        let mut done: Vec<Value> = Vec::new();
        while let Some((value, places)) = self.equals(&done) {
            let mut now = value;
            loop {
                let mut simpler = None;
                for variant in variants(&now) {
                    let start = Some(self.plan.clone());
                    let changed = places.iter().fold(start, |changed, place| place.replaced(&changed?, &variant));
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
    fn equals(&self, done: &[Value]) -> Option<(Value, Vec<DraftPlace>)> {
        let places = self.places();
        let values: Vec<(&DraftPlace, &Value)> =
            places.iter().filter_map(|place| Some((place, place.get(&self.plan.draft)?))).collect();
        values.iter().filter(|(_, value)| !done.contains(value)).find_map(|(first, value)| {
            let same: Vec<DraftPlace> =
                values.iter().filter(|(_, other)| other == value).map(|(place, _)| (*place).clone()).collect();
            let several = same.len() > 1 && same.first() == Some(*first);
            several.then(|| ((*value).clone(), same))
        })
    }
}

/// Simpler values than this one, the simplest first.
fn variants(value: &Value) -> Vec<Value> {
    match value {
        Value::Null | Value::Bool(false) => Vec::new(),
        Value::Bool(true) => vec![Value::Bool(false)],
        Value::Number(_) => {
            let Some(number) = decimal(value) else { return Vec::new() };
            let nearer = [number.magnitude() / 2, number.magnitude().saturating_sub(1)];
            let nearer = nearer.into_iter().filter_map(|magnitude| number.at_magnitude(magnitude));
            [Value::from(0), Value::from(1), number.positive().to_json(), number.cut(0).to_json()]
                .into_iter()
                .chain(nearer.map(Decimal::to_json))
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
