//! HTTP messages as plain values: what was or will be on the wire, whoever carries it.

/// True for a `tchar`, of which the names of header fields, methods and cookies are made (RFC 9110 §5.6.2).
pub(crate) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Header fields in the order they were sent; names compare without case (RFC 9110 §5.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// An empty list of fields.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The first value of a field.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Every value of a field.
    pub fn all<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h str> {
        self.0.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Adds a field beside those of the same name.
    pub fn add(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// Replaces all fields of that name by one.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.remove(name);
        self.add(name, value);
    }

    /// Removes all fields of that name.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    }

    /// All fields in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(fields: I) -> Self {
        Self(fields.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// A request as it stands on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Request {
    /// The method, in the letters that are sent: methods have case (RFC 9110 §9.1).
    pub method: String,
    /// Path and query as sent (origin form, RFC 9112 §3.2.1), percent-encoded.
    pub target: String,
    /// The header fields, without `Host` and `Content-Length`, which the carrier adds.
    pub headers: Headers,
    /// The bytes of the content; none where there is no content.
    pub body: Vec<u8>,
}

impl Request {
    /// The path of the target, still percent-encoded.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or("")
    }

    /// The query of the target, still percent-encoded; `None` where there is no question mark.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.target.split_once('?').map(|(_, query)| query)
    }
}

/// A response as it stands on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Response {
    /// The status code, from 100 to 599 (RFC 9110 §15).
    pub status: u16,
    /// The header fields, in the order they were sent.
    pub headers: Headers,
    /// The bytes of the content, content codings undone (RFC 9110 §8.4).
    pub body: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_names_compare_without_case() {
        let mut headers: Headers = [("Content-Type", "a/b"), ("X", "1"), ("x", "2")].into_iter().collect();
        assert_eq!(headers.get("content-type"), Some("a/b"));
        assert_eq!(headers.all("X").collect::<Vec<_>>(), ["1", "2"]);
        headers.set("x", "3");
        assert_eq!(headers.all("x").collect::<Vec<_>>(), ["3"]);
    }

    #[test]
    fn the_query_is_what_follows_the_question_mark() {
        let request = Request { target: "/a%20b?x=1?2".into(), ..Request::default() };
        assert_eq!((request.path(), request.query()), ("/a%20b", Some("x=1?2")));
    }
}
