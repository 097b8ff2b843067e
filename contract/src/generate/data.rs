//! What the data of a contract look like, as whoever serves it chooses: the language and country of people and places, and
//! where pictures are. Chosen once, before anything is made.

use std::sync::{Arc, OnceLock};

use crate::model::Contract;

/// The language and country of made-up people and places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locale {
    /// English, people and places of many countries.
    #[default]
    En,
    /// German, of Germany.
    De,
    /// Spanish, of Spain.
    Es,
    /// French, of France.
    Fr,
    /// Italian, of Italy.
    It,
    /// Japanese, of Japan.
    Ja,
    /// Portuguese of Brazil.
    Pt,
}

impl Locale {
    /// Every locale with its word.
    pub const WORDS: [(Self, &'static str); 7] = [
        (Self::En, "en"),
        (Self::De, "de"),
        (Self::Es, "es"),
        (Self::Fr, "fr"),
        (Self::It, "it"),
        (Self::Ja, "ja"),
        (Self::Pt, "pt"),
    ];

    /// Reads a tag such as `de` or `pt-BR`, by its language.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_']).next()?.to_ascii_lowercase();
        Self::WORDS.into_iter().find(|(_, word)| *word == language).map(|(locale, _)| locale)
    }
}

/// The look of the data of a contract.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Data {
    /// The language and country of people and places.
    pub locale: Locale,
    /// The address below which pictures are, such as `http://localhost:4010/__etalon/pictures`; `None` for addresses that lead
    /// nowhere.
    pub pictures: Option<Arc<str>>,
}

/// The choice that was made for a contract.
#[derive(Default)]
struct Chosen(OnceLock<Data>);

/// Chooses what the data of a contract look like. Only the first choice counts, and only before anything was made.
pub fn choose_data(contract: &Contract, data: Data) {
    let _ = contract.attached::<Chosen>().0.set(data);
}

/// The look of the data of a contract.
pub(crate) fn data(contract: &Contract) -> Data {
    contract.attached::<Chosen>().0.get().cloned().unwrap_or_default()
}
