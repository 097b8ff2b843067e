//! A conversation with a target as a value. A scenario is an ordinary function that sends and looks at answers; it is run
//! again from the start after each answer, and what was already sent is answered from the record. So scenarios stay pure:
//! no socket, no clock, no `async`, and a recorded conversation can be judged again without a target.

use std::time::Duration;

use etalon_contract::codec::{Request, Response};
use serde::{Deserialize, Serialize};

use crate::verdict::Verdict;

/// The reason why a request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Brings the target into the state that the case needs.
    Prepare,
    /// Is what the case is about.
    Tested,
    /// The same, but for the one thing that the case is about.
    Twin,
}

impl Role {
    /// The word for people and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prepare => "prepare",
            Self::Tested => "tested",
            Self::Twin => "twin",
        }
    }
}

/// A request that is about to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    /// The role of the request.
    pub role: Role,
    /// The operation that it is for; `None` where the contract has none for it.
    pub operation: Option<usize>,
    /// The request to send.
    pub request: Request,
}

/// A request and its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// The role of the request.
    pub role: Role,
    /// The operation that it was for.
    pub operation: Option<usize>,
    /// The request that was sent.
    pub request: Request,
    /// The response that came back.
    pub response: Response,
    /// The time that the answer took.
    pub took: Duration,
}

/// The stand-in for an answer where the connection broke: no real status is 0.
#[must_use]
pub fn broken(why: &str) -> Response {
    Response { status: 0, body: format!("no answer: {why}").into_bytes(), ..Response::default() }
}

impl Exchange {
    /// True where the target accepted the request.
    #[must_use]
    pub fn accepted(&self) -> bool {
        self.response.status / 100 == 2
    }
}

/// A step of a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// A request was answered.
    Exchanged(Box<Exchange>),
    /// Time was given to the target.
    Waited(Duration),
}

/// The reason why a scenario stopped before its verdict: it needs an answer, or nothing further can be learnt.
#[derive(Debug)]
pub enum Pending {
    /// Send this, then run the scenario again.
    Send(Box<Outgoing>),
    /// Wait so long, then run the scenario again.
    Wait(Duration),
    /// There is no more to do; this is what was learnt.
    Verdict(Box<Verdict>),
}

impl Pending {
    /// The end of a scenario that cannot tell.
    #[must_use]
    pub fn inconclusive(why: impl Into<String>) -> Self {
        Self::Verdict(Box::new(Verdict::Inconclusive(why.into())))
    }

    /// The end of a scenario whose subject no request can reach.
    #[must_use]
    pub fn unreachable(why: impl Into<String>) -> Self {
        Self::Verdict(Box::new(Verdict::Unreachable(why.into())))
    }
}

/// The record that a scenario is run against.
#[derive(Debug)]
pub struct Transcript<'r> {
    record: &'r [Step],
    position: usize,
}

impl<'r> Transcript<'r> {
    /// Starts at the beginning of a record.
    #[must_use]
    pub fn new(record: &'r [Step]) -> Self {
        Self { record, position: 0 }
    }

    /// Sends a request, or finds its answer in the record.
    ///
    /// # Errors
    /// [`Pending::Send`] where it has not been answered yet.
    pub fn send(&mut self, outgoing: Outgoing) -> Result<&'r Exchange, Pending> {
        match self.record.get(self.position) {
            Some(Step::Exchanged(exchange)) => {
                self.position += 1;
                Ok(exchange)
            }
            Some(Step::Waited(_)) | None => Err(Pending::Send(Box::new(outgoing))),
        }
    }

    /// The number of the exchange that was looked at last; `None` where there was none.
    #[must_use]
    pub fn latest(&self) -> Option<usize> {
        let seen = self.record.iter().take(self.position);
        seen.filter(|step| matches!(step, Step::Exchanged(_))).count().checked_sub(1)
    }

    /// Gives the target time.
    ///
    /// # Errors
    /// [`Pending::Wait`] where that time has not passed yet.
    pub fn wait(&mut self, time: Duration) -> Result<(), Pending> {
        match self.record.get(self.position) {
            Some(Step::Waited(_)) => {
                self.position += 1;
                Ok(())
            }
            Some(Step::Exchanged(_)) | None => Err(Pending::Wait(time)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outgoing(target: &str) -> Outgoing {
        let request = Request { method: "GET".into(), target: target.into(), ..Request::default() };
        Outgoing { role: Role::Tested, operation: None, request }
    }

    #[test]
    fn what_was_answered_is_not_sent_again() {
        let first = outgoing("/a");
        let record = [Step::Exchanged(Box::new(Exchange {
            role: first.role,
            operation: None,
            request: first.request.clone(),
            response: Response { status: 204, ..Response::default() },
            took: Duration::ZERO,
        }))];
        let mut transcript = Transcript::new(&record);
        assert_eq!(transcript.send(first).expect("it is in the record").response.status, 204);
        let Err(Pending::Send(next)) = transcript.send(outgoing("/b")) else {
            panic!("the second is not in the record")
        };
        assert_eq!(next.request.target, "/b");
    }
}
