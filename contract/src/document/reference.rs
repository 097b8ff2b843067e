//! Where `$ref` leads: within its file, into another, by `$id` or by anchor. Nothing is expanded; a reference is
//! followed when somebody asks, so cycles cost nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::document::{Code, Defect, Document, FileId, Location, Pointer, Unsupplied, spelling, uri};

/// The most references that may follow one another without a schema between: more than any real document has, so that a long
/// chain is told from a circle by its members alone.
const MAX_CHAIN: usize = 10_000;

/// From how many references on their targets are remembered.
const REMEMBER_AFTER: usize = 16;

/// The most references that a pointer may pass on its way.
const MAX_DETOURS: usize = 32;

/// Everything that references can name besides pointers into their own file.
#[derive(Debug, Default)]
pub(super) struct Targets {
    /// Files by their path relative to the entry document's folder, or by the URI they call themselves; or why they
    /// could not be read.
    pub(super) files: BTreeMap<String, Result<FileId, Unsupplied>>,
    /// Schemas by absolute `$id` (JSON Schema 2020-12 §8.2.1).
    pub(super) ids: BTreeMap<String, Location>,
    /// Schemas by base URI and `$anchor` or `$dynamicAnchor` (§8.2.2).
    pub(super) anchors: BTreeMap<(String, String), Location>,
}

pub(super) fn resolve(document: &Document, from: &Location, reference: &str) -> Result<Location, Defect> {
    let broken = |reason: String| Defect::new(Code::BrokenReference, from.clone(), reason);
    if let Some(location) = Location::from_uri(reference) {
        return match document.node(&location) {
            Some(_) => Ok(location),
            None => walk(document, from, reference, location),
        };
    }
    let (resource, fragment) = uri::split(reference);
    let (base, start) = if resource.is_empty() && !document.has_ids(from.file) {
        (None, Location { file: from.file, pointer: Pointer::root() })
    } else {
        let (base, start) = find_resource(document, from, reference, resource)?;
        (Some(base), start)
    };
    let fragment = uri::decode(fragment);
    if fragment.is_empty() {
        return Ok(start);
    }
    let Some(pointer) = Pointer::parse(&fragment) else {
        let base = base.unwrap_or_else(|| document.file(from.file).base.clone());
        let found = document.targets.anchors.get(&(base, fragment.clone().into_owned()));
        return found.cloned().ok_or_else(|| {
            let defect = broken(format!("`{reference}` is neither a JSON pointer nor a known anchor"));
            match bare_name(document, &fragment) {
                Some(meant) => defect.hint(format!("did you mean `{meant}`?")),
                None => defect.hint("a pointer begins with `#/`"),
            }
        });
    };
    let target = Location { file: start.file, pointer: start.pointer.append(&pointer) };
    if document.node(&target).is_some() {
        return Ok(target);
    }
    // A schema with an `$id` is a resource of its own, but authors mean the file.
    let whole = Location { file: start.file, pointer };
    if resource.is_empty() && document.node(&whole).is_some() {
        return Ok(whole);
    }
    walk(document, from, reference, target)
}

/// The resource that the part before the fragment names: its base URI, and where it stands.
fn find_resource(
    document: &Document,
    from: &Location,
    reference: &str,
    resource: &str,
) -> Result<(String, Location), Defect> {
    let file = document.file(from.file);
    let targets = &document.targets;
    let base = base_at(document, from);
    let joined = uri::join(&base, resource);
    if let Some(location) = targets.ids.get(joined.trim_end_matches('#')) {
        return Ok((joined, location.clone()));
    }
    let root = |file: FileId| Location { file, pointer: Pointer::root() };
    if resource.is_empty() {
        return Ok((file.base.clone(), root(from.file)));
    }
    let beside = uri::join(&file.path, resource);
    match targets.files.get(&joined).filter(|found| found.is_ok()).or_else(|| targets.files.get(&beside)) {
        Some(Ok(id)) => Ok((document.file(*id).base.clone(), root(*id))),
        Some(Err(unread)) => {
            let reason = format!("`{reference}` cannot be followed: {}", unread.reason);
            Err(Defect { hint: unread.hint.clone(), ..Defect::new(unread.code, from.clone(), reason) })
        }
        None => {
            let defect = Defect::new(Code::BrokenReference, from.clone(), format!("`{reference}` names no known file"));
            Err(match bare_name(document, resource) {
                Some(meant) => defect.hint(format!("did you mean `{meant}`?")),
                None => defect,
            })
        }
    }
}

/// The base URI at a location: the file's, as changed by each `$id` on the way.
fn base_at(document: &Document, at: &Location) -> String {
    let file = document.file(at.file);
    let mut base = file.base.clone();
    if !file.has_ids {
        return base;
    }
    let mut node = &file.value;
    let mut enter = |node: &Value| {
        if let Some(id) = node.get("$id").and_then(Value::as_str) {
            base = uri::join(&base, uri::split(id).0);
        }
    };
    enter(node);
    for token in at.pointer.tokens() {
        let child = match node {
            Value::Array(items) => token.parse::<usize>().ok().and_then(|index| items.get(index)),
            Value::Object(members) => members.get(token.as_ref()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        };
        let Some(child) = child else { break };
        enter(child);
        node = child;
    }
    base
}

/// Walks a pointer token by token through the references on its way, which RFC 6901 does not, but authors do.
fn walk(document: &Document, from: &Location, reference: &str, target: Location) -> Result<Location, Defect> {
    let mut here = Location { file: target.file, pointer: Pointer::root() };
    let mut detours = 0_usize;
    let mut node = document.node(&here).ok_or_else(|| {
        Defect::new(Code::BrokenReference, from.clone(), format!("`{reference}` names no known file"))
    })?;
    for token in target.pointer.tokens() {
        loop {
            let child = match node {
                Value::Array(items) => token.parse::<usize>().ok().and_then(|index| items.get(index)),
                Value::Object(members) => members.get(token.as_ref()),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
            };
            if let Some(child) = child {
                (here, node) = (here.join(&token), child);
                break;
            }
            let Some(through) = node.get("$ref").and_then(Value::as_str).filter(|_| detours < MAX_DETOURS) else {
                return Err(lost(from, reference, &here, node, &token));
            };
            detours += 1;
            let file_root = Location { file: here.file, pointer: Pointer::root() };
            let base = if document.has_ids(here.file) { &here } else { &file_root };
            // One step only: the target's own references are passed by this same loop.
            here = plain_target(document, base, through).ok_or_else(|| lost(from, reference, &here, node, &token))?;
            node = document.node(&here).ok_or_else(|| lost(from, reference, &here, node, &token))?;
        }
    }
    Ok(here)
}

/// The target of a reference whose pointer passes no others.
fn plain_target(document: &Document, from: &Location, reference: &str) -> Option<Location> {
    let (resource, fragment) = uri::split(reference);
    let start = match resource {
        "" => Location { file: from.file, pointer: Pointer::root() },
        _ => find_resource(document, from, reference, resource).ok()?.1,
    };
    let pointer = start.pointer.append(&Pointer::parse(&uri::decode(fragment))?);
    let target = Location { file: start.file, pointer };
    document.node(&target).map(|_| target)
}

fn lost(from: &Location, reference: &str, here: &Location, node: &Value, token: &str) -> Defect {
    let at = if here.pointer.as_str().is_empty() { "the document".to_owned() } else { format!("`{}`", here.pointer) };
    let defect =
        Defect::new(Code::BrokenReference, from.clone(), format!("`{reference}` leads nowhere: {at} has no `{token}`"));
    let names = node.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    match spelling::nearest(token, names) {
        Some(meant) => defect.hint(format!("did you mean `{meant}`?")),
        None => defect,
    }
}

/// The full reference to a component that somebody named without the way to it.
fn bare_name(document: &Document, name: &str) -> Option<String> {
    let name = name.rsplit('/').next().unwrap_or(name);
    for section in ["/components/schemas", "/definitions"] {
        if document.root().pointer(section).and_then(|known| known.get(name)).is_some() {
            return Some(format!("#{section}/{name}"));
        }
    }
    None
}

pub(super) fn follow<'d>(document: &'d Document, at: &Location) -> Result<(Location, &'d Value), Defect> {
    let mut here = at.clone();
    let mut seen = BTreeSet::new();
    for step in 0..MAX_CHAIN {
        let node = document
            .node(&here)
            .ok_or_else(|| Defect::new(Code::BrokenReference, here.clone(), "there is nothing here"))?;
        let Some(reference) = node.get("$ref").and_then(Value::as_str) else { return Ok((here, node)) };
        if step >= REMEMBER_AFTER && !seen.insert(here.clone()) {
            break;
        }
        here = resolve(document, &here, reference).map_err(|defect| Defect { at: here.join("$ref"), ..defect })?;
    }
    Err(Defect::new(Code::ReferenceCycle, at.join("$ref"), "this reference leads back to itself")
        .hint("one of the references in the circle must be what it means, spelled out"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Files, Source};

    /// Files by name, as a test lays them out.
    struct Laid(&'static [(&'static str, &'static str)]);

    impl Files for Laid {
        fn permit(&self, name: &str) -> Result<(), String> {
            if name.starts_with("..") || name.starts_with('/') {
                Err("outside the root folder".to_owned())
            } else {
                Ok(())
            }
        }

        fn read(&self, name: &str) -> Result<Vec<u8>, String> {
            let found = self.0.iter().find(|(known, _)| *known == name);
            found.map(|(_, text)| text.as_bytes().to_vec()).ok_or_else(|| format!("there is no file {name}"))
        }
    }

    fn load(files: &'static [(&'static str, &'static str)]) -> Document {
        let (name, text) = files[0];
        Document::load(Source { name, bytes: text.as_bytes() }, &[], &Laid(files)).expect("it can be loaded")
    }

    fn at(pointer: &str) -> Location {
        Location::entry(Pointer::parse(pointer).expect("a pointer"))
    }

    #[test]
    fn references_lead_through_files_of_both_syntaxes_relative_to_where_they_stand() {
        let document = load(&[
            (
                "api.yaml",
                "openapi: 3.0.0\na: {$ref: 'parts/pet%20one.json#/defs/a~1b'}\nb: {$ref: './parts/../parts/x.yaml'}\n",
            ),
            ("parts/pet one.json", r##"{"defs": {"a/b": {"$ref": "x.yaml#/y"}, "loop": {"$ref": "../api.yaml#/a"}}}"##),
            ("parts/x.yaml", "y: {type: string}\nz: {$ref: '#/y'}\n"),
        ]);
        let (found, node) = document.follow(&at("/a")).expect("it leads somewhere");
        assert_eq!(
            (document.place(&found).file.as_str(), node),
            ("parts/x.yaml", &serde_json::json!({"type": "string"}))
        );
        let (whole, _) = document.follow(&at("/b")).expect("it leads somewhere");
        assert_eq!(whole.pointer, Pointer::root());
        assert_eq!(document.follow(&whole.join("z")).expect("it leads somewhere").0, found);
        let json = Location { file: FileId(1), pointer: Pointer::parse("/defs/loop").expect("a pointer") };
        assert_eq!(document.follow(&json).expect("it leads back and on").0, found);
    }

    #[test]
    fn references_lead_to_ids_anchors_and_what_a_file_calls_itself() {
        let document = load(&[
            (
                "api.yaml",
                "openapi: 3.2.0\n$self: https://x.org/v1/api\ncomponents:\n  schemas:\n    A: {$id: 'https://y.org/a', $defs: {p: {$anchor: here}}, b: {$ref: '#here'}, c: {$ref: b}, e: {$ref: '#/components/schemas/B'}}\n    B: {$id: 'https://y.org/b'}\nd: {$ref: 'api#/components/schemas/B'}\nf: {$ref: other.yaml}\n",
            ),
            ("other.yaml", "type: string\n"),
        ]);
        for (from, to) in [
            ("/components/schemas/A/b", "/components/schemas/A/$defs/p"),
            ("/components/schemas/A/c", "/components/schemas/B"),
            ("/components/schemas/A/e", "/components/schemas/B"),
            ("/d", "/components/schemas/B"),
        ] {
            assert_eq!(document.follow(&at(from)).map(|found| found.0), Ok(at(to)), "{from}");
        }
        assert_eq!(document.follow(&at("/f")).expect("the file beside").0.file, FileId(1));
    }

    #[test]
    fn pointers_pass_references_on_their_way() {
        let document = load(&[(
            "api.yaml",
            "openapi: 3.0.0\na: {$ref: '#/b/c/d'}\nb: {$ref: '#/e'}\ne: {c: {$ref: '#/f'}}\nf: {d: 1}\nr: {$ref: '#/r/x'}\n",
        )]);
        assert_eq!(document.follow(&at("/a")).expect("it leads somewhere").0, at("/f/d"));
        assert_eq!(document.follow(&at("/r")).expect_err("a pointer into itself").code, Code::BrokenReference);
    }

    #[test]
    fn broken_references_say_why_and_what_was_meant() {
        let document = load(&[
            (
                "api.yaml",
                "openapi: 3.0.0\ncomponents: {schemas: {Pet: {}}}\na: {$ref: '#/components/schemas/Pets'}\nb: {$ref: ../x.yaml}\nc: {$ref: nowhere.yaml}\nd: {$ref: '#Pet'}\ne: {$ref: '#/g'}\ng: {$ref: '#/e'}\nh: {$ref: bad.yaml}\n",
            ),
            ("bad.yaml", "a: ["),
        ]);
        for (from, code, hint) in [
            ("/a", Code::BrokenReference, Some("did you mean `Pet`?")),
            ("/b", Code::ForbiddenReference, None),
            ("/c", Code::BrokenReference, None),
            ("/d", Code::BrokenReference, Some("did you mean `#/components/schemas/Pet`?")),
            (
                "/e",
                Code::ReferenceCycle,
                Some("one of the references in the circle must be what it means, spelled out"),
            ),
            ("/h", Code::BrokenReference, None),
        ] {
            let defect = document.follow(&at(from)).expect_err("it is broken");
            assert_eq!((defect.code, defect.hint.as_deref()), (code, hint), "{defect}");
        }
    }

    #[test]
    fn a_long_chain_is_no_circle() {
        let mut text = String::from("openapi: 3.0.0\n");
        for link in 0..3000 {
            text.push_str(&format!("a{link}: {{$ref: '#/a{}'}}\n", link + 1));
        }
        text.push_str("a3000: {end: true}\n");
        let source = Source { name: "api.yaml", bytes: text.as_bytes() };
        let document = Document::load(source, &[], &crate::document::NoFiles).expect("it can be loaded");
        assert_eq!(document.follow(&at("/a0")).expect("it leads somewhere").0, at("/a3000"));
    }
}
