//! Sending one request: again where the target asks for time, until the run is over or somebody ends it.

use std::time::Duration;

use etalon_contract::codec::{Request, Response};

use crate::run::executor::{Executor, LAST_PAUSE};
use crate::run::{Event, retry};
use crate::target::{Exchange, Purpose, TargetError};
use crate::transcript::{self, Role};

impl<E: Exchange> Executor<'_, E> {
    /// Sends a request, again where the target asks for some time.
    pub(super) async fn send(&mut self, outgoing: &transcript::Outgoing) -> Result<transcript::Exchange, TargetError> {
        let transcript::Outgoing { role, operation, request } = outgoing;
        if let Some(why) = self.withholds(outgoing) {
            return Err(TargetError::Withheld(why));
        }
        self.keep_original(outgoing).await?;
        let entry = self.enter(*operation, request).await?;
        let (mut repeats, mut spent) = (0, Duration::ZERO);
        let traffic = self.traffic;
        let mut turn = traffic.turn().await?;
        loop {
            if let Some(why) = traffic.over() {
                return Err(why);
            }
            let before = traffic.target.now();
            let response = self.once(Some(*role), request).await?;
            let took = traffic.target.now().saturating_sub(before);
            let exchange =
                transcript::Exchange { role: *role, operation: *operation, request: request.clone(), response, took };
            self.tell(&Event::Exchanged(&exchange));
            let asked = retry::wait(&exchange.response);
            if asked.is_none() {
                // Who was waited for and then had time only slows the run down.
                traffic.waited.set(traffic.waited.get().saturating_sub(spent));
            } else {
                traffic.is_asked_for_time();
            }
            let wait = asked.filter(|wait| traffic.waited.get() + *wait <= retry::ALTOGETHER);
            let Some(wait) = wait.filter(|_| repeats < retry::REPEATS) else {
                self.made_by(entry, &exchange)?;
                return Ok(exchange);
            };
            repeats += 1;
            traffic.waited.set(traffic.waited.get() + wait);
            spent += wait;
            if turn.is_none() {
                turn = traffic.turn().await?;
            }
            traffic.pause(wait).await?;
            self.put_off.push(exchange);
        }
    }

    /// Asks a target that counts as gone once more.
    pub(super) async fn once_more(&mut self, outgoing: &transcript::Outgoing) -> Result<(), TargetError> {
        self.traffic.pause(LAST_PAUSE).await?;
        match self.once(Some(outgoing.role), &outgoing.request).await {
            Err(error) if error.is_silence() => Err(error),
            Err(error @ (TargetError::Interrupted | TargetError::OutOfTime)) => Err(error),
            Ok(_) | Err(_) => {
                self.traffic.unanswered.set(0);
                Ok(())
            }
        }
    }

    /// The answer to a request of a role in the case, or beside it, unless somebody wants the run to end before.
    pub(super) async fn once(&mut self, role: Option<Role>, request: &Request) -> Result<Response, TargetError> {
        self.sent += 1;
        self.tells_purpose(role);
        self.traffic.once(request).await
    }

    /// Tells the target what the next request is sent for.
    pub(super) fn tells_purpose(&self, role: Option<Role>) {
        let (case, row) = (self.case.0.as_deref(), self.case.1.as_deref());
        self.traffic.target.is_for(Purpose { case, row, role });
    }

    /// The answers since the last call that asked for time and were not the last to their request.
    pub(in crate::run) fn put_off(&mut self) -> Vec<transcript::Exchange> {
        std::mem::take(&mut self.put_off)
    }
}
