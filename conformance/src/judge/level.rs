//! How much a violation weighs. A `must` is said by the contract or a standard without doubt and fails a run; a `should` is
//! told, and fails it only where the user is strict. `docs/verdicts.md` lists each with its source.

use etalon_contract::codec;
use etalon_contract::document::Location;
use etalon_contract::model::{Contract, DOUBTFUL_NULL, DOUBTFUL_PATTERN, In, Operation, Route, SchemeKind};
use etalon_contract::rule::{Advice, Breach, Class, Keyword, Limit, Protocol, Row, Rule, Story, Subject};
use etalon_contract::validate::{self, Violation};

use crate::judge::story::{LEFT_OUT, NOT_LISTED, OWN_VALUE};
use crate::transcript::Exchange;
use crate::verdict::{Failure, FailureKind, Level};

/// Header fields of HTTP itself, whose syntax is HTTP's to judge: a server may ignore what it cannot read
/// (RFC 9110 §13.1, §14.2).
const OWN_FIELDS: [&str; 9] = [
    "if-match",
    "if-none-match",
    "if-modified-since",
    "if-unmodified-since",
    "if-range",
    "range",
    "accept-language",
    "prefer",
    "idempotency-key",
];

/// The level of a violation of a row, shown by an exchange.
#[must_use]
pub fn level(
    contract: &Contract,
    operation: &Operation,
    row: &Row,
    failure: &Failure,
    shown: Option<&Exchange>,
) -> Level {
    match &failure.kind {
        // A failure of the server is one whatever is documented (RFC 9110 §15.6).
        FailureKind::ServerError(_) | FailureKind::Crash => Level::Must,
        // "The documentation is not necessarily expected to cover all possible HTTP response codes … but it is expected to
        // cover a successful operation response and any known errors" (OpenAPI 3.1.1 §4.8.16).
        FailureKind::UndocumentedStatus(400..=499) => Level::Should,
        FailureKind::UndocumentedStatus(_) => Level::Must,
        // 403 for 401: who asks is turned away all the same (RFC 9110 §15.5.4).
        FailureKind::WrongStatus(401 | 403) => Level::Should,
        FailureKind::WrongStatus(400) if matches!(row.rule, Rule::Response(_)) => Level::Should,
        FailureKind::WrongStatus(_) => Level::Must,
        FailureKind::Field(name) => field(operation, name),
        FailureKind::AcceptedInvalid if shown.is_some_and(|shown| overlaps(contract, operation, shown)) => {
            Level::Should
        }
        FailureKind::AcceptedInvalid => accepted(row, shown),
        FailureKind::RefusedValid(_) if is_body_by_default(contract, operation, row) || is_choice(row) => Level::Should,
        // What a patch changes is for its media type to say (RFC 5789 §2); that of plain JSON says nothing.
        FailureKind::State(_)
            if matches!(row.rule, Rule::Story(Story::ChangedIsRead))
                && operation.method.as_str() == "PATCH"
                && !operation.patches_by_merging() =>
        {
            Level::Should
        }
        // A PUT replaces what there was (RFC 9110 §9.3.4); many targets keep what it does not name.
        FailureKind::State(_) if matches!(row.rule, Rule::Story(Story::UnnamedGo)) => Level::Should,
        // A parameter that is described by no word may choose in another way than its name says.
        FailureKind::State(_)
            if matches!(row.rule, Rule::Story(Story::FilterChooses | Story::SortOrders))
                && !is_described(operation, row) =>
        {
            Level::Should
        }
        // A list may leave out what is new, empty or not the caller's: neither HTTP nor OpenAPI says that it shows everything.
        FailureKind::State(NOT_LISTED | LEFT_OUT) => Level::Should,
        // What the target fills in by itself may be its own to say, where no document marks it `readOnly`.
        FailureKind::State(OWN_VALUE) => Level::Should,
        FailureKind::RefusedValid(_) | FailureKind::Nonconforming(_) | FailureKind::State(_) => Level::Must,
    }
}

/// True where the parameter of a row has a description.
fn is_described(operation: &Operation, row: &Row) -> bool {
    let Subject::Parameter { place, name } = &row.subject else { return true };
    let told = operation.parameter(*place, name).and_then(|parameter| parameter.description.as_deref());
    told.is_some_and(|told| !told.trim().is_empty())
}

/// True where a row speaks of content that may be left out by default alone: documents seldom say `required`, whose default is
/// false (OpenAPI 3.1.1 §4.8.13), and mean it.
fn is_body_by_default(contract: &Contract, operation: &Operation, row: &Row) -> bool {
    matches!((&row.rule, &row.subject), (Rule::Limit(Limit::Omitted), Subject::Body))
        && row.pointer.as_str().is_empty()
        && operation
            .body
            .as_ref()
            .is_some_and(|body| contract.document().node(&body.at).is_some_and(|node| node.get("required").is_none()))
}

/// True where a row speaks of one of several values or branches, which may ask for others beside it that no schema tells: a server may
/// refuse what is well-formed and does not go together (RFC 9110 §15.5.21).
fn is_choice(row: &Row) -> bool {
    match &row.rule {
        Rule::Limit(limit) => {
            let keyword = limit.breach().and_then(Breach::keyword);
            keyword.is_some_and(|keyword| matches!(keyword.class(), Class::Listed | Class::Alternatives))
        }
        Rule::Advice(Advice::Discriminator { .. }) => true,
        Rule::Advice(Advice::ReadOnly) | Rule::Protocol(_) | Rule::Security(_) | Rule::Response(_) | Rule::Story(_) => {
            false
        }
    }
}

/// A field that is missing or wrong.
fn field(operation: &Operation, name: &str) -> Level {
    match name {
        // A header that is not marked as required may be left out (OpenAPI 3.1.1 §4.8.21); RFC 9110 §15.3.2 lets a 201 do
        // without.
        "location" => Level::Should,
        // The challenge is HTTP's own (RFC 9110 §11.6.1); keys and cookies have no registered scheme to name in one.
        "www-authenticate" => {
            let schemes = operation.security.iter().flat_map(|alternative| &alternative.schemes);
            let mut http = schemes.filter(|(scheme, _)| {
                matches!(scheme.kind, SchemeKind::Http { .. } | SchemeKind::OAuth2 | SchemeKind::OpenIdConnect)
            });
            if http.next().is_some() { Level::Must } else { Level::Should }
        }
        _ => Level::Must,
    }
}

/// Something that the contract does not have was accepted.
fn accepted(row: &Row, shown: Option<&Exchange>) -> Level {
    match (&row.rule, &row.subject) {
        // A server may know more methods, paths and media types than one document describes.
        (Rule::Protocol(Protocol::MethodNotAllowed | Protocol::UnknownPath | Protocol::UnsupportedMediaType), _) => {
            Level::Should
        }
        // A value that fits two branches breaks the document's `oneOf`, which seldom meant to forbid it.
        (Rule::Limit(Limit::Overlap { .. }), _) => Level::Should,
        (Rule::Limit(_), Subject::Parameter { place: In::Header, name })
            if OWN_FIELDS.iter().any(|own| name.eq_ignore_ascii_case(own)) =>
        {
            Level::Should
        }
        // An empty field says as little.
        (Rule::Limit(limit), Subject::Parameter { place: In::Header, name })
            if is_of_type(limit)
                && shown.is_some_and(|exchange| exchange.request.headers.get(name).is_some_and(str::is_empty)) =>
        {
            Level::Should
        }
        // `?active=` stands for no value in most frameworks, and `allowEmptyValue` says so in OpenAPI 3.0.4 §4.7.12.2. What
        // only a text breaks, such as a pattern, says that there is one.
        (Rule::Limit(limit), Subject::Parameter { place: In::Query, name })
            if is_of_type(limit) && shown.is_some_and(|exchange| sends_empty(exchange, name)) =>
        {
            Level::Should
        }
        _ => Level::Must,
    }
}

/// True where all that is wrong with a request is that values of it fit more than one alternative, whatever its row set out to break.
fn overlaps(contract: &Contract, operation: &Operation, shown: &Exchange) -> bool {
    let request = &shown.request;
    let Route::Found { operation: found, captures } = contract.route(&request.method, &request.target) else {
        return false;
    };
    if found != operation.index {
        return false;
    }
    let decoded = codec::decode(contract, operation, &captures, request);
    let violations = validate::request(contract, operation, &decoded).unwrap_or_default();
    !violations.is_empty() && violations.iter().all(Violation::fits_several)
}

/// True where a limit says of what type or which of a few a value is, rather than how its text must be.
fn is_of_type(limit: &Limit) -> bool {
    let keyword = limit.breach().and_then(Breach::keyword);
    matches!(keyword, Some(Keyword::Type | Keyword::Enum | Keyword::Format))
}

/// True where a request has the query parameter with nothing behind its equals sign.
fn sends_empty(exchange: &Exchange, name: &str) -> bool {
    let query = exchange.request.target.split_once('?').map_or("", |(_, query)| query);
    query.split('&').any(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        value.is_empty() && percent_encoding::percent_decode_str(key).decode_utf8_lossy() == name
    })
}

/// The reason why a violation of a row decides nothing, since the document can be read in two ways; `None` where it cannot.
#[must_use]
pub fn doubt(contract: &Contract, row: &Row, shown: Option<&Exchange>) -> Option<&'static str> {
    let Rule::Limit(limit) = &row.rule else { return None };
    let Some(Breach::Keyword { at, keyword, .. }) = limit.breach() else { return None };
    let owner = at.pointer.parent().map(|pointer| Location { file: at.file, pointer })?;
    let marked = |mark: &str| contract.document().node(&owner).is_some_and(|node| node.get(mark).is_some());
    let says_null = |exchange: &Exchange| {
        exchange.request.body.windows(4).any(|bytes| bytes == b"null") || exchange.request.target.contains("null")
    };
    if *keyword == Keyword::Pattern && marked(DOUBTFUL_PATTERN) {
        return Some(
            "the pattern was surely meant in another dialect than ECMA-262, which decides (JSON Schema Core §6.4)",
        );
    }
    let speaks_of_null = matches!(limit, Limit::Null { .. }) || shown.is_some_and(says_null);
    (speaks_of_null && marked(DOUBTFUL_NULL))
        .then_some("the document is read both ways: nullable, and an enum without null (OpenAPI 3.0.3 §4.7.24)")
}
