//! Which operations may be tested beside each other: those that share nothing that a request changes. Two operations are of one
//! family where one's collection is, holds, names or lies above what the other is about; what is not known to be of any runs
//! alone. Pure.

use std::collections::BTreeMap;

use etalon_contract::behaviour::{Action, Effect, Origin};
use etalon_contract::model::{Operation, Segment};
use etalon_contract::rule::{Protocol, Rule, Subject};

use crate::case::Task;
use crate::knowledge::up_to;
use crate::plan::{OperationPlan, Plan, roles};
use crate::run::guard;
use crate::run::links::targets;
use crate::scenario::named_collection;
use crate::session::Session;

/// The company in which an operation is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Company {
    /// It changes nothing, makes nothing and its path names nothing: it is beside all others of that kind.
    Reads,
    /// The family of the operation, by number: nothing else of that family is beside it.
    Family(usize),
    /// Nothing is beside it.
    Alone,
}

/// The companies of the operations of a plan, in the order of the plan.
#[must_use]
pub(super) fn companies(session: Session<'_>, plan: &Plan) -> Vec<Company> {
    let mut families = Families::default();
    for index in 0..session.contract.entries().len() {
        if let Ok(operation) = session.contract.operation(index) {
            related(session, operation, &mut families);
        }
    }
    for planned in &plan.operations {
        referred(session, planned, &mut families);
    }
    let company = |planned: &OperationPlan| {
        let Ok(operation) = session.contract.operation(planned.operation) else { return Company::Alone };
        let family = families.of(&Node::Operation(operation.index));
        let reads = operation.method.is_safe() || !session.settings.changes.is_any();
        if guard::ends(session, operation) || is_there_once(session, operation) && !reads {
            Company::Alone
        } else if reads && operation.path.parameters().next().is_none() {
            // Where its path names something, that is learnt from those of its family before it.
            Company::Reads
        } else if families.is_known(operation.index) {
            Company::Family(family)
        } else {
            Company::Alone
        }
    };
    plan.operations.iter().map(company).collect()
}

/// True for a case that nothing may run beside, whatever its operation is: it looks at whole lists, or the contract does not say
/// what its request does.
#[must_use]
pub(super) fn is_alone(task: Task<'_>) -> bool {
    task.row().is_some_and(|row| match &row.rule {
        Rule::Story(_) | Rule::Protocol(Protocol::MethodNotAllowed) => true,
        Rule::Limit(_) | Rule::Advice(_) | Rule::Protocol(_) | Rule::Security(_) | Rule::Response(_) => false,
    })
}

/// True where an operation is about something that is there once, such as settings: what depends on that is not known.
fn is_there_once(session: Session<'_>, operation: &Operation) -> bool {
    let collection = |effect: &Effect| session.behaviour.collections.get(effect.collection?);
    session.effect(operation).and_then(collection).is_some_and(|collection| collection.origin == Origin::Singleton)
}

/// Puts an operation into one family with what its request names or changes, as paths, links and the inferred behaviour tell.
fn related(session: Session<'_>, operation: &Operation, families: &mut Families) {
    let own = Node::Operation(operation.index);
    let effect = session.effect(operation);
    for collection in effect.into_iter().flat_map(touched) {
        families.join(&own, &Node::Collection(collection));
        let parent = session.behaviour.collections.get(collection).and_then(|collection| collection.parent);
        if let Some(parent) = parent {
            families.join(&own, &Node::Collection(parent));
        }
    }
    for name in operation.path.parameters() {
        if let Some(collection) = named_collection(session, operation, name) {
            families.join(&own, &Node::Collection(collection));
        }
        if let Some(path) = up_to(&operation.path, name) {
            families.join(&own, &Node::Path(path));
        }
    }
    for target in targets(session, operation) {
        families.join(&own, &Node::Operation(target));
    }
    // What it does is not inferred: it is taken to act on what its path lies below.
    if effect.is_none_or(|effect| effect.action == Action::Answer)
        && let Some(collection) = above(session, operation)
    {
        families.join(&own, &Node::Collection(collection));
    }
}

/// The collections that an effect is about.
fn touched(effect: &Effect) -> impl Iterator<Item = usize> {
    let held = effect.holds.as_ref().map(|(_, collection)| *collection);
    let elsewhere = effect.elsewhere.iter().map(|elsewhere| elsewhere.collection);
    effect.collection.into_iter().chain(held).chain(effect.shows).chain(effect.subject).chain(elsewhere)
}

/// The collection of the nearest path above an operation's.
fn above(session: Session<'_>, operation: &Operation) -> Option<usize> {
    let path = operation.path.segments();
    let lies_above = |other: &&Operation| {
        let theirs = named(other.path.segments());
        !theirs.is_empty() && theirs.len() < path.len() && path.starts_with(theirs)
    };
    let above = session.contract.operations().filter(lies_above);
    let known = above.filter_map(|other| {
        Some((named(other.path.segments()).len(), session.effect(other).and_then(|effect| effect.collection)?))
    });
    known.max_by_key(|(length, _)| *length).map(|(_, collection)| collection)
}

/// The segments of a path without the empty one behind a last slash.
fn named(segments: &[Segment]) -> &[Segment] {
    match segments.split_last() {
        Some((Segment(last), rest)) if last.is_empty() => rest,
        Some(_) | None => segments,
    }
}

/// Puts an operation into one family with the collections that members of its content and its parameters refer to.
fn referred(session: Session<'_>, planned: &OperationPlan, families: &mut Families) {
    let own = Node::Operation(planned.operation);
    for row in &planned.rows {
        let name = match &row.subject {
            Subject::Parameter { name, .. } => Some(name.clone()),
            Subject::Body => row.pointer.last().map(|token| token.to_string()),
            Subject::Request | Subject::Response | Subject::ResponseHeader { .. } | Subject::ResponseBody => None,
        };
        let Some(name) = name else { continue };
        for (index, collection) in session.behaviour.collections.iter().enumerate() {
            if roles::refers(&name, &collection.name) {
                families.join(&own, &Node::Collection(index));
            }
        }
    }
}

/// Something that operations may share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Node {
    Operation(usize),
    Collection(usize),
    /// The resource that a path leads to, whatever its parameters are called.
    Path(String),
}

/// Sets of what belongs together, as trees: each node knows one that it belongs to.
#[derive(Debug, Default)]
struct Families {
    numbers: BTreeMap<Node, usize>,
    belongs: Vec<usize>,
}

impl Families {
    fn number(&mut self, node: &Node) -> usize {
        if let Some(number) = self.numbers.get(node) {
            return *number;
        }
        let number = self.belongs.len();
        self.belongs.push(number);
        self.numbers.insert(node.clone(), number);
        number
    }

    fn root(&self, mut number: usize) -> usize {
        while self.belongs[number] != number {
            number = self.belongs[number];
        }
        number
    }

    /// The two belong together.
    fn join(&mut self, one: &Node, other: &Node) {
        let (one, other) = (self.number(one), self.number(other));
        let (one, other) = (self.root(one), self.root(other));
        self.belongs[one.max(other)] = one.min(other);
    }

    /// The number of a node's family; one that no other has where it belongs to nothing.
    fn of(&self, node: &Node) -> usize {
        self.numbers.get(node).map_or(usize::MAX, |number| self.root(*number))
    }

    /// True where an operation belongs to something.
    fn is_known(&self, operation: usize) -> bool {
        self.numbers.contains_key(&Node::Operation(operation))
    }
}
