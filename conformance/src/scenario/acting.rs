//! An operation with what it does: its effect, and the collection that it acts on.

use etalon_contract::behaviour::{Action, Collection, Effect};
use etalon_contract::model::Operation;

use crate::plan::roles;
use crate::session::Session;
use crate::transcript::Pending;

/// An operation, its effect, and the collection that it acts on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Acting<'s> {
    pub session: Session<'s>,
    pub operation: &'s Operation,
    pub effect: &'s Effect,
    /// The index of the collection.
    pub index: usize,
    pub collection: &'s Collection,
}

impl<'s> Acting<'s> {
    /// The operation of this index with what it acts on.
    ///
    /// # Errors
    /// Where nothing is known of that.
    pub(crate) fn of(session: Session<'s>, operation: usize) -> Result<Self, Pending> {
        let unknown = || Pending::unreachable("nothing is known of what it acts on");
        let effect = session.behaviour.effects.get(operation).ok_or_else(unknown)?;
        let operation = session.contract.operation(operation).map_err(|_| unknown())?;
        let index = effect.collection.ok_or_else(unknown)?;
        let collection = session.behaviour.collections.get(index).ok_or_else(unknown)?;
        Ok(Self { session, operation, effect, index, collection })
    }

    /// The first operation that does one of these things to the collection.
    ///
    /// # Errors
    /// Where the contract has none.
    pub(crate) fn with_action(&self, action: &'static [Action]) -> Result<(&'s Operation, &'s Effect), Pending> {
        roles::with_action(self.session.contract, self.session.behaviour, self.index, action)
            .next()
            .ok_or_else(|| Pending::unreachable("the contract has no operation that would show it"))
    }

    /// The operation that is best to create an item with.
    ///
    /// # Errors
    /// Where the contract has none.
    pub(crate) fn creator(&self) -> Result<(&'s Operation, &'s Effect), Pending> {
        roles::creator(self.session.contract, self.session.behaviour, self.index)
            .ok_or_else(|| Pending::unreachable("the contract has no operation that creates one"))
    }
}
