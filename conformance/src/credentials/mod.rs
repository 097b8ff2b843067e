//! Credentials: which were given, which alternatives of an operation they satisfy, and how each travels in a request. `secret` tells what of
//! them is nobody's business.

mod secret;

use std::collections::BTreeMap;

use etalon_contract::codec::Request;
use etalon_contract::model::{Contract, Operation, Requirement, Scheme, SchemeKind};
use serde::{Deserialize, Serialize};

pub(crate) use secret::{fields_stood_in_for, is_token, sent_secrets};
pub use secret::{given, variable};

/// The credentials that were given, and header fields for every request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Credentials {
    /// The values of each scheme: the first is used, the next once that one has ended.
    values: BTreeMap<String, Vec<String>>,
    fields: Vec<(String, String)>,
    /// Values that have ended, by scheme: they are secrets all the same.
    past: Vec<(String, String)>,
}

/// The use that is made of the credentials of an alternative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show<'s> {
    /// All credentials are shown.
    All,
    /// All but this scheme's.
    Without(&'s str),
    /// All, this scheme's wrong.
    Wrong(&'s str),
}

/// The text in place of credentials that are meant to be wrong: nobody's password, and readable in a server's log.
const WRONG: &str = "etalon-wrong-credentials";

impl Credentials {
    /// Reads what a person gave: `SCHEME=VALUE` for a scheme of the contract, or `user:password` for every scheme of HTTP
    /// Basic authentication.
    ///
    /// # Errors
    /// One sentence fragment where it is neither.
    pub fn give(&mut self, contract: &Contract, text: &str) -> Result<(), String> {
        let schemes = schemes(contract);
        if let Some((name, value)) = text.split_once('=')
            && schemes.contains_key(name)
        {
            self.values.entry(name.to_owned()).or_default().push(value.to_owned());
            return Ok(());
        }
        let known = || schemes.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        if !text.contains(':') {
            // What was given may be a secret with a slip beside it.
            let slip = if text.contains('=') {
                "the contract has no security scheme of the name before `=`"
            } else {
                "that is neither SCHEME=VALUE nor user:password"
            };
            return Err(format!("{slip}; the schemes are: {}", known()));
        }
        for (name, _) in schemes.iter().filter(|(_, scheme)| scheme.is_basic()) {
            self.values.entry(name.clone()).or_default().push(text.to_owned());
        }
        if !schemes.values().any(Scheme::is_basic) {
            return Err(format!(
                "user:password is for HTTP Basic, which the contract does not have; the schemes are: {}",
                known()
            ));
        }
        Ok(())
    }

    /// Gives a scheme this value alone.
    pub fn set(&mut self, scheme: &str, value: &str) {
        self.values.insert(scheme.to_owned(), vec![value.to_owned()]);
    }

    /// The value of a scheme that is used.
    #[must_use]
    pub fn value(&self, scheme: &str) -> Option<&str> {
        self.values.get(scheme)?.first().map(String::as_str)
    }

    /// The same credentials with the next value for a scheme of an alternative, the one before having ended; `None` where no
    /// other was given.
    #[must_use]
    pub fn next(&self, alternative: &Requirement) -> Option<Self> {
        let names = alternative.schemes.iter().map(|(scheme, _)| &scheme.name);
        let name = names.into_iter().find(|name| self.values.get(*name).is_some_and(|values| values.len() > 1))?;
        let mut next = self.clone();
        let ended = next.values.get_mut(name)?.remove(0);
        next.past.push((name.clone(), ended));
        Some(next)
    }

    /// The same credentials with a new value for a scheme, the one before having ended; `None` where a field that every request
    /// carries holds it.
    #[must_use]
    pub fn renewed(&self, scheme: &Scheme, value: String) -> Option<Self> {
        if self.field(scheme).is_some() {
            return None;
        }
        let mut next = self.clone();
        let ended = next.values.insert(scheme.name.clone(), vec![value]).unwrap_or_default();
        next.past.extend(ended.into_iter().map(|ended| (scheme.name.clone(), ended)));
        Some(next)
    }

    /// A header field that every request carries; it replaces one of the same name.
    pub fn add_field(&mut self, name: &str, value: &str) {
        self.fields.push((name.to_owned(), value.to_owned()));
    }

    /// True where credentials for a scheme are there.
    #[must_use]
    pub fn has(&self, scheme: &Scheme) -> bool {
        scheme.kind != SchemeKind::MutualTls && (self.values.contains_key(&scheme.name) || self.field(scheme).is_some())
    }

    /// True where an alternative can be satisfied. One that asks for nothing always can.
    #[must_use]
    pub fn satisfy(&self, alternative: &Requirement) -> bool {
        alternative.schemes.iter().all(|(scheme, _)| self.has(scheme))
    }

    /// The alternative that requests use when their case is not about credentials: the first that can be satisfied and
    /// asks for something, else the first that asks for nothing.
    #[must_use]
    pub fn usual(&self, operation: &Operation) -> Option<usize> {
        let satisfied = |asks: &dyn Fn(&Requirement) -> bool| {
            operation.security.iter().position(|alternative| asks(alternative) && self.satisfy(alternative))
        };
        satisfied(&|alternative| !alternative.schemes.is_empty()).or_else(|| satisfied(&|_| true))
    }

    /// The schemes that are missing to satisfy an alternative.
    #[must_use]
    pub fn missing(&self, alternative: &Requirement) -> Vec<String> {
        alternative
            .schemes
            .iter()
            .filter(|(scheme, _)| !self.has(scheme))
            .map(|(scheme, _)| scheme.name.clone())
            .collect()
    }

    /// Puts an alternative's credentials into a request, and the fields that every request carries. `None` shows none; a
    /// given field that holds credentials of the operation is then left out as well.
    pub fn apply(&self, operation: &Operation, alternative: Option<(usize, Show<'_>)>, request: &mut Request) {
        let credential_fields: Vec<String> = operation
            .security
            .iter()
            .flat_map(|alternative| &alternative.schemes)
            .filter_map(|(scheme, _)| scheme.header())
            .map(str::to_ascii_lowercase)
            .collect();
        for (name, value) in &self.fields {
            if !credential_fields.contains(&name.to_ascii_lowercase()) {
                request.headers.set(name, value.clone());
            }
        }
        let Some((index, show)) = alternative else { return };
        let Some(alternative) = operation.security.get(index) else { return };
        for (scheme, _) in &alternative.schemes {
            match show {
                Show::Without(name) if name == scheme.name => {}
                Show::Wrong(name) if name == scheme.name => scheme.write(&wrong(scheme), request),
                Show::All | Show::Without(_) | Show::Wrong(_) => match (self.field(scheme), self.value(&scheme.name)) {
                    (Some((name, value)), _) => request.headers.set(name, value),
                    (None, Some(value)) => scheme.write(value, request),
                    (None, None) => {}
                },
            }
        }
    }

    /// Puts the fields that every request carries into one, those that look like credentials as well.
    pub fn apply_fields(&self, request: &mut Request) {
        for (name, value) in &self.fields {
            request.headers.set(name, value.clone());
        }
    }

    /// The given field that holds a scheme's credentials. Schemes may share a field, so its value must begin as theirs do.
    fn field(&self, scheme: &Scheme) -> Option<(&str, &str)> {
        let wanted = scheme.header()?;
        let (name, value) = self.fields.iter().rev().find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
        let lead = scheme.lead();
        let fits = value.get(..lead.len()).is_some_and(|start| start.eq_ignore_ascii_case(&lead));
        fits.then_some((name.as_str(), value.as_str()))
    }
}

/// All security schemes that operations ask for, by name.
#[must_use]
pub fn schemes(contract: &Contract) -> BTreeMap<String, Scheme> {
    contract
        .operations()
        .flat_map(|operation| &operation.security)
        .flat_map(|alternative| &alternative.schemes)
        .map(|(scheme, _)| (scheme.name.clone(), scheme.clone()))
        .collect()
}

fn wrong(scheme: &Scheme) -> String {
    if scheme.is_basic() { format!("{WRONG}:{WRONG}") } else { WRONG.to_owned() }
}

#[cfg(test)]
mod tests {
    use etalon_contract::model::In;

    use super::*;

    pub(super) fn scheme(name: &str, kind: SchemeKind, prefix: &str) -> Scheme {
        let extension = (!prefix.is_empty()).then(|| serde_json::json!({ "prefix": prefix }));
        Scheme { name: name.into(), kind, extension }
    }

    #[test]
    fn a_given_field_counts_for_the_scheme_whose_words_it_begins_with() {
        let mut credentials = Credentials::default();
        credentials.add_field("authorization", "Bearer abc");
        let bearer = scheme("b", SchemeKind::Http { scheme: "bearer".into() }, "");
        let key = scheme("k", SchemeKind::ApiKey { place: In::Header, name: "Authorization".into() }, "token ");
        assert!(credentials.has(&bearer));
        assert!(!credentials.has(&key));
    }
}
