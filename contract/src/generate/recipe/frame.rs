//! Objects of the same members, ready to be copied: their names need not be hashed again. Only of objects that are made
//! often, and only so many; the others are put together name by name.

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value};

use crate::generate::recipe::Recipes;

/// The members that an object has, one bit for each that its recipe knows.
pub(crate) type Present = u64;

/// Of how many members an object's recipe may know.
const MAX_MEMBERS: usize = 64;

/// The most frames that are kept of one object: the combinations of six optional members.
const SLOTS: usize = 64;

/// The most times that an object is made before any are kept.
const OFTEN: u32 = 16;

/// The most members that all kept objects have together: about four megabytes.
const MAX_FRAMED: usize = 32_000;

/// A place for an object, and which members it has.
type Slot = OnceLock<(Present, Map<String, Value>)>;

/// The objects that are kept of one recipe.
#[derive(Debug)]
pub(crate) struct Frames {
    slots: OnceLock<Vec<Slot>>,
    made: AtomicU32,
    framed: Arc<AtomicUsize>,
}

impl Frames {
    /// None yet, for an object of so many members; `None` where it has too many.
    pub(crate) fn new(members: usize, recipes: &Recipes) -> Option<Self> {
        (members <= MAX_MEMBERS).then(|| Self {
            slots: OnceLock::new(),
            made: AtomicU32::new(0),
            framed: Arc::clone(&recipes.framed),
        })
    }

    /// An object of these members, each null. Objects that differ in the last bits of `optional` have different places.
    pub(crate) fn object<'n>(
        &self,
        present: Present,
        optional: u64,
        names: impl ExactSizeIterator<Item = &'n str>,
    ) -> Map<String, Value> {
        let count = names.len();
        let put_together = || {
            let mut members = Map::with_capacity(count);
            members.extend(names.map(|name| (name.to_owned(), Value::Null)));
            members
        };
        if self.slots.get().is_none() && self.made.fetch_add(1, Ordering::Relaxed) < OFTEN {
            return put_together();
        }
        let slots = self.slots.get_or_init(|| (0..SLOTS).map(|_| Slot::new()).collect());
        let slot = &slots[usize::try_from(optional).unwrap_or(0) % SLOTS];
        match slot.get() {
            Some((known, frame)) if *known == present => frame.clone(),
            Some(_) => put_together(),
            None => {
                let made = put_together();
                let more = |framed: usize| Some(framed + count).filter(|framed| *framed <= MAX_FRAMED);
                if self.framed.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok() {
                    // Where another was quicker, its object stays.
                    let _ = slot.set((present, made.clone()));
                }
                made
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_is_what_would_be_put_together() {
        let recipes = Recipes::default();
        let frames = Frames::new(3, &recipes).expect("they are few");
        let names = ["a", "b", "c"];
        for _ in 0..2 * OFTEN {
            for present in 0..8u64 {
                let there: Vec<&str> = (0..3).filter(|bit| present >> bit & 1 == 1).map(|bit| names[bit]).collect();
                // All share one place, so that most are not the ones kept there.
                let made = frames.object(present, present & 1, there.iter().copied());
                assert_eq!(made.keys().map(String::as_str).collect::<Vec<_>>(), there);
                assert!(made.values().all(Value::is_null));
            }
        }
        assert!(recipes.framed.load(Ordering::Relaxed) <= 6);
    }
}
