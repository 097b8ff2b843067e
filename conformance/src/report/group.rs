//! Groups of rows, as reports show them.

use etalon_contract::rule::{Protocol, Row, Rule, Side};

/// A group of rows, as reports count them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Values at a limit, which are accepted.
    Limits,
    /// Values past a limit, which are refused.
    Invalid,
    /// The requirements of HTTP.
    Protocol,
    /// The credentials that let a caller in.
    Security,
    /// The responses that are documented.
    Responses,
    /// The effects of operations on each other.
    Stateful,
}

impl Group {
    /// All, in the order of reports.
    pub const ALL: [Self; 6] =
        [Self::Limits, Self::Invalid, Self::Protocol, Self::Security, Self::Responses, Self::Stateful];

    /// The group of a row.
    #[must_use]
    pub fn of(row: &Row) -> Self {
        match &row.rule {
            Rule::Limit(limit) => Self::of_side(limit.side()),
            Rule::Advice(advice) => Self::of_side(advice.side()),
            Rule::Protocol(Protocol::Malformed(_) | Protocol::Empty) => Self::Invalid,
            Rule::Protocol(
                Protocol::Unusual(_)
                | Protocol::UnsupportedMediaType
                | Protocol::NotAcceptable
                | Protocol::MethodNotAllowed
                | Protocol::UnknownPath
                | Protocol::Usual(_)
                | Protocol::HeadIsGet
                | Protocol::Tag(_),
            ) => Self::Protocol,
            Rule::Security(_) => Self::Security,
            Rule::Response(_) => Self::Responses,
            Rule::Story(_) => Self::Stateful,
        }
    }

    fn of_side(side: Side) -> Self {
        match side {
            Side::At => Self::Limits,
            Side::Past => Self::Invalid,
        }
    }

    /// The word for it in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Limits => "limits",
            Self::Invalid => "invalid",
            Self::Protocol => "protocol",
            Self::Security => "security",
            Self::Responses => "responses",
            Self::Stateful => "stateful",
        }
    }
}
