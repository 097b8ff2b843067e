//! Ctrl-C and SIGTERM, heard at any time: a thread of its own listens, so that nothing which computes can keep the process from
//! hearing. The first asks for an orderly end, the second ends at once, and so does an end that takes too long.

use std::time::Duration;

use tokio::sync::watch;

use crate::cli::Exit;

/// The longest time that an orderly end may take: what is under way is let go after two seconds, and a report is written in
/// less than that.
const GRACE: Duration = Duration::from_secs(5);

/// The signals to end the process, heard or not yet.
#[derive(Clone, Debug)]
pub(super) struct Signals {
    heard: watch::Receiver<bool>,
}

impl Signals {
    /// Listens from now on. Without signals (which no system that is known lacks) the process can only be killed.
    #[must_use]
    pub(super) fn listen() -> Self {
        let (tell, heard) = watch::channel(false);
        let (ready, is_ready) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
            runtime.block_on(async {
                let mut next = Next::new();
                // Whoever waits for this listens by then.
                let _ = ready.send(());
                next.signal().await;
                // Nobody is left to be told where the process ends by itself.
                let _ = tell.send(true);
                let _ = tokio::time::timeout(GRACE, next.signal()).await;
                std::process::exit(Exit::Interrupted.code().into());
            });
        });
        // Where the thread could not begin there is nothing to wait for.
        let _ = is_ready.recv();
        Self { heard }
    }

    /// Waits for the first one.
    pub(super) async fn heard(&self) {
        let mut heard = self.heard.clone();
        if heard.wait_for(|heard| *heard).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// True where there was one.
    #[must_use]
    pub(super) fn is_heard(&self) -> bool {
        *self.heard.borrow()
    }
}

/// Whatever asks a process to end.
struct Next {
    #[cfg(unix)]
    terminate: Option<tokio::signal::unix::Signal>,
    #[cfg(unix)]
    interrupt: Option<tokio::signal::unix::Signal>,
}

impl Next {
    #[cfg(unix)]
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self { terminate: signal(SignalKind::terminate()).ok(), interrupt: signal(SignalKind::interrupt()).ok() }
    }

    #[cfg(unix)]
    async fn signal(&mut self) {
        async fn one(signal: Option<&mut tokio::signal::unix::Signal>) {
            match signal {
                Some(signal) => {
                    signal.recv().await;
                }
                None => std::future::pending().await,
            }
        }
        tokio::select! {
            () = one(self.terminate.as_mut()) => {}
            () = one(self.interrupt.as_mut()) => {}
        }
    }

    #[cfg(not(unix))]
    fn new() -> Self {
        Self {}
    }

    #[cfg(not(unix))]
    async fn signal(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
