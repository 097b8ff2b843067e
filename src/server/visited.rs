//! A request finds the world that it is in: one that is there, a new one, or none and the reason.

use etalon_contract::behaviour::{Kind, Problem, undeclared};
use etalon_contract::codec::Request;

use crate::server::account::{Account, Answered, Cause, InWorld};
use crate::server::client::Client;
use crate::server::cors::is_preflight;
use crate::server::mock::Mock;
use crate::server::mounts::Owner;
use crate::server::visit::Visit;
use crate::server::world::{Asked, DEFAULT, Entered, Forgiving, Unavailable, World};
use crate::server::{doors, pipeline};

/// From how many bytes on what is remembered may take long to be listed.
const MUCH: usize = 512 * 1024;

impl Mock {
    /// The world that a request is for, and the request without what its path says of it.
    fn asked<'r>(&self, request: &'r Request) -> Result<Asked<'r>, Problem> {
        // A contract may have keys that begin so; then what stands behind the prefix must lead somewhere, too.
        let is_own = |rest: &str| {
            let leads = |target: &str| !matches!(self.owner(&request.method, target), Owner::Nobody);
            leads(&request.target) && (self.has_at || !(leads(rest) || doors::is_of_the_mock(rest)))
        };
        Asked::of(request, is_own).map_err(|why| Problem::new(Kind::BadWorld, why))
    }

    /// The world that a request is in.
    fn enter(&self, asked: &Asked<'_>, client: Client) -> Result<Entered, Problem> {
        let forgiving = match client {
            Client::Local if doors::is_reset(&asked.request) => Forgiving::Yes,
            Client::Local | Client::Remote => Forgiving::No,
        };
        self.worlds.enter(asked, forgiving).map_err(|unavailable| match unavailable {
            Unavailable::Dropped(why) => Problem::new(Kind::WorldGone, why),
            Unavailable::Full(why) => Problem::new(Kind::TooManyWorlds, why),
            Unavailable::NoOrigin(why) => Problem::new(Kind::BadWorld, why),
        })
    }

    /// Lets a request be answered in its world. What is no request for a world is answered without one.
    pub(super) fn visited(
        &self,
        request: &Request,
        client: Client,
        answer: impl FnOnce(Visit<'_>, &Request) -> Answered,
    ) -> Answered {
        let number = self.worlds.are_stored().then_some(0);
        let own = Visit { mock: self, world: self.worlds.default_world(), below: "", number };
        if !self.hosts.admit(request.headers.get("host")) {
            return pipeline::misdirected(own, request);
        }
        let asked = match self.asked(request) {
            Ok(asked) => asked,
            Err(problem) => return self.without_world(request, problem),
        };
        // What a browser asks beforehand is about no state.
        let entered = if is_preflight(request) {
            Ok((self.worlds.default_world().clone(), Vec::new()))
        } else {
            self.enter(&asked, client)
        };
        let (world, dropped) = match entered {
            Ok(entered) => entered,
            Err(problem) => return self.without_world(request, problem),
        };
        let synchronised = if is_preflight(request) {
            Ok(number)
        } else {
            let requests = u64::from(!doors::is_door(self, &asked.request));
            self.synchronised(&world, requests, asked.from)
        };
        let number = match synchronised {
            Ok(number) => number,
            Err(problem) => return self.without_world(request, problem),
        };
        let visit = Visit { mock: self, world: &world, below: asked.below, number };
        let mut answered = answer(visit, &asked.request);
        for field in answered.response.headers.all("set-cookie") {
            let pair = field.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.trim().split_once('=')
                && let Err(problem) = self.remember_cookie(&world, name, value)
            {
                return self.without_world(request, problem);
            }
        }
        asked.mark(&mut answered.response);
        let was_lost = world.replica().is_some_and(|replica| std::mem::take(&mut replica.progress().was_lost));
        if was_lost || world.name().is_some() {
            let name = world.name().cloned().unwrap_or_else(|| DEFAULT.into());
            answered.account.world = Some(Box::new(InWorld { name, dropped, was_lost }));
        }
        self.cors.allow(request, &mut answered.response);
        answered
    }

    /// The answer to a request that is in no world: it counts in none.
    fn without_world(&self, request: &Request, problem: Problem) -> Answered {
        let context = self.context(self.worlds.default_world(), 0);
        let response = undeclared(&problem, context);
        let mut answered = Answered::new(response, Account::new(None, Cause::Problem(problem)));
        self.cors.allow(request, &mut answered.response);
        answered
    }

    /// True where so much is remembered in the world of a request that listing it takes its time; where that is being changed right now,
    /// it may be.
    pub(super) fn remembers_much(&self, request: &Request) -> bool {
        let named = self.asked(request).ok().and_then(|asked| asked.name.and_then(|name| self.worlds.find(name)));
        let much = |world: &World| world.weights_now().any(|weight| weight.is_none_or(|weight| weight > MUCH));
        named.map_or_else(|| much(self.worlds.default_world()), |world| much(&world))
    }
}
