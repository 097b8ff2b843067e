//! Roles: the operations of a collection that create, show, list and remove, and where the values that
//! they share stand in each one's request.

use etalon_contract::behaviour::{Action, Behaviour, Effect, Expression, Timing, shape};
use etalon_contract::document::{Location, Pointer};
use etalon_contract::model::{Contract, Operation};
use serde_json::Value;

/// The usable operations that do one of these things to a collection, in the order of the document.
pub fn with_action<'c>(
    contract: &'c Contract,
    behaviour: &'c Behaviour,
    collection: usize,
    actions: &'c [Action],
) -> impl Iterator<Item = (&'c Operation, &'c Effect)> {
    behaviour.acting(collection).iter().filter_map(move |index| {
        let effect = behaviour.effects.get(*index)?;
        let operation = contract.operation(*index).ok()?;
        actions.contains(&effect.action).then_some((operation, effect))
    })
}

/// The operation that is best to create an item with: one that takes effect at once and shows what it created.
#[must_use]
pub fn creator<'c>(
    contract: &'c Contract,
    behaviour: &'c Behaviour,
    collection: usize,
) -> Option<(&'c Operation, &'c Effect)> {
    with_action(contract, behaviour, collection, &[Action::Create, Action::Upsert])
        .filter(|(_, effect)| effect.timing == Timing::AtOnce && effect.for_each.is_none() && effect.batch.is_none())
        .min_by_key(|(_, effect)| (effect.returned.is_none(), effect.action != Action::Create))
}

/// True where a member or parameter of this name refers to an item of the collection: `categoryId` to one of `categories`.
#[must_use]
pub fn refers(name: &str, collection: &str) -> bool {
    let (name, kind) = (shape::plain(name), shape::singular(&shape::plain(collection)));
    if kind.len() < SHORTEST {
        return false;
    }
    REFERRING.iter().any(|ending| name.strip_suffix(ending).is_some_and(|stem| stem.ends_with(&kind)))
}

/// The endings of the names of members that hold the key of something else.
const REFERRING: [&str; 6] = ["ids", "id", "uuid", "key", "ref", "slug"];

/// The shortest name of a kind of thing that a member is believed to refer to.
const SHORTEST: usize = 3;

/// The operation on a single item that a `Location` may lead to: best one that shows it.
#[must_use]
pub fn item<'c>(
    contract: &'c Contract,
    behaviour: &'c Behaviour,
    collection: usize,
) -> Option<(&'c Operation, &'c Effect)> {
    let rank = |action: Action| [Action::Read, Action::Delete].iter().position(|known| *known == action);
    with_action(contract, behaviour, collection, &[Action::Read, Action::Delete])
        .filter(|(_, effect)| effect.key_parameter.is_some())
        .min_by_key(|(_, effect)| rank(effect.action))
}

/// The operation that shows by a conflict that another one has taken effect: it creates the same kind of item at once, and
/// the two share a member that must be unique. With it, where that member stands in each request.
#[must_use]
pub fn witness<'c>(contract: &'c Contract, behaviour: &'c Behaviour, later: usize) -> Option<Witness<'c>> {
    let effect = behaviour.effects.get(later)?;
    with_action(contract, behaviour, effect.collection?, &[Action::Create])
        .filter(|(_, other)| other.timing == Timing::AtOnce && other.for_each.is_none())
        .find_map(|(operation, other)| {
            let member = other.unique.iter().find(|member| effect.unique.contains(member))?;
            Some(Witness { operation, theirs: sent(other, member)?, ours: sent(effect, member)? })
        })
}

/// An operation that shows what another one did; see [`witness`].
#[derive(Clone, Debug)]
pub struct Witness<'c> {
    /// The operation that conflicts.
    pub operation: &'c Operation,
    /// The place of the shared member in its body.
    pub theirs: Pointer,
    /// The place of the member in the body of the operation that is watched; in the first element, where it is done for each.
    pub ours: Pointer,
}

/// The place of a member of the item in the request's body; `None` where that cannot be read off.
#[must_use]
pub fn sent(effect: &Effect, member: &Pointer) -> Option<Pointer> {
    if let Some((_, expression)) = effect.set.iter().find(|(target, _)| target == member) {
        return place(effect, expression);
    }
    effect.sent.as_ref().filter(|_| effect.set.is_empty()).map(|sent| sent.append(member))
}

/// The places in an operation's body of the members that must be unique, `*` for each element.
#[must_use]
pub fn identifying(effect: &Effect) -> Vec<Pointer> {
    let each = effect.for_each.as_ref().and_then(Expression::body_pointer);
    let everywhere = |at: Pointer| match &each {
        Some(list) if at.is_within(list) => {
            let tail = at.tokens().skip(list.tokens().count() + 1).map(std::borrow::Cow::into_owned);
            tail.fold(list.join("*"), |at, token| at.join(&token))
        }
        Some(_) | None => at,
    };
    effect.unique.iter().filter_map(|member| sent(effect, member)).map(everywhere).collect()
}

/// The members of the item with their places in the request's body, as far as expressions are plain paths.
pub fn pairs(effect: &Effect) -> impl Iterator<Item = (Pointer, Pointer)> {
    effect.set.iter().filter_map(|(member, expression)| Some((member.clone(), place(effect, expression)?)))
}

/// The members of an item that no two items share: those that are declared so, or whose description says so where the operation
/// documents a conflict.
#[must_use]
pub fn unique(contract: &Contract, operation: &Operation, effect: &Effect) -> Vec<Pointer> {
    if !effect.unique.is_empty() {
        return effect.unique.clone();
    }
    let documents = operation.response(409).is_some_and(|response| response.status.specificity() == 0);
    let sent = operation.body.iter().flat_map(|body| &body.content).find_map(|content| content.schema.clone());
    let root = sent.and_then(|sent| shape::within(contract, &sent, effect.sent.as_ref()?));
    let Some(root) = root.filter(|_| documents) else { return Vec::new() };
    let says = |at: &Location| {
        let told = shape::keyword(contract, at, "description").and_then(Value::as_str);
        told.is_some_and(|told| told.to_lowercase().split(|c: char| !c.is_alphabetic()).any(|word| word == "unique"))
    };
    let members = shape::members(contract, &root).into_iter();
    members.filter(|(_, at)| says(at)).map(|(name, _)| Pointer::root().join(&name)).collect()
}

/// Words by which a document says that something is there once.
const ONCE: [&str; 6] = ["no two", "unique", "taken", "already", "duplicate", "exists"];

/// True where an operation documents a conflict and says that it is for something that is there already.
#[must_use]
pub fn says_once(contract: &Contract, operation: &Operation) -> bool {
    let node = contract.document().node(&operation.at);
    let at = |path: &str| node.and_then(|node| node.pointer(path)).and_then(Value::as_str);
    let told = [at("/description"), at("/responses/409/description")];
    let told = told.into_iter().flatten().map(str::to_lowercase);
    let documents = operation.response(409).is_some_and(|response| response.status.specificity() == 0);
    documents && told.into_iter().any(|told| ONCE.iter().any(|word| told.contains(word)))
}

/// The members of the item that an operation changes which no two items share, by what the operation that makes it says of them.
#[must_use]
pub fn unique_where_made(contract: &Contract, behaviour: &Behaviour, operation: &Operation) -> Vec<Pointer> {
    let Some(effect) = behaviour.effects.get(operation.index) else { return Vec::new() };
    let own = unique(contract, operation, effect);
    let made = || {
        let documents = operation.response(409).is_some_and(|response| response.status.specificity() == 0);
        let (creator, theirs) = creator(contract, behaviour, effect.collection?).filter(|_| documents)?;
        Some(unique(contract, creator, theirs))
    };
    if own.is_empty() { made().unwrap_or_default() } else { own }
}

/// True where what was sent can be compared with what comes back.
#[must_use]
pub fn echoes(effect: &Effect) -> bool {
    effect.returned.is_some() && (effect.sent.is_some() || pairs(effect).next().is_some())
}

/// `body.a.b` -> `/a/b`; `each.a` -> `/LIST/0/a`, where the list is `body.LIST`.
fn place(effect: &Effect, expression: &Expression) -> Option<Pointer> {
    match &effect.for_each {
        None => expression.body_pointer(),
        Some(list) => {
            let tail = expression.as_str().strip_prefix("each.")?;
            let plain = tail
                .split('.')
                .all(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
            let tail: Pointer = tail.split('.').collect();
            plain.then_some(list.body_pointer()?.index(0).append(&tail))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointer(text: &str) -> Pointer {
        Pointer::parse(text).expect("a pointer")
    }

    fn expression(text: &str) -> Expression {
        Expression::parse(text).expect("an expression")
    }

    #[test]
    fn plain_paths_lead_into_the_body() {
        let email = pointer("/user/emailAddress");
        let one = Effect { set: vec![(email.clone(), expression("body.emailAddress"))], ..Effect::default() };
        assert_eq!(sent(&one, &email), Some(pointer("/emailAddress")));
        let many = Effect {
            set: vec![(email.clone(), expression("each.emailAddress"))],
            for_each: Some(expression("body.newMembers")),
            ..Effect::default()
        };
        assert_eq!(sent(&many, &email), Some(pointer("/newMembers/0/emailAddress")));
        let unique = Effect { unique: vec![email.clone()], ..many };
        assert_eq!(identifying(&unique), [pointer("/newMembers/*/emailAddress")]);
        let reckoned = Effect { set: vec![(email.clone(), expression("body.a ~ body.b"))], ..Effect::default() };
        assert_eq!(sent(&reckoned, &email), None);
        let whole = Effect { sent: Some(pointer("/data")), ..Effect::default() };
        assert_eq!(sent(&whole, &email), Some(pointer("/data/user/emailAddress")));
    }
}
