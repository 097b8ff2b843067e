//! Where `$ref` leads.

use serde_json::Value;

use crate::document::{Code, Defect, Document, Location, Pointer};

/// How many references may follow one another before it is taken for a circle.
const MAX_CHAIN: usize = 64;

pub(super) fn resolve(document: &Document, from: &Location, reference: &str) -> Result<Location, Defect> {
    let broken = |reason: String| Defect::new(Code::BrokenReference, from.clone(), reason);
    let Some(fragment) = reference.strip_prefix('#') else {
        return Err(broken(format!("`{reference}` leads outside this document")));
    };
    let pointer = percent_encoding::percent_decode_str(fragment)
        .decode_utf8()
        .ok()
        .and_then(|text| Pointer::parse(&text))
        .ok_or_else(|| broken(format!("`{reference}` is not a JSON pointer")))?;
    let target = Location { file: from.file, pointer };
    match document.node(&target) {
        Some(_) => Ok(target),
        None => Err(broken(format!("`{reference}` leads nowhere"))),
    }
}

pub(super) fn follow<'d>(document: &'d Document, at: &Location) -> Result<(Location, &'d Value), Defect> {
    let mut here = at.clone();
    for _ in 0..MAX_CHAIN {
        let node = document
            .node(&here)
            .ok_or_else(|| Defect::new(Code::BrokenReference, here.clone(), "there is nothing here"))?;
        match node.get("$ref").and_then(Value::as_str) {
            Some(reference) => here = resolve(document, &here, reference)?,
            None => return Ok((here, node)),
        }
    }
    Err(Defect::new(Code::ReferenceCycle, at.clone(), "this reference leads back to itself"))
}
