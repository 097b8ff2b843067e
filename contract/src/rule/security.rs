//! Security: who may call an operation, and who may not (RFC 9110 §11; OpenAPI Security Requirement Object).

/// A promise about the credentials that let a caller in. Numbers are indices into the operation's security alternatives, texts
/// the names of security schemes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecurityRule {
    /// An alternative alone lets the caller in.
    Accepts(usize),
    /// Without credentials: 401 with a challenge (RFC 9110 §15.5.2).
    NoneOf,
    /// One scheme of an alternative left out: 401.
    Without(usize, String),
    /// One scheme's credentials wrong: 401 or 403.
    Wrong(usize, String),
}
