//! Which specification a document follows, and what follows from that for its schemas.

use std::fmt;

use serde_json::Value;

/// A version of the specification, as far as reading differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// Swagger 2.0.
    Swagger2,
    /// OpenAPI 3.0.x: schemas are the specification's own dialect.
    OpenApi30,
    /// OpenAPI 3.1.x: schemas are JSON Schema 2020-12.
    OpenApi31,
    /// OpenAPI 3.2.x.
    OpenApi32,
}

impl Version {
    /// Reads the `openapi` or `swagger` member; `None` where there is neither or the version is not known.
    #[must_use]
    pub fn of(root: &Value) -> Option<Self> {
        if let Some(text) = root.get("openapi").and_then(Value::as_str) {
            return match text.split('.').take(2).collect::<Vec<_>>()[..] {
                ["3", "0"] => Some(Self::OpenApi30),
                ["3", "1"] => Some(Self::OpenApi31),
                ["3", "2"] => Some(Self::OpenApi32),
                _ => None,
            };
        }
        match root.get("swagger")? {
            Value::String(text) if text == "2.0" => Some(Self::Swagger2),
            Value::Number(number) if number.as_f64() == Some(2.0) => Some(Self::Swagger2),
            _ => None,
        }
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
