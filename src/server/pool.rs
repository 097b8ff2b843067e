//! Where requests are answered that may take long: threads of their own, few of them, so that the threads which read and write
//! sockets never compute for long. Who finds too many before it is turned away at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;

/// The most requests that are answered at a time: enough that two heavy ones leave room for a third.
pub(super) const THREADS: usize = 4;

/// The most requests that may wait for that: more would not be answered before their clients give up.
pub(super) const WAITING: usize = 32;

/// The most answers that wait for something else at a time: each has a thread.
const THREADS_OF_WAITING: usize = 64;

/// The most requests that may wait for such a thread.
const WAITING_FOR_THESE: usize = 512;

/// The longest time that a request may wait.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// After how many seconds who was turned away may ask again, for `Retry-After` (RFC 9110 §10.2.3).
pub(super) const RETRY_AFTER: &str = "1";

/// A bounded pool of threads for answers.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    threads: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    /// The most that may wait.
    most: usize,
}

/// The reason why work was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Undone {
    /// Too much is waiting.
    Busy,
    /// The work broke off.
    Broken,
}

impl Default for Pool {
    fn default() -> Self {
        Self { threads: Arc::new(Semaphore::new(THREADS)), waiting: Arc::default(), most: WAITING }
    }
}

/// One that waits, as long as this lives.
struct Waiting(Arc<AtomicUsize>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Pool {
    /// A pool for answers that wait for something else most of their time.
    pub(super) fn of_waiting() -> Self {
        Self { threads: Arc::new(Semaphore::new(THREADS_OF_WAITING)), waiting: Arc::default(), most: WAITING_FOR_THESE }
    }

    /// Does some work on a thread of the pool. Whoever stops waiting for it leaves the thread taken until it is done.
    ///
    /// # Errors
    /// It was turned away, or it panicked.
    pub(super) async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Undone> {
        let waiting = Waiting(self.waiting.clone());
        if self.waiting.fetch_add(1, Ordering::SeqCst) >= self.most {
            return Err(Undone::Busy);
        }
        let thread = tokio::time::timeout(PATIENCE, self.threads.clone().acquire_owned()).await;
        let Ok(Ok(thread)) = thread else { return Err(Undone::Busy) };
        drop(waiting);
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(thread);
            done
        });
        done.await.map_err(|_| Undone::Broken)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn more_than_may_wait_are_turned_away_and_the_rest_is_done() {
        let pool = Pool::default();
        let (release, held) = mpsc::channel::<()>();
        let held = Arc::new(std::sync::Mutex::new(held));
        let mut running = Vec::new();
        for _ in 0..THREADS + WAITING {
            let (pool, held) = (pool.clone(), held.clone());
            running.push(tokio::spawn(async move {
                pool.run(move || held.lock().expect("nobody panics").recv().expect("it is released")).await
            }));
        }
        while pool.threads.available_permits() > 0 || pool.waiting.load(Ordering::SeqCst) < WAITING {
            tokio::task::yield_now().await;
        }
        assert_eq!(pool.run(|| 1).await, Err(Undone::Busy));
        (0..THREADS + WAITING).for_each(|_| release.send(()).expect("they wait"));
        for one in running {
            assert_eq!(one.await.expect("it does not panic"), Ok(()));
        }
        assert_eq!(pool.run(|| 1).await, Ok(1));
        assert_eq!(pool.run(|| panic!("this panic is meant to be")).await, Err::<(), _>(Undone::Broken));
    }
}
