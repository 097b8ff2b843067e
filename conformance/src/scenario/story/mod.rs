//! Stories: what one operation did must be seen by the others. A story is what was seen, and `judge::story` what that means.

mod again;
mod choose;
mod create;
mod cut;
mod foreign;
mod keep;
mod list;
mod order;
mod place;
mod remove;
mod unique;
mod world;

pub(super) use create::{item_path, look};

use etalon_contract::model::Operation;
use etalon_contract::rule::{Row, Story, Subject};
use serde_json::Value;

use crate::judge;
use crate::scenario::acting::Acting;
use crate::scenario::answer;
use crate::scenario::path_values::Created;
use crate::scenario::setup::Setup;
use crate::transcript::Pending;
use crate::verdict::Verdict;

/// Executes a story that begins with an operation: what was seen of it.
///
/// # Errors
/// What has to be sent next, or why the story cannot be told to its end.
pub(super) fn run(setup: &mut Setup<'_>, operation: &Operation, row: &Row, story: Story) -> Result<Verdict, Pending> {
    let context = Acting::of(setup.session, operation.index)?;
    let parameter = match &row.subject {
        Subject::Parameter { name, .. } => name.as_str(),
        Subject::Body
        | Subject::Request
        | Subject::Response
        | Subject::ResponseHeader { .. }
        | Subject::ResponseBody => "",
    };
    let seen = match story {
        Story::CreatedIsRead => create::is_read(setup, &context),
        Story::CreatedIsListed => create::is_listed(setup, &context),
        Story::SentIsReturned => create::is_returned(setup, &context),
        Story::LocationLeadsToIt => create::location_leads_to_it(setup, &context),
        Story::ChangedIsRead => create::changed_is_read(setup, &context),
        Story::DeletedIsGone => remove::is_gone(setup, &context),
        Story::DeletedIsNotListed => remove::is_not_listed(setup, &context),
        Story::AgainConflicts => unique::again_conflicts(setup, &context),
        Story::AcceptedTakesEffect => unique::accepted_takes_effect(setup, &context),
        Story::ElsewhereIsEmpty => match place::elsewhere(setup, &context) {
            // Where no other place can be made, one is made up.
            Err(Pending::Verdict(_)) => list::elsewhere_is_empty(setup, &context),
            seen => seen,
        },
        Story::PagesAreComplete => list::pages_are_complete(setup, &context),
        Story::PagesGoBack => list::pages_go_back(setup, &context),
        Story::SentIsKept | Story::ListedIsRead => return keep::read_and_list(setup, &context),
        Story::KeysAreNew => return keep::keys(setup, &context),
        Story::UnnamedStay | Story::UnnamedGo => return keep::unnamed(setup, &context),
        Story::OthersStay => return keep::others(setup, &context),
        Story::FilterChooses => return choose::filter_chooses(setup, &context, parameter),
        Story::SortOrders => return order::sort_orders(setup, &context, parameter),
        Story::InOrder => return cut::in_order(setup, &context),
        Story::CountsAreRight => return cut::counts(setup, &context),
        Story::DefaultPage => return cut::default_page(setup, &context),
        Story::LinksLead => return cut::links(setup, &context),
        Story::TwiceIsOnce => return keep::twice(setup, &context),
        Story::CreatedOnce => return place::created_once(setup, &context),
        Story::ForeignIsMissing => return foreign::is_missing(setup, &context),
        Story::FreeAgain => return unique::free_again(setup, &context),
        Story::IdempotencyKey => return again::idempotency(setup, &context),
        Story::RefusedChangesNothing => return Ok(keep::nothing_seen()),
    };
    seen.map(|seen| judge::story::verdict(&seen))
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
