//! Cutting a list into pages: cursors both ways, offsets, page numbers, and the links between pages. Which items there
//! are, and in which order, says `selection`.

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Number, Value};

use crate::behaviour::call::{Call, Listing, PageLink, Refusal, Relation};
use crate::behaviour::messages::request_schema;
use crate::behaviour::paging::asked;
use crate::behaviour::paging::selection::{self, Order, Rows};
use crate::behaviour::shape;
use crate::behaviour::state::{Item, Place, State, text};
use crate::behaviour::{Effect, PageBy, Paging};
use crate::document::Pointer;
use crate::model::{Contract, Direction, In};
use crate::validate;

/// The number of items on a page where neither the request nor the contract says.
const DEFAULT_LIMIT: usize = 20;

/// The start of every cursor, so that a later form can be told apart.
const MARK: &str = "v1.";

/// The statuses that an unknown cursor may be refused with (RFC 9110 §15.5.1, §15.5.21).
const BAD_CURSOR: [u16; 2] = [400, 422];

/// The page of a set that a request asks for.
pub(crate) fn cut(
    contract: &Contract,
    state: &State,
    place: &Place,
    effect: &Effect,
    call: &Call<'_>,
) -> Result<Listing, Refusal> {
    let rows = selection::rows(contract, state, place, effect, call);
    let total = rows.len();
    let paging = effect.paging.as_ref().or(effect.paging_in_body.as_ref());
    let limit = paging.map_or(usize::MAX, |paging| limit(contract, paging, call));
    let cut = Cut { contract, state, place, call, rows, limit };
    let Some(paging) = paging else {
        return Ok(Listing { items: cut.rows.between(0, usize::MAX), total, offset: 0, ..Listing::default() });
    };
    match asked(paging, call) {
        PageBy::Cursor { after, before } => cut.by_cursor(after.as_deref(), before.as_deref()),
        PageBy::Offset(name) => {
            let offset = offset(contract, call, name);
            Ok(cut.by_offset(offset, &|offset| vec![(name.clone(), Some(offset.to_string()))]))
        }
        PageBy::Page(name) => {
            let first = first_page(contract, call, name);
            let page = page(contract, call, name);
            let offset = (page - first).saturating_mul(cut.limit);
            Ok(cut.by_offset(offset, &|offset| {
                vec![(name.clone(), Some((offset.div_ceil(cut.limit.max(1)) + first).to_string()))]
            }))
        }
        PageBy::Nothing => Ok(Listing { items: cut.rows.between(0, limit), total, offset: 0, ..Listing::default() }),
    }
}

/// The mark by which a request asks for its page: the one that it has, where a list takes several.
pub(crate) fn asked<'p>(paging: &'p Paging, call: &Call<'_>) -> &'p PageBy {
    let is_sent = |by: &PageBy| by.parameters().iter().any(|name| call.parameter(In::Query, name).is_some());
    match &paging.or {
        Some(or) if is_sent(or) && !is_sent(&paging.by) => or,
        Some(_) | None => &paging.by,
    }
}

struct Cut<'s> {
    contract: &'s Contract,
    state: &'s State,
    place: &'s Place,
    call: &'s Call<'s>,
    /// The items that are asked for, in their order.
    rows: Rows<'s>,
    limit: usize,
}

impl Cut<'_> {
    fn by_cursor(&self, after: Option<&str>, before: Option<&str>) -> Result<Listing, Refusal> {
        // `from` names the first item of the page, all other cursors the one before it.
        let is_first = after.is_some_and(|name| asked::plain(name) == "from");
        let from = self.cursor(after)?.map(|sequence| self.rows.up_to(sequence).saturating_sub(usize::from(is_first)));
        // The item that it points at is not among those before it, even if it is gone by now.
        let to = self
            .cursor(before)?
            .map(|sequence| self.rows.up_to(sequence.saturating_sub(1)).min(self.rows.up_to(sequence)));
        let to = match (to, self.rows.order(), self.cursor(before)?) {
            (Some(_), Order::Sorted, Some(sequence)) => Some(self.rows.up_to(sequence).saturating_sub(1)),
            (to, _, _) => to,
        };
        let total = self.rows.len();
        let (start, end) = match (from, to) {
            (None, Some(to)) => (to.saturating_sub(self.limit), to),
            (from, to) => {
                let start = from.unwrap_or(0);
                (start, start.saturating_add(self.limit).min(to.unwrap_or(total)).min(total))
            }
        };
        let items = self.rows.between(start, end.saturating_sub(start));
        let without = |set: Option<(&str, String)>| {
            let names = [after, before].into_iter().flatten();
            names
                .map(|name| {
                    let value = set.as_ref().filter(|(known, _)| *known == name).map(|(_, value)| value.clone());
                    (name.to_owned(), value)
                })
                .collect::<Vec<_>>()
        };
        let mut links = vec![PageLink { relation: Relation::First, query: without(None) }];
        if let (true, Some(name), Some(first)) = (start > 0, before, items.first()) {
            links.push(PageLink { relation: Relation::Prev, query: without(Some((name, self.write(name, first)))) });
        }
        let mark = if is_first { self.rows.get(end) } else { items.last() };
        if let (true, Some(name), Some(mark)) = (end < total, after, mark) {
            links.push(PageLink { relation: Relation::Next, query: without(Some((name, self.write(name, mark)))) });
        }
        if total <= self.limit {
            links.push(PageLink { relation: Relation::Last, query: without(None) });
        } else if let Some(name) = after
            && let Some(edge) = self.rows.get(total.saturating_sub(self.limit.saturating_add(usize::from(!is_first))))
        {
            links.push(PageLink { relation: Relation::Last, query: without(Some((name, self.write(name, edge)))) });
        }
        let cursors = after.or(before).map(|name| items.iter().map(|item| self.write(name, item)).collect());
        Ok(Listing { items, total, offset: start, links, cursors: cursors.unwrap_or_default() })
    }

    fn by_offset(&self, offset: usize, query: &dyn Fn(usize) -> Vec<(String, Option<String>)>) -> Listing {
        let total = self.rows.len();
        let items = self.rows.between(offset, self.limit);
        let step = self.limit.max(1);
        let mut links = vec![PageLink { relation: Relation::First, query: query(0) }];
        if offset > 0 {
            links.push(PageLink { relation: Relation::Prev, query: query(offset.saturating_sub(step)) });
        }
        if offset.saturating_add(self.limit) < total {
            links.push(PageLink { relation: Relation::Next, query: query(offset + step) });
        }
        let last = total.saturating_sub(1) / step * step;
        links.push(PageLink { relation: Relation::Last, query: query(last) });
        Listing { items, total, offset, links, cursors: Vec::new() }
    }

    /// The sequence number that a cursor names in the order of items. An item's own key is a cursor too, as some APIs
    /// have it. One that was never given out is refused where the contract documents how; elsewhere it says nothing, so
    /// the list begins at its start.
    fn cursor(&self, name: Option<&str>) -> Result<Option<u64>, Refusal> {
        let Some(name) = name else { return Ok(None) };
        let Some(sent) = self.call.parameter(In::Query, name) else { return Ok(None) };
        let sent = text(sent);
        let sequence = read(&sent).or_else(|| self.state.find(self.place, &sent).map(|item| item.sequence));
        let refuses = || BAD_CURSOR.into_iter().any(|status| self.call.operation.response(status).is_some());
        if sequence.is_none() && refuses() {
            return Err(Refusal::BadCursor { parameter: name.to_owned() });
        }
        Ok(sequence)
    }

    fn write(&self, name: &str, item: &Item) -> String {
        let mark = format!("{MARK}{}", BASE64URL_NOPAD.encode(item.sequence.to_string().as_bytes()));
        let schema = self.call.operation.parameter(In::Query, name).and_then(|parameter| parameter.shape.schema());
        let fits = schema.is_none_or(|at| {
            validate::is_valid(self.contract, at, Direction::Request, &Value::String(mark.clone())).unwrap_or(false)
        });
        if fits { mark } else { item.key.clone() }
    }
}

/// The page that is asked for, as its parameter counts: the one that was sent, else the contract's default, else the first.
pub(crate) fn page(contract: &Contract, call: &Call<'_>, name: &str) -> usize {
    let first = first_page(contract, call, name);
    let sent = call.parameter(In::Query, name).and_then(whole);
    sent.or_else(|| stated(contract, call, name, "default")).unwrap_or(first).max(first)
}

/// Pages are counted from 1 unless the contract allows 0.
fn first_page(contract: &Contract, call: &Call<'_>, name: &str) -> usize {
    usize::from(!["minimum", "default"].into_iter().any(|word| stated(contract, call, name, word) == Some(0)))
}

/// The number that a keyword in the schema of a query parameter states.
fn stated(contract: &Contract, call: &Call<'_>, name: &str, word: &str) -> Option<usize> {
    let schema = |name: &str| {
        if asked::is_in_body(name) {
            return shape::within(contract, request_schema(call.operation)?, &Pointer::parse(name)?);
        }
        call.operation.parameter(In::Query, name)?.shape.schema().cloned()
    };
    let within = || {
        let (outer, member) = name.strip_suffix(']')?.split_once('[')?;
        shape::member(contract, &schema(outer)?, member)
    };
    shape::keyword(contract, &schema(name).or_else(within)?, word).and_then(whole)
}

/// The number of items to pass over.
pub(crate) fn offset(contract: &Contract, call: &Call<'_>, name: &str) -> usize {
    let sent = call.parameter(In::Query, name).and_then(whole);
    sent.or_else(|| stated(contract, call, name, "default")).unwrap_or(0)
}

fn read(cursor: &str) -> Option<u64> {
    let bytes = BASE64URL_NOPAD.decode(cursor.strip_prefix(MARK)?.as_bytes()).ok()?;
    let number: u64 = std::str::from_utf8(&bytes).ok()?.parse().ok()?;
    (number > 0).then_some(number)
}

/// The most items that a page holds: the number that was sent, else the contract's default, never more than its
/// maximum.
pub(crate) fn limit(contract: &Contract, paging: &Paging, call: &Call<'_>) -> usize {
    let Some(name) = &paging.limit else { return DEFAULT_LIMIT };
    let stated = |word| stated(contract, call, name, word);
    let most = stated("maximum").unwrap_or(usize::MAX);
    call.parameter(In::Query, name).and_then(whole).or_else(|| stated("default")).unwrap_or(DEFAULT_LIMIT.min(most))
}

fn whole(value: &Value) -> Option<usize> {
    value.as_number().and_then(Number::as_u64).map(|number| usize::try_from(number).unwrap_or(usize::MAX))
}
