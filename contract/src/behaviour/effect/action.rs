//! The actions of operations, with their words in `x-etalon`.

/// The action of an operation on its collection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Action {
    /// Adds an item to the collection.
    Create,
    /// Adds an item, or changes the one that has the key.
    Upsert,
    /// Returns the item that is named.
    Read,
    /// Returns a page of items.
    List,
    /// Replaces an item by what was sent.
    Replace,
    /// Changes the members of an item that were sent.
    Update,
    /// Removes an item and what belongs to it.
    Delete,
    /// Answers as documented and changes nothing that can be seen.
    #[default]
    Answer,
}

impl Action {
    /// Every action with its word in `x-etalon`.
    const WORDS: [(Self, &'static str); 8] = [
        (Self::Create, "create"),
        (Self::Upsert, "upsert"),
        (Self::Read, "read"),
        (Self::List, "list"),
        (Self::Replace, "replace"),
        (Self::Update, "update"),
        (Self::Delete, "delete"),
        (Self::Answer, "answer"),
    ];

    /// Reads the word of `x-etalon`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::WORDS.into_iter().find(|(_, known)| *known == word).map(|(action, _)| action)
    }

    /// The word of `x-etalon`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::WORDS.into_iter().find(|(action, _)| *action == self).map_or("", |(_, word)| word)
    }
}
