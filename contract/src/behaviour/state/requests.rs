//! Requests that a state keeps: those that may come again, and those that take effect later.

use std::sync::Arc;

use crate::behaviour::state::State;
use crate::behaviour::state::pending::Pending;
use crate::behaviour::state::set::Item;
use crate::behaviour::state::weight::{Full, NODE_WEIGHT};

impl State {
    /// The body of the request with that key of repetition, as JSON text, and the item that it made.
    #[must_use]
    pub fn repeated(&self, key: &str) -> Option<&(String, Arc<Item>)> {
        self.repeated.get(key).map(Arc::as_ref)
    }

    /// Remembers what a request with a key of repetition sent, and what it made.
    ///
    /// # Errors
    /// Where there is no room.
    pub fn remember(&mut self, key: String, sent: String, made: Arc<Item>) -> Result<(), Full> {
        self.revision += 1;
        self.charge(key.len() + sent.len() + NODE_WEIGHT)?;
        self.repeated.insert(key.into(), Arc::new((sent, made)));
        Ok(())
    }

    /// Keeps something for later.
    pub(crate) fn postpone(&mut self, pending: Pending) {
        self.revision += 1;
        Arc::make_mut(&mut self.pending).push(pending);
    }

    /// Takes out the requests that take effect later, oldest first.
    pub(crate) fn take_pending(&mut self) -> Vec<Pending> {
        if !self.pending.is_empty() {
            self.revision += 1;
        }
        Arc::unwrap_or_clone(std::mem::take(&mut self.pending))
    }
}
