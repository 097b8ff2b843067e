//! Document -> operations: the one place that knows how OpenAPI spells things.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value};

use crate::document::{Code, Defect, Document, Location, Pointer};
use crate::model::{
    Body, Content, Encoding, Entry, Header, In, MediaType, Method, Operation, Parameter, PathTemplate, Requirement,
    Response, Scheme, SchemeKind, Shape, StatusPattern, Style,
};

/// The methods that a path item may hold (OpenAPI 3.2 adds `query`).
const METHODS: [&str; 9] = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/// Headers that parameters and responses cannot describe (OpenAPI 3.x "Parameter Object": they are ignored).
const IGNORED_HEADERS: [&str; 3] = ["accept", "content-type", "authorization"];

pub(crate) fn base_path(document: &Document) -> String {
    let url = document.root().pointer("/servers/0/url").and_then(Value::as_str).unwrap_or("/");
    let path = match url.find("://") {
        Some(scheme) => url[scheme + 3..].find('/').map_or("", |slash| &url[scheme + 3 + slash..]),
        None => url,
    };
    let path = path.split(['?', '#']).next().unwrap_or("").trim_end_matches('/');
    if path.is_empty() || path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
}

pub(crate) fn entries(document: &Document, base: &str, defects: &mut Vec<Defect>) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut taken = HashSet::new();
    let paths = Location::entry(Pointer::root().join("paths"));
    let Some(Value::Object(items)) = document.root().get("paths") else {
        defects.push(Defect::new(
            Code::Missing,
            Location::entry(Pointer::root()),
            "the document has no `paths`, so there is nothing to serve",
        ));
        return entries;
    };
    for (path, _) in items.iter().filter(|(path, _)| !path.starts_with("x-")) {
        let at = paths.join(path);
        let (at, item) = match document.follow(&at) {
            Ok(found) => found,
            Err(defect) => {
                defects.push(defect);
                continue;
            }
        };
        let Value::Object(members) = item else {
            defects.push(Defect::new(Code::WrongType, at, "a path item must be an object"));
            continue;
        };
        for method in METHODS {
            let Some(operation) = members.get(method) else { continue };
            let template = PathTemplate::parse(&format!("{base}{path}"));
            let fallback = || format!("{method} {path}");
            let mut id = operation.get("operationId").and_then(Value::as_str).map_or_else(fallback, str::to_owned);
            if !taken.insert(id.clone()) {
                id = fallback();
                taken.insert(id.clone());
            }
            entries.push(Entry::new(Method::new(method), template, id, at.join(method)));
        }
    }
    entries
}

pub(crate) fn operation(document: &Document, index: usize, entry: &Entry) -> Result<Operation, Defect> {
    let reader = Reader { document };
    let (at, node) = document.follow(&entry.at)?;
    let members = object(node, &at, "an operation")?;
    let item_at = Location { file: at.file, pointer: at.pointer.parent().unwrap_or_default() };
    let mut parameters = Vec::new();
    reader.parameters(&item_at, &mut parameters)?;
    reader.parameters(&at, &mut parameters)?;
    reader.check_path(entry, &parameters, &at)?;
    let text = |key: &str| members.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    Ok(Operation {
        index,
        id: entry.id.clone(),
        method: entry.method.clone(),
        path: entry.path.clone(),
        summary: text("summary")
            .or_else(|| text("description").and_then(|text| text.lines().next()))
            .map(str::to_owned),
        parameters,
        body: members.get("requestBody").map(|_| reader.body(&at.join("requestBody"))).transpose()?,
        responses: reader.responses(&at)?,
        security: reader.security(&at, members)?,
        extension: members.get("x-etalon").cloned(),
        at,
    })
}

struct Reader<'d> {
    document: &'d Document,
}

impl Reader<'_> {
    fn parameters(&self, owner: &Location, found: &mut Vec<Parameter>) -> Result<(), Defect> {
        let list = owner.join("parameters");
        let Some(node) = self.document.node(&list) else { return Ok(()) };
        let items = node.as_array().ok_or_else(|| wrong(&list, "`parameters` must be an array"))?;
        for index in 0..items.len() {
            let Some(parameter) = self.parameter(&list.index(index))? else { continue };
            // The operation's own parameter replaces the path item's of the same name and place.
            found.retain(|known| !(known.name == parameter.name && known.place == parameter.place));
            found.push(parameter);
        }
        Ok(())
    }

    fn parameter(&self, at: &Location) -> Result<Option<Parameter>, Defect> {
        let (at, node) = self.document.follow(at)?;
        let members = object(node, &at, "a parameter")?;
        let name = string(members, "name", &at)?.to_owned();
        let word = string(members, "in", &at)?;
        let place =
            In::parse(word).ok_or_else(|| wrong(&at.join("in"), format!("`{word}` is no place for a parameter")))?;
        if place == In::Header && IGNORED_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
            return Ok(None);
        }
        let flag = |key: &str| members.get(key) == Some(&Value::Bool(true));
        Ok(Some(Parameter {
            required: place == In::Path || flag("required"),
            allow_empty: flag("allowEmptyValue"),
            shape: self.shape(&at, members, Style::default_for(place))?,
            examples: self.examples(&at, members),
            description: members.get("description").and_then(Value::as_str).map(str::to_owned),
            name,
            place,
            at,
        }))
    }

    fn shape(&self, at: &Location, members: &Map<String, Value>, default: Style) -> Result<Shape, Defect> {
        if members.contains_key("content") {
            return match self.content(&at.join("content"))?.into_iter().next() {
                Some(content) => Ok(Shape::Content(Box::new(content))),
                None => Err(wrong(&at.join("content"), "`content` must hold one media type")),
            };
        }
        let style = match members.get("style").and_then(Value::as_str) {
            None => default,
            Some(word) => Style::parse(word)
                .ok_or_else(|| wrong(&at.join("style"), format!("`{word}` is no style of the specification")))?,
        };
        let explode =
            members.get("explode").and_then(Value::as_bool).unwrap_or(matches!(style, Style::Form | Style::Cookie));
        Ok(Shape::Schema {
            schema: members.contains_key("schema").then(|| at.join("schema")),
            style,
            explode,
            allow_reserved: members.get("allowReserved") == Some(&Value::Bool(true)),
        })
    }

    fn check_path(&self, entry: &Entry, parameters: &[Parameter], at: &Location) -> Result<(), Defect> {
        for name in entry.path.parameters() {
            if !parameters.iter().any(|parameter| parameter.place == In::Path && parameter.name == name) {
                return Err(Defect::new(
                    Code::PathParameter,
                    at.clone(),
                    format!("the path has `{{{name}}}`, but no path parameter of that name is described"),
                )
                .hint(format!("add a parameter with `name: {name}`, `in: path`, `required: true` and a schema")));
            }
        }
        Ok(())
    }

    fn body(&self, at: &Location) -> Result<Body, Defect> {
        let (at, node) = self.document.follow(at)?;
        let members = object(node, &at, "a request body")?;
        Ok(Body {
            required: members.get("required") == Some(&Value::Bool(true)),
            content: self.content(&at.join("content"))?,
            at,
        })
    }

    fn content(&self, at: &Location) -> Result<Vec<Content>, Defect> {
        let Some(node) = self.document.node(at) else { return Ok(Vec::new()) };
        let members = object(node, at, "`content`")?;
        let mut found = Vec::new();
        for key in members.keys() {
            let here = at.join(key);
            let media_type =
                MediaType::parse(key).ok_or_else(|| wrong(&here, format!("`{key}` is not a media type")))?;
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

    fn encoding(&self, at: &Location, members: &Map<String, Value>) -> Result<BTreeMap<String, Encoding>, Defect> {
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

    fn responses(&self, operation: &Location) -> Result<Vec<Response>, Defect> {
        let at = operation.join("responses");
        let Some(node) = self.document.node(&at) else { return Ok(Vec::new()) };
        let members = object(node, &at, "`responses`")?;
        let mut found = Vec::new();
        for key in members.keys().filter(|key| !key.starts_with("x-")) {
            let here = at.join(key);
            let status = StatusPattern::parse(key).ok_or_else(|| wrong(&here, format!("`{key}` is not a status")))?;
            let (here, node) = self.document.follow(&here)?;
            let members = object(node, &here, "a response")?;
            found.push(Response {
                status,
                description: members.get("description").and_then(Value::as_str).unwrap_or("").to_owned(),
                headers: self.headers(&here.join("headers"))?,
                content: self.content(&here.join("content"))?,
                at: here,
            });
        }
        Ok(found)
    }

    fn headers(&self, at: &Location) -> Result<Vec<Header>, Defect> {
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
                shape: self.shape(&here, members, Style::Simple)?,
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

    fn security(&self, at: &Location, members: &Map<String, Value>) -> Result<Vec<Requirement>, Defect> {
        let (at, list) = match members.get("security") {
            Some(list) => (at.join("security"), list),
            None => match self.document.root().get("security") {
                Some(list) => (Location::entry(Pointer::root().join("security")), list),
                None => return Ok(Vec::new()),
            },
        };
        let items = list.as_array().ok_or_else(|| wrong(&at, "`security` must be an array"))?;
        items
            .iter()
            .enumerate()
            .map(|(index, item)| {
                let here = at.index(index);
                let schemes = object(item, &here, "a security requirement")?
                    .iter()
                    .map(|(name, scopes)| {
                        let scopes =
                            scopes.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
                        Ok((self.scheme(name, &here.join(name))?, scopes.collect()))
                    })
                    .collect::<Result<_, Defect>>()?;
                Ok(Requirement { schemes })
            })
            .collect()
    }

    fn scheme(&self, name: &str, used_at: &Location) -> Result<Scheme, Defect> {
        let at = Location::entry(["components", "securitySchemes", name].iter().collect());
        if self.document.node(&at).is_none() {
            return Err(Defect::new(
                Code::BrokenReference,
                used_at.clone(),
                format!("there is no security scheme `{name}` in `components.securitySchemes`"),
            ));
        }
        let (at, node) = self.document.follow(&at)?;
        let members = object(node, &at, "a security scheme")?;
        let kind = match string(members, "type", &at)? {
            "apiKey" => {
                let word = string(members, "in", &at)?;
                let place =
                    In::parse(word).ok_or_else(|| wrong(&at.join("in"), format!("`{word}` is no place for a key")))?;
                SchemeKind::ApiKey { place, name: string(members, "name", &at)?.to_owned() }
            }
            "http" => SchemeKind::Http { scheme: string(members, "scheme", &at)?.to_ascii_lowercase() },
            "basic" => SchemeKind::Http { scheme: "basic".to_owned() },
            "oauth2" => SchemeKind::OAuth2,
            "openIdConnect" => SchemeKind::OpenIdConnect,
            "mutualTLS" => SchemeKind::MutualTls,
            other => return Err(wrong(&at.join("type"), format!("`{other}` is no type of security scheme"))),
        };
        Ok(Scheme { name: name.to_owned(), kind, extension: members.get("x-etalon").cloned() })
    }
}

fn object<'v>(node: &'v Value, at: &Location, what: &str) -> Result<&'v Map<String, Value>, Defect> {
    node.as_object().ok_or_else(|| wrong(at, format!("{what} must be an object")))
}

fn string<'v>(members: &'v Map<String, Value>, key: &str, at: &Location) -> Result<&'v str, Defect> {
    match members.get(key) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(wrong(&at.join(key), format!("`{key}` must be a string"))),
        None => Err(Defect::new(Code::Missing, at.clone(), format!("`{key}` is missing"))),
    }
}

fn wrong(at: &Location, reason: impl Into<String>) -> Defect {
    Defect::new(Code::WrongType, at.clone(), reason)
}
