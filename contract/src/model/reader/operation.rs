//! An operation object -> an operation, with the defects that leave it usable.

use serde_json::Value;

use crate::document::{Defect, Document, Version};
use crate::model::entry::Read;
use crate::model::members::object;
use crate::model::{Entry, Operation, paths, requirement};

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

pub(super) struct Reader<'d> {
    pub(super) document: &'d Document,
    pub(super) version: Version,
    pub(super) notes: Vec<Defect>,
}
