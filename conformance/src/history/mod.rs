//! The history of one case: its exchanges in order, read as writes, looks and refusals. What they show of state is told whatever the
//! case is about: what was written is what is seen later, and nothing else changes it. By the exchanges alone; nothing is sent.

mod item;
mod look;

use etalon_contract::behaviour::{Action, Naming, Origin, Timing};
use etalon_contract::document::Pointer;
use etalon_contract::model::Route;
use etalon_contract::rule::Story;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::history::item::{Change, EventKind, Items, Written};
use crate::history::look::{By, Sighted};
use crate::judge::status::{Class, class};
use crate::judge::story::kept;
use crate::scenario::acting::Acting;
use crate::scenario::answer;
use crate::scenario::echo;
use crate::session::Session;
use crate::transcript::Exchange;
use crate::verdict::Verdict;

/// What an exchange shows of a story of an operation.
#[derive(Clone, Debug)]
pub(crate) struct Sight {
    /// The index of the operation.
    pub operation: usize,
    /// The story that it shows.
    pub story: Story,
    /// The verdict on that story.
    pub verdict: Verdict,
    /// The number of the exchange that shows it.
    pub at: usize,
}

/// What the exchanges of a case show of stories, in order.
#[must_use]
pub(crate) fn sights<'e>(session: Session<'_>, exchanges: impl Iterator<Item = &'e Exchange>) -> Vec<Sight> {
    let mut history = History { session, items: Items::default(), sights: Vec::new() };
    for (at, exchange) in exchanges.enumerate() {
        history.goes_on(at, exchange);
    }
    history.sights
}

/// The history of a case up to an exchange.
struct History<'s> {
    session: Session<'s>,
    items: Items,
    sights: Vec<Sight>,
}

impl<'s> History<'s> {
    fn goes_on(&mut self, at: usize, exchange: &Exchange) {
        let acting = exchange.operation.and_then(|index| Acting::of(self.session, index).ok());
        let safe = matches!(exchange.request.method.as_str(), "GET" | "HEAD" | "OPTIONS" | "TRACE" | "QUERY");
        let Some(acting) = acting.filter(is_plain) else {
            if !safe
                && class(exchange.response.status) != Class::Unrelated(crate::judge::status::Unrelated::Credentials)
            {
                // Whatever it did, nothing is known any more.
                self.items.forget();
            }
            return;
        };
        if exchange.response.status == 202 {
            // It takes effect whenever it does.
            self.items.forget();
            return;
        }
        let Some(place) = place(&acting, exchange) else { return };
        match (acting.effect.action, exchange.accepted()) {
            (Action::Create | Action::Upsert, true) => self.made(at, &acting, place, exchange),
            (Action::Replace | Action::Update, true) => self.changed(at, &acting, place, exchange),
            (Action::Delete, true) => {
                self.items.touches(&place, acting.operation.index, at);
                let whole = exchange.response.status == 204 || exchange.response.status == 200;
                self.items.removed(&place, whole.then_some(acting.operation.index));
            }
            (Action::Read, true) => self.read(at, &acting, &place, exchange),
            (Action::Read, false) => self.missing(at, &acting, &place, exchange),
            (Action::List, true) => self.listed(at, &acting, &place, exchange),
            (Action::Replace | Action::Update | Action::Delete, false) => {
                if matches!(class(exchange.response.status), Class::Server) || exchange.response.status == 0 {
                    self.items.forget();
                } else {
                    self.items.refused(&place, acting.operation.index, at);
                }
            }
            (Action::Answer, _) => self.items.forget(),
            (Action::Create | Action::Upsert | Action::List, false) => {}
        }
    }

    fn sees(&mut self, operation: usize, story: Story, verdict: Verdict, at: usize) {
        self.sights.push(Sight { operation, story, verdict, at });
    }

    /// Something was made: its answer shows what was sent, and its key is that of nothing else.
    fn made(&mut self, at: usize, acting: &Acting<'s>, mut place: Place, exchange: &Exchange) {
        let body = body(exchange);
        let told = answer::key(acting.session, acting.operation, acting.effect, &exchange.response);
        let is_told = told.is_some();
        let key = told.or_else(|| answer::sent_key(acting.session, acting.effect, body.as_ref()?));
        let Some(key) = key.map(|key| answer::text(&key)) else { return };
        place.key = key;
        let again = self.items.known(&place).is_some_and(|item| item.is_there);
        let by_server = is_told && body.as_ref().is_none_or(|body| !sends(acting, body, &place.key));
        // A request that repeats a key makes nothing more.
        let may_repeat = exchange.request.headers.get("idempotency-key").is_some();
        if acting.effect.action == Action::Create && by_server && acting.effect.natural_key.is_none() && !may_repeat {
            let verdict = if again { kept::key_again(&place.key) } else { Verdict::proved() };
            if exchange.response.status == 201 || !again {
                self.sees(acting.operation.index, Story::KeysAreNew, verdict, at);
            }
        }
        let written = Written { operation: acting.operation.index, story: Story::SentIsKept, at };
        let members = body.map(|body| echo::all_members(acting, &body)).unwrap_or_default();
        let item = answer::item(acting.effect, &exchange.response);
        let leaked = item.as_ref().and_then(|item| self.items.leaked(&place, &members, item));
        if let Some((name, value)) = leaked.filter(|(at, value)| !look::is_default(acting, acting, at, Some(value))) {
            self.sees(acting.operation.index, Story::SentIsReturned, kept::leaked(&name, &value), at);
        }
        self.items.made(place.clone(), members, written);
        if let Some(item) = item {
            self.answered(at, acting, &place, &item);
        }
    }

    /// Something was changed or replaced: its answer shows what was sent.
    fn changed(&mut self, at: usize, acting: &Acting<'s>, place: Place, exchange: &Exchange) {
        self.items.touches(&place, acting.operation.index, at);
        let Some(body) = body(exchange) else {
            self.items.forget();
            return;
        };
        let written = Written { operation: acting.operation.index, story: Story::ChangedIsRead, at };
        let members = echo::all_members(acting, &body);
        if self.is_moved(acting, &place, (&body, &members), exchange) {
            self.items.removed(&place, None);
            return;
        }
        let change = if acting.effect.action == Action::Replace {
            Change::Replaces
        } else if acting.operation.patches_by_merging() {
            Change::Merges
        } else if acting.operation.method.as_str() == "PATCH" {
            Change::Sets
        } else {
            Change::Touches
        };
        self.items.changed(&place, members, written, change);
        if let Some(item) = answer::item(acting.effect, &exchange.response) {
            self.answered(at, acting, &place, &item);
        }
    }

    /// True where a change may have given another key to an item: the answer shows another, or one was sent, or what the key reads as.
    fn is_moved(
        &self,
        acting: &Acting<'s>,
        place: &Place,
        (body, members): (&Value, &[(Pointer, Value)]),
        exchange: &Exchange,
    ) -> bool {
        let key = &acting.collection.key;
        let is_other = |item: &Value| key.get(item).is_some_and(|key| answer::text(key) != place.key);
        let shows = answer::item(acting.effect, &exchange.response).as_ref().is_some_and(is_other);
        let sends = acting.effect.sent.as_ref().and_then(|at| at.get(body)).is_some_and(is_other);
        let renames = self.items.known(place).is_some_and(|item| item.is_renamed(members));
        !place.key.is_empty() && (shows || sends || renames)
    }

    /// The answer to a write shows the item.
    fn answered(&mut self, at: usize, acting: &Acting<'s>, place: &Place, item: &Value) {
        let writes = |written: &Written| written.at == at;
        let own = self.compare(at, acting, Sighted { place, item, by: By::Answer, beside: &[] });
        for (written, verdict) in own {
            let own = writes(&written) && matches!(written.story, Story::SentIsKept | Story::ChangedIsRead);
            let story = if own { Story::SentIsReturned } else { written.story };
            self.sees(written.operation, story, verdict, at);
        }
    }

    fn read(&mut self, at: usize, acting: &Acting<'s>, place: &Place, exchange: &Exchange) {
        let item = answer::item(acting.effect, &exchange.response);
        if let Some((deleted, is_same)) = self.items.deleted(place, item.as_ref()) {
            let verdict = match (&item, is_same) {
                (Some(_), false) => Verdict::inconclusive(kept::PERHAPS_ANOTHER),
                (_, _) => kept::read_again(acting.operation, &exchange.response),
            };
            self.sees(deleted, Story::DeletedIsGone, verdict, at);
        }
        let Some(item) = item else { return };
        // Another item, or none that says which: its own row tells.
        if acting.collection.key.get(&item).is_some_and(|key| answer::text(key) != place.key && !place.key.is_empty()) {
            return;
        }
        for (written, verdict) in self.compare(at, acting, Sighted { place, item: &item, by: By::Read, beside: &[] }) {
            self.sees(written.operation, written.story, verdict, at);
        }
    }

    fn listed(&mut self, at: usize, acting: &Acting<'s>, place: &Place, exchange: &Exchange) {
        let items = answer::items(acting.effect, &exchange.response).unwrap_or_default();
        for item in &items {
            let Some(key) = acting.collection.key.get(item).map(answer::text) else { continue };
            let place = Place { key, ..place.clone() };
            for (written, verdict) in
                self.compare(at, acting, Sighted { place: &place, item, by: By::List, beside: &items })
            {
                self.sees(written.operation, written.story, verdict, at);
            }
        }
    }

    /// What was made is not found, though nothing removed it.
    fn missing(&mut self, at: usize, acting: &Acting<'s>, place: &Place, exchange: &Exchange) {
        if class(exchange.response.status) != Class::Missing {
            return;
        }
        let Some(item) = self.items.known(place).filter(|item| item.is_there) else { return };
        let Some(culprit) = item.last_touched() else { return };
        // Whoever never finds anything by such a key looks for it by another.
        let reader = acting.operation.index;
        let is_found = match culprit.kind {
            EventKind::Made => self.session.knowledge.borrow().finds(reader),
            EventKind::Changed | EventKind::Refused | EventKind::Other => item.found_by.contains(&reader),
        };
        if !is_found {
            self.items.removed(place, None);
            return;
        }
        let story = if culprit.kind == EventKind::Changed { Story::ChangedIsRead } else { culprit.story() };
        let operation = culprit.operation;
        let verdict = kept::gone(story, &acting.operation.id, &exchange.response);
        self.sees(operation, story, verdict, at);
        self.items.removed(place, None);
    }
}

/// True where what an operation does is known: to one item, at once, and by no verb.
fn is_plain(acting: &Acting<'_>) -> bool {
    let effect = acting.effect;
    effect.timing == Timing::AtOnce
        && effect.for_each.is_none()
        && effect.batch.is_none()
        && effect.verb.is_none()
        && effect.naming == Naming::Key
        && effect.holds.is_none()
        && effect.shows.is_none()
}

/// The place of an item: its collection, the path above it and its key, each as it reads in a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The index of the collection.
    pub collection: usize,
    /// The values of the collection's scope.
    pub scope: Vec<String>,
    /// The key; empty where there is none, or it is not known yet.
    pub key: String,
}

/// The place that a request's path leads to; `None` where it leads elsewhere than its operation says.
fn place(acting: &Acting<'_>, exchange: &Exchange) -> Option<Place> {
    let route = acting.session.contract.route(&exchange.request.method, exchange.request.path());
    let Route::Found { operation, captures } = route else { return None };
    if operation != acting.operation.index {
        return None;
    }
    let value = |name: &str| {
        let (_, raw) = captures.iter().find(|(known, _)| known == name)?;
        Some(percent_decode_str(raw).decode_utf8_lossy().into_owned())
    };
    let key = match &acting.effect.key_parameter {
        Some(name) => value(name)?,
        None => String::new(),
    };
    let own = acting.effect.key_parameter.as_deref();
    let scope = acting.operation.path.parameters().filter(|name| Some(*name) != own).filter_map(value).collect();
    let alone = acting.collection.origin == Origin::Singleton;
    let is_one = matches!(acting.effect.action, Action::Read | Action::Replace | Action::Update | Action::Delete);
    (!is_one || !key.is_empty() || alone).then_some(Place { collection: acting.index, scope, key })
}

/// The content of a request as JSON.
fn body(exchange: &Exchange) -> Option<Value> {
    serde_json::from_slice(&exchange.request.body).ok()
}

/// True where a request says itself what the key of the item is.
fn sends(acting: &Acting<'_>, body: &Value, key: &str) -> bool {
    let sent = acting.effect.sent.as_ref().and_then(|at| at.get(body));
    let own = sent.and_then(|sent| acting.collection.key.get(sent)).is_some_and(|sent| answer::text(sent) == key);
    own || sent.and_then(Value::as_object).into_iter().flatten().any(|(_, value)| answer::text(value) == key)
}
