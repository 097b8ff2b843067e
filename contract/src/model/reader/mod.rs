//! One operation of the document -> the model: the place that knows how OpenAPI and Swagger spell parameters, bodies and
//! responses. What is broken makes the operation unusable; what is only odd is noted and set aside.

mod swagger;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::document::{Code, Defect, Document, Location, Version, nearest};
use crate::model::entry::Read;
use crate::model::members::{object, string, wrong};
use crate::model::{
    Body, Content, Encoding, Entry, Header, In, MediaType, Operation, Parameter, Response, Shape, StatusPattern, Style,
    paths, requirement,
};

/// Headers that parameters and responses cannot describe (OpenAPI 3.x "Parameter Object": they are ignored).
const IGNORED_HEADERS: [&str; 3] = ["accept", "content-type", "authorization"];

/// Headers that frame a message (RFC 9112 §6, RFC 9110 §7.2, §7.6.1, §10.1.1): whoever carries a request sets them, and any
/// other value would break it. Documents describe them now and then; nobody can send them as described.
const FRAMING_HEADERS: [&str; 9] =
    ["content-length", "transfer-encoding", "host", "connection", "keep-alive", "upgrade", "te", "trailer", "expect"];

pub(crate) fn operation(document: &Document, entry: &Entry) -> Result<Read, Defect> {
    let (at, node) = document.follow(&entry.at)?;
    let members = object(node, &at, "an operation")?;
    let mut reader = Reader { document, version: document.version(), notes: Vec::new() };
    let mut parameters = Vec::new();
    reader.parameters(&paths::item_of(&entry.at), &mut parameters)?;
    reader.parameters(&at, &mut parameters)?;
    reader.check_path(entry, &mut parameters, &at);
    let text = |key: &str| members.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let operation = Operation {
        index: entry.index,
        id: entry.id.clone(),
        method: entry.method.clone(),
        path: entry.path.clone(),
        summary: text("summary")
            .or_else(|| text("description").and_then(|text| text.lines().next()))
            .map(str::to_owned),
        parameters,
        body: match reader.version {
            Version::Swagger2 => reader.swagger_body(entry, &at, members)?,
            Version::OpenApi30 | Version::OpenApi31 | Version::OpenApi32 => {
                members.get("requestBody").map(|_| reader.body(&at.join("requestBody"))).transpose()?
            }
        },
        responses: reader.responses(&at, members)?,
        security: requirement::read(document, &at, members)?,
        extension: members.get("x-etalon").cloned(),
        at,
    };
    Ok(Read { operation, notes: reader.notes })
}

struct Reader<'d> {
    document: &'d Document,
    version: Version,
    notes: Vec<Defect>,
}

impl Reader<'_> {
    fn parameters(&mut self, owner: &Location, found: &mut Vec<Parameter>) -> Result<(), Defect> {
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
        if place == In::Header && IGNORED_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
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
    fn shape(&mut self, at: &Location, members: &Map<String, Value>, place: In) -> Result<Shape, Defect> {
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
    fn style(&mut self, at: &Location, members: &Map<String, Value>, place: In) -> Style {
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
    fn check_path(&mut self, entry: &Entry, parameters: &mut Vec<Parameter>, at: &Location) {
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

    fn body(&mut self, at: &Location) -> Result<Body, Defect> {
        let (at, node) = self.document.follow(at)?;
        let members = object(node, &at, "a request body")?;
        Ok(Body {
            required: members.get("required") == Some(&Value::Bool(true)),
            content: self.content(&at.join("content"))?,
            at,
        })
    }

    fn content(&mut self, at: &Location) -> Result<Vec<Content>, Defect> {
        let Some(node) = self.document.node(at) else { return Ok(Vec::new()) };
        let members = object(node, at, "`content`")?;
        let mut found = Vec::new();
        for key in members.keys() {
            let here = at.join(key);
            let Some(media_type) = MediaType::parse(key) else {
                self.notes.push(
                    wrong(&here, format!("`{key}` is not a media type; it is left out"))
                        .hint("media types look like `application/json`"),
                );
                continue;
            };
            let (here, node) = self.document.follow(&here)?;
            let members = object(node, &here, "a media type")?;
            found.push(Content {
                media_type,
                schema: members.contains_key("schema").then(|| here.join("schema")),
                item_schema: members.contains_key("itemSchema").then(|| here.join("itemSchema")),
                encoding: self.encoding(&here, members)?,
                examples: self.examples(&here, members),
                at: here,
            });
        }
        Ok(found)
    }

    fn encoding(&mut self, at: &Location, members: &Map<String, Value>) -> Result<BTreeMap<String, Encoding>, Defect> {
        let mut found = BTreeMap::new();
        let Some(Value::Object(encodings)) = members.get("encoding") else { return Ok(found) };
        for (name, encoding) in encodings {
            let here = at.join("encoding").join(name);
            let members = object(encoding, &here, "an encoding")?;
            let types = members.get("contentType").and_then(Value::as_str).unwrap_or("");
            found.insert(
                name.clone(),
                Encoding {
                    content_type: types.split(',').filter_map(MediaType::parse).collect(),
                    headers: self.headers(&here.join("headers"))?,
                    style: members.get("style").and_then(Value::as_str).and_then(Style::parse),
                    explode: members.get("explode").and_then(Value::as_bool),
                    allow_reserved: members.get("allowReserved") == Some(&Value::Bool(true)),
                },
            );
        }
        Ok(found)
    }

    fn responses(&mut self, operation: &Location, owner: &Map<String, Value>) -> Result<Vec<Response>, Defect> {
        if !owner.contains_key("responses") {
            return Ok(Vec::new());
        }
        let (at, node) = self.document.follow(&operation.join("responses"))?;
        let members = object(node, &at, "`responses`")?;
        let mut found: Vec<Response> = Vec::new();
        for key in members.keys().filter(|key| !key.starts_with("x-")) {
            let here = at.join(key);
            let Some(status) = StatusPattern::parse(key) else {
                self.notes.push(
                    wrong(&here, format!("`{key}` is not a status; this response is left out"))
                        .hint("write a status such as 200, a range such as 2XX, or `default`"),
                );
                continue;
            };
            if found.iter().any(|known| known.status == status) {
                self.notes.push(Defect::new(
                    Code::DuplicateKey,
                    here,
                    format!("the status `{key}` is described twice"),
                ));
                continue;
            }
            let (here, node) = self.document.follow(&here)?;
            let members = object(node, &here, "a response")?;
            found.push(Response {
                status,
                description: members.get("description").and_then(Value::as_str).unwrap_or("").to_owned(),
                headers: self.headers(&here.join("headers"))?,
                content: match self.version {
                    Version::Swagger2 => self.swagger_content(operation, &here, members),
                    Version::OpenApi30 | Version::OpenApi31 | Version::OpenApi32 => {
                        self.content(&here.join("content"))?
                    }
                },
                at: here,
            });
        }
        Ok(found)
    }

    fn headers(&mut self, at: &Location) -> Result<Vec<Header>, Defect> {
        let Some(node) = self.document.node(at) else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for name in object(node, at, "`headers`")?.keys() {
            if name.eq_ignore_ascii_case("content-type") {
                continue;
            }
            let (here, node) = self.document.follow(&at.join(name))?;
            let members = object(node, &here, "a header")?;
            found.push(Header {
                name: name.clone(),
                required: members.get("required") == Some(&Value::Bool(true)),
                shape: self.shape(&here, members, In::Header)?,
                examples: self.examples(&here, members),
                at: here,
            });
        }
        Ok(found)
    }

    fn examples(&self, at: &Location, members: &Map<String, Value>) -> Vec<Value> {
        let mut found: Vec<Value> = members.get("example").cloned().into_iter().collect();
        if let Some(Value::Object(named)) = members.get("examples") {
            for name in named.keys() {
                if let Ok((_, example)) = self.document.follow(&at.join("examples").join(name)) {
                    found.extend(example.get("dataValue").or_else(|| example.get("value")).cloned());
                }
            }
        }
        found
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
