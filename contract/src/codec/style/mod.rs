//! Values as text, in the styles that OpenAPI gives parameters ("Style Values"); forms and multipart bodies use the
//! same ones for their members.
//!
//! In reading order: one primitive (`primitive`); a value as one text, a list or named texts (`texts`); what is escaped
//! where (`escape`); the styles that make one text of it (`delimited`), and those that make `name=value` pairs
//! (`pairs`). This folder knows neither media types nor messages.

pub(crate) mod primitive;

pub(crate) mod texts;

pub(crate) mod escape;

pub(crate) mod delimited;

pub(crate) mod pairs;
