//! Where the edge tells of exchanges: it hands over what it has and goes on. It knows no line and no stream.

use std::time::{Duration, SystemTime};

use etalon_contract::codec::{Request, Response};

use crate::server::account::Account;

/// How much of an exchange somebody wants to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Nothing at all.
    Nothing,
    /// What is needed for one line: no header fields and no bodies.
    Line,
    /// All of it.
    Whole,
}

/// A request and its answer, and what became of it.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// When the head of the request had come.
    pub at: SystemTime,
    /// How long it took from then until the answer was ready to be sent, waits that were asked for included.
    pub took: Duration,
    /// The method.
    pub method: String,
    /// Path and query as sent.
    pub target: String,
    /// The status of the answer.
    pub status: u16,
    /// What became of the request.
    pub account: Account,
    /// Both messages; `None` where a line is enough.
    pub messages: Option<Box<(Request, Response)>>,
}

/// Takes note of exchanges. It is on the way of every request, so it must not wait.
pub trait Journal: Send + Sync + 'static {
    /// How much is wanted now.
    fn wants(&self) -> Detail;

    /// Takes note.
    fn note(&self, exchange: Exchange);
}

/// Takes no note.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoJournal;

impl Journal for NoJournal {
    fn wants(&self) -> Detail {
        Detail::Nothing
    }

    fn note(&self, _: Exchange) {}
}
