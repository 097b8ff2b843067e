//! An answer's occasion: the request, as it was sent and as it was read, and what the client wants of the answer.

use crate::behaviour::call::Call;
use crate::behaviour::context::Context;
use crate::behaviour::example::Examples;
use crate::codec::Request;
use crate::model::MediaType;

/// A request that was carried out, with all that its answer depends on.
#[derive(Clone, Copy)]
pub struct Occasion<'r> {
    /// The request as it was sent.
    pub request: &'r Request,
    /// The request as it was read.
    pub call: Call<'r>,
    /// Seed, time and number.
    pub context: Context,
    /// The weight that the client gives a media type, in thousandths, 0 for one that it does not want (RFC 9110
    /// §12.4.2, §12.5.1).
    pub quality: &'r dyn Fn(&MediaType) -> u16,
    /// The path below which the client reached the contract, such as `/@mine`; none of the request's own path, and where
    /// links lead to. Empty where it is the root.
    pub below: &'r str,
    /// The use of the document's own examples in answers that show no state.
    pub examples: Examples,
}
