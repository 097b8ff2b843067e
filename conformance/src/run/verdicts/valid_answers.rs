//! The answers to plain valid requests: they tell whether the target is this API at all, and whether it lets anybody in.

use etalon_contract::model::MediaType;

use crate::case::{Case, CaseKind};
use crate::judge::limit::said;
use crate::judge::status::{Class, Unrelated, class};
use crate::plan::OperationPlan;
use crate::run::executor::Outcome;
use crate::run::verdicts::Verdicts;
use crate::transcript::Role;
use crate::verdict::Verdict;

impl Verdicts<'_> {
    /// Notes what a plain valid request was answered.
    pub(crate) fn note_valid(&mut self, planned: &OperationPlan, case: &Case, outcome: &Outcome) {
        if !matches!(case.kind, CaseKind::Valid(_)) {
            return;
        }
        for exchange in outcome.exchanges() {
            self.tried += 1;
            if matches!(exchange.response.status, 401 | 403) {
                self.locked.push(exchange.response.clone());
            }
        }
        let Some(number) = self.planned(Some(planned.operation)) else { return };
        let mut tested = outcome.exchanges().filter(|exchange| exchange.role == Role::Tested).peekable();
        if tested.peek().is_none()
            && let Verdict::Inconclusive(why) | Verdict::Unreachable(why) = &outcome.verdict
        {
            self.valid[number].unsent = Some(why.clone());
        }
        self.valid[number].answers.extend(tested.map(|exchange| exchange.response.clone()));
    }

    /// The answer to every request so far, in a few words, where none was let in.
    #[must_use]
    pub(crate) fn locked_out(&self) -> Option<String> {
        self.locked.first().filter(|_| self.locked.len() == self.tried).map(said)
    }

    /// The answer to every valid request, in a few words, where that is not this API: pages for people, or nothing
    /// found anywhere, in a media type that the contract does not have.
    #[must_use]
    pub(crate) fn another_server(&self) -> Option<String> {
        let mut answers = Vec::new();
        let mut nowhere = 0;
        for ((operation, _), valid) in self.rows.iter().zip(&self.valid) {
            let operation = self.session.contract.operation(*operation).ok()?;
            for response in &valid.answers {
                let sent = response.headers.get("content-type").and_then(MediaType::parse);
                let documented = operation.responses.iter().flat_map(|response| &response.content);
                let known = sent.as_ref().is_some_and(|sent| documented.clone().any(|c| c.media_type.covers(sent)));
                let page = sent.as_ref().is_some_and(|sent| sent.essence() == "text/html");
                // That a path without parameters is not there is never for want of an item, whatever shape it is told in.
                if class(response.status) == Class::Missing && known {
                    nowhere += usize::from(operation.path.parameters().next().is_none());
                    continue;
                }
                let strange = match class(response.status) {
                    Class::Success => page,
                    Class::Missing | Class::Unrelated(Unrelated::Redirect) => {
                        page || operation.response(response.status).is_none()
                    }
                    Class::Protocol => response.status == 405,
                    Class::Invalid
                    | Class::Conflict
                    | Class::Server
                    | Class::Unrelated(Unrelated::Credentials | Unrelated::Busy | Unrelated::Odd) => page,
                };
                if known || !strange {
                    return None;
                }
                let shown = sent.map_or_else(|| "nothing".to_owned(), |sent| sent.essence());
                answers.push(format!("{} with {shown}", response.status));
            }
        }
        let missing = (nowhere >= NOWHERE).then(|| "404, to paths that name nothing that could be missing".to_owned());
        answers.into_iter().next().or(missing)
    }
}

/// The fewest paths without parameters that must be missing, and nothing else be there, where they are told to be in a
/// media type that the contract has: one or two of them may stand for something that is not there yet.
const NOWHERE: usize = 5;
