//! The verdicts that the exchanges of a case show of stories, whatever the case is about.

use etalon_contract::rule::Rule;

use crate::history::{Sight, sights};
use crate::run::executor::Outcome;
use crate::run::verdicts::{RowIndex, Verdicts};
use crate::verdict::{FailureKind, Verdict};

impl Verdicts<'_> {
    /// What the exchanges of an outcome show of stories, each with its place in the plan.
    #[must_use]
    pub(crate) fn history(&self, outcome: &Outcome) -> Vec<(RowIndex, Sight)> {
        let found = sights(self.session, outcome.exchanges()).into_iter();
        found.filter_map(|sight| Some((self.story(&sight)?, sight))).collect()
    }

    /// The sight of an outcome that violates a row in this way.
    #[must_use]
    pub(crate) fn tells(&self, outcome: &Outcome, spot: RowIndex, kind: &FailureKind) -> Option<Sight> {
        let mut found = self.history(outcome).into_iter();
        let fails = |sight: &Sight| matches!(&sight.verdict, Verdict::Violated(failure) if failure.kind == *kind);
        found.find(|(known, sight)| *known == spot && fails(sight)).map(|(_, sight)| sight)
    }

    /// The row of the story that a sight tells.
    fn story(&self, sight: &Sight) -> Option<RowIndex> {
        let planned = self.planned(Some(sight.operation))?;
        let (_, rows) = &self.rows[planned];
        let row = rows.iter().position(|row| matches!(row.rule, Rule::Story(story) if story == sight.story))?;
        Some((planned, row))
    }
}
