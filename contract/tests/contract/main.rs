//! The one integration-test binary of `etalon-contract`.

mod diagnostics;
mod documents;
mod floors;
mod laws;
mod shipped;
mod typed;
