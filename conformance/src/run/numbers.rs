//! The numbers that a tested request is made of, as a proptest strategy. Smaller numbers make a simpler request, and zeros
//! the simplest, so shrinking clears whole stretches first and then halves what must stay.

use proptest::arbitrary::any;
use proptest::collection::vec;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use sha2::{Digest, Sha256};

/// The most numbers a request that is made of. A member takes two or three; what a larger request needs beyond them is decided
/// in the simplest way.
const LENGTH: usize = 512;

/// The numbers of a case: the same for the same seed, case and attempt.
#[must_use]
pub(super) fn tree(seed: u64, case: &str, attempt: u64) -> Shrinking {
    let mut runner = TestRunner::new(Config {
        rng_seed: RngSeed::Fixed(hash(seed, case, attempt)),
        failure_persistence: None,
        ..Config::default()
    });
    Vectors.new_tree(&mut runner).expect("a vector of a fixed length of any numbers rejects nothing")
}

fn hash(seed: u64, case: &str, attempt: u64) -> u64 {
    let digest = Sha256::digest(format!("{seed}\n{case}\n{attempt}").as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    u64::from_le_bytes(first)
}

/// Vectors of [`LENGTH`] numbers.
#[derive(Clone, Copy, Debug)]
struct Vectors;

impl Strategy for Vectors {
    type Tree = Shrinking;
    type Value = Vec<u64>;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        Ok(Shrinking::new(vec(any::<u64>(), LENGTH).new_tree(runner)?.current()))
    }
}

/// Numbers, and the way to smaller ones.
#[derive(Clone, Debug)]
pub(super) struct Shrinking {
    /// The smallest that are known to show the same.
    best: Vec<u64>,
    /// The numbers that are tried now.
    tried: Option<Vec<u64>>,
    /// The step that is tried next.
    step: Step,
    /// True where anything became smaller since the steps began.
    gained: bool,
}

/// A way to make numbers smaller.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Clears a stretch of this length from here on.
    Clear { length: usize, start: usize },
    /// Halves the number here.
    Halve { at: usize },
}

impl Shrinking {
    fn new(numbers: Vec<u64>) -> Self {
        let length = numbers.len();
        Self { best: numbers, tried: None, step: Step::Clear { length, start: 0 }, gained: false }
    }

    /// Goes on to the next smaller numbers that differ from the best.
    fn propose(&mut self) -> bool {
        loop {
            let mut numbers = self.best.clone();
            match self.step {
                Step::Clear { length: 0, .. } => self.step = Step::Halve { at: 0 },
                Step::Clear { length, start } if start >= numbers.len() => {
                    self.step = Step::Clear { length: length / 2, start: 0 };
                }
                Step::Clear { length, start } => {
                    let end = (start + length).min(numbers.len());
                    numbers[start..end].fill(0);
                    self.step = Step::Clear { length, start: end };
                }
                Step::Halve { at } if at >= numbers.len() => {
                    if !self.gained {
                        return false;
                    }
                    self.gained = false;
                    self.step = Step::Clear { length: self.best.len(), start: 0 };
                }
                Step::Halve { at } => {
                    numbers[at] /= 2;
                    self.step = Step::Halve { at: at + 1 };
                }
            }
            if numbers != self.best {
                self.tried = Some(numbers);
                return true;
            }
        }
    }
}

impl ValueTree for Shrinking {
    type Value = Vec<u64>;

    fn current(&self) -> Vec<u64> {
        self.tried.as_ref().unwrap_or(&self.best).clone()
    }

    fn simplify(&mut self) -> bool {
        if let Some(tried) = self.tried.take() {
            self.best = tried;
            self.gained = true;
        }
        self.propose()
    }

    fn complicate(&mut self) -> bool {
        self.tried = None;
        self.propose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The smallest numbers that a test still finds wanting.
    fn shrunk(mut tree: Shrinking, fails: impl Fn(&[u64]) -> bool) -> Vec<u64> {
        let mut best = tree.current();
        let mut more = tree.simplify();
        while more {
            let tried = tree.current();
            more = if fails(&tried) {
                best = tried;
                tree.simplify()
            } else {
                tree.complicate()
            };
        }
        best
    }

    #[test]
    fn the_same_seed_and_case_give_the_same_numbers() {
        assert_eq!(tree(1, "a", 0).current(), tree(1, "a", 0).current());
        assert_ne!(tree(1, "a", 0).current(), tree(1, "a", 1).current());
        assert_ne!(tree(1, "a", 0).current(), tree(2, "a", 0).current());
    }

    #[test]
    fn what_does_not_matter_is_cleared_and_what_does_is_halved() {
        let best = shrunk(tree(7, "case", 0), |numbers| numbers[3] > 1000 && numbers[100] > 5);
        assert!((1001..=2002).contains(&best[3]), "{}", best[3]);
        assert!((6..=12).contains(&best[100]), "{}", best[100]);
        assert!(best.iter().enumerate().all(|(at, number)| *number == 0 || at == 3 || at == 100));
    }
}
