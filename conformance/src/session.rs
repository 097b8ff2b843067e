//! The context of a run: the contract, what its operations do to state, and the settings. It knows of no case and no target.

use etalon_contract::behaviour::{Behaviour, Effect, PageBy};
use etalon_contract::codec::Draft;
use etalon_contract::model::{Contract, In, Operation};
use etalon_contract::rule::Subject;

use crate::settings::Settings;

/// The `User-Agent` of every request, unless the contract has something to say about that field.
pub(crate) const USER_AGENT: &str = concat!("etalon/", env!("CARGO_PKG_VERSION"));

/// The context of a run, shared by all of its cases.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Session<'c> {
    /// The contract that is tested.
    pub contract: &'c Contract,
    /// The behaviour of its operations: what they do to state.
    pub behaviour: &'c Behaviour,
    /// The settings of the run.
    pub settings: &'c Settings,
}

impl<'c> Session<'c> {
    /// The effect of an operation.
    #[must_use]
    pub(crate) fn effect(&self, operation: &Operation) -> Option<&'c Effect> {
        self.behaviour.effects.get(operation.index)
    }

    /// Leaves out the cursors, whose values only the target can make up, but for the one that is spoken of.
    pub(crate) fn forget(&self, operation: &Operation, draft: &mut Draft, spoken_of: Option<&Subject>) {
        for name in self.cursors(operation) {
            let subject = Subject::Parameter { place: In::Query, name: name.to_owned() };
            let required = operation.parameter(In::Query, name).is_some_and(|parameter| parameter.required);
            if !required && spoken_of != Some(&subject) {
                draft.remove_parameter(In::Query, name);
            }
        }
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
