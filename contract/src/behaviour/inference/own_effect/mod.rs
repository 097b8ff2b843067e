//! What one operation does by itself: by its role at its path (`by_path`), as its `x-etalon` says, which has the last
//! word (`declared`), or, where it only answers, by the item that its path leads through (`through`). The parts of an
//! effect: where items stand in its bodies (`places`), what its query says (`asked`), how it names several (`batch`), what a replacement is
//! (`replacement`), which items of other paths it may name (`elsewhere`), and how one that is there is
//! known (`natural_key`). Each inference leaves a sentence.

mod surroundings;

mod asked;
mod batch;
mod elsewhere;
mod laying;
mod natural_key;
mod places;
mod replacement;

mod by_path;
mod declared;
mod through;
mod unused;

pub(super) use by_path::by_path;
pub(super) use declared::declared;
pub(super) use elsewhere::owner;
pub(super) use laying::laid;
pub(super) use through::{collection_of_item, led_to, through};
pub(super) use unused::unused;
