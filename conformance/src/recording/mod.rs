//! Recordings: everything that a run hears of its target, in the order in which it hears it, so that its verdicts can be computed again
//! by anybody, without the target and without a clock. Whatever is not decided by contract and settings comes in by
//! [`Exchange`](crate::Exchange): answers, the time, and that somebody wants the run to end. A `recorder` stands before a target and writes that
//! down; a `playback` stands in the target's place and gives it back, to the same run.
//!
//! `entry` holds what a line of a recording is, `frames` how lines become a file, `tree` the hash over all exchanges, `veil` what stands
//! in for secrets. `reading` reads a recording and holds it against its own hashes; `judgement` runs what it holds again.

mod book;
mod entry;
mod flaw;
mod frames;
mod judgement;
mod looking;
mod pen;
mod playback;
mod reading;
mod recorder;
mod tree;
mod veil;

pub use book::{Book, Recorded};
pub use entry::{FORMAT, Judged, RULES};
pub use flaw::Flaw;
pub use judgement::{Difference, Judgement, Way, judge};
pub use pen::Pen;
pub use reading::{Overheard, Recording, Section, read, read_lines};
pub use recorder::Recorder;
pub use tree::root;
pub use veil::Veil;
