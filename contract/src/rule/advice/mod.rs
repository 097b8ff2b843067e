//! Advice: what a document says of a request without asserting it.

pub(crate) mod discriminator;
