//! The proxy: it stands before a server, passes everything through as it comes, and judges both directions by the contract. What passes
//! is not waited for: contents go on while they come, and are looked at when they have passed.
//!
//! `edge` is the server and the client, `under_way` an exchange and `passing` a content on its way through, `watching` the thread that judges and records.

mod edge;
mod passing;
mod refusing;
mod under_way;
mod watching;

pub use edge::{Proxy, Upstream, UpstreamError, serve};
pub use watching::{Passed, Told, Watch, Watched, Watching};
