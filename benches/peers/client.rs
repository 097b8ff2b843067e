//! A client that costs little: raw connections, one request under way on each, and answers read no further than their length.

use std::io;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer as it came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    /// The status line and the header fields.
    pub(crate) head: String,
    /// The content of the answer.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The status code.
    pub(crate) fn status(&self) -> u16 {
        self.head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0)
    }
}

/// One connection that is kept.
pub(crate) struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    /// A connection to a server on this machine.
    pub(crate) async fn open(port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::new() })
    }

    /// Sends a request and reads its answer; the length of its head and of the whole.
    async fn exchange(&mut self, request: &[u8]) -> io::Result<(usize, usize)> {
        self.stream.write_all(request).await?;
        self.read.clear();
        let mut whole = None;
        loop {
            if self.stream.read_buf(&mut self.read).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            whole = whole.or_else(|| extent(&self.read));
            if let Some((head, length)) = whole
                && self.read.len() >= length
            {
                return Ok((head, length));
            }
        }
    }

    /// Sends a request, and gives its answer.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> io::Result<Answer> {
        let (head, length) = self.exchange(request).await?;
        let head_text = String::from_utf8_lossy(&self.read[..head]).into_owned();
        Ok(Answer { head: head_text, body: self.read[head..length].to_vec() })
    }
}

/// The lengths of an answer's head and of the whole, once its head is there.
fn extent(read: &[u8]) -> Option<(usize, usize)> {
    let head = read.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&read[..head]).ok()?;
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    Some((head, head + length.unwrap_or(0)))
}

/// What a load measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// Answers in a second.
    pub(crate) rate: f64,
    /// The time that 99 of 100 answers took no longer than.
    pub(crate) slowest: Duration,
}

/// Sends a request so many times over, on several connections beside each other.
pub(crate) async fn load(port: u16, request: &[u8], times: usize, connections: usize) -> io::Result<Load> {
    let begun = Instant::now();
    let mut all = Vec::new();
    for _ in 0..connections {
        let (request, share) = (request.to_vec(), times / connections);
        all.push(tokio::spawn(async move {
            let mut connection = Connection::open(port).await?;
            let mut took = Vec::with_capacity(share);
            for _ in 0..share {
                let sent = Instant::now();
                connection.exchange(&request).await?;
                took.push(sent.elapsed());
            }
            io::Result::Ok(took)
        }));
    }
    let mut took = Vec::new();
    for one in all {
        took.extend(one.await.map_err(io::Error::other)??);
    }
    let elapsed = begun.elapsed();
    took.sort_unstable();
    let slowest = took.get(took.len() * 99 / 100).copied().unwrap_or_default();
    Ok(Load { rate: took.len() as f64 / elapsed.as_secs_f64(), slowest })
}
