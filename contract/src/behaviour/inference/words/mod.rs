//! The words of paths and bodies that people use alike: what wraps items and stands beside them (`envelope`), verbs and
//! what they leave (`verb`, `mark`), and the names of the one who calls and of keys (`name`).

mod envelope;

mod verb;

mod mark;

mod name;

pub(crate) use envelope::is_envelope;
pub(super) use envelope::{WRAPPERS, is_beside_items, is_criterion};
pub(super) use mark::{Flag, after};
pub(super) use name::{is_caller, is_key_list};
pub(super) use verb::{OnItem, Verb, adds, is_of_actions, is_only_verb, lays, on_item, shows_all, shows_whole, verb};
