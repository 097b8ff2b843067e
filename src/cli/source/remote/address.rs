//! The addresses of what may be fetched: URLs of http and https, and the hosts that a user names. They know no socket.

use std::fmt;

use etalon_contract::document::join_uri;
use http::Uri;
use http::uri::Authority;

/// The URL of a document: http or https, with a host, without credentials and without a fragment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RemoteUrl {
    text: String,
    is_secure: bool,
    host: String,
    port: u16,
}

impl RemoteUrl {
    /// Reads the text of a URL, without its fragment.
    ///
    /// # Errors
    /// A fragment saying why nothing is fetched from there.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bare = text.split('#').next().unwrap_or_default();
        let Some((scheme, _)) = bare.split_once("://") else {
            return Err(format!("`{text}` is not a URL: it has no scheme"));
        };
        let is_secure = match scheme.to_ascii_lowercase().as_str() {
            "http" => false,
            "https" => true,
            _ => return Err(format!("`{text}`: nothing is fetched by {scheme}, only by http and https")),
        };
        let uri: Uri = bare.parse().map_err(|error| format!("`{text}` is not a URL: {error}"))?;
        let authority = uri.authority().ok_or_else(|| format!("`{text}` is not a URL: it has no host"))?;
        if authority.as_str().contains('@') {
            return Err("a URL with credentials in it is not fetched: none are ever sent".to_owned());
        }
        let host = plain_host(authority).ok_or_else(|| format!("`{text}` is not a URL: it has no host"))?;
        let port = authority.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
        Ok(Self { text: uri.to_string(), is_secure, host, port })
    }

    /// The URL that a redirect leads to (RFC 9110 §10.2.2).
    ///
    /// # Errors
    /// A fragment saying why nothing is fetched from there.
    pub fn redirected(&self, location: &str) -> Result<Self, String> {
        Self::parse(&join_uri(&self.text, location.trim()))
    }

    /// The URL as it is asked for.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// True for a URL of https.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// The host, as a user would allow it: with its port where that is not the usual one.
    #[must_use]
    pub fn host(&self) -> RemoteHost {
        let usual = if self.is_secure { 443 } else { 80 };
        RemoteHost { name: self.host.clone(), port: (self.port != usual).then_some(self.port) }
    }
}

impl fmt::Display for RemoteUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

/// A host that may be asked: its name exactly, and one port, or those that http and https have of themselves.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RemoteHost {
    name: String,
    port: Option<u16>,
}

impl RemoteHost {
    /// Reads `HOST` or `HOST:PORT`.
    ///
    /// # Errors
    /// A fragment saying what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.contains("://") || text.contains('/') {
            return Err("name the host alone, without a scheme or a path, such as `example.com:8080`".to_owned());
        }
        if text.contains('*') {
            return Err("a host is named exactly; give the flag once for each".to_owned());
        }
        if text.contains('@') {
            return Err("credentials are never sent; name the host alone".to_owned());
        }
        let authority: Authority = text.parse().map_err(|error| format!("this is no host: {error}"))?;
        let name = plain_host(&authority).ok_or_else(|| "this is no host".to_owned())?;
        let written = authority.as_str().strip_prefix(authority.host()).unwrap_or_default();
        let port = match written.strip_prefix(':') {
            None => None,
            Some(port) => Some(port.parse().map_err(|_| format!("`{port}` is no port"))?),
        };
        Ok(Self { name, port })
    }

    /// True for a URL that leads to this host and port.
    #[must_use]
    pub fn has(&self, url: &RemoteUrl) -> bool {
        self.name == url.host && self.port.unwrap_or(if url.is_secure { 443 } else { 80 }) == url.port
    }
}

impl fmt::Display for RemoteHost {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(out, "{}:{port}", self.name),
            None => out.write_str(&self.name),
        }
    }
}

/// The host in lower case, without the dot that may end a name.
fn plain_host(authority: &Authority) -> Option<String> {
    let host = authority.host();
    let host = host.strip_suffix('.').unwrap_or(host);
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> RemoteUrl {
        RemoteUrl::parse(text).expect("it is a URL")
    }

    #[test]
    fn a_host_is_that_host_and_that_port_alone() {
        for (host, address, has) in [
            ("x.org", "https://x.org/a", true),
            ("x.org", "http://x.org/a", true),
            ("X.org", "https://x.ORG./a", true),
            ("x.org", "https://x.org:443/a", true),
            ("x.org:443", "https://x.org/a", true),
            ("x.org", "https://x.org:8443/a", false),
            ("x.org:443", "http://x.org/a", false),
            ("x.org", "https://a.x.org/a", false),
            ("a.x.org", "https://x.org/a", false),
            ("x.org", "https://x.org.evil.example/a", false),
            ("[::1]:80", "http://[::1]/a", true),
            ("127.0.0.1:81", "http://127.0.0.1:81/a", true),
        ] {
            assert_eq!(RemoteHost::parse(host).expect("a host").has(&url(address)), has, "{host} {address}");
        }
        for host in ["x.org", "x.org:81", "[::1]:80"] {
            assert_eq!(RemoteHost::parse(host).expect("a host").to_string(), host);
        }
    }

    #[test]
    fn what_is_no_host_or_no_url_is_refused() {
        for wrong in ["", "https://x.org", "x.org/a", "*.x.org", "u:p@x.org", "x.org:", "x.org:99999", "a b"] {
            assert!(RemoteHost::parse(wrong).is_err(), "{wrong}");
        }
        for wrong in ["file:///etc/passwd", "ftp://x.org/a", "/a", "https://u:p@x.org/a", "https://", "http:///a"] {
            assert!(RemoteUrl::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_redirect_is_relative_to_where_it_was_told() {
        let from = url("https://x.org/a/b?c=/d#e");
        for (location, to) in [
            ("f", "https://x.org/a/f"),
            ("/f", "https://x.org/f"),
            ("//y.org/f", "https://y.org/f"),
            ("http://y.org:81/f#g", "http://y.org:81/f"),
        ] {
            assert_eq!(from.redirected(location).expect("a URL").as_str(), to);
        }
        assert_eq!(url("http://x.org:80/").host().to_string(), "x.org");
        assert_eq!(url("http://x.org:81/").host().to_string(), "x.org:81");
    }
}
