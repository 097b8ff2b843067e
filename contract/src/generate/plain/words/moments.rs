//! Times in members without a `format`, as texts that every reader of dates understands (RFC 3339, ISO 8601).

use crate::generate::Choices;

/// A time without a `format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Time {
    Date,
    BirthDate,
    Moment,
    Clock,
    Duration,
}

/// A text of a kind that is about time.
pub(super) fn text(kind: Time, choices: &mut dyn Choices) -> String {
    match kind {
        Time::Date => date(2025, 1, choices),
        // Old enough for everything.
        Time::BirthDate => date(1955, 50, choices),
        Time::Moment => format!("{}T{}Z", date(2025, 1, choices), clock(choices)),
        Time::Clock => clock(choices),
        Time::Duration => format!("PT{}M", 5 * (1 + choices.below(20))),
    }
}

fn date(year: u64, years: u64, choices: &mut dyn Choices) -> String {
    format!("{}-{:02}-{:02}", year + choices.below(years), 1 + choices.below(12), 1 + choices.below(28))
}

fn clock(choices: &mut dyn Choices) -> String {
    format!("{:02}:{:02}:{:02}", 7 + choices.below(13), choices.below(60), choices.below(60))
}
