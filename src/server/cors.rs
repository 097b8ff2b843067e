//! Cross-origin requests (the Fetch standard's CORS protocol): which pages may call the mock and read what it answers. Pages
//! of the same machine may with credentials, as frontends that are being built need it; pages from elsewhere read nothing that
//! a browser's stored credentials would open.

use etalon_contract::codec::{Request, Response};
use http::Uri;

use crate::server::hosts::is_loopback;

/// The seconds for which a browser may remember a preflight: as many as browsers allow.
const MAX_AGE: &str = "7200";

/// The origins that may read answers (Fetch, "CORS protocol").
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cors {
    /// Loopback origins and `null` with credentials, others without.
    #[default]
    Loopback,
    /// These with credentials, no others.
    Origins(Vec<String>),
    /// All origins, with credentials.
    Any,
    /// No origin at all.
    Nobody,
}

/// The access that an origin has to answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    Nothing,
    WithoutCredentials,
    WithCredentials,
}

impl Cors {
    /// The origins that flags name: origins, or `any` or `none` alone; nothing said is the default.
    ///
    /// # Errors
    /// What is no origin.
    pub fn parse(said: &[String]) -> Result<Self, String> {
        match said {
            [] => return Ok(Self::default()),
            [one] if one == "any" => return Ok(Self::Any),
            [one] if one == "none" => return Ok(Self::Nobody),
            [..] => {}
        }
        let origins = said.iter().map(|text| origin(text).ok_or_else(|| format!("`{text}` is no origin")));
        origins.collect::<Result<_, _>>().map(Self::Origins)
    }

    fn access(&self, origin: &str) -> Access {
        let with = |is: bool| if is { Access::WithCredentials } else { Access::Nothing };
        match self {
            // A page from a file, or one in a sandbox.
            Self::Loopback if origin == "null" || host(origin).is_some_and(|host| is_loopback(&host)) => {
                Access::WithCredentials
            }
            Self::Loopback => Access::WithoutCredentials,
            Self::Origins(origins) => with(origins.iter().any(|known| known.eq_ignore_ascii_case(origin))),
            Self::Any => Access::WithCredentials,
            Self::Nobody => Access::Nothing,
        }
    }

    /// Lets the page that asked see the answer, if it may.
    pub fn allow(&self, request: &Request, answer: &mut Response) {
        let Some(origin) = request.headers.get("origin") else { return };
        answer.headers.add("Vary", "Origin");
        let access = self.access(origin);
        if access == Access::Nothing {
            return;
        }
        if is_preflight(request) {
            let methods = answer.headers.get("allow").unwrap_or_default().to_owned();
            answer.headers.set("Access-Control-Allow-Methods", methods);
            if let Some(wanted) = request.headers.get("access-control-request-headers") {
                answer.headers.set("Access-Control-Allow-Headers", wanted);
            }
            answer.headers.set("Access-Control-Max-Age", MAX_AGE);
        } else {
            let names: Vec<String> = answer.headers.iter().map(|(name, _)| name.to_owned()).collect();
            answer.headers.set("Access-Control-Expose-Headers", names.join(", "));
        }
        answer.headers.set("Access-Control-Allow-Origin", origin);
        if access == Access::WithCredentials {
            answer.headers.set("Access-Control-Allow-Credentials", "true");
        }
    }
}

/// True for the request that a browser sends before the one it means.
pub(super) fn is_preflight(request: &Request) -> bool {
    request.method == "OPTIONS"
        && request.headers.get("origin").is_some()
        && request.headers.get("access-control-request-method").is_some()
}

/// An origin as browsers write it: scheme, host and port alone, or `null` (RFC 6454 §6.2).
fn origin(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('/');
    if text == "null" {
        return Some(text.to_owned());
    }
    host(text).map(|_| text.to_owned())
}

/// The host of an origin.
fn host(origin: &str) -> Option<String> {
    let uri: Uri = origin.parse().ok()?;
    let is_bare = matches!(uri.path(), "" | "/") && uri.query().is_none();
    let authority = uri.authority().filter(|authority| is_bare && !authority.as_str().contains('@'))?;
    uri.scheme_str()?;
    Some(authority.host().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(cors: &Cors, origin: &str) -> (Option<String>, Option<String>) {
        let request =
            Request { method: "GET".into(), headers: [("Origin", origin)].into_iter().collect(), ..Request::default() };
        let mut answer = Response { status: 200, ..Response::default() };
        cors.allow(&request, &mut answer);
        assert_eq!(answer.headers.get("vary"), Some("Origin"));
        let field = |name: &str| answer.headers.get(name).map(str::to_owned);
        (field("access-control-allow-origin"), field("access-control-allow-credentials"))
    }

    fn said(words: &[&str]) -> Result<Cors, String> {
        Cors::parse(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn pages_of_this_machine_have_credentials_and_foreign_ones_do_not() {
        let cors = Cors::default();
        for origin in
            ["http://localhost:3000", "https://app.localhost", "http://127.0.0.1", "http://[::1]:5173", "null"]
        {
            assert_eq!(answered(&cors, origin), (Some(origin.to_owned()), Some("true".to_owned())), "{origin}");
        }
        for origin in ["https://evil.example", "http://localhost.evil.example", "http://evil@localhost:1", "localhost"]
        {
            assert_eq!(answered(&cors, origin), (Some(origin.to_owned()), None), "{origin}");
        }
    }

    #[test]
    fn origins_that_are_named_are_the_only_ones() {
        let cors = said(&["https://app.example/", "http://localhost:3000"]).expect("origins");
        let allowed = (Some("https://app.example".to_owned()), Some("true".to_owned()));
        assert_eq!(answered(&cors, "https://app.example"), allowed);
        assert_eq!(answered(&cors, "http://localhost:3001"), (None, None));
        assert_eq!(answered(&said(&["none"]).expect("a word"), "http://localhost"), (None, None));
        assert!(answered(&said(&["any"]).expect("a word"), "https://evil.example").1.is_some());
        for wrong in ["app.example", "https://a/b", "*", "any,none", ""] {
            assert!(said(&[wrong]).is_err(), "{wrong}");
        }
    }
}
