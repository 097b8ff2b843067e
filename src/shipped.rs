//! The contracts that are compiled in: what `etalon mock` serves where no contract is named.

use etalon_contract::document::{Diagnostic, Document, NoFiles, Source};

/// A contract that is compiled in.
#[derive(Clone, Copy, Debug)]
pub struct Shipped {
    /// The file name of the document, below `spec`.
    pub name: &'static str,
    /// The text of the OpenAPI document.
    pub document: &'static str,
    /// The text of the overlay that declares its behaviour.
    pub overlay: &'static str,
}

/// The contracts that are compiled in, in the order that they are served.
pub const ALL: [Shipped; 2] = [
    Shipped {
        name: "nexus-members.yaml",
        document: include_str!("../spec/nexus-members.yaml"),
        overlay: include_str!("../spec/nexus-members.overlay.yaml"),
    },
    Shipped {
        name: "invites.yaml",
        document: include_str!("../spec/invites.yaml"),
        overlay: include_str!("../spec/invites.overlay.yaml"),
    },
];

impl Shipped {
    /// Reads the document with its overlay.
    ///
    /// # Errors
    /// The diagnostics of a document that cannot be used; a test holds that there are none.
    pub fn load(&self) -> Result<Document, Vec<Diagnostic>> {
        let overlay_name = self.name.replace(".yaml", ".overlay.yaml");
        let overlay = Source { name: &overlay_name, bytes: self.overlay.as_bytes() };
        Document::load(Source { name: self.name, bytes: self.document.as_bytes() }, &[overlay], &NoFiles)
    }
}
