//! What is wrong with a document or a flag, for people and for programs.

pub(crate) mod near;
pub(crate) mod sarif;
pub(crate) mod show;
