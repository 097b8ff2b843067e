//! The conformance runner: plan -> script -> target -> judge -> report. From a contract it plans a case for every row,
//! plays each against a target, and says of each row whether the target keeps it. It sends nothing but what the contract
//! describes, and never sees the mock: what judges a target must not share its shell.
//!
//! Only `target` does IO. Everything else is a function from values to values: a script that is given what was answered
//! so far says what to send next, and the judges are tables from answers to verdicts.

pub mod case;
mod credentials;
pub mod evidence;
mod session;
mod settings;

pub mod plan;
mod scenario;
pub mod target;
pub mod transcript;

pub mod judge;
pub mod verdict;

mod run;

pub mod report;

pub use credentials::{Credentials, Show, schemes};
pub use evidence::{Effort, Evidence, ShrinkEnd};
pub use report::{Conclusion, Format, Report};
pub use run::{Event, Listener, RunError, run};
pub use settings::{PATIENCE, SHRINKING, Settings, Showing, VALID};
pub use target::{Exchange, Http, HttpError, TIMEOUT, TargetError};
