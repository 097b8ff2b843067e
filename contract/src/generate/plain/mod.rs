//! Values made the plain way: a schema is folded into facets, and a value is made of those, decision by decision.
//!
//! In reading order: what a value must satisfy (`facets`), and which schemas act on a place within it (`applicable`,
//! `place`); what makes one value after another (`maker`), and one of each type: numbers (`number`), texts
//! (`pattern`, `words`, `text`), arrays, objects with members that agree (`agree`); last, one value of each type
//! to stand where another is wanted (`assorted`). This folder never asks the validator.

pub(crate) mod facets;

pub(crate) mod place;

pub(crate) mod applicable;

pub(crate) mod maker;

pub(crate) mod number;

pub(crate) mod pattern;

pub(crate) mod words;

pub(crate) mod text;

pub(crate) mod array;

pub(crate) mod object;

pub(crate) mod agree;

pub(crate) mod assorted;
