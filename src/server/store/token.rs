//! Words that are never used twice: for requests that are put into a store, and for worlds that begin there.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::sync::atomic::{AtomicU64, Ordering};

/// The length of a token, in bytes.
pub(super) const LENGTH: usize = 32;

/// A source of tokens; those of no other are the same.
#[derive(Debug)]
pub(in crate::server) struct Tokens {
    origin: u64,
    next: AtomicU64,
}

impl Default for Tokens {
    fn default() -> Self {
        // The keys of a hasher are drawn by the operating system.
        let drawn = RandomState::new().build_hasher().finish();
        Self { origin: drawn, next: AtomicU64::new(RandomState::new().build_hasher().finish() >> 1) }
    }
}

impl Tokens {
    /// A token that was never given before.
    pub(in crate::server) fn next(&self) -> String {
        format!("{:016x}{:016x}", self.origin, self.next.fetch_add(1, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_token_is_given_twice() {
        let (one, other) = (Tokens::default(), Tokens::default());
        let all = [one.next(), one.next(), other.next(), other.next()];
        assert!(all.iter().all(|token| token.len() == LENGTH));
        assert!((1..4).all(|number| !all[..number].contains(&all[number])), "{all:?}");
    }
}
