//! Looking up what was recorded, for a run whose plan is another than the recorded one, since its rules are: each request is answered as
//! the same request of the same case was; what was not asked then stays untold.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};

use etalon_contract::codec::{Request, Response};

use crate::recording::entry::{Heard, Outcome, Sent};
use crate::recording::reading::Section;
use crate::target::{Exchange, Purpose, TargetError};

/// The exchanges of each case that were not asked for yet, in order.
type Left<'s> = BTreeMap<Option<String>, VecDeque<(&'s Sent, &'s Outcome)>>;

/// A recording in which answers are looked up.
#[derive(Debug)]
pub(super) struct Looking<'s> {
    section: &'s Section,
    left: RefCell<Left<'s>>,
    case: RefCell<Option<String>>,
}

impl<'s> Looking<'s> {
    /// The exchanges of a recorded run.
    pub(super) fn of(section: &'s Section) -> Self {
        let mut sent: BTreeMap<usize, &Sent> = BTreeMap::new();
        let mut left = Left::new();
        for entry in &section.entries {
            if let Heard::Sent(request) = &entry.heard {
                sent.insert(request.number, request);
            }
            if let Heard::Got(got) = &entry.heard
                && let Some(request) = sent.remove(&got.number)
            {
                left.entry(request.case.clone()).or_default().push_back((request, &got.outcome));
            }
        }
        Self { section, left: RefCell::new(left), case: RefCell::default() }
    }
}

impl Exchange for Looking<'_> {
    async fn send(&self, request: &Request) -> Result<Response, TargetError> {
        let mut left = self.left.borrow_mut();
        let found = left.get_mut(&*self.case.borrow()).and_then(|exchanges| {
            let is_same = |sent: &Sent| sent.request(self.section.content(sent.content.as_deref())) == *request;
            let at = exchanges.iter().position(|(sent, _)| is_same(sent))?;
            exchanges.remove(at)
        });
        match found {
            Some((_, outcome)) => outcome.answer(self.section.content(outcome.content())),
            None => Err(TargetError::Withheld("the recording holds no such request of this case".to_owned())),
        }
    }

    fn is_for(&self, purpose: Purpose<'_>) {
        *self.case.borrow_mut() = purpose.case.map(str::to_owned);
    }

    fn mount(&self) -> String {
        self.section.opening.mount.clone()
    }

    fn origin(&self) -> String {
        self.section.opening.origin.clone()
    }
}
