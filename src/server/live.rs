//! A mock that can be exchanged for the next reading of its contracts while it serves: each request is answered by one of the
//! two, and what a request did before the exchange is there after it.

use std::sync::{Arc, PoisonError, RwLock};

use etalon_contract::codec::{Request, Response};

use crate::server::account::Answered;
use crate::server::client::Client;
use crate::server::coding::Unreadable;
use crate::server::journal::Exchange;
use crate::server::mock::{Answer, Mock};
use crate::server::world::CarriedWorld;

/// The mock that serves now.
#[derive(Debug)]
pub struct Live {
    now: RwLock<Arc<Mock>>,
}

impl Live {
    /// A server of this mock.
    #[must_use]
    pub fn new(mock: Arc<Mock>) -> Self {
        Self { now: RwLock::new(mock) }
    }

    /// The mock that serves now.
    #[must_use]
    pub fn now(&self) -> Arc<Mock> {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lets another mock serve from now on, with what the one before remembers as far as it still means the same. Says what
    /// became of that, world by world.
    pub fn exchange(&self, next: Mock) -> Vec<CarriedWorld> {
        next.warm_up(&self.now());
        // From here on no request is under way, so nothing that one does is lost.
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        let (next, carried) = next.taking_over(&now);
        *now = Arc::new(next);
        carried
    }

    fn with<T>(&self, answer: impl FnOnce(&Mock) -> T) -> T {
        // A request that panics leaves the mock whole, as it leaves the state.
        answer(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Answer for Live {
    fn may_take_long(&self, request: &Request) -> bool {
        self.with(|mock| mock.may_take_long(request))
    }

    fn waits(&self) -> bool {
        self.with(Answer::waits)
    }

    fn listen(&self, world: &str) {
        self.with(|mock| mock.listen(world));
    }

    fn answer(&self, request: &Request) -> Response {
        self.with(|mock| mock.answer(request))
    }

    fn respond(&self, request: &Request, client: Client) -> Answered {
        self.with(|mock| mock.respond(request, client))
    }

    fn note(&self, exchange: &Exchange) {
        self.with(|mock| mock.note(exchange));
    }

    fn too_large(&self, request: &Request, limit: usize) -> Answered {
        self.with(|mock| mock.too_large(request, limit))
    }

    fn unreadable(&self, request: &Request, why: &Unreadable) -> Answered {
        self.with(|mock| mock.unreadable(request, why))
    }
}
