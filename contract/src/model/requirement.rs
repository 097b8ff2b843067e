//! Security requirements: which schemes an operation names, read from where the document describes them.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::document::{Code, Defect, Document, Location, Version, nearest};
use crate::model::members::{object, string, wrong};
use crate::model::security::SchemeType;
use crate::model::{In, Requirement, Scheme, SchemeKind};

/// The alternatives of an operation: its own, or those of the whole document. One that names a scheme which the document
/// does not describe is left out, since nobody can tell how to meet it; `lint` reports it.
pub(crate) fn read(
    document: &Document,
    at: &Location,
    members: &Map<String, Value>,
) -> Result<Vec<Requirement>, Defect> {
    alternatives(document, at, members).map(|all| all.into_iter().flatten().collect())
}

/// The alternatives in the order of the document, `None` for each that names an undescribed scheme.
fn alternatives(
    document: &Document,
    at: &Location,
    members: &Map<String, Value>,
) -> Result<Vec<Option<Requirement>>, Defect> {
    let (at, list) = match members.get("security") {
        Some(list) => (at.join("security"), list),
        None => match document.root().get("security") {
            Some(list) => (Location::default().join("security"), list),
            None => return Ok(Vec::new()),
        },
    };
    let items = list.as_array().ok_or_else(|| wrong(&at, "`security` must be an array"))?;
    let alternative = |(index, item): (usize, &Value)| {
        let here = at.index(index);
        let schemes = object(item, &here, "a security requirement")?;
        if schemes.keys().any(|name| place(document, name, &here.join(name)).is_err()) {
            return Ok(None);
        }
        let schemes = schemes.iter().map(|(name, scopes)| {
            let scopes = scopes.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
            Ok((scheme(document, name, &here.join(name))?, scopes.collect()))
        });
        Ok(Some(Requirement { schemes: schemes.collect::<Result<_, Defect>>()? }))
    };
    items.iter().enumerate().map(alternative).collect()
}

/// The alternatives of the operations at these places, one for each set of schemes, whatever the scopes; those that cannot be
/// read are left out.
pub(crate) fn all<'e>(document: &Document, operations: impl Iterator<Item = &'e Location>) -> Vec<Requirement> {
    let mut seen: HashSet<Vec<&str>> = HashSet::new();
    let mut found = Vec::new();
    for (at, node) in operations.filter_map(|at| document.follow(at).ok()) {
        let Some(members) = node.as_object() else { continue };
        let list = members.get("security").or_else(|| document.root().get("security")).and_then(Value::as_array);
        let mut fresh: Vec<usize> = Vec::new();
        for (index, item) in list.into_iter().flatten().enumerate() {
            let names = item.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
            if seen.insert(names) {
                fresh.push(index);
            }
        }
        if let (false, Ok(read)) = (fresh.is_empty(), alternatives(document, &at, members)) {
            let fresh = read.into_iter().enumerate().filter(|(index, _)| fresh.contains(index));
            found.extend(fresh.filter_map(|(_, one)| one));
        }
    }
    found
}

/// The location at which a document describes its security schemes.
pub(crate) fn schemes_at(version: Version) -> Location {
    match version {
        Version::Swagger2 => Location::default().join("securityDefinitions"),
        Version::OpenApi30 | Version::OpenApi31 | Version::OpenApi32 => {
            Location::default().join("components").join("securitySchemes")
        }
    }
}

/// The place at which a document describes a scheme.
///
/// # Errors
/// It describes none of this name.
pub(crate) fn place(document: &Document, name: &str, used_at: &Location) -> Result<Location, Defect> {
    // The section itself may stand elsewhere.
    let section = schemes_at(document.version());
    let section = document.follow(&section).map_or(section, |(found, _)| found);
    let at = section.join(name);
    if document.node(&at).is_some() {
        return Ok(at);
    }
    // OpenAPI 3.2 "Security Requirement Object": a name that is no component may be a URI.
    let by_uri = (document.version() >= Version::OpenApi32).then(|| document.resolve(used_at, name).ok()).flatten();
    by_uri.ok_or_else(|| {
        let known = document.node(&section).and_then(Value::as_object).into_iter().flatten();
        let section = section.pointer.as_str().trim_start_matches('/').replace('/', ".");
        let reason = format!("there is no security scheme `{name}` in `{section}`, so nothing is asked for");
        let defect = Defect::new(Code::BrokenReference, used_at.clone(), reason);
        match nearest(name, known.map(|(name, _)| name.as_str())) {
            Some(meant) => defect.hint(format!("did you mean `{meant}`?")),
            None => defect,
        }
    })
}

fn scheme(document: &Document, name: &str, used_at: &Location) -> Result<Scheme, Defect> {
    let at = place(document, name, used_at)?;
    let (at, node) = document.follow(&at)?;
    let members = object(node, &at, "a security scheme")?;
    let word = string(members, "type", &at)?;
    let known = SchemeType::parse(word).ok_or_else(|| {
        let defect = wrong(&at.join("type"), format!("`{word}` is no type of security scheme"));
        match nearest(word, SchemeType::words()) {
            Some(meant) => defect.hint(format!("did you mean `{meant}`?")),
            None => defect,
        }
    })?;
    let kind = match known {
        SchemeType::ApiKey => {
            let word = string(members, "in", &at)?;
            let place = In::parse(word)
                .filter(|place| matches!(place, In::Query | In::Header | In::Cookie))
                .ok_or_else(|| wrong(&at.join("in"), format!("`{word}` is no place for a key")))?;
            SchemeKind::ApiKey { place, name: string(members, "name", &at)?.to_owned() }
        }
        SchemeType::Http => SchemeKind::Http { scheme: string(members, "scheme", &at)?.to_ascii_lowercase() },
        SchemeType::Basic => SchemeKind::Http { scheme: "basic".to_owned() },
        SchemeType::OAuth2 => SchemeKind::OAuth2,
        SchemeType::OpenIdConnect => SchemeKind::OpenIdConnect,
        SchemeType::MutualTls => SchemeKind::MutualTls,
    };
    Ok(Scheme { name: name.to_owned(), kind, extension: members.get("x-etalon").cloned() })
}
