//! What operations do, from the document: the paths as a tree (`paths`), what each path stands for (`resource`), the
//! role of each operation there (`role`, with `method`, `view` and `joining`), what it does by that role (`own_effect`) or by its `x-etalon`
//! (`declaration`), and what is known of each collection from all of its operations (`collection`). `pieces` keeps all
//! of these; `shown_items` reads the examples of a collection; `on_demand` is the door.

mod asking;
mod method;
mod paths;
mod resource;
mod said;
mod words;
mod wrapping;

mod joining;
mod own_effect;
mod role;
mod view;

mod declaration;
mod extension;

mod collection;
mod pieces;

mod shown_items;

mod on_demand;

pub use on_demand::{Inferred, OnDemand, infer};
pub use shown_items::Beginning;
pub(crate) use shown_items::ShownItem;
pub(crate) use words::is_envelope;
