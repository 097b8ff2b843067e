//! Rules that stand for all clients: how some operations are answered, always, for so many calls, or for a part of them. They are
//! data, with words of their own; `standing` counts their calls.

mod standing;

use etalon_contract::document::nearest;
use etalon_contract::model::{Contract, Entry, Operation, StatusPattern};

use crate::criterion::Criterion;
use crate::server::demand::{Demand, Fault, preferences};

pub use standing::Rules;
pub(crate) use standing::{Decided, Standing};

/// A rule: the operations that it is about, and how they are answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The words that it was written in.
    words: String,
    /// The operations that it is about.
    criterion: Criterion,
    /// The answer that they have.
    demand: Demand,
    /// True where the answer is some documented failure, whichever there is.
    fails: bool,
    /// The calls that it holds for; `None` for all.
    times: Option<u64>,
    /// The part of these that it decides, in millionths.
    rate: Option<u64>,
}

/// The whole of a rate.
const WHOLE: u64 = 1_000_000;

/// The most characters of a rule.
const MAX_RULE: usize = 1_000;

/// The statuses that services fail with, the likeliest first.
const FAILURES: [u16; 4] = [503, 500, 502, 504];

/// The status of too many requests.
const TOO_MANY: u16 = 429;

impl Rule {
    /// Reads `OPERATION: code=503, times=3`. What stands before the colon chooses operations; what stands behind it are the names
    /// and values of `Prefer`, and `fail`, `times` and `rate`.
    ///
    /// # Errors
    /// One sentence saying what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > MAX_RULE {
            return Err(format!("a rule has at most {MAX_RULE} bytes"));
        }
        let shape = "a rule is written as `OPERATION: code=503, times=3`";
        let (chosen, said) = text.split_once(": ").ok_or_else(|| format!("{shape}, not `{text}`"))?;
        let mut rule = Self {
            words: text.trim().to_owned(),
            criterion: Criterion::parse(chosen)?,
            demand: Demand::default(),
            fails: false,
            times: None,
            rate: None,
        };
        for (name, value) in preferences(said) {
            rule.take(&name, &value)?;
        }
        rule.demand.check()?;
        if !rule.answers() && rule.demand.delay.is_none() {
            return Err(format!("`{text}` says nothing of the answer; {shape}"));
        }
        if rule.fails && rule.demand.code.is_some() {
            return Err("a rule has `fail` or `code`, not both".to_owned());
        }
        Ok(rule)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "fail" if value.is_empty() => self.fails = true,
            "times" if self.times.is_none() => {
                let times = value.parse().ok().filter(|times| *times > 0);
                self.times = Some(times.ok_or_else(|| format!("`times` is a number from 1, not `{value}`"))?);
            }
            "rate" if self.rate.is_none() => {
                self.rate = Some(rate(value).ok_or_else(|| format!("`rate` is a number from 0 to 1, not `{value}`"))?);
            }
            _ if self.demand.take(name, value)? => {}
            _ => {
                let names = "code, example, dynamic, seed, delay, fault, fail, times and rate";
                return Err(format!("a rule has {names}, each once, not `{name}`"));
            }
        }
        Ok(())
    }

    /// The words that it was written in.
    #[must_use]
    pub fn words(&self) -> &str {
        &self.words
    }

    /// The operations that it is about.
    #[must_use]
    pub fn criterion(&self) -> &Criterion {
        &self.criterion
    }

    /// True where it says more of the answer than how long it waits.
    fn answers(&self) -> bool {
        self.fails || Demand { delay: None, ..self.demand.clone() } != Demand::default()
    }

    /// Checks that an operation can be answered so.
    ///
    /// # Errors
    /// One sentence saying what its document does not have.
    pub fn check(&self, operation: &Operation) -> Result<(), String> {
        let documented: Vec<String> = operation.responses.iter().map(|one| one.status.to_string()).collect();
        let documented = documented.join(", ");
        let id = &operation.id;
        if self.fails && failure(operation).is_none() {
            return Err(format!(
                "{id} documents no failure, but {documented}; a rule may ask for `fault=drop` or `code=503, fault=undocumented`"
            ));
        }
        match self.demand.code {
            Some(code) if operation.response(code).is_none() && self.demand.fault != Some(Fault::Undocumented) => {
                Err(format!(
                    "{id} documents no response {code}, but {documented}; a rule may say `code={code}, fault=undocumented`"
                ))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Checks that some operation of the contracts can be answered so. Of many operations, those that cannot be are answered as ever.
    ///
    /// # Errors
    /// One sentence saying that there is no such operation, with one that comes near, or what those that there are do not document.
    pub fn serves<'c>(&self, contracts: impl IntoIterator<Item = &'c Contract>) -> Result<(), String> {
        let (mut why, mut ids) = (None, Vec::new());
        for contract in contracts {
            ids.extend(contract.entries().iter().map(|entry| entry.id.as_str()));
            for entry in contract.entries().iter().filter(|entry| self.is_about(contract, entry)) {
                match contract.operation(entry.index).map(|operation| self.check(operation)) {
                    Ok(Ok(())) => return Ok(()),
                    Ok(Err(reason)) => why = why.or(Some(reason)),
                    // What cannot be read cannot be served either, and is told elsewhere.
                    Err(_) => {}
                }
            }
        }
        let word = self.criterion.word();
        Err(why.unwrap_or_else(|| match nearest(word, ids) {
            Some(near) => format!("no operation fits `{word}`; there is `{near}`"),
            None => format!("no operation fits `{word}`"),
        }))
    }

    /// The answer that an operation has by this rule; `None` where it cannot be answered so.
    fn demand_of(&self, operation: &Operation) -> Option<Demand> {
        self.check(operation).ok()?;
        let code = if self.fails { failure(operation) } else { self.demand.code };
        Some(Demand { code, ..self.demand.clone() })
    }

    /// True where it is about an operation.
    fn is_about(&self, contract: &Contract, entry: &Entry) -> bool {
        self.criterion.takes(contract, entry)
    }
}

/// A part of a whole in millionths.
fn rate(text: &str) -> Option<u64> {
    let number: f64 = text.parse().ok()?;
    if !(0.0..=1.0).contains(&number) {
        return None;
    }
    // Rounded to a number that a text of so many digits means.
    format!("{:.0}", number * 1_000_000.0).parse().ok()
}

/// The documented status that an operation fails with: a usual one, any of the server's, too many requests, or whatever
/// else there is.
fn failure(operation: &Operation) -> Option<u16> {
    let documents = |pattern: StatusPattern| operation.responses.iter().any(|one| one.status == pattern);
    let exact = operation.responses.iter().filter_map(|one| match one.status {
        StatusPattern::Exact(status) => Some(status),
        StatusPattern::Range(_) | StatusPattern::Default => None,
    });
    let usual = FAILURES.into_iter().find(|status| documents(StatusPattern::Exact(*status)));
    usual
        .or_else(|| documents(StatusPattern::Range(5)).then_some(FAILURES[0]))
        .or_else(|| exact.filter(|status| *status >= 500).min())
        .or_else(|| documents(StatusPattern::Exact(TOO_MANY)).then_some(TOO_MANY))
        .or_else(|| documents(StatusPattern::Default).then_some(FAILURES[0]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_says_whom_and_how() {
        let rule = Rule::parse("createOrder: code=503, times=3").expect("a rule");
        assert_eq!((rule.demand.code, rule.times, rule.rate), (Some(503), Some(3), None));
        let rule = Rule::parse("tag:orders: fail, rate=0.25, delay=1s").expect("a rule");
        assert_eq!((rule.criterion, rule.rate, rule.fails), (Criterion::Tag("orders".into()), Some(250_000), true));
        assert!(Rule::parse("GET /a/*: delay=800..1200").is_ok_and(|rule| !rule.answers()));
        for wrong in [
            "createOrder",
            "createOrder: ",
            ": code=503",
            "a: times=3",
            "a: code=503, times=0",
            "a: code=503, rate=2",
            "a: fail, code=503",
            "a: code=503, colour=red",
            "a: fault=undocumented",
            "a: fault=flood",
            "a: code=99",
        ] {
            assert!(Rule::parse(wrong).is_err(), "{wrong}");
        }
    }
}
