//! Etalon: one OpenAPI document becomes a stateful mock server and a conformance runner that cannot disagree. This package
//! is the server and the command line; what a contract is and means is in `etalon-contract`.

pub mod cli;
pub mod criterion;
pub mod proxy;
pub mod server;
pub mod shipped;
