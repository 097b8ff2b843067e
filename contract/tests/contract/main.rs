//! The one integration-test binary of `etalon-contract`.

mod floors;
mod laws;
mod shipped;
