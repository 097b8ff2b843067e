//! What a run could not test: the operations with their reasons, and the help that would let most be tested.

use crate::report::{Group, OperationReport, Report};
use crate::verdict::Verdict;

/// The most pieces of help that are told: more is a list that nobody reads.
const HELPS: usize = 3;

/// The help for an operation that was not tested, from the reason why it was not.
fn help(id: &str, why: &str) -> String {
    for flag in ["--allow-writes", "--allow-destructive", "--read-only"] {
        if why.contains(flag) {
            return match flag {
                "--read-only" => "leave out --read-only: the operation changes something".to_owned(),
                flag => format!("{flag}: the operation changes something"),
            };
        }
    }
    if let Some((_, set)) = why.split_once("with --set ") {
        let names = set.split(';').next().unwrap_or(set);
        return format!("--set {names}, with something that exists on the target");
    }
    if why.contains("429") || why.contains("503") {
        return "--rate N/s, or a higher limit: the target asks for time".to_owned();
    }
    if why.contains("credentials") || why.contains("401") || why.contains("403") {
        return "--auth SCHEME=VALUE: the target lets nobody in, or not here".to_owned();
    }
    if why.contains("501") {
        return "an implementation: the target answers 501".to_owned();
    }
    if why.contains("404") {
        return format!("--set {id}.NAME=VALUE, with something that exists on the target");
    }
    format!("--set '{id}.body#/POINTER=VALUE', with what the target accepts: {why}")
}

impl OperationReport {
    /// The reason why the operation was not tested, from its documented responses; `None` where they were decided.
    fn why(&self) -> Option<&str> {
        self.rows.iter().find_map(|row| match &row.verdict {
            Verdict::Inconclusive(why) if row.group() == Group::Responses => Some(why.as_str()),
            Verdict::Inconclusive(_)
            | Verdict::Proved { .. }
            | Verdict::Violated(_)
            | Verdict::Unreachable(_)
            | Verdict::Waived(_) => None,
        })
    }
}

impl Report {
    /// The reason why nothing was tested: what the first operation's valid requests were answered.
    #[must_use]
    pub fn why_nothing(&self) -> Option<&str> {
        self.operations.iter().find_map(OperationReport::why)
    }

    /// The help that would let most be tested: at most three sentences, each with the number of operations that wait
    /// for it.
    #[must_use]
    pub fn helps(&self) -> Vec<String> {
        let mut counts: Vec<(String, usize)> = Vec::new();
        for (id, why) in self.untested() {
            let help = help(id, why);
            match counts.iter_mut().find(|(known, _)| *known == help) {
                Some((_, count)) => *count += 1,
                None => counts.push((help, 1)),
            }
        }
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts.truncate(HELPS);
        counts
            .into_iter()
            .map(|(help, count)| format!("{help} ({count} {})", if count == 1 { "operation" } else { "operations" }))
            .collect()
    }

    /// The operations that could not be tested, by id, each with the reason: those that the document describes too badly,
    /// and those of which the target accepted no valid request.
    #[must_use]
    pub fn untested(&self) -> Vec<(&str, &str)> {
        let unusable = self.unusable.iter().map(|(id, why)| (id.as_str(), why.as_str()));
        let unseen = self.operations.iter().filter(|operation| !operation.is_tested());
        unusable
            .chain(unseen.map(|operation| {
                (operation.id.as_str(), operation.why().unwrap_or("no valid request of it was accepted"))
            }))
            .collect()
    }

    /// The same, with the credentials masked in the reasons.
    pub(crate) fn untested_masked(&self) -> Vec<(&str, String)> {
        self.untested().into_iter().map(|(id, why)| (id, self.mask.prose(why))).collect()
    }
}
