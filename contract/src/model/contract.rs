//! The contract as a whole: its operations, read when first used, and its schemas.

use std::any::Any;
use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, OnceLock, RwLock};

use serde_json::Value;

use crate::document::{Code, Defect, Diagnostic, Document, Location, NoFiles, Pointer, Severity, Source, Version};
use crate::model::lint::{Looked, Sample};
use crate::model::reader::Read;
use crate::model::router::Router;
use crate::model::{
    BasePath, Method, Operation, PathTemplate, Requirement, Route, Schema, absolute, lint, normalise, paths, reader,
    requirement, swagger, variant,
};

/// An executable contract.
#[derive(Debug)]
pub struct Contract {
    document: Document,
    base: String,
    entries: Vec<Entry>,
    router: Router,
    defects: Vec<Defect>,
    looked: OnceLock<Looked>,
    attached: Attached,
}

/// What lower floors have derived from the contract, one value of each type.
#[derive(Default)]
struct Attached(RwLock<Vec<Arc<dyn Any + Send + Sync>>>);

impl fmt::Debug for Attached {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Attached")
    }
}

/// An operation as far as it is known without reading it.
#[derive(Debug)]
pub struct Entry {
    /// Its place among the operations of the contract.
    pub index: usize,
    /// The method.
    pub method: Method,
    /// The whole path, the servers' base path included.
    pub path: PathTemplate,
    /// The operation's identifier.
    pub id: String,
    /// Where it stands.
    pub at: Location,
    /// Whether it says in `x-etalon` what it does.
    pub declares: bool,
    read: OnceLock<Result<Read, Defect>>,
}

impl Entry {
    pub(crate) fn new(index: usize, method: Method, path: PathTemplate, id: String, at: Location) -> Self {
        Self { index, method, path, id, at, declares: false, read: OnceLock::new() }
    }

    /// The same, of an operation as it stands in the document.
    pub(crate) fn of(self, operation: &Value) -> Self {
        Self { declares: operation.get("x-etalon").is_some(), ..self }
    }
}

impl Contract {
    /// Reads a contract from the text of one document, in YAML or JSON: OpenAPI 3.0 to 3.2 or Swagger 2.0. References to other
    /// files lead nowhere; [`Document::load`] takes files, overlays and names.
    ///
    /// # Errors
    /// At least one fatal diagnostic with its line, column and JSON pointer, where nothing can be done with the document.
    ///
    /// ```
    /// use etalon_contract::model::Contract;
    ///
    /// let contract = Contract::parse("openapi: 3.1.0\ninfo: {title: Empty, version: '1'}\npaths: {}")?;
    /// assert_eq!(contract.title(), "Empty");
    /// assert!(Contract::parse("openapi: 3.1.0\ninfo: [").is_err());
    /// # Ok::<(), Vec<etalon_contract::document::Diagnostic>>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, Vec<Diagnostic>> {
        let name = if text.trim_start().starts_with('{') { "openapi.json" } else { "openapi.yaml" };
        Document::load(Source { name, bytes: text.as_bytes() }, &[], &NoFiles).map(Self::new)
    }

    /// Makes the contract of a document. Reads paths and methods only; operations are read when first asked for.
    #[must_use]
    pub fn new(document: Document) -> Self {
        Self::based(document, None)
    }

    /// Makes the contract of a document whose paths begin at another path than its servers say. Paths and operations with
    /// servers of their own keep those servers' paths, below that one.
    #[must_use]
    pub fn mounted(document: Document, at: &BasePath) -> Self {
        Self::based(document, Some(at))
    }

    fn based(mut document: Document, mount: Option<&BasePath>) -> Self {
        absolute::spell_out(&mut document);
        normalise::document(&mut document);
        let mut defects = Vec::new();
        let mount = mount.map(BasePath::as_str);
        let base = match mount {
            Some(mount) => mount.to_owned(),
            None => paths::base_path(&document, &mut defects),
        };
        let entries = paths::entries(&document, &base, mount.unwrap_or_default(), &mut defects);
        if document.version() == Version::Swagger2 {
            swagger::plant_forms(&mut document, &entries);
        }
        let router = Router::new(&entries, &mut defects);
        Self { document, base, entries, router, defects, looked: OnceLock::new(), attached: Attached::default() }
    }

    /// The document.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The title of the API.
    #[must_use]
    pub fn title(&self) -> &str {
        self.document.root().pointer("/info/title").and_then(Value::as_str).unwrap_or("untitled")
    }

    /// The path that stands before every path, of the first server or of the mount; empty or led by `/`, never ending in
    /// one.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// All operations: paths in the order of the document, the methods of one path in the order of the specification.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// An operation, read now if it was not before.
    ///
    /// # Errors
    /// What in the document makes it unusable.
    ///
    /// # Panics
    /// Where `index` is not below `entries().len()`: indices come from this contract.
    pub fn operation(&self, index: usize) -> Result<&Operation, &Defect> {
        let entry = &self.entries[index];
        let read = entry.read.get_or_init(|| reader::operation(&self.document, entry));
        read.as_ref().map(|read| &read.operation)
    }

    /// True where an operation was read already: for whoever measures what was spared.
    ///
    /// # Panics
    /// Where `index` is not below `entries().len()`.
    #[must_use]
    pub fn has_read(&self, index: usize) -> bool {
        self.entries[index].read.get().is_some()
    }

    /// What was set aside to make an operation usable; empty where it cannot be used at all.
    #[must_use]
    pub fn set_aside(&self, index: usize) -> &[Defect] {
        match self.operation(index) {
            Ok(_) => self.entries[index].read.get().and_then(|read| read.as_ref().ok()).map_or(&[], |read| &read.notes),
            Err(_) => &[],
        }
    }

    /// The value of a type that a lower floor keeps with the contract, made empty when first asked for: compiled
    /// validators, analyses. It lives as long as the contract and is never seen by its readers.
    ///
    /// # Panics
    /// Never: nothing panics while the lock is held.
    pub fn attached<T: Any + Send + Sync + Default>(&self) -> Arc<T> {
        let find = |values: &[Arc<dyn Any + Send + Sync>]| {
            values.iter().find_map(|value| Arc::clone(value).downcast::<T>().ok())
        };
        if let Some(found) = find(&self.attached.0.read().expect("nothing panics while this is held")) {
            return found;
        }
        let mut values = self.attached.0.write().expect("nothing panics while this is held");
        find(&values).unwrap_or_else(|| {
            let made = Arc::new(T::default());
            values.push(Arc::clone(&made) as Arc<dyn Any + Send + Sync>);
            made
        })
    }

    /// The operations that can be used.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        (0..self.entries.len()).filter_map(|index| self.operation(index).ok())
    }

    /// The alternative requirements of all operations, one for each set of schemes; whatever cannot be read is left out. Reads
    /// nothing else of the operations.
    #[must_use]
    pub fn requirements(&self) -> Vec<Requirement> {
        requirement::all(&self.document, self.entries.iter().map(|entry| &entry.at))
    }

    /// Which operation a request is for. The target is the path, and the query where there is one: it decides between
    /// operations that a document describes for the same method and path.
    #[must_use]
    pub fn route(&self, method: &str, target: &str) -> Route {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        match self.router.route(&self.entries, method, path) {
            Route::Found { operation, captures } => {
                // Their templates are the same, so the captures are too.
                Route::Found { operation: self.variant(operation, query), captures }
            }
            other @ (Route::OtherMethods(_) | Route::Unknown) => other,
        }
    }

    /// The operation whose query fits best, of those that have the method and path of one.
    fn variant(&self, found: usize, query: &str) -> usize {
        let variants = self.router.variants(found);
        if variants.is_empty() {
            return found;
        }
        let sent = variant::pairs(query);
        let fit = |index: &usize| variant::fit(&self.entries[*index].path, self.operation(*index).ok(), &sent);
        // Of those that fit alike, the first in the document.
        variants.iter().rev().max_by_key(|index| fit(index)).copied().unwrap_or(found)
    }

    /// The schema at a location, as it stands there.
    ///
    /// # Errors
    /// Where there is none.
    pub fn schema(&self, at: &Location) -> Result<Schema<'_>, Defect> {
        let value = self
            .document
            .node(at)
            .ok_or_else(|| Defect::new(Code::BrokenReference, at.clone(), "there is no schema here"))?;
        Ok(Schema { file: at.file, value })
    }

    /// Where a schema's reference leads, one step.
    ///
    /// # Errors
    /// Where it leads nowhere.
    pub fn refer(&self, schema: Schema<'_>, reference: &str) -> Result<(Location, Schema<'_>), Defect> {
        let from = Location { file: schema.file, pointer: Pointer::root() };
        let at = self.document.resolve(&from, reference)?;
        let target = self.schema(&at)?;
        Ok((at, target))
    }

    /// The components that nothing refers to, each a defect of its own. A close look, as for [`Contract::diagnostics`].
    #[must_use]
    pub fn unused(&self) -> &[Defect] {
        &self.looked().unused
    }

    /// The examples and defaults of the document.
    pub(crate) fn samples(&self) -> &[Sample] {
        &self.looked().samples
    }

    fn looked(&self) -> &Looked {
        self.looked.get_or_init(|| lint::lint(&self.document))
    }

    /// How much it matters what was found while listing the operations: whether some of them were lost.
    fn severity(code: Code) -> Severity {
        match code {
            Code::BrokenReference | Code::ReferenceCycle | Code::ForbiddenReference | Code::WrongType => {
                Severity::Error
            }
            Code::Unreadable
            | Code::Syntax
            | Code::DuplicateKey
            | Code::NotOpenApi
            | Code::UnknownVersion
            | Code::Missing
            | Code::InvalidSchema
            | Code::InvalidOverlay
            | Code::UnmatchedAction
            | Code::InvalidExtension
            | Code::Unsupported
            | Code::PathParameter
            | Code::Ambiguous
            | Code::InvalidExample
            | Code::Unused => Severity::Warning,
        }
    }

    /// Everything that is wrong with the document: what was noticed while reading, every operation's defect, and what a
    /// close look at every object and schema finds. Reads everything that was not read yet and the text once more, so it
    /// takes a multiple of the time that loading took.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        self.diagnostics_with(&[])
    }

    /// The same with what later floors found, each a warning, in its place.
    #[must_use]
    pub fn diagnostics_with(&self, more: &[Defect]) -> Vec<Diagnostic> {
        let mut all = self.document.notes().to_vec();
        let mut found: Vec<(Defect, Severity)> = Vec::new();
        found.extend(self.defects.iter().map(|defect| (defect.clone(), Self::severity(defect.code))));
        for index in 0..self.entries.len() {
            if let Err(defect) = self.operation(index) {
                found.push((defect.clone(), Severity::Error));
            }
            found.extend(self.set_aside(index).iter().map(|defect| (defect.clone(), Severity::Warning)));
        }
        found.extend(self.looked().found.iter().cloned());
        found.extend(more.iter().map(|defect| (defect.clone(), Severity::Warning)));
        // A shared part is found by everyone who uses it, and the same defect by several readers; one report is enough.
        let mut seen: HashSet<(Code, Location)> = HashSet::new();
        found.sort_by_key(|(_, severity)| *severity);
        found.retain(|(defect, _)| seen.insert((defect.code, defect.at.clone())));
        all.extend(found.iter().map(|(defect, severity)| self.document.diagnose(defect, *severity)));
        all.sort_by(|one, other| {
            let key = |diagnostic: &Diagnostic| (diagnostic.severity, diagnostic.place.line, diagnostic.place.column);
            (one.place.file != self.document.name())
                .cmp(&(other.place.file != self.document.name()))
                .then_with(|| one.place.file.cmp(&other.place.file))
                .then_with(|| key(one).cmp(&key(other)))
        });
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{NoFiles, Source};

    fn shipped(name: &str) -> Contract {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
        let bytes = |name: &str| std::fs::read(folder.join(name)).expect("it is shipped");
        let (file, overlay) = (format!("{name}.yaml"), format!("{name}.overlay.yaml"));
        let document = Document::load(
            Source { name: &file, bytes: &bytes(&file) },
            &[Source { name: &overlay, bytes: &bytes(&overlay) }],
            &NoFiles,
        );
        Contract::new(document.expect("it can be loaded"))
    }

    #[test]
    fn the_shipped_contracts_load_without_a_complaint_and_with_their_overlays() {
        let members = shipped("nexus-members");
        assert_eq!(members.diagnostics(), []);
        assert_eq!(members.operations().count(), 3);
        assert!(members.operations().all(|operation| operation.extension.is_some()));

        let invites = shipped("invites");
        assert_eq!(invites.diagnostics(), []);
        assert_eq!(invites.operations().count(), 3);
        let prefixes = invites.operations().flat_map(|operation| &operation.security).flat_map(|one| &one.schemes);
        assert!(prefixes.map(|(scheme, _)| scheme.prefix()).any(|prefix| prefix == "token "));
    }
}
