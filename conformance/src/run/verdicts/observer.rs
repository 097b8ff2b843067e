//! The observer of responses: what every exchange shows of the documented responses of its operation.

use etalon_contract::rule::{ResponseRule, Rule};

use crate::case::{Sends, Task};
use crate::judge::response::{self, observe};
use crate::judge::status::{Class, class};
use crate::run::executor::Outcome;
use crate::run::verdicts::{RowIndex, Verdicts};
use crate::scenario::{Tainted, read_back};
use crate::transcript::Exchange;
use crate::verdict::{FailureKind, Verdict};

impl Verdicts<'_> {
    /// The verdicts of an exchange on the documented responses of its operation, each with its place in the plan. Where
    /// it holds what an accepted breach left behind, that proves nothing and is no fault of its own.
    #[must_use]
    pub(crate) fn observe(&self, exchange: &Exchange, tainted: &Tainted) -> Vec<(usize, usize, Verdict)> {
        let Some(planned) = self.planned(exchange.operation) else { return Vec::new() };
        let (operation, rows) = &self.rows[planned];
        let Ok(operation) = self.session.contract.operation(*operation) else { return Vec::new() };
        let seen = observe(self.session.contract, operation, &exchange.request, &exchange.response);
        let Some(mut observation) = seen else { return Vec::new() };
        let mut cause = None;
        if let Ok(violations) = &mut observation.violations {
            violations.retain(|violation| match tainted.explains(self.session, exchange, violation) {
                Some(row) => {
                    cause.get_or_insert_with(|| row.to_owned());
                    false
                }
                None => true,
            });
        }
        let verdicts = rows.iter().enumerate().filter_map(|(row, of)| {
            let verdict = response::verdict(of, &observation)?;
            Some(match (&of.rule, verdict, &cause) {
                (Rule::Response(ResponseRule::Conforms(_)), Verdict::Proved { .. }, Some(cause))
                    if !self.is_decided((planned, row)) =>
                {
                    let why = format!("its content is what was wrongly accepted before: see {cause}");
                    (planned, row, Verdict::Inconclusive(why))
                }
                (Rule::Response(ResponseRule::Conforms(_)), Verdict::Proved { .. }, Some(_)) => return None,
                (_, verdict, _) => (planned, row, verdict),
            })
        });
        verdicts.collect()
    }

    /// The verdict of an exchange on the documented success where a valid request was answered with a failure of the
    /// server. In cases whose requests are valid but for their credentials, method or `Accept`, that says nothing.
    #[must_use]
    pub(crate) fn unserved(&self, task: Task<'_>, exchange: &Exchange) -> Option<(usize, usize, Verdict)> {
        let ordinary = match task.sends() {
            Sends::Valid | Sends::AtLimit | Sends::Breach | Sends::AgainstAdvice | Sends::Story => true,
            Sends::Altered => false,
        };
        // A connection that broke over it is no answer at all.
        let broke = exchange.response.status == 0;
        if !ordinary || !broke && class(exchange.response.status) != Class::Server {
            return None;
        }
        let planned = self.planned(exchange.operation)?;
        read_back(self.session, &exchange.request)?;
        let (operation, rows) = &self.rows[planned];
        let operation = self.session.contract.operation(*operation).ok()?;
        let success = operation.success()?.status;
        let row = rows
            .iter()
            .position(|row| matches!(row.rule, Rule::Response(ResponseRule::Conforms(status)) if status == success))?;
        let verdict = if broke {
            Some(response::crashed(&exchange.response))
        } else {
            response::unserved(operation, &exchange.response)
        };
        Some((planned, row, verdict?))
    }

    /// The index of the first exchange of an outcome that violates a row of the responses in this way, with the
    /// verdict.
    #[must_use]
    pub(crate) fn shows(
        &self,
        outcome: &Outcome,
        (planned, row): RowIndex,
        kind: &FailureKind,
        task: Task<'_>,
        tainted: &Tainted,
    ) -> Option<(usize, Verdict)> {
        outcome.exchanges().enumerate().find_map(|(at, exchange)| {
            let verdicts = self.observe(exchange, tainted).into_iter().chain(self.unserved(task, exchange));
            let here = verdicts.into_iter().find(|(c, r, _)| (*c, *r) == (planned, row)).map(|(.., verdict)| verdict);
            here.filter(|verdict| matches!(verdict, Verdict::Violated(failure) if failure.kind == *kind))
                .map(|verdict| (at, verdict))
        })
    }
}
