//! Things that a target made beside what it was asked for, or of a request that it refused: its lists are read before the first request
//! that may make anything, and at the end; what is new there and is called as something that the run sent or was told is the
//! run's. What else is new is counted, to be told. Pure.

use std::collections::BTreeSet;

use etalon_contract::behaviour::{Action, Effect, shape};
use etalon_contract::codec::{Request, Response};
use etalon_contract::model::{Direction, In, Operation, Piece, Route};
use etalon_contract::validate;
use serde_json::Value;

use crate::plan::roles;
use crate::run::ledger::{plain, removal, scope};
use crate::scenario::{answer, carry, pages};
use crate::session::Session;

/// The most lists that are looked at: a run has better things to send.
pub(crate) const LISTS: usize = 40;

/// The lengths of pages that are asked for, the longest first.
const LENGTHS: [usize; 5] = [1_000, 500, 200, 100, 50];

/// The fewest characters of a text that tells that something is the run's: others have shorter ones by chance.
const TELLING: usize = 6;

/// The most characters of such a text that are remembered: of a longer one its length is as well.
const LONGEST: usize = 200;

/// The most texts that are remembered.
const TEXTS: usize = 200_000;

/// A list of the contract whose items can be removed one by one.
#[derive(Clone, Debug)]
pub(crate) struct ListOf {
    /// The index of the operation that lists.
    operation: usize,
    /// The path parameters that it is asked with.
    scope: Vec<(String, Value)>,
    /// The request for as many items as it shows at once.
    pub request: Request,
    /// The length of a page that was asked for; `None` where it shows all.
    length: Option<usize>,
    /// All that was there before the run; `None` where not all could be seen.
    before: Option<Before>,
}

/// The things that a list showed before the run.
#[derive(Clone, Debug)]
struct Before {
    /// The targets of the requests that would remove them.
    removals: BTreeSet<String>,
    /// The number of all, also of those that nothing removes.
    count: usize,
}

/// The lists at the top of paths whose items can be removed: those that are read by GET, then of other things those that are asked for by
/// POST.
#[must_use]
pub(crate) fn lists(session: Session<'_>) -> Vec<ListOf> {
    let listing = session.contract.operations().filter(|operation| operation.path.parameters().next().is_none());
    let found: Vec<ListOf> = listing.filter_map(|operation| list(session, operation, Vec::new())).collect();
    let (mut lists, asked): (Vec<_>, Vec<_>) = found.into_iter().partition(|list| list.request.method == "GET");
    for list in asked {
        let collection = list.collection(session);
        if lists.iter().all(|known| known.collection(session) != collection) {
            lists.push(list);
        }
    }
    lists.truncate(LISTS);
    lists
}

/// The list that what a request makes is shown in, where that lies below something that the run did not make.
#[must_use]
pub(crate) fn around(session: Session<'_>, operation: &Operation, request: &Request) -> Option<ListOf> {
    let scope = scope(session, operation, request);
    let collection = session.effect(operation).and_then(|effect| effect.collection);
    let of_kind = collection.and_then(|index| {
        roles::with_action(session.contract, session.behaviour, index, &[Action::List]).map(|(list, _)| list).next()
    });
    let beside = || match session.contract.route("GET", request.path()) {
        Route::Found { operation, .. } => session.contract.operation(operation).ok(),
        Route::OtherMethods(_) | Route::Unknown => None,
    };
    let lister = of_kind.or_else(beside)?;
    let values = carry(&operation.path, &scope, &lister.path);
    let is_own = values.iter().any(|(_, value)| session.knowledge.borrow().is_made(&answer::text(value)));
    let all = lister.path.parameters().all(|name| values.iter().any(|(known, _)| known == name));
    if values.is_empty() || is_own || !all { None } else { list(session, lister, values) }
}

fn list(session: Session<'_>, operation: &Operation, scope: Vec<(String, Value)>) -> Option<ListOf> {
    let effect = session.effect(operation)?;
    let lists = effect.action == Action::List || remover_below(session, operation).is_some();
    let is_read = match operation.method.as_str() {
        "GET" => lists,
        "POST" => effect.action == Action::List,
        _ => false,
    };
    let is_changed = || effect.collection.is_some_and(|index| is_changed(session, index));
    if !is_read || !is_changed() && remover_below(session, operation).is_none() && !is_added_to(session, operation) {
        return None;
    }
    let mut request = match operation.method.as_str() {
        "POST" => without_criteria(session, operation, &scope)?,
        _ => plain(session, operation, &scope)?,
    };
    let length = longest(session, operation, effect);
    if let Some((name, length)) = &length {
        let joint = if request.target.contains('?') { '&' } else { '?' };
        request.target = format!("{}{joint}{name}={length}", request.target);
    }
    let all = effect.paging.is_none();
    // What is asked for by content may be cut by a member of it.
    let unknown = if request.method == "POST" { Some(usize::MAX) } else { Some(0) };
    let length = length.map(|(_, length)| length).or(if all && request.method == "GET" { None } else { unknown });
    Some(ListOf { operation: operation.index, scope, request, length, before: None })
}

/// True where things of a collection are made, or removed one by one.
fn is_changed(session: Session<'_>, collection: usize) -> bool {
    let with = |actions: &[Action]| {
        roles::with_action(session.contract, session.behaviour, collection, actions)
            .any(|(_, effect)| effect.action != Action::Delete || effect.key_parameter.is_some())
    };
    with(&[Action::Create, Action::Upsert, Action::Delete])
}

/// The request that asks for a list by content that leaves nothing out: no members, or no content. `None` where neither is allowed.
fn without_criteria(session: Session<'_>, operation: &Operation, scope: &[(String, Value)]) -> Option<Request> {
    let mut request = plain(session, operation, scope)?;
    let body = operation.body.as_ref()?;
    let content = body.content.iter().find(|content| content.media_type.is_json())?;
    let all = Value::Object(serde_json::Map::new());
    let fits = content
        .schema
        .as_ref()
        .is_none_or(|at| validate::is_valid(session.contract, at, Direction::Request, &all).unwrap_or(false));
    if !fits && body.required {
        return None;
    }
    request.headers.remove("content-type");
    request.body.clear();
    if fits {
        request.headers.set("Content-Type", "application/json");
        request.body = all.to_string().into_bytes();
    }
    Some(request)
}

/// True where something is sent to the path of a list, which may come to stand in it.
fn is_added_to(session: Session<'_>, list: &Operation) -> bool {
    session.contract.operations().any(|operation| {
        operation.method.as_str() == "POST" && operation.path.as_str() == list.path.as_str() && operation.body.is_some()
    })
}

/// The operation that removes what lies right below a list, whatever the parts of its key are called.
fn remover_below<'c>(session: Session<'c>, list: &Operation) -> Option<&'c Operation> {
    let ours = list.path.segments();
    session.contract.operations().find(|remover| {
        let theirs = remover.path.segments();
        let is_parameter = |piece: &Piece| matches!(piece, Piece::Parameter(_));
        remover.method.as_str() == "DELETE"
            && theirs.len() > ours.len()
            && remover.path.as_str().starts_with(list.path.as_str())
            && theirs[ours.len()..].iter().all(|segment| segment.0.iter().all(is_parameter))
    })
}

/// The query parameter that says how long a page may be, with the longest length that its schema allows.
fn longest(session: Session<'_>, operation: &Operation, effect: &Effect) -> Option<(String, usize)> {
    let name = effect.paging.as_ref()?.limit.clone()?;
    let at = operation.parameter(In::Query, &name)?.shape.schema()?;
    let fits = |length: &usize| {
        validate::is_valid(session.contract, at, Direction::Request, &Value::from(*length)).unwrap_or(false)
    };
    Some((name, LENGTHS.into_iter().find(fits)?))
}

impl ListOf {
    /// True where another one is asked for by the same request.
    #[must_use]
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.request.method == other.request.method && self.request.target == other.request.target
    }

    /// The request for the page after the one that an answer shows; `None` where there is none.
    #[must_use]
    pub(crate) fn further(&self, session: Session<'_>, request: &Request, response: &Response) -> Option<Request> {
        let operation = session.contract.operation(self.operation).ok()?;
        pages::further(session, (operation, session.effect(operation)?), request, response)
    }

    /// All that pages show; `None` where one of them cannot be read.
    fn shown(&self, session: Session<'_>, pages: &[Response]) -> Option<Vec<Value>> {
        let effect = session.effect(session.contract.operation(self.operation).ok()?)?;
        let pages = pages.iter().map(|page| shown(effect, page).filter(|_| page.status / 100 == 2));
        Some(pages.collect::<Option<Vec<_>>>()?.concat())
    }

    /// The items that pages show, each with the request that would remove it; `None` where one cannot be read.
    fn items(&self, session: Session<'_>, pages: &[Response]) -> Option<Vec<(Request, Value)>> {
        let operation = session.contract.operation(self.operation).ok()?;
        let effect = session.effect(operation)?;
        let items = self.shown(session, pages)?;
        let removed = |item: &Value| {
            let collection = session.behaviour.collections.get(effect.collection?)?;
            let key = collection.key.get(item).filter(|key| key.is_string() || key.is_number())?;
            removal(session, effect.collection, operation, &self.scope, key)
        };
        let composed = |item: &Value| {
            let remover = remover_below(session, operation)?;
            let mut values = carry(&operation.path, &self.scope, &remover.path);
            for name in remover.path.parameters() {
                if values.iter().all(|(known, _)| known != name) {
                    let wanted = shape::plain(name);
                    let (_, part) = item.as_object()?.iter().find(|(member, _)| shape::plain(member) == wanted)?;
                    values.push((name.to_owned(), part.clone()));
                }
            }
            plain(session, remover, &values)
        };
        let pairs = items.into_iter().filter_map(|item| {
            let request = removed(&item).or_else(|| composed(&item))?;
            Some((request, item))
        });
        Some(pairs.collect())
    }

    /// The targets of the requests that would remove what pages show.
    #[must_use]
    pub(crate) fn removals(&self, session: Session<'_>, pages: &[Response]) -> Vec<String> {
        let items = self.items(session, pages).unwrap_or_default();
        items.into_iter().map(|(request, _)| request.target).collect()
    }

    /// Notes what was there before the run.
    pub(crate) fn remember(&mut self, session: Session<'_>, pages: &[Response]) {
        let (Some(items), Some(count)) = (self.items(session, pages), self.whole(session, pages)) else { return };
        self.before = Some(Before { removals: items.into_iter().map(|(request, _)| request.target).collect(), count });
    }

    /// The number of the items that pages show; `None` where there may be more of them. A last page that is full, or of a round length, may go
    /// on elsewhere.
    fn whole(&self, session: Session<'_>, pages: &[Response]) -> Option<usize> {
        let effect = session.effect(session.contract.operation(self.operation).ok()?)?;
        let last = pages.last()?;
        let count = shown(effect, last)?.len();
        let is_full = self.length.is_some_and(|length| count >= length || LENGTHS.contains(&count));
        if is_full && !pages::is_last(effect, last) { None } else { Some(self.shown(session, pages)?.len()) }
    }

    /// The things that are new in a list and stay there; `asked` are the targets of the removals that were sent.
    #[must_use]
    pub(crate) fn staying(&self, session: Session<'_>, pages: &[Response], asked: &BTreeSet<String>) -> Staying {
        let (Some(before), Some(items)) = (&self.before, self.items(session, pages)) else {
            return Staying::default();
        };
        if items.is_empty() {
            let count = self.whole(session, pages);
            return Staying { others: count.map_or(0, |count| count.saturating_sub(before.count)), removed: 0 };
        }
        let new = items.iter().filter(|(request, _)| !before.removals.contains(&request.target));
        let (removed, others): (Vec<_>, Vec<_>) = new.partition(|(request, _)| asked.contains(&request.target));
        Staying { others: others.len(), removed: removed.len() }
    }

    /// The collection that the list shows.
    #[must_use]
    pub(crate) fn collection(&self, session: Session<'_>) -> Option<usize> {
        session.effect(session.contract.operation(self.operation).ok()?)?.collection
    }

    /// The requests that remove what was not there before and is the run's by what it is called.
    #[must_use]
    pub(crate) fn own(&self, session: Session<'_>, pages: &[Response], texts: &BTreeSet<String>) -> Vec<Request> {
        let (Some(before), Some(items)) = (&self.before, self.items(session, pages)) else { return Vec::new() };
        let is_called = |item: &Value| {
            let called = answer::known_by(item);
            let mut called = called.iter().filter_map(|at| at.get(item)).map(answer::text);
            called.any(|text| texts.contains(&remembered(&text)))
        };
        // What has no name is known by the whole of its key.
        let is_keyed = |request: &Request| {
            let mut rest = request
                .path()
                .rsplit('/')
                .take(2)
                .map(|part| percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned());
            rest.any(|part| texts.contains(&remembered(&part)))
        };
        let new = items.into_iter().filter(|(request, _)| !before.removals.contains(&request.target));
        new.filter(|(request, item)| is_called(item) || is_keyed(request)).map(|(request, _)| request).collect()
    }
}

/// The items of a list: those that the behaviour finds there, or else what is an array by itself.
fn shown(effect: &Effect, response: &Response) -> Option<Vec<Value>> {
    let bare = || answer::json(response)?.as_array().cloned();
    answer::items(effect, response).or_else(bare)
}

/// The number of things that are new in a list after all that could be removed was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Staying {
    /// Those that nothing shows to be the run's, or that nothing removes.
    pub others: usize,
    /// Those that are still listed though their removal was sent.
    pub removed: usize,
}

/// A text as it is remembered: a long one by its beginning and length.
fn remembered(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} {}", text.len(), &text[..end]),
        None => text.to_owned(),
    }
}

/// Adds the texts of a body that tell that something is the run's.
pub(crate) fn collect(body: &[u8], texts: &mut BTreeSet<String>) {
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return };
    let mut left = vec![&body];
    while let Some(value) = left.pop() {
        match value {
            Value::String(text) if text.chars().nth(TELLING - 1).is_some() && texts.len() < TEXTS => {
                texts.insert(remembered(text));
            }
            Value::Array(items) => left.extend(items),
            Value::Object(members) => left.extend(members.values()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}
