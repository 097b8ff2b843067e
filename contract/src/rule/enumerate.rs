//! Contract -> rows: everything an operation promises that a black box can show, but for stories, which need to know
//! what operations do to state.

use std::collections::HashMap;

use serde_json::Value;

use crate::document::Location;
use crate::model::{Contract, In, Operation, Requirement, Response};
use crate::rule::limit::{Position, walk};
use crate::rule::response::write_only;
use crate::rule::{
    Advice, Branch, Breach, Keyword, Limit, Malformation, PointerTemplate, Protocol, ResponseRule, Row, Rule,
    SecurityRule, Subject, Unusual, protocol,
};

/// The rows of an operation in a stable order: its parameters, its body, protocol, security, responses.
#[must_use]
pub fn rows(contract: &Contract, operation: &Operation) -> Vec<Row> {
    enumerate(contract, operation).rows
}

/// The rows of an operation, and how many positions have none.
#[derive(Clone, Debug)]
pub struct Enumeration {
    /// The rows in the order of the document.
    pub rows: Vec<Row>,
    /// The number of positions of its schemas that lie deeper, or are more, than are enumerated, so that they have no rows.
    pub left_out: usize,
}

/// The rows of an operation, with what the bounds left out.
#[must_use]
pub fn enumerate(contract: &Contract, operation: &Operation) -> Enumeration {
    let mut rows = Rows::new(contract, operation, Schemas::Walked);
    rows.all();
    Enumeration { rows: rows.rows, left_out: rows.left_out }
}

/// A schema of an operation whose positions have rows.
pub(crate) struct Site {
    /// The part of the exchange that it describes.
    pub(crate) subject: Subject,
    /// The index of the content of the body, where it is one's.
    pub(crate) content: Option<usize>,
    /// The location of the schema.
    pub(crate) at: Location,
}

/// The treatment of the schemas of an operation while its rows are found.
pub(crate) enum Schemas {
    /// Their positions have rows.
    Walked,
    /// They are put aside.
    Aside(Vec<Site>),
}

pub(crate) struct Rows<'o> {
    contract: &'o Contract,
    operation: &'o Operation,
    pub(crate) rows: Vec<Row>,
    /// The rows of each id that was asked for, by their places.
    ids: HashMap<String, Vec<usize>>,
    pub(crate) left_out: usize,
    pub(crate) schemas: Schemas,
}

impl<'o> Rows<'o> {
    pub(crate) fn new(contract: &'o Contract, operation: &'o Operation, schemas: Schemas) -> Self {
        Self { contract, operation, rows: Vec::new(), ids: HashMap::new(), left_out: 0, schemas }
    }

    /// Finds the rows of all parts of the operation, in the order of [`rows`].
    pub(crate) fn all(&mut self) {
        self.parameters();
        self.body();
        self.protocol();
        self.security();
        self.responses();
    }

    /// Finds the rows of the positions of a schema.
    pub(crate) fn schema(&mut self, subject: &Subject, content: Option<usize>, at: &Location) {
        if let Schemas::Aside(sites) = &mut self.schemas {
            return sites.push(Site { subject: subject.clone(), content, at: at.clone() });
        }
        self.left_out += walk(self.contract, at, &mut |position| self.position(subject, content, position));
    }

    fn parameters(&mut self) {
        for parameter in &self.operation.parameters {
            let subject = Subject::Parameter { place: parameter.place, name: parameter.name.clone() };
            if !parameter.required {
                self.push(&subject, &PointerTemplate::root(), None, "omitted", Rule::Limit(Limit::Omitted));
            } else if parameter.place != In::Path {
                self.push(&subject, &PointerTemplate::root(), None, "required past", Rule::Limit(Limit::Required));
            }
            if let Some(at) = parameter.shape.schema() {
                self.schema(&subject, None, at);
            }
        }
    }

    fn push(&mut self, subject: &Subject, pointer: &PointerTemplate, content: Option<usize>, words: &str, rule: Rule) {
        self.push_within(subject, pointer, &[], content, words, rule);
    }

    fn push_within(
        &mut self,
        subject: &Subject,
        pointer: &PointerTemplate,
        within: &[Branch],
        content: Option<usize>,
        words: &str,
        rule: Rule,
    ) {
        let part = match (content, &self.operation.body) {
            (Some(index), Some(body)) if body.content.len() > 1 => {
                format!("{subject} {}", body.content[index].media_type)
            }
            _ => subject.to_string(),
        };
        let place = if pointer.as_str().is_empty() { String::new() } else { format!(" {pointer}") };
        let branches: String =
            within.iter().map(|branch| format!(" of {}", branch_name(self.contract, branch))).collect();
        let mut id = format!("{} {part}{place}{branches} {words}", self.operation.id);
        match self.ids.get_mut(&id) {
            Some(seen) => {
                if seen.iter().any(|known| is_same(&self.rows[*known].rule, &rule)) {
                    // Two parts of an `allOf` say the same.
                    return;
                }
                seen.push(self.rows.len());
                id = format!("{id} #{}", seen.len());
            }
            None => {
                self.ids.insert(id.clone(), vec![self.rows.len()]);
            }
        }
        self.rows.push(Row {
            id,
            operation: self.operation.index,
            subject: subject.clone(),
            pointer: pointer.clone(),
            content,
            within: within.to_vec(),
            rule,
        });
    }

    fn position(&mut self, subject: &Subject, content: Option<usize>, position: Position<'_>) {
        match position {
            Position::Limit { pointer, within, breach, operand, sides } => {
                let Breach::Keyword { keyword, .. } = &breach else { return };
                if *keyword == Keyword::Type && self.is_text(subject, content) && may_be_text(operand) {
                    // Whatever stands in a path, query, header, cookie or form is text: no request can break this.
                    return;
                }
                let shown = match (keyword, operand) {
                    (Keyword::DependentRequired, Value::Array(names)) => {
                        names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(":")
                    }
                    (_, other) => clip(other),
                };
                for side in sides {
                    let words = format!("{keyword}={shown} {side}");
                    let limit = Limit::Keyword { breach: breach.clone(), side: *side, operand: operand.clone() };
                    self.push_within(subject, pointer, within, content, &words, Rule::Limit(limit));
                }
            }
            Position::Overlap { pointer, within, breach } => {
                let rule = Rule::Limit(Limit::Overlap { breach });
                self.push_within(subject, pointer, within, content, "oneOf=overlap past", rule);
            }
            Position::Null { pointer, within, breach, side } => {
                // Null has no form in a path, query, header, cookie or form.
                if !self.is_text(subject, content) {
                    let words = format!("null {side}");
                    let rule = Rule::Limit(Limit::Null { breach, side });
                    self.push_within(subject, pointer, within, content, &words, rule);
                }
            }
            Position::Tagged { pointer, within, member, tag, meant } => {
                let words = tag.to_string();
                let rule = Rule::Advice(Advice::Discriminator { member: member.to_owned(), tag, meant });
                self.push_within(subject, pointer, within, content, &words, rule);
            }
            Position::ReadOnly { pointer, within } => {
                self.push_within(subject, pointer, within, content, "readOnly sent", Rule::Advice(Advice::ReadOnly));
            }
            Position::Optional { pointer, within } => {
                self.push_within(subject, pointer, within, content, "omitted", Rule::Limit(Limit::Omitted));
            }
        }
    }

    /// True where values travel as text, so that null and numbers cannot be told from texts.
    pub(crate) fn is_text(&self, subject: &Subject, content: Option<usize>) -> bool {
        match subject {
            Subject::Parameter { .. } => true,
            Subject::Body => self
                .operation
                .body
                .as_ref()
                .zip(content)
                .and_then(|(body, index)| body.content.get(index))
                .is_some_and(|content| !content.media_type.is_json()),
            Subject::Request | Subject::Response | Subject::ResponseHeader { .. } | Subject::ResponseBody => false,
        }
    }

    fn body(&mut self) {
        let Some(body) = &self.operation.body else { return };
        let root = PointerTemplate::root();
        if body.required {
            self.push(&Subject::Body, &root, None, "empty", Rule::Protocol(Protocol::Empty));
        } else {
            self.push(&Subject::Body, &root, None, "omitted", Rule::Limit(Limit::Omitted));
        }
        for (index, content) in body.content.iter().enumerate() {
            if content.media_type.is_json() {
                for kind in Malformation::ALL {
                    let rule = Rule::Protocol(Protocol::Malformed(kind));
                    self.push(&Subject::Body, &root, Some(index), kind.as_str(), rule);
                }
                for kind in Unusual::ALL {
                    self.push(
                        &Subject::Body,
                        &root,
                        Some(index),
                        kind.as_str(),
                        Rule::Protocol(Protocol::Unusual(kind)),
                    );
                }
            }
            if let Some(at) = &content.schema {
                self.schema(&Subject::Body, Some(index), at);
            }
        }
        if !body.content.is_empty() && !body.content.iter().any(|content| content.media_type.is_range()) {
            self.push(
                &Subject::Request,
                &root,
                None,
                "media-type past",
                Rule::Protocol(Protocol::UnsupportedMediaType),
            );
        }
    }

    fn protocol(&mut self) {
        for (words, rule) in protocol::of_request(self.contract, self.operation) {
            self.push(&Subject::Request, &PointerTemplate::root(), None, words, Rule::Protocol(rule));
        }
    }

    fn security(&mut self) {
        let alternatives = &self.operation.security;
        let open = alternatives.iter().any(|alternative| alternative.schemes.is_empty());
        for (index, alternative) in alternatives.iter().enumerate() {
            let name = name(alternative);
            self.secure(&format!("accepts {name}"), SecurityRule::Accepts(index));
            if open {
                continue;
            }
            for (scheme, _) in &alternative.schemes {
                if alternative.schemes.len() > 1 {
                    let words = format!("without {} of {name}", scheme.name);
                    self.secure(&words, SecurityRule::Without(index, scheme.name.clone()));
                }
                let words = format!("wrong {} of {name}", scheme.name);
                self.secure(&words, SecurityRule::Wrong(index, scheme.name.clone()));
            }
        }
        if !alternatives.is_empty() && !open {
            self.secure("none-of", SecurityRule::NoneOf);
        }
    }

    fn secure(&mut self, words: &str, rule: SecurityRule) {
        let words = format!("security {words}");
        self.push(&Subject::Request, &PointerTemplate::root(), None, &words, Rule::Security(rule));
    }

    fn write_only(&mut self, response: &Response) {
        let described = response.content.iter().filter(|content| content.media_type.is_json());
        for at in described.filter_map(|content| content.schema.as_ref()) {
            let (places, left_out) = write_only::places(self.contract, at);
            self.left_out += left_out;
            for pointer in places {
                let words = format!("{} writeOnly", response.status);
                self.push(
                    &Subject::ResponseBody,
                    &pointer,
                    None,
                    &words,
                    Rule::Response(ResponseRule::WriteOnly(response.status)),
                );
            }
        }
    }

    fn responses(&mut self) {
        for response in &self.operation.responses {
            self.write_only(response);
            let types: Vec<String> = response.content.iter().map(|content| content.media_type.to_string()).collect();
            let words = format!("{} {}", response.status, types.join("|"));
            self.push(
                &Subject::Response,
                &PointerTemplate::root(),
                None,
                words.trim_end(),
                Rule::Response(ResponseRule::Conforms(response.status)),
            );
            for header in &response.headers {
                let words = format!("{} header {}", response.status, header.name.to_ascii_lowercase());
                self.push(
                    &Subject::Response,
                    &PointerTemplate::root(),
                    None,
                    &words,
                    Rule::Response(ResponseRule::Header { status: response.status, name: header.name.clone() }),
                );
            }
        }
    }
}

/// True where two rules with the same words are one.
fn is_same(one: &Rule, other: &Rule) -> bool {
    match (one, other) {
        (Rule::Limit(one), Rule::Limit(other)) => is_same_limit(one, other),
        (Rule::Advice(Advice::Discriminator { tag, .. }), Rule::Advice(Advice::Discriminator { tag: other, .. })) => {
            tag == other
        }
        (Rule::Advice(Advice::ReadOnly), Rule::Advice(Advice::ReadOnly))
        | (Rule::Response(ResponseRule::WriteOnly(_)), Rule::Response(ResponseRule::WriteOnly(_))) => true,
        _ => false,
    }
}

/// True where two limits with the same words are one: two parts of an `allOf` may state the same, and a list that is shown
/// in part may go on in another way.
fn is_same_limit(one: &Limit, other: &Limit) -> bool {
    match (one, other) {
        (Limit::Keyword { operand, .. }, Limit::Keyword { operand: other, .. }) => operand == other,
        (Limit::Overlap { .. }, Limit::Overlap { .. })
        | (Limit::Null { .. }, Limit::Null { .. })
        | (Limit::Required, Limit::Required)
        | (Limit::Omitted, Limit::Omitted) => true,
        _ => false,
    }
}

/// The name by which people call a branch: that of the schema it refers to, its title, or its place.
fn branch_name(contract: &Contract, branch: &Branch) -> String {
    let keyword = branch.at.pointer.last().unwrap_or_default().into_owned();
    if branch.is_condition() {
        return if branch.index == 0 { "then" } else { "else" }.to_owned();
    }
    let schema = contract.schema(&branch.schema()).ok();
    let name = schema.and_then(|schema| {
        schema
            .reference()
            .map(|reference| reference.rsplit(['/', '#']).next().unwrap_or(reference))
            .or_else(|| schema.get("title").and_then(Value::as_str).filter(|title| !title.contains(' ')))
    });
    name.map_or_else(|| format!("{keyword}/{}", branch.index), str::to_owned)
}

fn may_be_text(types: &Value) -> bool {
    types == "string" || types.as_array().is_some_and(|types| types.iter().any(|kind| kind == "string"))
}

fn name(alternative: &Requirement) -> String {
    if alternative.schemes.is_empty() {
        return "anybody".to_owned();
    }
    alternative.schemes.iter().map(|(scheme, _)| scheme.name.as_str()).collect::<Vec<_>>().join("+")
}

/// The most characters of an operand that an id shows; two ids that come out alike are numbered.
const SHOWN: usize = 48;

fn clip(operand: &Value) -> String {
    let text = operand.as_str().map_or_else(|| operand.to_string(), str::to_owned);
    if text.chars().count() <= SHOWN {
        return text;
    }
    let mut short: String = text.chars().take(SHOWN - 1).collect();
    short.push('…');
    short
}
