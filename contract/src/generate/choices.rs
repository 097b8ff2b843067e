//! Where a generator's decisions come from. Zero is always the simplest decision, so smaller numbers make simpler values.

use sha2::{Digest, Sha256};

/// What a generated value is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taste {
    /// To be read by people: examples of the document first, then what fits a member's name; everything filled in.
    Believable,
    /// To probe: plain, seldom the same twice, now with and now without what is optional.
    Plain,
}

/// A source of decisions.
pub trait Choices {
    /// A number below `bound` (at least 1); 0 is the simplest decision.
    fn below(&mut self, bound: u64) -> u64;

    /// What the values are for.
    fn taste(&self) -> Taste {
        Taste::Plain
    }

    /// True in `parts` of `whole` cases; false is the simplest.
    fn chance(&mut self, parts: u64, whole: u64) -> bool {
        self.below(whole) >= whole - parts
    }
}

/// Decisions from a seed: the same seed and path give the same decisions on every machine and in every version of Rust.
/// The stream is `splitmix64`, started from a SHA-256 of seed and path.
#[derive(Clone, Debug)]
pub struct Seeded {
    state: u64,
}

impl Seeded {
    /// The stream for a seed and a path of names: the same decisions for the same names, whatever else is decided.
    #[must_use]
    pub fn new<'p>(seed: u64, path: impl IntoIterator<Item = &'p str>) -> Self {
        let mut hash = Sha256::new();
        hash.update(seed.to_le_bytes());
        for name in path {
            hash.update((name.len() as u64).to_le_bytes());
            hash.update(name.as_bytes());
        }
        let digest = hash.finalize();
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        Self { state: u64::from_le_bytes(first) }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl Choices for Seeded {
    fn taste(&self) -> Taste {
        Taste::Believable
    }

    fn below(&mut self, bound: u64) -> u64 {
        scale(self.bits(), bound)
    }
}

/// Decisions from given numbers, each a share of 2^64; zero, the simplest, once they are used up.
#[derive(Clone, Debug)]
pub struct Numbers<'n> {
    rest: &'n [u64],
}

impl<'n> Numbers<'n> {
    /// Decisions from these numbers, first to last.
    #[must_use]
    pub fn new(numbers: &'n [u64]) -> Self {
        Self { rest: numbers }
    }
}

impl Choices for Numbers<'_> {
    fn below(&mut self, bound: u64) -> u64 {
        match self.rest.split_first() {
            Some((&first, rest)) => {
                self.rest = rest;
                scale(first, bound)
            }
            None => 0,
        }
    }
}

/// Maps 64 bits onto `0..bound` without a modulo's bias, keeping order: a smaller number never gives a larger decision.
fn scale(bits: u64, bound: u64) -> u64 {
    let wide = u128::from(bits) * u128::from(bound.max(1));
    u64::try_from(wide >> 64).expect("a 128-bit product shifted by 64 fits in 64 bits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_path_decide_the_same() {
        let draw = |seed, path: &[&str]| {
            let mut source = Seeded::new(seed, path.iter().copied());
            (0..8).map(|_| source.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(draw(1, &["a", "b"]), draw(1, &["a", "b"]));
        assert_ne!(draw(1, &["a", "b"]), draw(1, &["ab"]));
        assert_ne!(draw(1, &["a"]), draw(2, &["a"]));
    }

    #[test]
    fn numbers_run_out_into_the_simplest_decision() {
        let mut source = Numbers::new(&[u64::MAX]);
        assert_eq!((source.below(10), source.below(10)), (9, 0));
    }
}
