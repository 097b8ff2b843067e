//! Documents as the user names them: files, URLs, overlays beside them, and where each is served.

pub mod files;
pub mod named;
pub mod remote;

pub mod open;
pub mod reading;

pub mod contracts;
pub mod mount;
