//! The digest of a document: what tells that two readings are of the same bytes, wherever they stood. A recording or a snapshot says by
//! it what it belongs to.

use std::fmt;

use sha2::{Digest as _, Sha256};

use crate::document::{Document, SourceRole};

/// The SHA-256 of all texts that a document was made of: the entry file, overlays in their order, and what references lead to,
/// each with its path from the entry file. The names that the user gave them are no part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Document {
    /// The digest of the document's texts.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut hash = Sha256::new();
        for (number, file) in self.files.iter().enumerate() {
            let role = file.role_at(number);
            // The entry file and its overlays may be called otherwise and be the same; a part is found by its path.
            let path = if role == SourceRole::Part { file.path.as_str() } else { "" };
            for text in [role.as_str(), path, file.text.as_str()] {
                hash.update((text.len() as u64).to_be_bytes());
                hash.update(text.as_bytes());
            }
        }
        Digest(hash.finalize().into())
    }

    /// The same document, its files under other names, in their order; under its own where the number of names is another.
    #[must_use]
    pub fn shown_as(mut self, names: &[String]) -> Self {
        if names.len() == self.files.len() {
            for (file, name) in self.files.iter_mut().zip(names) {
                file.name.clone_from(name);
            }
        }
        self
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use crate::document::{Document, NoFiles, Source};

    const TEXT: &str = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\n";

    fn document(name: &str, text: &str, overlays: &[Source<'_>]) -> Document {
        Document::load(Source { name, bytes: text.as_bytes() }, overlays, &NoFiles).expect("a document")
    }

    #[test]
    fn names_are_no_part_of_a_digest_and_every_byte_is() {
        let digest = |name: &str, text: &str| document(name, text, &[]).digest();
        assert_eq!(digest("a.yaml", TEXT), digest("elsewhere/b.yaml", TEXT));
        assert_ne!(digest("a.yaml", TEXT), digest("a.yaml", &TEXT.replace("'1'", "'2'")));
        assert_ne!(digest("a.yaml", TEXT), digest("a.yaml", &format!("{TEXT}# a comment\n")));
        let overlay = "overlay: 1.0.0\ninfo: {title: o, version: '1'}\nactions: [{target: $, update: {}}]\n";
        let overlay = Source { name: "o.yaml", bytes: overlay.as_bytes() };
        assert_ne!(document("a.yaml", TEXT, &[overlay]).digest(), digest("a.yaml", TEXT));
        assert!(digest("a.yaml", TEXT).to_string().starts_with("sha256:"));
    }

    #[test]
    fn a_document_is_shown_under_the_names_that_are_given() {
        let shown = document("here/a.yaml", TEXT, &[]).shown_as(&["a.yaml".to_owned()]);
        assert_eq!(shown.name(), "a.yaml");
        assert_eq!(document("a.yaml", TEXT, &[]).shown_as(&[]).name(), "a.yaml");
    }
}
