//! The flags about rules -> rules: `--fail`, `--delay` and `--fault-rate` say what `--rule` says in full.

use clap::Args;

use crate::cli::run::select::taken;
use crate::cli::{Failure, Loaded};
use crate::server::Rule;

/// The flags about rules.
#[derive(Clone, Debug, Default, Args)]
pub struct RuleArgs {
    /// Answer operations with this documented status, whatever is sent
    #[arg(long, value_name = "OPERATION=STATUS")]
    pub fail: Vec<String>,

    /// Let answers of operations wait so many milliseconds, or within a range; without OPERATION, all answers
    #[arg(long, value_name = "[OPERATION=]TIME[..TIME]")]
    pub delay: Vec<String>,

    /// Let this part of the calls of operations fail with a documented status, 0.1 for a tenth; the seed decides which
    #[arg(long, value_name = "OPERATION=RATE")]
    pub fault_rate: Vec<String>,

    /// Answer operations by a rule: `code`, `example`, `dynamic`, `seed`, `delay` and `fault` as in Prefer, `fail`, `rate`, and `times` for
    /// the next calls alone
    #[arg(long, value_name = "OPERATION: NAME=VALUE, ...")]
    pub rule: Vec<String>,
}

impl RuleArgs {
    /// The rules of the flags; of several about one operation, the last one decides.
    ///
    /// # Errors
    /// A flag that cannot be understood, or an operation that is not there or does not document that.
    pub fn rules(&self, loaded: &[Loaded]) -> Result<Vec<Rule>, Failure> {
        let all = |text: &str| if text.contains('=') { text.to_owned() } else { format!("*={text}") };
        let flags = self
            .delay
            .iter()
            .map(|text| ("--delay", split(&all(text), "delay=")))
            .chain(self.fault_rate.iter().map(|text| ("--fault-rate", split(text, "fail, rate="))))
            .chain(self.fail.iter().map(|text| ("--fail", split(text, "code="))))
            .chain(self.rule.iter().map(|text| ("--rule", Ok(text.clone()))));
        flags.map(|(flag, text)| rule(flag, text, loaded)).collect()
    }
}

/// A flag `OPERATION=VALUE` as a rule.
fn split(text: &str, name: &str) -> Result<String, String> {
    match text.rsplit_once('=') {
        Some((operation, value)) if !operation.is_empty() && !value.is_empty() => {
            Ok(format!("{operation}: {name}{value}"))
        }
        Some(_) | None => Err(format!("`{text}` is not written as OPERATION=VALUE")),
    }
}

fn rule(flag: &str, text: Result<String, String>, loaded: &[Loaded]) -> Result<Rule, Failure> {
    let wrong = |why: String| Failure::usage(format!("{why} for {flag}"), None);
    let rule = text.and_then(|text| Rule::parse(&text)).map_err(wrong)?;
    taken(rule.criterion(), loaded, "see etalon explain for the operations that there are")?;
    rule.serves(loaded.iter().map(|one| one.contract.as_ref())).map_err(wrong)?;
    Ok(rule)
}
