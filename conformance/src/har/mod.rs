//! HTTP Archives (HAR 1.2): the form in which browsers, test tools and proxies write down what they sent and got. Recordings become such
//! files, and the traffic in them is judged.

mod reading;
mod writing;

pub use reading::{Archive, read};
pub use writing::text;
