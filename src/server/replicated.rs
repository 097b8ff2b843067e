//! A mock whose worlds are in a store: what others did is carried out here before anything is answered, and what is done here
//! takes effect in the place that the store gives it. Without a store, requests take effect at once.

use etalon_contract::behaviour::{Call, Context, Full, Kind, Outcome, Problem};
use etalon_contract::codec::Request;

use crate::server::found::Found;
use crate::server::mock::Mock;
use crate::server::pipeline;
use crate::server::store::{Beginning, Committed, Entry, Failing, Position, Told};
use crate::server::visit::Visit;
use crate::server::world::{CarriedOut, Progress, Replica, Snapshot, World};

/// The most times that something is asked of the store: a world may begin again meanwhile, and more than that is no accident.
const ATTEMPTS: usize = 5;

/// After how many requests what they have come to is kept, so that a new mock need not carry out all of them.
const KEEP_AFTER: u64 = 1_000;

/// After how many bytes of requests it is kept as well.
const KEEP_AFTER_BYTES: u64 = 16 * 1024 * 1024;

/// After how many seconds who found no store may ask again.
const RETRY_AFTER: &str = "1";

/// The field of a cookie that an answer has set, in an entry without a method.
const COOKIE: &str = "cookie";

/// The field of the seconds by which a clock is put forward, in such an entry.
const SECONDS: &str = "seconds";

impl Mock {
    /// Counts so many requests of a world and carries out what others did there; the number of the last one. `None` where worlds are in
    /// no store.
    pub(super) fn synchronised(
        &self,
        world: &World,
        requests: u64,
        from: Option<&str>,
    ) -> Result<Option<u64>, Problem> {
        let Some(replica) = world.replica() else { return Ok(None) };
        for _ in 0..ATTEMPTS {
            let position = replica.progress().position.clone();
            if position.epoch.is_empty() {
                self.load(world, replica, &position, from)?;
                continue;
            }
            match replica.store.enter(world.called(), &position, requests).map_err(problem)? {
                Told::Onwards { found: number, entries } => {
                    if self.carry_out(world, &mut replica.progress(), &position, &entries) {
                        world.counted_elsewhere(number);
                        return Ok(Some(number));
                    }
                }
                Told::Otherwise => self.load(world, replica, &position, None)?,
            }
        }
        Err(problem(Failing::Gone("the world begins again and again".to_owned())))
    }

    /// Lets a valid request take effect: its outcome, with the number that it had then.
    pub(super) fn take_effect(
        &self,
        visit: Visit<'_>,
        found: &Found<'_>,
        (request, call): (&Request, &Call<'_>),
        context: Context,
    ) -> Result<CarriedOut, Problem> {
        let Found { service, operation, .. } = found;
        match visit.world.replica() {
            None => Ok((service.step(visit.world, call, &context, request.body.len()), context)),
            Some(_) if service.only_looks(operation) => Ok((service.look(visit.world, call, &context), context)),
            Some(replica) => {
                if let Some(most) = visit.world.is_full().filter(|_| operation.method.as_str() != "DELETE") {
                    return Err(Problem::new(Kind::Full, Full { most }.to_string()));
                }
                let mut request = request.clone();
                // Who may call is settled here, and no secret has to be kept.
                request.headers.remove("authorization");
                self.commit(visit.world, replica, request, context.number)
            }
        }
    }

    /// Carries out what others did in a world, for whoever follows it here. Where the store fails, the next time will tell.
    pub(super) fn listen(&self, world: &str) {
        if let Some(world) = self.worlds.find(world) {
            let _ = self.synchronised(&world, 0, None);
        }
    }

    /// Remembers a cookie that an answer has set.
    pub(super) fn remember_cookie(&self, world: &World, name: &str, value: &str) -> Result<(), Problem> {
        let Some(replica) = world.replica() else {
            world.remember_cookie(name, value);
            return Ok(());
        };
        let headers = [(COOKIE, format!("{name}={value}"))].into_iter().collect();
        self.commit(world, replica, Request { headers, ..Request::default() }, 0).map(drop)
    }

    /// Takes a world back to what it began from.
    pub(super) fn reset_world(&self, world: &World) -> Result<(), Problem> {
        let Some(replica) = world.replica() else {
            world.reset();
            return Ok(());
        };
        let beginning = Beginning { epoch: replica.tokens.next(), from: None };
        replica.store.begin(world.called(), &beginning).map_err(problem)
    }

    /// Makes a world what it was at a moment, or what another one was.
    ///
    /// # Errors
    /// The store fails.
    pub fn restore_world(&self, world: &World, snapshot: &Snapshot) -> Result<(), Problem> {
        let Some(replica) = world.replica() else {
            world.restore(snapshot);
            return Ok(());
        };
        let from = Some((snapshot.requests(), self.export(snapshot).into_bytes()));
        replica.store.restore(world.called(), &Beginning { epoch: replica.tokens.next(), from }).map_err(problem)
    }

    /// Puts the clock of a world forward, by seconds.
    ///
    /// # Errors
    /// The store fails.
    pub fn advance_world(&self, world: &World, seconds: i64) -> Result<(), Problem> {
        let Some(replica) = world.replica() else {
            world.advance(seconds);
            return Ok(());
        };
        let headers = [(SECONDS, seconds.to_string())].into_iter().collect();
        self.commit(world, replica, Request { headers, ..Request::default() }, 0).map(drop)
    }

    /// Puts a request in its place, and carries out all up to there.
    fn commit(&self, world: &World, replica: &Replica, request: Request, number: u64) -> Result<CarriedOut, Problem> {
        let entry = Entry { token: replica.tokens.next(), number, request };
        let awaited = Awaited::of(replica, &entry.token);
        for _ in 0..ATTEMPTS {
            let position = replica.progress().position.clone();
            match replica.store.commit(world.called(), &position, &entry).map_err(problem)? {
                Told::Onwards { found, entries } => {
                    self.carry_out(world, &mut replica.progress(), &position, &entries);
                    if let Some(outcome) = awaited.outcome() {
                        self.keep(world, replica, found);
                        return Ok(outcome);
                    }
                }
                // It was not put there, or before what is known now: its token tells.
                Told::Otherwise => self.load(world, replica, &position, None)?,
            }
        }
        let why = "the request may have taken effect, but what was lost in the store does not tell its outcome";
        Err(problem(Failing::Gone(why.to_owned())))
    }

    /// Carries out the requests from a position on. False where the world is another by now, or what lies between is not known.
    fn carry_out(&self, world: &World, progress: &mut Progress, from: &Position, entries: &[Vec<u8>]) -> bool {
        if progress.position.epoch != from.epoch || progress.position.at < from.at {
            return false;
        }
        let known = usize::try_from(progress.position.at - from.at).unwrap_or(usize::MAX);
        for bytes in entries.iter().skip(known) {
            progress.position.at += 1;
            let Some(Entry { token, number, request }) = Entry::decoded(bytes) else { continue };
            progress.position.token.clone_from(&token);
            let context = self.context(world, number);
            let outcome = if request.method.is_empty() {
                note(world, &request);
                Outcome::Answered
            } else {
                let visit = Visit { mock: self, world, below: "", number: Some(number) };
                pipeline::replay(visit, &request, &context)
            };
            if let Some(waiting) = progress.awaited.get_mut(&token) {
                *waiting = Some((outcome, context));
            }
        }
        true
    }

    /// Takes over a world as it is kept, unless somebody has done so since it was found to be another.
    fn load(&self, world: &World, replica: &Replica, known: &Position, from: Option<&str>) -> Result<(), Problem> {
        let mut kept = replica.store.load(world.called(), None).map_err(problem)?;
        if kept.is_none() {
            let beginning = Beginning { epoch: replica.tokens.next(), from: self.origin_of(world, from)? };
            kept = replica.store.load(world.called(), Some(&beginning)).map_err(problem)?;
        }
        let Some(kept) = kept else { return Err(problem(Failing::Gone("the store has no world".to_owned()))) };
        let broken = |why: String| problem(Failing::Gone(format!("what is kept in the store cannot be read: {why}")));
        let snapshot = kept.state.map(|state| self.import(&state)).transpose().map_err(broken)?;
        let mut progress = replica.progress();
        if progress.position != *known {
            return Ok(());
        }
        match snapshot {
            Some(imported) => world.restore_here(&imported.snapshot),
            None => world.restore_here(world.origin()),
        }
        let is_lost = !known.epoch.is_empty() && kept.is_found_empty && kept.position.epoch != known.epoch;
        if is_lost {
            progress.was_lost = true;
        }
        progress.position = kept.position;
        Ok(())
    }

    /// What a new world begins from: another as it is now, or the start.
    fn origin_of(&self, world: &World, from: Option<&str>) -> Result<Option<(u64, Vec<u8>)>, Problem> {
        let Some(from) = from else { return Ok(None) };
        let missing = || {
            let why = format!("there is no world `{from}` that `{}` could begin from", world.called());
            Problem::new(Kind::BadWorld, why)
        };
        let origin = self.worlds.find_or_begin(from).ok_or_else(missing)?;
        let Some(replica) = origin.replica() else { return Err(missing()) };
        if replica.store.load(from, None).map_err(problem)?.is_none() {
            return Err(missing());
        }
        let counted = self.synchronised(&origin, 0, None)?.unwrap_or_default();
        let progress = replica.progress();
        let snapshot = origin.snapshot();
        drop(progress);
        Ok(Some((counted, self.export(&snapshot).into_bytes())))
    }

    /// Keeps what requests have come to, after many of them. Where that fails, the next one tries again.
    fn keep(&self, world: &World, replica: &Replica, found: Committed) {
        if found.since_kept < KEEP_AFTER && found.bytes_since_kept < KEEP_AFTER_BYTES {
            return;
        }
        let progress = replica.progress();
        let (position, snapshot) = (progress.position.clone(), world.snapshot());
        drop(progress);
        let _ = replica.store.keep(world.called(), &position, self.export(&snapshot).as_bytes());
    }
}

/// Carries out an entry that is no request: a cookie was set, or the clock was put forward.
fn note(world: &World, entry: &Request) {
    if let Some(cookie) = entry.headers.get(COOKIE) {
        let (name, value) = cookie.split_once('=').unwrap_or((cookie, ""));
        world.remember_cookie(name, value);
    }
    if let Some(seconds) = entry.headers.get(SECONDS).and_then(|seconds| seconds.parse().ok()) {
        world.advance(seconds);
    }
}

/// A request whose outcome is waited for, whoever carries it out.
struct Awaited<'r> {
    replica: &'r Replica,
    token: &'r str,
}

impl<'r> Awaited<'r> {
    fn of(replica: &'r Replica, token: &'r str) -> Self {
        replica.progress().awaited.insert(token.to_owned(), None);
        Self { replica, token }
    }

    fn outcome(&self) -> Option<CarriedOut> {
        self.replica.progress().awaited.get_mut(self.token)?.take()
    }
}

impl Drop for Awaited<'_> {
    fn drop(&mut self) {
        self.replica.progress().awaited.remove(self.token);
    }
}

fn problem(failing: Failing) -> Problem {
    match failing {
        Failing::Gone(why) => Problem::new(Kind::StoreGone, why).header("Retry-After", RETRY_AFTER),
        Failing::Full(why) => Problem::new(Kind::Full, why),
    }
}
