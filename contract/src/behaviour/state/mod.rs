//! The items of all sets, in the order in which they came. Cloning is cheap and copies on write, so that a refused
//! request leaves nothing behind and a state can be kept, forked and compared. It knows nothing of requests, but that
//! some are repeated.
//!
//! In reading order: one set and its items (`set`, in `ranked` maps, with bytes that are `ready`), what all of them may weigh (`weight`), and the state itself: what
//! is asked of it (`questions`), what changes it (`changes`), requests that come again or take effect later (`pending`,
//! `requests`), what was there before the first request (`beginning`), what
//! followers are told (`noted`), and the state of the next document (`renumbered`).

mod pending;
mod ranked;
mod ready;
mod set;
mod weight;

mod changes;
mod questions;
mod requests;

mod beginning;
mod noted;
mod renumbered;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::behaviour::state::set::Set;
use crate::behaviour::state::weight::Most;

pub(crate) use beginning::MAX_BEGINNING;
pub use noted::{Change, ChangeKind};
pub(crate) use pending::Pending;
pub(crate) use ready::ShownBytes;
pub(crate) use set::text;
pub use set::{Item, Place};
pub use weight::{Full, MAX_WEIGHT};

/// The memory of the mock: sets of items, and the requests that it remembers.
#[derive(Clone, Debug, Default)]
pub struct State {
    sets: BTreeMap<Place, Arc<Set>>,
    weight: usize,
    most: Most,
    sequence: u64,
    /// The largest number that was a key of each collection.
    numbers: BTreeMap<usize, u64>,
    /// The bodies of requests with a key of repetition, as JSON text, and the items that they made, by operation and
    /// key.
    repeated: BTreeMap<String, (String, Arc<Item>)>,
    pending: Vec<Pending>,
    /// The number of changes so far.
    revision: u64,
    /// The collections that were given the items that they begin with; `None` where none begins with any.
    begun: Option<BTreeSet<usize>>,
    /// The changes since somebody wanted to know; `None` while nobody does.
    noted: Option<Vec<Change>>,
}
