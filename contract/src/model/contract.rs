//! The contract as a whole: its operations, read when first used, and its schemas.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, RwLock};

use serde_json::Value;

use crate::document::{Code, Defect, Diagnostic, Document, Location, NoFiles, Source, Version};
use crate::model::router::Router;
use crate::model::server::{ServerPath, server_paths};
use crate::model::{
    BasePath, Conjuncts, Entry, Operation, Requirement, Route, Schema, absolute, conjuncts, normalise, paths, query,
    reader, requirement, swagger, variant,
};

/// A contract that can be executed: an OpenAPI document with its overlays, read into operations, schemas and security.
#[derive(Debug)]
pub struct Contract {
    document: Document,
    base: String,
    servers: Vec<ServerPath>,
    entries: Vec<Entry>,
    router: Router,
    defects: Vec<Defect>,
    attached: Attached,
}

/// Values that later floors have derived from the contract, one value of each type.
#[derive(Default)]
struct Attached(RwLock<Vec<Arc<dyn Any + Send + Sync>>>);

impl fmt::Debug for Attached {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Attached")
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
        let servers = if mount.is_none() { server_paths(&document) } else { Vec::new() };
        let entries = paths::entries(&document, &base, mount.unwrap_or_default(), &mut defects);
        if document.version() == Version::Swagger2 {
            swagger::plant_forms(&mut document, &entries);
        }
        let router = Router::new(&entries, &mut defects);
        Self { document, base, servers, entries, router, defects, attached: Attached::default() }
    }

    /// The document that it was made of.
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

    /// A request's path as it would be below [`Self::base`], where it is below the base path of another server, or of the same
    /// with other values of its variables. `None` where no server has such a base path, or where the contract is mounted
    /// elsewhere.
    #[must_use]
    pub fn rebased(&self, path: &str) -> Option<String> {
        let behind = self.servers.iter().filter_map(|server| server.behind(path)).min_by_key(|behind| behind.len())?;
        let rebased = format!("{}{behind}", self.base);
        (rebased != path).then_some(rebased)
    }

    /// All operations: paths in the order of the document, the methods of one path in the order of the specification.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// An operation, read now if it was not before.
    ///
    /// # Errors
    /// The defect of the document that makes it unusable.
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

    /// The defects that were set aside to make an operation usable; empty where it cannot be used at all.
    #[must_use]
    pub fn set_aside(&self, index: usize) -> &[Defect] {
        match self.operation(index) {
            Ok(_) => self.entries[index].read.get().and_then(|read| read.as_ref().ok()).map_or(&[], |read| &read.notes),
            Err(_) => &[],
        }
    }

    /// The value of a type that a later floor keeps with the contract, made empty when first asked for: compiled
    /// validators, analyses. It lives as long as the contract and is never seen by its readers.
    ///
    /// # Panics
    /// Never: nothing panics while the lock is held.
    pub fn attached<T: Any + Send + Sync + Default>(&self) -> Arc<T> {
        let find = |values: &[Arc<dyn Any + Send + Sync>]| {
            values.iter().find(|value| value.is::<T>()).and_then(|value| Arc::clone(value).downcast::<T>().ok())
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

    /// The operation that a request is for. The target is the path, and the query where there is one: it decides between
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
        let sent = query::pairs(query);
        let fit = |index: &usize| variant::fit(&self.entries[*index].path, self.operation(*index).ok(), &sent);
        // Of those that fit alike, the first in the document.
        variants.iter().rev().max_by_key(|index| fit(index)).copied().unwrap_or(found)
    }

    /// The schema at a location, as it stands there.
    ///
    /// # Errors
    /// [`Code::BrokenReference`] where there is none.
    pub fn schema(&self, at: &Location) -> Result<Schema<'_>, Defect> {
        let value = self
            .document
            .node(at)
            .ok_or_else(|| Defect::new(Code::BrokenReference, at.clone(), "there is no schema here"))?;
        Ok(Schema { at: at.clone(), value })
    }

    /// The schemas that act on the value that the schema at a location acts on: itself, what its `$ref` leads to, and the parts
    /// of its `allOf`, followed through circles once, up to a bound. Without any where there is no schema.
    #[must_use]
    pub fn conjuncts(&self, at: &Location) -> Conjuncts<'_> {
        conjuncts(&self.document, at)
    }

    /// The schema that the `$ref` of a schema leads to, one step on; `None` where it has none that leads anywhere.
    #[must_use]
    pub fn target(&self, schema: &Schema<'_>) -> Option<Schema<'_>> {
        self.refer(schema, schema.reference()?).ok()
    }

    /// The location of the schema that a discriminator's `mapping` names: the component of that name, else what it refers to as
    /// a reference (OpenAPI 3.1.1 §4.8.25.4).
    #[must_use]
    pub fn mapped(&self, owner: &Schema<'_>, name: &str) -> Option<Location> {
        let component = Location::default().join("components").join("schemas").join(name);
        if !name.contains('/') && self.schema(&component).is_ok() {
            return Some(component);
        }
        self.refer(owner, name).ok().map(|schema| schema.at)
    }

    /// The schema that a reference within a schema leads to, one step on.
    ///
    /// # Errors
    /// [`Code::BrokenReference`] and the like where it leads nowhere.
    pub fn refer(&self, from: &Schema<'_>, reference: &str) -> Result<Schema<'_>, Defect> {
        self.schema(&self.document.resolve(&from.at, reference)?)
    }

    /// The defects that were found while the operations were listed; whatever concerns one operation alone is its own
    /// defect.
    pub(crate) fn defects(&self) -> &[Defect] {
        &self.defects
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{NoFiles, Source};
    use crate::lint::diagnostics;

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
        assert_eq!(diagnostics(&members), []);
        assert_eq!(members.operations().count(), 3);
        assert!(members.operations().all(|operation| operation.extension.is_some()));

        let invites = shipped("invites");
        assert_eq!(diagnostics(&invites), []);
        assert_eq!(invites.operations().count(), 3);
        let prefixes = invites.operations().flat_map(|operation| &operation.security).flat_map(|one| &one.schemes);
        assert!(prefixes.map(|(scheme, _)| scheme.prefix()).any(|prefix| prefix == "token "));
    }
}
