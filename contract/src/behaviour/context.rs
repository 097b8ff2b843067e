//! The outer world of a step, as numbers: nothing in `contract` asks a clock or draws at random.

/// The outer world of a step, as numbers: the same numbers give the same outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context {
    /// The seed of everything that is generated.
    pub seed: u64,
    /// The time, in seconds since 1970-01-01T00:00:00Z.
    pub now: i64,
    /// The number of the request, from 1.
    pub number: u64,
}
