//! The store in Redis or Valkey: one script does each thing in one go. All keys of a world have one hash tag, so that they are in one
//! slot of a cluster.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use redis::{Client, Cmd, Connection, RedisError, Value};

use crate::server::store::{Beginning, Committed, Entry, Failing, Kept, Position, Store, Told};

/// The one script.
const SCRIPT: &str = include_str!("scripts.lua");

/// The longest time that a connection may take to be there.
const CONNECT: Duration = Duration::from_secs(1);

/// The longest time that an answer may take.
const ANSWER: Duration = Duration::from_secs(2);

/// The time for which nobody tries again to reach a store that could not be reached.
const PAUSE: Duration = Duration::from_millis(100);

/// The requests that are left for mocks that are a little behind when those before them are kept no more.
const TAIL: u64 = 200;

/// The most connections that are kept while nobody uses them.
const IDLE: usize = 64;

/// A store in Redis.
pub struct Redis {
    client: Client,
    /// What all keys begin with.
    prefix: String,
    idle: Mutex<Vec<Linked>>,
    failed: Mutex<Option<Instant>>,
}

/// A connection, with the name of the script there.
struct Linked {
    connection: Connection,
    script: String,
}

impl std::fmt::Debug for Redis {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The address may hold a password.
        write!(out, "Redis({})", self.prefix)
    }
}

impl Redis {
    /// The store at an address, for keys that begin so. Nothing is connected yet.
    ///
    /// # Errors
    /// The address is none.
    pub fn at(address: &str, prefix: &str) -> Result<Self, String> {
        let client = Client::open(address).map_err(|error| error.to_string())?;
        Ok(Self { client, prefix: prefix.to_owned(), idle: Mutex::default(), failed: Mutex::default() })
    }

    /// Checks that the store is there and does as it is asked.
    ///
    /// # Errors
    /// It does not.
    pub fn check(&self) -> Result<(), Failing> {
        self.link().map(|linked| self.give_back(linked))
    }

    fn link(&self) -> Result<Linked, Failing> {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        if failed.is_some_and(|at| at.elapsed() < PAUSE) {
            return Err(Failing::Gone("the store could not be reached a moment ago".to_owned()));
        }
        let linked = self.connected();
        *failed = linked.is_err().then(Instant::now);
        linked
    }

    fn connected(&self) -> Result<Linked, Failing> {
        let mut connection = self.client.get_connection_with_timeout(CONNECT).map_err(|error| failing(&error))?;
        let timeouts = connection.set_read_timeout(Some(ANSWER)).and(connection.set_write_timeout(Some(ANSWER)));
        timeouts.map_err(|error| failing(&error))?;
        let script = redis::cmd("SCRIPT").arg("LOAD").arg(SCRIPT).query(&mut connection);
        Ok(Linked { connection, script: script.map_err(|error| failing(&error))? })
    }

    fn give_back(&self, linked: Linked) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE {
            idle.push(linked);
        }
    }

    /// Lets the script do something. A connection that turns out to be dead is replaced once: what is done twice is harmless.
    fn ask(&self, world: &str, token: &str, arguments: &[&[u8]]) -> Result<Vec<Value>, Failing> {
        let known = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let is_new = known.is_none();
        let mut linked = known.map_or_else(|| self.link(), Ok)?;
        let mut answer = self.command(&linked, world, token, arguments).query(&mut linked.connection);
        let is_dead = |error: &RedisError| !is_new && !error.is_timeout() && error.is_connection_dropped();
        if answer.as_ref().is_err_and(is_dead) {
            // The others are as dead as this one.
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
            linked = self.link()?;
            answer = self.command(&linked, world, token, arguments).query(&mut linked.connection);
        }
        match answer {
            Ok(Value::Array(values)) => {
                self.give_back(linked);
                Ok(values)
            }
            Ok(_) => Err(Failing::Gone("the store answers in words that are not known".to_owned())),
            // The next connection loads the script anew.
            Err(error) => Err(failing(&error)),
        }
    }

    fn command(&self, linked: &Linked, world: &str, token: &str, arguments: &[&[u8]]) -> Cmd {
        let key = |what: &str| format!("{}{{{world}}}:{what}", self.prefix);
        let mut command = redis::cmd("EVALSHA");
        command.arg(&linked.script).arg(5).arg(key("head")).arg(key("log")).arg(key("state"));
        command.arg(key(&format!("token:{token}"))).arg(key("origin"));
        for argument in arguments {
            command.arg(*argument);
        }
        command
    }
}

fn failing(error: &RedisError) -> Failing {
    match error.code() {
        Some("OOM") => Failing::Full("the store of the mock's state is full".to_owned()),
        Some(_) | None => Failing::Gone(format!("the store of the mock's state fails: {error}")),
    }
}

fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::BulkString(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
        Some(Value::SimpleString(text)) => text.clone(),
        Some(_) | None => String::new(),
    }
}

fn number(value: Option<&Value>) -> u64 {
    match value {
        Some(Value::Int(number)) => u64::try_from(*number).unwrap_or_default(),
        Some(_) | None => 0,
    }
}

fn bytes(value: Value) -> Option<Vec<u8>> {
    if let Value::BulkString(bytes) = value { Some(bytes) } else { None }
}

/// An answer about a position, with what `found` makes of its two numbers.
fn told<T>(mut values: Vec<Value>, found: impl Fn(u64, u64) -> T) -> Result<Told<T>, Failing> {
    match text(values.first()).as_str() {
        "otherwise" => Ok(Told::Otherwise),
        "onwards" => {
            let found = found(number(values.get(1)), number(values.get(2)));
            let Some(Value::Array(entries)) = values.pop() else {
                return Err(Failing::Gone("the store answers in words that are not known".to_owned()));
            };
            Ok(Told::Onwards { found, entries: entries.into_iter().filter_map(bytes).collect() })
        }
        _ => Err(Failing::Gone("the store answers in words that are not known".to_owned())),
    }
}

impl Store for Redis {
    fn enter(&self, world: &str, position: &Position, requests: u64) -> Result<Told<u64>, Failing> {
        let Position { epoch, at, token } = position;
        let (at, requests) = (at.to_string(), requests.to_string());
        let arguments: [&[u8]; 5] = [b"enter", epoch.as_bytes(), at.as_bytes(), token.as_bytes(), requests.as_bytes()];
        told(self.ask(world, "", &arguments)?, |number, _| number)
    }

    fn commit(&self, world: &str, position: &Position, entry: &Entry) -> Result<Told<Committed>, Failing> {
        let Position { epoch, at, token } = position;
        let (at, number, content) = (at.to_string(), entry.number.to_string(), entry.content());
        let arguments: [&[u8]; 7] = [
            b"commit",
            epoch.as_bytes(),
            at.as_bytes(),
            token.as_bytes(),
            entry.token.as_bytes(),
            number.as_bytes(),
            &content,
        ];
        let found = |since_kept, bytes_since_kept| Committed { since_kept, bytes_since_kept };
        told(self.ask(world, &entry.token, &arguments)?, found)
    }

    fn load(&self, world: &str, beginning: Option<&Beginning>) -> Result<Option<Kept>, Failing> {
        let nothing = Beginning::default();
        let beginning = beginning.unwrap_or(&nothing);
        let mut values = self.ask(world, "", &[b"load", beginning.epoch.as_bytes(), &given(beginning)])?;
        let state = values.pop().and_then(bytes);
        let (epoch, token) = (text(values.first()), text(values.get(3)));
        let is_found_empty = text(values.get(1)) == "empty";
        let position = Position { epoch, at: number(values.get(2)), token };
        Ok((!position.epoch.is_empty()).then_some(Kept { position, state, is_found_empty }))
    }

    fn keep(&self, world: &str, position: &Position, state: &[u8]) -> Result<(), Failing> {
        let Position { epoch, at, token } = position;
        let (at, tail) = (at.to_string(), TAIL.to_string());
        let arguments: [&[u8]; 6] =
            [b"keep", epoch.as_bytes(), at.as_bytes(), token.as_bytes(), state, tail.as_bytes()];
        self.ask(world, "", &arguments).map(drop)
    }

    fn begin(&self, world: &str, beginning: &Beginning) -> Result<(), Failing> {
        self.ask(world, "", &[b"begin", beginning.epoch.as_bytes(), &given(beginning)]).map(drop)
    }

    fn restore(&self, world: &str, beginning: &Beginning) -> Result<(), Failing> {
        self.ask(world, "", &[b"restore", beginning.epoch.as_bytes(), &given(beginning)]).map(drop)
    }
}

/// What a world begins from, as the script has it: the number of requests and the state; nothing where none is given.
fn given(beginning: &Beginning) -> Vec<u8> {
    let Some((counted, state)) = &beginning.from else { return Vec::new() };
    let mut given = format!("{counted:020}").into_bytes();
    given.extend_from_slice(state);
    given
}
