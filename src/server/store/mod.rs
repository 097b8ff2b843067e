//! A store that several mocks have together. Of each world it keeps the requests that change something, in one order for all, and now
//! and then what they have come to; a mock that has carried out the same requests in that order has the same state. It knows
//! nothing of contracts: requests and states are bytes to it.
//!
//! Whatever a mock asks says how far it has come (`Position`), and the answer brings the requests that it lacks. So nothing
//! is answered from a state that is older than the question. What was lost by the store is noticed by that as well: the
//! request before the position is not the one that the mock knows.

mod entry;
#[cfg(feature = "redis")]
mod redis;
mod token;

use std::fmt;

pub use entry::Entry;
#[cfg(feature = "redis")]
pub use redis::Redis;
pub(in crate::server) use token::Tokens;

/// How far a mock has come in the requests of a world.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// The word by which the world is told from one of the same name that was there before; empty where none is known.
    pub epoch: String,
    /// The number of requests that were carried out.
    pub at: u64,
    /// The token of the last of them; empty where there is none.
    pub token: String,
}

/// The answer of a store to a mock that says how far it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told<T> {
    /// The mock was right, and lacks these requests.
    Onwards {
        /// What was asked for.
        found: T,
        /// The requests from the position on, encoded.
        entries: Vec<Vec<u8>>,
    },
    /// The world is another than the mock knows, or the mock lacks what is kept no more: it has to be loaded.
    Otherwise,
}

/// A request that was put in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The number of requests since what they had come to was kept.
    pub since_kept: u64,
    /// The bytes of these.
    pub bytes_since_kept: u64,
}

/// A world as it is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The position of the state that is kept; of the start, where none is.
    pub position: Position,
    /// The state at that position; `None` for the start.
    pub state: Option<Vec<u8>>,
    /// True where the world is new because nothing of it was there, and not because somebody asked for that.
    pub is_found_empty: bool,
}

/// The beginning of a world.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beginning {
    /// The word by which it is told from others of the same name.
    pub epoch: String,
    /// The number of requests that were counted, and the state; `None` for what the world began from before, or for the start.
    pub from: Option<(u64, Vec<u8>)>,
}

/// The store does not do what it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failing {
    /// It cannot be reached, or does not answer in time.
    Gone(String),
    /// It has no room.
    Full(String),
}

impl fmt::Display for Failing {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone(why) | Self::Full(why) => out.write_str(why),
        }
    }
}

/// A store of the states of worlds. Each of its answers is of one moment, whatever others ask meanwhile.
pub trait Store: fmt::Debug + Send + Sync {
    /// Counts so many requests of a world: the number of the last one, and what the mock lacks.
    ///
    /// # Errors
    /// The store fails.
    fn enter(&self, world: &str, position: &Position, requests: u64) -> Result<Told<u64>, Failing>;

    /// Puts a request that changes something behind all others, once, however often it is asked: its token says which it is. Its number
    /// is greater than those before it, `number` where that is.
    ///
    /// # Errors
    /// The store fails; then the request may have been put there.
    fn commit(&self, world: &str, position: &Position, entry: &Entry) -> Result<Told<Committed>, Failing>;

    /// The world as it is kept; `None` where it is not there and no beginning is given.
    ///
    /// # Errors
    /// The store fails.
    fn load(&self, world: &str, beginning: Option<&Beginning>) -> Result<Option<Kept>, Failing>;

    /// Keeps what the requests up to a position have come to, unless something later is kept.
    ///
    /// # Errors
    /// The store fails.
    fn keep(&self, world: &str, position: &Position, state: &[u8]) -> Result<(), Failing>;

    /// Lets a world begin again, as it is given or as it began before.
    ///
    /// # Errors
    /// The store fails.
    fn begin(&self, world: &str, beginning: &Beginning) -> Result<(), Failing>;

    /// Makes a world what is given; what it began from stays what it was.
    ///
    /// # Errors
    /// The store fails.
    fn restore(&self, world: &str, given: &Beginning) -> Result<(), Failing>;
}
