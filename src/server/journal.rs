//! Where the edge tells of exchanges: it hands over what it has and goes on. It knows no line and no stream.

use std::time::{Duration, SystemTime};

use etalon_contract::codec::{Request, Response};

use crate::server::account::Account;

/// The part of an exchange that a journal wants to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Nothing of the exchange.
    Nothing,
    /// The parts that one line needs: no header fields and no bodies.
    Line,
    /// All of the exchange.
    Whole,
}

/// A request and its answer, and what became of it.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The time at which the head of the request had come.
    pub at: SystemTime,
    /// The time from then until the answer was ready to be sent, waits that were asked for included.
    pub took: Duration,
    /// The method of HTTP.
    pub method: String,
    /// Path and query as sent.
    pub target: String,
    /// The status of the answer.
    pub status: u16,
    /// The account of the request.
    pub account: Account,
    /// Both messages; `None` where a line is enough.
    pub messages: Option<Box<(Request, Response)>>,
}

/// Takes note of exchanges. It is on the way of every request, so it must not wait.
pub trait Journal: Send + Sync + 'static {
    /// The detail that is wanted now.
    fn wants(&self) -> Detail;

    /// Takes note of an exchange, at once; one that there is no room for may be left out.
    fn note(&self, exchange: Exchange);
}

/// A journal that takes no note.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoJournal;

impl Journal for NoJournal {
    fn wants(&self) -> Detail {
        Detail::Nothing
    }

    fn note(&self, _: Exchange) {}
}
