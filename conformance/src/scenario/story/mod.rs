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
use crate::scenario::setup::Stage;
use crate::transcript::Halt;
use crate::verdict::Verdict;

/// Plays a story that begins with an operation.
pub fn play(stage: &mut Stage<'_, '_, '_, '_>, operation: &Operation, story: Story) -> Result<Verdict, Halt> {
    let tale = Tale::of(stage, operation)?;
    match story {
        Story::CreatedIsRead => create::is_read(stage, &tale),
        Story::CreatedIsListed => create::is_listed(stage, &tale),
        Story::SentIsReturned => create::is_returned(stage, &tale),
        Story::LocationLeadsToIt => create::location_leads_to_it(stage, &tale),
        Story::ChangedIsRead => create::changed_is_read(stage, &tale),
        Story::DeletedIsGone => remove::is_gone(stage, &tale),
        Story::DeletedIsNotListed => remove::is_not_listed(stage, &tale),
        Story::AgainConflicts => unique::again_conflicts(stage, &tale),
        Story::AcceptedTakesEffect => unique::accepted_takes_effect(stage, &tale),
        Story::ElsewhereIsEmpty => list::elsewhere_is_empty(stage, &tale),
        Story::PagesAreComplete => list::pages_are_complete(stage, &tale),
        Story::PagesGoBack => list::pages_go_back(stage, &tale),
    }
}

/// The operation that a story begins with, what it does, and to what.
struct Tale<'c> {
    operation: &'c Operation,
    effect: &'c Effect,
    index: usize,
    collection: &'c Collection,
}

impl<'c> Tale<'c> {
    fn of(stage: &Stage<'c, '_, '_, '_>, operation: &Operation) -> Result<Self, Halt> {
        let scene = stage.scene;
        let unknown = || Halt::unreachable("nothing is known of what it acts on");
        let operation = scene.contract.operation(operation.index).map_err(|_| unknown())?;
        let effect = scene.behaviour.effects.get(operation.index).ok_or_else(unknown)?;
        let index = effect.collection.ok_or_else(unknown)?;
        let collection = scene.behaviour.collections.get(index).ok_or_else(unknown)?;
        Ok(Self { operation, effect, index, collection })
    }

    fn acting(
        &self,
        stage: &Stage<'c, '_, '_, '_>,
        action: &'static [Action],
    ) -> Result<(&'c Operation, &'c Effect), Halt> {
        roles::acting(stage.scene.contract, stage.scene.behaviour, self.index, action)
            .next()
            .ok_or_else(|| Halt::unreachable("the contract has no operation that would show it"))
    }

    fn creator(&self, stage: &Stage<'c, '_, '_, '_>) -> Result<(&'c Operation, &'c Effect), Halt> {
        roles::creator(stage.scene.contract, stage.scene.behaviour, self.index)
            .ok_or_else(|| Halt::unreachable("the contract has no operation that creates one"))
    }
}

/// Said where a list cannot tell what is missing from it.
const KEYLESS: &str = "the listed items do not show the key of what was created";

/// The key of what was created.
fn key_of(created: &crate::scenario::path_values::Created<'_>, creator: &Operation) -> Result<Value, Halt> {
    created.key.clone().ok_or_else(|| {
        Halt::inconclusive(format!("the answer of {} does not tell the key of what it created", creator.id))
    })
}
