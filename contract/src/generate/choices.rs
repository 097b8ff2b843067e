//! Where a generator's decisions come from. Zero is always the simplest decision, so smaller numbers make simpler
//! values.

use sha2::{Digest, Sha256};

/// The purpose of generated values, which decides how they look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taste {
    /// Values for people: examples of the document first, then what fits a member's name; everything filled in.
    Believable,
    /// Values that probe: plain, seldom the same twice, now with and now without what is optional.
    Plain,
}

/// A source of decisions.
pub trait Choices {
    /// A number below `bound` (at least 1); 0 is the simplest decision.
    fn below(&mut self, bound: u64) -> u64;

    /// The purpose of the values that these decisions make.
    fn taste(&self) -> Taste {
        Taste::Plain
    }

    /// A number below `bound` (at least 1) that all members of the object which is being decided agree on, who ask for it by the
    /// same name.
    fn together(&mut self, _what: &str, bound: u64) -> u64 {
        self.below(bound)
    }

    /// Turns to the decisions below a name: what is decided there and elsewhere is then independent of each other, so
    /// that a new member changes no other member's value. The result goes back to [`Choices::leave`].
    fn enter(&mut self, _name: &str) -> Entered {
        Entered::default()
    }

    /// Turns to the decisions below an item of a list, by its position from 0.
    fn enter_item(&mut self, _position: u64) -> Entered {
        Entered::default()
    }

    /// Turns back to what was being decided before.
    fn leave(&mut self, _entered: Entered) {}

    /// Writes that many letters of an alphabet in ASCII, which is not empty, one decision for each; its first is the
    /// simplest.
    fn spell(&mut self, alphabet: &[u8], count: u64, text: &mut String) {
        let bound = u64::try_from(alphabet.len()).expect("an alphabet is short");
        text.reserve(usize::try_from(count).unwrap_or(0));
        for _ in 0..count {
            let letter = usize::try_from(self.below(bound)).expect("an alphabet is short");
            text.push(char::from(alphabet[letter]));
        }
    }

    /// True in `parts` of `whole` cases (at most as many); false is the simplest.
    fn chance(&mut self, parts: u64, whole: u64) -> bool {
        self.below(whole) >= whole - parts
    }
}

/// The state of a source of decisions from before [`Choices::enter`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Entered {
    around: u64,
    origin: u64,
    state: u64,
}

/// Decisions from a seed: the same seed and path give the same decisions on every machine and in every version of Rust.
/// The stream is `splitmix64`, started from a SHA-256 of seed and path.
#[derive(Clone, Debug)]
pub struct Seeded {
    /// The number that names below the object around are mixed with.
    around: u64,
    /// The number that names below are mixed with.
    origin: u64,
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
        let origin = u64::from_le_bytes(first);
        Self { around: origin, origin, state: origin }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }
}

/// The output function of `splitmix64`.
fn mix(state: u64) -> u64 {
    let mut mixed = state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The number of a name below another.
fn below(origin: u64, name: &str) -> u64 {
    mix(name.bytes().fold(mix(origin) ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    }))
}

impl Choices for Seeded {
    fn taste(&self) -> Taste {
        Taste::Believable
    }

    fn below(&mut self, bound: u64) -> u64 {
        scale(self.bits(), bound)
    }

    /// The path of the object and the name alone decide.
    fn together(&mut self, what: &str, bound: u64) -> u64 {
        scale(mix(below(self.around, what)), bound)
    }

    /// FNV-1a over the name, from where this stream began: the path alone decides, never how much was drawn on the way.
    fn enter(&mut self, name: &str) -> Entered {
        let entered = Entered { around: self.around, origin: self.origin, state: self.state };
        self.around = self.origin;
        self.origin = below(self.origin, name);
        self.state = self.origin;
        entered
    }

    fn enter_item(&mut self, position: u64) -> Entered {
        self.enter(&position.to_string())
    }

    fn leave(&mut self, entered: Entered) {
        (self.around, self.origin, self.state) = (entered.around, entered.origin, entered.state);
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
    #[inline]
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
#[inline]
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
