//! Security schemes and requirements.

use serde_json::Value;

use crate::model::In;

/// Schemes that must all be satisfied together; a requirement of none lets anybody in.
#[derive(Clone, Debug, Default)]
pub struct Requirement {
    /// The schemes with the scopes that they must grant.
    pub schemes: Vec<(Scheme, Vec<String>)>,
}

/// A way to show who is calling.
#[derive(Clone, Debug)]
pub struct Scheme {
    /// Its name in the document.
    pub name: String,
    /// What it is.
    pub kind: SchemeKind,
    /// The `x-etalon` extension: `prefix`, the words that its value starts with.
    pub extension: Option<Value>,
}

/// The kinds of security scheme (OpenAPI 3.x "Security Scheme Object").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemeKind {
    /// A value at a named place.
    ApiKey {
        /// Where: query, header or cookie.
        place: In,
        /// The name there.
        name: String,
    },
    /// An authentication scheme of RFC 9110 §11 in the `Authorization` header, lower case: `basic`, `bearer`, …
    Http {
        /// The scheme's registered name in lower case.
        scheme: String,
    },
    /// A bearer token (RFC 6750) from an OAuth 2 flow.
    OAuth2,
    /// A bearer token from OpenID Connect.
    OpenIdConnect,
    /// A client certificate; nothing that a request's text shows.
    MutualTls,
}

impl Scheme {
    /// The words that an API key's value starts with, where the document's overlay names them.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.extension.as_ref().and_then(|extension| extension.get("prefix")).and_then(Value::as_str).unwrap_or("")
    }

    /// The header in which its credentials travel, if they travel in one.
    #[must_use]
    pub fn header(&self) -> Option<&str> {
        match &self.kind {
            SchemeKind::ApiKey { place: In::Header, name } => Some(name),
            SchemeKind::ApiKey { .. } | SchemeKind::MutualTls => None,
            SchemeKind::Http { .. } | SchemeKind::OAuth2 | SchemeKind::OpenIdConnect => Some("authorization"),
        }
    }
}
