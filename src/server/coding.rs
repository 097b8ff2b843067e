//! Content codings of requests (RFC 9110 §8.4): `gzip`, `deflate`, `br` and `zstd`. What they unfold to counts against the
//! limit of the body, so that a few bytes never become more than a plain body may have.

use std::io::{self, ErrorKind, Read};

use etalon_contract::codec::Headers;
use flate2::bufread::GzDecoder;
use flate2::read::ZlibDecoder;
use ruzstd::decoding::StreamingDecoder;

/// The codings that are taken, as `Accept-Encoding` names them (RFC 9110 §12.5.3).
pub(super) const ACCEPTED: &str = "gzip, deflate, br, zstd";

/// The most codings that may lie over one another: nobody needs two, and each costs a pass over the body.
const MAX_CODINGS: usize = 4;

/// The most members or frames that a body may have (RFC 1952 §2.2, RFC 8878 §3): each may be empty, and costs all the same.
const MAX_PARTS: usize = 1_000;

/// The bytes that a brotli stream is read ahead.
const BROTLI_BUFFER: usize = 4096;

/// The largest window of zstd, in bytes: all that a content coding may ask for (RFC 9659 §3).
const ZSTD_WINDOW: u64 = 8 * 1024 * 1024;

/// The reason why a coded body cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// A coding that is not taken here.
    #[error("the content coding {0} is not known here, but {ACCEPTED} are")]
    UnknownCoding(String),
    /// It unfolds to more than a body may have.
    #[error("it unfolds to more than {0} bytes")]
    TooLarge(usize),
    /// It is not what its coding says.
    #[error("it is no {coding}: {reason}")]
    Malformed {
        /// The name of the coding, such as `gzip`.
        coding: &'static str,
        /// The defect of the bytes: a fragment.
        reason: &'static str,
    },
    /// It has more members or frames than are read.
    #[error("it has more than {MAX_PARTS} parts")]
    TooManyParts,
}

/// True where `Content-Encoding` names anything.
pub(crate) fn is_coded(headers: &Headers) -> bool {
    headers.get("content-encoding").is_some()
}

/// The content of a body of which `Content-Encoding` may name codings, of at most `limit` bytes.
///
/// # Errors
/// The coding is unknown, the body is none of its coding, or it unfolds to more than `limit` bytes.
pub(crate) fn decoded(headers: &Headers, body: Vec<u8>, limit: usize) -> Result<Vec<u8>, Unreadable> {
    let mut codings = Vec::new();
    for name in headers.all("content-encoding").flat_map(|field| field.split(',')).map(str::trim) {
        if !name.is_empty() && !name.eq_ignore_ascii_case("identity") {
            codings.push(Coding::parse(name).ok_or_else(|| Unreadable::UnknownCoding(shown(name)))?);
        }
        if codings.len() > MAX_CODINGS {
            return Err(Unreadable::UnknownCoding(format!("of more than {MAX_CODINGS} layers")));
        }
    }
    // An empty body is the absence of one, which no coding changes.
    if body.is_empty() {
        return Ok(body);
    }
    // They are listed in the order in which they were applied.
    codings.into_iter().rev().try_fold(body, |body, coding| coding.decoded(&body, limit))
}

/// The most characters of an unknown coding's name that are repeated.
const SHOWN: usize = 40;

fn shown(name: &str) -> String {
    name.chars().filter(char::is_ascii_graphic).take(SHOWN).collect()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

impl Coding {
    /// RFC 9110 §8.4.1: names are compared without case, and `x-gzip` is `gzip`.
    fn parse(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Some(Self::Gzip),
            "deflate" => Some(Self::Deflate),
            "br" => Some(Self::Brotli),
            "zstd" => Some(Self::Zstd),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }

    fn decoded(self, bytes: &[u8], limit: usize) -> Result<Vec<u8>, Unreadable> {
        let mut plain = Vec::new();
        let read = match self {
            Self::Gzip => members(bytes, &mut plain, limit),
            Self::Deflate => unfold(ZlibDecoder::new(bytes), &mut plain, limit),
            Self::Brotli => unfold(brotli_decompressor::Decompressor::new(bytes, BROTLI_BUFFER), &mut plain, limit),
            Self::Zstd => frames(bytes, &mut plain, limit),
        };
        // The libraries' own words are for programmers.
        #[expect(clippy::wildcard_enum_match_arm, reason = "the standard library adds kinds of errors")]
        read.map_err(|error| match error.kind() {
            ErrorKind::QuotaExceeded => Unreadable::TooManyParts,
            ErrorKind::UnexpectedEof => Unreadable::Malformed { coding: self.name(), reason: "it ends too early" },
            _ => Unreadable::Malformed { coding: self.name(), reason: "its bytes are not what this coding makes" },
        })?;
        if plain.len() > limit { Err(Unreadable::TooLarge(limit)) } else { Ok(plain) }
    }
}

/// Reads on until the end, or until there is one byte more than the limit.
fn unfold(reader: impl Read, plain: &mut Vec<u8>, limit: usize) -> io::Result<()> {
    let left = (limit + 1).saturating_sub(plain.len());
    reader.take(u64::try_from(left).unwrap_or(u64::MAX)).read_to_end(plain).map(|_| ())
}

/// RFC 1952 §2.2: members one after another.
fn members(mut bytes: &[u8], plain: &mut Vec<u8>, limit: usize) -> io::Result<()> {
    for _ in 0..MAX_PARTS {
        if bytes.is_empty() || plain.len() > limit {
            return Ok(());
        }
        unfold(GzDecoder::new(&mut bytes), plain, limit)?;
    }
    if bytes.is_empty() { Ok(()) } else { Err(ErrorKind::QuotaExceeded.into()) }
}

/// RFC 8878 §3: frames one after another. Those that are to be skipped (§3.1.2) are.
fn frames(mut bytes: &[u8], plain: &mut Vec<u8>, limit: usize) -> io::Result<()> {
    for _ in 0..MAX_PARTS {
        if bytes.is_empty() || plain.len() > limit {
            return Ok(());
        }
        if let Some(rest) = skipped(bytes)? {
            bytes = rest;
            continue;
        }
        let frame = StreamingDecoder::new_with_max_window_size(&mut bytes, ZSTD_WINDOW).map_err(io::Error::other)?;
        unfold(frame, plain, limit)?;
    }
    if bytes.is_empty() { Ok(()) } else { Err(ErrorKind::QuotaExceeded.into()) }
}

/// The bytes behind a skippable frame; `None` where the bytes begin with another one.
fn skipped(bytes: &[u8]) -> io::Result<Option<&[u8]>> {
    let [0x50..=0x5f, 0x2a, 0x4d, 0x18, rest @ ..] = bytes else { return Ok(None) };
    let (size, rest) = rest.split_first_chunk::<4>().ok_or(ErrorKind::UnexpectedEof)?;
    let size = usize::try_from(u32::from_le_bytes(*size)).unwrap_or(usize::MAX);
    rest.get(size..).map(Some).ok_or_else(|| ErrorKind::UnexpectedEof.into())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};

    use super::*;

    const TEXT: &[u8] = br#"{"emailAddress":"a@b"}"#;
    const BROTLI: &[u8] = b"\x8b\x0a\x80{\"emailAddress\":\"a@b\"}\x03";
    /// Eleven MiB of zeros.
    const BROTLI_BOMB: [u8; 27] = [
        203, 255, 255, 63, 248, 39, 0, 226, 177, 64, 32, 247, 254, 47, 255, 255, 95, 240, 79, 0, 196, 97, 17, 128, 238,
        253, 11,
    ];
    const LIMIT: usize = 10 * 1024 * 1024;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).expect("it is in memory");
        encoder.finish().expect("it is in memory")
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).expect("it is in memory");
        encoder.finish().expect("it is in memory")
    }

    /// A frame without a checksum, of one raw block (RFC 8878 §3.1.1).
    fn zstd(bytes: &[u8]) -> Vec<u8> {
        let size = u8::try_from(bytes.len()).expect("it is short");
        let header = (u32::from(size) << 3) | 1;
        let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x20, size];
        frame.extend_from_slice(&header.to_le_bytes()[..3]);
        frame.extend_from_slice(bytes);
        frame
    }

    /// Blocks of 128 KiB, each one byte repeated (RFC 8878 §3.1.1.2.2).
    fn zstd_bomb() -> Vec<u8> {
        let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58];
        for block in 0..=100u32 {
            let header = (128 * 1024) << 3 | 1 << 1 | u32::from(block == 100);
            frame.extend_from_slice(&header.to_le_bytes()[..3]);
            frame.push(0);
        }
        frame
    }

    fn read(coding: &str, body: &[u8]) -> Result<Vec<u8>, Unreadable> {
        let headers: Headers = [("Content-Encoding", coding)].into_iter().collect();
        decoded(&headers, body.to_vec(), LIMIT)
    }

    #[test]
    fn every_coding_is_undone_in_reverse_order() {
        assert_eq!(read("identity", TEXT).as_deref(), Ok(TEXT));
        assert_eq!(read("gzip", &gzip(TEXT)).as_deref(), Ok(TEXT));
        assert_eq!(read("X-GZip", &gzip(TEXT)).as_deref(), Ok(TEXT));
        assert_eq!(read("deflate", &zlib(TEXT)).as_deref(), Ok(TEXT));
        assert_eq!(read("br", BROTLI).as_deref(), Ok(TEXT));
        assert_eq!(read("zstd", &zstd(TEXT)).as_deref(), Ok(TEXT));
        assert_eq!(read("zstd", &[zstd(b"{"), zstd(b"}")].concat()).as_deref(), Ok(&b"{}"[..]));
        let skippable = [&[0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
        let mixed = [skippable.clone(), zstd(b"{"), skippable.clone(), zstd(b"}"), skippable].concat();
        assert_eq!(read("zstd", &mixed).as_deref(), Ok(&b"{}"[..]));
        assert_eq!(read("gzip", &[gzip(b"{"), gzip(b""), gzip(b"}")].concat()).as_deref(), Ok(&b"{}"[..]));
        assert_eq!(read("br, gzip", &gzip(BROTLI)).as_deref(), Ok(TEXT));
        assert_eq!(read("gzip", b"").as_deref(), Ok(&b""[..]));
    }

    #[test]
    fn what_unfolds_past_the_limit_is_refused() {
        for (coding, bomb) in [
            ("gzip", gzip(&vec![0; LIMIT + 1])),
            ("gzip, gzip", gzip(&gzip(&vec![0; LIMIT + 1]))),
            ("deflate", zlib(&vec![0; LIMIT + 1])),
            ("br", BROTLI_BOMB.to_vec()),
            ("zstd", zstd_bomb()),
        ] {
            assert_eq!(read(coding, &bomb), Err(Unreadable::TooLarge(LIMIT)), "{coding}");
        }
        assert_eq!(read("gzip", &gzip(&vec![0; LIMIT])).map(|plain| plain.len()), Ok(LIMIT));
    }

    #[test]
    fn parts_are_counted_and_messages_are_for_people() {
        assert_eq!(read("gzip", &gzip(b"").repeat(MAX_PARTS)).as_deref(), Ok(&b""[..]));
        assert_eq!(read("gzip", &gzip(b"").repeat(MAX_PARTS + 1)), Err(Unreadable::TooManyParts));
        let skippable = [0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0];
        assert_eq!(read("zstd", &skippable.repeat(MAX_PARTS + 1)), Err(Unreadable::TooManyParts));
        for (body, reason) in [
            (&[0x50, 0x2a, 0x4d, 0x18, 9, 0, 0, 0, 1][..], "it is no zstd: it ends too early"),
            (b"plain text", "it is no zstd: its bytes are not what this coding makes"),
        ] {
            assert_eq!(read("zstd", body).expect_err("it is none").to_string(), reason);
        }
    }

    #[test]
    fn what_is_not_its_coding_or_of_none_that_is_known_is_refused() {
        for coding in ["gzip", "deflate", "br", "zstd"] {
            assert!(matches!(read(coding, b"plain text"), Err(Unreadable::Malformed { .. })), "{coding}");
        }
        for (coding, cut) in
            [("gzip", gzip(TEXT)), ("deflate", zlib(TEXT)), ("br", BROTLI.to_vec()), ("zstd", zstd(TEXT))]
        {
            assert!(matches!(read(coding, &cut[..cut.len() - 3]), Err(Unreadable::Malformed { .. })), "{coding}");
        }
        assert_eq!(read("compress", TEXT), Err(Unreadable::UnknownCoding("compress".to_owned())));
        assert!(matches!(read("gzip,gzip,gzip,gzip,gzip", TEXT), Err(Unreadable::UnknownCoding(_))));
    }
}
