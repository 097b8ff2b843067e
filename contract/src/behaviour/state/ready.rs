//! Bytes that show an item, kept with it for as long as it is what it is: made when it is first shown so, and put into each
//! answer that shows it so again. They change no answer, only how soon it is there.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

/// The most ways of showing an item that are kept with it: most contracts have one or two.
const MOST: usize = 4;

/// An item as one schema shows it, as JSON text.
#[derive(Debug)]
pub(crate) struct ShownBytes {
    /// The JSON text.
    pub(crate) bytes: Box<[u8]>,
    /// True where the schema that shows it allows it.
    pub(crate) is_valid: bool,
    /// The number of values that it holds, as the bound on bodies counts them.
    pub(crate) values: usize,
}

/// The bytes that are kept with an item, by the number of what they show; and its entity tag.
#[derive(Default)]
pub(crate) struct Ready(RwLock<Vec<(u64, Arc<ShownBytes>)>>);

impl Ready {
    /// The bytes of the first of several numbers that has any.
    pub(crate) fn find(&self, numbers: [u64; 2]) -> Option<Arc<ShownBytes>> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(number, _)| numbers.contains(number)).map(|(_, shown)| Arc::clone(shown))
    }

    /// Keeps bytes under a number, in the place of the oldest where there are too many.
    pub(crate) fn keep(&self, number: u64, shown: Arc<ShownBytes>) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.iter().any(|(known, _)| *known == number) {
            return;
        }
        if kept.len() == MOST {
            kept.remove(0);
        }
        kept.reserve_exact(1);
        kept.push((number, shown));
    }
}

impl fmt::Debug for Ready {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Ready")
    }
}

/// The same item, said again, begins without bytes: they are made where they are asked for.
impl Clone for Ready {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// Items are the same whether bytes of them are ready or not.
impl PartialEq for Ready {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_ways_are_kept_and_no_more() {
        let ready = Ready::default();
        for number in 0..10 {
            let bytes = number.to_string().into_bytes().into();
            ready.keep(number, Arc::new(ShownBytes { bytes, is_valid: true, values: 1 }));
        }
        assert!(ready.find([0, 5]).is_none());
        assert_eq!(ready.find([5, 6]).map(|shown| shown.bytes.to_vec()), Some(b"6".to_vec()));
        assert_eq!(ready, ready.clone());
        assert!(ready.clone().find([6, 7]).is_none());
    }
}
