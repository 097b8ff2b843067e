//! Etalon: one OpenAPI document becomes a stateful mock server and a conformance runner that cannot disagree.

pub mod cli;
