//! What the control interface asks of the mock that it controls.

use etalon_contract::behaviour::{Context, Difference};

use crate::server::clock::Clock;
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

    /// The token of those who may control the mock from elsewhere.
    fn token(&self) -> Option<&str>;
}
