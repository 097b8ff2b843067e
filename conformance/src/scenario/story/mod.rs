//! Stories: what one operation did must be seen by the others.

mod create;
mod list;
mod remove;
mod unique;

use etalon_contract::behaviour::{Action, Collection, Effect};
use etalon_contract::model::Operation;
use etalon_contract::rule::Story;
use serde_json::Value;

use crate::plan::roles;
use crate::scenario::setup::Setup;
use crate::transcript::Pending;
use crate::verdict::Verdict;

/// Plays a story that begins with an operation.
pub fn run(setup: &mut Setup<'_>, operation: &Operation, story: Story) -> Result<Verdict, Pending> {
    let context = StoryContext::of(setup, operation)?;
    match story {
        Story::CreatedIsRead => create::is_read(setup, &context),
        Story::CreatedIsListed => create::is_listed(setup, &context),
        Story::SentIsReturned => create::is_returned(setup, &context),
        Story::LocationLeadsToIt => create::location_leads_to_it(setup, &context),
        Story::ChangedIsRead => create::changed_is_read(setup, &context),
        Story::DeletedIsGone => remove::is_gone(setup, &context),
        Story::DeletedIsNotListed => remove::is_not_listed(setup, &context),
        Story::AgainConflicts => unique::again_conflicts(setup, &context),
        Story::AcceptedTakesEffect => unique::accepted_takes_effect(setup, &context),
        Story::ElsewhereIsEmpty => list::elsewhere_is_empty(setup, &context),
        Story::PagesAreComplete => list::pages_are_complete(setup, &context),
        Story::PagesGoBack => list::pages_go_back(setup, &context),
    }
}

/// The operation that a story begins with, what it does, and to what.
struct StoryContext<'c> {
    operation: &'c Operation,
    effect: &'c Effect,
    index: usize,
    collection: &'c Collection,
}

impl<'c> StoryContext<'c> {
    fn of(setup: &Setup<'c>, operation: &Operation) -> Result<Self, Pending> {
        let session = setup.session;
        let unknown = || Pending::unreachable("nothing is known of what it acts on");
        let operation = session.contract.operation(operation.index).map_err(|_| unknown())?;
        let effect = session.behaviour.effects.get(operation.index).ok_or_else(unknown)?;
        let index = effect.collection.ok_or_else(unknown)?;
        let collection = session.behaviour.collections.get(index).ok_or_else(unknown)?;
        Ok(Self { operation, effect, index, collection })
    }

    fn with_action(
        &self,
        setup: &Setup<'c>,
        action: &'static [Action],
    ) -> Result<(&'c Operation, &'c Effect), Pending> {
        roles::with_action(setup.session.contract, setup.session.behaviour, self.index, action)
            .next()
            .ok_or_else(|| Pending::unreachable("the contract has no operation that would show it"))
    }

    fn creator(&self, setup: &Setup<'c>) -> Result<(&'c Operation, &'c Effect), Pending> {
        roles::creator(setup.session.contract, setup.session.behaviour, self.index)
            .ok_or_else(|| Pending::unreachable("the contract has no operation that creates one"))
    }
}

/// Said where a list cannot tell what is missing from it.
const KEYLESS: &str = "the listed items do not show the key of what was created";

/// The key of what was created.
fn key_of(created: &crate::scenario::path_values::Created<'_>, creator: &Operation) -> Result<Value, Pending> {
    created.key.clone().ok_or_else(|| {
        Pending::inconclusive(format!("the answer of {} does not tell the key of what it created", creator.id))
    })
}
