//! The time that an answer waits: so long, or anything from one time to another, which the seed and the number of the request
//! decide.

use std::time::Duration;

use etalon_contract::behaviour::Context;
use etalon_contract::generate::{Choices as _, Seeded};

/// The longest wait that may be asked for: longer than any client waits by itself.
const MAX_DELAY: Duration = Duration::from_secs(120);

/// A wait from a least to a most, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wait {
    /// The shortest wait.
    pub(crate) least: Duration,
    /// The longest wait.
    pub(crate) most: Duration,
}

impl Wait {
    /// Reads a time or a range of times: `800`, `800ms`, `1.5s`, `800..1200`, `0.8..1.2s`.
    ///
    /// # Errors
    /// One sentence saying how times are written.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let Some((least, most)) = text.split_once("..") else {
            let wait = duration(text, 1.0)?;
            return Ok(Self { least: wait, most: wait });
        };
        // A unit behind the whole range is that of both its ends.
        let has_unit = least.trim().ends_with(|letter: char| letter.is_ascii_alphabetic());
        let unit = if has_unit { 1.0 } else { split(most).1 };
        let wait = Self { least: duration(least, unit)?, most: duration(most, 1.0)? };
        if wait.most < wait.least {
            return Err(format!("`delay` is a range from a shorter time to a longer one, not `{text}`"));
        }
        Ok(wait)
    }

    /// The wait of the request of this seed and number.
    #[must_use]
    pub(crate) fn at(self, context: &Context) -> Duration {
        let micros = u64::try_from((self.most - self.least).as_micros()).unwrap_or(u64::MAX);
        if micros == 0 {
            return self.least;
        }
        let mut choices = Seeded::new(context.seed, ["delay", &context.number.to_string()]);
        self.least + Duration::from_micros(choices.below(micros.saturating_add(1)))
    }
}

/// The number of a time, and how many milliseconds its unit has.
fn split(text: &str) -> (&str, f64) {
    let text = text.trim();
    match text.strip_suffix("ms") {
        Some(number) => (number, 1.0),
        None => text.strip_suffix('s').map_or((text, 1.0), |number| (number, 1000.0)),
    }
}

/// A time in milliseconds, or with its unit; where it has none, in these.
fn duration(text: &str, unit: f64) -> Result<Duration, String> {
    let wrong = || {
        format!(
            "`delay` is a time in milliseconds, or with its unit as in `1.5s`, or a range as in `800..1200`, not `{text}`"
        )
    };
    let (number, own) = split(text);
    let milliseconds = number_of(number).map(|number| number * own * unit).ok_or_else(wrong)?;
    if milliseconds > MAX_DELAY.as_secs_f64() * 1000.0 {
        return Err(format!("`delay` is at most {} s", MAX_DELAY.as_secs()));
    }
    Ok(Duration::from_secs_f64(milliseconds / 1000.0))
}

/// A number of digits with a fraction or none; no sign, no exponent.
fn number_of(text: &str) -> Option<f64> {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), "0"));
    (is_digits(whole) && is_digits(fraction)).then(|| format!("{whole}.{fraction}").parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn milliseconds(text: &str) -> Result<(u128, u128), String> {
        Wait::parse(text).map(|wait| (wait.least.as_millis(), wait.most.as_millis()))
    }

    #[test]
    fn a_time_is_milliseconds_or_has_its_unit() {
        for (text, time) in [("0", 0), ("800", 800), ("800ms", 800), ("1.5s", 1500), ("120s", 120_000)] {
            assert_eq!(milliseconds(text), Ok((time, time)), "{text}");
        }
        for (text, range) in [
            ("800..1200", (800, 1200)),
            ("0.8..1.2s", (800, 1200)),
            ("800ms..1.2s", (800, 1200)),
            ("1s..1.5s", (1000, 1500)),
            ("5..5", (5, 5)),
        ] {
            assert_eq!(milliseconds(text), Ok(range), "{text}");
        }
        for wrong in ["soon", "-1", "1e9", "121s", "", "..", "1..", "..2", "2..1", "1..121s", "1...2"] {
            assert!(milliseconds(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_range_is_decided_by_seed_and_number_and_stays_within() {
        let wait = Wait::parse("800..1200").expect("a range");
        let at = |seed, number| wait.at(&Context { seed, now: 0, number });
        assert_eq!(at(1, 5), at(1, 5));
        let all: Vec<Duration> = (0..50).map(|number| at(1, number)).collect();
        assert!(all.iter().all(|one| (wait.least..=wait.most).contains(one)));
        assert!(all.windows(2).any(|two| two[0] != two[1]) && all[7] != at(2, 7));
    }
}
