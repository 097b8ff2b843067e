//! What a run may be told.

use std::time::Duration;

use crate::credentials::Credentials;

/// The choice of whether a report shows credentials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Showing {
    /// The names of environment variables stand in their place.
    #[default]
    Masked,
    /// As they are: those of a mock are no secret.
    Plain,
}

/// The settings of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The seed of every generated value: the same seed, contract and version send the same requests.
    pub seed: u64,
    /// The credentials that the run may use.
    pub credentials: Credentials,
    /// Path, query and header parameters that have this value in every valid request, by name: what must exist on a
    /// real target.
    pub set: Vec<(String, String)>,
    /// The ids of the operations to test; empty for all.
    pub operations: Vec<String>,
    /// Rows whose violation is accepted, by id, and who says so and why.
    pub waivers: Vec<(String, String)>,
    /// The most requests that are spent on making one failing request smaller.
    pub shrinking: usize,
    /// The number of plain valid requests that each operation gets.
    pub valid: usize,
    /// The time that an accepted request may take to have its effect.
    pub patience: Duration,
    /// The time that the run may take, unless rows are still being won by then.
    pub max_time: Duration,
    /// The choice of whether the report shows the credentials.
    pub showing: Showing,
}

/// The most requests that are spent on one failure unless told otherwise: the faults of `fixtures/shrinking` take at most 112,
/// most of them fewer than 50.
pub const SHRINKING: usize = 200;

/// The number of plain valid requests that each operation gets unless told otherwise.
pub const VALID: usize = 5;

/// The time that an accepted request may take to have its effect unless told otherwise.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// The time that a run may take unless told otherwise: the longest of the documents that people have sent takes four minutes.
pub const MAX_TIME: Duration = Duration::from_secs(600);

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 0,
            credentials: Credentials::default(),
            set: Vec::new(),
            operations: Vec::new(),
            waivers: Vec::new(),
            shrinking: SHRINKING,
            valid: VALID,
            patience: PATIENCE,
            max_time: MAX_TIME,
            showing: Showing::default(),
        }
    }
}

impl Settings {
    /// The value that a parameter has in every valid request.
    #[must_use]
    pub fn fixed(&self, name: &str) -> Option<&str> {
        self.set.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// True where an operation is to be tested.
    #[must_use]
    pub fn tests(&self, operation: &str) -> bool {
        self.operations.is_empty() || self.operations.iter().any(|wanted| wanted == operation)
    }
}
