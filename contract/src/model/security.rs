//! Security schemes and requirements.

use serde_json::Value;

use crate::document::Version;
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
    /// The name of the scheme in the document.
    pub name: String,
    /// The kind of scheme.
    pub kind: SchemeKind,
    /// The `x-etalon` extension: `prefix`, the words that its value starts with.
    pub extension: Option<Value>,
}

/// The kinds of security scheme (OpenAPI 3.x "Security Scheme Object").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemeKind {
    /// A value at a named place.
    ApiKey {
        /// The place of the key: query, header or cookie.
        place: In,
        /// The name of the parameter, header or cookie.
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

/// The values of `type` in a Security Scheme Object: what readers take and what the close look names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SchemeType {
    ApiKey,
    Http,
    OAuth2,
    OpenIdConnect,
    MutualTls,
    /// `basic` of Swagger 2.0, which later versions write as `http`.
    Basic,
}

impl SchemeType {
    const ALL: [Self; 6] = [Self::ApiKey, Self::Http, Self::OAuth2, Self::OpenIdConnect, Self::MutualTls, Self::Basic];

    fn as_str(self) -> &'static str {
        match self {
            Self::ApiKey => "apiKey",
            Self::Http => "http",
            Self::OAuth2 => "oauth2",
            Self::OpenIdConnect => "openIdConnect",
            Self::MutualTls => "mutualTLS",
            Self::Basic => "basic",
        }
    }

    /// Reads the word; `None` for any other.
    pub(crate) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }

    /// The words of OpenAPI 3.x, to suggest one that was meant.
    pub(crate) fn words() -> impl Iterator<Item = &'static str> {
        Self::ALL.into_iter().filter(|known| *known != Self::Basic).map(Self::as_str)
    }

    /// The members that an object of this type must have besides; `None` where the version does not know the type.
    pub(crate) fn required_members(self, version: Version) -> Option<&'static [&'static str]> {
        match (self, version) {
            (Self::ApiKey, _) => Some(&["name", "in"]),
            (Self::Basic, Version::Swagger2) => Some(&[]),
            (Self::OAuth2, Version::Swagger2) => Some(&["flow", "scopes"]),
            (Self::Http | Self::OpenIdConnect | Self::MutualTls, Version::Swagger2) => None,
            (Self::Http, _) => Some(&["scheme"]),
            (Self::OAuth2, _) => Some(&["flows"]),
            (Self::OpenIdConnect, _) => Some(&["openIdConnectUrl"]),
            (Self::MutualTls, Version::OpenApi31 | Version::OpenApi32) => Some(&[]),
            (Self::MutualTls, Version::OpenApi30)
            | (Self::Basic, Version::OpenApi30 | Version::OpenApi31 | Version::OpenApi32) => None,
        }
    }
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
