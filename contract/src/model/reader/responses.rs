//! Responses and their header fields.

use serde_json::{Map, Value};

use crate::document::{Code, Defect, Location, Version};
use crate::model::members::{object, wrong};
use crate::model::reader::operation::Reader;
use crate::model::{Header, In, Response, StatusPattern};

impl Reader<'_> {
    pub(super) fn responses(
        &mut self,
        operation: &Location,
        owner: &Map<String, Value>,
    ) -> Result<Vec<Response>, Defect> {
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

    pub(super) fn headers(&mut self, at: &Location) -> Result<Vec<Header>, Defect> {
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
}
