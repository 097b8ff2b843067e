//! What was deleted is gone.

use etalon_contract::behaviour::Action;
use serde_json::Value;

use crate::judge::limit::said;
use crate::judge::status::{Class, class};
use crate::scenario::answer;
use crate::scenario::list_filters;
use crate::scenario::pages::{self, Walk, WalkEnd};
use crate::scenario::path_values::{self, Created};
use crate::scenario::setup::Setup;
use crate::scenario::story::create::{item_place, look};
use crate::scenario::story::{StoryContext, key_of};
use crate::transcript::{Pending, Role};
use crate::verdict::{FailureKind, Verdict};

/// Reading and deleting again what was deleted is not found.
pub fn is_gone(setup: &mut Setup<'_>, context: &StoryContext<'_>) -> Result<Verdict, Pending> {
    let creator = context.creator(setup)?;
    let created = path_values::create(setup, creator, context.operation, &[])?;
    let key = key_of(&created, creator.0)?;
    let pinned = item_place(setup, creator.0, context.operation, &created, &key);
    if let Some(doubt) = delete(setup, context, &pinned)? {
        return Ok(doubt);
    }
    let mut verdict = None;
    if let Ok((reader, _)) = context.with_action(setup, &[Action::Read]) {
        let pinned = item_place(setup, creator.0, reader, &created, &key);
        let read = look(setup, reader, &pinned, Role::Tested)?;
        let found = match class(read.response.status) {
            Class::Missing => Verdict::proved(),
            Class::Success => Verdict::violated(
                FailureKind::State("what was deleted is still read"),
                format!("{} does not find what was deleted", reader.id),
                said(&read.response),
            ),
            Class::Redirect
            | Class::Invalid
            | Class::Credentials
            | Class::Conflict
            | Class::Protocol
            | Class::Busy
            | Class::Server
            | Class::Odd => Verdict::Inconclusive(format!("{} was answered {}", reader.id, said(&read.response))),
        };
        if !matches!(found, Verdict::Proved { .. }) {
            return Ok(found);
        }
        verdict = Some(found);
    }
    let again = look(setup, context.operation, &pinned, Role::Tested)?;
    let promised = context.operation.responses.iter().any(|response| {
        [404, 410].iter().any(|status| response.status.covers(*status) && response.status.specificity() == 0)
    });
    let found = match class(again.response.status) {
        Class::Missing => Verdict::proved(),
        Class::Success if promised => Verdict::violated(
            FailureKind::State("what was deleted is deleted again"),
            "deleting it again is not found, as the operation documents",
            said(&again.response),
        ),
        Class::Success => Verdict::inconclusive("deleting it again is accepted, which the contract leaves open"),
        Class::Redirect
        | Class::Invalid
        | Class::Credentials
        | Class::Conflict
        | Class::Protocol
        | Class::Busy
        | Class::Server
        | Class::Odd => Verdict::Inconclusive(format!("deleting it again was answered {}", said(&again.response))),
    };
    // Once it is not found by reading, a lenient second deletion takes nothing from that.
    Ok(match (verdict, found) {
        (Some(read), Verdict::Inconclusive(_)) => read,
        (_, found) => found,
    })
}

/// What was deleted is no longer listed.
pub fn is_not_listed(setup: &mut Setup<'_>, context: &StoryContext<'_>) -> Result<Verdict, Pending> {
    let creator = context.creator(setup)?;
    let created = path_values::create(setup, creator, context.operation, &[])?;
    let key = key_of(&created, creator.0)?;
    if list(setup, context, &created, &key, Role::Prepare)?.times(&key) == 0 {
        return Ok(Verdict::inconclusive("what was created was not listed in the first place"));
    }
    let pinned = item_place(setup, creator.0, context.operation, &created, &key);
    if let Some(doubt) = delete(setup, context, &pinned)? {
        return Ok(doubt);
    }
    let walk = list(setup, context, &created, &key, Role::Tested)?;
    Ok(if walk.times(&key) > 0 {
        Verdict::violated(
            FailureKind::State("what was deleted is still listed"),
            "what was deleted is in no list",
            format!("a page holds the key {}", answer::text(&key)),
        )
        .shown_by(walk.holding(&key))
    } else {
        Verdict::proved()
    })
}

/// Deletes an item; a doubt where that was not done at once.
fn delete(
    setup: &mut Setup<'_>,
    context: &StoryContext<'_>,
    pinned: &[(String, Value)],
) -> Result<Option<Verdict>, Pending> {
    let deleted = look(setup, context.operation, pinned, Role::Prepare)?;
    let status = deleted.response.status;
    Ok(if status == 202 {
        Some(Verdict::inconclusive("the deletion was accepted for later"))
    } else if deleted.accepted() {
        None
    } else {
        Some(Verdict::Inconclusive(format!("what was created could not be deleted: {}", said(&deleted.response))))
    })
}

/// The list that an item is in while it is there.
fn list<'r>(
    setup: &mut Setup<'r>,
    context: &StoryContext<'_>,
    created: &Created<'_>,
    key: &Value,
    role: Role,
) -> Result<Walk<'r>, Pending> {
    let creator = context.creator(setup)?;
    let (lister, effect) = context.with_action(setup, &[Action::List])?;
    let scope = path_values::carry(&creator.0.path, &created.scope, &lister.path);
    let filters = list_filters::showing(setup, (lister, effect), creator.0, &[created]);
    let walk = pages::all(setup, (lister, effect), &scope, &filters, None, role)?;
    if walk.times(key) == 0 && matches!(walk.end, WalkEnd::Bound | WalkEnd::Unmarked) && walk.pages.len() > 1 {
        return Err(Pending::inconclusive("the list has more pages than are looked at"));
    }
    Ok(walk)
}
