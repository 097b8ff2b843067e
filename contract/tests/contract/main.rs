//! The one integration-test binary of `etalon-contract`.

mod determinism;
mod floors;
mod laws;
mod shipped;
mod suite;
