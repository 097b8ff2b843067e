//! What a smaller request must still be, by the contract alone: nothing is sent to find out.

use etalon_contract::codec::Draft;
use etalon_contract::document::Pointer;
use etalon_contract::generate::{Broken, Numbers, is_against, is_at, is_breach, is_valid};
use etalon_contract::model::{In, Operation};
use etalon_contract::rule::{Row, Subject};
use serde_json::Value;

use crate::case::{Probe, Sends, Task};
use crate::draft_place::{DraftPlace, Part};
use crate::scenario::{break_content, is_created, make};
use crate::session::Session;

/// The law that a smaller request must keep: valid, or against the row of the case and valid otherwise, as the case
/// sends it.
#[derive(Debug)]
pub(super) struct Law<'c> {
    session: Session<'c>,
    operation: &'c Operation,
    task: Task<'c>,
    /// The request that shrinking began with.
    met: Draft,
    /// Paired where its failure shows beside an accepted twin.
    pairing: Pairing,
    /// The simplest request that the generator has for the case.
    simplest: Option<Broken>,
    /// The simplest one with everything in it that may be there.
    fullest: Option<Draft>,
}

/// A request's way to fail: by itself, or beside a twin that is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pairing {
    Alone,
    Paired,
}

impl<'c> Law<'c> {
    /// The law of a case.
    pub(super) fn new(session: Session<'c>, operation: &'c Operation, task: Task<'c>, given: &Broken) -> Self {
        let pairing = if given.draft == given.twin { Pairing::Alone } else { Pairing::Paired };
        let plain = match task {
            Task::Probe(_) => Task::Valid(0),
            Task::Valid(_) | Task::Row { .. } => task,
        };
        let simplest = make(session, operation, plain, &mut Numbers::new(&[])).ok();
        let fullest = make(session, operation, Task::Probe(Probe::Filled(0)), &mut Numbers::new(&[])).ok();
        let fullest = fullest.map(|fullest| fullest.draft);
        let mut law = Self { session, operation, task, met: given.draft.clone(), pairing, simplest: None, fullest };
        law.simplest = simplest.map(|simplest| law.plan(simplest));
        law
    }

    /// The context of the run.
    #[must_use]
    pub(super) fn session(&self) -> Session<'c> {
        self.session
    }

    /// The index of the operation whose request is made smaller.
    #[must_use]
    pub(super) fn operation(&self) -> usize {
        self.operation.index
    }

    /// The place that the row speaks of, whose value is not another request's.
    #[must_use]
    pub(super) fn place(&self) -> Option<(Part, &'c Pointer)> {
        let row = self.spoken_of()?;
        let part = match &row.subject {
            Subject::Parameter { place, name } => Part::Parameter(*place, name.clone()),
            Subject::Body => Part::Body,
            Subject::Request | Subject::Response | Subject::ResponseHeader { .. } | Subject::ResponseBody => {
                return None;
            }
        };
        Some((part, &row.pointer))
    }

    /// The row that is broken, or met.
    fn spoken_of(&self) -> Option<&'c Row> {
        match self.task.sends() {
            Sends::Breach | Sends::AgainstAdvice | Sends::AtLimit => self.task.row(),
            Sends::Valid | Sends::Altered | Sends::Story => None,
        }
    }

    /// The plan that is edited to make a request smaller. Where the bytes of the content are what is broken, that is
    /// the twin: its bytes are broken anew each time.
    #[must_use]
    pub(super) fn plan(&self, given: Broken) -> Broken {
        match self.task.row().and_then(|row| break_content(self.session.contract, self.operation, row, &given.twin)) {
            Some(_) => Broken { draft: given.twin.clone(), twin: given.twin },
            None => given,
        }
    }

    /// The request to send for an edited plan; `None` where it is not what it must be.
    #[must_use]
    pub(super) fn settle(&self, plan: &Broken) -> Option<Broken> {
        let contract = self.session.contract;
        match (self.task.sends(), self.spoken_of()) {
            (Sends::Breach, Some(row)) => {
                if !is_valid(contract, self.operation, &plan.twin) {
                    return None;
                }
                match break_content(contract, self.operation, row, &plan.twin) {
                    Some(broken) => Some(Broken { draft: broken.ok()?, twin: plan.twin.clone() }),
                    None => is_breach(contract, self.operation, row, &self.met, plan).then(|| plan.clone()),
                }
            }
            (Sends::AgainstAdvice, Some(row)) => is_against(contract, self.operation, row, plan).then(|| plan.clone()),
            (Sends::AtLimit, Some(row)) => {
                let kept = match self.pairing {
                    Pairing::Alone => true,
                    Pairing::Paired => plan.draft != plan.twin && is_valid(contract, self.operation, &plan.twin),
                };
                (kept && is_at(contract, self.operation, row, &self.met, &plan.draft)).then(|| plan.clone())
            }
            (_, _) => is_valid(contract, self.operation, &plan.draft).then(|| plan.clone()),
        }
    }

    /// The simplest request that the generator has for the case.
    #[must_use]
    pub(super) fn simplest(&self) -> Option<&Broken> {
        self.simplest.as_ref()
    }

    /// The simplest value that the generator has for a place, where there may be one.
    #[must_use]
    pub(super) fn plainest(&self, place: &DraftPlace) -> Option<&Value> {
        let simplest = self.simplest.as_ref().and_then(|simplest| place.get(&simplest.draft));
        simplest.or_else(|| place.get(self.fullest.as_ref()?))
    }

    /// True where the value of a part is another's: given for the whole run, or made up by the target.
    #[must_use]
    pub(super) fn is_given(&self, part: &Part) -> bool {
        match part {
            Part::Body => false,
            Part::Parameter(place, name) => {
                self.session.settings.fixed(name).is_some()
                    || *place == In::Path && is_created(self.session, self.operation, name)
            }
        }
    }
}
