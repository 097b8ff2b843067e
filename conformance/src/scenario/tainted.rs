//! What the runner itself brought into the target by invalid requests that were accepted. It comes back in lists and
//! answers, and breaks there what it broke on the way in: that is one fault, and is told once, of the request.

use std::collections::BTreeMap;

use etalon_contract::codec;
use etalon_contract::document::Pointer;
use etalon_contract::model::Route;
use etalon_contract::rule::Subject;
use etalon_contract::validate::{self, Violation};
use serde_json::Value;

use crate::scenario::answer;
use crate::scenario::compare::differences;
use crate::session::Session;
use crate::transcript::Exchange;

/// The most wrong values that are remembered: a target that accepts everything would otherwise be compared with all of it.
const REMEMBERED: usize = 2_000;

/// Items and values that accepted breaches left in the target, each with the id of the row whose breach did it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tainted {
    /// Items, by their collection and key.
    items: BTreeMap<(usize, String), String>,
    /// Values that were wrong, with the name of the member that they stood in.
    values: Vec<(Option<String>, Value, String)>,
    /// The row whose breach is content that is not UTF-8.
    encoded: Option<String>,
}

impl Tainted {
    /// Notes an invalid request that was accepted. `row` is what it breaks.
    pub(crate) fn note(&mut self, session: Session<'_>, row: &str, exchange: &Exchange) {
        let Some(operation) = exchange.operation.and_then(|index| session.contract.operation(index).ok()) else {
            return;
        };
        let request = &exchange.request;
        if self.encoded.is_none() && std::str::from_utf8(&request.body).is_err() {
            self.encoded = Some(row.to_owned());
        }
        let Route::Found { captures, .. } = session.contract.route(&request.method, request.path()) else { return };
        let body: Option<Value> = serde_json::from_slice(&request.body).ok();
        if let Some(effect) = session.behaviour.effects.get(operation.index)
            && let Some(index) = effect.collection
            && let Some(collection) = session.behaviour.collections.get(index)
        {
            let returned = answer::key(session, operation, effect, &exchange.response);
            let in_path = effect.key_parameter.as_ref().and_then(|name| {
                let (_, raw) = captures.iter().find(|(known, _)| known == name)?;
                percent_encoding::percent_decode_str(raw)
                    .decode_utf8()
                    .ok()
                    .map(|text| Value::String(text.into_owned()))
            });
            let sent = effect.sent.as_ref().zip(body.as_ref());
            let in_body = sent.and_then(|(at, body)| at.append(&collection.key).get(body).cloned());
            for key in [returned, in_path, in_body].into_iter().flatten() {
                self.items.entry((index, answer::text(&key))).or_insert_with(|| row.to_owned());
            }
        }
        let decoded = codec::decode(session.contract, operation, &captures, request);
        let violations = validate::request(session.contract, operation, &decoded).unwrap_or_default();
        for violation in violations.iter().filter(|violation| violation.subject == Subject::Body) {
            let Some(wrong) = body.as_ref().and_then(|body| violation.pointer.get(body)) else { continue };
            let member = violation.pointer.last().map(|name| name.into_owned());
            let known = self.values.iter().any(|(name, value, _)| *name == member && value == wrong);
            if !known && self.values.len() < REMEMBERED {
                self.values.push((member, wrong.clone(), row.to_owned()));
            }
        }
    }

    /// The row whose breach explains that an answer does not conform; `None` where the answer itself is to blame.
    #[must_use]
    pub(crate) fn explains(&self, session: Session<'_>, exchange: &Exchange, violation: &Violation) -> Option<&str> {
        if violation.subject != Subject::ResponseBody {
            return None;
        }
        if let (Some(row), Err(_)) = (&self.encoded, std::str::from_utf8(&exchange.response.body)) {
            return Some(row);
        }
        let body = answer::json(&exchange.response)?;
        let effect = session.behaviour.effects.get(exchange.operation?)?;
        self.item(session, effect.collection, &body, &violation.pointer)
            .or_else(|| self.value(violation.pointer.get(&body)?, &violation.pointer))
    }

    /// The id of the row that tainted an item around the place, or below it.
    fn item(&self, session: Session<'_>, collection: Option<usize>, body: &Value, at: &Pointer) -> Option<&str> {
        let index = collection?;
        let key = &session.behaviour.collections.get(index)?.key;
        let tainted = |value: &Value| self.items.get(&(index, answer::text(key.get(value)?))).map(String::as_str);
        let around = std::iter::successors(Some(at.clone()), Pointer::parent);
        around.filter_map(|at| at.get(body).and_then(tainted)).next().or_else(|| {
            let below = at.get(body)?.as_array()?;
            below.iter().find_map(tainted)
        })
    }

    /// The row whose wrong value this is.
    fn value(&self, found: &Value, at: &Pointer) -> Option<&str> {
        let member = at.last();
        let same = |name: &Option<String>, sent: &Value| match (sent, found) {
            // What lacks a member comes back with what the target adds.
            (Value::Object(members), Value::Object(back)) => {
                members.keys().any(|name| back.contains_key(name)) && differences(sent, found).is_empty()
            }
            (sent, found) => name.as_deref() == member.as_deref() && sent == found,
        };
        self.values.iter().find(|(name, sent, _)| same(name, sent)).map(|(_, _, row)| row.as_str())
    }
}
