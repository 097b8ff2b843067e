//! The mock as the control interface sees it.

use etalon_contract::behaviour::{Context, Difference, Problem};

use crate::server::clock::Clock;
use crate::server::control::Subject;
use crate::server::credentials::Credentials;
use crate::server::mock::Mock;
use crate::server::panel::Panel;
use crate::server::rule::Rule;
use crate::server::start::Ground;
use crate::server::world::{Imported, Snapshot, World, Worlds};

impl Subject for Mock {
    fn ground(&self) -> Ground<'_> {
        self.ground()
    }

    fn worlds(&self) -> &Worlds {
        self.worlds()
    }

    fn rules(&self) -> &[Rule] {
        self.rules()
    }

    fn clock(&self) -> Clock {
        self.clock()
    }

    fn next_context(&self, world: &World) -> Context {
        self.context(world, world.requests().saturating_add(1))
    }

    fn catch_up(&self, world: &World) -> Result<(), Problem> {
        self.synchronised(world, 0, None).map(drop)
    }

    fn reset_world(&self, world: &World) -> Result<(), Problem> {
        self.reset_world(world)
    }

    fn restore_world(&self, world: &World, snapshot: &Snapshot) -> Result<(), Problem> {
        self.restore_world(world, snapshot)
    }

    fn advance_world(&self, world: &World, seconds: i64) -> Result<(), Problem> {
        self.advance_world(world, seconds)
    }

    fn export(&self, snapshot: &Snapshot) -> String {
        self.export(snapshot)
    }

    fn import(&self, text: &[u8]) -> Result<Imported, String> {
        self.import(text)
    }

    fn differences(&self, was: &Snapshot, is: &Snapshot) -> Vec<(String, Difference)> {
        self.differences(was, is)
    }

    fn panel(&self) -> &Panel {
        self.panel()
    }

    fn credentials(&self) -> &Credentials {
        self.credentials()
    }

    fn token(&self) -> Option<&str> {
        self.token()
    }
}
