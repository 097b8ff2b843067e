//! A reader of import paths: which module of a package uses which, whether floors keep their order, and whether folders go
//! in circles. It knows no package; what must hold of ours stands in `floors`.

pub(crate) mod circles;
pub(crate) mod package;
pub(crate) mod paths;

mod tests;
