//! Where something stands: which file of the document, and which JSON pointer within it.

use std::fmt;

use crate::document::Pointer;

/// The number of a file within one loaded document; the entry file is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A node of the document: a file and a JSON pointer into it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location {
    /// The file that it is in.
    pub file: FileId,
    /// The pointer within that file.
    pub pointer: Pointer,
}

/// The scheme and namespace of the absolute references that normalised schemas use.
const URN: &str = "urn:etalon:";

impl Location {
    /// A location in the entry file.
    #[must_use]
    pub fn entry(pointer: Pointer) -> Self {
        Self { file: FileId(0), pointer }
    }

    /// The location one member further.
    #[must_use]
    pub fn join(&self, token: &str) -> Self {
        Self { file: self.file, pointer: self.pointer.join(token) }
    }

    /// The location one array index further.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self { file: self.file, pointer: self.pointer.index(index) }
    }

    /// The absolute URI of this node, as normalised schemas write it in `$ref`: `urn:etalon:0#/components/schemas/Pet`.
    /// The fragment is percent-encoded where RFC 3986 §3.5 asks for it.
    #[must_use]
    pub fn uri(&self) -> String {
        format!("{}#{}", Self::file_uri(self.file), encode_fragment(self.pointer.as_str()))
    }

    /// The absolute URI of a whole file.
    #[must_use]
    pub fn file_uri(file: FileId) -> String {
        format!("{URN}{}", file.0)
    }

    /// Reads back what [`Location::uri`] wrote.
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        let (file, fragment) = uri.strip_prefix(URN)?.split_once('#')?;
        let pointer = percent_encoding::percent_decode_str(fragment).decode_utf8().ok()?;
        Some(Self { file: FileId(file.parse().ok()?), pointer: Pointer::parse(&pointer)? })
    }
}

impl fmt::Display for Location {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "#{}", self.pointer)
    }
}

/// The characters that are percent-encoded in a fragment: all but those of RFC 3986 §3.5, less a few that JSON pointers
/// in documents are full of.
const FRAGMENT: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'~')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'$')
    .remove(b'@')
    .remove(b':');

fn encode_fragment(pointer: &str) -> String {
    percent_encoding::utf8_percent_encode(pointer, FRAGMENT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_survives_its_uri() {
        let location = Location::entry(["paths", "/pets/{id}", "50% ü#"].iter().collect());
        assert_eq!(Location::from_uri(&location.uri()), Some(location));
    }
}
