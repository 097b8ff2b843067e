//! Addresses to listen on: a name may have several, and each is listened on, so that no client meets the wrong family.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::TcpListener;

use crate::cli::Failure;

/// The most times that a free port is looked for that all addresses of a name have.
const TRIES: usize = 8;

/// Listens on every address that a host has, all at the same port.
///
/// # Errors
/// The port is taken, may not be used, or the host is none of this machine's.
pub async fn listen(host: &str, port: u16) -> Result<Vec<TcpListener>, Failure> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let refused = |error: io::Error| refused(bare, port, &error);
    let addresses = addresses(bare, port).await.map_err(refused)?;
    let mut last = None;
    for _ in 0..TRIES {
        match bind(&addresses).await {
            Ok(listeners) => return Ok(listeners),
            Err(error) => {
                let another = port == 0 && error.kind() == ErrorKind::AddrInUse;
                last = Some(error);
                if !another {
                    break;
                }
            }
        }
    }
    Err(refused(last.unwrap_or_else(|| io::Error::from(ErrorKind::AddrNotAvailable))))
}

/// The addresses of a host. `localhost` is this machine in both families (RFC 6761 §6.3), whatever the resolver has of it.
async fn addresses(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    if host.eq_ignore_ascii_case("localhost") {
        let both = [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)];
        return Ok(both.map(|address| SocketAddr::new(address, port)).to_vec());
    }
    Ok(tokio::net::lookup_host((host, port)).await?.collect())
}

/// One listener for each address, at the port that the first one got. A family that this machine does not have is passed over.
async fn bind(addresses: &[SocketAddr]) -> io::Result<Vec<TcpListener>> {
    let mut listeners: Vec<TcpListener> = Vec::new();
    let mut missing = None;
    let mut seen: Vec<IpAddr> = Vec::new();
    for address in addresses {
        if seen.contains(&address.ip()) {
            continue;
        }
        seen.push(address.ip());
        let port = match listeners.first() {
            Some(first) => first.local_addr()?.port(),
            None => address.port(),
        };
        match TcpListener::bind((address.ip(), port)).await {
            Ok(listener) => listeners.push(listener),
            Err(error) if matches!(error.kind(), ErrorKind::AddrNotAvailable | ErrorKind::Unsupported) => {
                missing = Some(error);
            }
            Err(error) => return Err(error),
        }
    }
    match missing {
        Some(error) if listeners.is_empty() => Err(error),
        Some(_) | None => Ok(listeners),
    }
}

fn refused(host: &str, port: u16, error: &io::Error) -> Failure {
    let kind = error.kind();
    if kind == ErrorKind::AddrInUse {
        let hint = "take another one: --port 4011, or --port 0 for a free one";
        Failure::usage(format!("port {port} of {host} is in use"), Some(hint))
    } else if kind == ErrorKind::PermissionDenied {
        let hint = "ports from 1024 on are free for all";
        Failure::usage(format!("port {port} of {host} may not be used"), Some(hint))
    } else {
        Failure::usage(format!("{host}:{port} cannot be listened on: {error}"), None)
    }
}

/// The origin by which a client on this machine reaches the server.
#[must_use]
pub fn origin(host: &str, address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        return format!("http://localhost:{}", address.port());
    }
    if host.parse::<IpAddr>().is_err() && !host.starts_with('[') {
        return format!("http://{host}:{}", address.port());
    }
    format!("http://{address}")
}
