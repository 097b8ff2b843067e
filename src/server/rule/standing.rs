//! The rules that stand now, with the calls that each has decided: what decides a call, and back to those of the start.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use etalon_contract::behaviour::Context;
use etalon_contract::generate::{Choices as _, Seeded};
use etalon_contract::model::{Contract, Operation};

use crate::server::demand::Demand;
use crate::server::rule::{Rule, WHOLE};

/// The rules that stand, the oldest first.
#[derive(Debug, Default)]
pub struct Rules {
    start: Vec<Rule>,
    now: RwLock<Vec<Arc<Standing>>>,
    /// The number of the rule that came last.
    last: AtomicU64,
}

/// The most rules that stand at a time.
const MAX_RULES: usize = 1_000;

/// A rule that stands, with the number of calls that it has decided.
#[derive(Debug)]
pub(crate) struct Standing {
    /// The number of the rule, from 1.
    pub(crate) id: u64,
    rule: Rule,
    decided: AtomicU64,
}

impl Standing {
    fn of(id: u64, rule: Rule) -> Arc<Self> {
        Arc::new(Self { id, rule, decided: AtomicU64::new(0) })
    }

    /// The words of the rule.
    pub(crate) fn words(&self) -> &str {
        self.rule.words()
    }

    /// The number of calls that it has decided.
    pub(crate) fn decided(&self) -> u64 {
        self.decided.load(Ordering::SeqCst)
    }

    /// True where this is one of the calls that it decides; then it is counted.
    fn decides(&self, context: &Context) -> bool {
        if let Some(rate) = self.rule.rate {
            let mut choices = Seeded::new(context.seed, ["rule", self.words(), &context.number.to_string()]);
            if choices.below(WHOLE) >= rate {
                return false;
            }
        }
        let most = self.rule.times.unwrap_or(u64::MAX);
        let next = |decided: u64| (decided < most).then(|| decided + 1);
        self.decided.fetch_update(Ordering::SeqCst, Ordering::SeqCst, next).is_ok()
    }
}

/// The answer that rules decide for a call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Decided {
    /// The answer.
    pub(crate) demand: Demand,
    /// The rules that decided, in their own words.
    pub(crate) rules: Vec<String>,
}

impl Rules {
    /// The rules that stand from the start.
    #[must_use]
    pub fn of(start: Vec<Rule>) -> Self {
        let rules = Self { start, ..Self::default() };
        rules.reset();
        rules
    }

    /// Only the rules of the start, each as if it had decided nothing yet.
    pub fn reset(&self) {
        let numbered = (1..).zip(&self.start).map(|(id, rule)| Standing::of(id, rule.clone()));
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        *now = numbered.collect();
        self.last.store(now.len().try_into().unwrap_or(u64::MAX), Ordering::SeqCst);
    }

    /// The same rules, with what they have decided so far.
    pub(crate) fn as_they_are(&self) -> Self {
        let last = AtomicU64::new(self.last.load(Ordering::SeqCst));
        Self { start: self.start.clone(), now: RwLock::new(self.all()), last }
    }

    /// The rules that stand, the oldest first.
    pub(crate) fn all(&self) -> Vec<Arc<Standing>> {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets a rule stand from now on.
    ///
    /// # Errors
    /// Too many stand already.
    pub(crate) fn add(&self, rule: Rule) -> Result<Arc<Standing>, String> {
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        if now.len() >= MAX_RULES {
            return Err(format!("{MAX_RULES} rules stand already"));
        }
        let standing = Standing::of(self.last.fetch_add(1, Ordering::SeqCst) + 1, rule);
        now.push(standing.clone());
        Ok(standing)
    }

    /// Takes a rule away; false where none has that number.
    pub(crate) fn remove(&self, id: u64) -> bool {
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        let before = now.len();
        now.retain(|one| one.id != id);
        now.len() < before
    }

    /// The answer that the rules decide for a call. The rule that came last decides before those that stood before it; the
    /// answer and its wait may come of two.
    pub(crate) fn decide(&self, contract: &Contract, operation: &Operation, context: &Context) -> Decided {
        let mut decided = Decided::default();
        let standing = self.now.read().unwrap_or_else(PoisonError::into_inner);
        if standing.is_empty() {
            return decided;
        }
        let Some(entry) = contract.entries().get(operation.index) else { return decided };
        let (mut has_answer, mut has_wait) = (false, false);
        for one in standing.iter().rev() {
            let is_of_use = one.rule.answers() && !has_answer || one.rule.demand.delay.is_some() && !has_wait;
            if !is_of_use || !one.rule.is_about(contract, entry) {
                continue;
            }
            let Some(demand) = one.rule.demand_of(operation) else { continue };
            if !one.decides(context) {
                continue;
            }
            let delay = if has_wait { decided.demand.delay } else { demand.delay };
            has_wait |= demand.delay.is_some();
            if one.rule.answers() && !has_answer {
                has_answer = true;
                decided.demand = demand;
            }
            decided.demand.delay = delay;
            decided.rules.push(one.words().to_owned());
        }
        decided
    }
}
