//! The only IO of a run: whoever carries requests to the target, and its clock.

mod http;

use std::time::Duration;

use etalon_contract::codec::{Request, Response};
use serde::{Deserialize, Serialize};

use crate::transcript::Role;

pub(crate) use http::LEDGER_FORMAT;
pub use http::{Http, HttpError, TIMEOUT};

/// The purpose of a request: the case that it is sent for, and its part in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purpose<'p> {
    /// The id of the case; `None` for what is sent for the run as a whole.
    pub case: Option<&'p str>,
    /// The id of the row that the case is about; `None` for plain valid requests.
    pub row: Option<&'p str>,
    /// The role of the request; `None` where it is sent beside the case.
    pub role: Option<Role>,
}

/// Carries requests to a target. In tests it may be a function; over the network it is [`Http`].
pub trait Exchange {
    /// Sends a request exactly as it is and returns the answer.
    ///
    /// # Errors
    /// Why there is no answer.
    fn send(&self, request: &Request) -> impl Future<Output = Result<Response, TargetError>>;

    /// Tells what the next request is sent for. Nobody wants to know, unless the target keeps a record.
    fn is_for(&self, _purpose: Purpose<'_>) {}

    /// Writes a line of the ledger of what the run makes, before the request is sent that makes it. Nowhere, unless the
    /// target keeps one.
    ///
    /// # Errors
    /// Where it cannot be written: then nothing may be made.
    fn note(&self, _line: &str) -> Result<(), TargetError> {
        Ok(())
    }

    /// The path that stands before every path of the contract.
    fn mount(&self) -> String {
        String::new()
    }

    /// The name of the target for people: scheme, host and what stands before every path.
    fn origin(&self) -> String;

    /// Lets time pass. A target in the same process needs none.
    fn pause(&self, _time: Duration) -> impl Future<Output = ()> {
        std::future::ready(())
    }

    /// Waits until somebody wants the run to end; for ever where nobody can.
    fn stopped(&self) -> impl Future<Output = ()> {
        std::future::pending()
    }

    /// The time since some fixed moment. Without a clock all is instant, which makes reports repeatable.
    fn now(&self) -> Duration {
        Duration::ZERO
    }
}

/// The reason why a target gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum TargetError {
    /// Nobody listens at the address.
    #[error("cannot connect to {address}: {why}")]
    Unreachable {
        /// The host and port.
        address: String,
        /// The reason why it was not reached.
        why: String,
    },
    /// The answer did not come in time.
    #[error("no answer within {} s", .0.as_secs_f32())]
    Timeout(Duration),
    /// The answer is larger than is looked at.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// The answer is not HTTP, or it broke off.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The ledger could not be written before a request that makes something.
    #[error("the ledger cannot be written: {0}")]
    Ledger(String),
    /// The request is not sent, for the target's sake.
    #[error("it is not sent: {0}")]
    Withheld(String),
    /// The request cannot be put on the wire.
    #[error("the request cannot be sent: {0}")]
    Unsendable(String),
    /// Somebody wants the run to end.
    #[error("the run was interrupted")]
    Interrupted,
    /// The run has no time left.
    #[error("the run took all of its time")]
    OutOfTime,
}

impl TargetError {
    /// True where the target was silent: nobody was there, nothing came in time, or the connection broke.
    #[must_use]
    pub fn is_silence(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Timeout(_) | Self::Broken(_) => true,
            Self::TooLarge(_)
            | Self::Ledger(_)
            | Self::Withheld(_)
            | Self::Unsendable(_)
            | Self::Interrupted
            | Self::OutOfTime => false,
        }
    }
}
