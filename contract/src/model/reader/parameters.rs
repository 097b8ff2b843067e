//! Parameter objects -> parameters: place, style, and schema or content.

use serde_json::{Map, Value};

use crate::document::{Code, Defect, Location, Version, nearest};
use crate::model::members::{object, string, wrong};
use crate::model::reader::operation::Reader;
use crate::model::{Entry, In, Parameter, Shape, Style};

/// Headers that parameters and responses cannot describe (OpenAPI 3.x "Parameter Object": they are ignored).
const IGNORED_HEADERS: [&str; 3] = ["accept", "content-type", "authorization"];

/// Headers that frame a message (RFC 9112 §6, RFC 9110 §7.2, §7.6.1, §10.1.1): whoever carries a request sets them, and any
/// other value would break it. Documents describe them now and then; nobody can send them as described.
const FRAMING_HEADERS: [&str; 9] =
    ["content-length", "transfer-encoding", "host", "connection", "keep-alive", "upgrade", "te", "trailer", "expect"];

impl Reader<'_> {
    pub(super) fn parameters(&mut self, owner: &Location, found: &mut Vec<Parameter>) -> Result<(), Defect> {
        let list = owner.join("parameters");
        let Some(node) = self.document.node(&list) else { return Ok(()) };
        let items = node.as_array().ok_or_else(|| wrong(&list, "`parameters` must be an array"))?;
        let mut own: Vec<Parameter> = Vec::new();
        for index in 0..items.len() {
            let Some(parameter) = self.parameter(&list.index(index))? else { continue };
            let same = |known: &Parameter| known.name == parameter.name && known.place == parameter.place;
            if own.iter().any(same) {
                let reason = format!("the {} parameter `{}` is described twice here", parameter.place, parameter.name);
                self.notes.push(Defect::new(Code::DuplicateKey, list.index(index), reason).hint("the last one holds"));
                own.retain(|known| !same(known));
            }
            // The operation's own parameter replaces the path item's of the same name and place.
            found.retain(|known| !same(known));
            own.push(parameter);
        }
        found.append(&mut own);
        Ok(())
    }

    fn parameter(&mut self, at: &Location) -> Result<Option<Parameter>, Defect> {
        let (at, node) = self.document.follow(at)?;
        let members = object(node, &at, "a parameter")?;
        let name = string(members, "name", &at)?.to_owned();
        let word = string(members, "in", &at)?;
        if self.version == Version::Swagger2 && matches!(word, "body" | "formData") {
            return Ok(None);
        }
        let Some(place) = In::parse(word) else { return Err(no_place(&at, word)) };
        if place == In::Header && FRAMING_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
            let reason = format!("a header parameter called `{name}` is set aside: whoever carries a request sets it");
            self.notes.push(Defect::new(Code::Unsupported, at, reason).hint("leave it out: HTTP itself says it"));
            return Ok(None);
        }
        // Swagger 2.0 has no such clause.
        let is_own = self.version == Version::Swagger2 && name.eq_ignore_ascii_case("authorization");
        if place == In::Header && IGNORED_HEADERS.contains(&name.to_ascii_lowercase().as_str()) && !is_own {
            let reason = format!("a header parameter called `{name}` is ignored, as the specification has it");
            self.notes.push(Defect::new(Code::Unsupported, at, reason).hint(
                match name.to_ascii_lowercase().as_str() {
                    "authorization" => "describe it as a security scheme",
                    _ => "the media types of bodies and responses say this",
                },
            ));
            return Ok(None);
        }
        let flag = |key: &str| members.get(key) == Some(&Value::Bool(true));
        if place == In::Path && !flag("required") {
            let reason = format!("the path parameter `{name}` is not `required: true`, but it always is");
            self.notes.push(Defect::new(Code::PathParameter, at.clone(), reason).hint("add `required: true`"));
        }
        Ok(Some(Parameter {
            required: place == In::Path || flag("required"),
            allow_empty: flag("allowEmptyValue"),
            shape: self.shape(&at, members, place)?,
            examples: self.examples(&at, members),
            description: members.get("description").and_then(Value::as_str).map(str::to_owned),
            name,
            place,
            at,
        }))
    }

    /// The shape of a parameter or header: its schema with a style, or its content. A header counts as a header
    /// parameter.
    pub(super) fn shape(&mut self, at: &Location, members: &Map<String, Value>, place: In) -> Result<Shape, Defect> {
        if members.contains_key("content") {
            let mut contents = self.content(&at.join("content"))?.into_iter();
            let Some(content) = contents.next() else {
                return Err(wrong(&at.join("content"), "`content` must hold one media type"));
            };
            if contents.next().is_some() {
                let reason = "`content` of a parameter holds one media type; the first is used";
                self.notes.push(Defect::new(Code::Unsupported, at.join("content"), reason));
            }
            return Ok(Shape::Content(Box::new(content)));
        }
        let style = self.style(at, members, place);
        let explode =
            members.get("explode").and_then(Value::as_bool).unwrap_or(matches!(style, Style::Form | Style::Cookie));
        Ok(Shape::Schema {
            schema: members.contains_key("schema").then(|| at.join("schema")),
            style,
            explode,
            allow_reserved: members.get("allowReserved") == Some(&Value::Bool(true)),
        })
    }

    /// The style that is written, if the place allows it (OpenAPI 3.x "Style Values").
    pub(super) fn style(&mut self, at: &Location, members: &Map<String, Value>, place: In) -> Style {
        let default = Style::default_for(place);
        let Some(written) = members.get("style") else { return default };
        let word = written.as_str().unwrap_or_default();
        let allowed = |style: &Style| match (style, place) {
            (Style::Simple, In::Path | In::Header) | (Style::Label | Style::Matrix, In::Path) => true,
            (Style::TabDelimited, _) => self.version == Version::Swagger2,
            (Style::SpaceDelimited | Style::PipeDelimited, In::Path | In::Header) => self.version == Version::Swagger2,
            (Style::Form, In::Query | In::QueryString | In::Cookie) => true,
            (Style::SpaceDelimited | Style::PipeDelimited | Style::DeepObject, In::Query) => true,
            (Style::Cookie, In::Cookie) => self.version >= Version::OpenApi32,
            _ => false,
        };
        match Style::parse(word).filter(allowed) {
            Some(style) => style,
            None => {
                let reason = match Style::parse(word) {
                    Some(_) => format!(
                        "the style `{word}` does not exist for {place} parameters; `{}` is used",
                        default.as_str()
                    ),
                    None => format!("`{word}` is no style of the specification; `{}` is used", default.as_str()),
                };
                let styles = ["simple", "label", "matrix", "form", "spaceDelimited", "pipeDelimited", "deepObject"];
                let note = Defect::new(Code::Unsupported, at.join("style"), reason);
                self.notes.push(match nearest(word, styles).filter(|meant| *meant != word) {
                    Some(meant) => note.hint(format!("did you mean `{meant}`?")),
                    None => note,
                });
                default
            }
        }
    }

    /// Holds the path's parameters against those that are described, both ways.
    pub(super) fn check_path(&mut self, entry: &Entry, parameters: &mut Vec<Parameter>, at: &Location) {
        let in_template: Vec<&str> = entry.path.parameters().collect();
        let described: Vec<String> =
            parameters.iter().filter(|known| known.place == In::Path).map(|known| known.name.clone()).collect();
        for name in &in_template {
            if parameters.iter().any(|known| known.place == In::Path && known.name == *name) {
                continue;
            }
            let reason = format!("the path has `{{{name}}}`, but no path parameter of that name is described");
            let spare = described.iter().map(String::as_str).filter(|known| !in_template.contains(known));
            self.notes.push(Defect::new(Code::PathParameter, at.clone(), reason).hint(match nearest(name, spare) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("add a parameter with `name: {name}`, `in: path`, `required: true` and a schema"),
            }));
            parameters.push(Parameter {
                name: (*name).to_owned(),
                place: In::Path,
                required: true,
                allow_empty: false,
                shape: Shape::Schema { schema: None, style: Style::Simple, explode: false, allow_reserved: false },
                examples: Vec::new(),
                description: None,
                at: at.clone(),
            });
        }
        let template = entry.path.as_str();
        let notes = &mut self.notes;
        parameters.retain(|known| {
            let kept = known.place != In::Path || in_template.contains(&known.name.as_str());
            if !kept {
                let reason =
                    format!("the path `{template}` has no `{{{}}}`, so this parameter is not used", known.name);
                notes.push(Defect::new(Code::PathParameter, known.at.clone(), reason));
            }
            kept
        });
    }
}

fn no_place(at: &Location, word: &str) -> Defect {
    let defect = wrong(&at.join("in"), format!("`{word}` is no place for a parameter"));
    match word {
        "body" => defect.hint("since OpenAPI 3.0 a body is described by `requestBody`"),
        "formData" => defect.hint("since OpenAPI 3.0 a form is described by `requestBody`"),
        _ => match nearest(word, ["path", "query", "header", "cookie", "querystring"]) {
            Some(meant) => defect.hint(format!("did you mean `{meant}`?")),
            None => defect,
        },
    }
}
