//! `etalon health`: whether a mock is well, for containers and scripts that have no other client.

use std::io::{Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use clap::Args;
use http::Uri;

use crate::cli::{Exit, Failure};
use crate::server::HEALTH;

/// The URL of a mock unless told otherwise.
const HERE: &str = "http://127.0.0.1:4010";

/// The longest time for each step: a container's check has its own limit, which is longer.
const TIMEOUT: Duration = Duration::from_secs(3);

/// The most of an answer that is read, in bytes: health is told in far less.
const MAX_ANSWER: u64 = 64 * 1024;

/// The end of `--help`.
const EXAMPLES: &str = "\
Examples:
  etalon health                          the mock on port 4010 of this machine
  etalon health http://localhost:8080    another one
  HEALTHCHECK CMD [\"/etalon\", \"health\"]  in a Dockerfile

Exit codes: 0 it is well, 2 the URL is wrong, 3 it is not well or cannot be reached.";

/// The flags of `etalon health`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct HealthArgs {
    /// The URL of the mock
    #[arg(value_name = "URL", default_value = HERE)]
    pub url: String,
}

/// Asks a mock for its health, and gives the exit code.
///
/// # Errors
/// The URL is wrong, or the mock is not well.
pub fn run(arguments: &HealthArgs) -> Result<Exit, Failure> {
    let (host, port) = address(&arguments.url)?;
    let unwell = |reason: String| Failure::Unreachable {
        reason: format!("{} is not well: {reason}", arguments.url),
        hint: Some("is the mock running, and is this where it listens?".to_owned()),
    };
    let answer = asked(&host, port).map_err(|error| unwell(error.to_string()))?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer.as_str(), ""));
    let status = head.lines().next().and_then(|line| line.split(' ').nth(1)).unwrap_or("nothing");
    let says_ok = serde_json::from_str::<serde_json::Value>(body).is_ok_and(|told| told["status"] == "ok");
    if status == "200" && says_ok {
        return Ok(Exit::Conforms);
    }
    Err(unwell(format!("it answers {status} at {HEALTH}")))
}

/// Host and port of an address like `http://localhost:4010/`.
fn address(url: &str) -> Result<(String, u16), Failure> {
    let wrong =
        || Failure::usage(format!("`{url}` is no address of a mock"), Some("write it like http://127.0.0.1:4010"));
    let text = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
    let uri: Uri = text.parse().map_err(|_| wrong())?;
    match (uri.scheme_str(), uri.host()) {
        (Some("http"), Some(host)) => {
            let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
            Ok((host, uri.port_u16().unwrap_or(80)))
        }
        _ => Err(wrong()),
    }
}

fn asked(host: &str, port: u16) -> std::io::Result<String> {
    let mut last = std::io::Error::from(std::io::ErrorKind::AddrNotAvailable);
    for address in (host, port).to_socket_addrs()? {
        let stream = TcpStream::connect_timeout(&address, TIMEOUT);
        match stream.and_then(|stream| exchange(stream, host, port)) {
            Ok(answer) => return Ok(answer),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn exchange(mut stream: TcpStream, host: &str, port: u16) -> std::io::Result<String> {
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    write!(stream, "GET {HEALTH} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(MAX_ANSWER).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_with_and_without_its_scheme() {
        for (url, host, port) in [
            ("http://127.0.0.1:4010", "127.0.0.1", 4010),
            ("localhost:8080", "localhost", 8080),
            ("http://[::1]:4010/", "::1", 4010),
            ("http://mock", "mock", 80),
        ] {
            assert_eq!(address(url).expect("it is one"), (host.to_owned(), port), "{url}");
        }
        for wrong in ["https://x", "http://", "ftp://x:1", "a b"] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }
}
