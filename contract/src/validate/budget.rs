//! How much work one judgement may take. Alternatives that hold themselves again double the work at every level of a
//! value, so a few hundred bytes could keep a validator busy for ever. Every schema that a reference leads to counts
//! its visits, since whatever recurs goes through one, and so does every schema of items; where the count runs out, the
//! judgement is given up by unwinding, without a panic's message.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use jsonschema::{Keyword, ValidationError, ValidationOptions};
use serde_json::Value;

use crate::model::STEP;

/// Visits to learn whether a value is valid: five for each value of the largest document that is read.
pub(super) const TO_JUDGE: u32 = 1_000_000;

/// Visits to learn what is wrong with it: each may keep copies of parts of the value.
pub(super) const TO_EXPLAIN: u32 = 8_000;

thread_local! {
    static LEFT: Cell<u32> = const { Cell::new(u32::MAX) };
}

/// Gives the result of some work, or `None` where it takes more visits than these.
pub(super) fn within<T>(visits: u32, work: impl FnOnce() -> T) -> Option<T> {
    let before = LEFT.replace(visits);
    let result = catch_unwind(AssertUnwindSafe(work));
    LEFT.set(before);
    match result {
        Ok(value) => Some(value),
        Err(reason) if reason.is::<Exhausted>() => None,
        Err(other) => resume_unwind(other),
    }
}

/// Teaches a validator to count.
pub(super) fn register<'i, R>(options: ValidationOptions<'i, R>) -> ValidationOptions<'i, R> {
    options.with_keyword(STEP, |_, _, _| Ok(Box::new(Step)))
}

/// The reason of the unwinding.
struct Exhausted;

struct Step;

impl Step {
    fn count() {
        LEFT.with(|left| match left.get().checked_sub(1) {
            Some(fewer) => left.set(fewer),
            None => resume_unwind(Box::new(Exhausted)),
        });
    }
}

impl<'i> Keyword<'i> for Step {
    fn validate(&self, _: &'i Value) -> Result<(), ValidationError<'i>> {
        Self::count();
        Ok(())
    }

    fn is_valid(&self, _: &'i Value) -> bool {
        Self::count();
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_ends_where_its_visits_do() {
        assert_eq!(within(3, || (0..3).for_each(|_| Step::count())), Some(()));
        assert_eq!(within(3, || (0..4).for_each(|_| Step::count())), None);
        let nested = within(2, || (within(1, || (0..9).for_each(|_| Step::count())), Step::count()));
        assert_eq!(nested, Some((None, ())));
    }
}
