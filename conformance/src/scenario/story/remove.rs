//! What was deleted is gone.

use etalon_contract::behaviour::Action;
use etalon_contract::model::Operation;
use serde_json::Value;

use crate::judge::limit::said;
use crate::judge::listing::{Listing, ListingEnd};
use crate::judge::status::{Class, class};
use crate::judge::story::{Documented, Seen};
use crate::scenario::acting::Acting;
use crate::scenario::answer;
use crate::scenario::list_filters;
use crate::scenario::pages;
use crate::scenario::path_values::{self, Created};
use crate::scenario::setup::Setup;
use crate::scenario::story::create::{item_path, look};
use crate::scenario::story::created_key;
use crate::transcript::{Pending, Role};

/// Reading and deleting again what was deleted is not found.
pub(super) fn is_gone<'s>(setup: &mut Setup<'s>, context: &Acting<'s>) -> Result<Seen<'s>, Pending> {
    let creator = context.creator()?;
    let created = path_values::create(setup, creator, context.operation, &[])?;
    let key = created_key(&created, creator.0)?;
    let pinned = item_path(setup, creator.0, context.operation, &created, &key);
    delete(setup, context, &pinned)?;
    let mut missing = Documented::No;
    let mut read = None;
    if let Ok((reader, _)) = context.with_action(&[Action::Read]) {
        let there = item_path(setup, creator.0, reader, &created, &key);
        let answer = &look(setup, reader, &there, Role::Tested)?.response;
        read = Some((reader.id.as_str(), answer));
        // What says of itself that it is deleted is kept as such, and nothing says that it is not.
        let kept = marked(answer::json(answer).as_ref());
        missing = if documents_missing(reader) && !kept { Documented::Yes } else { Documented::No };
        if missing == Documented::Yes && class(answer.status) == Class::Success {
            is_found_anyway(setup, reader, &there)?;
        }
        if class(answer.status) != Class::Missing {
            return Ok(Seen::Gone { read, again: None, missing, listed: None });
        }
    }
    let again = &look(setup, context.operation, &pinned, Role::Tested)?.response;
    let listed = if read.is_none() && class(again.status) == Class::Success {
        still_listed(setup, context, &created, &answer::text(&key))?
    } else {
        None
    };
    Ok(Seen::Gone { read, again: Some(again), missing, listed })
}

/// Nothing is told by finding what was deleted where what was never there is found as well.
///
/// # Errors
/// The verdict, where that is so; or what has to be sent to know it.
fn is_found_anyway(setup: &mut Setup<'_>, reader: &Operation, there: &[(String, Value)]) -> Result<(), Pending> {
    let mut fresh = setup.fresh();
    let draft = setup.valid(reader, &mut fresh)?;
    let Some((name, never)) = path_values::fresh_key(setup, reader, &draft) else { return Ok(()) };
    let nowhere: Vec<_> = there
        .iter()
        .map(|(known, value)| (known.clone(), if *known == name { &never } else { value }.clone()))
        .collect();
    if look(setup, reader, &nowhere, Role::Twin)?.accepted() {
        return Err(Pending::inconclusive(format!("{} finds what was never there as well", reader.id)));
    }
    // Some things are in each place from the beginning, under a name that the client knows.
    let elsewhere = match path_values::fresh_place(setup, reader, Some(&name)) {
        Ok(place) => place,
        Err(Pending::Verdict(_)) => return Ok(()),
        Err(pending) => return Err(pending),
    };
    let own = there.iter().filter(|(known, _)| *known == name).cloned();
    let there = elsewhere.into_iter().chain(own).collect::<Vec<_>>();
    if look(setup, reader, &there, Role::Twin)?.accepted() {
        let why = format!("{} finds it as well where nothing was ever made under that name", reader.id);
        return Err(Pending::inconclusive(why));
    }
    Ok(())
}

/// The id of the operation that still lists what was deleted; `None` where none does.
fn still_listed<'s>(
    setup: &mut Setup<'s>,
    context: &Acting<'s>,
    created: &Created<'_>,
    key: &str,
) -> Result<Option<&'s str>, Pending> {
    match list(setup, context, created, key, Role::Tested) {
        Ok((listing, _)) if listing.times(key) > 0 => Ok(Some(context.with_action(&[Action::List])?.0.id.as_str())),
        // Without a list, or where it shows nothing, the second deletion is all that is known.
        Ok(_) | Err(Pending::Verdict(_)) => Ok(None),
        Err(pending @ (Pending::Send(_) | Pending::Wait(_))) => Err(pending),
    }
}

/// True where an operation says that what it asks for may be missing.
fn documents_missing(operation: &Operation) -> bool {
    operation.responses.iter().any(|response| {
        [404, 410].iter().any(|status| response.status.covers(*status) && response.status.specificity() == 0)
    })
}

/// True where an item says of itself that it is deleted.
fn marked(item: Option<&Value>) -> bool {
    let members = item.and_then(Value::as_object).into_iter().flatten();
    let said = |name: &str| etalon_contract::behaviour::shape::plain(name).contains("delet");
    members.into_iter().any(|(name, value)| {
        said(name) && !value.is_null() && *value != Value::Bool(false)
            || value.as_str().is_some_and(|text| text.to_lowercase().contains("delet"))
    })
}

/// The story that a deleted item is no longer listed.
pub(super) fn is_not_listed<'s>(setup: &mut Setup<'s>, context: &Acting<'s>) -> Result<Seen<'s>, Pending> {
    let creator = context.creator()?;
    let created = path_values::create(setup, creator, context.operation, &[])?;
    let item = created_key(&created, creator.0)?;
    let key = answer::text(&item);
    if list(setup, context, &created, &key, Role::Prepare)?.0.times(&key) == 0 {
        return Err(Pending::inconclusive("what was created was not listed in the first place"));
    }
    let pinned = item_path(setup, creator.0, context.operation, &created, &item);
    delete(setup, context, &pinned)?;
    let (listing, item) = list(setup, context, &created, &key, Role::Tested)?;
    if marked(item.as_ref()) {
        return Err(Pending::inconclusive("it is still listed, and says of itself that it is deleted"));
    }
    Ok(Seen::NoLongerListed { key, listing })
}

/// Deletes the item that the path parameters lead to.
///
/// # Errors
/// Where that was not done at once.
fn delete(setup: &mut Setup<'_>, context: &Acting<'_>, pinned: &[(String, Value)]) -> Result<(), Pending> {
    let deleted = look(setup, context.operation, pinned, Role::Prepare)?;
    if deleted.response.status == 202 {
        Err(Pending::inconclusive("the deletion was accepted for later"))
    } else if deleted.accepted() {
        Ok(())
    } else {
        Err(Pending::inconclusive(format!("what was created could not be deleted: {}", said(&deleted.response))))
    }
}

/// The list that an item is in while it is there, and the item as the list shows it.
fn list(
    setup: &mut Setup<'_>,
    context: &Acting<'_>,
    created: &Created<'_>,
    key: &str,
    role: Role,
) -> Result<(Listing, Option<Value>), Pending> {
    let creator = context.creator()?;
    let (lister, effect) = context.with_action(&[Action::List])?;
    let scope = path_values::carry(&creator.0.path, &created.scope, &lister.path);
    let filters = list_filters::showing(setup, (lister, effect), creator.0, &[created]);
    let pages::Walk { listing, exchanges, .. } = pages::all(setup, (lister, effect), &scope, &filters, None, role)?;
    let goes_on = match listing.end {
        ListingEnd::Bound | ListingEnd::Unmarked => listing.pages.len() > 1,
        ListingEnd::Reached | ListingEnd::Circle => false,
    };
    if listing.times(key) == 0 && goes_on {
        return Err(Pending::inconclusive("the list has more pages than are looked at"));
    }
    let mut items = exchanges.iter().flat_map(|page| answer::items(effect, &page.response).unwrap_or_default());
    let is_it = |item: &Value| context.collection.key.get(item).is_some_and(|own| answer::text(own) == key);
    let item = items.find(is_it);
    Ok((listing, item))
}
