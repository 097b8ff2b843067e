//! Credentials, masked wherever a log could show them: those that were given to the mock by their value, in every spelling,
//! and header fields, cookies, query parameters and members of bodies that carry them by name. What a contract calls a
//! credential is known from its security schemes; the rest are the names that people use.

use std::borrow::Cow;

use etalon_conformance::report::Mask;
use etalon_conformance::{given, variable};
use etalon_contract::behaviour::shape::plain;
use etalon_contract::model::{In, Scheme, SchemeKind};
use serde_json::Value;

use crate::server::{Mock, Service};

/// The text in the place of a secret.
pub(super) const MASK: &str = "***";

/// Names of parameters and members that hold secrets, without case and punctuation. A few more than needed cost nothing; one
/// too few costs a secret.
const NAMES: [&str; 29] = [
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "newpassword",
    "oldpassword",
    "currentpassword",
    "passwordconfirmation",
    "secret",
    "clientsecret",
    "token",
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "authtoken",
    "bearertoken",
    "sessiontoken",
    "csrftoken",
    "apikey",
    "apitoken",
    "apisecret",
    "xapikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "authorization",
    "signature",
    "clientassertion",
    "cvv",
];

/// Header fields whose whole value is secret, in lower case.
const FIELDS: [&str; 9] = [
    "authorization",
    "proxy-authorization",
    "x-api-key",
    "api-key",
    "apikey",
    "x-auth-token",
    "x-access-token",
    "x-csrf-token",
    "x-amz-security-token",
];

/// The secrets of the log: the names under which the contracts' credentials travel, beside those that are always secret, and the
/// values that were given as credentials.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    fields: Vec<String>,
    parameters: Vec<String>,
    given: Mask,
}

impl Secrets {
    /// The secrets that the security schemes of contracts name, and the values that the mock was told to issue for them. Reads
    /// no operation.
    #[must_use]
    pub fn of(mock: &Mock) -> Self {
        let mut found = Self { given: given_to(mock, mock.services()), ..Self::default() };
        for scheme in schemes(mock.services()) {
            if let SchemeKind::ApiKey { place, name } = &scheme.kind {
                match place {
                    In::Header => found.fields.push(name.to_ascii_lowercase()),
                    In::Query | In::QueryString | In::Path | In::Cookie => found.parameters.push(plain(name)),
                }
            }
        }
        found
    }

    /// A line of the log, with the credentials in it masked that the mock was given.
    #[must_use]
    pub fn prose<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.given.within(text)
    }

    /// True for the name of a parameter or member that holds a secret.
    #[must_use]
    pub fn is_secret(&self, name: &str) -> bool {
        let name = plain(name);
        NAMES.contains(&name.as_str()) || self.parameters.contains(&name)
    }

    /// The target of a request, its secret query parameters masked.
    #[must_use]
    pub fn target<'t>(&self, target: &'t str) -> Cow<'t, str> {
        let Some((path, query)) = target.split_once('?') else { return Cow::Borrowed(target) };
        match self.pairs(query) {
            Cow::Borrowed(_) => Cow::Borrowed(target),
            Cow::Owned(masked) => Cow::Owned(format!("{path}?{masked}")),
        }
    }

    /// `name=value&…`, the secret ones masked: a query or a form.
    #[must_use]
    pub fn pairs<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let is_secret = |pair: &str| {
            pair.split_once('=').is_some_and(|(name, value)| {
                let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
                !value.is_empty() && self.is_secret(&name)
            })
        };
        if !text.split('&').any(is_secret) {
            return Cow::Borrowed(text);
        }
        let mask = |pair: &str| match pair.split_once('=') {
            Some((name, _)) if is_secret(pair) => format!("{name}={MASK}"),
            Some(_) | None => pair.to_owned(),
        };
        Cow::Owned(text.split('&').map(mask).collect::<Vec<_>>().join("&"))
    }

    /// The value of a header field: of credentials the name of their scheme stays, of cookies their names and attributes.
    #[must_use]
    pub fn field<'t>(&self, name: &str, value: &'t str) -> Cow<'t, str> {
        let name = name.to_ascii_lowercase();
        match name.as_str() {
            "cookie" => {
                let mask = |pair: &str| match pair.split_once('=') {
                    Some((name, _)) => format!("{name}={MASK}"),
                    None => MASK.to_owned(),
                };
                Cow::Owned(value.split(';').map(mask).collect::<Vec<_>>().join(";"))
            }
            "set-cookie" => match value.split_once('=') {
                Some((cookie, rest)) => {
                    let attributes = rest.split_once(';').map(|(_, attributes)| format!(";{attributes}"));
                    Cow::Owned(format!("{cookie}={MASK}{}", attributes.unwrap_or_default()))
                }
                None => Cow::Borrowed(MASK),
            },
            "location" | "link" | "referer" => match value.split_once('?') {
                Some((before, after)) => Cow::Owned(format!("{before}?{}", self.pairs(after))),
                None => Cow::Borrowed(value),
            },
            secret if FIELDS.contains(&secret) || self.fields.iter().any(|field| field == secret) => {
                match value.split_once(' ') {
                    Some((scheme, _)) if secret.ends_with("authorization") => Cow::Owned(format!("{scheme} {MASK}")),
                    Some(_) | None => Cow::Borrowed(MASK),
                }
            }
            _ => Cow::Borrowed(value),
        }
    }

    /// Masks the secret members of a value, at any depth.
    pub fn value(&self, value: &mut Value) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    match member {
                        Value::String(_) | Value::Number(_) if self.is_secret(name) => *member = MASK.into(),
                        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
                        Value::Array(_) | Value::Object(_) => self.value(member),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// The security schemes that operations of these services ask for, by the alternatives that the documents name.
fn schemes<'s>(services: impl IntoIterator<Item = &'s Service>) -> impl Iterator<Item = Scheme> {
    let requirements = services.into_iter().flat_map(|service| service.contract.requirements());
    requirements.flat_map(|requirement| requirement.schemes).map(|(scheme, _)| scheme)
}

/// A mask of what somebody gave the mock as credentials for schemes of these services, each by the name of an environment
/// variable. The mock's own credentials are no secret.
#[must_use]
pub fn given_to<'s>(mock: &Mock, services: impl IntoIterator<Item = &'s Service>) -> Mask {
    let credentials = mock.credentials();
    let secret = schemes(services).filter(|scheme| !credentials.is_own(scheme));
    Mask::new(
        secret
            .flat_map(|scheme| {
                let texts = given(&scheme, credentials.issued(&scheme));
                texts.into_iter().map(move |text| (variable(&scheme.name), text))
            })
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_masked_wherever_they_travel() {
        let secrets =
            Secrets { fields: vec!["x-key".into()], parameters: vec![plain("sig_v4")], given: Mask::default() };
        assert_eq!(
            secrets.target("/a?x=1&api_key=abc&sig-v4=d&empty_token="),
            "/a?x=1&api_key=***&sig-v4=***&empty_token="
        );
        assert_eq!(secrets.target("/a?x=1"), "/a?x=1");
        assert_eq!(secrets.field("Authorization", "Bearer abc"), "Bearer ***");
        assert_eq!(secrets.field("X-Key", "abc"), "***");
        assert_eq!(secrets.field("Cookie", "a=1; b=2"), "a=***; b=***");
        assert_eq!(secrets.field("Set-Cookie", "a=1; Path=/; HttpOnly"), "a=***; Path=/; HttpOnly");
        assert_eq!(secrets.field("Location", "/cb?access_token=abc"), "/cb?access_token=***");
        assert_eq!(secrets.field("Accept", "a/b"), "a/b");
        let mut body = json!({"user": {"name": "ada", "Password": "x"}, "tokens": [{"access_token": "y", "n": 1}]});
        secrets.value(&mut body);
        assert_eq!(
            body,
            json!({"user": {"name": "ada", "Password": "***"}, "tokens": [{"access_token": "***", "n": 1}]})
        );
    }
}
