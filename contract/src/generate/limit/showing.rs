//! The one table of how the limit of a class of keywords is shown: at it, past it, and what of a value must stay the
//! same for it to lie there still. It makes no values.

use crate::rule::{Class, End, Measure};

/// The way in which a limit is shown.
pub(super) struct Showing {
    pub(super) at: At,
    pub(super) past: Past,
    /// The property that must stay of a value at the limit.
    pub(super) kept_at: Kept,
    /// The property that must stay of a value past the limit, so that it lies no further past it.
    pub(super) kept_past: Kept,
}

/// The values that lie at a limit.
#[derive(Clone, Copy)]
pub(super) enum At {
    /// Each value of a list.
    Listed,
    /// The number at the end of the range.
    Edge(End),
    /// Values of the size that is the limit.
    Size(Measure, End),
    /// The largest and the smallest number of a format.
    Format,
    /// Objects with combinations of the members that may be left out.
    Combinations,
    /// Values that fit each branch.
    Branches,
    /// A value as it is made anyway.
    Any,
    /// None: every valid value is as near as another.
    None,
}

/// The values that lie past a limit, by the variants that they have.
#[derive(Clone, Copy)]
pub(super) enum Past {
    /// One kind of value.
    One,
    /// A value of each other type.
    OtherTypes,
    /// A value that is not listed, a listed text in another spelling, and the empty text.
    Unlisted,
    /// A value that is too short, and the empty text where that is another.
    Short,
    /// Texts that do not match, of each kind that there is, and the empty text.
    Unmatched,
    /// A near miss of each kind that the format has.
    NearMisses,
}

/// The property of a value that must stay the same.
#[derive(Clone, Copy)]
pub(super) enum Kept {
    /// The value stays the same.
    Value,
    /// The size of the value by a measure stays the same.
    Size(Measure),
    /// The names of its members.
    Names,
    /// The branches that it fits.
    Branches,
    /// Nothing of the value need stay.
    Nothing,
}

/// The way in which the limit of a class of keywords is shown.
pub(super) fn showing(class: Class) -> Showing {
    let (at, past, kept_at, kept_past) = match class {
        Class::Type => (At::None, Past::OtherTypes, Kept::Value, Kept::Nothing),
        Class::Listed => (At::Listed, Past::Unlisted, Kept::Value, Kept::Nothing),
        Class::Bound(Measure::Number, end) => (At::Edge(end), Past::One, Kept::Value, Kept::Value),
        Class::Bound(Measure::Contained, End::Least) => (At::None, Past::One, Kept::Value, Kept::Nothing),
        Class::Bound(Measure::Contained, end @ End::Most) => {
            (At::Size(Measure::Contained, end), Past::One, Kept::Value, Kept::Nothing)
        }
        Class::Bound(size @ (Measure::Characters | Measure::Items | Measure::Members), end @ End::Least) => (
            At::Size(size, end),
            if size == Measure::Characters { Past::Short } else { Past::One },
            Kept::Size(size),
            Kept::Size(size),
        ),
        // What is longer or fuller still breaks the same limit.
        Class::Bound(size @ (Measure::Characters | Measure::Items | Measure::Members), end @ End::Most) => {
            (At::Size(size, end), Past::One, Kept::Size(size), Kept::Nothing)
        }
        Class::Step => (At::Any, Past::One, Kept::Value, Kept::Value),
        Class::Pattern => (At::None, Past::Unmatched, Kept::Value, Kept::Nothing),
        Class::Format => (At::Format, Past::NearMisses, Kept::Value, Kept::Nothing),
        Class::Unique => (At::None, Past::One, Kept::Size(Measure::Items), Kept::Nothing),
        Class::Described => (At::Combinations, Past::One, Kept::Names, Kept::Nothing),
        Class::Alternatives => (At::Branches, Past::One, Kept::Branches, Kept::Nothing),
        Class::Contains
        | Class::RestOfItems
        | Class::Needed
        | Class::Names
        | Class::RestOfMembers
        | Class::Not
        | Class::Content
        | Class::Nothing => (At::None, Past::One, Kept::Value, Kept::Nothing),
    };
    Showing { at, past, kept_at, kept_past }
}
