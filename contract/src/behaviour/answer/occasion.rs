//! An answer's occasion: the request, as it was sent and as it was read, and what the client wants of the answer.

use crate::behaviour::answer::example::Examples;
use crate::behaviour::call::Call;
use crate::behaviour::context::Context;
use crate::codec::Request;
use crate::model::MediaType;

/// What an answer is composed for.
#[derive(Clone, Copy)]
pub struct Occasion<'r> {
    /// The request as it was sent.
    pub request: &'r Request,
    /// The request as it was read.
    pub call: Call<'r>,
    /// Seed, time and number.
    pub context: Context,
    /// How much the client wants a media type, 0 for not at all (RFC 9110 §12.5.1).
    pub quality: &'r dyn Fn(&MediaType) -> u16,
    /// Whether what has no state is answered with the document's own examples.
    pub examples: Examples,
}
