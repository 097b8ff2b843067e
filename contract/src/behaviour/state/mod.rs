//! The items of all sets, in the order in which they came. Cloning takes no time, whatever is there, and what is changed
//! is copied when it is, so that a refused request leaves nothing behind and a state can be kept, forked and compared. It knows nothing of requests, but that
//! some are repeated.
//!
//! In reading order: one set and its items (`set`, in `ranked` maps, with bytes that are `ready`), what all of them may weigh (`weight`), and the state itself: what
//! is asked of it (`questions`), what changes it (`changes`), requests that come again or take effect later (`pending`,
//! `requests`), what was there before the first request (`beginning`), what
//! followers are told (`noted`), the state of the next document (`renumbered`), what two states have otherwise (`difference`), and
//! a state as data (`record`).

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

mod difference;
mod record;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::behaviour::state::ranked::Ranked;
use crate::behaviour::state::set::Set;
use crate::behaviour::state::weight::Most;

pub(crate) use beginning::MAX_BEGINNING;
pub use difference::Difference;
pub use noted::{Change, ChangeKind};
pub(crate) use pending::Pending;
pub(crate) use ready::ShownBytes;
pub(crate) use record::SetRecord;
pub(crate) use set::text;
pub use set::{Item, Place};
pub use weight::{Full, MAX_WEIGHT};

/// The memory of the mock: sets of items, and the requests that it remembers. Clones share all that neither of them changes.
#[derive(Clone, Debug, Default)]
pub struct State {
    sets: Ranked<Place, Arc<Set>>,
    weight: usize,
    /// The part of the weight that no other state shares, and the change up to which others share what was put.
    own: usize,
    shared_to: u64,
    most: Most,
    sequence: u64,
    /// The largest number that was a key of each collection.
    numbers: Arc<BTreeMap<usize, u64>>,
    /// The bodies of requests with a key of repetition, as JSON text, and the items that they made, by operation and
    /// key.
    repeated: Ranked<Arc<str>, Arc<(String, Arc<Item>)>>,
    pending: Arc<Vec<Pending>>,
    /// The number of changes so far.
    revision: u64,
    /// The collections that were given the items that they begin with; `None` where none begins with any.
    begun: Option<Arc<BTreeSet<usize>>>,
    /// The changes since somebody wanted to know; `None` while nobody does.
    noted: Option<Vec<Change>>,
}
