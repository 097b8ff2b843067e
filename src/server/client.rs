//! Who sends a request, as far as the edge can tell.

use std::net::IpAddr;

/// The sender of a request, as far as the edge can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// A program on this machine.
    Local,
    /// A client on another machine.
    Remote,
}

impl Client {
    /// The client at an address; an IPv4 address within IPv6 counts as what it is.
    #[must_use]
    pub fn at(address: IpAddr) -> Self {
        if address.to_canonical().is_loopback() { Self::Local } else { Self::Remote }
    }
}
