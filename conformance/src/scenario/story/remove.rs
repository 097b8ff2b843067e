//! What was deleted is gone.

use etalon_contract::behaviour::Action;
use serde_json::Value;

use crate::judge::limit::said;
use crate::judge::status::{Class, class};
use crate::scenario::answer;
use crate::scenario::list_filters;
use crate::scenario::pages::{self, End, Walk};
use crate::scenario::path_values::{self, Created};
use crate::scenario::setup::Stage;
use crate::scenario::story::create::{item_place, look};
use crate::scenario::story::{Tale, key_of};
use crate::transcript::{Halt, Role};
use crate::verdict::{Kind, Verdict};

/// Reading and deleting again what was deleted is not found.
pub fn is_gone(stage: &mut Stage<'_, '_, '_, '_>, tale: &Tale<'_>) -> Result<Verdict, Halt> {
    let creator = tale.creator(stage)?;
    let created = path_values::create(stage, creator, tale.operation, &[])?;
    let key = key_of(&created, creator.0)?;
    let pinned = item_place(stage, creator.0, tale.operation, &created, &key);
    if let Some(doubt) = delete(stage, tale, &pinned)? {
        return Ok(doubt);
    }
    let mut verdict = None;
    if let Ok((reader, _)) = tale.acting(stage, &[Action::Read]) {
        let pinned = item_place(stage, creator.0, reader, &created, &key);
        let read = look(stage, reader, &pinned, Role::Tested)?;
        let found = match class(read.response.status) {
            Class::Missing => Verdict::proved(),
            Class::Success => Verdict::violated(
                Kind::State("what was deleted is still read"),
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
    let again = look(stage, tale.operation, &pinned, Role::Tested)?;
    let promised = tale.operation.responses.iter().any(|response| {
        [404, 410].iter().any(|status| response.status.covers(*status) && response.status.specificity() == 0)
    });
    let found = match class(again.response.status) {
        Class::Missing => Verdict::proved(),
        Class::Success if promised => Verdict::violated(
            Kind::State("what was deleted is deleted again"),
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
pub fn is_not_listed(stage: &mut Stage<'_, '_, '_, '_>, tale: &Tale<'_>) -> Result<Verdict, Halt> {
    let creator = tale.creator(stage)?;
    let created = path_values::create(stage, creator, tale.operation, &[])?;
    let key = key_of(&created, creator.0)?;
    if list(stage, tale, &created, &key, Role::Prepare)?.times(&key) == 0 {
        return Ok(Verdict::inconclusive("what was created was not listed in the first place"));
    }
    let pinned = item_place(stage, creator.0, tale.operation, &created, &key);
    if let Some(doubt) = delete(stage, tale, &pinned)? {
        return Ok(doubt);
    }
    let walk = list(stage, tale, &created, &key, Role::Tested)?;
    Ok(if walk.times(&key) > 0 {
        Verdict::violated(
            Kind::State("what was deleted is still listed"),
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
    stage: &mut Stage<'_, '_, '_, '_>,
    tale: &Tale<'_>,
    pinned: &[(String, Value)],
) -> Result<Option<Verdict>, Halt> {
    let deleted = look(stage, tale.operation, pinned, Role::Prepare)?;
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
    stage: &mut Stage<'_, '_, '_, 'r>,
    tale: &Tale<'_>,
    created: &Created<'_>,
    key: &Value,
    role: Role,
) -> Result<Walk<'r>, Halt> {
    let creator = tale.creator(stage)?;
    let (lister, effect) = tale.acting(stage, &[Action::List])?;
    let scope = path_values::carry(&creator.0.path, &created.scope, &lister.path);
    let narrowing = list_filters::to(stage, (lister, effect), creator.0, &[created]);
    let walk = pages::all(stage, (lister, effect), &scope, &narrowing, None, role)?;
    if walk.times(key) == 0 && matches!(walk.end, End::Bound | End::Unmarked) && walk.pages.len() > 1 {
        return Err(Halt::inconclusive("the list has more pages than are looked at"));
    }
    Ok(walk)
}
