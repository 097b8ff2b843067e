//! What was sent beside what is seen of it: only members that both have are compared, and what the target may say otherwise is no
//! difference.

use etalon_contract::behaviour::shape;
use etalon_contract::document::{self, Pointer};
use etalon_contract::model::{Contract, Direction};
use etalon_contract::validate;
use serde_json::Value;

use crate::judge::story::Comparison;
use crate::plan::roles;
use crate::scenario::acting::Acting;
use crate::scenario::compare::{Difference, differences};

/// A member as it was sent, beside the same member as it is seen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Likeness {
    /// They are the same.
    Same,
    /// They differ, and what is seen is the target's to say.
    Excused,
    /// They are of different types, so that they may mean different things.
    OfOtherType,
    /// They are written differently and may mean the same: where.
    Spelling(Pointer),
    /// They differ, though the item may have the value that was sent.
    Different {
        /// The pointer to the difference in the item.
        at: Pointer,
        /// The value as it was sent.
        sent: Value,
        /// The value as it is seen.
        back: Value,
    },
}

/// Compares what was sent with the item that is seen.
pub(super) fn comparison(acting: &Acting<'_>, sent: Option<&Value>, item: &Value) -> Comparison {
    let Some(sent) = sent else { return Comparison::Nothing };
    let mut comparison = Comparison::Unrelated;
    for (member, sent) in members(acting, sent) {
        let Some(back) = member.get(item) else { continue };
        match likeness(acting, item, &member, &sent) {
            Likeness::OfOtherType => continue,
            Likeness::Different { at, sent, back } if is_own_value(acting, &at, &back) => {
                return Comparison::OwnValue { at, sent, back };
            }
            Likeness::Different { at, sent, back } => return Comparison::Different { at, sent, back },
            Likeness::Spelling(at) => comparison = Comparison::Spelling(at),
            Likeness::Same | Likeness::Excused if comparison == Comparison::Unrelated && !back.is_null() => {
                comparison = Comparison::Same;
            }
            Likeness::Same | Likeness::Excused => {}
        }
    }
    comparison
}

/// The likeness of a member that was sent to the same member of an item; the same where the item does not have it.
pub(crate) fn likeness(acting: &Acting<'_>, item: &Value, member: &Pointer, sent: &Value) -> Likeness {
    let Some(back) = member.get(item) else { return Likeness::Same };
    if std::mem::discriminant(sent) != std::mem::discriminant(back) && !back.is_null() {
        return Likeness::OfOtherType;
    }
    let mut likeness = Likeness::Same;
    for difference in differences(sent, back) {
        match difference {
            Difference::Spelling(at) => likeness = Likeness::Spelling(member.append(&at)),
            Difference::Real(at, sent, back) => {
                let at = member.append(&at);
                // What the item's schema does not allow cannot come back as it was sent, what only the server sets need not, and
                // what reads the same in another item is the target's to say: `"type": "Cryptokey"`.
                if may_come_back(acting, item, &at, &sent)
                    && !is_of_kind(acting, item, (&at, &back))
                    && !is_made_by_target(acting, &at)
                {
                    return Likeness::Different { at, sent, back };
                }
                if likeness == Likeness::Same {
                    likeness = Likeness::Excused;
                }
            }
        }
    }
    likeness
}

/// True where an item may have a value in a place, by its schema, and it is not the server's alone to set.
pub(crate) fn may_come_back(acting: &Acting<'_>, item: &Value, at: &Pointer, sent: &Value) -> bool {
    let contract = acting.session.contract;
    let mut patched = item.clone();
    acting.collection.item.as_ref().is_none_or(|schema| {
        !is_set_by_server(contract, schema, at)
            && at.put(&mut patched, sent.clone()).is_ok()
            && validate::is_valid(contract, schema, Direction::Response, &patched).unwrap_or(false)
    })
}

/// True where a member lies in what the schema of an item leaves to the server (`readOnly`), though a request may have one of that name.
fn is_set_by_server(contract: &Contract, schema: &document::Location, at: &Pointer) -> bool {
    let mut here = schema.clone();
    for token in at.tokens() {
        let Some(member) = shape::member(contract, &here, &token) else { return false };
        if shape::keyword(contract, &member, "readOnly").and_then(Value::as_bool) == Some(true) {
            return true;
        }
        here = member;
    }
    false
}

/// True where a text stands in another item as well: it tells the kind of thing, and not the one that was sent.
fn is_of_kind(acting: &Acting<'_>, item: &Value, (at, back): (&Pointer, &Value)) -> bool {
    let knowledge = acting.session.knowledge.borrow();
    let Some(sample) = knowledge.sample(acting.index) else { return false };
    let key = &acting.collection.key;
    let is_another = key.get(sample).is_some_and(|other| Some(other) != key.get(item));
    is_another && back.as_str().is_some_and(|text| !text.is_empty()) && at.get(sample) == Some(back)
}

/// True where the target makes up a member by itself, whatever is sent: what it has was never the client's to say.
pub(crate) fn is_made_by_target(acting: &Acting<'_>, at: &Pointer) -> bool {
    let member = at.tokens().next();
    member.is_some_and(|member| acting.session.knowledge.borrow().is_made_up(acting.index, &member))
}

/// True where a value is the one that the target puts into a member by itself, where an item is made without it.
#[must_use]
pub(crate) fn is_own_value(acting: &Acting<'_>, at: &Pointer, back: &Value) -> bool {
    let member = Pointer::root().join(&at.tokens().next().unwrap_or_default());
    let knowledge = acting.session.knowledge.borrow();
    member == *at && at.last().is_some_and(|name| knowledge.made_up_as(acting.index, &name).contains(back))
}

/// The members that a request's body says an item has, by their places in the item, but for those of a patch that may say what is to be
/// done.
fn members(acting: &Acting<'_>, sent: &Value) -> Vec<(Pointer, Value)> {
    let mut members = all_members(acting, sent);
    members.retain(|(_, sent)| !instructs(acting, sent));
    members
}

/// True where a list or object in a patch of its own kind may say what is to be done (RFC 5789 §2).
#[must_use]
pub(crate) fn instructs(acting: &Acting<'_>, sent: &Value) -> bool {
    (sent.is_array() || sent.is_object())
        && acting.operation.method.as_str() == "PATCH"
        && !acting.operation.patches_by_merging()
}

/// The members that a request's body says an item has, by their places in the item. The key is the target's to choose, and what the
/// path says, the body cannot change.
#[must_use]
pub(crate) fn all_members(acting: &Acting<'_>, sent: &Value) -> Vec<(Pointer, Value)> {
    let mut members: Vec<(Pointer, Value)> = Vec::new();
    match &acting.effect.sent {
        Some(data) if acting.effect.set.is_empty() => {
            let sent = data.get(sent).and_then(Value::as_object).into_iter().flatten();
            members.extend(sent.map(|(name, value)| (Pointer::root().join(name), value.clone())));
        }
        Some(_) | None => {
            let pairs = roles::pairs(acting.effect);
            members.extend(pairs.filter_map(|(member, place)| Some((member, place.get(sent)?.clone()))));
        }
    }
    let in_path: Vec<String> = acting.operation.path.parameters().map(shape::plain).collect();
    members.retain(|(member, _)| {
        let name = member.tokens().last().map(|name| shape::plain(&name));
        *member != acting.collection.key && !name.is_some_and(|name| in_path.contains(&name))
    });
    members
}
