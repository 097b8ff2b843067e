//! What an item says of the file that it was made of: its name, size and media type, where its schema has members for
//! them.

use serde_json::{Map, Number, Value};

use crate::behaviour::shape;
use crate::codec::Upload;
use crate::document::Location;
use crate::model::{Contract, Direction};
use crate::validate;

/// Members that say what the file is called.
const NAMES: [&str; 5] = ["filename", "originalfilename", "originalname", "name", "displayname"];

/// Members that say how many bytes it has.
const SIZES: [&str; 8] =
    ["size", "filesize", "bytes", "length", "contentlength", "sizebytes", "sizeinbytes", "filesizebytes"];

/// Members that say what it is.
const TYPES: [&str; 4] = ["contenttype", "mimetype", "mediatype", "filetype"];

/// Says of an item what the upload tells, where the client said nothing else.
pub(super) fn describe<'c>(
    contract: &Contract,
    shown: impl Iterator<Item = &'c Location>,
    upload: &Upload,
    said: &mut Map<String, Value>,
) {
    for (name, at) in shown.flat_map(|at| shape::members(contract, at)) {
        let plain = shape::plain(&name);
        let value = if NAMES.contains(&plain.as_str()) && !upload.file_name.is_empty() {
            Value::String(upload.file_name.clone())
        } else if SIZES.contains(&plain.as_str()) {
            Value::Number(Number::from(upload.size))
        } else if TYPES.contains(&plain.as_str()) {
            Value::String(upload.media_type.clone())
        } else {
            continue;
        };
        let fits = validate::is_valid(contract, &at, Direction::Response, &value).unwrap_or(false);
        if fits && !said.contains_key(&name) {
            said.insert(name, value);
        }
    }
}
