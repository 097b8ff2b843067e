//! Room for bytes that are under way: bodies while they are read and answered, answers while they are written. There is so
//! much of it and no more, so that a hundred clients with ten megabytes each never add up. It knows nothing of HTTP.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The most bytes that may be under way at a time: a dozen of the largest bodies with their answers.
pub(super) const ROOM: usize = 128 * 1024 * 1024;

/// In how many bytes room is counted.
const UNIT: usize = 1024;

/// The longest wait for room: others have to finish or be given up by then.
pub(super) const WAIT: Duration = Duration::from_secs(5);

/// The room for bytes that are under way, counted in units.
#[derive(Clone, Debug)]
pub(super) struct Room {
    units: Arc<Semaphore>,
    all: u32,
    wait: Duration,
}

/// Room that is taken, and given back when this is dropped.
#[derive(Debug)]
pub(super) struct Taken(Option<OwnedSemaphorePermit>);

impl Default for Room {
    fn default() -> Self {
        Self::of(ROOM, WAIT)
    }
}

impl Room {
    /// Room for so many bytes, that is waited for so long.
    #[must_use]
    pub(super) fn of(bytes: usize, wait: Duration) -> Self {
        let all = units(bytes);
        Self { units: Arc::new(Semaphore::new(usize::try_from(all).unwrap_or(usize::MAX))), all, wait }
    }

    /// Takes room, waiting for it a little; `None` where there is none by then. More than there is at all is all that there is.
    pub(super) async fn take(&self, bytes: usize) -> Option<Taken> {
        let wanted = units(bytes).min(self.all);
        if wanted == 0 {
            return Some(Taken(None));
        }
        let taken = tokio::time::timeout(self.wait, self.units.clone().acquire_many_owned(wanted)).await;
        taken.ok()?.ok().map(|permit| Taken(Some(permit)))
    }
}

impl Taken {
    /// No room at all.
    #[must_use]
    pub(super) fn nothing() -> Self {
        Self(None)
    }

    /// Adds room that was taken later.
    pub(super) fn and(&mut self, more: Self) {
        match (&mut self.0, more.0) {
            (Some(permit), Some(more)) => permit.merge(more),
            (none @ None, more) => *none = more,
            (Some(_), None) => {}
        }
    }
}

fn units(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn room_is_given_back_and_waited_for() {
        let room = Room::of(4 * UNIT, Duration::from_millis(50));
        let mut first = room.take(3 * UNIT).await.expect("there is room");
        assert!(room.take(2 * UNIT).await.is_none());
        first.and(room.take(1).await.expect("a little is left"));
        assert!(room.take(1).await.is_none(), "nobody gives any back");
        drop(first);
        assert!(room.take(100 * UNIT).await.is_some(), "more than there is means all of it");
        assert!(Room::of(0, Duration::ZERO).take(1).await.is_some(), "without bounds nothing has to be waited for");
    }
}
