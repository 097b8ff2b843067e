//! The mock server: a pure pipeline from request to answer, and the hyper edge that carries both. The way of a request is
//! in `pipeline`; everything with a socket is in `http`.

mod accept;
mod clock;
mod coding;
mod cors;
mod credentials;
mod http;
mod mock;
mod mounts;
mod pipeline;

pub use accept::Accept;
pub use clock::Clock;
pub use coding::Unreadable;
pub use credentials::{Credentials, Shown};
pub use http::{MAX_BODY, serve};
pub use mock::{Answer, Mock, Service};
pub use mounts::Shadowed;
