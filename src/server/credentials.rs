//! The credentials that the mock issues and accepts, and whether a request shows them: alternatives, of which one must be
//! satisfied, each of schemes that must all be (OpenAPI 3.x "Security Requirement Object").

use std::collections::BTreeMap;

use data_encoding::BASE64;
use etalon_contract::codec::Request;
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

    /// Where the credentials of a scheme go, and what is to be written there; `None` where no text can show them.
    #[must_use]
    pub fn written(&self, scheme: &Scheme) -> Option<(In, String, String)> {
        let value = self.issued(scheme);
        match &scheme.kind {
            SchemeKind::ApiKey { place, name } => Some((*place, name.clone(), format!("{}{value}", scheme.prefix()))),
            SchemeKind::Http { scheme: word } if word == "basic" => {
                Some((In::Header, "Authorization".to_owned(), format!("Basic {}", BASE64.encode(value.as_bytes()))))
            }
            SchemeKind::Http { scheme: word } => {
                Some((In::Header, "Authorization".to_owned(), format!("{} {value}", title_case(word))))
            }
            SchemeKind::OAuth2 | SchemeKind::OpenIdConnect => {
                Some((In::Header, "Authorization".to_owned(), format!("Bearer {value}")))
            }
            SchemeKind::MutualTls => None,
        }
    }

    /// True where a request satisfies one alternative of the operation's security.
    #[must_use]
    pub fn admit(&self, operation: &Operation, request: &Request) -> bool {
        operation.security.is_empty()
            || operation.security.iter().any(|alternative| {
                alternative.schemes.iter().all(|(scheme, _)| self.shown(scheme, request) == Shown::Right)
            })
    }

    /// The credentials of a request for a scheme. A client certificate is never seen in a request's text, so it counts as shown.
    #[must_use]
    pub fn shown(&self, scheme: &Scheme, request: &Request) -> Shown {
        let issued = self.issued(scheme);
        let judge = |sent: Option<String>| match sent {
            None => Shown::Nothing,
            Some(sent) if sent == issued || self.accepts_any() && !sent.is_empty() => Shown::Right,
            Some(_) => Shown::Wrong,
        };
        match &scheme.kind {
            SchemeKind::ApiKey { place, name } => {
                judge(found(*place, name, request).and_then(|sent| strip_prefix(&sent, scheme.prefix())))
            }
            SchemeKind::Http { scheme: word } if word == "basic" => {
                let sent = authorization(request, word);
                let decoded = sent
                    .as_ref()
                    .map(|sent| BASE64.decode(sent.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok()));
                match decoded {
                    None => Shown::Nothing,
                    Some(Some(user)) if user.contains(':') => judge(Some(user)),
                    Some(_) => Shown::Wrong,
                }
            }
            SchemeKind::Http { scheme: word } => judge(authorization(request, word)),
            SchemeKind::OAuth2 | SchemeKind::OpenIdConnect => judge(authorization(request, "bearer")),
            SchemeKind::MutualTls => Shown::Right,
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
                SchemeKind::ApiKey { .. } => {
                    let word = scheme.prefix().trim();
                    let word = if word.is_empty() { "ApiKey" } else { word };
                    format!("{} realm=\"{realm}\"", title_case(word))
                }
                SchemeKind::Http { scheme: word } if word == "basic" => {
                    format!("Basic realm=\"{realm}\", charset=\"UTF-8\"")
                }
                SchemeKind::Http { scheme: word } if word != "bearer" => {
                    format!("{} realm=\"{realm}\"", title_case(word))
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

    /// In words, what would let a request pass: `Authorization: Bearer etalon and Key: etalon, or …`.
    #[must_use]
    pub fn describe(&self, operation: &Operation) -> String {
        let alternatives: Vec<String> = operation
            .security
            .iter()
            .map(|alternative| {
                let parts: Vec<String> = alternative
                    .schemes
                    .iter()
                    .map(|(scheme, _)| match self.written(scheme) {
                        Some((In::Header, name, value)) if self.accepts_any() => match value.split_once(' ') {
                            Some((word, _)) => format!("`{name}: {word} …` with any value"),
                            None => format!("`{name}` with any value"),
                        },
                        Some((place, name, _)) if self.accepts_any() => {
                            format!("the {place} parameter `{name}` with any value")
                        }
                        Some((In::Header, name, value)) => format!("`{name}: {value}`"),
                        Some((place, name, value)) => format!("the {place} parameter `{name}={value}`"),
                        None => format!("the client certificate of {}", scheme.name),
                    })
                    .collect();
                parts.join(" together with ")
            })
            .collect();
        alternatives.join(", or ")
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

/// The credentials in `Authorization` for an authentication scheme, whose name has no case (RFC 9110 §11.1).
fn authorization(request: &Request, word: &str) -> Option<String> {
    strip_prefix(request.headers.get("authorization")?, &format!("{word} "))
}

fn strip_prefix(text: &str, prefix: &str) -> Option<String> {
    let start = text.get(..prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then(|| text[prefix.len()..].trim().to_owned())
}

fn found(place: In, name: &str, request: &Request) -> Option<String> {
    match place {
        In::Header => request.headers.get(name).map(str::to_owned),
        In::Query => request.query()?.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(key) == name).then(|| decoded(value))
        }),
        In::Cookie => request.headers.all("cookie").flat_map(|field| field.split(';')).find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name).then(|| value.to_owned())
        }),
        In::Path | In::QueryString => None,
    }
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

/// The registered spelling of the common schemes: a capital first.
fn title_case(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
