//! A content that passes through: each piece goes on as it comes, and a copy is kept, up to a bound, for whoever judges it; and what is
//! judged of it, as texts.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use etalon_contract::codec::{Headers, Response};
use http::header::{HeaderMap, HeaderValue};
use hyper::body::{Body, Frame, SizeHint};

use crate::server::{decoded as undone, is_coded};

/// The most bytes of a content that are kept to be judged.
pub(super) const KEPT: usize = 4 * 1024 * 1024;

/// The copy of a content.
#[derive(Debug, Default)]
pub(super) struct Copied {
    /// The bytes by now.
    pub bytes: Vec<u8>,
    /// True where it came to its end, and all of it is here.
    pub whole: bool,
    /// True where it is larger than what is kept.
    pub large: bool,
}

/// A copy that grows while the content passes.
#[derive(Clone, Debug, Default)]
pub(super) struct Copy(Arc<Mutex<Copied>>);

impl Copy {
    /// All of a content that was read at once.
    pub(super) fn all(&self, bytes: &[u8]) {
        self.with(|copied| *copied = Copied { bytes: bytes.to_vec(), whole: true, large: false });
    }

    /// Looks at the copy.
    pub(super) fn with<T>(&self, look: impl FnOnce(&mut Copied) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A content that is copied while it passes. `also` lives as long as it does.
pub(super) struct Passing<B, T> {
    content: B,
    copy: Copy,
    _also: T,
}

impl<B: Body, T> Passing<B, T> {
    /// A content, its copy, and what is to live until it has passed.
    pub(super) fn new(content: B, copy: Copy, also: T) -> Self {
        if content.is_end_stream() {
            copy.with(|copied| copied.whole = true);
        }
        Self { content, copy, _also: also }
    }
}

impl<B: Body<Data = Bytes> + Unpin, T: Unpin> Body for Passing<B, T> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let polled = Pin::new(&mut self.content).poll_frame(context);
        let ends = self.content.is_end_stream();
        self.copy.with(|copied| match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(data) = frame.data_ref() {
                    if copied.large || copied.bytes.len() + data.len() > KEPT {
                        copied.large = true;
                        copied.bytes = Vec::new();
                    } else {
                        copied.bytes.extend_from_slice(data);
                    }
                }
                copied.whole = ends && !copied.large;
            }
            Poll::Ready(None) => copied.whole = !copied.large,
            Poll::Ready(Some(Err(_))) | Poll::Pending => {}
        });
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.content.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.content.size_hint()
    }
}

/// The fields of a message as texts.
pub(super) fn fields(headers: &HeaderMap) -> Headers {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.as_str(), text(value))).collect()
}

/// An answer with the codings of its content undone (RFC 9110 §8.4); as it is where they cannot be.
pub(super) fn decoded(mut response: Response) -> Response {
    if is_coded(&response.headers)
        && let Ok(plain) = undone(&response.headers, response.body.clone(), KEPT)
    {
        response.body = plain;
        response.headers.remove("content-encoding");
    }
    response
}
