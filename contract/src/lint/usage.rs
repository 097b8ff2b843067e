//! Which components something refers to, and which nothing does.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::document::{Code, Defect, Document, Location, Pointer, Version};

/// The references and names that the close look saw being used.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    /// The locations of references, by the location that they lead to.
    references: HashMap<Location, Vec<Location>>,
    /// Names of security schemes that requirements have.
    schemes: HashSet<String>,
}

/// The most references to one place that are remembered: one from elsewhere is enough to be used.
const MAX_REFERENCES: usize = 8;

impl Usage {
    pub(crate) fn refer(&mut self, from: &Location, to: &Location) {
        let known = self.references.entry(to.clone()).or_default();
        if known.len() < MAX_REFERENCES {
            known.push(from.clone());
        }
    }

    pub(crate) fn require(&mut self, requirement: &Map<String, Value>) {
        self.schemes.extend(requirement.keys().cloned());
    }

    /// The components of the entry file that nothing else refers to. References within a component do not count.
    pub(crate) fn unused(&self, document: &Document) -> Vec<Defect> {
        let root = Location::default();
        let (owner, sections): (_, &[&str]) = match document.version() {
            Version::Swagger2 => (root, &["definitions", "parameters", "responses", "securityDefinitions"]),
            Version::OpenApi30 | Version::OpenApi31 | Version::OpenApi32 => (
                root.join("components"),
                &[
                    "schemas",
                    "responses",
                    "parameters",
                    "examples",
                    "requestBodies",
                    "headers",
                    "securitySchemes",
                    "links",
                    "callbacks",
                    "pathItems",
                    "mediaTypes",
                ],
            ),
        };
        // A reference to a part of a component uses the component.
        let depth = owner.pointer.tokens().count() + 2;
        let mut used: HashMap<Location, bool> = HashMap::new();
        for (to, from) in &self.references {
            let pointer = to.pointer.tokens().take(depth).fold(Pointer::root(), |pointer, token| pointer.join(&token));
            let component = Location { file: to.file, pointer };
            let from_elsewhere = |from: &Location| from.file != to.file || !from.pointer.is_within(&component.pointer);
            let is_used = from.iter().any(from_elsewhere) || from.len() == MAX_REFERENCES;
            *used.entry(component).or_default() |= is_used;
        }
        let mut unused = Vec::new();
        for section in sections {
            let at = owner.join(section);
            for name in document.node(&at).and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name) {
                let here = at.join(name);
                let is_scheme = section.starts_with("security") && self.schemes.contains(name);
                if name.starts_with("x-") || is_scheme || used.get(&here).copied().unwrap_or(false) {
                    continue;
                }
                unused.push(Defect::new(Code::Unused, here, format!("nothing refers to `{name}` in `{section}`")));
            }
        }
        unused
    }
}

#[cfg(test)]
mod tests {
    use crate::document::{Document, NoFiles, Source};
    use crate::model::Contract;

    fn unused(text: &str) -> Vec<String> {
        let source = Source { name: "api.yaml", bytes: text.as_bytes() };
        let contract = Contract::new(Document::load(source, &[], &NoFiles).expect("it can be loaded"));
        crate::lint::unused(&contract).iter().map(|defect| defect.at.pointer.as_str().to_owned()).collect()
    }

    #[test]
    fn a_component_is_used_by_references_from_elsewhere_names_and_mappings() {
        let text = "openapi: 3.1.0
info: {title: t, version: '1'}
security: [{Key: []}]
paths:
  /a:
    get:
      parameters: [{$ref: '#/components/parameters/P'}]
      responses:
        '200': {description: x, content: {application/json: {schema: {$ref: '#/components/schemas/Used/properties/part'}}}}
        '404': {description: x, content: {application/json: {schema: {discriminator: {propertyName: k, mapping: {m: Mapped}}}}}}
components:
  parameters: {P: {name: p, in: query, schema: {type: string}}, Q: {name: q, in: query, schema: {type: string}}}
  securitySchemes: {Key: {type: http, scheme: basic}, Other: {type: http, scheme: basic}}
  schemas:
    Used: {properties: {part: {type: string}}}
    Mapped: {type: object}
    Alone: {properties: {again: {$ref: '#/components/schemas/Alone'}}}
";
        let expected = ["/components/schemas/Alone", "/components/parameters/Q", "/components/securitySchemes/Other"];
        assert_eq!(unused(text), expected);
    }
}
