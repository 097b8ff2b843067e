//! One connection: what has come and gone on it, when it is given up, and what the HTTP library says in its own name. A
//! connection on which nothing happens is closed, and so is one whose answer nobody takes.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::Instant;

/// The longest time that a connection may be silent while nothing is asked, and that an answer may lie there while nobody
/// takes any of it.
pub(super) const SILENCE: Duration = Duration::from_secs(10);

/// The time between two looks whether a connection is to be given up.
const LOOK: Duration = Duration::from_millis(500);

/// The longest target that the HTTP library reads, in bytes.
const MAX_TARGET: usize = 65_534;

/// The activity on a connection, as far as it decides when to give it up.
#[derive(Debug)]
pub(super) struct Activity {
    began: Instant,
    /// The time at which bytes last came or went, or a piece of an answer was last taken, in milliseconds from the beginning.
    moved: AtomicU64,
    taken: AtomicU64,
    /// Requests that are being read and answered.
    asked: AtomicUsize,
    /// Answers that are not taken to their end.
    unfinished: AtomicUsize,
    /// True while the next thing that is written is an answer of ours.
    answered: AtomicBool,
    /// True once the connection is to be reset.
    is_reset: AtomicBool,
    /// Wakes whoever waits for the connection to be given up.
    reset: Notify,
}

impl Default for Activity {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            moved: AtomicU64::new(0),
            taken: AtomicU64::new(0),
            asked: AtomicUsize::new(0),
            unfinished: AtomicUsize::new(0),
            answered: AtomicBool::new(false),
            is_reset: AtomicBool::new(false),
            reset: Notify::new(),
        }
    }
}

impl Activity {
    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Waits until the connection is to be given up.
    pub(super) async fn given_up(&self) {
        let silence = u64::try_from(SILENCE.as_millis()).unwrap_or(u64::MAX);
        loop {
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = self.reset.notified() => return,
            }
            let since = |then: &AtomicU64| self.now().saturating_sub(then.load(Ordering::Relaxed));
            let is_asked = self.asked.load(Ordering::SeqCst) > 0;
            let is_unfinished = self.unfinished.load(Ordering::SeqCst) > 0;
            // Over HTTP/2 bytes may go to and fro while nobody takes the answer.
            if !is_asked && since(&self.moved) > silence || is_unfinished && since(&self.taken) > silence {
                return;
            }
        }
    }

    /// Notes that a request is under way.
    pub(super) fn begin(&self) {
        self.asked.fetch_add(1, Ordering::SeqCst);
    }

    /// Notes that a request is under way no longer.
    pub(super) fn end(&self) {
        self.touch(&self.moved);
        self.asked.fetch_sub(1, Ordering::SeqCst);
    }

    /// Notes that an answer of ours is written next.
    pub(super) fn answer(&self) {
        self.answered.store(true, Ordering::SeqCst);
        self.touch(&self.taken);
    }

    /// Notes that an answer is not taken to its end yet.
    pub(super) fn open(&self) {
        self.unfinished.fetch_add(1, Ordering::SeqCst);
    }

    /// Notes that an answer was taken, or given up.
    pub(super) fn close(&self) {
        self.unfinished.fetch_sub(1, Ordering::SeqCst);
    }

    /// Notes that some of an answer was taken.
    pub(super) fn take(&self) {
        self.touch(&self.taken);
    }

    /// Lets the connection be reset (RFC 9293 §3.5.3).
    pub(super) fn break_off(&self) {
        self.is_reset.store(true, Ordering::SeqCst);
        self.reset.notify_one();
    }

    fn touch(&self, then: &AtomicU64) {
        then.store(self.now(), Ordering::Relaxed);
    }
}

/// Bytes that come and go on something that can be reset.
pub(super) trait Resettable {
    /// Lets the other end see a reset once this is dropped.
    fn reset(&self);
}

impl Resettable for TcpStream {
    fn reset(&self) {
        // Where the socket refuses, the connection ends in the usual way.
        let _ = self.set_zero_linger();
    }
}

impl<S: Resettable> Drop for Watched<S> {
    fn drop(&mut self) {
        if self.activity.is_reset.load(Ordering::SeqCst) {
            self.inner.reset();
        }
    }
}

/// The bytes of a connection, watched.
#[derive(Debug)]
pub(super) struct Watched<S: Resettable> {
    inner: S,
    activity: Arc<Activity>,
    head: Head,
    /// The bytes that are still to be written in the place of some that count as written.
    instead: Bytes,
}

/// The state of the head that is being read, as far as the library does not say it itself.
#[derive(Debug, Default)]
struct Head {
    /// The length of its first line so far, in bytes; `None` once that has ended.
    line: Option<usize>,
    /// The field line that is being read, in lower case; as much of it as is looked at.
    field: Vec<u8>,
    /// True once a transfer coding was named that is not `chunked` alone.
    coded: bool,
    /// True once the head has ended.
    ended: bool,
}

/// The most bytes of a field line that are looked at.
const MAX_FIELD: usize = 256;

impl Head {
    fn begin(&mut self) {
        *self = Self { line: Some(0), ..Self::default() };
    }

    fn read(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if self.ended {
                return;
            }
            match (&mut self.line, byte) {
                (Some(_), b'\n') => self.line = None,
                (Some(length), _) => *length += 1,
                (None, b'\n') => {
                    self.ended = self.field.is_empty();
                    self.coded |= is_other_coding(&self.field);
                    self.field.clear();
                }
                (None, b'\r') => {}
                (None, byte) if self.field.len() < MAX_FIELD => self.field.push(byte.to_ascii_lowercase()),
                (None, _) => {}
            }
        }
    }
}

/// True where a field line names a transfer coding that is not known here (RFC 9112 §6.1).
fn is_other_coding(line: &[u8]) -> bool {
    line.strip_prefix(b"transfer-encoding:").is_some_and(|value| value.trim_ascii() != b"chunked")
}

impl<S: Resettable> Watched<S> {
    pub(super) fn new(inner: S, activity: Arc<Activity>) -> Self {
        let mut head = Head::default();
        head.begin();
        Self { inner, activity, head, instead: Bytes::new() }
    }

    /// The bytes in the place of a refusal by the library, which answers 400 or 431 for what has a status of its own; `None`
    /// for every other answer.
    fn instead(&mut self, written: &[u8]) -> Option<Bytes> {
        let is_ours = self.activity.answered.swap(false, Ordering::SeqCst);
        let library = [&b"HTTP/1.1 400 "[..], b"HTTP/1.1 431 "].iter().any(|start| written.starts_with(start));
        if is_ours || !library {
            return None;
        }
        let status = if self.head.line.is_some_and(|length| length > MAX_TARGET) {
            "414 URI Too Long"
        } else if self.head.coded || is_other_coding(&self.head.field) {
            "501 Not Implemented"
        } else {
            return None;
        };
        let fields = written.iter().position(|byte| *byte == b'\n').map_or(&b""[..], |end| &written[end + 1..]);
        Some([format!("HTTP/1.1 {status}\r\n").as_bytes(), fields].concat().into())
    }
}

impl<S: AsyncRead + Resettable + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.inner).poll_read(context, buffer);
        let came = &buffer.filled()[before..];
        if !came.is_empty() {
            self.activity.touch(&self.activity.moved);
            if self.activity.asked.load(Ordering::SeqCst) == 0 {
                self.head.read(came);
            }
        }
        polled
    }
}

impl<S: AsyncWrite + Resettable + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if !self.instead.is_empty() {
            std::task::ready!(self.as_mut().poll_instead(context))?;
        }
        if let Some(instead) = self.instead(bytes) {
            self.instead = instead;
            // It counts as written; flushing writes it.
            return Poll::Ready(Ok(bytes.len()));
        }
        self.head.begin();
        let polled = Pin::new(&mut self.inner).poll_write(context, bytes);
        if let Poll::Ready(Ok(1..)) = polled {
            self.activity.touch(&self.activity.moved);
        }
        polled
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let is_refusal = slices.first().is_some_and(|first| first.starts_with(b"HTTP/1.1 4"));
        if is_refusal || !self.instead.is_empty() {
            let first = slices.iter().find(|slice| !slice.is_empty()).map_or(&[][..], |slice| slice);
            return self.poll_write(context, first);
        }
        self.activity.answered.store(false, Ordering::SeqCst);
        self.head.begin();
        let polled = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        if let Poll::Ready(Ok(1..)) = polled {
            self.activity.touch(&self.activity.moved);
        }
        polled
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        std::task::ready!(self.as_mut().poll_instead(context))?;
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        std::task::ready!(self.as_mut().poll_instead(context))?;
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

impl<S: AsyncWrite + Resettable + Unpin> Watched<S> {
    fn poll_instead(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.instead.is_empty() {
            let bytes = self.instead.clone();
            let written = std::task::ready!(Pin::new(&mut self.inner).poll_write(context, &bytes))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            let _ = self.instead.split_to(written);
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Head {
        let mut head = Head::default();
        head.begin();
        // In two pieces, as it may come.
        let (one, two) = text.as_bytes().split_at(text.len() / 2);
        head.read(one);
        head.read(two);
        head
    }

    #[test]
    fn a_head_says_whether_its_line_is_too_long_and_its_coding_unknown() {
        assert!(head("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n").coded);
        assert!(head("GET / HTTP/1.1\r\ntransfer-ENCODING: gzip, chunked\r\n\r\n").coded);
        assert!(!head("GET / HTTP/1.1\r\nTransfer-Encoding: Chunked \r\n\r\n").coded);
        assert!(!head("GET / HTTP/1.1\r\nHost: x\r\n\r\nTransfer-Encoding: gzip\r\n\r\n").coded, "that is the body");
        assert_eq!(head(&format!("GET /{}", "x".repeat(70_000))).line, Some(70_005));
    }
}
