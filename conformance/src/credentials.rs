//! Credentials: which were given, which alternatives of an operation they satisfy, and how each travels in a request.

use std::collections::BTreeMap;

use etalon_contract::codec::Request;
use etalon_contract::model::{Contract, Operation, Requirement, Scheme, SchemeKind};

/// The credentials that were given, and header fields for every request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    values: BTreeMap<String, String>,
    fields: Vec<(String, String)>,
}

/// What is done with the credentials of an alternative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show<'s> {
    /// All are shown.
    All,
    /// All but this scheme's.
    Without(&'s str),
    /// All, this scheme's wrong.
    Wrong(&'s str),
}

/// What is shown in place of credentials that are meant to be wrong. Nobody's password, readable in a server's log.
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
            self.values.insert(name.to_owned(), value.to_owned());
            return Ok(());
        }
        let known = || schemes.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        if !text.contains(':') {
            return Err(format!("`{text}` is neither SCHEME=VALUE nor user:password; the schemes are: {}", known()));
        }
        let before = self.values.len();
        for (name, scheme) in &schemes {
            if scheme.is_basic() {
                self.values.insert(name.clone(), text.to_owned());
            }
        }
        if self.values.len() == before && !schemes.values().any(Scheme::is_basic) {
            return Err(format!(
                "`{text}` is for HTTP Basic, which the contract does not have; the schemes are: {}",
                known()
            ));
        }
        Ok(())
    }

    /// The value of a scheme.
    pub fn set(&mut self, scheme: &str, value: &str) {
        self.values.insert(scheme.to_owned(), value.to_owned());
    }

    /// The value that was given for a scheme.
    #[must_use]
    pub fn value(&self, scheme: &str) -> Option<&str> {
        self.values.get(scheme).map(String::as_str)
    }

    /// A header field that every request carries; it replaces one of the same name.
    pub fn add_field(&mut self, name: &str, value: &str) {
        self.fields.push((name.to_owned(), value.to_owned()));
    }

    /// Whether credentials for a scheme are there.
    #[must_use]
    pub fn has(&self, scheme: &Scheme) -> bool {
        scheme.kind != SchemeKind::MutualTls && (self.values.contains_key(&scheme.name) || self.field(scheme).is_some())
    }

    /// Whether an alternative can be satisfied. One that asks for nothing always can.
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

    /// What is missing to satisfy an alternative.
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
                Show::All | Show::Without(_) | Show::Wrong(_) => {
                    match (self.field(scheme), self.values.get(&scheme.name)) {
                        (Some((name, value)), _) => request.headers.set(name, value),
                        (None, Some(value)) => scheme.write(value, request),
                        (None, None) => {}
                    }
                }
            }
        }
    }

    /// What must not be shown to everybody, as it stands in requests, each with the name of an environment variable that
    /// may stand in its place.
    #[must_use]
    pub fn secrets(&self, contract: &Contract) -> Vec<(String, String)> {
        let schemes = schemes(contract);
        let by_scheme = schemes.values().filter_map(|scheme| {
            let mut request = Request::default();
            scheme.write(self.values.get(&scheme.name)?, &mut request);
            let written = request.headers.iter().next().map_or(request.target.as_str(), |(_, value)| value);
            Some((variable(&scheme.name), last_word(written)))
        });
        let secret = |name: &str| {
            let known = ["authorization", "proxy-authorization", "cookie"];
            known.iter().any(|known| name.eq_ignore_ascii_case(known))
                || schemes.values().filter_map(Scheme::header).any(|known| name.eq_ignore_ascii_case(known))
        };
        let by_field = self.fields.iter().filter(|(name, _)| secret(name));
        by_scheme.chain(by_field.map(|(name, value)| (variable(name), last_word(value)))).collect()
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

/// `Bearer auth` -> `ETALON_BEARER_AUTH`.
fn variable(name: &str) -> String {
    let word = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("ETALON_{}", name.chars().map(word).collect::<String>())
}

/// The credentials without the word or name that stands before them.
fn last_word(written: &str) -> String {
    let after_word = written.rsplit(' ').next().unwrap_or(written);
    match after_word.split_once('=') {
        // What ends in equals signs is base64, whose padding they are.
        Some((_, value)) if !value.trim_matches('=').is_empty() => value.to_owned(),
        Some(_) | None => after_word.to_owned(),
    }
}

fn wrong(scheme: &Scheme) -> String {
    if scheme.is_basic() { format!("{WRONG}:{WRONG}") } else { WRONG.to_owned() }
}

#[cfg(test)]
mod tests {
    use etalon_contract::model::In;

    use super::*;

    fn scheme(name: &str, kind: SchemeKind, prefix: &str) -> Scheme {
        let extension = (!prefix.is_empty()).then(|| serde_json::json!({ "prefix": prefix }));
        Scheme { name: name.into(), kind, extension }
    }

    #[test]
    fn what_is_secret_is_known_as_it_travels() {
        assert_eq!(last_word("Bearer abc"), "abc");
        assert_eq!(last_word("Basic YTpi"), "YTpi");
        assert_eq!(last_word("Basic YTpiYg=="), "YTpiYg==");
        assert_eq!(last_word("sid=abc"), "abc");
        assert_eq!(last_word("/?key=abc"), "abc");
        assert_eq!(variable("Bearer auth-2"), "ETALON_BEARER_AUTH_2");
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
