//! The runner from outside: what its judges say, what a whole run sends and reports, and what goes over the wire.

mod beside;
mod habits;
mod judges;
mod pets;
mod refusals;
mod requests;
mod rules;
mod runs;
mod shop;
mod stories;
mod wire;
