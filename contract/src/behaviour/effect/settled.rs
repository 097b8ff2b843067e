//! What later rooms have found out of the document about a collection, found once and kept with it. It is never compared and
//! never copied: whoever changes a copy finds it out anew.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// A value of a later room, made when it is first asked for.
#[derive(Default)]
pub(crate) struct Settled(OnceLock<Arc<dyn Any + Send + Sync>>);

impl Settled {
    /// The value, made where there is none yet.
    ///
    /// # Panics
    /// Where values of two types are asked for.
    pub(crate) fn get<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        let found = self.0.get_or_init(|| Arc::new(make()));
        Arc::clone(found).downcast().unwrap_or_else(|_| unreachable!("values of one type are kept here"))
    }
}

impl fmt::Debug for Settled {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Settled")
    }
}

impl Clone for Settled {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Settled {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Settled {}
