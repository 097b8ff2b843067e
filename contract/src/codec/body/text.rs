//! Text and bytes <-> strings, by charset.

use crate::model::MediaType;

/// The encoding of a text's characters as bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Charset {
    /// UTF-8, the encoding of RFC 3629.
    Utf8,
    /// The first 128 characters only.
    UsAscii,
    /// One byte for each of the first 256 characters.
    Latin1,
}

impl Charset {
    /// The charset that a media type names; UTF-8 where it names none.
    ///
    /// # Errors
    /// It names one that is not read here.
    pub(crate) fn of(media_type: &MediaType) -> Result<Self, String> {
        let Some(name) = media_type.parameter("charset") else { return Ok(Self::Utf8) };
        match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Ok(Self::Utf8),
            "us-ascii" | "ascii" => Ok(Self::UsAscii),
            "iso-8859-1" | "latin1" => Ok(Self::Latin1),
            _ => Err(format!("the charset `{name}` is not known here")),
        }
    }

    /// The name by which the charset is registered.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::UsAscii => "US-ASCII",
            Self::Latin1 => "ISO-8859-1",
        }
    }

    /// Writes a text in the charset.
    ///
    /// # Errors
    /// A character that the charset lacks.
    pub(crate) fn write(self, text: &str) -> Result<Vec<u8>, String> {
        let last = match self {
            Self::Utf8 => return Ok(text.as_bytes().to_vec()),
            Self::UsAscii => '\u{7f}',
            Self::Latin1 => '\u{ff}',
        };
        text.chars()
            .map(|character| match u8::try_from(character) {
                Ok(byte) if character <= last => Ok(byte),
                _ => Err(format!("the charset has no {character:?}")),
            })
            .collect()
    }

    /// Reads a text. A byte order mark stays: it is a character of the text.
    ///
    /// # Errors
    /// Bytes that stand for nothing in the charset.
    pub(crate) fn read(self, bytes: &[u8]) -> Result<String, String> {
        match self {
            Self::Utf8 => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(text.to_owned()),
                Err(error) => Err(format!("not UTF-8 at byte {}", error.valid_up_to())),
            },
            Self::UsAscii => match bytes.iter().position(|byte| !byte.is_ascii()) {
                None => Ok(bytes.iter().copied().map(char::from).collect()),
                Some(at) => Err(format!("not ASCII at byte {at}")),
            },
            Self::Latin1 => Ok(bytes.iter().copied().map(char::from).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_charset_reads_what_it_wrote() {
        let read_back = |charset: Charset, text: &str| charset.write(text).and_then(|bytes| charset.read(&bytes));
        assert_eq!(read_back(Charset::Utf8, "aé😀\0").as_deref(), Ok("aé😀\0"));
        assert_eq!(read_back(Charset::Latin1, "aé\u{80}ÿ").as_deref(), Ok("aé\u{80}ÿ"));
        assert!(Charset::Latin1.write("€").is_err());
        assert!(Charset::UsAscii.write("é").is_err());
        assert!(Charset::UsAscii.read(b"\x80").is_err());
        assert!(Charset::Utf8.read(b"a\xff").is_err());
    }
}
