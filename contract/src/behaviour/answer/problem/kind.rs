//! The kinds of problem: name, status and title of each, in one table.

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $slug:literal, $status:literal, $title:literal;)*) => {
        /// The kinds of problem. `docs/problems.md` has a section for each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind { $($(#[$doc])* $name,)* }

        impl Kind {
            /// All kinds, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable name: the end of the problem's `type`.
            #[must_use]
            pub fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug,)* }
            }

            /// The status, where the contract asks for no other.
            #[must_use]
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// A few words that are the same every time (RFC 9457 §3.1.3).
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

kinds! {
    /// The bytes that were sent are no sound HTTP.
    MalformedRequest = "malformed-request", 400, "The request is not sound HTTP";
    /// The request violates the contract.
    Validation = "validation", 400, "The request violates the contract";
    /// The world that the client names cannot be had: the name is none, or it names two.
    BadWorld = "bad-world", 400, "The world cannot be told";
    /// A cursor that the list never gave out.
    BadCursor = "bad-cursor", 400, "The cursor is unknown";
    /// The contract documents errors alone for the operation, so that no request can succeed.
    NoSuccess = "no-success", 400, "The contract documents no success";
    /// No credentials, or wrong ones.
    Unauthorized = "unauthorized", 401, "Credentials are needed";
    /// The credentials are sound and do not allow this.
    Forbidden = "forbidden", 403, "This is not allowed";
    /// No path of the contract covers the request's.
    UnknownPath = "unknown-path", 404, "The contract has no such path";
    /// The answer that the client asked for is not documented.
    NotDocumented = "not-documented", 404, "The contract documents no such answer";
    /// There is no such item.
    NotFound = "not-found", 404, "The item does not exist";
    /// The path does not have the method.
    MethodNotAllowed = "method-not-allowed", 405, "The path does not have this method";
    /// No documented media type satisfies `Accept`.
    NotAcceptable = "not-acceptable", 406, "No documented media type is acceptable";
    /// The body took too long.
    Timeout = "request-timeout", 408, "The request took too long";
    /// A value that may occur only once is there already.
    Conflict = "conflict", 409, "The value exists already";
    /// The world was dropped, with what requests did in it.
    WorldGone = "world-gone", 410, "The world was dropped";
    /// A patch that cannot be applied to what is there.
    Unpatchable = "unpatchable", 409, "The patch cannot be applied";
    /// A condition does not hold.
    PreconditionFailed = "precondition-failed", 412, "The condition does not hold";
    /// A change must be conditional.
    PreconditionRequired = "precondition-required", 428, "A condition is needed";
    /// A key of repetition was used for another request.
    KeyReused = "key-reused", 422, "The key was used for another request";
    /// The body is larger than the mock takes.
    ContentTooLarge = "content-too-large", 413, "The body is too large";
    /// The body's media type is not documented.
    UnsupportedMediaType = "unsupported-media-type", 415, "The media type is not accepted";
    /// The host that the request names is not the mock's.
    Misdirected = "misdirected-request", 421, "This host is not served here";
    /// Something that does not fit what is there or what is served, where the mock itself is controlled.
    Unfitting = "unfitting", 422, "It does not fit";
    /// The client's preference (`Prefer`, RFC 7240) cannot be understood.
    BadPreference = "bad-preference", 422, "The preference cannot be understood";
    /// The client asked to be answered so.
    AskedFor = "asked-for", 500, "This answer was asked for";
    /// The mock itself failed.
    Internal = "internal", 500, "The mock failed";
    /// The transfer coding of the body is not known.
    UnknownTransferCoding = "unknown-transfer-coding", 501, "The transfer coding is not known";
    /// The contract's own defect keeps the operation from being served.
    UnusableOperation = "unusable-operation", 501, "The operation cannot be served as it is described";
    /// No answer can be made that the contract allows.
    Unmakeable = "unmakeable", 501, "No answer can be made that the contract allows";
    /// The store of the mock's state cannot be reached.
    StoreGone = "store-gone", 503, "The store of the state cannot be reached";
    /// Too much is under way.
    Busy = "busy", 503, "The mock is busy";
    /// There is no room for another item.
    Full = "full", 507, "The mock is full";
    /// There is no room for another world.
    TooManyWorlds = "too-many-worlds", 507, "The mock has too many worlds";
}
