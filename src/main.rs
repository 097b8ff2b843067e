//! The `etalon` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    etalon::cli::main()
}
