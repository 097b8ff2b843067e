//! The tags of representations: they change when and only when those do, and requests may depend on them. HEAD as the twin of GET.

use etalon_contract::behaviour::Action;
use etalon_contract::codec::{Draft, Request};
use etalon_contract::model::{Operation, Route};

use crate::judge::tags::{self, Condition, Head, Tells};
use crate::plan::roles;
use crate::scenario::path_values;
use crate::scenario::setup::{Authorization, Setup};
use crate::transcript::{Exchange, Pending, Role};
use crate::verdict::Verdict;

/// A tag that nothing has.
const STRANGE: &str = "\"etalon-nothing-has-this\"";

/// A valid request in its place, with its draft.
fn plain(setup: &mut Setup<'_>, operation: &Operation) -> Result<(Draft, Request), Pending> {
    let mut fresh = setup.fresh();
    let mut draft = setup.valid(operation, &mut fresh)?;
    let path = path_values::find(setup, operation, &draft, &[])?;
    path.put(&mut draft, None);
    let request = setup.valid_request(operation, &draft, Authorization::Usual)?;
    Ok((draft, request))
}

/// The operation that reads what the path of a request leads to, and its request.
fn reading<'s>(setup: &Setup<'s>, request: &Request) -> Option<(&'s Operation, Request)> {
    let contract = setup.session.contract;
    let Route::Found { operation, .. } = contract.route("GET", request.path()) else { return None };
    let mut read = request.clone();
    "GET".clone_into(&mut read.method);
    read.target = request.path().to_owned();
    read.body.clear();
    for name in ["content-type", "if-match", "if-none-match"] {
        read.headers.remove(name);
    }
    Some((contract.operation(operation).ok()?, read))
}

fn tag(exchange: &Exchange) -> Result<String, Pending> {
    let tag = exchange.response.headers.get("etag").filter(|_| exchange.accepted());
    tag.map(str::to_owned).ok_or_else(|| Pending::inconclusive("nothing that is read has a tag"))
}

/// The same representation has the same tag, and another has another.
pub(super) fn tells(setup: &mut Setup<'_>, operation: &Operation) -> Result<Verdict, Pending> {
    let session = setup.session;
    let index = setup.effect(operation).and_then(|effect| effect.collection);
    let changes: &[Action] = &[Action::Update, Action::Replace];
    let changer = index.and_then(|index| {
        let mut found = roles::with_action(session.contract, session.behaviour, index, changes);
        found.next().map(|(operation, _)| operation)
    });
    let Some(changer) = changer else {
        let (_, request) = plain(setup, operation)?;
        let first = setup.send(Role::Tested, operation, request.clone())?;
        let before = tag(first)?;
        let second = tag(setup.send(Role::Tested, operation, request)?)?;
        return Ok(tags::tells(&Tells { same: (before, second), changes: Vec::new() }));
    };
    let mut same = None;
    let mut seen = Vec::new();
    let (first, change) = plain(setup, changer)?;
    let there: Vec<_> = path_values::carry(&changer.path, &in_path(changer, &first), &changer.path);
    let mut next = Some(change);
    while let Some(mut change) = next.take() {
        let Some((reader, read)) = reading(setup, &change) else {
            return Err(Pending::unreachable("what is changed cannot be read"));
        };
        let before = setup.send(Role::Prepare, reader, read.clone())?;
        let again = setup.send(Role::Tested, reader, read.clone())?;
        if before.response.body == again.response.body {
            same = Some((tag(before)?, tag(again)?));
        }
        change.headers.set("If-Match", tag(again)?);
        let changed = setup.send(Role::Tested, changer, change)?;
        let after = setup.send(Role::Tested, reader, read)?;
        if changed.accepted() && after.accepted() {
            let own = changed.response.headers.get("etag").map(str::to_owned);
            let differs = again.response.body != after.response.body;
            seen.push((differs, tag(again)?, tag(after)?, own.filter(|_| changed.response.status != 202)));
        }
        if seen.len() < CHANGES {
            let mut fresh = setup.fresh();
            let mut draft = setup.valid(changer, &mut fresh)?;
            let path = path_values::find(setup, changer, &draft, &there)?;
            path.put(&mut draft, None);
            next = setup.valid_request(changer, &draft, Authorization::Usual).ok();
        }
        if !changed.accepted() {
            break;
        }
    }
    let Some(same) = same else { return Err(Pending::inconclusive("no two readings are the same")) };
    Ok(tags::tells(&Tells { same, changes: seen }))
}

/// The number of changes that a tag is looked at over.
const CHANGES: usize = 4;

/// The path parameters of a draft.
fn in_path(operation: &Operation, draft: &Draft) -> Vec<(String, serde_json::Value)> {
    let place = etalon_contract::model::In::Path;
    let names = operation.path.parameters();
    names.filter_map(|name| Some((name.to_owned(), draft.parameter(place, name)?.clone()))).collect()
}

/// Who has the representation is told so, and who has another gets it.
pub(super) fn not_modified(setup: &mut Setup<'_>, operation: &Operation) -> Result<Verdict, Pending> {
    let (_, request) = plain(setup, operation)?;
    let read = setup.send(Role::Twin, operation, request.clone())?;
    let known = tag(read)?;
    let weak = if known.starts_with("W/") { known.clone() } else { format!("W/{known}") };
    let mut seen = Vec::new();
    for (value, is_known) in [
        (known.clone(), true),
        (STRANGE.to_owned(), false),
        (format!("{STRANGE}, {known}"), true),
        (weak, true),
        ("*".to_owned(), true),
    ] {
        let mut request = request.clone();
        request.headers.set("If-None-Match", value.clone());
        let answer = &setup.send(Role::Tested, operation, request)?.response;
        seen.push(Condition { value, holds: !is_known, answer, unchanged: None, shown: setup.transcript.latest() });
    }
    Ok(tags::not_modified(&seen, &known))
}

/// Who means another representation changes nothing.
pub(super) fn precondition(setup: &mut Setup<'_>, operation: &Operation) -> Result<Verdict, Pending> {
    let mut seen = Vec::new();
    let mut missing = None;
    let asks = operation.response(428).is_some_and(|documented| documented.status.specificity() == 0);
    for number in 0..4 {
        let (_, mut request) = plain(setup, operation)?;
        let Some((reader, read)) = reading(setup, &request) else {
            return Err(Pending::unreachable("what is changed cannot be read"));
        };
        let before = setup.send(Role::Prepare, reader, read.clone())?;
        let known = tag(before)?;
        if number == 0 && asks {
            request.headers.remove("if-match");
            let outgoing = crate::transcript::Outgoing {
                role: Role::Tested,
                operation: Some(operation.index),
                request: request.clone(),
            };
            missing = Some(&setup.transcript.send(outgoing)?.response);
        }
        let strong = known.strip_prefix("W/").unwrap_or(&known).to_owned();
        let (value, holds) = match number {
            0 => (STRANGE.to_owned(), false),
            1 => (format!("W/{strong}"), false),
            2 => ("*".to_owned(), true),
            _ => (format!("{STRANGE}, {known}"), true),
        };
        if known.starts_with("W/") && number > 0 {
            continue;
        }
        request.headers.set("If-Match", value.clone());
        let outgoing = crate::transcript::Outgoing { role: Role::Tested, operation: Some(operation.index), request };
        let answer = &setup.transcript.send(outgoing)?.response;
        let shown = setup.transcript.latest();
        let after = setup.send(Role::Prepare, reader, read)?;
        let unchanged = Some(before.response.body == after.response.body);
        seen.push(Condition { value, holds, answer, unchanged, shown });
    }
    Ok(tags::precondition(operation, &seen, missing))
}

/// HEAD is answered as GET is, for what is there and for what is not.
pub(super) fn head(setup: &mut Setup<'_>, operation: &Operation) -> Result<Verdict, Pending> {
    let (draft, request) = plain(setup, operation)?;
    let mut seen = Vec::new();
    let fresh = path_values::fresh_key(setup, operation, &draft);
    let mut all = vec![request];
    if let Some((name, key)) = fresh {
        let mut missing = draft.clone();
        missing.set_parameter(etalon_contract::model::In::Path, &name, key);
        all.extend(setup.valid_request(operation, &missing, Authorization::Usual).ok());
    }
    for request in all {
        let Some((reader, read)) = reading(setup, &request) else {
            return Err(Pending::unreachable("the path has no GET"));
        };
        let get = &setup.send(Role::Twin, reader, read)?.response;
        let head = &setup.send(Role::Tested, operation, request)?.response;
        seen.push(Head { get, head, shown: setup.transcript.latest() });
    }
    Ok(tags::head(&seen))
}
