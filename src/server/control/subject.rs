//! What the control interface asks of the mock that it controls.

use etalon_contract::behaviour::{Context, Difference, Problem};

use crate::server::clock::Clock;
use crate::server::credentials::Credentials;
use crate::server::panel::Panel;
use crate::server::rule::Rule;
use crate::server::start::Ground;
use crate::server::world::{Imported, Snapshot, World, Worlds};

/// A mock, as far as it is controlled.
pub(in crate::server) trait Subject {
    /// The contracts and what they begin with.
    fn ground(&self) -> Ground<'_>;

    /// The worlds.
    fn worlds(&self) -> &Worlds;

    /// The rules that stand in each world when it begins.
    fn rules(&self) -> &[Rule];

    /// The clock of the mock.
    fn clock(&self) -> Clock;

    /// The seed, the time and the number of the next request of a world, which is not counted.
    fn next_context(&self, world: &World) -> Context;

    /// Learns what others did in a world that is in a store.
    ///
    /// # Errors
    /// The store fails.
    fn catch_up(&self, world: &World) -> Result<(), Problem>;

    /// Takes a world back to what it began from.
    ///
    /// # Errors
    /// The store fails.
    fn reset_world(&self, world: &World) -> Result<(), Problem>;

    /// Makes a world what it was at a moment, or what another one was.
    ///
    /// # Errors
    /// The store fails.
    fn restore_world(&self, world: &World, snapshot: &Snapshot) -> Result<(), Problem>;

    /// Puts the clock of a world forward, by seconds.
    ///
    /// # Errors
    /// The store fails.
    fn advance_world(&self, world: &World, seconds: i64) -> Result<(), Problem>;

    /// A world at a moment as the text of a file.
    fn export(&self, snapshot: &Snapshot) -> String;

    /// The world of a file.
    ///
    /// # Errors
    /// The file is none, or says what cannot be.
    fn import(&self, text: &[u8]) -> Result<Imported, String>;

    /// The items that two worlds do not have alike, each with the name of its collection.
    fn differences(&self, was: &Snapshot, is: &Snapshot) -> Vec<(String, Difference)>;

    /// The last requests, and the wish that the mock stops.
    fn panel(&self) -> &Panel;

    /// The credentials that are accepted.
    fn credentials(&self) -> &Credentials;

    /// The token of those who may control the mock from elsewhere.
    fn token(&self) -> Option<&str>;
}
