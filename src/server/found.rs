//! The operation that a request reached, with the contract that it is of.

use etalon_contract::behaviour::{Inferred as _, Outcome};
use etalon_contract::model::Operation;

use crate::server::account::{Account, Cause};
use crate::server::service::Service;

/// An operation of a contract, and the texts of its path parameters.
pub(super) struct Found<'m> {
    pub(super) service: &'m Service,
    pub(super) operation: &'m Operation,
    pub(super) captures: Vec<(String, String)>,
}

impl Found<'_> {
    /// The account of the request, with this cause.
    pub(super) fn account(&self, cause: Cause) -> Account {
        Account::new(Some(self.operation.id.clone()), cause)
    }

    /// The cause of an answer that has this outcome, with the collection that it is about.
    pub(super) fn cause(&self, outcome: Outcome) -> Cause {
        let effect = self.service.behaviour.effect(self.operation.index);
        let collection = effect.collection.or(effect.subject);
        let collection = collection.map(|number| self.service.behaviour.collection(number).name.clone());
        Cause::Outcome { outcome, action: effect.action, collection }
    }
}
