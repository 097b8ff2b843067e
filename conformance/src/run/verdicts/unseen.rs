//! The end of the verdicts: rows that nothing was seen of get their reason, waivers are applied, the report is made.

use etalon_contract::rule::{ResponseRule, Rule};

use crate::judge::response;
use crate::judge::status::{Class, class_for};
use crate::plan::Plan;
use crate::report::{Course, Ending, OperationResult, Report, RowResult};
use crate::run::verdicts::Verdicts;
use crate::verdict::Verdict;

impl Verdicts<'_> {
    /// The report: what is not known by now was not seen.
    #[must_use]
    pub(crate) fn report(mut self, plan: &Plan, target: String, course: &Course) -> Report {
        let unplayed = match &course.ending {
            Ending::Complete => "no case was executed",
            Ending::Traffic => "the traffic does not show it",
            Ending::Interrupted => "the run was interrupted before it",
            Ending::OutOfTime => "the run took all of its time before it",
            Ending::Gone(_) => "the target was gone before it",
        };
        for planned in 0..self.rows.len() {
            self.fill(planned);
        }
        let waivers = &self.session.settings.waivers;
        let known = self.rows.iter().zip(self.known).zip(self.valid);
        let results = known.map(|(((operation, rows), known), valid)| {
            let rows = rows.iter().zip(known).map(|(row, known)| {
                let mut verdict = known.verdict.unwrap_or_else(|| Verdict::inconclusive(unplayed));
                let waiver = waivers.iter().find(|(id, _)| *id == row.id);
                if let (Verdict::Violated(_), Some((_, why))) = (&verdict, waiver) {
                    verdict = Verdict::Waived(why.clone());
                }
                let refusal = known.refusal.filter(|_| waiver.is_none());
                RowResult { row: row.clone(), verdict, evidence: known.evidence, refusal, cases: known.cases }
            });
            let accepted = valid.answers.iter().any(|answer| match self.session.contract.operation(*operation) {
                Ok(operation) => class_for(operation, answer.status) == Class::Success,
                Err(_) => false,
            });
            OperationResult { operation: *operation, accepted, rows: rows.collect() }
        });
        let results: Vec<OperationResult> = results.collect();
        Report::new(self.session, plan, results, target, (course, self.silent))
    }

    /// Says of the responses that were not seen why that is.
    fn fill(&mut self, planned: usize) {
        let valid = &self.valid[planned];
        let (operation, rows) = &self.rows[planned];
        let Ok(operation) = self.session.contract.operation(*operation) else { return };
        let accepted = valid.answers.iter().any(|answer| class_for(operation, answer.status) == Class::Success);
        for known in self.known[planned].iter_mut().filter(|known| !accepted && known.verdict.is_none()) {
            // No other valid request was accepted, so that it is refused is all that is known of the success.
            if let Some(refusal) = known.refusal.take() {
                known.verdict = Some(Verdict::Violated(refusal.failure));
                known.evidence = refusal.evidence;
            }
        }
        for (row, of) in rows.iter().enumerate() {
            if let (Rule::Response(ResponseRule::Conforms(status)), None) =
                (&of.rule, &self.known[planned][row].verdict)
            {
                self.known[planned][row].verdict =
                    Some(response::unseen(operation, *status, &valid.answers, valid.unsent.as_deref()));
            }
        }
        for (row, of) in rows.iter().enumerate() {
            let Rule::Response(rule) = &of.rule else { continue };
            if self.known[planned][row].verdict.is_some() {
                continue;
            }
            let conforms = ResponseRule::Conforms(rule.status());
            let response =
                rows.iter().position(|other| matches!(&other.rule, Rule::Response(rule) if *rule == conforms));
            let response = response.and_then(|response| self.known[planned][response].verdict.clone());
            let response = response.unwrap_or_else(|| Verdict::unreachable("it is not documented"));
            let unseen = match rule {
                ResponseRule::Conforms(_) => continue,
                ResponseRule::Header { .. } => response::unseen_header(&response),
                ResponseRule::WriteOnly(_) => response::unseen_owner(&response),
            };
            self.known[planned][row].verdict = Some(unseen);
        }
    }
}
