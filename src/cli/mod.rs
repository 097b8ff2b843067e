//! The command line: one file for each command. Whatever goes wrong is one clear message on stderr and an exit code.

pub mod command;
pub mod diagnostics;
pub mod listen;
pub mod log;
pub mod run;
pub mod source;
pub mod watch;

mod exit;
mod signal;
mod slip;
mod whole;

pub use command::mock::MockArgs;
pub use command::mock::request_to_try::{curl, request_to_try};
pub use command::mock::start_up::banner;
pub use command::test::TestArgs;
pub use exit::{Exit, Failure, error};
pub use source::contracts::{Loaded, load, load_shipped};
pub use source::named::Named;
pub use source::reading::Reading;

use crate::cli::command::{check, explain, health, judge, mock, proxy, sweep, test};

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// One OpenAPI document becomes a stateful mock server and a conformance runner that cannot disagree.
#[derive(Debug, Parser)]
#[command(name = "etalon", version, max_term_width = 100, arg_required_else_help = true)]
pub struct Cli {
    /// The command to run.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands of the program.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve contracts: a mock that implements every operation in memory
    Mock(Box<MockArgs>),
    /// Verify a target: send what the contract allows and forbids, and judge what comes back
    Test(Box<TestArgs>),
    /// Compute the verdicts of a recorded run again, without its target
    Judge(judge::JudgeArgs),
    /// Stand before a server: pass everything through, and judge both directions by the contract
    Proxy(proxy::ProxyArgs),
    /// Remove what a run has left behind on a target, by the ledger that it wrote
    Sweep(sweep::SweepArgs),
    /// Say what was understood of a document: operations, security, behaviour, rows
    Explain(explain::ExplainArgs),
    /// Say what is wrong with a document: every problem with its place, the reason and a hint
    Check(check::CheckArgs),
    /// Ask a mock whether it is well
    Health(health::HealthArgs),
}

/// Runs the command that the process was started with.
#[must_use]
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    if let Some(failure) = slip::slip(&arguments) {
        error(&failure);
        return failure.exit().into();
    }
    let cli = match Cli::try_parse_from(arguments) {
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
        Command::Judge(arguments) => judge::execute(&arguments),
        Command::Proxy(arguments) => proxy::execute(&arguments),
        Command::Sweep(arguments) => sweep::execute(&arguments),
        Command::Health(arguments) => health::run(&arguments),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => {
            error(&failure);
            failure.exit().into()
        }
    }
}
