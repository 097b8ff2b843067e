//! The formats of texts: one entry for each, with its name, its check, how a text of it is made, and texts that are
//! nearly of it. `docs/wire.md` names them; a test in `validate/format.rs` holds each entry and the page against one
//! another.

use crate::model::MediaType;
use crate::model::format::grammar;
use crate::model::format::sample::{
    Length, Numbers, base64, date, date_time, email, grown, hostname, letter, time, uuid,
};

/// The judge of whether a text is of a format.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Check {
    /// The validator (`jsonschema`) knows the format.
    OfValidator,
    /// A function of etalon's own.
    Own(fn(&str) -> bool),
}

/// A format of texts that is asserted.
#[derive(Debug)]
pub(crate) struct TextFormat {
    /// The name of the format, as `format` gives it.
    pub(crate) name: &'static str,
    /// The judge of whether a text is of the format.
    pub(crate) check: Check,
    /// A text of it of such a length; `None` where the length cannot be met.
    pub(crate) sample: fn(Length, Numbers<'_>) -> Option<String>,
    /// Texts that are nearly of it, each wrong in one way.
    pub(crate) near_misses: &'static [&'static str],
}

impl TextFormat {
    /// True for the formats of addresses.
    pub(crate) fn is_address(&self) -> bool {
        matches!(self.name, "uri" | "uri-reference" | "url" | "iri" | "iri-reference")
    }

    /// The format of a name; `None` where no such format of texts is asserted.
    pub(crate) fn find(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|format| format.name == name)
    }

    /// All that are asserted: those of JSON Schema 2020-12 Validation §7.3, and those of the OpenAPI Format Registry that have
    /// a syntax of their own.
    pub(crate) const ALL: &'static [Self] = &[
        Self {
            name: "uuid",
            check: Check::OfValidator,
            sample: |length, numbers| length.of(uuid(numbers)),
            near_misses: &[
                "2f1c9a4e-7b3d-4c58-9e6f-0a1b2c3d4e5",
                "2f1c9a4e-7b3d-4c58-9e6f-0a1b2c3d4e5g",
                "2f1c9a4e7b3d4c589e6f0a1b2c3d4e5f0",
                "2f1c9a4e-7b3d-4c58-9e6f-0a1b2c3d4e5f0",
                "2f1c9a4e7-b3d-4c58-9e6f-0a1b2c3d4e5f",
                "2f1c9a4e_7b3d_4c58_9e6f_0a1b2c3d4e5f",
            ],
        },
        Self {
            name: "date",
            check: Check::OfValidator,
            sample: |length, numbers| length.of(date(numbers)),
            near_misses: &["2024-02-30", "2024-13-01", "2024-1-1", "2023-02-29", "2024-02-28T12:00:00Z", "28.02.2024"],
        },
        Self {
            name: "time",
            check: Check::OfValidator,
            sample: |length, numbers| length.of(time(numbers)),
            near_misses: &["25:00:00Z", "12:60:00Z", "12:00:00"],
        },
        Self {
            name: "date-time",
            check: Check::OfValidator,
            sample: date_time,
            near_misses: &[
                "2024-02-30T12:00:00Z",
                "2024-02-28 at noon",
                "2024-02-28T12:00:00",
                "2024-02-28",
                "2024-02-28T25:00:00Z",
                "2024-02-28T12:00Z",
                "2024-02-28T12:00:00Z and later",
                "1709121600",
            ],
        },
        Self {
            name: "duration",
            check: Check::OfValidator,
            sample: |length, numbers| length.of(format!("P{}DT{}H", numbers(30), 1 + numbers(23))),
            near_misses: &["1D", "P", "P1S"],
        },
        Self {
            name: "email",
            check: Check::OfValidator,
            sample: email,
            near_misses: &[
                "nobody",
                "@example.com",
                "nobody@",
                "no body@example.com",
                "to nobody@example.com now",
                "nobody@@example.com",
            ],
        },
        Self {
            name: "hostname",
            check: Check::OfValidator,
            sample: hostname,
            near_misses: &["-example.com", "exa mple.com", "example_.com!"],
        },
        Self {
            name: "ipv4",
            check: Check::OfValidator,
            sample: |length, numbers| length.of(format!("192.0.2.{}", numbers(256))),
            near_misses: &["256.0.0.1", "192.0.2", "192.0.2.1.1", "192.0.2.a", "192.0.2.1/24"],
        },
        Self {
            name: "ipv6",
            check: Check::OfValidator,
            sample: |length, numbers| length.of(format!("2001:db8::{:x}", numbers(0xffff))),
            near_misses: &["2001:db8:::1", "2001:db8::12345", "192.0.2.1"],
        },
        Self {
            name: "uri",
            check: Check::OfValidator,
            sample: |length, numbers| grown("https://example.com/", length, numbers),
            near_misses: &["/only/a/path", "https://exa mple.com/", "example.com"],
        },
        Self {
            name: "uri-reference",
            check: Check::OfValidator,
            sample: |length, numbers| grown("/", length, numbers),
            near_misses: &["/a path", "http://[::1/", "\\\\host\\share"],
        },
        Self {
            name: "iri",
            check: Check::OfValidator,
            sample: |length, numbers| grown("https://example.com/", length, numbers),
            near_misses: &["/only/a/path", "https://exa mple.com/", "example.com"],
        },
        Self {
            name: "iri-reference",
            check: Check::OfValidator,
            sample: |length, numbers| grown("/", length, numbers),
            near_misses: &["/a path", "http://[::1/", "\\\\host\\share"],
        },
        Self {
            name: "uri-template",
            check: Check::OfValidator,
            sample: |length, numbers| grown("/{id}/", length, numbers),
            near_misses: &["/{id", "/{id}}", "/{"],
        },
        Self {
            name: "json-pointer",
            check: Check::OfValidator,
            sample: |length, numbers| grown("/", length, numbers),
            near_misses: &["a", "/~", "/a~2"],
        },
        Self {
            name: "relative-json-pointer",
            check: Check::OfValidator,
            sample: |length, numbers| grown("0/", length, numbers),
            near_misses: &["/a", "-1/a", "01/a"],
        },
        Self {
            name: "regex",
            check: Check::Own(grammar::is_regex),
            sample: |length, numbers| grown("", Length { min: length.min.max(1), ..length }, numbers),
            near_misses: &["(", "[a", "a{2,1}"],
        },
        Self {
            name: "byte",
            check: Check::Own(grammar::is_base64),
            sample: base64,
            near_misses: &["YQ", "Y===", "a b="],
        },
        Self {
            name: "base64url",
            check: Check::Own(grammar::is_base64url),
            sample: |length, numbers| base64(length, numbers).map(|text| text.replace('+', "-").replace('/', "_")),
            near_misses: &["+/8=", "a b", "YQ.."],
        },
        Self {
            name: "char",
            check: Check::Own(|text| text.chars().take(2).count() == 1),
            sample: |length, numbers| length.of(letter(numbers).to_string()),
            near_misses: &["ab"],
        },
        Self {
            name: "http-date",
            check: Check::Own(grammar::is_http_date),
            sample: |length, numbers| {
                length.of(format!("Sun, 06 Nov 1994 08:{:02}:{:02} GMT", numbers(60), numbers(60)))
            },
            near_misses: &["1994-11-06T08:49:37Z", "Sun, 99 Nov 1994 08:49:37 GMT"],
        },
        Self {
            name: "date-time-local",
            check: Check::Own(grammar::is_local_date_time),
            sample: |length, numbers| length.of(format!("{}T{}", date(numbers), time(numbers).trim_end_matches('Z'))),
            near_misses: &["2024-02-28T12:00:00Z", "2024-02-30T12:00:00", "2024-02-28"],
        },
        Self {
            name: "time-local",
            check: Check::Own(grammar::is_local_time),
            sample: |length, numbers| length.of(time(numbers).trim_end_matches('Z').to_owned()),
            near_misses: &["12:00:00Z", "25:00:00", "12:00"],
        },
        Self {
            name: "media-range",
            check: Check::Own(|text| MediaType::parse(text).is_some()),
            sample: |length, numbers| grown("text/", Length { min: length.min.max(6), ..length }, numbers),
            near_misses: &["text", "text/", "text/a/b"],
        },
        Self {
            name: "sf-boolean",
            check: Check::Own(|text| matches!(text, "?0" | "?1")),
            sample: |length, numbers| length.of(format!("?{}", numbers(2))),
            near_misses: &["1", "true", "?2"],
        },
        Self {
            name: "sf-token",
            check: Check::Own(grammar::is_field_token),
            sample: |length, numbers| grown("", Length { min: length.min.max(1), ..length }, numbers),
            near_misses: &["1a", "a b", "\"a\""],
        },
        Self {
            name: "sf-string",
            check: Check::Own(grammar::is_field_string),
            sample: |length, numbers| {
                let inner =
                    Length { min: length.min.saturating_sub(2), max: length.max.map(|max| max.saturating_sub(2)) };
                grown("", inner, numbers).and_then(|text| length.of(format!("\"{text}\"")))
            },
            near_misses: &["a", "\"a", "\"\\a\""],
        },
        Self {
            name: "sf-binary",
            check: Check::Own(grammar::is_field_bytes),
            sample: |length, numbers| {
                let inner =
                    Length { min: length.min.saturating_sub(2), max: length.max.map(|max| max.saturating_sub(2)) };
                base64(inner, numbers).and_then(|text| length.of(format!(":{text}:")))
            },
            near_misses: &["YQ==", ":YQ==", ":a b:"],
        },
    ];
}
