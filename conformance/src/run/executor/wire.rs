//! Sending one request: again where the target asks for time, until the run is over or somebody ends it.

use std::time::Duration;

use etalon_contract::codec::{Request, Response};

use crate::run::executor::{Executor, LAST_PAUSE};
use crate::run::{Event, retry};
use crate::scenario::setup::{Authorization, write};
use crate::target::{Exchange, TargetError};
use crate::transcript;

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
        loop {
            let before = self.target.now();
            if before > self.deadline {
                return Err(TargetError::OutOfTime);
            }
            let response = self.once(request).await?;
            let took = self.target.now().saturating_sub(before);
            let exchange =
                transcript::Exchange { role: *role, operation: *operation, request: request.clone(), response, took };
            self.tell(&Event::Exchanged(&exchange));
            let asked = retry::wait(&exchange.response);
            if asked.is_none() {
                // Who was waited for and then had time only slows the run down.
                self.waited = self.waited.saturating_sub(spent);
            }
            let wait = asked.filter(|wait| self.waited + *wait <= retry::ALTOGETHER);
            let Some(wait) = wait.filter(|_| repeats < retry::REPEATS) else {
                self.made_by(entry, &exchange)?;
                return Ok(exchange);
            };
            repeats += 1;
            self.waited += wait;
            spent += wait;
            self.pause(wait).await?;
            self.put_off.push(exchange);
        }
    }

    /// Notes that credentials have ended, where a valid request was turned away and one that was let in before is as well.
    ///
    /// # Errors
    /// Where the target is gone.
    pub(in crate::run) async fn look_for_ended_credentials(&mut self) -> Result<(), TargetError> {
        if !std::mem::take(&mut self.turned_away) || self.session.knowledge.borrow().ended.is_some() {
            return Ok(());
        }
        let session = self.session;
        let known = session.knowledge.borrow().accepted_ones().find_map(|draft| {
            let operation = session.contract.operation(draft.operation).ok()?;
            let asks = operation.method.is_safe() && session.settings.credentials.usual(operation).is_some();
            let request = asks.then(|| write(session, operation, draft, Authorization::Usual).ok())??;
            Some((operation.id.clone(), request))
        });
        let Some((id, request)) = known else { return Ok(()) };
        if self.once(&request).await?.status == 401 {
            let why = format!(
                "the credentials ended in the middle of the run: {id} let them in before, and now answers 401; run it again \
                 with others (--auth), or without the operation that ended them (--exclude)"
            );
            session.knowledge.borrow_mut().ended = Some(why);
        }
        Ok(())
    }

    /// Asks a target that counts as gone once more.
    pub(super) async fn once_more(&mut self, outgoing: &transcript::Outgoing) -> Result<(), TargetError> {
        self.pause(LAST_PAUSE).await?;
        match self.once(&outgoing.request).await {
            Err(error) if error.is_silence() => Err(error),
            Err(error @ (TargetError::Interrupted | TargetError::OutOfTime)) => Err(error),
            Ok(_) | Err(_) => {
                self.unanswered = 0;
                Ok(())
            }
        }
    }

    /// The answer to a request, unless somebody wants the run to end before.
    pub(super) async fn once(&mut self, request: &Request) -> Result<Response, TargetError> {
        self.sent += 1;
        tokio::select! {
            biased;
            () = self.target.stopped() => Err(TargetError::Interrupted),
            answer = self.target.send(request) => answer,
        }
    }

    pub(super) async fn pause(&self, time: Duration) -> Result<(), TargetError> {
        tokio::select! {
            biased;
            () = self.target.stopped() => Err(TargetError::Interrupted),
            () = self.target.pause(time) => Ok(()),
        }
    }

    /// The answers since the last call that asked for time and were not the last to their request.
    pub(in crate::run) fn put_off(&mut self) -> Vec<transcript::Exchange> {
        std::mem::take(&mut self.put_off)
    }
}
