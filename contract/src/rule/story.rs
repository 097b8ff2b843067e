//! Stories: what the operations of a resource do together (`docs/behaviour.md`).

/// Rows about state: what one operation does must be seen by others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Story {
    /// An item that was created is found again by reading it.
    CreatedIsRead,
    /// An item that was created is in the list.
    CreatedIsListed,
    /// The values that were sent are the ones that come back.
    SentIsReturned,
    /// The `Location` of what was created leads to it.
    LocationLeadsToIt,
    /// An item that was deleted is gone: reading and deleting it again is not found.
    DeletedIsGone,
    /// An item that was deleted is no longer listed.
    DeletedIsNotListed,
    /// An item that was changed is read as changed.
    ChangedIsRead,
    /// The same identifying value again conflicts.
    AgainConflicts,
    /// An item that was created in one place is not listed in another.
    ElsewhereIsEmpty,
    /// The pages together hold every item once, none longer than asked.
    PagesAreComplete,
    /// The way back over the pages shows the same items.
    PagesGoBack,
    /// A request that was accepted takes effect afterwards.
    AcceptedTakesEffect,
}

impl Story {
    /// The words of the row's id.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CreatedIsRead => "created-is-read",
            Self::CreatedIsListed => "created-is-listed",
            Self::SentIsReturned => "sent-is-returned",
            Self::LocationLeadsToIt => "location-leads-to-it",
            Self::DeletedIsGone => "deleted-is-gone",
            Self::DeletedIsNotListed => "deleted-is-not-listed",
            Self::ChangedIsRead => "changed-is-read",
            Self::AgainConflicts => "again-conflicts",
            Self::ElsewhereIsEmpty => "elsewhere-is-empty",
            Self::PagesAreComplete => "pages-are-complete",
            Self::PagesGoBack => "pages-go-back",
            Self::AcceptedTakesEffect => "accepted-takes-effect",
        }
    }
}
