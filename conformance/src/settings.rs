//! What a run may be told.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::credentials::Credentials;

/// The choice of whether a report shows credentials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Showing {
    /// The names of environment variables stand in their place.
    #[default]
    Masked,
    /// As they are: those of a mock are no secret.
    Plain,
}

/// The changes that a run may make on its target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Changes {
    /// Anything, and nothing is removed at the end: the target is there for this run alone.
    #[default]
    Anything,
    /// Anything, the user says; what the run made is removed at its end all the same.
    Destructive,
    /// The things that the run made itself, and no others.
    Own,
    /// Nothing: it was told to read only.
    ReadOnly,
    /// Nothing: the target is on another host, and nobody said that it may be changed.
    NotAllowed,
}

impl Changes {
    /// True where requests that change something are sent at all.
    #[must_use]
    pub fn is_any(self) -> bool {
        match self {
            Self::Anything | Self::Destructive | Self::Own => true,
            Self::ReadOnly | Self::NotAllowed => false,
        }
    }

    /// The reason why a request that changes something is not sent, as a sentence fragment.
    #[must_use]
    pub fn why(self) -> &'static str {
        match self {
            Self::Anything | Self::Destructive | Self::Own => "it may be sent",
            Self::ReadOnly => "it changes something, and the run reads only (--read-only)",
            Self::NotAllowed => "it changes something on another host; --allow-writes lets it",
        }
    }
}

/// The fate of what a run makes on a target that is not there for the run alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CleanUp {
    /// It is removed at the end of the run, as far as the contract can.
    #[default]
    Removes,
    /// It stays, and is told.
    Leaves,
}

/// The level from which a violation fails a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strictness {
    /// A `must`: what a standard or the contract says without doubt.
    #[default]
    Must,
    /// A `should` as well.
    Should,
}

/// The settings of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
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
    /// The time that the run may take: four fifths of it for the plan, longer while rows are being won, and the rest for making
    /// failing requests smaller.
    pub max_time: Duration,
    /// The choice of whether the report shows the credentials.
    pub showing: Showing,
    /// The changes that may be made on the target.
    pub changes: Changes,
    /// The fate of what the run makes.
    pub clean_up: CleanUp,
    /// The level from which a violation fails the run.
    pub strictness: Strictness,
    /// The share of the operations that must have been tested for a conclusion, in percent.
    pub enough: u8,
    /// The most requests of each operation, those that make failing ones smaller excepted; `None` for as many as it
    /// takes.
    pub budget: Option<usize>,
    /// The number of cases that are executed beside each other, where they share nothing; 0 is as 1. It changes nothing that is
    /// reported.
    pub workers: usize,
}

/// The most requests that are spent on one failure unless told otherwise: the faults of `fixtures/shrinking` take at most 112,
/// most of them fewer than 50.
pub const SHRINKING: usize = 200;

/// The number of plain valid requests that each operation gets unless told otherwise.
pub const VALID: usize = 5;

/// The time that an accepted request may take to have its effect unless told otherwise.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// The time that a run may take unless told otherwise: the runs of most documents end long before it, and a target that hardly
/// answers must not hold a CI server for hours.
pub const MAX_TIME: Duration = Duration::from_secs(600);

/// The share of the operations that must have been tested unless told otherwise, in percent: below half, a green end says
/// more about the run than about the target.
pub const ENOUGH: u8 = 50;

/// The number of cases that are executed beside each other unless told otherwise: enough to use the time that a target takes to
/// answer, and no load that one would mind.
pub const WORKERS: usize = 4;

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
            changes: Changes::default(),
            clean_up: CleanUp::default(),
            strictness: Strictness::default(),
            enough: ENOUGH,
            budget: None,
            workers: WORKERS,
        }
    }
}

impl Settings {
    /// The value that a parameter has in every valid request.
    #[must_use]
    pub fn fixed(&self, name: &str) -> Option<&str> {
        self.set.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The value that a parameter has in every valid request of one operation: `--set OPERATION.NAME=VALUE`.
    #[must_use]
    pub fn fixed_for(&self, operation: &str, name: &str) -> Option<&str> {
        let own = |known: &str| known.strip_prefix(operation).and_then(|rest| rest.strip_prefix('.')) == Some(name);
        self.set.iter().rev().find(|(known, _)| own(known)).map(|(_, value)| value.as_str())
    }

    /// The values that places of an operation's content have in every valid request, by JSON pointer:
    /// `--set 'OPERATION.body#/pointer=VALUE'`. JSON where they can be read as such, else text.
    pub fn fixed_content<'s>(&'s self, operation: &'s str) -> impl Iterator<Item = (&'s str, &'s str)> {
        self.set.iter().filter_map(move |(known, value)| {
            let pointer = known.strip_prefix(operation)?.strip_prefix(".body#")?;
            Some((pointer, value.as_str()))
        })
    }

    /// True where an operation is to be tested.
    #[must_use]
    pub fn tests(&self, operation: &str) -> bool {
        self.operations.is_empty() || self.operations.iter().any(|wanted| wanted == operation)
    }
}
