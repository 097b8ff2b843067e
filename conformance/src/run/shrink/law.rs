//! What a smaller request must still be, by the contract alone: nothing is sent to find out.

use etalon_contract::codec::Draft;
use etalon_contract::generate::{Broken, Numbers, is_at, is_breach, is_valid};
use etalon_contract::model::{In, Operation};
use etalon_contract::rule::Row;

use crate::plan::Act;
use crate::script::spot::Part;
use crate::script::{Scene, is_created, make, spoil};

/// What a smaller request must still be.
#[derive(Debug)]
pub struct Law<'c> {
    scene: Scene<'c>,
    operation: &'c Operation,
    row: Option<&'c Row>,
    act: Act,
    /// The request that shrinking began with.
    met: Draft,
}

impl<'c> Law<'c> {
    /// The law of a case.
    pub fn new(scene: Scene<'c>, operation: &'c Operation, row: Option<&'c Row>, act: Act, given: &Broken) -> Self {
        Self { scene, operation, row, act, met: given.draft.clone() }
    }

    /// The row that is broken, or met.
    fn spoken_of(&self) -> Option<&'c Row> {
        match self.act {
            Act::Past(_) | Act::MediaType(_) | Act::At(_) => self.row,
            Act::Valid(_) | Act::Probe(_) | Act::Accept | Act::Method | Act::Path | Act::Security | Act::Story => None,
        }
    }

    /// What is edited to make a request smaller. Where the bytes of the content are what is broken, that is the twin: its
    /// bytes are broken anew each time.
    #[must_use]
    pub fn plan(&self, given: Broken) -> Broken {
        match self.row.and_then(|row| spoil(self.scene.contract, self.operation, row, &given.twin)) {
            Some(_) => Broken { draft: given.twin.clone(), twin: given.twin },
            None => given,
        }
    }

    /// The request to send for an edited plan; `None` where it is not what it must be.
    #[must_use]
    pub fn settle(&self, plan: &Broken) -> Option<Broken> {
        let contract = self.scene.contract;
        match (self.act, self.spoken_of()) {
            (Act::Past(_) | Act::MediaType(_), Some(row)) => {
                if !is_valid(contract, self.operation, &plan.twin) {
                    return None;
                }
                match spoil(contract, self.operation, row, &plan.twin) {
                    Some(spoilt) => Some(Broken { draft: spoilt.ok()?, twin: plan.twin.clone() }),
                    None => is_breach(contract, self.operation, row, plan).then(|| plan.clone()),
                }
            }
            (Act::At(_), Some(row)) => {
                is_at(contract, self.operation, row, &self.met, &plan.draft).then(|| plan.clone())
            }
            (_, _) => is_valid(contract, self.operation, &plan.draft).then(|| plan.clone()),
        }
    }

    /// The simplest request that the generator has for the case.
    #[must_use]
    pub fn simplest(&self) -> Option<Broken> {
        let act = if matches!(self.act, Act::Story | Act::Probe(_)) { Act::Valid(0) } else { self.act };
        let made = make(self.scene, self.operation, self.row, act, &mut Numbers::new(&[])).ok()?;
        Some(self.plan(made))
    }

    /// Whether the value of a part is another's: given for the whole run, or made up by the target.
    #[must_use]
    pub fn is_given(&self, part: &Part) -> bool {
        match part {
            Part::Body => false,
            Part::Parameter(place, name) => {
                self.scene.settings.fixed(name).is_some()
                    || *place == In::Path && is_created(self.scene, self.operation, name)
            }
        }
    }
}
