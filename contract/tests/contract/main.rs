//! The one integration-test binary of `etalon-contract`.

mod determinism;
mod diagnostics;
mod documents;
mod floors;
mod imports;
mod laws;
mod on_demand;
mod rows;
mod shipped;
mod suite;
mod typed;
mod wire;
