//! A walk over one node of a document: every schema in it is rewritten, and references are kept that lead to where no
//! walk over a whole document comes by.

use serde_json::{Map, Value};

use crate::document::Version;
use crate::model::normalise::keywords::rewrite;
use crate::model::swagger;

/// The kind of a node, as far as rewriting differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// Anything that holds schemas at the usual places.
    Node,
    /// A schema: an object or a boolean.
    Schema,
    /// The keyword holds schemas by their names.
    Schemas,
    /// A parameter of Swagger 2.0.
    Parameter,
    /// A header of Swagger 2.0.
    Header,
}

/// Members whose values belong to the user's data, never to the specification.
const DATA: [&str; 6] = ["example", "examples", "default", "enum", "value", "const"];

/// One walk over one node; keeps the references that lead to where no walk over a whole document comes by.
pub(super) struct Walk {
    pub(super) dialect: Version,
    pub(super) whole: bool,
    pub(super) found: Vec<(String, Kind)>,
}

impl Walk {
    pub(super) fn start(&mut self, kind: Kind, node: &mut Value) {
        match kind {
            Kind::Node => self.node(node),
            Kind::Schema => self.schema(node),
            Kind::Schemas => self.each(node, Kind::Schemas, Self::schema),
            Kind::Parameter => self.parameter(node),
            Kind::Header => self.header(node),
        }
    }

    /// Remembers a reference; true where there is one.
    fn refer(&mut self, members: &Map<String, Value>, kind: Kind) -> bool {
        let reference = members.iter().find(|(key, value)| *key == "$ref" && value.is_string());
        reference.into_iter().for_each(|(_, reference)| self.found_reference(reference, kind));
        reference.is_some()
    }

    fn found_reference(&mut self, reference: &Value, kind: Kind) {
        let Some(reference) = reference.as_str() else { return };
        let covered = self.whole
            && ["#/components/", "#/definitions/", "#/parameters/", "#/responses/"].iter().any(|section| {
                let depth = usize::from(*section == "#/components/");
                reference.strip_prefix(section).is_some_and(|rest| rest.matches('/').count() == depth)
            });
        if !covered {
            self.found.push((reference.to_owned(), kind));
        }
    }

    pub(super) fn node(&mut self, node: &mut Value) {
        match node {
            Value::Array(items) => items.iter_mut().for_each(|item| self.node(item)),
            Value::Object(members) => {
                let swagger2 = self.dialect == Version::Swagger2;
                for (key, value) in members {
                    match key.as_str() {
                        "$ref" => self.found_reference(value, Kind::Node),
                        "schema" | "itemSchema" => self.schema(value),
                        "schemas" | "definitions" => self.each(value, Kind::Schemas, Self::schema),
                        "components" => self.components(value),
                        "parameters" if swagger2 => self.each(value, Kind::Node, Self::parameter),
                        "headers" if swagger2 => self.each(value, Kind::Node, Self::header),
                        "headers" | "content" | "responses" | "paths" | "callbacks" | "parameters" => {
                            self.each(value, Kind::Node, Self::node);
                        }
                        data if DATA.contains(&data) || data.starts_with("x-") => {}
                        _ => self.node(value),
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn components(&mut self, node: &mut Value) {
        let Value::Object(sections) = node else { return };
        for (section, value) in sections {
            match section.as_str() {
                "schemas" => self.each(value, Kind::Schemas, Self::schema),
                "examples" => {}
                _ => self.each(value, Kind::Node, Self::node),
            }
        }
    }

    fn each(&mut self, node: &mut Value, kind: Kind, visit: fn(&mut Self, &mut Value)) {
        match node {
            Value::Object(members) => {
                // References may stand for a whole map, such as `paths: {$ref: …}`.
                self.refer(members, kind);
                members.values_mut().for_each(|value| visit(self, value));
            }
            Value::Array(items) => items.iter_mut().for_each(|item| visit(self, item)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn parameter(&mut self, node: &mut Value) {
        let Value::Object(members) = node else { return };
        if !self.refer(members, Kind::Parameter) {
            swagger::parameter(members);
            members.get_mut("schema").into_iter().for_each(|schema| self.schema(schema));
        }
    }

    fn header(&mut self, node: &mut Value) {
        let Value::Object(members) = node else { return };
        if !self.refer(members, Kind::Header) {
            swagger::header(members);
            members.get_mut("schema").into_iter().for_each(|schema| self.schema(schema));
        }
    }

    fn schema(&mut self, node: &mut Value) {
        let Value::Object(members) = node else { return };
        if self.refer(members, Kind::Schema) {
            // OpenAPI 3.0 "Reference Object": siblings are ignored.
            if members.len() > 1 {
                members.retain(|keyword, _| keyword == "$ref");
            }
            return;
        }
        if self.dialect == Version::Swagger2 {
            swagger::schema(members);
        }
        rewrite(members);
        for (keyword, value) in members.iter_mut() {
            match (keyword.as_str(), value) {
                ("items" | "additionalProperties" | "not", value) => self.schema(value),
                ("properties" | "allOf" | "anyOf" | "oneOf" | "prefixItems" | "definitions", value) => {
                    self.each_schema(value)
                }
                _ => {}
            }
        }
    }

    /// As `each`, but a member called `$ref` is a property here.
    fn each_schema(&mut self, node: &mut Value) {
        match node {
            Value::Object(members) => members.values_mut().for_each(|value| self.schema(value)),
            Value::Array(items) => items.iter_mut().for_each(|item| self.schema(item)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}
