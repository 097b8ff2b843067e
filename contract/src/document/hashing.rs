//! A hash for keys that are long texts and looked up for each request: names of schemas, of which a request asks many
//! times. It takes eight bytes at a time, and begins from numbers that nobody outside knows, so that no document can be
//! written whose names all fall into one place.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

/// The way to hashes that begin from the same secret numbers.
#[derive(Clone, Debug)]
pub(crate) struct Folding {
    seed: u64,
    factor: u64,
}

impl Default for Folding {
    fn default() -> Self {
        let secret = RandomState::new();
        Self { seed: secret.hash_one(0_u8), factor: secret.hash_one(1_u8) | 1 }
    }
}

impl BuildHasher for Folding {
    type Hasher = Folded;

    fn build_hasher(&self) -> Folded {
        Folded { state: self.seed, factor: self.factor }
    }
}

/// A hash that is being taken.
#[derive(Clone, Debug)]
pub(crate) struct Folded {
    state: u64,
    factor: u64,
}

impl Folded {
    /// Takes eight bytes in: both halves of the product with the secret factor.
    fn fold(&mut self, word: u64) {
        let product = u128::from(self.state ^ word) * u128::from(self.factor);
        let (low, high) = (product & u128::from(u64::MAX), product >> 64);
        // Each half fits.
        self.state = u64::try_from(low ^ high).unwrap_or_default().rotate_left(23);
    }
}

impl Hasher for Folded {
    fn write(&mut self, bytes: &[u8]) {
        // What ends in zeros is not the same with fewer of them.
        self.state = self.state.wrapping_add(u64::try_from(bytes.len()).unwrap_or_default());
        let mut words = bytes.chunks_exact(8);
        for word in words.by_ref() {
            let mut eight = [0; 8];
            eight.copy_from_slice(word);
            self.fold(u64::from_le_bytes(eight));
        }
        let rest = words.remainder();
        if !rest.is_empty() {
            let mut eight = [0; 8];
            eight[..rest.len()].copy_from_slice(rest);
            self.fold(u64::from_le_bytes(eight));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.fold(u64::from(number) | 1 << 32);
    }

    fn write_u32(&mut self, number: u32) {
        self.fold(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.fold(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.fold(u64::try_from(number).unwrap_or_default());
    }

    fn finish(&self) -> u64 {
        self.state
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_that_differ_in_little_fall_into_different_places() {
        let folding = Folding::default();
        let names = (0..4_000).flat_map(|number| {
            [format!("#/components/schemas/Thing{number}/properties/id"), format!("{number}"), "\0".repeat(number % 40)]
        });
        let names: HashSet<String> = names.collect();
        let hashes: HashSet<u64> = names.iter().map(|name| folding.hash_one(name)).collect();
        assert_eq!(hashes.len(), names.len());
        let places: HashSet<u64> = hashes.iter().map(|hash| hash % 16_384).collect();
        assert!(places.len() > 5_000, "{}", places.len());
    }
}
