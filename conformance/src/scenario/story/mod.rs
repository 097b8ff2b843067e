//! Stories: what one operation did must be seen by the others. A story is what was seen, and `judge::story` what that means.

mod create;
mod list;
mod remove;
mod unique;

use etalon_contract::behaviour::{Action, Collection, Effect};
use etalon_contract::model::Operation;
use etalon_contract::rule::Story;
use serde_json::Value;

use crate::judge::story::Seen;
use crate::plan::roles;
use crate::scenario::answer;
use crate::scenario::path_values::Created;
use crate::scenario::setup::Setup;
use crate::session::Session;
use crate::transcript::Pending;

/// Executes a story that begins with an operation: what was seen of it.
///
/// # Errors
/// What has to be sent next, or why the story cannot be told to its end.
pub(super) fn run<'s>(setup: &mut Setup<'s>, operation: &Operation, story: Story) -> Result<Seen<'s>, Pending> {
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

/// The operation that a story begins with, its effect, and the collection that it acts on.
struct StoryContext<'s> {
    session: Session<'s>,
    operation: &'s Operation,
    effect: &'s Effect,
    /// The index of the collection.
    index: usize,
    collection: &'s Collection,
}

impl<'s> StoryContext<'s> {
    fn of(setup: &Setup<'s>, operation: &Operation) -> Result<Self, Pending> {
        let session = setup.session;
        let unknown = || Pending::unreachable("nothing is known of what it acts on");
        let operation = session.contract.operation(operation.index).map_err(|_| unknown())?;
        let effect = session.behaviour.effects.get(operation.index).ok_or_else(unknown)?;
        let index = effect.collection.ok_or_else(unknown)?;
        let collection = session.behaviour.collections.get(index).ok_or_else(unknown)?;
        Ok(Self { session, operation, effect, index, collection })
    }

    /// The first operation that does one of these things to the collection.
    fn with_action(&self, action: &'static [Action]) -> Result<(&'s Operation, &'s Effect), Pending> {
        roles::with_action(self.session.contract, self.session.behaviour, self.index, action)
            .next()
            .ok_or_else(|| Pending::unreachable("the contract has no operation that would show it"))
    }

    /// The operation that is best to create an item with.
    fn creator(&self) -> Result<(&'s Operation, &'s Effect), Pending> {
        roles::creator(self.session.contract, self.session.behaviour, self.index)
            .ok_or_else(|| Pending::unreachable("the contract has no operation that creates one"))
    }
}

/// The key of what was created, as the answer has it.
fn created_key(created: &Created<'_>, creator: &Operation) -> Result<Value, Pending> {
    created.key.clone().ok_or_else(|| {
        Pending::inconclusive(format!("the answer of {} does not tell the key of what it created", creator.id))
    })
}

/// The key of what was created, as lists show it and as it reads in a path.
fn key_of(created: &Created<'_>, creator: &Operation) -> Result<String, Pending> {
    if created.is_called {
        let why = format!("{} tells no key, and what it was called is not what a list shows as one", creator.id);
        return Err(Pending::inconclusive(why));
    }
    created_key(created, creator).map(|key| answer::text(&key))
}
