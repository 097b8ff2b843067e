//! A file of lines: frames of zstd (RFC 8878) one after another, each of some whole lines. What was written before a kill is read
//! whole, up to the last frame that is.

use std::io::Read as _;

use ruzstd::decoding::StreamingDecoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

/// The number of bytes of lines from which a frame is written.
const FRAME: usize = 512 * 1024;

/// The first bytes of a frame (RFC 8878 §3.1.1).
const MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// The most bytes that all lines of a recording may take: far more than any run gives, and less than fills memory.
const MOST: usize = 2 * 1024 * 1024 * 1024;

/// Lines on their way into a file.
#[derive(Debug, Default)]
pub(super) struct Lines {
    waiting: Vec<u8>,
}

impl Lines {
    /// Adds a line.
    pub(super) fn add(&mut self, line: &str) {
        self.waiting.extend_from_slice(line.as_bytes());
        self.waiting.push(b'\n');
    }

    /// True where there are enough lines for a frame.
    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= FRAME
    }

    /// The lines as a frame; `None` where there are none.
    pub(super) fn take(&mut self) -> Option<Vec<u8>> {
        if self.waiting.is_empty() {
            return None;
        }
        let lines = std::mem::take(&mut self.waiting);
        Some(compress_to_vec(lines.as_slice(), CompressionLevel::Fastest))
    }
}

/// The text of a file's frames, as far as they are whole.
#[derive(Debug)]
pub(super) struct Unpacked {
    /// The lines.
    pub text: Vec<u8>,
    /// True where the file ends within a frame.
    pub is_cut: bool,
}

/// Reads the frames of a file; `None` where it is no such file, or larger than is looked at.
pub(super) fn unpack(file: &[u8]) -> Option<Unpacked> {
    if !file.starts_with(&MAGIC) {
        return None;
    }
    let mut text = Vec::new();
    let mut rest = file;
    while !rest.is_empty() {
        let whole = text.len();
        let Ok(mut decoder) = StreamingDecoder::new(&mut rest) else {
            return Some(Unpacked { text, is_cut: true });
        };
        let room = (MOST - whole) as u64;
        if decoder.by_ref().take(room).read_to_end(&mut text).is_err() {
            text.truncate(whole);
            return Some(Unpacked { text, is_cut: true });
        }
        if text.len() >= MOST {
            return None;
        }
    }
    Some(Unpacked { text, is_cut: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_follow_each_other_and_a_cut_one_is_left_out() {
        let mut lines = Lines::default();
        let mut file = Vec::new();
        for number in 0..3 {
            lines.add(&format!("line {number} {}", "x".repeat(1_000)));
            file.extend(lines.take().expect("a line waits"));
        }
        assert_eq!(lines.take(), None);
        let whole = unpack(&file).expect("it is a file of frames");
        let text = String::from_utf8(whole.text).expect("it is text");
        assert_eq!((text.lines().count(), whole.is_cut), (3, false));
        for cut in 5..file.len() {
            let part = unpack(&file[..cut]).expect("it begins as one");
            assert!(text.as_bytes().starts_with(&part.text) && part.text.len() < text.len(), "{cut}");
            assert!(part.text.is_empty() || part.text.ends_with(b"\n"), "{cut}");
        }
        assert!(unpack(b"{}").is_none());
    }
}
