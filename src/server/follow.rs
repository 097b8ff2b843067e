//! An answer that goes on: after its first bytes, those that tell what becomes of a collection, as long as the client stays.
//! Who does not take what comes is given up.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use etalon_contract::behaviour::Following;
use etalon_contract::codec::Framing;
use etalon_contract::model::Contract;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::timeout;

use crate::server::connection::SILENCE;
use crate::server::feed::{Feed, News};

/// The time between two comments on a stream on which nothing happens, which keep proxies from closing it.
const KEEP_ALIVE: Duration = Duration::from_secs(5);

/// The longest time for which a stream without comments stays open: whether anybody still listens cannot be told.
const MAX_OPEN: Duration = Duration::from_secs(600);

/// The time between two looks at what others did, where they may do it at another mock.
const LISTEN: Duration = Duration::from_millis(200);

/// The most pieces that wait for a client: more wait in the feed, which is bounded.
const WAITING: usize = 4;

/// The comment of an event stream (WHATWG HTML §9.2.6).
const COMMENT: &[u8] = b": keep-alive\n\n";

/// The rest of an answer that tells what becomes of a collection.
#[derive(Clone)]
pub struct Follow {
    pub(super) contract: Arc<Contract>,
    pub(super) following: Arc<Following>,
    pub(super) feed: Arc<Feed>,
    pub(super) seed: u64,
    /// The number of the last change that the client knows.
    pub(super) seen: u64,
    /// Hears of what others did, where they may do it elsewhere.
    pub(super) listen: Option<Arc<dyn Fn() + Send + Sync>>,
}

impl fmt::Debug for Follow {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Follow({} from {})", self.following.collection, self.seen)
    }
}

impl Follow {
    /// The pieces of the stream, as they come; it ends when the client is gone, when it does not take them, or when it missed some.
    pub(super) fn pieces(self, place: Option<OwnedSemaphorePermit>) -> mpsc::Receiver<Bytes> {
        let (sender, receiver) = mpsc::channel(WAITING);
        tokio::spawn(async move {
            self.tell(sender).await;
            drop(place);
        });
        receiver
    }

    async fn tell(mut self, sender: mpsc::Sender<Bytes>) {
        let mut last = self.feed.watch();
        let is_commented = self.following.framing() == Framing::Events;
        let opened = tokio::time::Instant::now();
        let mut comment_at = opened + KEEP_ALIVE;
        loop {
            last.mark_unchanged();
            let News::Changes(changes) = self.feed.since(self.seen) else { return };
            for (number, change) in changes {
                self.seen = number;
                if !self.following.concerns(&change.place) {
                    continue;
                }
                let told = self.following.told(&self.contract, self.seed, number, &change);
                let Some(bytes) = told else { continue };
                comment_at = tokio::time::Instant::now() + KEEP_ALIVE;
                if !matches!(timeout(SILENCE, sender.send(Bytes::from(bytes))).await, Ok(Ok(()))) {
                    return;
                }
            }
            tokio::select! {
                changed = last.changed() => if changed.is_err() { return },
                () = tokio::time::sleep_until(comment_at) => {
                    comment_at += KEEP_ALIVE;
                    if is_commented && !matches!(timeout(SILENCE, sender.send(Bytes::from_static(COMMENT))).await, Ok(Ok(()))) {
                        return;
                    }
                    if !is_commented && opened.elapsed() > MAX_OPEN {
                        return;
                    }
                }
                () = tokio::time::sleep(LISTEN), if self.listen.is_some() => {
                    if let Some(listen) = self.listen.clone() {
                        // What breaks there is told on stderr, and tried again.
                        let _ = tokio::task::spawn_blocking(move || listen()).await;
                    }
                }
                () = sender.closed() => return,
            }
        }
    }
}
