//! How much of a message is read before it is refused: every bound of this floor, with its reason.

/// How deep JSON may nest. The reader recurses once per level, and no API worth mocking comes near.
pub const MAX_DEPTH: usize = 512;

/// How deep XML may nest: reading it takes more stack for each level than JSON does.
pub const MAX_XML_DEPTH: usize = 128;

/// How many attributes an XML element may have: whether one is there twice is found by comparing them all.
pub const MAX_ATTRIBUTES: usize = 256;

/// How many values one document may hold. A value takes up to some 300 bytes in memory, so a body stays below 64 MB.
pub const MAX_VALUES: usize = 200_000;

/// How many characters a number may have. Exact arithmetic on longer ones costs more than linear time (RFC 8259 §6 lets
/// a reader set such a limit).
pub const MAX_NUMBER_LENGTH: usize = 1_000;

/// How large the exponent of a number may be, up or down: `1e999999999` is eleven bytes on the wire and a gigabyte as an
/// exact integer.
pub const MAX_EXPONENT: u32 = 9_999;

/// How many `name=value` pairs a query, a cookie header or a form may have.
pub const MAX_PAIRS: usize = 10_000;

/// How many parts a multipart body may have: people upload files by the dozen.
pub const MAX_PARTS: usize = 1_000;

/// How many bytes the header of one part may have, file name included.
pub const MAX_PART_HEADER: usize = 8 * 1024;

/// How many brackets may follow one another in the name of a deepObject member: `a[b][c]` has two.
pub const MAX_BRACKETS: usize = 16;

/// How many schemas are looked at to learn what one text may be. Beyond it, anything is taken to be allowed: schemas can
/// refer to themselves, and their alternatives multiply.
pub const MAX_SCHEMAS: u32 = 2_000;
