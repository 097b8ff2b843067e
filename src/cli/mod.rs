//! The commands: paths and flags in, reports and exit codes out. Each file is one command or one thing that several share.

pub mod check;
pub mod explain;
pub mod files;
pub mod open;
mod sarif;
mod show;
