//! The credentials that the mock issues and accepts, and whether a request shows them: alternatives, of which one must be
//! satisfied, each of schemes that must all be (OpenAPI 3.x "Security Requirement Object").

use std::collections::BTreeMap;

use etalon_contract::codec::{self, Carried, Request};
use etalon_contract::model::{In, Operation, Requirement, Scheme, SchemeKind};

/// The token that is issued where the user names none.
const TOKEN: &str = "etalon";

/// The user and password that are issued where the user names none.
const USER: &str = "etalon:etalon";

/// The credentials that the mock issues, and whether it accepts others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    issued: BTreeMap<String, String>,
    acceptance: Acceptance,
}

/// Whose credentials are good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Acceptance {
    /// Those that were issued.
    #[default]
    Issued,
    /// All that are well-formed.
    Any,
    /// Everybody's, of who shows none included.
    Everybody,
}

/// The credentials of a request for one scheme, compared with those that were issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The request has none.
    Nothing,
    /// Something, but not what was issued.
    Wrong,
    /// The value that was issued.
    Right,
}

impl Credentials {
    /// Issues a value for the scheme of that name: a token, a key, or `user:password` for Basic.
    pub fn issue(&mut self, scheme: impl Into<String>, value: impl Into<String>) {
        self.issued.insert(scheme.into(), value.into());
    }

    /// Accepts whatever is well-formed.
    pub fn accept_any(&mut self) {
        self.acceptance = Acceptance::Any;
    }

    /// Accepts everybody, with credentials or without.
    pub fn ask_nobody(&mut self) {
        self.acceptance = Acceptance::Everybody;
    }

    /// True where nobody is asked for credentials.
    #[must_use]
    pub fn asks_nobody(&self) -> bool {
        self.acceptance == Acceptance::Everybody
    }

    /// The names of the schemes that values were issued for.
    pub fn schemes(&self) -> impl Iterator<Item = &str> {
        self.issued.keys().map(String::as_str)
    }

    /// True where everything well-formed is accepted.
    #[must_use]
    pub fn accepts_any(&self) -> bool {
        self.acceptance == Acceptance::Any
    }

    /// The value that is issued for a scheme.
    #[must_use]
    pub fn issued(&self, scheme: &Scheme) -> &str {
        self.issued.get(&scheme.name).map_or_else(|| default_for(&scheme.kind), String::as_str)
    }

    /// True where the value of a scheme is the mock's own, which is no secret; what somebody gave is one.
    #[must_use]
    pub fn is_own(&self, scheme: &Scheme) -> bool {
        !self.issued.contains_key(&scheme.name)
    }

    /// The place and the text of what is issued for a scheme as it may be shown: `…` stands for what somebody gave.
    #[must_use]
    pub fn shown_as(&self, scheme: &Scheme) -> Option<Carried> {
        let carried = self.carried(scheme)?;
        Some(if self.is_own(scheme) { carried } else { Carried { text: format!("{}…", scheme.lead()), ..carried } })
    }

    /// The place and the text of what is issued for a scheme; `None` where no text can show it.
    #[must_use]
    pub fn carried(&self, scheme: &Scheme) -> Option<Carried> {
        scheme.carried(self.issued(scheme))
    }

    /// Puts what is issued for a scheme into a request.
    pub fn show(&self, scheme: &Scheme, request: &mut Request) {
        scheme.write(self.issued(scheme), request);
    }

    /// True where a request satisfies one alternative of the operation's security.
    #[must_use]
    pub fn admit(&self, operation: &Operation, request: &Request) -> bool {
        self.asks_nobody()
            || operation.security.is_empty()
            || operation.security.iter().any(|alternative| {
                alternative.schemes.iter().all(|(scheme, _)| self.shown(scheme, request) == Shown::Right)
            })
    }

    /// The credentials of a request for a scheme. A client certificate is never seen in a request's text, so it counts as shown.
    #[must_use]
    pub fn shown(&self, scheme: &Scheme, request: &Request) -> Shown {
        if scheme.kind == SchemeKind::MutualTls {
            return Shown::Right;
        }
        match scheme.read(request) {
            codec::Shown::Nothing => Shown::Nothing,
            codec::Shown::Value(sent) if sent == scheme.bare(self.issued(scheme)) => Shown::Right,
            codec::Shown::Value(sent) if self.accepts_any() && !sent.is_empty() => Shown::Right,
            codec::Shown::Value(_) | codec::Shown::Malformed => Shown::Wrong,
        }
    }

    /// The challenges of a 401 (RFC 9110 §11.6.1): one for each way in that goes by a header field.
    #[must_use]
    pub fn challenges(&self, operation: &Operation, request: &Request, realm: &str) -> Vec<String> {
        let realm: String = realm.chars().filter(|sign| sign.is_ascii_graphic() || *sign == ' ').collect();
        let realm = realm.replace('\\', "\\\\").replace('"', "\\\"");
        let mut challenges: Vec<String> = Vec::new();
        for scheme in schemes(&operation.security) {
            let challenge = match &scheme.kind {
                // A 401 has a challenge wherever the key travels (RFC 9110 §15.5.2).
                SchemeKind::ApiKey { .. } => format!("{} realm=\"{realm}\"", scheme.challenged()),
                SchemeKind::Http { .. } if scheme.is_basic() => format!("Basic realm=\"{realm}\", charset=\"UTF-8\""),
                SchemeKind::Http { scheme: word } if word != "bearer" => {
                    format!("{} realm=\"{realm}\"", scheme.challenged())
                }
                SchemeKind::Http { .. } | SchemeKind::OAuth2 | SchemeKind::OpenIdConnect => {
                    // RFC 6750 §3.1: an error code only where a token was sent.
                    match self.shown(scheme, request) {
                        Shown::Wrong => format!("Bearer realm=\"{realm}\", error=\"invalid_token\""),
                        Shown::Nothing | Shown::Right => format!("Bearer realm=\"{realm}\""),
                    }
                }
                SchemeKind::MutualTls => continue,
            };
            if !challenges.contains(&challenge) {
                challenges.push(challenge);
            }
        }
        challenges
    }

    /// A fragment on the source of the value of a scheme that is not shown; empty for a value of our own.
    fn from(&self, scheme: &Scheme) -> String {
        if self.is_own(scheme) {
            String::new()
        } else {
            format!(" with the value that --auth gave for {}", scheme.name)
        }
    }

    /// In words, what would let a request pass: `Authorization: Bearer etalon and Key: etalon, or …`. What somebody gave is not
    /// shown: whoever may know it can read it where it was given.
    #[must_use]
    pub fn describe(&self, operation: &Operation) -> String {
        let alternatives: Vec<String> = operation
            .security
            .iter()
            .map(|alternative| {
                let parts: Vec<String> = alternative
                    .schemes
                    .iter()
                    .map(|(scheme, _)| {
                        let Some(Carried { place, name, text }) = self.shown_as(scheme) else {
                            return format!("the client certificate of {}", scheme.name);
                        };
                        match (place, text.split_once(' ')) {
                            (In::Header, Some((word, _))) if self.accepts_any() => {
                                format!("`{name}: {word} …` with any value")
                            }
                            (In::Header, None) if self.accepts_any() => format!("`{name}` with any value"),
                            (place, _) if self.accepts_any() => {
                                format!("the {place} parameter `{name}` with any value")
                            }
                            (In::Header, _) => format!("`{name}: {text}`{}", self.from(scheme)),
                            (place, _) => format!("the {place} parameter `{name}={text}`{}", self.from(scheme)),
                        }
                    })
                    .collect();
                parts.join(" together with ")
            })
            .collect();
        // Schemes of several names may be sent alike.
        let mut told: Vec<&str> = Vec::new();
        for one in &alternatives {
            if !told.contains(&one.as_str()) {
                told.push(one);
            }
        }
        told.join(", or ")
    }
}

/// Every scheme of the alternatives, each once.
fn schemes(security: &[Requirement]) -> Vec<&Scheme> {
    let mut found: Vec<&Scheme> = Vec::new();
    for (scheme, _) in security.iter().flat_map(|alternative| &alternative.schemes) {
        if !found.iter().any(|known| known.name == scheme.name) {
            found.push(scheme);
        }
    }
    found
}

fn default_for(kind: &SchemeKind) -> &'static str {
    match kind {
        SchemeKind::Http { scheme } if scheme == "basic" => USER,
        SchemeKind::ApiKey { .. }
        | SchemeKind::Http { .. }
        | SchemeKind::OAuth2
        | SchemeKind::OpenIdConnect
        | SchemeKind::MutualTls => TOKEN,
    }
}
