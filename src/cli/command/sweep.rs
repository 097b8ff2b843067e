//! `etalon sweep`: removes what a run has left on a target, by the run's ledger: what was made is deleted, the latest first,
//! and what was changed is put back. A request that was in flight when the run was killed is looked for in its list.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use etalon_conformance::sweep::{Sweep, sweep};
use etalon_conformance::{Http, TIMEOUT};

use crate::cli::log::for_terminal;
use crate::cli::{Exit, Failure, whole};

/// The end of `--help`.
const EXAMPLES: &str = "\
Examples:
  etalon sweep /tmp/etalon-4711.ledger                             remove what that run left behind
  etalon sweep run.ledger -H \"Authorization: Bearer $TOKEN\"        with credentials, which no ledger holds
  etalon sweep run.ledger --dry-run                                say what would be removed

Exit codes: 0 nothing is left, 1 something is, 2 a flag or the ledger is wrong, 3 the target cannot
be reached.";

/// The flags of `etalon sweep`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct SweepArgs {
    /// The ledger that `etalon test` wrote
    #[arg(value_name = "LEDGER")]
    pub ledger: PathBuf,

    /// A header field of every request: a ledger holds no credentials
    #[arg(long = "header", short = 'H', value_name = "NAME: VALUE")]
    pub headers: Vec<String>,

    /// Say what would be removed, and send nothing that changes anything
    #[arg(long)]
    pub dry_run: bool,
}

/// Removes what is left.
///
/// # Errors
/// The ledger cannot be read, a flag is wrong, or the target cannot be reached.
pub fn execute(arguments: &SweepArgs) -> Result<Exit, Failure> {
    let text = std::fs::read_to_string(&arguments.ledger)
        .map_err(|error| Failure::usage(format!("{} cannot be read: {error}", arguments.ledger.display()), None))?;
    let fields = arguments.headers.iter().map(|field| match field.split_once(':') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.trim().to_owned())),
        Some(_) | None => {
            // What was given may be a secret with a slip beside it.
            Err(Failure::usage("that is no value for --header", Some("write --header 'NAME: VALUE'")))
        }
    });
    let fields = fields.collect::<Result<Vec<_>, _>>()?;
    let Sweep { url, entries } = Sweep::read(&text).map_err(|reason| {
        Failure::usage(
            format!("{} is no ledger: {reason}", arguments.ledger.display()),
            Some("etalon test --ledger FILE writes one"),
        )
    })?;
    let target = Http::new(&url, "", Duration::from_secs(TIMEOUT.as_secs()))
        .map_err(|error| Failure::usage(error.to_string(), None))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Unreachable { reason: error.to_string(), hint: None })?;
    let swept = runtime
        .block_on(sweep(&target, &entries, &fields, arguments.dry_run))
        .map_err(|error| Failure::Unreachable { reason: format!("{url} gives no answers: {error}"), hint: None })?;
    let mut text = String::new();
    let mut line = |label: &str, line: &str| {
        text.push_str(label);
        // Paths and keys are the target's words.
        for_terminal(&mut text, line);
        text.push('\n');
    };
    swept.done.iter().for_each(|done| line("", done));
    swept.gone.iter().for_each(|gone| line("gone already: ", gone));
    swept.left.iter().for_each(|left| line("left: ", left));
    let done = if arguments.dry_run { "would be removed or put back" } else { "removed or put back" };
    let gone = match swept.gone.len() {
        0 => String::new(),
        some => format!(", {some} gone already"),
    };
    line("", &format!("{} {done}{gone}, {} left", swept.done.len(), swept.left.len()));
    whole::print(anstream::stdout(), &text)
        .map_err(|error| Failure::usage(format!("what was removed cannot be told: {error}"), None))?;
    Ok(if swept.left.is_empty() { Exit::Conforms } else { Exit::Violates })
}
