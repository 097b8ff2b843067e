//! A request in its world: what the way from a request to its answer is given beside the request itself.

use etalon_contract::behaviour::Context;

use crate::server::mock::Mock;
use crate::server::rule::Rules;
use crate::server::world::World;

/// A visit to a world of a mock.
#[derive(Clone, Copy)]
pub(super) struct Visit<'v> {
    pub(super) mock: &'v Mock,
    pub(super) world: &'v World,
    /// The prefix of paths by which the client came, such as `/@mine`; links lead back through it. Empty where there is none.
    pub(super) below: &'v str,
    /// The number of the request, where it was counted elsewhere.
    pub(super) number: Option<u64>,
}

impl Visit<'_> {
    /// Counts the request: the seed, the time and the number that its answer is made by.
    pub(super) fn next_context(self) -> Context {
        self.mock.context(self.world, self.number.unwrap_or_else(|| self.world.count()))
    }

    /// The rules that stand in the world; `None` where there never were any.
    pub(super) fn rules(&self) -> Option<&Rules> {
        self.world.rules(self.mock.rules())
    }
}
