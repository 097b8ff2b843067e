//! A document of a media type, and the format in which it holds its value. It neither reads nor writes.

use std::collections::BTreeMap;

use crate::codec::body::text::Charset;
use crate::codec::body::{csv, stream};
use crate::codec::hints::{Hints, Types};
use crate::document::Location;
use crate::model::{Content, Contract, Encoding, MediaType};

/// The ways in which bytes hold a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// JSON text (RFC 8259).
    Json,
    /// A primitive as text.
    Text(Charset),
    /// Pairs of a form, `application/x-www-form-urlencoded`.
    Form,
    /// Parts of a form, `multipart/form-data` and its kin.
    Multipart,
    /// YAML 1.2 (RFC 9512).
    Yaml,
    /// Comma-separated values (RFC 4180).
    Csv(csv::Header),
    /// JSON documents one after another.
    Stream(stream::Framing),
    /// One item of a stream: more hold more of the same.
    Item(stream::Framing),
    /// One event whose data is a JSON document.
    Event,
    /// XML 1.0 (W3C, fifth edition).
    Xml,
    /// A string with one character for each byte.
    Bytes,
    /// Bytes that are not looked into.
    Opaque,
}

/// A document of a media type, and what is known of the value that it holds.
#[derive(Clone, Debug)]
pub(crate) struct Subject<'c> {
    pub(crate) contract: &'c Contract,
    /// The expectations of the schema, for reading texts as values.
    pub(crate) hints: Hints<'c>,
    /// The schema of each item of a stream, where it is stated apart from that of the whole (`itemSchema`, OpenAPI
    /// 3.2).
    pub(super) item: Option<&'c Location>,
    /// The encoding of each member of a form, by its name ("Encoding Object").
    pub(crate) encoding: &'c BTreeMap<String, Encoding>,
    /// The media type that is or will be sent.
    pub(crate) media_type: MediaType,
}

/// The encoding of what is no form.
static NO_ENCODING: BTreeMap<String, Encoding> = BTreeMap::new();

impl<'c> Subject<'c> {
    /// A body of a documented content.
    pub(crate) fn of(contract: &'c Contract, content: &'c Content, media_type: MediaType) -> Self {
        let hints = Hints::new(contract, content.schema.as_ref());
        Self { contract, hints, item: content.item_schema.as_ref(), encoding: &content.encoding, media_type }
    }

    /// A member of a form, which is a document of its own.
    pub(crate) fn part(contract: &'c Contract, hints: Hints<'c>, media_type: MediaType) -> Self {
        Self { contract, item: None, hints, encoding: &NO_ENCODING, media_type }
    }

    /// The expectations of each item of a stream.
    pub(crate) fn item(&self) -> Hints<'c> {
        match self.item {
            Some(at) => Hints::new(self.contract, Some(at)),
            None => self.hints.item(usize::MAX),
        }
    }

    /// The format in which the media type holds a value.
    ///
    /// # Errors
    /// Its charset is none that is read here, or not of UTF-8 where the format has no other.
    pub(crate) fn format(&self) -> Result<Format, String> {
        let media_type = &self.media_type;
        let essence = media_type.essence();
        if let Some(framing) = stream::Framing::of(&essence) {
            let types = self.hints.types();
            // Documents of before `itemSchema` describe the data of one event, or the text of the stream.
            let format = match (framing, types) {
                (_, Types::STRING) => Format::Text(Charset::Utf8),
                (stream::Framing::Events, Types::OBJECT) if !stream::is_event(&self.hints) => Format::Event,
                (_, Types::OBJECT) => Format::Item(framing),
                (stream::Framing::Events | stream::Framing::Lines | stream::Framing::Sequence, _) => {
                    Format::Stream(framing)
                }
            };
            return utf8(media_type, format);
        }
        if media_type.is_json() {
            return utf8(media_type, Format::Json);
        }
        match essence.as_str() {
            "application/x-www-form-urlencoded" => return utf8(media_type, Format::Form),
            "multipart/form-data" => return Ok(Format::Multipart),
            _ => {}
        }
        let types = self.hints.types();
        // What is described as a string, or not at all, is its own text, or its own bytes.
        if essence.starts_with("multipart/") {
            return Ok(if types.has(Types::STRING) { Format::Bytes } else { structured(types, Format::Multipart) });
        }
        if media_type.is_xml() {
            return match types.has(Types::STRING) {
                true => Charset::of(media_type).map(Format::Text),
                false => Ok(Format::Xml),
            };
        }
        if media_type.is_yaml() && !types.has(Types::STRING) {
            return utf8(media_type, Format::Yaml);
        }
        if csv::is_csv(&essence) && types.has(Types::ARRAY) && !types.has(Types::STRING) {
            let is_absent = media_type.parameter("header") == Some("absent");
            let header = if is_absent { csv::Header::Absent } else { csv::Header::Present };
            return utf8(media_type, Format::Csv(header));
        }
        if media_type.is_text() {
            return match types.has(Types::PRIMITIVE) {
                true => Charset::of(media_type).map(Format::Text),
                false => Ok(Format::Opaque),
            };
        }
        Ok(if types.has(Types::STRING) { Format::Bytes } else { Format::Opaque })
    }
}

/// The format of objects, where an object is described.
fn structured(types: Types, format: Format) -> Format {
    if types.has(Types::OBJECT) { format } else { Format::Opaque }
}

fn utf8(media_type: &MediaType, format: Format) -> Result<Format, String> {
    match Charset::of(media_type)? {
        Charset::Utf8 | Charset::UsAscii => Ok(format),
        Charset::Latin1 => Err(format!("{} is UTF-8 only", media_type.essence())),
    }
}
