//! The command line: one file for each command. Whatever goes wrong is one clear message on stderr and an exit code.

pub mod check;
mod contracts;
pub mod explain;
mod failure;
pub mod files;
mod mock;
pub mod mount;
pub mod named;
mod near;
pub mod open;
mod print;
pub mod reading;
pub mod remote;
mod sample;
mod sarif;
mod show;
mod test;

pub use contracts::{Loaded, load, load_shipped};
pub use failure::{Exit, Failure};
pub use mock::MockArgs;
pub use named::Named;
pub use print::{banner, error};
pub use reading::Reading;
pub use sample::curl;
pub use test::TestArgs;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// One OpenAPI document becomes a stateful mock server and a conformance runner that cannot disagree.
#[derive(Debug, Parser)]
#[command(name = "etalon", version, max_term_width = 100, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What `etalon` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve contracts: a mock that implements every operation in memory
    Mock(MockArgs),
    /// Verify a target: send what the contract allows and forbids, and judge what comes back
    Test(TestArgs),
    /// Say what was understood of a document: operations, security, behaviour, rows
    Explain(explain::ExplainArgs),
    /// Say what is wrong with a document: every problem with its place, the reason and a hint
    Check(check::CheckArgs),
}

/// Runs the command that the process was started with.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(asked) => {
            // Help and version are no errors; clap knows the stream. There is nobody to tell if that is closed.
            let _ = asked.print();
            return if asked.use_stderr() { Exit::Usage.into() } else { Exit::Conforms.into() };
        }
    };
    let result = match cli.command {
        Command::Mock(arguments) => mock::run(&arguments),
        Command::Check(arguments) => return check::run(&arguments),
        Command::Explain(arguments) => return explain::run(&arguments),
        Command::Test(arguments) => test::execute(&arguments),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => {
            error(&failure);
            failure.exit().into()
        }
    }
}

#[cfg(test)]
mod tests;
