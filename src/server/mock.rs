//! The mock: contracts, what they remember, and who may call. It answers requests as values and sees no socket.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use etalon_contract::behaviour::{Context, OnDemand, State};
use etalon_contract::codec::{Request, Response};
use etalon_contract::document::Defect;
use etalon_contract::model::{Contract, Direction, In, Operation, SchemeKind};
use etalon_contract::validate;
use serde_json::Value;

use crate::server::clock::Clock;
use crate::server::coding::Unreadable;
use crate::server::credentials::Credentials;
use crate::server::mounts::{Mounts, Owner, Shadowed};
use crate::server::{cors, pipeline};

/// Whatever answers requests over HTTP.
pub trait Answer: Send + Sync + 'static {
    /// The answer to a request.
    fn answer(&self, request: &Request) -> Response;

    /// The answer to a request whose body is larger than `limit` bytes; its body is left out.
    fn too_large(&self, request: &Request, limit: usize) -> Response;

    /// The answer to a request whose content coding cannot be undone; its body is left out.
    fn unreadable(&self, request: &Request, why: &Unreadable) -> Response;
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
    /// The cookies that answers set, by name and value: who sends one back is the one who got it.
    cookies: Mutex<BTreeSet<(String, String)>>,
}

/// How many cookies are remembered: as many as any test sets, and no client can fill the memory with them.
const MAX_COOKIES: usize = 1_000;

/// One contract that is served.
#[derive(Debug)]
pub struct Service {
    /// The contract, shared with whoever reads it.
    pub contract: Arc<Contract>,
    /// The effects of its operations on state, inferred when one is first used.
    pub behaviour: OnDemand,
    state: Mutex<State>,
}

impl Mock {
    /// A mock of contracts, each at its base path; of several that cover a path, the one with the longest base path does, and
    /// of several with the same, the first.
    #[must_use]
    pub fn new(contracts: impl IntoIterator<Item = Arc<Contract>>, credentials: Credentials, seed: u64) -> Self {
        let services: Vec<Service> = contracts
            .into_iter()
            .map(|contract| Service { behaviour: OnDemand::of(contract.clone()), contract, state: Mutex::default() })
            .collect();
        Self {
            mounts: Mounts::of(&services),
            services,
            credentials,
            seed,
            clock: Clock::of_seed(seed),
            requests: AtomicU64::new(0),
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

    /// Forgets everything that requests did.
    pub fn reset(&self) {
        for service in &self.services {
            *service.state() = State::default();
        }
        self.requests.store(0, Ordering::SeqCst);
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

    /// `HEAD` is `GET` without the content (RFC 9110 §9.3.2), unless the contract has one of its own.
    fn stands_for(&self, request: &Request) -> Option<Request> {
        let has_own = || matches!(self.owner("HEAD", &request.target), Owner::Operation { .. });
        (request.method == "HEAD" && !has_own()).then(|| Request { method: "GET".to_owned(), ..request.clone() })
    }
}

impl Answer for Mock {
    fn answer(&self, request: &Request) -> Response {
        // A preflight is the browser's own: no contract speaks of it, and it carries no credentials (Fetch §4.8).
        if cors::is_preflight(request) {
            let mut answer = pipeline::preflight(self, request);
            cors::allow(request, &mut answer);
            return answer;
        }
        let mut answer = match self.stands_for(request) {
            Some(get) => pipeline::answer(self, &get),
            None => pipeline::answer(self, request),
        };
        self.remember_cookies(&answer);
        if request.method == "HEAD" {
            answer.headers.set("Content-Length", answer.body.len().to_string());
            answer.body = Vec::new();
        }
        cors::allow(request, &mut answer);
        answer
    }

    fn too_large(&self, request: &Request, limit: usize) -> Response {
        let mut answer = pipeline::too_large(self, request, limit);
        cors::allow(request, &mut answer);
        answer
    }

    fn unreadable(&self, request: &Request, why: &Unreadable) -> Response {
        let mut answer = pipeline::unreadable(self, request, why);
        cors::allow(request, &mut answer);
        answer
    }
}

impl Service {
    /// The first schema of an operation that cannot be used: of what it takes, and of what it answers where all goes well.
    /// Each schema is compiled once, here or when it is first needed.
    #[must_use]
    pub fn unusable(&self, operation: &Operation) -> Option<Defect> {
        let bodies = operation.body.iter().flat_map(|body| &body.content).filter_map(|content| content.schema.as_ref());
        let parameters = operation.parameters.iter().filter_map(|parameter| parameter.shape.schema());
        let taken = bodies.chain(parameters).map(|at| (at, Direction::Request));
        let answered = operation
            .success()
            .into_iter()
            .flat_map(|response| &response.content)
            .filter_map(|content| content.schema.as_ref())
            .map(|at| (at, Direction::Response));
        taken
            .chain(answered)
            .find_map(|(at, direction)| validate::is_valid(&self.contract, at, direction, &Value::Null).err())
    }

    /// The state, locked. A request that failed half-way leaves a state that is whole: steps change it last.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
