//! Identifying values that were not used before: a request that is sent again and again would else conflict with itself.
//! They keep their length and the kinds of their characters, so that what fails because of those still does.

use etalon_contract::document::Pointer;
use etalon_contract::generate::{Broken, Seeded};
use serde_json::Value;

use crate::draft_place::{DraftPlace, Part, places};
use crate::plan::roles;
use crate::scenario::like;
use crate::session::Session;

/// The values of an operation's requests that identify what they are about.
#[derive(Debug)]
pub(super) struct Fresh {
    seed: u64,
    /// The pointers to them in the content, `*` for any element.
    known: Vec<Pointer>,
}

/// The texts of a request that are made others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Those that are known to identify something.
    Known,
    /// All: a conflict was met, and what is known does not explain it.
    All,
}

impl Fresh {
    /// The identifying values that are known of the operation of this index.
    pub(super) fn new(session: Session<'_>, operation: usize) -> Self {
        let effect = session.behaviour.effects.get(operation);
        let known = effect.map(roles::identifying).unwrap_or_default();
        Self { seed: session.settings.seed, known }
    }

    /// The texts to vary once a request met a conflict so many times.
    #[must_use]
    pub(super) fn reach(&self, conflicts: usize) -> Reach {
        let explained = if self.known.is_empty() { 0 } else { 1 };
        if conflicts > explained { Reach::All } else { Reach::Known }
    }

    /// The request with other identifying values; `None` where it has none that may be other ones.
    #[must_use]
    pub(super) fn varied(
        &self,
        plan: &Broken,
        is_lawful: &dyn Fn(&Broken) -> bool,
        is_given: &dyn Fn(&Part) -> bool,
        reach: Reach,
        turn: usize,
    ) -> Option<Broken> {
        let mut varied = plan.clone();
        let turn = turn.to_string();
        let every = places(&plan.draft, is_given);
        for place in every.iter().filter(|place| self.identifies(place, reach)) {
            let Some(text) = place.get(&plan.draft).and_then(Value::as_str) else { continue };
            let mut choices = Seeded::new(self.seed, [text, turn.as_str()]);
            let other = Value::String(text.chars().map(|character| like(character, &mut choices)).collect());
            // What was equal stays equal, where it may.
            let equal = every.iter().filter(|place| place.get(&plan.draft).and_then(Value::as_str) == Some(text));
            let mut equal = equal;
            let everywhere = equal.try_fold(varied.clone(), |changed, place| place.replaced(&changed, &other));
            let here = || place.replaced(&varied, &other);
            let found =
                everywhere.filter(|changed| is_lawful(changed)).or_else(|| here().filter(|changed| is_lawful(changed)));
            varied = found.unwrap_or(varied);
        }
        (varied != *plan).then_some(varied)
    }

    fn identifies(&self, place: &DraftPlace, reach: Reach) -> bool {
        reach == Reach::All || place.part == Part::Body && self.known.iter().any(|known| place.at.fits(known))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_keep_their_kind() {
        let mut choices = Seeded::new(1, ["x"]);
        let made: String = "aZ5é-@".chars().map(|character| like(character, &mut choices)).collect();
        let kinds: Vec<bool> = made.chars().map(|c| c.is_ascii_alphanumeric()).collect();
        assert_eq!(kinds, [true, true, true, false, false, false]);
        assert!(made.ends_with("é-@") && made.starts_with(|c: char| c.is_ascii_lowercase()), "{made}");
    }
}
