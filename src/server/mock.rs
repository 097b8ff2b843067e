//! The mock: contracts, the worlds in which they remember, and who may call. It answers requests as values and sees no socket.

use std::sync::Arc;
use std::time::Duration;

use etalon_contract::behaviour::{Catalogue, Context, Examples, MAX_WEIGHT, OnDemand, State, looks_through};
use etalon_contract::codec::{Request, Response};
use etalon_contract::model::{Contract, In, Operation, SchemeKind};

use crate::server::account::{Account, Answered, Cause};
use crate::server::client::Client;
use crate::server::clock::Clock;
use crate::server::coding::Unreadable;
use crate::server::cors::is_preflight;
use crate::server::credentials::Credentials;
use crate::server::journal::Exchange;
use crate::server::mounts::{Mounts, Owner, Shadowed};
use crate::server::panel::Panel;
use crate::server::rule::Rule;
use crate::server::service::{Begins, Service};
use crate::server::start::Ground;
use crate::server::world::{Bounds, CarriedWorld, World, Worlds};
use crate::server::{Cors, Hosts, doors, pipeline};

/// Up to how many bytes of a body are judged in less than a millisecond or two, whatever they say.
const SHORT_BODY: usize = 4 * 1024;

/// The most worlds beside the one of requests that name none, where nobody says otherwise: what they take unless they are written to is
/// some ten megabytes.
pub const MAX_WORLDS: usize = 20_000;

/// The time for which a world that nobody uses is safe from being dropped for another: longer than a test waits.
const IDLE: Duration = Duration::from_secs(600);

/// Whatever answers requests over HTTP.
pub trait Answer: Send + Sync + 'static {
    /// True where the answer may take so long that it is not to be waited for by whatever else has to be done.
    fn may_take_long(&self, request: &Request) -> bool {
        request.body.len() > SHORT_BODY
    }

    /// True where answers wait for something else than this process, so that many may be under way.
    fn waits(&self) -> bool {
        false
    }

    /// Hears of what others did in a world, where others are told of it.
    fn listen(&self, world: &str) {
        let _ = world;
    }

    /// The answer to a request.
    fn answer(&self, request: &Request) -> Response;

    /// The answer to a request, with what is to be told of it.
    fn respond(&self, request: &Request, client: Client) -> Answered {
        let _ = client;
        self.answer(request).into()
    }

    /// Takes note of what became of a request, for whoever asks later.
    fn note(&self, exchange: &Exchange) {
        let _ = exchange;
    }

    /// The answer to a request whose body is larger than `limit` bytes; its body is left out.
    fn too_large(&self, request: &Request, limit: usize) -> Answered;

    /// The answer to a request whose content coding cannot be undone; its body is left out.
    fn unreadable(&self, request: &Request, why: &Unreadable) -> Answered;
}

/// The measure that requests are held against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Judging {
    /// The contract.
    #[default]
    Contract,
    /// Nothing: whatever can be read of a request is taken.
    Nothing,
}

/// A stateful mock of one contract or several.
#[derive(Debug)]
pub struct Mock {
    pub(super) services: Vec<Service>,
    pub(super) mounts: Mounts,
    pub(super) credentials: Credentials,
    pub(super) seed: u64,
    pub(super) clock: Clock,
    pub(super) cors: Cors,
    pub(super) hosts: Hosts,
    pub(super) examples: Examples,
    pub(super) judging: Judging,
    pub(super) begins: Begins,
    /// The states that worlds begin with, where somebody gave any.
    pub(super) given: Option<Vec<State>>,
    pub(super) worlds: Worlds,
    /// True where a path of a contract begins as a name of a world does.
    pub(super) has_at: bool,
    /// The rules that stand in each world when it begins.
    pub(super) rules: Vec<Rule>,
    pub(super) panel: Arc<Panel>,
    /// The token of those who may control the mock from elsewhere.
    pub(super) token: Option<String>,
}

impl Mock {
    /// A mock of contracts, each at its base path; of several that cover a path, the one with the longest base path does, and
    /// of several with the same, the first.
    #[must_use]
    pub fn new(contracts: impl IntoIterator<Item = Arc<Contract>>, credentials: Credentials, seed: u64) -> Self {
        let services: Vec<Service> = contracts
            .into_iter()
            .enumerate()
            .map(|(number, contract)| Service { behaviour: OnDemand::of(contract.clone()), contract, number })
            .collect();
        let begins = Begins::default();
        let bounds = Bounds { worlds: MAX_WORLDS, idle: IDLE, memory: MAX_WEIGHT };
        let entries = services.iter().flat_map(|service| service.contract.entries());
        Self {
            mounts: Mounts::of(&services),
            has_at: entries.into_iter().any(|entry| entry.path.as_str().starts_with("/@")),
            worlds: Worlds::of(services.iter().map(|_| begins.state()), bounds),
            services,
            credentials,
            seed,
            clock: Clock::of_seed(seed),
            cors: Cors::default(),
            hosts: Hosts::default(),
            examples: Examples::default(),
            judging: Judging::default(),
            begins,
            given: None,
            rules: Vec::new(),
            panel: Arc::default(),
            token: None,
        }
    }

    /// A request whose cookies were set in the same world, shown as the credentials that were issued.
    pub(super) fn with_own_cookies(&self, world: &World, operation: &Operation, request: &Request) -> Request {
        let mut shown = request.clone();
        let Some(set) = world.cookies() else { return shown };
        let schemes = operation.security.iter().flat_map(|alternative| &alternative.schemes);
        for (scheme, _) in schemes {
            let SchemeKind::ApiKey { place: In::Cookie, name } = &scheme.kind else { continue };
            let is_own = |pair: &str| {
                let Some((sent, value)) = pair.trim().split_once('=') else { return false };
                sent == name && set.contains(&(sent.to_owned(), value.to_owned()))
            };
            if request.headers.all("cookie").flat_map(|field| field.split(';')).any(is_own) {
                shown.headers.set("Cookie", format!("{name}={}{}", scheme.prefix(), self.credentials.issued(scheme)));
            }
        }
        shown
    }

    /// The token of those who may control the mock from elsewhere.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// What stays while one reading of the contracts follows another.
    #[must_use]
    pub fn panel(&self) -> &Arc<Panel> {
        &self.panel
    }

    /// The rules that operations are answered by in a world that has just begun.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The states that worlds begin with, one for each contract.
    #[must_use]
    pub fn begun(&self) -> Vec<State> {
        self.given.clone().unwrap_or_else(|| self.services.iter().map(|_| self.begins.state()).collect())
    }

    /// What the start of the mock is made of.
    #[must_use]
    pub fn ground(&self) -> Ground<'_> {
        let memory = self.worlds.bounds().memory;
        let states = self.begun().into_iter().map(|state| state.within(memory)).collect();
        let (services, catalogues) = (self.services.as_slice(), self.catalogues());
        Ground { services, catalogues, states, context: self.first_context() }
    }

    /// True where somebody gave the states that worlds begin with.
    #[must_use]
    pub fn is_given(&self) -> bool {
        self.given.is_some()
    }

    /// The collections of each contract, by the words that data have for them. Reads every operation.
    #[must_use]
    pub fn catalogues(&self) -> Vec<Catalogue> {
        self.services.iter().map(|service| Catalogue::of(service.meaning())).collect()
    }

    /// The clock that worlds go by.
    pub(super) fn clock(&self) -> Clock {
        self.clock
    }

    /// The seed and the time before the first request.
    #[must_use]
    pub fn first_context(&self) -> Context {
        Context { seed: self.seed, now: self.clock.at(0), number: 0 }
    }

    /// The worlds in which requests are.
    #[must_use]
    pub fn worlds(&self) -> &Worlds {
        &self.worlds
    }

    /// The things that the collections begin with.
    #[must_use]
    pub fn begins(&self) -> Begins {
        self.begins
    }

    /// The measure that requests are held against.
    #[must_use]
    pub fn judging(&self) -> Judging {
        self.judging
    }

    /// The choice of whether what has no state is answered with the documents' own examples.
    #[must_use]
    pub fn examples(&self) -> Examples {
        self.examples
    }

    /// The contracts that are served.
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// The credentials that are accepted.
    #[must_use]
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// The seed of everything that is generated.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Forgets everything that requests did which named no world.
    pub fn reset(&self) {
        self.worlds.default_world().reset();
    }

    /// The same with what another reading of the same contracts remembers in all its worlds. Says what became of that.
    pub(super) fn taking_over(self, before: &Self) -> (Self, Vec<CarriedWorld>) {
        let Self { worlds, services, .. } = self;
        let pairs = before.services.iter().zip(&services);
        let readings: Vec<_> = pairs.map(|(was, is)| (was.meaning(), is.meaning())).collect();
        let (worlds, told) = worlds.taking_over(&before.worlds, &readings);
        drop(readings);
        (Self { worlds, services, panel: before.panel.clone(), ..self }, told)
    }

    /// The operations that are never reached, because another contract's stand before them.
    #[must_use]
    pub fn shadowed(&self) -> Vec<Shadowed> {
        self.mounts.shadowed(&self.services)
    }

    /// The operation that a method and a target lead to, of whichever contract owns the path.
    pub(super) fn owner(&self, method: &str, target: &str) -> Owner<'_> {
        self.mounts.owner(&self.services, method, target)
    }

    /// The titles of the contracts, each with its base path where there are several.
    pub(super) fn served(&self) -> Vec<String> {
        match self.services.as_slice() {
            [one] => vec![one.contract.title().to_owned()],
            several => several
                .iter()
                .map(|one| match one.contract.base() {
                    "" => format!("{} (at /)", one.contract.title()),
                    base => format!("{} (at {base})", one.contract.title()),
                })
                .collect(),
        }
    }

    /// The seed, the time and the number of a request of a world.
    pub(super) fn context(&self, world: &World, number: u64) -> Context {
        Context { seed: self.seed, now: world.time(self.clock.at(number)), number }
    }

    /// True where a request may look through all that is remembered.
    fn looks_through(&self, request: &Request) -> bool {
        match self.owner(&request.method, &request.target) {
            Owner::Operation { service, operation, .. } => {
                service.contract.operation(operation).is_ok_and(|operation| {
                    looks_through(&service.contract, &service.behaviour, operation, request.query())
                })
            }
            Owner::OtherMethods(_) | Owner::Nobody => true,
        }
    }

    /// `HEAD` is `GET` without the content (RFC 9110 §9.3.2), unless the contract has one of its own.
    fn stands_for(&self, request: &Request) -> Option<Request> {
        let has_own = || matches!(self.owner("HEAD", &request.target), Owner::Operation { .. });
        (request.method == "HEAD" && !has_own()).then(|| Request { method: "GET".to_owned(), ..request.clone() })
    }
}

impl Answer for Mock {
    fn may_take_long(&self, request: &Request) -> bool {
        request.body.len() > SHORT_BODY || self.remembers_much(request) && self.looks_through(request)
    }

    fn waits(&self) -> bool {
        self.worlds.are_stored()
    }

    fn listen(&self, world: &str) {
        Self::listen(self, world);
    }

    fn answer(&self, request: &Request) -> Response {
        self.respond(request, Client::Local).response
    }

    fn note(&self, exchange: &Exchange) {
        self.panel.note(exchange);
    }

    fn respond(&self, request: &Request, client: Client) -> Answered {
        self.visited(request, client, |visit, request| {
            let mut answered = match (doors::answer(visit, request, client), self.stands_for(request)) {
                (Some(own), _) => {
                    let account = Account { is_own: true, ..own.account };
                    Answered { account, ..own }
                }
                // A preflight is the browser's own: no contract speaks of it, and it carries no credentials (Fetch §4.8).
                (None, _) if is_preflight(request) => {
                    Answered::new(pipeline::preflight(self, request), Account::new(None, Cause::Methods))
                }
                (None, Some(get)) => pipeline::answer(visit, &get),
                (None, None) => pipeline::answer(visit, request),
            };
            if request.method == "HEAD" {
                let answer = &mut answered.response;
                answer.headers.set("Content-Length", answer.body.len().to_string());
                answer.body = Vec::new();
                answered.follow = None;
            }
            answered
        })
    }

    fn too_large(&self, request: &Request, limit: usize) -> Answered {
        self.visited(request, Client::Remote, |visit, request| pipeline::too_large(visit, request, limit))
    }

    fn unreadable(&self, request: &Request, why: &Unreadable) -> Answered {
        self.visited(request, Client::Remote, |visit, request| pipeline::unreadable(visit, request, why))
    }
}
