//! Credentials <-> requests: where the credentials of each kind of security scheme travel (OpenAPI 3.x "Security Scheme
//! Object"; RFC 9110 §11, RFC 7617, RFC 6750), written and read side by side. It knows no value that is right: who
//! issues credentials compares them.

use data_encoding::BASE64;

use crate::codec::message::Request;
use crate::codec::style::escape::{Escaping, Reserved};
use crate::model::{In, Scheme, SchemeKind};

/// The place of a scheme's credentials in a request and the text that stands there, before it is escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// The part of the request: query, header or cookie.
    pub place: In,
    /// The name of the parameter, header field or cookie.
    pub name: String,
    /// The credentials, with the word before them: `Bearer abc`.
    pub text: String,
}

/// The credentials that a request shows for a scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The request carries no credentials of the scheme.
    Nothing,
    /// Something that is not of the scheme's form, such as Basic credentials that are no base64 of `user:password`.
    Malformed,
    /// A token, a key, or `user:password` for Basic; without the word before it.
    Value(String),
}

impl Scheme {
    /// The words before the credentials, with the blank behind them: `Bearer `, `Basic `, or what the `x-etalon` extension
    /// names as an API key's prefix.
    #[must_use]
    pub fn lead(&self) -> String {
        match &self.kind {
            SchemeKind::ApiKey { .. } => self.prefix().to_owned(),
            SchemeKind::Http { scheme } => format!("{} ", capitalised(scheme)),
            SchemeKind::OAuth2 | SchemeKind::OpenIdConnect => "Bearer ".to_owned(),
            SchemeKind::MutualTls => String::new(),
        }
    }

    /// The authentication scheme that a challenge names (RFC 9110 §11.6.1): `Basic`, `Bearer`, the word before an API key, or
    /// `ApiKey`.
    #[must_use]
    pub fn challenged(&self) -> String {
        let lead = self.lead();
        if lead.trim().is_empty() { "ApiKey".to_owned() } else { capitalised(lead.trim()) }
    }

    /// True for HTTP Basic authentication, whose credentials are `user:password` (RFC 7617).
    #[must_use]
    pub fn is_basic(&self) -> bool {
        matches!(&self.kind, SchemeKind::Http { scheme } if scheme == "basic")
    }

    /// The place and the text of credentials: a token, a key, or `user:password` for Basic, each with or without the words
    /// before it. `None` for a client certificate, which no text shows.
    #[must_use]
    pub fn carried(&self, value: &str) -> Option<Carried> {
        let (place, name) = match &self.kind {
            SchemeKind::ApiKey { place, name } => (*place, name.as_str()),
            SchemeKind::Http { .. } | SchemeKind::OAuth2 | SchemeKind::OpenIdConnect => (In::Header, "Authorization"),
            SchemeKind::MutualTls => return None,
        };
        let lead = self.lead();
        let text = if without(value, &lead).is_some() {
            value.to_owned()
        } else if self.is_basic() {
            format!("{lead}{}", BASE64.encode(value.as_bytes()))
        } else {
            format!("{lead}{value}")
        };
        Some(Carried { place, name: name.to_owned(), text })
    }

    /// Puts credentials into a request, in place of what the request says there. Other parameters and cookies stay; text in
    /// a query is percent-encoded, but for the unreserved characters (RFC 3986 §2.3).
    pub fn write(&self, value: &str, request: &mut Request) {
        let Some(Carried { place, name, text }) = self.carried(value) else { return };
        match place {
            In::Header => request.headers.set(&name, text),
            In::Query => {
                let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
                let pair = format!("{}={}", escaped(&name), escaped(&text));
                let others = query.split('&').filter(|part| !part.is_empty() && key(part) != name);
                let pairs: Vec<&str> = others.chain([pair.as_str()]).collect();
                request.target = format!("{path}?{}", pairs.join("&"));
            }
            In::Cookie => {
                let pair = format!("{name}={text}");
                let cookies = cookies(request).filter(|(known, _)| *known != name);
                let mut pairs: Vec<String> = cookies.map(|(name, value)| format!("{name}={value}")).collect();
                pairs.push(pair);
                // One field for all (RFC 6265 §5.4).
                request.headers.set("Cookie", pairs.join("; "));
            }
            // The specification has no API keys there.
            In::Path | In::QueryString => {}
        }
    }

    /// The credentials that a request shows. A client certificate is in no request's text, so none is shown for it.
    #[must_use]
    pub fn read(&self, request: &Request) -> Shown {
        let text = match &self.kind {
            SchemeKind::ApiKey { place: In::Header, name } => request.headers.get(name).map(str::to_owned),
            SchemeKind::ApiKey { place: In::Query, name } => request.query().and_then(|query| {
                let part = query.split('&').find(|part| key(part) == *name)?;
                Some(unescaped(part.split_once('=').map_or("", |(_, value)| value)))
            }),
            SchemeKind::ApiKey { place: In::Cookie, name } => {
                cookies(request).find(|(known, _)| known == name).map(|(_, value)| value.to_owned())
            }
            SchemeKind::ApiKey { place: In::Path | In::QueryString, .. } | SchemeKind::MutualTls => None,
            SchemeKind::Http { .. } | SchemeKind::OAuth2 | SchemeKind::OpenIdConnect => {
                request.headers.get("authorization").map(str::to_owned)
            }
        };
        match text.as_deref().and_then(|text| without(text, &self.lead())) {
            None => Shown::Nothing,
            Some(value) if self.is_basic() => user_and_password(value).map_or(Shown::Malformed, Shown::Value),
            Some(value) => Shown::Value(value.to_owned()),
        }
    }

    /// Credentials without the words before them, as [`Scheme::read`] gives them: `abc` of `Bearer abc`, `user:password` of
    /// `Basic dXNlcjpwYXNzd29yZA==`.
    #[must_use]
    pub fn bare(&self, value: &str) -> String {
        match without(value, &self.lead()) {
            Some(encoded) if self.is_basic() => user_and_password(encoded).unwrap_or_else(|| value.to_owned()),
            Some(bare) => bare.to_owned(),
            None => value.to_owned(),
        }
    }
}

/// The text behind the words, whose letters have no case (RFC 9110 §11.1); `None` where it does not begin with them.
fn without<'t>(text: &'t str, lead: &str) -> Option<&'t str> {
    let start = text.get(..lead.len())?;
    start.eq_ignore_ascii_case(lead).then(|| text[lead.len()..].trim())
}

/// The `user:password` of Basic credentials.
fn user_and_password(encoded: &str) -> Option<String> {
    let bytes = BASE64.decode(encoded.as_bytes()).ok()?;
    String::from_utf8(bytes).ok().filter(|text| text.contains(':'))
}

/// The registered spelling of the common authentication schemes: a capital first.
fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The name of a `name=value` part of a query.
fn key(part: &str) -> String {
    unescaped(part.split('=').next().unwrap_or(""))
}

fn unescaped(text: &str) -> String {
    Escaping::Query.read(text).unwrap_or_else(|_| text.to_owned())
}

fn escaped(text: &str) -> String {
    Escaping::Query.write(text, Reserved::Escaped).expect("a query carries every text, escaped")
}

/// The cookies of a request, by name and value, of all its `Cookie` fields.
fn cookies(request: &Request) -> impl Iterator<Item = (&str, &str)> {
    request.headers.all("cookie").flat_map(|field| field.split(';')).filter_map(|pair| pair.trim().split_once('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scheme(kind: SchemeKind, prefix: &str) -> Scheme {
        let extension = (!prefix.is_empty()).then(|| serde_json::json!({ "prefix": prefix }));
        Scheme { name: "it".into(), kind, extension }
    }

    fn key_in(place: In, name: &str, prefix: &str) -> Scheme {
        scheme(SchemeKind::ApiKey { place, name: name.into() }, prefix)
    }

    fn http(word: &str) -> Scheme {
        scheme(SchemeKind::Http { scheme: word.into() }, "")
    }

    fn written(scheme: &Scheme, value: &str) -> Request {
        let mut request = Request { target: "/x".into(), ..Request::default() };
        scheme.write(value, &mut request);
        request
    }

    #[test]
    fn each_scheme_travels_where_it_belongs() {
        let header = key_in(In::Header, "X-Key", "token ");
        assert_eq!(written(&header, "abc").headers.get("x-key"), Some("token abc"));
        assert_eq!(written(&header, "Token abc").headers.get("x-key"), Some("Token abc"));
        assert_eq!(written(&key_in(In::Cookie, "sid", ""), "abc").headers.get("cookie"), Some("sid=abc"));
        assert_eq!(written(&http("basic"), "a:b").headers.get("authorization"), Some("Basic YTpi"));
        assert_eq!(written(&http("basic"), "Basic YTpi").headers.get("authorization"), Some("Basic YTpi"));
        assert_eq!(written(&http("bearer"), "abc").headers.get("authorization"), Some("Bearer abc"));
        assert_eq!(written(&http("digest"), "abc").headers.get("authorization"), Some("Digest abc"));
        assert_eq!(written(&scheme(SchemeKind::OAuth2, ""), "abc").headers.get("authorization"), Some("Bearer abc"));
        let untouched = Request { target: "/x".into(), ..Request::default() };
        assert_eq!(written(&scheme(SchemeKind::MutualTls, ""), "abc"), untouched);
    }

    #[test]
    fn a_query_key_is_escaped_where_it_must_be_and_nowhere_else() {
        assert_eq!(written(&key_in(In::Query, "api_key", ""), "a-b.c~d").target, "/x?api_key=a-b.c~d");
        assert_eq!(
            written(&key_in(In::Query, "my key&", ""), "a&b=c+d é").target,
            "/x?my%20key%26=a%26b%3Dc%2Bd%20%C3%A9"
        );
    }

    #[test]
    fn what_stands_there_already_is_replaced_and_the_rest_stays() {
        let mut request = Request { target: "/x?k%65y=1&b=%20&&key=2".into(), ..Request::default() };
        request.headers.add("cookie", "a=1; sid=old");
        request.headers.add("Cookie", "b=2");
        key_in(In::Query, "key", "").write("new", &mut request);
        key_in(In::Cookie, "sid", "").write("new", &mut request);
        assert_eq!(request.target, "/x?b=%20&key=new");
        assert_eq!(request.headers.all("cookie").collect::<Vec<_>>(), ["a=1; b=2; sid=new"]);
    }

    #[test]
    fn what_was_written_is_read_back_with_or_without_its_words() {
        let schemes = [
            key_in(In::Query, "a b", ""),
            key_in(In::Query, "k", "token "),
            key_in(In::Header, "K", ""),
            key_in(In::Header, "K", "Token token="),
            key_in(In::Cookie, "k", ""),
            http("bearer"),
            http("digest"),
            scheme(SchemeKind::OAuth2, ""),
            scheme(SchemeKind::OpenIdConnect, ""),
        ];
        for scheme in schemes {
            assert_eq!(scheme.read(&Request::default()), Shown::Nothing, "{scheme:?}");
            for value in ["abc", "a+b/c=", "100%25", "é"] {
                let with_words = format!("{}{value}", scheme.lead());
                for given in [value, &with_words] {
                    assert_eq!(scheme.read(&written(&scheme, given)), Shown::Value(value.to_owned()), "{scheme:?}");
                    assert_eq!(scheme.bare(given), value, "{scheme:?}");
                }
            }
        }
        assert_eq!(http("basic").read(&written(&http("basic"), "a:b:c")), Shown::Value("a:b:c".into()));
        assert_eq!(http("basic").read(&written(&http("basic"), "Basic %%")), Shown::Malformed);
        assert_eq!(http("basic").bare("Basic YTpi"), "a:b");
    }
}
