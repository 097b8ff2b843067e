//! The search for the smallest request: offers a simpler one, asks the contract whether it still is what it must be, sends
//! it, and keeps it where the failure is the same. What was offered before is not offered again.

use std::collections::HashSet;

use etalon_contract::codec::Draft;
use etalon_contract::generate::Broken;
use sha2::{Digest, Sha256};

use crate::case::{Case, Sends};
use crate::draft_place::Part;
use crate::plan::OperationPlan;
use crate::run::executor::{Executor, Outcome};
use crate::run::shrink::StillFails;
use crate::run::shrink::fresh::Fresh;
use crate::run::shrink::law::Law;
use crate::run::shrink::weight::weight;
use crate::scenario::{Certainty, Source, read_back};
use crate::target::{Exchange, TargetError};
use crate::transcript::Role;

/// The most times that the contract is asked about one failure, at some tenths of a millisecond each.
const CHECKS: usize = 20_000;

/// The most times that a request that met a conflict is sent again with other identifying values.
const AGAIN: usize = 2;

/// The reason why a search ends before all was tried.
#[derive(Debug)]
pub(super) enum Stop {
    /// The budget is spent.
    Budget,
    /// The target is gone.
    Target(TargetError),
}

impl From<TargetError> for Stop {
    fn from(error: TargetError) -> Self {
        Self::Target(error)
    }
}

/// A search for the smallest request that still fails in the same way.
pub(super) struct Search<'s, 't, E> {
    executor: &'s mut Executor<'t, E>,
    planned: &'s OperationPlan,
    case: &'s Case,
    /// The law that a request must still keep.
    pub law: Law<'s>,
    /// The smallest request that fails in the same way.
    pub plan: Broken,
    /// The outcome of that request.
    best: Outcome,
    still_fails: StillFails<'s>,
    fresh: Fresh,
    /// The number of requests that may have been sent by the end of the search.
    most: usize,
    checks: usize,
    offered: HashSet<[u8; 16]>,
}

impl<'s, 't, E: Exchange> Search<'s, 't, E> {
    /// A search that begins with a request that fails.
    pub(super) fn new(
        executor: &'s mut Executor<'t, E>,
        (planned, case): (&'s OperationPlan, &'s Case),
        law: Law<'s>,
        given: Broken,
        best: Outcome,
        still_fails: StillFails<'s>,
        most: usize,
    ) -> Self {
        let plan = law.plan(given);
        let fresh = Fresh::new(executor.session(), law.operation());
        let mut search = Self {
            executor,
            planned,
            case,
            law,
            plan,
            best,
            still_fails,
            fresh,
            most,
            checks: 0,
            offered: HashSet::new(),
        };
        search.offered.insert(digest(&search.plan));
        search
    }

    /// The outcome of the smallest request, which is remembered: it may be the cause of other failures as well.
    pub(super) fn found(self) -> Outcome {
        self.executor.remember(self.plan.draft);
        self.best
    }

    /// True where the request that the search begins with shows the same when it is sent again; that outcome is kept.
    ///
    /// # Errors
    /// Where the search ends.
    pub(super) async fn shows_again(&mut self) -> Result<bool, Stop> {
        let plan = self.plan.clone();
        let Some(outcome) = self.execute(&plan).await? else { return Ok(false) };
        self.best = outcome;
        Ok(true)
    }

    /// The smallest requests of the operation that were found to fail before.
    #[must_use]
    pub(super) fn known(&self) -> Vec<Draft> {
        let known = self.executor.failed().iter().filter(|draft| draft.operation == self.law.operation());
        known.cloned().collect()
    }

    /// Tries all there is until nothing helps.
    ///
    /// # Errors
    /// Where it ends before.
    pub(super) async fn exhaust(&mut self) -> Result<(), Stop> {
        loop {
            let before = weight(&self.plan.draft);
            self.pass().await?;
            if weight(&self.plan.draft) == before {
                return Ok(());
            }
        }
    }

    /// True where an edited request keeps the law of the search.
    ///
    /// # Errors
    /// Where that was asked too often.
    pub(super) fn is_lawful(&mut self, plan: &Broken) -> Result<bool, Stop> {
        self.checks += 1;
        if self.checks > CHECKS {
            return Err(Stop::Budget);
        }
        Ok(self.law.settle(plan).is_some())
    }

    /// Offers a simpler request: true where it fails in the same way, and so is the smallest now.
    ///
    /// # Errors
    /// Where the search ends.
    pub(super) async fn offer(&mut self, plan: Option<Broken>) -> Result<bool, Stop> {
        let Some(plan) = plan else { return Ok(false) };
        if weight(&plan.draft) >= weight(&self.plan.draft) || !self.offered.insert(digest(&plan)) {
            return Ok(false);
        }
        if !self.is_lawful(&plan)? {
            return Ok(false);
        }
        let Some(outcome) = self.execute(&plan).await? else { return Ok(false) };
        self.plan = plan;
        self.best = outcome;
        Ok(true)
    }

    /// Sends a request, with identifying values of its own where those conflict; `Some` where it fails in the same way.
    async fn execute(&mut self, plan: &Broken) -> Result<Option<Outcome>, Stop> {
        for again in 0..=AGAIN {
            if self.executor.sent() >= self.most {
                return Err(Stop::Budget);
            }
            let (law, reach, turn) = (&self.law, self.fresh.reach(again), self.executor.sent());
            let given = |part: &Part| law.is_given(part);
            let settled = match self.fresh.varied(plan, &|changed| law.settle(changed).is_some(), &given, reach, turn) {
                Some(varied) => law.settle(&varied),
                None if again == 0 => law.settle(plan),
                // Nothing identifies it, so it would be the same again.
                None => return Ok(None),
            };
            let Some(settled) = settled else { return Ok(None) };
            let story = self.case.task(&self.planned.rows).sends() == Sends::Story;
            let source = if story { Source::FirstRequest(&settled.draft) } else { Source::Drafts(&settled) };
            let outcome = self.executor.execute(self.planned, self.case, source, Certainty::Recheck).await?;
            if (self.still_fails)(&outcome) && (!story || self.opens(&outcome, &settled.draft)) {
                return Ok(Some(outcome));
            }
            let tested = |role: Role| story || matches!(role, Role::Tested | Role::Twin);
            if !outcome.exchanges().any(|exchange| tested(exchange.role) && exchange.response.status == 409) {
                return Ok(None);
            }
        }
        Ok(None)
    }
}

impl<E> Search<'_, '_, E> {
    /// True where a story has sent what it was to open with.
    fn opens(&self, outcome: &Outcome, opening: &Draft) -> bool {
        let session = self.law.session();
        let sent = outcome.exchanges().filter(|exchange| exchange.operation == Some(opening.operation));
        sent.filter_map(|exchange| read_back(session, &exchange.request)).any(|draft| draft.body == opening.body)
    }
}

fn digest(plan: &Broken) -> [u8; 16] {
    let digest = Sha256::digest(format!("{plan:?}").as_bytes());
    let mut first = [0; 16];
    first.copy_from_slice(&digest[..16]);
    first
}
