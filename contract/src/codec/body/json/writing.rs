//! Value -> JSON text, which is no deeper and no larger than what is read.

use serde_json::Value;

use crate::codec::body::json::bound::check;
use crate::codec::bounds::{MAX_DEPTH, MAX_VALUES};

/// Writes a value as JSON text.
///
/// # Errors
/// It is nested deeper than would be read back.
pub(crate) fn write(value: &Value) -> Result<Vec<u8>, String> {
    write_part(value, MAX_DEPTH).map(|(bytes, _)| bytes)
}

/// Writes a value that stands within another as JSON text, and gives the number of values that it counts as.
///
/// # Errors
/// It is nested deeper than so many levels, or holds more values than would be read back.
pub(crate) fn write_part(value: &Value, depth: usize) -> Result<(Vec<u8>, usize), String> {
    let mut left = MAX_VALUES;
    check(value, depth, &mut left)?;
    let bytes = serde_json::to_vec(value).map_err(|error| error.to_string())?;
    Ok((bytes, MAX_VALUES - left))
}

/// Writes a value with nothing but ASCII, for places that carry no more.
///
/// # Errors
/// As for [`write`].
pub(crate) fn write_ascii(value: &Value) -> Result<String, String> {
    let bytes = write(value)?;
    let text = String::from_utf8(bytes).map_err(|error| error.to_string())?;
    let mut ascii = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() && character != '\u{7f}' {
            ascii.push(character);
        } else {
            // Outside strings, JSON text is ASCII, so this is within one.
            for unit in character.encode_utf16(&mut [0; 2]) {
                ascii.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    Ok(ascii)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::codec::body::json::read;

    #[test]
    fn ascii_text_is_read_as_the_same_value() {
        let value = json!({"é😀": "\u{7f}\0ü"});
        let text = write_ascii(&value).expect("it has a form");
        assert!(text.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{text}");
        assert_eq!(read(text.as_bytes()), Ok(value));
    }
}
