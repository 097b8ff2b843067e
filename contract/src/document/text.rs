//! Bytes -> text: UTF-8, or UTF-16 as its byte-order mark or its first character shows (YAML 1.2 §5.2). What is not
//! text is refused with the place of the first byte that is not.

use std::borrow::Cow;

/// The reason why bytes are not a text, with its place: byte offset, line and column, the latter two from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NotText {
    /// The fault of the bytes, as a sentence.
    pub(super) reason: String,
    /// The advice about it.
    pub(super) hint: Option<&'static str>,
    /// The line, from 1; 0 where the file as a whole is meant.
    pub(super) line: usize,
    /// The column in characters, from 1; 0 where the file as a whole is meant.
    pub(super) column: usize,
}

/// The beginnings of files that people pass by mistake.
const SIGNATURES: [(&[u8], &str); 8] = [
    (b"\x89PNG", "a PNG image"),
    (b"\xFF\xD8\xFF", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF file"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1F\x8B", "a gzip archive"),
    (b"\x7FELF", "a program"),
    (b"\x28\xB5\x2F\xFD", "a Zstandard archive"),
];

/// The text of a file, without its byte-order mark.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, NotText> {
    if let Some((_, what)) = SIGNATURES.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Err(whole(format!("this is {what}, not a document"), None));
    }
    let text = match bytes {
        [0, 0, 0xFE, 0xFF, ..] | [0xFF, 0xFE, 0, 0, ..] => {
            return Err(whole("this text is UTF-32".to_owned(), Some("save it as UTF-8")));
        }
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest)?,
        [0xFF, 0xFE, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)?),
        [0xFE, 0xFF, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)?),
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => Cow::Owned(utf16(bytes, u16::from_le_bytes)?),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => Cow::Owned(utf16(bytes, u16::from_be_bytes)?),
        _ => utf8(bytes)?,
    };
    if text.trim().is_empty() {
        return Err(whole(
            "this file is empty".to_owned(),
            Some("an OpenAPI document begins with `openapi: 3.0.3` or the like"),
        ));
    }
    if let Some(position) = text.find('\0') {
        let (line, column) = line_column(&text, position);
        return Err(NotText { reason: "there is a NUL byte in this text".to_owned(), hint: None, line, column });
    }
    Ok(text)
}

/// The line and column (in characters), both from 1, of a byte offset.
pub(super) fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    (before.bytes().filter(|byte| *byte == b'\n').count() + 1, before[start..].chars().count() + 1)
}

/// The byte offset of a line and a column (in characters), both from 1.
pub(super) fn offset(text: &str, line: usize, column: usize) -> Option<usize> {
    let start = match line.checked_sub(1)? {
        0 => 0,
        breaks => text.match_indices('\n').nth(breaks - 1)?.0 + 1,
    };
    let letters = text[start..].char_indices().map(|(at, _)| at).chain(std::iter::once(text.len() - start));
    letters.skip(column.checked_sub(1)?).map(|at| start + at).next()
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, NotText> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| {
        let sound = std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
        let (line, column) = line_column(sound, sound.len());
        NotText {
            reason: format!("this is not UTF-8 text: the byte 0x{:02X} cannot stand here", bytes[error.valid_up_to()]),
            hint: Some("save it as UTF-8"),
            line,
            column,
        }
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, NotText> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    for character in char::decode_utf16(pairs.iter().copied().map(unit)) {
        match character {
            Ok(character) => text.push(character),
            Err(_) => {
                let (line, column) = line_column(&text, text.len());
                let reason = "this is not UTF-16 text: half of a surrogate pair is missing here".to_owned();
                return Err(NotText { reason, hint: Some("save it as UTF-8"), line, column });
            }
        }
    }
    if rest.is_empty() { Ok(text) } else { Err(whole("this UTF-16 text ends in half a character".to_owned(), None)) }
}

fn whole(reason: String, hint: Option<&'static str>) -> NotText {
    NotText { reason, hint, line: 0, column: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16_le(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn every_encoding_of_unicode_text_reads_alike() {
        let text = "openapi: \"ü😀\"";
        let mut marked = vec![0xFF, 0xFE];
        marked.extend(utf16_le(text));
        let big: Vec<u8> = [0xFE, 0xFF].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        let bom: Vec<u8> = b"\xEF\xBB\xBF".iter().chain(text.as_bytes()).copied().collect();
        for bytes in [text.as_bytes().to_vec(), bom, marked, big, utf16_le(text)] {
            assert_eq!(decode(&bytes).expect("it is text"), text);
        }
    }

    #[test]
    fn lines_and_columns_lead_to_their_offset_and_back() {
        let text = "a: ü\nbc: 😀 x\n";
        for (at, _) in text.char_indices() {
            let (line, column) = line_column(text, at);
            assert_eq!(offset(text, line, column), Some(at));
        }
        assert_eq!([offset(text, 9, 1), offset(text, 0, 1), offset(text, 1, 99)], [None; 3]);
    }

    #[test]
    fn what_is_not_text_is_refused_where_it_stops_being_text() {
        let refused = decode(b"a: 1\nbc: \xFF\n").expect_err("not UTF-8");
        assert_eq!((refused.line, refused.column), (2, 5));
        let refused = decode(b"a: 1\nb: \0").expect_err("a NUL");
        assert_eq!((refused.line, refused.column), (2, 4));
        assert!(decode(b"\x89PNG\r\n\x1a\n").expect_err("an image").reason.contains("PNG"));
        for empty in [&b""[..], b" \n\t", b"\xEF\xBB\xBF"] {
            assert_eq!(decode(empty).expect_err("nothing there").reason, "this file is empty");
        }
        assert!(decode(b"\xFF\xFE\x00\xD8a\0").expect_err("half a pair").reason.contains("surrogate"));
    }
}
