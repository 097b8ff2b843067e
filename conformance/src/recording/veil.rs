//! Stand-ins for secrets: a run that is recorded works with them alone. They become the secrets where a request leaves and the secrets
//! become them where an answer comes, so what is judged is what is written down, and equal secrets stay equal.
//!
//! A stand-in has the length and the kinds of letters of its secret, so that it keeps the patterns that the secret keeps. It is keyed:
//! who does not have the key, which is thrown away with the run, learns nothing by trying words.

use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};

use etalon_contract::codec::{Headers, Request, Response};
use etalon_contract::model::Contract;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::credentials::{Credentials, fields_stood_in_for, is_token, sent_secrets};

/// The fewest bytes of a secret that is looked for within texts: shorter ones are words as well.
const TELLING: usize = 8;

/// The most secrets that answers may teach: a target that gives out more is none that gives out credentials.
const MOST: usize = 10_000;

/// The secrets of a run and what stands in for them.
#[derive(Debug)]
pub struct Veil {
    key: [u8; 32],
    /// Secret and stand-in, in every spelling that travels; the longest secrets first.
    pairs: Vec<(String, String)>,
    /// The hashes of texts that the run itself has sent: what it made up is no secret.
    sent: HashSet<u64>,
}

impl Veil {
    /// The veil over a run's credentials, and the credentials that the run works with.
    #[must_use]
    pub fn over(contract: &Contract, credentials: &Credentials, key: [u8; 32]) -> (Self, Credentials) {
        let (stood, pairs) = credentials.stood_in_for(contract, &|secret| stand_in(&key, secret));
        let mut veil = Self { key, pairs, sent: HashSet::new() };
        veil.sort();
        (veil, stood)
    }

    /// The veil over traffic that others have: what they send as credentials is learnt as they send it.
    #[must_use]
    pub fn over_traffic(key: [u8; 32]) -> Self {
        Self { key, pairs: Vec::new(), sent: HashSet::new() }
    }

    /// The veil over the traffic in an archive: its key is the archive itself, so that the same archive gives the same report, and
    /// whoever has the report alone learns nothing.
    #[must_use]
    pub fn over_archive(bytes: &[u8]) -> Self {
        Self::over_traffic(Sha256::digest(bytes).into())
    }

    /// An exchange of others without secrets: those of a contract's schemes, of fields that are called as credentials are, and the tokens
    /// of answers.
    #[must_use]
    pub fn laid_over(&mut self, contract: &Contract, request: &Request, answer: Response) -> (Request, Response) {
        for secret in sent_secrets(contract, request) {
            self.keep(&secret);
        }
        let answer = self.laid(answer);
        let mut hidden = request.clone();
        hidden.target = self.hidden(&request.target);
        let stood = fields_stood_in_for(contract, &request.headers, &|secret| stand_in(&self.key, secret));
        hidden.headers = stood.iter().map(|(name, value)| (name.to_owned(), self.hidden(value))).collect();
        if let Ok(text) = std::str::from_utf8(&request.body) {
            hidden.body = self.hidden(text).into_bytes();
        }
        (hidden, answer)
    }

    fn sort(&mut self) {
        self.pairs.sort_by(|(one, _), (two, _)| two.len().cmp(&one.len()).then_with(|| one.cmp(two)));
        self.pairs.dedup();
    }

    /// A request as it goes out, with the secrets.
    pub(super) fn lifted(&mut self, request: &Request) -> Request {
        let mut lifted = request.clone();
        lifted.target = self.revealed(&request.target, 1);
        lifted.headers =
            request.headers.iter().map(|(name, value)| (name.to_owned(), self.revealed(value, 1))).collect();
        if let Ok(text) = std::str::from_utf8(&request.body) {
            if let Ok(value) = serde_json::from_slice::<Value>(&request.body) {
                self.remember(&value);
            }
            lifted.body = self.revealed(text, TELLING).into_bytes();
        }
        lifted
    }

    /// A line of the ledger as it is written, with the secrets: what it names is to be found again.
    pub(super) fn lifted_line(&self, line: &str) -> String {
        self.revealed(line, TELLING)
    }

    /// An answer as the run hears it, without secrets: those that it brings are new ones.
    pub(super) fn laid(&mut self, answer: Response) -> Response {
        if let Ok(value) = serde_json::from_slice::<Value>(&answer.body) {
            self.learn(&value);
        }
        for (_, field) in answer.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")) {
            let pair = field.split(';').next().and_then(|pair| pair.split_once('='));
            if let Some((_, value)) = pair {
                self.keep(value.trim());
            }
        }
        let headers: Headers =
            answer.headers.iter().map(|(name, value)| (name.to_owned(), self.hidden(value))).collect();
        let body = match std::str::from_utf8(&answer.body) {
            Ok(text) => self.hidden(text).into_bytes(),
            Err(_) => answer.body,
        };
        Response { status: answer.status, headers, body }
    }

    fn remember(&mut self, value: &Value) {
        match value {
            Value::String(text) => {
                self.sent.insert(hash(text));
            }
            Value::Array(items) => items.iter().for_each(|item| self.remember(item)),
            Value::Object(members) => members.values().for_each(|member| self.remember(member)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn learn(&mut self, value: &Value) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self.learn(item)),
            Value::Object(members) => {
                for (name, member) in members {
                    match member {
                        Value::String(text) if is_token(name) => self.keep(text),
                        Value::Array(_) | Value::Object(_) => self.learn(member),
                        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    /// Keeps a secret that an answer brought.
    fn keep(&mut self, secret: &str) {
        let is_known = self.pairs.iter().any(|(known, other)| known == secret || other == secret);
        if secret.len() < TELLING || self.pairs.len() >= MOST || is_known || self.sent.contains(&hash(secret)) {
            return;
        }
        let other = stand_in(&self.key, secret);
        if other != secret {
            self.pairs.push((secret.to_owned(), other));
            self.sort();
        }
    }

    fn hidden(&self, text: &str) -> String {
        let long = self.pairs.iter().filter(|(secret, _)| secret.len() >= TELLING);
        long.fold(text.to_owned(), |text, (secret, other)| replaced(text, secret, other))
    }

    fn revealed(&self, text: &str, least: usize) -> String {
        let pairs = self.pairs.iter().filter(|(_, other)| other.len() >= least);
        pairs.fold(text.to_owned(), |text, (secret, other)| replaced(text, other, secret))
    }
}

fn replaced(text: String, from: &str, to: &str) -> String {
    if text.contains(from) { text.replace(from, to) } else { text }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// The text that stands in for a secret: each letter and digit is another of its kind, everything else is as it is.
fn stand_in(key: &[u8; 32], secret: &str) -> String {
    let mut stream = Vec::new();
    let mut block = 0_u32;
    let mut next = |at: usize| {
        while stream.len() <= at {
            let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of HMAC may have any length");
            mac.update(&block.to_be_bytes());
            mac.update(secret.as_bytes());
            stream.extend_from_slice(&mac.finalize().into_bytes());
            block += 1;
        }
        stream[at]
    };
    let letter = |first: u8, kinds: u8, random: u8| char::from(first + random % kinds);
    let other = |(at, c): (usize, char)| match c {
        '0'..='9' => letter(b'0', 10, next(at)),
        'a'..='z' => letter(b'a', 26, next(at)),
        'A'..='Z' => letter(b'A', 26, next(at)),
        other => other,
    };
    secret.chars().enumerate().map(other).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    fn contract() -> Contract {
        Contract::parse(
            "
openapi: 3.1.0
info: { title: t, version: '1' }
components: { securitySchemes: { b: { type: http, scheme: bearer }, u: { type: http, scheme: basic } } }
security: [{ b: [] }, { u: [] }]
paths: { /me: { get: { responses: { '200': { description: me } } } } }
",
        )
        .expect("the document is sound")
    }

    fn veil(given: &[&str]) -> (Veil, Credentials) {
        let contract = contract();
        let mut credentials = Credentials::default();
        given.iter().for_each(|text| credentials.give(&contract, text).expect("it is for a scheme"));
        Veil::over(&contract, &credentials, KEY)
    }

    fn answer(body: &str) -> Response {
        Response { status: 200, body: body.as_bytes().to_vec(), ..Response::default() }
    }

    #[test]
    fn a_stand_in_looks_like_its_secret_and_is_another() {
        let other = stand_in(&KEY, "sk-Live_0123456789abcdef");
        assert_ne!(other, "sk-Live_0123456789abcdef");
        let kinds = |text: &str| -> String {
            text.chars()
                .map(|c| {
                    if c.is_ascii_digit() {
                        '0'
                    } else if c.is_ascii_alphabetic() {
                        'a'
                    } else {
                        c
                    }
                })
                .collect()
        };
        assert_eq!(kinds(&other), kinds("sk-Live_0123456789abcdef"));
        assert_eq!(other, stand_in(&KEY, "sk-Live_0123456789abcdef"));
        assert_ne!(other, stand_in(&[8; 32], "sk-Live_0123456789abcdef"));
    }

    #[test]
    fn the_target_sees_the_secret_and_the_run_does_not() {
        let (mut veil, credentials) = veil(&["b=topsecret-0123456789", "me:hunter-number-2"]);
        let bearer = credentials.value("b").expect("it is given").to_owned();
        assert_ne!(bearer, "topsecret-0123456789");
        let basic = credentials.value("u").expect("it is given").to_owned();
        assert!(basic.starts_with("me:") && basic != "me:hunter-number-2", "the user is no secret");
        let mut request = Request { method: "GET".into(), target: "/me".into(), ..Request::default() };
        request.headers.set("Authorization", format!("Bearer {bearer}"));
        assert_eq!(veil.lifted(&request).headers.get("authorization"), Some("Bearer topsecret-0123456789"));
        request.headers.set("Authorization", format!("Basic {}", data_encoding::BASE64.encode(basic.as_bytes())));
        let sent = veil.lifted(&request);
        assert_eq!(sent.headers.get("authorization"), Some("Basic bWU6aHVudGVyLW51bWJlci0y"));
        let heard = veil.laid(answer(r#"{"you": "topsecret-0123456789"}"#));
        assert_eq!(heard.body, format!(r#"{{"you": "{bearer}"}}"#).into_bytes());
    }

    #[test]
    fn tokens_that_answers_bring_are_secrets_unless_the_run_made_them_up() {
        let (mut veil, _) = veil(&[]);
        let heard = veil.laid(answer(r#"{"data": {"access_token": "abcdefgh12345678"}}"#));
        let heard: Value = serde_json::from_slice(&heard.body).expect("it is JSON");
        let token = heard["data"]["access_token"].as_str().expect("it is text").to_owned();
        assert_ne!(token, "abcdefgh12345678");
        let request = Request { target: format!("/sessions/{token}"), ..Request::default() };
        assert_eq!(veil.lifted(&request).target, "/sessions/abcdefgh12345678");
        let made_up = Request { body: br#"{"token": "made-up-by-the-run"}"#.to_vec(), ..Request::default() };
        let _ = veil.lifted(&made_up);
        let echoed = veil.laid(answer(r#"{"token": "made-up-by-the-run"}"#));
        assert_eq!(echoed.body, br#"{"token": "made-up-by-the-run"}"#);
    }

    #[test]
    fn a_short_secret_is_stood_in_for_where_it_travels_and_nowhere_else() {
        let (mut veil, credentials) = veil(&["me:admin"]);
        let basic = credentials.value("u").expect("it is given").to_owned();
        assert_ne!(basic, "me:admin");
        let body = r#"{"role": "admin"}"#;
        assert_eq!(veil.laid(answer(body)).body, body.as_bytes());
    }

    #[test]
    fn the_credentials_of_others_are_stood_in_for_however_short_they_are() {
        let contract = contract();
        let mut veil = Veil::over_archive(b"an archive");
        let mut request = Request { method: "GET".into(), target: "/me".into(), ..Request::default() };
        request.headers.set("Authorization", "Basic YTpi");
        request.headers.set("Cookie", "sid=abc; theme=dark");
        request.headers.set("Accept", "application/json");
        let (hidden, _) = veil.laid_over(&contract, &request, Response::default());
        let field = |name: &str| hidden.headers.get(name).expect("it is there").to_owned();
        assert!(field("authorization").starts_with("Basic ") && field("authorization") != "Basic YTpi");
        assert!(field("cookie").starts_with("sid=") && !field("cookie").contains("abc"));
        assert_eq!(field("accept"), "application/json");
        let (again, _) = Veil::over_archive(b"an archive").laid_over(&contract, &request, Response::default());
        assert_eq!(again, hidden, "the same archive is shown in the same way");
    }
}
