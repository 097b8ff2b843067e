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
    /// What was sent is what is read and listed later, member by member.
    SentIsKept,
    /// What is created has a key that nothing else has.
    KeysAreNew,
    /// What a change does not name stays as it was.
    UnnamedStay,
    /// What a replacement does not name goes.
    UnnamedGo,
    /// Other items stay as they were.
    OthersStay,
    /// A request that is refused leaves everything as it was.
    RefusedChangesNothing,
    /// A list shows an item as it is read by itself.
    ListedIsRead,
    /// A filter of a list shows what fits it, and nothing else.
    FilterChooses,
    /// A list stands in the order that is asked for.
    SortOrders,
    /// A list stands in the order that its description says.
    InOrder,
    /// The numbers of items and pages that a list tells are those that it has.
    CountsAreRight,
    /// A page that is asked for without a size has the documented one.
    DefaultPage,
    /// The links of a page lead to the pages that they name.
    LinksLead,
    /// What is created is there once.
    CreatedOnce,
    /// An item is found in its own place and in no other.
    ForeignIsMissing,
    /// What must be unique may be taken again once the item that had it is gone.
    FreeAgain,
    /// The same request again leaves everything as the first one did.
    TwiceIsOnce,
    /// A request that repeats a key does nothing more.
    IdempotencyKey,
}

impl Story {
    /// All stories, in the order of rows.
    pub const ALL: [Self; 30] = [
        Self::CreatedIsRead,
        Self::CreatedIsListed,
        Self::SentIsReturned,
        Self::LocationLeadsToIt,
        Self::DeletedIsGone,
        Self::DeletedIsNotListed,
        Self::ChangedIsRead,
        Self::AgainConflicts,
        Self::ElsewhereIsEmpty,
        Self::PagesAreComplete,
        Self::PagesGoBack,
        Self::AcceptedTakesEffect,
        Self::SentIsKept,
        Self::KeysAreNew,
        Self::UnnamedStay,
        Self::UnnamedGo,
        Self::OthersStay,
        Self::RefusedChangesNothing,
        Self::ListedIsRead,
        Self::FilterChooses,
        Self::SortOrders,
        Self::InOrder,
        Self::CountsAreRight,
        Self::DefaultPage,
        Self::LinksLead,
        Self::CreatedOnce,
        Self::ForeignIsMissing,
        Self::FreeAgain,
        Self::TwiceIsOnce,
        Self::IdempotencyKey,
    ];

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
            Self::SentIsKept => "sent-is-kept",
            Self::KeysAreNew => "keys-are-new",
            Self::UnnamedStay => "unnamed-stay",
            Self::UnnamedGo => "unnamed-go",
            Self::OthersStay => "others-stay",
            Self::RefusedChangesNothing => "refused-changes-nothing",
            Self::ListedIsRead => "listed-is-read",
            Self::FilterChooses => "filter-chooses",
            Self::SortOrders => "sort-orders",
            Self::InOrder => "in-order",
            Self::CountsAreRight => "counts-are-right",
            Self::DefaultPage => "default-page",
            Self::LinksLead => "links-lead",
            Self::CreatedOnce => "created-once",
            Self::ForeignIsMissing => "foreign-is-missing",
            Self::FreeAgain => "free-again",
            Self::TwiceIsOnce => "twice-is-once",
            Self::IdempotencyKey => "idempotency-key",
        }
    }
}
