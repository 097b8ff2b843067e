//! Which specification a document follows, and what follows from that for its schemas.

use std::fmt;

use serde_json::Value;

use crate::document::{Code, Defect, Location, Pointer};

/// The hint about a page that was taken for a document.
pub(super) const MARKUP: &str = "this looks like HTML or XML; is it a page instead of the document behind it?";

/// A version of the specification, as far as reading differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// Swagger 2.0, also called OpenAPI 2.0.
    Swagger2,
    /// OpenAPI 3.0.x: schemas are the specification's own dialect.
    OpenApi30,
    /// OpenAPI 3.1.x: schemas are JSON Schema 2020-12.
    OpenApi31,
    /// OpenAPI 3.2, any patch.
    OpenApi32,
}

impl Version {
    /// Reads the `openapi` or `swagger` member; `None` where there is neither or the version is not known.
    #[must_use]
    pub fn of(root: &Value) -> Option<Self> {
        if let Some(said) = root.get("openapi") {
            let text = match said {
                Value::String(text) => text.clone(),
                // An unquoted `3.1` is a number in YAML.
                Value::Number(number) => number.to_string(),
                Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
            };
            return match text.split('.').take(2).collect::<Vec<_>>()[..] {
                ["3", "0"] => Some(Self::OpenApi30),
                ["3", "1"] => Some(Self::OpenApi31),
                ["3", "2"] => Some(Self::OpenApi32),
                // Minor versions add, so a newer one is read as far as this one goes; `notice` says so.
                ["3", minor] if minor.parse::<u32>().is_ok() => Some(Self::OpenApi32),
                _ => None,
            };
        }
        let said = root.get("swagger")?;
        (said.as_str() == Some("2.0") || said.as_f64() == Some(2.0)).then_some(Self::Swagger2)
    }

    /// The version, or what the value is instead of an OpenAPI document of a known one.
    pub(super) fn read(root: &Value) -> Result<Self, Defect> {
        if let Some(version) = Self::of(root) {
            return Ok(version);
        }
        let here = Location::entry(Pointer::root());
        let Value::Object(members) = root else {
            return Err(no_object(root, here));
        };
        for key in ["openapi", "swagger"] {
            let Some(said) = members.get(key) else { continue };
            let at = here.join(key);
            return Err(match said {
                Value::String(text) => Defect::new(Code::UnknownVersion, at, unknown(key, text)),
                Value::Number(number) => Defect::new(Code::UnknownVersion, at, unknown(key, &number.to_string())),
                Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                    Defect::new(Code::WrongType, at, format!("`{key}` must be the version as a string"))
                }
            }
            .hint("known are `swagger: \"2.0\"` and `openapi:` 3.0.x, 3.1.x and 3.2.x"));
        }
        let what = [
            ("overlay", "an overlay; name the document that it extends, and this one with --overlay"),
            ("asyncapi", "an AsyncAPI document"),
            ("arazzo", "an Arazzo document"),
            ("swaggerVersion", "a Swagger 1.x document"),
            ("apiVersion", "a Kubernetes manifest or the like"),
            ("$schema", "a JSON Schema or the like"),
            ("item", "a Postman collection or the like"),
        ];
        Err(match what.iter().find(|(key, _)| members.contains_key(*key)) {
            Some((_, what)) => Defect::new(Code::NotOpenApi, here, format!("this is {what}")),
            None => {
                let near = members
                    .keys()
                    .find(|key| ["openapi", "swagger"].iter().any(|known| key.trim().eq_ignore_ascii_case(known)));
                let defect = Defect::new(
                    Code::NotOpenApi,
                    here,
                    "this is not an OpenAPI document: it has no `openapi` or `swagger` member",
                );
                match near {
                    Some(near) => defect.hint(format!("did you mean `{}` by `{near}`?", near.trim().to_lowercase())),
                    None => defect.hint("an OpenAPI document begins with `openapi: 3.0.3` or the like"),
                }
            }
        })
    }

    /// The oddity in how a known version is written; `None` where there is none.
    pub(super) fn notice(root: &Value) -> Option<Defect> {
        let newest = Self::OpenApi32;
        for key in ["openapi", "swagger"] {
            let at = Location::entry(Pointer::root().join(key));
            match root.get(key) {
                Some(Value::Number(number)) => {
                    let reason = format!("`{key}` must be a string, not the number {number}");
                    return Some(Defect::new(Code::WrongType, at, reason).hint("put it into quotes"));
                }
                Some(Value::String(text)) if key == "openapi" => {
                    let minor = text.split('.').nth(1).and_then(|minor| minor.parse::<u32>().ok());
                    if minor.is_some_and(|minor| minor > 2) {
                        let reason = format!("OpenAPI {text} is newer than what is known, so it is read as {newest}");
                        return Some(Defect::new(Code::UnknownVersion, at, reason));
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// True where schemas are written in the dialect of OpenAPI 3.0 and before (`nullable`, boolean exclusive bounds).
    #[must_use]
    pub fn has_own_schema_dialect(self) -> bool {
        match self {
            Self::Swagger2 | Self::OpenApi30 => true,
            Self::OpenApi31 | Self::OpenApi32 => false,
        }
    }
}

fn unknown(key: &str, version: &str) -> String {
    format!("`{key}: {version}` is not a known version")
}

/// The defect of a document that is not even an object.
fn no_object(root: &Value, here: Location) -> Defect {
    let what = match root {
        Value::Array(_) => "a list",
        Value::String(_) => "a piece of text",
        Value::Null => "nothing",
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => "a single value",
    };
    let defect = Defect::new(Code::NotOpenApi, here, format!("this is {what}, not an OpenAPI document"));
    match root.as_str() {
        Some(text) if text.starts_with('<') => defect.hint(MARKUP),
        _ => defect.hint("an OpenAPI document is an object that begins with `openapi: 3.0.3` or the like"),
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Swagger2 => "Swagger 2.0",
            Self::OpenApi30 => "OpenAPI 3.0",
            Self::OpenApi31 => "OpenAPI 3.1",
            Self::OpenApi32 => "OpenAPI 3.2",
        })
    }
}
