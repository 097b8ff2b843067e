//! The mock: contracts, what they remember, and who may call. It answers requests as values and sees no socket.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use etalon_contract::behaviour::{Carried, Context, Examples, MAX_WEIGHT, OnDemand, carry, looks_through};
use etalon_contract::codec::{Request, Response};
use etalon_contract::model::{Contract, In, Operation, SchemeKind};

use crate::server::account::{Account, Answered, Cause};
use crate::server::clock::Clock;
use crate::server::coding::Unreadable;
use crate::server::cors::is_preflight;
use crate::server::credentials::Credentials;
use crate::server::mounts::{Mounts, Owner, Shadowed};
use crate::server::service::{Begins, Service};
use crate::server::{Cors, Hosts, doors, pipeline};

/// Up to how many bytes of a body are judged in less than a millisecond or two, whatever they say.
const SHORT_BODY: usize = 4 * 1024;

/// The sender of a request, as far as the edge can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// A program on this machine.
    Local,
    /// A client on another machine.
    Remote,
}

impl Client {
    /// The client at an address; an IPv4 address within IPv6 counts as what it is.
    #[must_use]
    pub fn at(address: IpAddr) -> Self {
        if address.to_canonical().is_loopback() { Self::Local } else { Self::Remote }
    }
}

/// Whatever answers requests over HTTP.
pub trait Answer: Send + Sync + 'static {
    /// True where the answer may take so long that it is not to be waited for by whatever else has to be done.
    fn may_take_long(&self, request: &Request) -> bool {
        request.body.len() > SHORT_BODY
    }

    /// The answer to a request.
    fn answer(&self, request: &Request) -> Response;

    /// The answer to a request, with what is to be told of it.
    fn respond(&self, request: &Request, client: Client) -> Answered {
        let _ = client;
        self.answer(request).into()
    }

    /// The answer to a request whose body is larger than `limit` bytes; its body is left out.
    fn too_large(&self, request: &Request, limit: usize) -> Answered;

    /// The answer to a request whose content coding cannot be undone; its body is left out.
    fn unreadable(&self, request: &Request, why: &Unreadable) -> Answered;
}

/// A stateful mock of one contract or several.
#[derive(Debug)]
pub struct Mock {
    services: Vec<Service>,
    mounts: Mounts,
    credentials: Credentials,
    seed: u64,
    clock: Clock,
    requests: AtomicU64,
    cors: Cors,
    hosts: Hosts,
    examples: Examples,
    begins: Begins,
    /// The most that all contracts together remember, in bytes.
    memory: usize,
    /// The cookies that answers set, by name and value: who sends one back is the one who got it.
    cookies: Mutex<BTreeSet<(String, String)>>,
}

/// The most cookies that are remembered: as many as any test sets, and no client can fill the memory with them.
const MAX_COOKIES: usize = 1_000;

impl Mock {
    /// A mock of contracts, each at its base path; of several that cover a path, the one with the longest base path does, and
    /// of several with the same, the first.
    #[must_use]
    pub fn new(contracts: impl IntoIterator<Item = Arc<Contract>>, credentials: Credentials, seed: u64) -> Self {
        let services: Vec<Service> = contracts
            .into_iter()
            .map(|contract| Service {
                behaviour: OnDemand::of(contract.clone()),
                contract,
                state: Mutex::new(Begins::default().state()),
                feed: Arc::default(),
            })
            .collect();
        Self {
            mounts: Mounts::of(&services),
            services,
            credentials,
            seed,
            clock: Clock::of_seed(seed),
            requests: AtomicU64::new(0),
            cors: Cors::default(),
            hosts: Hosts::default(),
            examples: Examples::default(),
            begins: Begins::default(),
            memory: MAX_WEIGHT,
            cookies: Mutex::default(),
        }
    }

    /// A request whose cookies the mock has set itself, shown as the credentials that were issued.
    pub(super) fn with_own_cookies(&self, operation: &Operation, request: &Request) -> Request {
        let mut shown = request.clone();
        let set = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
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

    fn remember_cookies(&self, answer: &Response) {
        for field in answer.headers.all("set-cookie") {
            let pair = field.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.trim().split_once('=') else { continue };
            let mut set = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
            if set.len() < MAX_COOKIES {
                set.insert((name.to_owned(), value.to_owned()));
            }
        }
    }

    /// The same, for these pages and under these names.
    #[must_use]
    pub fn open_to(mut self, cors: Cors, hosts: Hosts) -> Self {
        self.cors = cors;
        self.hosts = hosts;
        self
    }

    /// The same, that shows the documents' own examples or does not.
    #[must_use]
    pub fn with_examples(self, examples: Examples) -> Self {
        Self { examples, ..self }
    }

    /// The same, whose collections begin with the documents' own examples or with nothing.
    #[must_use]
    pub fn beginning_with(self, begins: Begins) -> Self {
        let mock = Self { begins, ..self };
        mock.reset();
        mock
    }

    /// The same, that remembers about so many bytes and no more, shared out evenly among its contracts.
    #[must_use]
    pub fn remembering(self, memory: usize) -> Self {
        let mock = Self { memory, ..self };
        mock.reset();
        mock
    }

    /// The things that the collections begin with.
    #[must_use]
    pub fn begins(&self) -> Begins {
        self.begins
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

    /// The number of requests that were counted since the start.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::SeqCst)
    }

    /// Forgets everything that requests did.
    pub fn reset(&self) {
        for service in &self.services {
            *service.state() = self.begins.state().within(self.memory / self.services.len().max(1));
        }
        self.requests.store(0, Ordering::SeqCst);
    }

    /// Takes over what another reading of the same contracts remembers, and goes on counting where it is. Says what became of
    /// the state of each contract.
    pub(super) fn take_over(&self, before: &Self) -> Vec<Vec<Carried>> {
        self.requests.store(before.requests.load(Ordering::SeqCst), Ordering::SeqCst);
        let pairs = before.services.iter().zip(&self.services);
        pairs
            .map(|(was, is)| {
                let (state, carried) = carry(was.meaning(), &was.state(), is.meaning());
                *is.state() = state;
                was.feed.close();
                carried
            })
            .collect()
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

    pub(super) fn next_context(&self) -> Context {
        let number = self.requests.fetch_add(1, Ordering::SeqCst) + 1;
        Context { seed: self.seed, now: self.clock.at(number), number }
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
        request.body.len() > SHORT_BODY
            || self.services.iter().any(Service::remembers_much) && self.looks_through(request)
    }

    fn answer(&self, request: &Request) -> Response {
        self.respond(request, Client::Local).response
    }

    fn respond(&self, request: &Request, client: Client) -> Answered {
        if !self.hosts.admit(request.headers.get("host")) {
            return pipeline::misdirected(self, request);
        }
        let mut answered = match (doors::answer(self, request, client), self.stands_for(request)) {
            (Some(answered), _) => answered,
            // A preflight is the browser's own: no contract speaks of it, and it carries no credentials (Fetch §4.8).
            (None, _) if is_preflight(request) => {
                Answered::new(pipeline::preflight(self, request), Account { operation: None, cause: Cause::Methods })
            }
            (None, Some(get)) => pipeline::answer(self, &get),
            (None, None) => pipeline::answer(self, request),
        };
        let answer = &mut answered.response;
        self.remember_cookies(answer);
        if request.method == "HEAD" {
            answer.headers.set("Content-Length", answer.body.len().to_string());
            answer.body = Vec::new();
            answered.follow = None;
        }
        let answer = &mut answered.response;
        self.cors.allow(request, answer);
        answered
    }

    fn too_large(&self, request: &Request, limit: usize) -> Answered {
        if !self.hosts.admit(request.headers.get("host")) {
            return pipeline::misdirected(self, request);
        }
        let mut answered = pipeline::too_large(self, request, limit);
        self.cors.allow(request, &mut answered.response);
        answered
    }

    fn unreadable(&self, request: &Request, why: &Unreadable) -> Answered {
        if !self.hosts.admit(request.headers.get("host")) {
            return pipeline::misdirected(self, request);
        }
        let mut answered = pipeline::unreadable(self, request, why);
        self.cors.allow(request, &mut answered.response);
        answered
    }
}
