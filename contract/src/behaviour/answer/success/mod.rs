//! The answer to a request that was carried out: the documented response that suits the outcome (`choice`), its body
//! (`bytes`; written around items by `placed` where its `plan` has them judged one by one, else `body`; `shown_item`, the members that were asked for: `projection`, and what stands around items:
//! `envelope`), its header fields (`fields`, `location`), and the answer to a condition of the request (`condition`).

mod compose;

mod choice;

mod composer;

mod body;
mod bytes;
mod envelope;
mod placed;
mod plan;
mod projection;
mod shown_item;
mod successes;

mod fields;
mod location;

mod condition;

pub use choice::pick;
pub use compose::compose;
