//! The exit codes, and the reasons why a command cannot do what it was asked.

use std::fmt;
use std::io::Write as _;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use etalon_contract::document::{Diagnostic, visible_lines};

/// The colours of the word before a reason.
const ERROR: Style = AnsiColor::Red.on_default().bold();

/// The end of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// All is well; the target conforms.
    Conforms,
    /// The target violates its contract.
    Violates,
    /// Usage, configuration or contract is wrong, or nothing was tested.
    Usage,
    /// The target cannot be reached, or the runner itself failed.
    Unreachable,
    /// The recording, certificate or whatever else was to be verified is not what it says it is.
    Refuted,
    /// Interrupted by the user.
    Interrupted,
}

impl Exit {
    /// The exit code of the process.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Conforms => 0,
            Self::Violates => 1,
            Self::Usage => 2,
            Self::Unreachable => 3,
            Self::Refuted => 4,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// The reason why a command cannot do what it was asked.
#[derive(Debug)]
pub enum Failure {
    /// A flag or argument is wrong: what, and what to do.
    Usage {
        /// The defect of the flag: a fragment.
        reason: String,
        /// The way out, as a sentence.
        hint: Option<String>,
    },
    /// A document is wrong.
    Document(Vec<Diagnostic>),
    /// What was to be verified is not what it says it is.
    Refuted {
        /// The flaw: a fragment.
        reason: String,
    },
    /// The target cannot be reached, or the runner itself failed.
    Unreachable {
        /// The failure: a fragment.
        reason: String,
        /// The way out, as a sentence.
        hint: Option<String>,
    },
}

impl Failure {
    /// A wrong flag or argument.
    #[must_use]
    pub fn usage(reason: impl Into<String>, hint: Option<&str>) -> Self {
        Self::Usage { reason: reason.into(), hint: hint.map(str::to_owned) }
    }

    /// The end of the command.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage { .. } | Self::Document(_) => Exit::Usage,
            Self::Refuted { .. } => Exit::Refuted,
            Self::Unreachable { .. } => Exit::Unreachable,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage { reason, hint } | Self::Unreachable { reason, hint } => {
                write!(out, "{reason}")?;
                hint.as_ref().map_or(Ok(()), |hint| write!(out, "\nhint: {hint}"))
            }
            Self::Refuted { reason } => out.write_str(reason),
            Self::Document(diagnostics) => {
                for (number, diagnostic) in diagnostics.iter().enumerate() {
                    if number > 0 {
                        writeln!(out)?;
                    }
                    write!(out, "{diagnostic}")?;
                    if let Some(hint) = &diagnostic.hint {
                        write!(out, "\nhint: {hint}")?;
                    }
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for Failure {}

/// Writes a failure to stderr, with its hint.
pub fn error(failure: &Failure) {
    // There is nobody to tell if stderr is closed.
    let _ = writeln!(anstream::stderr(), "{ERROR}error{ERROR:#}: {}", visible_lines(&failure.to_string()));
}
