//! By which names the mock may be called (the `Host` of a request, RFC 9110 §7.2). A page of a foreign site can have its own
//! name lead to 127.0.0.1 and would then be of the mock's own origin; so one that listens on a loopback address alone answers to
//! loopback names alone, and to the name that it was told to listen on.

use std::net::IpAddr;

/// The hosts that are answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Hosts {
    /// All: the mock is public.
    #[default]
    Any,
    /// Names of the loopback, and these.
    Loopback(Vec<String>),
}

impl Hosts {
    /// The hosts of a server that was told to listen on `host` and listens on `address`.
    #[must_use]
    pub fn of(host: &str, address: IpAddr) -> Self {
        if address.is_loopback() { Self::Loopback(vec![bare(host).to_owned()]) } else { Self::Any }
    }

    /// True where a request for this host and port is answered; one without a name says nothing against it.
    #[must_use]
    pub fn admit(&self, host: Option<&str>) -> bool {
        match (self, host.map(name)) {
            (Self::Any, _) | (Self::Loopback(_), None | Some("")) => true,
            (Self::Loopback(named), Some(name)) => {
                is_loopback(name) || named.iter().any(|known| known.eq_ignore_ascii_case(name))
            }
        }
    }
}

/// The name of `host [":" port]`, without the brackets of an address.
pub(super) fn name(host: &str) -> &str {
    let host = host.trim();
    match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => host.split(':').next().unwrap_or(host),
    }
}

fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

/// True for names that lead nowhere but here: `localhost` and what lies below it (RFC 6761 §6.3), 127.0.0.0/8, `::1`.
pub(super) fn is_loopback(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let lower = name.to_ascii_lowercase();
    lower == "localhost"
        || lower.ends_with(".localhost")
        || bare(name).parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mock_of_the_loopback_answers_to_its_names_alone() {
        let hosts = Hosts::of("127.0.0.1", IpAddr::from([127, 0, 0, 1]));
        for host in [
            "localhost",
            "LocalHost:4010",
            "api.localhost:1",
            "127.0.0.1:4010",
            "127.9.9.9",
            "[::1]:80",
            "localhost.",
            "",
        ] {
            assert!(hosts.admit(Some(host)), "{host}");
        }
        assert!(hosts.admit(None));
        for host in
            ["evil.example", "localhost.evil.example:4010", "10.0.0.1", "0.0.0.0", "[::2]", "127.0.0.1.evil.example"]
        {
            assert!(!hosts.admit(Some(host)), "{host}");
        }
    }

    #[test]
    fn a_public_mock_answers_to_all_and_a_named_one_to_its_name() {
        assert_eq!(Hosts::of("0.0.0.0", IpAddr::from([0, 0, 0, 0])), Hosts::Any);
        assert!(Hosts::Any.admit(Some("evil.example")));
        let named = Hosts::of("mock.test", IpAddr::from([127, 0, 0, 1]));
        assert!(named.admit(Some("Mock.Test:4010")) && named.admit(Some("localhost")) && !named.admit(Some("x.test")));
    }
}
