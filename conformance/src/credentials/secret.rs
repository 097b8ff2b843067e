//! Secrets: the spellings in which credentials travel and were given, and texts that stand in for them.

use std::collections::BTreeSet;

use data_encoding::BASE64;
use etalon_contract::behaviour::shape::plain;
use etalon_contract::codec::{Headers, Request};
use etalon_contract::model::{Contract, In, Scheme, SchemeKind};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::credentials::{Credentials, schemes};

impl Credentials {
    /// The secrets that must not be shown to everybody: each credential as it travels and as it was given, with the name of an
    /// environment variable that may stand in its place. The variable holds what travels, which stands first.
    #[must_use]
    pub fn secrets(&self, contract: &Contract) -> Vec<(String, String)> {
        let schemes = schemes(contract);
        let by_scheme = schemes.values().map(|scheme| {
            let past = self.past.iter().filter(|(name, _)| *name == scheme.name).map(|(_, value)| value);
            let values = self.values.get(&scheme.name).into_iter().flatten().chain(past);
            let given = values.flat_map(|value| given(scheme, value));
            given.map(|text| (variable(&scheme.name), text)).collect::<Vec<_>>()
        });
        let declared = declared_fields(contract);
        let is_secret = |name: &str| declared.contains(&name.to_ascii_lowercase()) || tells(name);
        let by_field = self
            .fields
            .iter()
            .filter(|(name, _)| is_secret(name))
            .map(|(name, value)| field_texts(name, value).into_iter().map(|text| (variable(name), text)).collect());
        by_scheme.chain(by_field).flatten().filter(|(_, text)| !text.trim().is_empty()).collect()
    }

    /// The same credentials, each secret by what stands in for it, with the spellings of both: the secret's, and that of its stand-in.
    pub(crate) fn stood_in_for(
        &self,
        contract: &Contract,
        stand_in: &dyn Fn(&str) -> String,
    ) -> (Self, Vec<(String, String)>) {
        let (mut stood, mut pairs) = (self.clone(), Vec::new());
        for (name, scheme) in schemes(contract) {
            let values = stood.values.get_mut(&name).into_iter().flatten();
            let past = stood.past.iter_mut().filter(|(known, _)| *known == name).map(|(_, value)| value);
            for value in values.chain(past) {
                let other = within(&scheme, value, stand_in);
                pairs.extend(given(&scheme, value).into_iter().zip(given(&scheme, &other)));
                *value = other;
            }
        }
        let declared = declared_fields(contract);
        for (name, value) in &mut stood.fields {
            if declared.contains(&name.to_ascii_lowercase()) || tells(name) {
                let other = field_within(name, value, stand_in);
                pairs.extend(field_texts(name, value).into_iter().zip(field_texts(name, &other)));
                *value = other;
            }
        }
        pairs.retain(|(secret, other)| secret != other && !secret.trim().is_empty());
        (stood, pairs)
    }
}

/// The names of the header fields that hold credentials of a contract's schemes, in small letters.
fn declared_fields(contract: &Contract) -> BTreeSet<String> {
    schemes(contract).values().filter_map(Scheme::header).map(str::to_ascii_lowercase).collect()
}

/// The fields of somebody else's request, credentials in them stood in for, however short.
pub(crate) fn fields_stood_in_for(
    contract: &Contract,
    headers: &Headers,
    stand_in: &dyn Fn(&str) -> String,
) -> Headers {
    let declared = declared_fields(contract);
    let is_secret = |name: &str| declared.contains(&name.to_ascii_lowercase()) || tells(name);
    let field = |(name, value): (&str, &str)| {
        let value = if is_secret(name) { field_within(name, value, stand_in) } else { value.to_owned() };
        (name.to_owned(), value)
    };
    headers.iter().map(field).collect()
}

/// The secrets that somebody else's request shows, by a contract's schemes and by the names of its fields.
pub(crate) fn sent_secrets(contract: &Contract, request: &Request) -> Vec<String> {
    let schemes = schemes(contract);
    let declared = declared_fields(contract);
    let is_secret = |name: &str| declared.contains(&name.to_ascii_lowercase()) || tells(name);
    let fields = request.headers.iter().filter(|(name, _)| is_secret(name));
    let mut secrets: Vec<String> = fields
        .flat_map(|(name, value)| {
            let texts = field_texts(name, value);
            // The whole field has the secret in it.
            if texts.len() > 1 { texts[..texts.len() - 1].to_vec() } else { texts }
        })
        .collect();
    for scheme in schemes.values() {
        if let SchemeKind::ApiKey { place: In::Query, name } = &scheme.kind {
            let pairs = request.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
            secrets.extend(pairs.filter(|(known, _)| known == name).map(|(_, value)| value.to_owned()));
        }
    }
    secrets
}

/// The secrets in a field: what follows its first word, or each cookie's value; then the whole.
fn field_texts(name: &str, value: &str) -> Vec<String> {
    let rest = value.split_once(' ').map(|(_, rest)| rest.to_owned());
    let cookies = value.split(';').filter_map(|pair| pair.split_once('=')).map(|(_, value)| value.trim().to_owned());
    let mut texts: Vec<String> = if is_cookie(name) { cookies.collect() } else { rest.into_iter().collect() };
    texts.push(value.to_owned());
    texts
}

fn is_cookie(field: &str) -> bool {
    field.eq_ignore_ascii_case("cookie")
}

/// The value of a field with its secrets stood in for: the first word stays where there are several, and so do the names of cookies.
fn field_within(name: &str, value: &str, stand_in: &dyn Fn(&str) -> String) -> String {
    if is_cookie(name) {
        let pair = |pair: &str| match pair.split_once('=') {
            Some((name, value)) => format!("{name}={}", stand_in(value)),
            None => pair.to_owned(),
        };
        return value.split(';').map(pair).collect::<Vec<_>>().join(";");
    }
    match value.split_once(' ') {
        Some((word, rest)) => format!("{word} {}", stand_in(rest)),
        None => stand_in(value),
    }
}

/// The value of a scheme with its secret stood in for: what it begins with stays, and of HTTP Basic the user.
fn within(scheme: &Scheme, value: &str, stand_in: &dyn Fn(&str) -> String) -> String {
    let texts = given(scheme, value);
    let user = |plain: &str| match plain.split_once(':') {
        Some((user, password)) => format!("{user}:{}", stand_in(password)),
        None => stand_in(plain),
    };
    if scheme.is_basic() {
        // `given` has what travels, then user and password.
        let plain = texts.get(1).filter(|plain| !plain.is_empty());
        let coded = plain.filter(|plain| *plain != value);
        return match (plain, coded) {
            (Some(plain), Some(_)) => format!("Basic {}", BASE64.encode(user(plain).as_bytes())),
            (Some(plain), None) => user(plain),
            (None, _) => stand_in(value),
        };
    }
    let secret = texts.iter().filter(|text| value.ends_with(text.as_str())).min_by_key(|text| text.len());
    let secret = secret.map_or(value, String::as_str);
    format!("{}{}", &value[..value.len() - secret.len()], stand_in(secret))
}

/// The environment variable that holds the credentials of a scheme: `Bearer auth` -> `ETALON_BEARER_AUTH`.
#[must_use]
pub fn variable(name: &str) -> String {
    let word = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("ETALON_{}", name.chars().map(word).collect::<String>())
}

/// Words of which one is in the name of a field whose value is nobody's business.
const TELLING: [&str; 10] =
    ["auth", "cookie", "token", "key", "secret", "session", "password", "credential", "signature", "jwt"];

/// True where a field's name says that its value is a credential.
fn tells(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TELLING.iter().any(|word| name.contains(word))
}

/// Names of members that hold what lets in, without marks and case.
const TOKENS: [&str; 9] =
    ["token", "accesstoken", "authtoken", "idtoken", "bearertoken", "sessiontoken", "jwt", "apikey", "sessionid"];

/// True for the name of a member of an answer that holds what lets in.
pub(crate) fn is_token(member: &str) -> bool {
    TOKENS.contains(&plain(member).as_str())
}

/// The spellings of what was given for a scheme: as it travels, then as it was written, and the parts of it that are secrets of
/// their own.
#[must_use]
pub fn given(scheme: &Scheme, value: &str) -> Vec<String> {
    let without = |prefix: &str| {
        let there = value.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        if there { value[prefix.len()..].trim().to_owned() } else { value.to_owned() }
    };
    let mut texts = match &scheme.kind {
        SchemeKind::ApiKey { place: In::Query | In::QueryString | In::Path, .. } => {
            let whole = format!("{}{}", scheme.prefix(), without(scheme.prefix()));
            vec![utf8_percent_encode(&whole, NON_ALPHANUMERIC).to_string(), without(scheme.prefix())]
        }
        SchemeKind::ApiKey { .. } => vec![without(scheme.prefix())],
        SchemeKind::Http { scheme: word } if word == "basic" => {
            let coded = without("basic ");
            let is_coded = coded != value;
            let plain = if is_coded {
                BASE64.decode(coded.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
            } else {
                value.to_owned()
            };
            let wire = if is_coded { coded } else { BASE64.encode(value.as_bytes()) };
            let password = plain.split_once(':').map(|(_, password)| password.to_owned());
            [wire, plain].into_iter().chain(password).collect()
        }
        SchemeKind::Http { scheme: word } => vec![without(&format!("{word} "))],
        SchemeKind::OAuth2 | SchemeKind::OpenIdConnect => vec![without("bearer ")],
        SchemeKind::MutualTls => Vec::new(),
    };
    texts.push(value.to_owned());
    texts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::tests::scheme;

    #[test]
    fn what_is_secret_is_known_as_it_travels_and_as_it_was_given() {
        let key = |place, prefix| scheme("k", SchemeKind::ApiKey { place, name: "X-Key".into() }, prefix);
        let http = |word: &str| scheme("h", SchemeKind::Http { scheme: word.into() }, "");
        for (scheme, value, secrets) in [
            (http("bearer"), "a b=c", vec!["a b=c", "a b=c"]),
            (http("bearer"), "Bearer abc", vec!["abc", "Bearer abc"]),
            (
                http("basic"),
                "me:it is=mine",
                vec!["bWU6aXQgaXM9bWluZQ==", "me:it is=mine", "it is=mine", "me:it is=mine"],
            ),
            (http("basic"), "Basic YTpi", vec!["YTpi", "a:b", "b", "Basic YTpi"]),
            (key(In::Header, "token "), "Token a=b", vec!["a=b", "Token a=b"]),
            (key(In::Query, ""), "a/b", vec!["a%2Fb", "a/b", "a/b"]),
        ] {
            assert_eq!(given(&scheme, value), secrets, "{value}");
        }
        assert_eq!(variable("Bearer auth-2"), "ETALON_BEARER_AUTH_2");
        assert!(tells("X-Api-Key") && tells("Cookie") && !tells("X-Tenant"));
    }
}
