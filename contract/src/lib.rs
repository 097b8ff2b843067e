//! The executable contract: one OpenAPI document as a model that can be enumerated (rows), generated from, validated
//! against and run. This package is pure: bytes and values in, values out. It never sees a socket, a clock, a file
//! system or an environment variable; whoever calls it supplies those.
//!
//! The folders are floors, in this order: `document`, `model`, `lint`, `rule`, `codec`, `validate`, `generate`, `behaviour`.
//! Each stands on those before it and never uses one after it.

#![warn(unreachable_pub, clippy::wildcard_enum_match_arm)]

pub mod behaviour;
pub mod codec;
pub mod document;
pub mod generate;
pub mod lint;
pub mod model;
pub mod rule;
pub mod validate;
