//! The readers and writers of each format. A new media type begins here.

use serde_json::Value;

use crate::codec::body::subject::{Format, Subject};
use crate::codec::body::text::Charset;
use crate::codec::body::{csv, form, json, multipart, stream, xml, yaml};
use crate::codec::bounds::Unread;
use crate::codec::style::primitive;

impl Subject<'_> {
    /// Writes a value as the bytes of the media type.
    ///
    /// # Errors
    /// Why it has no form.
    pub(crate) fn write(&self, value: &Value) -> Result<Vec<u8>, String> {
        match (self.format()?, value) {
            (Format::Json, _) => json::write(value),
            (Format::Text(charset), _) => charset.write(&primitive::write(value)?),
            (Format::Form, _) => form::write(self, value),
            (Format::Multipart, _) => multipart::write(self, value),
            (Format::Stream(framing), _) => stream::write(framing, value),
            (Format::Item(framing), _) => stream::write_item(framing, value),
            (Format::Event, _) => stream::write_event(value),
            (Format::Xml, _) => xml::write(self, value),
            (Format::Yaml, _) => yaml::write(value),
            (Format::Csv(header), _) => csv::write(header, value),
            (Format::Bytes, Value::String(text)) => Charset::Latin1.write(text),
            (Format::Bytes | Format::Opaque, _) => Err(format!("{} has no form for it", self.media_type)),
        }
    }

    /// Reads the value; `None` where the inside is not looked at.
    ///
    /// # Errors
    /// What is wrong with the bytes.
    pub(crate) fn read(&self, bytes: &[u8]) -> Result<Option<Value>, Unread> {
        match self.format()? {
            Format::Json => json::read(bytes).map(Some),
            Format::Text(charset) => primitive::read(&self.hints, &charset.read(bytes)?).map(Some),
            Format::Form => Ok(Some(form::read(self, bytes)?)),
            Format::Multipart => Ok(Some(multipart::read(self, bytes)?)),
            Format::Stream(framing) => stream::read(framing, &self.item(), bytes).map(Some),
            Format::Item(framing) => stream::read_item(framing, &self.hints, bytes),
            Format::Event => stream::read_event(bytes),
            Format::Xml => Ok(Some(xml::read(self, bytes)?)),
            Format::Yaml => yaml::read(bytes).map(Some),
            Format::Csv(header) => csv::read(header, &self.item(), bytes).map(Some),
            Format::Bytes => Ok(Some(Value::String(Charset::Latin1.read(bytes)?))),
            Format::Opaque => Ok(None),
        }
    }
}
