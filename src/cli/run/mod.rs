//! What `etalon test` does around a run: which operations, what is shown while it goes on, and where its reports go.

pub mod ci;
pub mod list;
pub mod progress;
pub mod recording;
pub mod reports;
pub mod select;
pub mod told;
