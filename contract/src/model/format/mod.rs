//! Formats: what `format` may say of a text or a number, each in one line of one table. Whoever validates, generates or
//! enumerates asks here, so a format that is known is judged, made and broken alike, and one that is not known asserts
//! nothing (JSON Schema Validation 2020-12 §7; OpenAPI Format Registry).
//!
//! `text` is the table of the formats of texts, with `grammar`, their checks, and `sample`, how texts of them are made;
//! `number` is the table of the formats that bound numbers. Knows nothing of schemas.

mod grammar;
mod number;
mod sample;
mod text;

pub use number::NUMBER_FORMAT_KEYWORD;
pub(crate) use number::NumberFormat;
pub(crate) use sample::Length;
pub(crate) use text::{Check, TextFormat};

/// The kind of value that a format speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormatOf {
    /// The format speaks of texts.
    Text,
    /// The format speaks of numbers.
    Number,
}

/// The type of value that a format speaks of, where it asserts anything; `None` for other formats, which are notes for people.
#[must_use]
pub fn asserted_format(format: &str) -> Option<FormatOf> {
    if TextFormat::find(format).is_some() {
        return Some(FormatOf::Text);
    }
    NumberFormat::find(format).filter(|format| *format != NumberFormat::Unbounded).map(|_| FormatOf::Number)
}

/// True for the formats of numbers; normalised schemas repeat them as `x-etalon-format`.
#[must_use]
pub fn is_number_format(format: &str) -> bool {
    NumberFormat::find(format).is_some()
}
