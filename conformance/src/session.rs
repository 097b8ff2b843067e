//! The context of a run: the contract, what its operations do to state, and the settings. It knows of no case and no target.

use std::cell::RefCell;
use std::rc::Rc;

use etalon_contract::behaviour::{Action, Behaviour, Effect, PageBy};
use etalon_contract::codec::{Draft, parameter_examples};
use etalon_contract::model::{Contract, In, Operation};
use etalon_contract::rule::Subject;

use crate::credentials::Credentials;
use crate::knowledge::Knowledge;
use crate::settings::Settings;

/// The `User-Agent` of every request, unless the contract has something to say about that field.
pub(crate) const USER_AGENT: &str = concat!("etalon/", env!("CARGO_PKG_VERSION"));

/// Fields that make a request depend on what is there (RFC 9110 §13.1): a made-up value can only fail.
const PRECONDITIONS: [&str; 5] = ["If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range"];

/// The context of a run, shared by all of its cases.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Session<'c> {
    /// The contract that is tested.
    pub contract: &'c Contract,
    /// The behaviour of its operations: what they do to state.
    pub behaviour: &'c Behaviour,
    /// The settings of the run.
    pub settings: &'c Settings,
    /// The knowledge of the target from the cases before this one; it stays the same within a case.
    pub knowledge: &'c RefCell<Knowledge>,
}

impl<'c> Session<'c> {
    /// The credentials that requests have now: those of the settings, or those after them once they have ended.
    #[must_use]
    pub(crate) fn credentials(&self) -> Rc<Credentials> {
        let known = self.knowledge.borrow().credentials();
        known.unwrap_or_else(|| Rc::new(self.settings.credentials.clone()))
    }

    /// The effect of an operation.
    #[must_use]
    pub(crate) fn effect(&self, operation: &Operation) -> Option<&'c Effect> {
        self.behaviour.effects.get(operation.index)
    }

    /// Makes a draft more likely to be served, but for the part that is spoken of: leaves out preconditions and cursors, whose
    /// values only the target can make up, and asks for what the document's examples name.
    pub(crate) fn suit(&self, operation: &Operation, draft: &mut Draft, spoken_of: Option<&Subject>) {
        for name in PRECONDITIONS {
            let given = operation.parameter(In::Header, name).filter(|parameter| !parameter.required);
            if let Some(parameter) = given
                && !matches!(spoken_of, Some(Subject::Parameter { place: In::Header, name: spoken }) if spoken.eq_ignore_ascii_case(name))
            {
                draft.remove_parameter(In::Header, &parameter.name);
            }
        }
        for name in self.cursors(operation) {
            let subject = Subject::Parameter { place: In::Query, name: name.to_owned() };
            let required = operation.parameter(In::Query, name).is_some_and(|parameter| parameter.required);
            if !required && spoken_of != Some(&subject) {
                draft.remove_parameter(In::Query, name);
            }
        }
        for parameter in operation.parameters.iter().filter(|parameter| parameter.place == In::Path) {
            let subject = Subject::Parameter { place: In::Path, name: parameter.name.clone() };
            if spoken_of != Some(&subject)
                && self.reads(operation)
                && let Some(example) = parameter_examples(self.contract, parameter).into_iter().next()
            {
                draft.set_parameter(In::Path, &parameter.name, example);
            }
        }
    }

    /// True where an operation leaves what its path names as it is.
    #[must_use]
    pub(crate) fn reads(&self, operation: &Operation) -> bool {
        operation.method.is_safe()
            || self.effect(operation).is_some_and(|effect| matches!(effect.action, Action::Create | Action::Answer))
    }

    /// The names of the query parameters whose values only the target can make up.
    #[must_use]
    pub(crate) fn cursors(&self, operation: &Operation) -> Vec<&'c str> {
        match self.effect(operation).and_then(|effect| effect.paging.as_ref()).map(|paging| &paging.by) {
            Some(PageBy::Cursor { after, before }) => {
                [after, before].into_iter().flatten().map(String::as_str).collect()
            }
            Some(PageBy::Offset(_) | PageBy::Page(_) | PageBy::Nothing) | None => Vec::new(),
        }
    }
}
