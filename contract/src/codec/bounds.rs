//! How much of a message is read before it is refused: every bound of this floor, with its reason, and why a document
//! is not read: it is malformed, or it is sound and beyond a bound.

use std::fmt;

/// The most levels that JSON may nest. The reader recurses once per level, and no API worth mocking comes near.
pub const MAX_DEPTH: usize = 512;

/// The most levels that XML may nest: reading it takes more stack for each level than JSON does.
pub const MAX_XML_DEPTH: usize = 128;

/// The most attributes that an XML element may have: whether one is there twice is found by comparing them all.
pub const MAX_ATTRIBUTES: usize = 256;

/// The most values that one document may hold. A value takes up to some 300 bytes in memory, so a body stays below 64 MB.
pub const MAX_VALUES: usize = 200_000;

/// The most characters that a number may have. Exact arithmetic on longer ones costs more than linear time (RFC 8259 §6 lets
/// a reader set such a limit).
pub const MAX_NUMBER_LENGTH: usize = 1_000;

/// The largest exponent that a number may have, up or down: thrice what a double has, and `1e999999999` is eleven bytes on the
/// wire and a gigabyte as an exact integer.
pub const MAX_EXPONENT: u32 = 1_000;

/// The number of digits, zeros of the exponent included, that cost as much as one more value: whether such a number is
/// an integer is told by arithmetic whose cost grows with the square of its digits.
pub(crate) const DIGITS_OF_A_VALUE: usize = 64;

/// The reason why a text or the bytes of a body are not read as a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// They are not what their media type, style or type says: what is wrong, a fragment of a sentence.
    Malformed(String),
    /// They may be sound, but are beyond a bound of what is read: which bound, in words.
    Beyond(String),
}

impl fmt::Display for Unread {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(why) | Self::Beyond(why) => out.write_str(why),
        }
    }
}

impl Unread {
    /// The same of a part that is named first.
    pub(crate) fn of(self, part: &str) -> Self {
        match self {
            Self::Malformed(why) => Self::Malformed(format!("{part}: {why}")),
            Self::Beyond(bound) => Self::Beyond(format!("{part}: {bound}")),
        }
    }
}

impl From<String> for Unread {
    fn from(why: String) -> Self {
        Self::Malformed(why)
    }
}

impl From<&str> for Unread {
    fn from(why: &str) -> Self {
        Self::Malformed(why.to_owned())
    }
}

impl From<Unread> for String {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Malformed(why) | Unread::Beyond(why) => why,
        }
    }
}

/// The most `name=value` pairs that a query, a cookie header or a form may have.
pub const MAX_PAIRS: usize = 10_000;

/// The most parts that a multipart body may have: people upload files by the dozen.
pub const MAX_PARTS: usize = 1_000;

/// The most bytes that the header of one part may have, file name included.
pub const MAX_PART_HEADER: usize = 8 * 1024;

/// The most brackets that may follow one another in the name of a deepObject member: `a[b][c]` has two.
pub const MAX_BRACKETS: usize = 16;

/// The most schemas that are looked at to learn what one text may be. Beyond it, anything is taken to be allowed: schemas can
/// refer to themselves, and their alternatives multiply.
pub const MAX_SCHEMAS: u32 = 2_000;
