//! The mock server: a pure pipeline from request to answer, and the hyper edge that carries both. The way of a request is
//! in `pipeline`; everything with a socket is in `http`.

mod accept;
mod account;
mod client;
mod clock;
mod coding;
mod configured;
mod connection;
mod console;
mod control;
mod controlled;
mod cors;
mod credentials;
mod demand;
mod demanded;
mod door_description;
mod door_page;
mod doors;
mod feed;
mod follow;
mod found;
mod hosts;
mod http;
mod journal;
mod kept;
mod live;
mod mock;
mod mounts;
mod near;
mod outgoing;
mod panel;
mod pictures;
mod pipeline;
mod pool;
mod prefer;
mod reading;
mod replicated;
mod room;
mod rule;
mod service;
mod start;
mod store;
mod stream;
mod visit;
mod visited;
mod ways;
mod world;

pub use accept::Accept;
pub use account::{Account, Answered, Cause, InWorld};
pub use client::Client;
pub use clock::Clock;
pub use coding::Unreadable;
pub(crate) use coding::{decoded, is_coded};
pub use cors::Cors;
pub use credentials::{Credentials, Shown};
pub use demand::{Delivery, Fault};
pub use doors::HEALTH;
pub use follow::Follow;
pub use hosts::Hosts;
pub use http::{MAX_BODY, serve, serve_noting};
pub use journal::{Detail, Exchange, Journal, NoJournal};
pub use live::Live;
pub use mock::{Answer, Judging, MAX_WORLDS, Mock};
pub use mounts::Shadowed;
pub use panel::Panel;
pub use pictures::PICTURES;
pub use rule::{Rule, Rules};
pub use service::{Begins, Service};
pub use start::{Ground, Start, Unstartable, Wanted};
#[cfg(feature = "redis")]
pub use store::Redis;
pub use store::{Beginning, Committed, Entry, Failing, Kept, Position, Store, Told};
pub use ways::ways_in;
pub use world::{
    Asked, Bounds, CarriedWorld, DEFAULT, Entered, Forgiving, Imported, NamedBy, Snapshot, Unavailable, WORLD,
    WORLD_COOKIE, WORLD_FROM, World, Worlds,
};
