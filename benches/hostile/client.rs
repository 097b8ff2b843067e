//! A client of plain sockets: it sends what it is told to, and reads what comes.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// An answer as far as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status; 0 where nothing came.
    pub status: u16,
    /// The number of bytes that came.
    pub bytes: usize,
}

impl Answer {
    /// Both in a few words.
    pub(crate) fn summary(&self) -> String {
        format!("{} of {} bytes", self.status, self.bytes)
    }
}

/// A connection to a port of this machine.
pub(crate) fn open(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(120))).expect("it is a time");
    stream
}

/// Sends a request and reads all that comes.
pub(crate) fn ask(port: u16, request: &[u8]) -> Answer {
    let mut stream = open(port);
    // A server may answer before it has read everything.
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let head = String::from_utf8_lossy(&answer[..answer.len().min(64)]).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Answer { status, bytes: answer.len() }
}

/// A request without a body.
pub(crate) fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").into_bytes()
}

/// A request with a JSON body.
pub(crate) fn post(path: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// True where a connection is closed from the other side within a time.
pub(crate) fn is_closed(mut stream: &TcpStream, within: Duration) -> bool {
    stream.set_read_timeout(Some(within)).expect("it is a time");
    match stream.read(&mut [0; 64]) {
        Ok(0) => true,
        Ok(_) => false,
        Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    }
}
