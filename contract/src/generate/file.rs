//! Files that programs can open: the smallest one of each of the common media types.

use data_encoding::BASE64;

use crate::model::MediaType;

/// Files that are bytes, in Base64: a grey picture of one pixel, silence, an archive of nothing.
const BYTES: [(&str, &str); 12] = [
    ("image/png", "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNoAAAAggCB2kUIOwAAAABJRU5ErkJggg=="),
    ("image/gif", "R0lGODdhAQABAIEAAICAgAAAAAAAAAAAACwAAAAAAQABAAAIBAABBAQAOw=="),
    ("image/jpeg", JPEG),
    ("image/webp", "UklGRh4AAABXRUJQVlA4TBEAAAAvAAAAAAdQwAIWsP+BiOh/AAA="),
    ("image/bmp", "Qk06AAAAAAAAADYAAAAoAAAAAQAAAAEAAAABABgAAAAAAAQAAADEDgAAxA4AAAAAAAAAAAAAgICAAA=="),
    ("audio/mpeg", MP3),
    ("audio/mp3", MP3),
    ("audio/wav", WAV),
    ("audio/x-wav", WAV),
    ("audio/vnd.wave", WAV),
    ("application/gzip", "H4sIAAAAAAAA/wMAAAAAAAAAAAA="),
    ("application/zip", "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="),
];

const JPEG: &str = concat!(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAP//////////////////////////////////////////////////////////////////",
    "////////////////////2wBDAf//////////////////////////////////////////////////////////////////////////",
    "////////////wAARCAABAAEDASIAAhEBAxEB/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/xAAU",
    "AQEAAAAAAAAAAAAAAAAAAAAA/8QAFBEBAAAAAAAAAAAAAAAAAAAAAP/aAAwDAQACEQMRAD8AAA//2Q=="
);

/// One frame of silence: 32 kbit/s, 44.1 kHz, one channel.
const MP3: &str = concat!(
    "//sQxAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
);

/// Two samples of silence.
const WAV: &str = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQIAAACAgA==";

/// Files that are text.
const TEXTS: [(&str, &str); 6] = [
    ("image/svg+xml", SVG),
    ("application/pdf", PDF),
    ("text/html", "<!doctype html>\n<html lang=\"en\"><title>Example</title><p>An example.</p></html>\n"),
    (
        "application/xhtml+xml",
        "<html xmlns=\"http://www.w3.org/1999/xhtml\"><head><title>Example</title></head><body/></html>",
    ),
    ("application/xml", "<example/>"),
    ("text/xml", "<example/>"),
];

const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 64 64\" width=\"64\" height=\"64\">\
<rect width=\"64\" height=\"64\" fill=\"#808080\"/></svg>";

/// One empty page (ISO 32000-1 §7.5).
const PDF: &str = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj\nxref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n\
0000000052 00000 n \n0000000101 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n162\n%%EOF\n";

/// A file of a media type; `None` where none is known.
#[must_use]
pub fn file(media_type: &MediaType) -> Option<Vec<u8>> {
    let essence = media_type.essence();
    let is_it = |known: &&(&str, &str)| known.0 == essence;
    if let Some((_, text)) = TEXTS.iter().find(is_it) {
        return Some(text.as_bytes().to_vec());
    }
    let (_, coded) = BYTES.iter().find(is_it)?;
    BASE64.decode(coded.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_begin_as_their_formats_ask() {
        let begins: [(&str, &[u8]); 7] = [
            ("image/png", b"\x89PNG\r\n\x1a\n"),
            ("image/gif", b"GIF8"),
            ("image/jpeg", b"\xff\xd8\xff"),
            ("image/webp", b"RIFF"),
            ("application/pdf", b"%PDF-"),
            ("application/zip", b"PK\x05\x06"),
            ("application/gzip", b"\x1f\x8b"),
        ];
        for (media_type, begin) in begins {
            let bytes = MediaType::parse(media_type).and_then(|media_type| file(&media_type)).expect(media_type);
            assert!(bytes.starts_with(begin), "{media_type}");
        }
        for (media_type, _) in BYTES.iter().chain(&TEXTS) {
            assert!(MediaType::parse(media_type).and_then(|known| file(&known)).is_some(), "{media_type}");
        }
        assert_eq!(PDF.find("xref"), Some(162), "a PDF says where its table of references is");
    }
}
