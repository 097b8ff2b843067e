//! The files of a body: name, size and media type of each, without their bytes.

use crate::codec::body::multipart::boundary::split;
use crate::codec::body::multipart::part::Part;
use crate::model::MediaType;

/// A file as it was uploaded, but for its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// The member of the body that it is.
    pub member: String,
    /// The name that the client gives it (RFC 7578 §4.2), without a path; empty where it gives none.
    pub file_name: String,
    /// The media type; `application/octet-stream` where the client says none (RFC 7578 §4.4).
    pub media_type: String,
    /// The number of its bytes.
    pub size: usize,
}

/// The files among the parts of a body, in their order: those parts that have a file name. None where the body is no
/// multipart body that can be read.
#[must_use]
pub fn uploads(media_type: &MediaType, bytes: &[u8]) -> Vec<Upload> {
    let boundary = media_type.parameter("boundary").filter(|_| media_type.essence().starts_with("multipart/"));
    let Some(Ok(parts)) = boundary.map(|boundary| split(bytes, boundary)) else { return Vec::new() };
    let files = parts.into_iter().filter_map(|part| Part::parse(part).ok()).filter_map(|part| {
        let name = part.file_name?;
        // A path on the client's machine is nobody's business (RFC 7578 §4.2).
        let file_name = name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        let media_type = part.content_type.unwrap_or_else(|| "application/octet-stream".to_owned());
        Some(Upload { member: part.name, file_name, media_type, size: part.body.len() })
    });
    files.collect()
}
