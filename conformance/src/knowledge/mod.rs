//! What a run has learnt of its target: requests that it accepts where it refuses what the contract allows, things that
//! exist there, and which of them the run itself made. It passes from case to case at fixed points, and never changes within one.

mod entry;
mod fact;
mod question;
mod way;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::Value;

use crate::credentials::Credentials;

use fact::Learned;
pub(crate) use fact::{Fact, KeySource, KnownKey, Origin, Template};
pub(crate) use way::up_to;

/// The knowledge that a run has of its target, learnt from answers.
///
/// Cases that are executed beside each other each have one of their own, over the one of the run, which stays as it was when they
/// began: whatever they learn is written down and entered into that of the run when all of them are through, in the order of the plan.
#[derive(Debug, Default)]
pub(crate) struct Knowledge {
    /// The knowledge that this one is over, where it belongs to cases that are executed beside others.
    under: Option<Rc<Knowledge>>,
    /// The facts that were learnt over the knowledge below, in order.
    facts: Vec<Fact>,
    operations: BTreeMap<usize, Learned>,
    /// The things that exist, by the index of their collection, the latest last.
    keys: BTreeMap<usize, Vec<KnownKey>>,
    /// The path of the target's base URL, before every path of the contract.
    pub prefix: String,
    /// The values that links give to parameters, by the index of the operation and the name of the parameter.
    linked: BTreeMap<(usize, String), Value>,
    /// The values of path parameters that led to something, by the path up to each.
    reached: BTreeMap<String, Value>,
    /// An item of each collection, as a list showed it first.
    samples: BTreeMap<usize, Value>,
    /// The reason why nothing more is let in, once credentials that let in before no longer do.
    ended: Option<String>,
    /// The credentials that requests have now; `None` while they are those of the settings.
    credentials: Option<Rc<Credentials>>,
    /// The operations that were seen to find what the run made by its key.
    finding: BTreeSet<usize>,
    /// The collections whose keys the client chooses.
    client_keyed: BTreeSet<usize>,
    /// The names that an answer shows of what lies right below its path: members of an object, or the texts of a list. With them the path up
    /// to its last parameter, as [`up_to`] writes it, where it ends there.
    below: BTreeMap<String, (Option<String>, Vec<Value>)>,
    /// Values that answers show under the names of path parameters, by the plain name.
    shown_as: BTreeMap<String, Vec<Value>>,
    /// The first answer that told of a creation, by the index of its operation.
    shown: BTreeMap<usize, Value>,
    /// The values that a target put into members of new items that were sent without them, at most two different values of each: by the index of the
    /// collection and the name of the member.
    made_up: BTreeMap<(usize, String), Vec<Value>>,
    /// The places where operations find what they know a thing by, by their index and the name of the path parameter.
    sources: BTreeMap<(usize, String), Option<KeySource>>,
}

impl Knowledge {
    /// Nothing is known of a target but the path of its base URL.
    #[must_use]
    pub(crate) fn at(prefix: String) -> Self {
        Self { prefix, ..Self::default() }
    }

    /// The knowledge of cases that are executed beside others: what was known when they began, and what they learn.
    #[must_use]
    pub(crate) fn over(below: Rc<Self>) -> Self {
        Self { prefix: below.prefix.clone(), under: Some(below), ..Self::default() }
    }

    /// The facts that were learnt over the knowledge below since the last call.
    pub(crate) fn take_facts(&mut self) -> Vec<Fact> {
        std::mem::take(&mut self.facts)
    }

    /// Learns a fact about the target.
    pub(crate) fn learn(&mut self, fact: Fact) {
        if self.under.is_none() {
            self.enter(fact);
        } else if self.enter(fact.clone()) {
            self.facts.push(fact);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn key(key: Value, origin: Origin) -> KnownKey {
        KnownKey { collection: 0, key, scope: Vec::new(), origin }
    }

    #[test]
    fn what_the_run_made_stays_its_own_and_comes_first() {
        let mut known = Knowledge::default();
        known.learn(Fact::Exists(key(json!(1), Origin::Found)));
        known.learn(Fact::Exists(key(json!(2), Origin::Made)));
        known.learn(Fact::Exists(key(json!("2"), Origin::Found)));
        assert_eq!(known.keys(0).map(|known| known.key.clone()).collect::<Vec<_>>(), [json!(2), json!(1)]);
        assert!(known.made(0, "2") && !known.made(0, "1"));
        known.learn(Fact::Gone(0, "2".to_owned()));
        assert!(!known.made(0, "2"));
    }

    #[test]
    fn what_is_learnt_over_the_knowledge_of_the_run_is_seen_there_once_it_is_entered() {
        let mut run = Knowledge::default();
        run.learn(Fact::Exists(key(json!(1), Origin::Made)));
        run.learn(Fact::Refused(3, 400));
        let run = Rc::new(run);
        let mut one = Knowledge::over(Rc::clone(&run));
        let mut other = Knowledge::over(Rc::clone(&run));
        one.learn(Fact::Gone(0, "1".to_owned()));
        one.learn(Fact::Refused(3, 400));
        other.learn(Fact::Exists(key(json!(2), Origin::Made)));
        other.learn(Fact::Exists(key(json!(2), Origin::Found)));
        assert!(!one.made(0, "1") && !one.made(0, "2") && other.made(0, "1") && other.made(0, "2") && run.made(0, "1"));
        assert_eq!(one.of(3).map(|learned| learned.refused), Some(2));
        let facts: Vec<Fact> = [one.take_facts(), other.take_facts()].concat();
        drop((one, other));
        let mut run = Rc::try_unwrap(run).expect("nobody else has it");
        assert_eq!(facts.len(), 3, "what is known already is no fact: {facts:?}");
        facts.into_iter().for_each(|fact| run.learn(fact));
        assert!(!run.made(0, "1") && run.made(0, "2"));
        assert_eq!(run.of(3).map(|learned| learned.refused), Some(2));
    }
}
