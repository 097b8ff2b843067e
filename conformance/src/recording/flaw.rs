//! The ways in which a recording is not what a run has written: each is found by its hashes, or by running the plan again.

use thiserror::Error;

/// A flaw of a recording, as a sentence fragment.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Flaw {
    /// It is something else.
    #[error("it is no recording of etalon: {0}")]
    NoRecording(String),
    /// It was written by a later version.
    #[error("it has format {format}, and this etalon reads up to {most}: read it with a newer one")]
    Newer {
        /// The format that it has.
        format: u32,
        /// The newest that is read.
        most: u32,
    },
    /// A line cannot be read.
    #[error("line {line} cannot be read: {why}")]
    Unreadable {
        /// The number of the line, from 1.
        line: usize,
        /// The reason.
        why: String,
    },
    /// It ends before the run did.
    #[error("it ends after exchange {after}, before the run did: it was cut off, or the run was killed")]
    Cut {
        /// The last exchange that it holds.
        after: usize,
    },
    /// Something in it belongs to another run.
    #[error("{what} comes from another recording: its run begins with {found}, and this one with {wanted}")]
    OtherRun {
        /// The thing, by its number.
        what: String,
        /// The run that it says it is of.
        found: String,
        /// The run of the recording.
        wanted: String,
    },
    /// An exchange is missing.
    #[error("exchange {0} was left out")]
    LeftOut(usize),
    /// An exchange is there twice.
    #[error("exchange {0} is there twice")]
    Doubled(usize),
    /// The exchanges are in another order.
    #[error("exchange {0} was moved: the exchanges are not in the order in which they were sent")]
    Reordered(usize),
    /// An exchange is not as it was written.
    #[error("exchange {0} was changed, or comes from another run: it does not have its hash")]
    Changed(usize),
    /// The content of a message is not as it was written.
    #[error("the content {0} was changed: it does not have its hash")]
    ChangedContent(String),
    /// The content of a message is missing.
    #[error("the content {content} of exchange {exchange} was left out")]
    MissingContent {
        /// The exchange.
        exchange: usize,
        /// The digest of the content.
        content: String,
    },
    /// All exchanges have their hashes, and together not that of the run.
    #[error(
        "the exchanges do not give the root hash that the run ended with: some were changed together with their hashes"
    )]
    Root,
    /// Something beside the exchanges is not as it was written.
    #[error(
        "the lines do not have the hash that the run ended with: settings, waits, times or the order of answers were changed"
    )]
    Lines,
    /// The contract is another one.
    #[error("it is of another contract: its digest is {recorded}, and that of this one {given}")]
    OtherContract {
        /// The digest of the contract of the run.
        recorded: String,
        /// The digest of the contract that was given.
        given: String,
    },
    /// The plan asks for something else than what is recorded.
    #[error("the plan of this contract, seed and settings does not lead to it: {0}")]
    Plan(String),
    /// The report is not the one that the run ended with.
    #[error("the report that the run says it ended with is another than the one that its exchanges give")]
    Report,
}
