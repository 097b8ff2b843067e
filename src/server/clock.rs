//! The mock's time: a fixed start that follows from the seed, one second later with each request. So one seed gives the
//! same times on every machine, and what comes later is dated later.

/// 2025-01-01T00:00:00Z, in seconds since 1970.
const START: i64 = 1_735_689_600;

/// The most days that the start may lie after that: seeds tell worlds apart by their date, too.
const DAYS: u64 = 365;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// A clock that goes by requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    start: i64,
}

impl Clock {
    /// The clock of a seed.
    #[must_use]
    pub fn of_seed(seed: u64) -> Self {
        let days = i64::try_from(seed % DAYS).expect("a number of days fits");
        Self { start: START + days * DAY }
    }

    /// The time of the request of that number, in seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn at(self, number: u64) -> i64 {
        self.start.saturating_add(i64::try_from(number).unwrap_or(i64::MAX))
    }
}
