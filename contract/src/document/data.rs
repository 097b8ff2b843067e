//! A text of JSON or YAML that is no OpenAPI document but data for one, with the places of its nodes.

use serde_json::Value;

use crate::document::span::Spans;
use crate::document::{Code, Diagnostic, Place, Pointer, Severity, Source, source};

/// A text of JSON or YAML that was read, with the places of its nodes.
#[derive(Debug)]
pub struct DataText {
    name: String,
    text: String,
    value: Value,
    spans: Spans,
}

impl DataText {
    /// Reads a text.
    ///
    /// # Errors
    /// It is neither JSON nor YAML, or has a name twice in one object.
    pub fn read(source: Source<'_>) -> Result<Self, Vec<Diagnostic>> {
        let (text, parsed) = source::read(source).map_err(|problem| vec![*problem])?;
        let spans = Spans::of(&text);
        let read = Self { name: source.name.to_owned(), text, value: parsed.value, spans };
        let twice: Vec<Diagnostic> = parsed
            .oddities
            .duplicates
            .iter()
            .map(|at| read.diagnose(Code::DuplicateKey, at, "this name stands twice in one object"))
            .collect();
        if twice.is_empty() { Ok(read) } else { Err(twice) }
    }

    /// The value of the text.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// What is wrong with a node, with its file, line and column.
    #[must_use]
    pub fn diagnose(&self, code: Code, at: &Pointer, reason: impl Into<String>) -> Diagnostic {
        let (line, column) = self.spans.line_column(&self.text, at);
        let place = Place { file: self.name.clone(), line, column, pointer: at.clone() };
        Diagnostic { code, severity: Severity::Error, place, reason: reason.into(), hint: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_has_its_line_and_column() {
        let source = Source { name: "data.yaml", bytes: b"pets:\n  - {id: 1}\n  - {id: two}\n" };
        let read = DataText::read(source).expect("it is YAML");
        let at = Pointer::parse("/pets/1/id").expect("a pointer");
        let told = read.diagnose(Code::InvalidData, &at, "it is no integer").to_string();
        assert_eq!(told, "data.yaml:3:6: it is no integer [invalid-data] at /pets/1/id");
        assert!(DataText::read(Source { name: "d", bytes: b"a: [" }).is_err());
        let twice = DataText::read(Source { name: "d", bytes: b"a: 1\na: 2\n" }).expect_err("a name is there twice");
        assert_eq!(twice[0].place.line, 2);
    }
}
