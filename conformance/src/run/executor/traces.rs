//! What a run leaves on its target: nothing is sent that may not be, what is there once is read before it is changed, what is
//! made goes into the ledger first, and all of it is taken away again at the end.

use std::collections::BTreeSet;
use std::time::Duration;

use etalon_contract::codec::{Request, Response};

use crate::knowledge::Fact;
use crate::run::executor::{Executor, GONE, LAST_PAUSE, Traffic};
use crate::run::ledger::Made;
use crate::run::leftovers::ListOf;
use crate::run::{Afterwards, Event, guard, ledger, leftovers, originals};
use crate::scenario::{answer, named_collection};
use crate::settings::{Changes, CleanUp};
use crate::target::{Exchange, TargetError};
use crate::transcript;

/// The divisor of a run's time: that part of it the removal of what the run made may take, after the end of the run.
const PART_OF_TIME: u32 = 4;

/// The time for the removal once somebody wants the run to end: its report is to be written before the second signal.
const HURRY: Duration = Duration::from_secs(3);

/// The time that the removal of what was made has.
struct Until {
    end: Duration,
    hurries: bool,
}

impl Until {
    fn new(target: &impl Exchange, time: Duration) -> Self {
        Self { end: target.now().saturating_add(time), hurries: false }
    }

    /// True where the time is over; less is left once somebody wants the run to end.
    async fn is_over(&mut self, target: &impl Exchange) -> bool {
        let stops = !self.hurries
            && tokio::select! {
                biased;
                () = target.stopped() => true,
                () = std::future::ready(()) => false,
            };
        if stops {
            self.hurries = true;
            self.end = self.end.min(target.now().saturating_add(HURRY));
        }
        target.now() > self.end
    }
}

/// The most pages of a list that are looked at.
const PAGES: usize = 20;

/// The most times that a list is read again while it shows more that is the run's.
const TURNS: usize = 50;

/// The number of times that a target that has no time is asked again to take something away.
const PATIENCE: usize = 3;

/// True where an answer shows the page before it once more: the target knows nothing of pages.
fn is_repeated(pages: &[Response], answer: &Response) -> bool {
    pages.last().is_some_and(|before| before.body == answer.body)
}

/// True where something has this key, or was called so when it was made.
fn is_called(made: &Made, key: &str) -> bool {
    answer::text(&made.known.key) == key || made.names.iter().any(|name| answer::text(name) == key)
}

impl<E: Exchange> Traffic<'_, E> {
    /// True where what an answer tells to be made was there before the run.
    pub(super) fn was_there(&self, made: &Made) -> bool {
        let before = self.there_before.borrow();
        made.removal.as_ref().is_some_and(|removal| before.contains(&removal.target))
    }
}

impl<E: Exchange> Executor<'_, E> {
    /// The reason why a request is not sent, by the changes that the user allows; `None` where it may be sent.
    pub(super) fn withholds(&self, outgoing: &transcript::Outgoing) -> Option<String> {
        let own = |collection, key: &str| self.is_own(collection, key);
        guard::refuses(self.session, outgoing, &own)
    }

    /// Reads what is there once, before it is changed for the first time, and writes it down.
    pub(super) async fn keep_original(&mut self, outgoing: &transcript::Outgoing) -> Result<(), TargetError> {
        let Some(read) = originals::reading(self.session, outgoing) else { return Ok(()) };
        if self.traffic.originals.borrow().iter().any(|original| original.target == outgoing.request.target) {
            return Ok(());
        }
        let operation = outgoing.operation.and_then(|index| self.session.contract.operation(index).ok());
        if operation.is_some_and(guard::says_who_is_let_in) && !self.is_of_own(outgoing) {
            let why = "it changes who is let in, and might lock the run out; --allow-destructive";
            return Err(TargetError::Withheld(why.to_owned()));
        }
        let response = self.once(None, &read).await?;
        let Some(original) = originals::restoring(self.session, outgoing, &response) else {
            if self.is_of_own(outgoing) {
                return Ok(());
            }
            let why = "it changes what is there once and cannot be read first; --allow-destructive";
            return Err(TargetError::Withheld(why.to_owned()));
        };
        self.traffic.target.note(&originals::line(&original).to_string())?;
        self.traffic.originals.borrow_mut().push(original);
        Ok(())
    }

    /// True where what a request changes is part of something that the run made: the last that its path names.
    fn is_of_own(&self, outgoing: &transcript::Outgoing) -> bool {
        let operation = outgoing.operation.and_then(|index| self.session.contract.operation(index).ok());
        let named = operation.and_then(|operation| {
            let name = operation.path.parameters().last()?;
            let collection = named_collection(self.session, operation, name)?;
            Some((collection, guard::captured(self.session, operation, outgoing.request.path(), name)?))
        });
        named.is_some_and(|(collection, key)| self.is_own(collection, &key))
    }

    /// True where the run made the thing of a collection that has this key.
    fn is_own(&self, collection: usize, key: &str) -> bool {
        let made = self.traffic.made.borrow();
        made.iter().any(|(_, made)| made.known.collection == collection && is_called(made, key))
    }

    /// Enters a request that may make something, before it is sent; the number of its entry.
    pub(super) async fn enter(
        &mut self,
        operation: Option<usize>,
        request: &Request,
    ) -> Result<Option<usize>, TargetError> {
        if !ledger::may_make(self.session, operation, request) {
            return Ok(None);
        }
        self.look_before(operation, request).await?;
        let entry = self.traffic.entry();
        let line = ledger::before(self.session, entry, operation, request);
        self.traffic.target.note(&line.to_string())?;
        Ok(Some(entry))
    }

    /// Reads the lists of what can be removed, before anything is made in them.
    async fn look_before(&mut self, operation: Option<usize>, request: &Request) -> Result<(), TargetError> {
        if !matches!(self.session.settings.changes, Changes::Own | Changes::Destructive) {
            return Ok(());
        }
        // Nothing is made beside it: what is new in a list is told by what was there before.
        let traffic = self.traffic;
        let mut lists = traffic.lists.lock().await;
        if lists.is_none() {
            let mut looked = Vec::new();
            for list in leftovers::lists(self.session) {
                looked.push(self.look_at(list).await?);
            }
            *lists = Some(looked);
        }
        let operation = operation.and_then(|index| self.session.contract.operation(index).ok());
        let around = operation.and_then(|operation| leftovers::around(self.session, operation, request));
        let known = lists.get_or_insert_default();
        let new = around.filter(|list| known.len() < leftovers::LISTS && known.iter().all(|old| !old.is(list)));
        if let Some(list) = new {
            let list = self.look_at(list).await?;
            known.push(list);
        }
        Ok(())
    }

    async fn look_at(&mut self, mut list: ListOf) -> Result<ListOf, TargetError> {
        let pages = self.pages(&list, false).await?;
        list.remember(self.session, &pages);
        self.traffic.there_before.borrow_mut().extend(list.removals(self.session, &pages));
        Ok(list)
    }

    /// Enters what a request has made.
    pub(super) fn made_by(&mut self, entry: Option<usize>, exchange: &transcript::Exchange) -> Result<(), TargetError> {
        self.last = Some(exchange.request.clone());
        // Somebody who looks at lists has some to look at.
        let has_lists = self.traffic.lists.try_lock().map_or(true, |lists| lists.iter().flatten().next().is_some());
        if !exchange.request.body.is_empty() && has_lists {
            let mut texts = self.traffic.texts.borrow_mut();
            leftovers::collect(&exchange.request.body, &mut texts);
            leftovers::collect(&exchange.response.body, &mut texts);
        }
        let Some(entry) = entry else { return Ok(()) };
        let made = if exchange.accepted() { ledger::made(self.session, entry, exchange) } else { None };
        // Whatever an answer tells, what was there before the run is not its own.
        let made = made.filter(|made| !self.traffic.was_there(made));
        let line = match &made {
            Some(made) => ledger::after(entry, made),
            None => ledger::nothing(entry, exchange.response.status),
        };
        self.traffic.target.note(&line.to_string())?;
        self.traffic.made.borrow_mut().extend(made.map(|made| (self.at, made)));
        Ok(())
    }

    /// Removes what the case at hand made, where it acts by itself: what comes after it is not to be disturbed. What cannot be removed now
    /// is tried again at the end.
    ///
    /// # Errors
    /// Where the ledger cannot be written.
    pub(in crate::run) async fn remove_acting(&mut self) -> Result<(), TargetError> {
        let session = self.session;
        if !matches!(session.settings.changes, Changes::Own | Changes::Destructive)
            || session.settings.clean_up == CleanUp::Leaves
        {
            return Ok(());
        }
        let traffic = self.traffic;
        let acts = |made: &Made| session.contract.operation(made.operation).is_ok_and(guard::acts_by_itself);
        let (now, later) = traffic.made.take().into_iter().partition(|(at, made)| *at == self.at && acts(made));
        traffic.made.replace(later);
        for (at, made) in now {
            let answer = match &made.removal {
                Some(removal) => self.last_word(removal).await.ok(),
                None => None,
            };
            if answer.is_some_and(|answer| answer.status / 100 == 2) {
                traffic.target.note(&ledger::removed(made.entry).to_string())?;
                let key = answer::text(&made.known.key);
                session.knowledge.borrow_mut().learn(Fact::Gone(made.known.collection, key));
            } else {
                traffic.made.borrow_mut().push((at, made));
            }
        }
        Ok(())
    }

    /// Puts back what was changed and removes what was made, the latest first; what could not be, each in a few words. Whoever
    /// ends the run is not listened to: a target that is left in disorder is worse than a moment of waiting.
    ///
    /// # Errors
    /// Where the ledger cannot be written.
    pub(crate) async fn clean_up(&mut self) -> Result<Vec<String>, TargetError> {
        let mut left = Vec::new();
        let mut tried = BTreeSet::new();
        // The collections of which something is told that nothing removes.
        let mut kept = BTreeSet::new();
        let traffic = self.traffic;
        // In the order of the plan, whatever was executed beside what.
        let mut made = traffic.made.take();
        made.sort_by_key(|(at, _)| *at);
        let all = made.len();
        let removals = made.iter().filter_map(|(_, made)| Some(made.removal.as_ref()?.target.clone()));
        let seen: BTreeSet<String> = removals.collect();
        let mut time = Until::new(traffic.target, self.session.settings.max_time / PART_OF_TIME);
        for (done, (_, made)) in made.into_iter().rev().enumerate() {
            self.tell(&Event::Afterwards { work: Afterwards::Removing, done, all });
            let key = answer::text(&made.known.key);
            if !self.session.knowledge.borrow().made(made.known.collection, &key) {
                continue;
            }
            // What was made twice under one key is one thing.
            let target = made.removal.as_ref().map(|removal| removal.target.clone());
            if !tried.insert((made.known.collection, key.clone(), target)) {
                continue;
            }
            let Some(removal) = &made.removal else {
                kept.insert(made.known.collection);
                left.push(format!("{key}, made by {}: the contract has nothing that removes it", made.by));
                continue;
            };
            if self.session.settings.clean_up == CleanUp::Leaves {
                left.push(format!("{key}, made by {}: it is kept (--keep)", made.by));
                continue;
            }
            if time.is_over(traffic.target).await {
                left.push(format!(
                    "{key}, made by {}: there was no time; `etalon sweep` with the ledger removes it",
                    made.by
                ));
                continue;
            }
            match self.last_word(removal).await {
                Ok(response)
                    if response.status / 100 == 2 || self.is_removed_by_name(&made, response.status).await? =>
                {
                    traffic.target.note(&ledger::removed(made.entry).to_string())?;
                    self.session.knowledge.borrow_mut().learn(Fact::Gone(made.known.collection, key));
                }
                Ok(response) => {
                    left.push(format!(
                        "{key}, made by {}: {} was answered {}",
                        made.by, removal.target, response.status
                    ));
                }
                Err(error) => left.push(format!("{key}, made by {}: {error}", made.by)),
            }
        }
        self.sweep_lists(&mut time, (&seen, &kept), &mut left).await?;
        for original in traffic.originals.take().into_iter().rev() {
            match self.last_word(&original).await {
                Ok(response) if response.status / 100 == 2 => {
                    traffic.target.note(&originals::restored(&original).to_string())?;
                }
                Ok(response) => left.push(format!("{} could not be put back: {}", original.target, response.status)),
                Err(error) => left.push(format!("{} could not be put back: {error}", original.target)),
            }
        }
        Ok(left)
    }

    /// True where something is gone that was not found by its key: removed by what it was called, or not there any more.
    async fn is_removed_by_name(&mut self, made: &Made, status: u16) -> Result<bool, TargetError> {
        if !matches!(status, 400 | 404 | 410 | 422) {
            return Ok(false);
        }
        for removal in ledger::by_name(self.session, made) {
            if made.removal.as_ref().is_some_and(|by_key| by_key.target == removal.target) {
                continue;
            }
            if self.last_word(&removal).await?.status / 100 == 2 {
                return Ok(true);
            }
        }
        Ok(matches!(status, 404 | 410))
    }

    /// Removes what is new in the lists and is the run's by what it is called, and tells how much else is new; `seen` are the targets of
    /// the removals that were sent before, `kept` the collections of which something that nothing removes is told.
    async fn sweep_lists(
        &mut self,
        time: &mut Until,
        (seen, kept): (&BTreeSet<String>, &BTreeSet<usize>),
        left: &mut Vec<String>,
    ) -> Result<(), TargetError> {
        let mut asked = seen.clone();
        let traffic = self.traffic;
        let mut lists = traffic.lists.lock().await.take().unwrap_or_default();
        lists.sort_by(|one, other| one.request.target.cmp(&other.request.target));
        for list in lists {
            for _ in 0..TURNS {
                if time.is_over(traffic.target).await {
                    left.push(format!("there was no time to look for what is new in {}", list.request.path()));
                    break;
                }
                let Ok(pages) = self.pages(&list, true).await else { break };
                let found = list.own(self.session, &pages, &traffic.texts.borrow());
                let new: Vec<_> = found.into_iter().filter(|removal| asked.insert(removal.target.clone())).collect();
                if new.is_empty() {
                    let is_told = list.collection(self.session).is_some_and(|collection| kept.contains(&collection));
                    let staying = list.staying(self.session, &pages, &asked);
                    let path = list.request.path();
                    if staying.others > 0 && !is_told {
                        let others = staying.others;
                        left.push(format!(
                            "{others} in {path} that were not there before, made by the run or by others"
                        ));
                    }
                    if staying.removed > 0 {
                        left.push(format!("{} in {path} that are still listed after their removal", staying.removed));
                    }
                    break;
                }
                for removal in new {
                    let answer = self.last_word(&removal).await;
                    if !answer.is_ok_and(|answer| matches!(answer.status, 200..=299 | 404 | 410)) {
                        let path = list.request.path();
                        left.push(format!(
                            "something new in {path} that the run named: {} was refused",
                            removal.target
                        ));
                    }
                }
            }
        }
        Ok(())
    }

    /// The pages of a list, before the run or at its end.
    async fn pages(&mut self, list: &ListOf, at_end: bool) -> Result<Vec<Response>, TargetError> {
        let mut pages: Vec<Response> = Vec::new();
        let mut request = list.request.clone();
        while pages.len() < PAGES {
            let answer = if at_end { self.last_word(&request).await? } else { self.once(None, &request).await? };
            let next = list.further(self.session, &request, &answer);
            if is_repeated(&pages, &answer) {
                break;
            }
            pages.push(answer);
            match next {
                Some(next) => request = next,
                None => break,
            }
        }
        Ok(pages)
    }

    /// Sends a request of the clean-up. A target that is silent again and again is asked no more.
    async fn last_word(&mut self, request: &Request) -> Result<Response, TargetError> {
        let traffic = self.traffic;
        if traffic.unanswered.get() >= GONE {
            return Err(TargetError::Broken("the target is gone".to_owned()));
        }
        traffic.count();
        self.tells_purpose(None);
        let mut answer = traffic.target.send(request).await;
        for _ in 0..PATIENCE {
            let busy = answer.as_ref().is_ok_and(|answer| matches!(answer.status, 429 | 503));
            if !busy {
                break;
            }
            traffic.target.pause(LAST_PAUSE).await;
            traffic.count();
            self.tells_purpose(None);
            answer = traffic.target.send(request).await;
        }
        match &answer {
            Err(error) if error.is_silence() => traffic.unanswered.set(traffic.unanswered.get() + 1),
            Ok(_) | Err(_) => traffic.unanswered.set(0),
        }
        answer
    }
}
