//! Texts that are shorter and plainer, names of members likewise, numbers that are nearer to zero.

use etalon_contract::model::Decimal;
use serde_json::Value;

use crate::draft_place::DraftPlace;
use crate::run::shrink::edit::{Sequence, renamed};
use crate::run::shrink::search::{Search, Stop};
use crate::run::shrink::weight::{PLAIN, rank};
use crate::target::Exchange;

/// The longest text of which each character is looked at by itself before it is known which stretch matters.
const SHORT: usize = 512;

/// The most decimal places of a number that is made smaller: what has more is left as it is.
const PLACES: u32 = 36;

/// A number as shrinking reads it.
#[must_use]
pub(super) fn decimal(value: &Value) -> Option<Decimal> {
    Decimal::with_places(value, PLACES)
}

/// The longest distance to the next valid number that is searched one by one, in units of the last digit.
const STRIDE: u128 = 120;

impl<E: Exchange> Search<'_, '_, E> {
    /// A shorter and plainer text: first its halves, then plain characters, among which it matters little which go.
    ///
    /// # Errors
    /// Where the search ends.
    pub(super) async fn text(&mut self, place: &DraftPlace) -> Result<(), Stop> {
        let characters = Sequence::Characters(place.clone());
        loop {
            let length = characters.length(&self.plan);
            let halved = characters.without(&self.plan, length.div_ceil(2)..length);
            if length < 2 || !self.offer(halved).await? {
                break;
            }
        }
        // What the generator has for the simplest is plain enough: another character may be no sensible value.
        if self.law.plainest(place) != place.get(&self.plan.draft) {
            self.plainer(place).await?;
        }
        self.without(characters).await
    }

    async fn plainer(&mut self, place: &DraftPlace) -> Result<(), Stop> {
        let Some(text) = self.text_at(place) else { return Ok(()) };
        let mut plain = Vec::with_capacity(text.len());
        for (at, character) in text.iter().enumerate() {
            let mut found = None;
            for candidate in PLAIN.into_iter().filter(|candidate| rank(*candidate) < rank(*character)) {
                let mut changed = text.clone();
                changed[at] = candidate;
                let lawful = match place.replaced(&self.plan, &Value::String(changed.into_iter().collect())) {
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
                let Some(mut changed) = self.text_at(place) else { return Ok(()) };
                let end = (start + size).min(changed.len());
                for at in start..end {
                    changed[at] = plain[at].unwrap_or(changed[at]);
                }
                self.offer(place.replaced(&self.plan, &Value::String(changed.into_iter().collect()))).await?;
            }
            size /= 2;
        }
        Ok(())
    }

    fn text_at(&self, place: &DraftPlace) -> Option<Vec<char>> {
        Some(place.get(&self.plan.draft)?.as_str()?.chars().collect())
    }

    /// A shorter and plainer name of a member, where the contract leaves names free.
    ///
    /// # Errors
    /// Where the search ends.
    pub(super) async fn name(&mut self, place: &DraftPlace, name: &str) -> Result<(), Stop> {
        let Some(members) = place.get(&self.plan.draft).and_then(Value::as_object) else { return Ok(()) };
        let free = (0..).map(short_name).find(|free| !members.contains_key(free)).unwrap_or_default();
        if free.len() < name.len() && self.offer(renamed(place, &self.plan, name, &free)).await? {
            return Ok(());
        }
        self.without(Sequence::Name(place.clone(), name.to_owned())).await
    }

    /// A number nearer to zero: zero itself, without its sign, with fewer places; then the distance is halved as long as
    /// that changes nothing.
    ///
    /// # Errors
    /// Where the search ends.
    pub(super) async fn number(&mut self, place: &DraftPlace, number: &Value) -> Result<(), Stop> {
        let Some(number) = decimal(number) else { return Ok(()) };
        self.offer(place.replaced(&self.plan, &Value::from(0))).await?;
        self.offer(place.replaced(&self.plan, &number.positive().to_json())).await?;
        for places in 0..number.scale() {
            let Some(now) = place.get(&self.plan.draft).and_then(decimal) else { return Ok(()) };
            if self.offer(place.replaced(&self.plan, &now.cut(places).to_json())).await? {
                break;
            }
        }
        let Some(now) = place.get(&self.plan.draft).and_then(decimal) else { return Ok(()) };
        let Some(stride) = self.stride(place, now)? else { return Ok(()) };
        // So many strides nearer to zero keep the failure, and so many do not.
        let (mut kept, mut lost) = (0, now.magnitude() / stride + 1);
        while lost - kept > 1 {
            let middle = kept + (lost - kept) / 2;
            let nearer = now.magnitude().checked_sub(middle * stride).and_then(|magnitude| now.at_magnitude(magnitude));
            let nearer = nearer.and_then(|nearer| place.replaced(&self.plan, &nearer.to_json()));
            if self.offer(nearer).await? {
                kept = middle;
            } else {
                lost = middle;
            }
        }
        Ok(())
    }

    /// The distance to a valid number nearer to zero, in units of the last digit: the next one up to [`STRIDE`], beyond
    /// that a power of ten. `None` where there is none.
    fn stride(&mut self, place: &DraftPlace, now: Decimal) -> Result<Option<u128>, Stop> {
        let powers = (1..20).map(|digits| 10u128.pow(digits));
        for stride in (1..=STRIDE).chain(powers).take_while(|stride| *stride <= now.magnitude()) {
            let nearer = now.at_magnitude(now.magnitude() - stride);
            if let Some(nearer) = nearer.and_then(|nearer| place.replaced(&self.plan, &nearer.to_json()))
                && self.is_lawful(&nearer)?
            {
                return Ok(Some(stride));
            }
        }
        Ok(None)
    }
}

/// The shortest names, one after another: none, then one letter, then two.
#[must_use]
pub(super) fn short_name(number: usize) -> String {
    let mut name = String::new();
    let mut left = number;
    while left > 0 {
        left -= 1;
        name.push(char::from(b'a' + u8::try_from(left % 26).expect("below 26")));
        left /= 26;
    }
    name
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
