//! An exchange that is under way: its heads, and copies of its contents as they pass. Once nothing of it passes any more, it goes to
//! whoever watches.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use etalon_conformance::{Remark, remarks};
use etalon_contract::codec::{Headers, Request, Response};
use etalon_contract::model::Contract;
use http::request::Parts;
use http::uri::PathAndQuery;

use crate::proxy::passing::{Copy, decoded, fields};
use crate::proxy::watching::{Passed, Taker};

/// An exchange that is under way.
#[derive(Debug)]
pub(super) struct UnderWay {
    taker: Taker,
    began: Instant,
    at: Duration,
    /// The request without its content.
    head: Request,
    /// The copy of its content.
    pub(super) request: Copy,
    /// True where the answer is the proxy's own.
    is_refused: AtomicBool,
    /// The answer without its content, once it has come.
    answer: Mutex<Option<Response>>,
    /// The copy of its content.
    pub(super) response: Copy,
}

impl UnderWay {
    /// An exchange whose request has come.
    pub(super) fn begin(taker: Taker, began: Instant, head: &Parts) -> Self {
        let request = Request {
            method: head.method.as_str().to_owned(),
            target: head.uri.path_and_query().map_or("/", PathAndQuery::as_str).to_owned(),
            headers: fields(&head.headers),
            body: Vec::new(),
        };
        Self {
            taker,
            began,
            at: began.elapsed(),
            head: request,
            request: Copy::default(),
            is_refused: AtomicBool::new(false),
            answer: Mutex::default(),
            response: Copy::default(),
        }
    }

    /// The head of the answer has come.
    pub(super) fn answered(&self, status: u16, headers: &Headers) {
        let head = Response { status, headers: headers.clone(), body: Vec::new() };
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(head);
    }

    /// The proxy answers by itself, in the server's place.
    pub(super) fn refused(&self, answer: &Response) {
        self.is_refused.store(true, Ordering::Relaxed);
        self.answered(answer.status, &answer.headers);
        self.response.all(&answer.body);
    }

    /// The breaches of the contract as far as both directions are here.
    pub(super) fn remarks(&self, contract: &Contract) -> Vec<Remark> {
        let whole = |copy: &Copy| copy.with(|copied| copied.whole.then(|| copied.bytes.clone()));
        let Some(body) = whole(&self.request) else { return Vec::new() };
        let request = Request { body, ..self.head.clone() };
        let answer = self.answer.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let response = answer.zip(whole(&self.response)).map(|(head, body)| Response { body, ..head });
        let passed = response.map(decoded);
        remarks(contract, &request, passed.as_ref()).unwrap_or_default()
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        // Where no answer came there was no exchange.
        let Some(head) = self.answer.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
        let taken = |copy: &Copy| copy.with(|copied| (std::mem::take(&mut copied.bytes), copied.whole));
        let (sent, request_whole) = taken(&self.request);
        let (got, response_whole) = taken(&self.response);
        let head_only = std::mem::take(&mut self.head);
        self.taker.take(Passed {
            request: Request { body: sent, ..head_only },
            response: Response { body: got, ..head },
            request_whole,
            response_whole,
            is_refused: self.is_refused.load(Ordering::Relaxed),
            at: self.at,
            until: self.began.elapsed(),
        });
    }
}
