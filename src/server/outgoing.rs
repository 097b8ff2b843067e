//! A request that is under way on a connection, and its answer as it goes out: as the client takes it, or in the manner that
//! somebody asked for.

use std::convert::Infallible;
use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;
use tokio::time::{Instant, Sleep};

use crate::server::connection::Activity;
use crate::server::demand::Delivery;
use crate::server::room::Taken;

/// The part of an answer that is handed over at a time, in bytes: what is not handed over yet can be given up.
const PIECE: usize = 64 * 1024;

/// A request that is under way.
#[derive(Debug)]
pub(super) struct Asked(Arc<Activity>);

impl Asked {
    /// A request that is under way on a connection as long as the result lives.
    pub(super) fn on(activity: Arc<Activity>) -> Self {
        activity.begin();
        Self(activity)
    }

    /// The answer as it goes out; the room that it takes is given back once it is taken.
    pub(super) fn answer(self, bytes: Vec<u8>, room: Taken) -> Outgoing {
        self.0.answer();
        self.0.open();
        Outgoing { rest: Bytes::from(bytes), more: None, manner: Manner::Whole, activity: self.0.clone(), _room: room }
    }

    /// The same in the manner that somebody asked for.
    pub(super) fn answer_by(self, delivery: Delivery, bytes: Vec<u8>, room: Taken) -> Outgoing {
        let length = bytes.len();
        let manner = match delivery {
            Delivery::Whole | Delivery::Nothing => Manner::Whole,
            Delivery::Half => Manner::Half(length - length / 2, Box::pin(tokio::time::sleep(LAST_BYTES))),
            Delivery::Slow => {
                Manner::Slow(length.div_ceil(SLOW_PIECES).max(1), Box::pin(tokio::time::sleep(SLOW_PAUSE)))
            }
        };
        let mut answer = self.answer(bytes, room);
        answer.manner = manner;
        answer
    }

    /// Resets the connection (RFC 9293 §3.5.3), and never answers.
    pub(super) async fn reset(self) -> Infallible {
        self.0.break_off();
        std::future::pending().await
    }

    /// The answer as it goes out, with what follows it as it comes. Whoever sends that gives up a client who does not take it.
    pub(super) fn answer_on(self, bytes: Vec<u8>, more: mpsc::Receiver<Bytes>) -> Outgoing {
        let activity = self.0.clone();
        activity.answer();
        Outgoing {
            rest: Bytes::from(bytes),
            more: Some((more, self)),
            manner: Manner::Whole,
            activity,
            _room: Taken::nothing(),
        }
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// The content of an answer.
#[derive(Debug)]
pub(super) struct Outgoing {
    rest: Bytes,
    /// The rest of the body, as it comes; the request is under way for as long.
    more: Option<(mpsc::Receiver<Bytes>, Asked)>,
    manner: Manner,
    activity: Arc<Activity>,
    _room: Taken,
}

/// The number of pieces of an answer that is slow on purpose.
const SLOW_PIECES: usize = 10;

/// The pause before each of these pieces.
const SLOW_PAUSE: Duration = Duration::from_millis(500);

/// The time that the last bytes before a break have to go out: what breaks at once takes them along.
const LAST_BYTES: Duration = Duration::from_millis(50);

/// The manner in which the content goes out.
#[derive(Debug)]
enum Manner {
    /// As it is taken.
    Whole,
    /// To its end but for so many bytes, where the connection breaks after a moment.
    Half(usize, Pin<Box<Sleep>>),
    /// In pieces of so many bytes, each after a pause.
    Slow(usize, Pin<Box<Sleep>>),
}

impl Outgoing {
    /// The length of the next piece; an error where the connection is to break.
    fn next_piece(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let rest = self.rest.len();
        match &mut self.manner {
            Manner::Whole => Poll::Ready(Ok(rest.min(PIECE))),
            Manner::Half(kept, pause) if rest <= *kept => {
                std::task::ready!(pause.as_mut().poll(context));
                Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()))
            }
            Manner::Half(kept, pause) => {
                pause.as_mut().reset(Instant::now() + LAST_BYTES);
                Poll::Ready(Ok((rest - *kept).min(PIECE)))
            }
            Manner::Slow(piece, pause) => {
                std::task::ready!(pause.as_mut().poll(context));
                pause.as_mut().reset(Instant::now() + SLOW_PAUSE);
                Poll::Ready(Ok(rest.min(*piece)))
            }
        }
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.rest.is_empty() {
            let Some((more, _)) = &mut self.more else { return Poll::Ready(None) };
            return more.poll_recv(context).map(|piece| piece.map(|piece| Ok(Frame::data(piece))));
        }
        let piece = match std::task::ready!(self.next_piece(context)) {
            Ok(piece) => self.rest.split_to(piece),
            Err(broken) => return Poll::Ready(Some(Err(broken))),
        };
        self.activity.take();
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.more.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        if self.more.is_some() {
            return SizeHint::default();
        }
        SizeHint::with_exact(u64::try_from(self.rest.len()).unwrap_or(u64::MAX))
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        if self.more.is_none() {
            self.activity.close();
        }
    }
}
