//! A request that changes something, as a store keeps it: its token and its number first, at places of their own, so that a store can
//! read them; then the request itself.

use etalon_contract::codec::{Headers, Request};

use crate::server::store::token::LENGTH;

/// The length of a number, in digits.
const DIGITS: usize = 20;

/// A request that changes something, or a cookie that an answer has set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The word by which it is known.
    pub token: String,
    /// The number of the request.
    pub number: u64,
    /// The request.
    pub request: Request,
}

impl Entry {
    /// What stands behind the token and the number.
    #[must_use]
    pub fn content(&self) -> Vec<u8> {
        let Request { method, target, headers, body } = &self.request;
        let mut out = Vec::with_capacity(body.len() + target.len() + 256);
        let mut piece = |bytes: &[u8]| {
            out.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
            out.extend_from_slice(bytes);
        };
        piece(method.as_bytes());
        piece(target.as_bytes());
        piece(body);
        for (name, value) in headers.iter() {
            piece(name.as_bytes());
            piece(value.as_bytes());
        }
        out
    }

    /// The bytes as a whole.
    #[must_use]
    pub fn encoded(&self) -> Vec<u8> {
        let mut out = format!("{}{:0width$}", self.token, self.number, width = DIGITS).into_bytes();
        out.extend(self.content());
        out
    }

    /// Reads the bytes; `None` where they are none.
    #[must_use]
    pub fn decoded(bytes: &[u8]) -> Option<Self> {
        let (token, rest) = bytes.split_at_checked(LENGTH)?;
        let (number, mut rest) = rest.split_at_checked(DIGITS)?;
        let mut piece = || -> Option<&[u8]> {
            let (length, behind) = rest.split_first_chunk::<8>()?;
            let (piece, behind) = behind.split_at_checked(usize::try_from(u64::from_be_bytes(*length)).ok()?)?;
            rest = behind;
            Some(piece)
        };
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
        let (method, target, body) = (text(piece()?)?, text(piece()?)?, piece()?.to_vec());
        let mut headers = Headers::new();
        while let Some(name) = piece() {
            headers.add(text(name)?, text(piece()?)?);
        }
        let number = text(number)?.parse().ok()?;
        Some(Self { token: text(token)?, number, request: Request { method, target, headers, body } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let request = Request {
            method: "POST".into(),
            target: "/ü?a=b".into(),
            headers: [("A", "1"), ("a", ""), ("Etalon", "x: y")].into_iter().collect(),
            body: vec![0, 255, 10],
        };
        let entry = Entry { token: "t".repeat(LENGTH), number: u64::MAX, request };
        let bytes = entry.encoded();
        assert_eq!(Entry::decoded(&bytes), Some(entry.clone()));
        assert!((0..LENGTH + DIGITS + 20).all(|length| Entry::decoded(&bytes[..length]).is_none()));
        let bare = Entry { request: Request::default(), ..entry };
        assert_eq!(Entry::decoded(&bare.encoded()), Some(bare));
    }
}
