//! The commands, one file each.

pub mod check;
pub mod explain;
pub mod health;
pub mod judge;
pub mod mock;
pub mod proxy;
mod restraint;
pub mod sweep;
pub mod test;
