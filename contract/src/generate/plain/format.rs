//! Texts of the formats that are asserted, and near misses of each.

use crate::generate::Choices;
use crate::generate::plain::pattern::{letter, letters};
use crate::model::{FormatOf, asserted_format};

/// A text of a format, within a length where the format leaves one free; `None` for formats that assert nothing, or where
/// the length cannot be met.
pub(crate) fn sample(format: &str, min: u64, max: Option<u64>, choices: &mut dyn Choices) -> Option<String> {
    let text = match format {
        "uuid" => uuid(choices),
        "date" => date(choices),
        "time" => time(choices),
        "date-time" => return date_time(min, max, choices),
        "duration" => format!("P{}DT{}H", choices.below(30), 1 + choices.below(23)),
        "email" | "idn-email" => return email(min, max, choices),
        "hostname" | "idn-hostname" => return hostname(min, max, choices),
        "ipv4" => format!("192.0.2.{}", choices.below(256)),
        "ipv6" => format!("2001:db8::{:x}", choices.below(0xffff)),
        "uri" | "iri" | "url" => return grown("https://example.com/", min, max, choices),
        "uri-reference" | "iri-reference" => return grown("/", min, max, choices),
        "uri-template" => return grown("/{id}/", min, max, choices),
        "json-pointer" => return grown("/", min, max, choices),
        "relative-json-pointer" => return grown("0/", min, max, choices),
        "regex" => return grown("", min.max(1), max, choices),
        "byte" => return base64(min, max, choices),
        "base64url" => return base64(min, max, choices).map(|text| text.replace('+', "-").replace('/', "_")),
        "char" => letter(choices).to_string(),
        "http-date" => format!("Sun, 06 Nov 1994 08:{:02}:{:02} GMT", choices.below(60), choices.below(60)),
        "date-time-local" => format!("{}T{}", date(choices), time(choices).trim_end_matches('Z')),
        "time-local" => time(choices).trim_end_matches('Z').to_owned(),
        "media-range" => return grown("text/", min.max(6), max, choices),
        _ => return None,
    };
    let length = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
    (min <= length && max.is_none_or(|max| length <= max)).then_some(text)
}

/// Texts that are nearly of the format, each wrong in one way; empty for formats that assert nothing.
pub(crate) fn near_misses(format: &str) -> &'static [&'static str] {
    match format {
        "uuid" => &[
            "2f1c9a4e-7b3d-4c58-9e6f-0a1b2c3d4e5",
            "2f1c9a4e-7b3d-4c58-9e6f-0a1b2c3d4e5g",
            "2f1c9a4e7b3d4c589e6f0a1b2c3d4e5f0",
        ],
        "date" => &["2024-02-30", "2024-13-01", "2024-1-1"],
        "time" => &["25:00:00Z", "12:60:00Z", "12:00:00"],
        "date-time" => &["2024-02-30T12:00:00Z", "2024-02-28 at noon", "2024-02-28T12:00:00"],
        "duration" => &["1D", "P", "P1S"],
        "email" => &["nobody", "@example.com", "nobody@"],
        "hostname" => &["-example.com", "exa mple.com", "example_.com!"],
        "ipv4" => &["256.0.0.1", "192.0.2", "192.0.2.1.1"],
        "ipv6" => &["2001:db8:::1", "2001:db8::12345", "192.0.2.1"],
        "uri" | "iri" => &["/only/a/path", "https://exa mple.com/", "example.com"],
        "uri-reference" | "iri-reference" => &["/a path", "http://[::1/", "\\\\host\\share"],
        "uri-template" => &["/{id", "/{id}}", "/{"],
        "json-pointer" => &["a", "/~", "/a~2"],
        "relative-json-pointer" => &["/a", "-1/a", "01/a"],
        "regex" => &["(", "[a", "a{2,1}"],
        "byte" => &["YQ", "Y===", "a b="],
        "base64url" => &["+/8=", "a b", "YQ.."],
        "char" => &["ab"],
        "http-date" => &["1994-11-06T08:49:37Z", "Sun, 99 Nov 1994 08:49:37 GMT"],
        "date-time-local" => &["2024-02-28T12:00:00Z", "2024-02-30T12:00:00", "2024-02-28"],
        "time-local" => &["12:00:00Z", "25:00:00", "12:00"],
        "media-range" => &["text", "text/", "text/a/b"],
        _ => &[],
    }
}

/// True for the formats of texts that are asserted.
pub(crate) fn is_known(format: &str) -> bool {
    asserted_format(format) == Some(FormatOf::Text)
}

fn hex(count: usize, choices: &mut dyn Choices) -> String {
    (0..count).map(|_| char::from(b"0123456789abcdef"[index(choices.below(16))])).collect()
}

fn index(small: u64) -> usize {
    usize::try_from(small).expect("a small number")
}

fn uuid(choices: &mut dyn Choices) -> String {
    let variant = ['8', '9', 'a', 'b'][index(choices.below(4))];
    format!(
        "{}-{}-4{}-{variant}{}-{}",
        hex(8, choices),
        hex(4, choices),
        hex(3, choices),
        hex(3, choices),
        hex(12, choices)
    )
}

fn date(choices: &mut dyn Choices) -> String {
    format!("{}-{:02}-{:02}", 2024 + choices.below(3), 1 + choices.below(12), 1 + choices.below(28))
}

fn time(choices: &mut dyn Choices) -> String {
    format!("{:02}:{:02}:{:02}Z", choices.below(24), choices.below(60), choices.below(60))
}

/// RFC 3339 §5.6: 20 characters with `Z`, 22 and more with a fraction of a second.
fn date_time(min: u64, max: Option<u64>, choices: &mut dyn Choices) -> Option<String> {
    let text = format!("{}T{}", date(choices), time(choices));
    match min {
        0..=20 => max.is_none_or(|max| max >= 20).then_some(text),
        // A fraction has a point and a digit at least.
        21 => max.is_none_or(|max| max >= 22).then(|| text.replace('Z', ".0Z")),
        _ => {
            let digits: String = (0..min.min(40) - 21)
                .map(|_| char::from(b'0' + u8::try_from(choices.below(10)).expect("a digit")))
                .collect();
            (min <= 40).then(|| text.replace('Z', &format!(".{digits}Z")))
        }
    }
}

/// RFC 5321 §4.5.3.1: a local part has at most 64 octets, a domain 255.
fn email(min: u64, max: Option<u64>, choices: &mut dyn Choices) -> Option<String> {
    const DOMAIN: &str = "@example.com";
    let domain = 12;
    let most = max.unwrap_or(u64::MAX);
    if most < 6 {
        return None;
    }
    if most < domain + 1 {
        return Some(format!("{}@{}.io", letter(choices), letters(most.saturating_sub(5).max(1), choices)));
    }
    if min <= domain + 64 {
        let low = min.saturating_sub(domain).max(1);
        let high = most.min(domain + 64) - domain;
        let spread = (high - low).min(10);
        let length = if spread < 10 { high } else { low + spread };
        return Some(letters(length.max(low), choices) + DOMAIN);
    }
    let host = hostname(min - 65, Some(most - 65), choices)?;
    Some(format!("{}@{host}", letters(64, choices)))
}

/// RFC 1123 §2.1: labels of at most 63 octets, 253 in all.
fn hostname(min: u64, max: Option<u64>, choices: &mut dyn Choices) -> Option<String> {
    const DOMAIN: &str = "example.com";
    let most = max.unwrap_or(253).min(253);
    if min > most || most < 1 {
        return None;
    }
    if most < 13 {
        return Some(letters(most, choices));
    }
    let wanted = min.max(13 + choices.below((most - 13).min(6) + 1));
    let mut left = wanted - 11;
    let mut text = String::new();
    while left > 0 {
        // A label and its dot; never leave a single dot for the end.
        let take = if left <= 64 {
            left
        } else if left == 65 {
            63
        } else {
            64
        };
        text.push_str(&letters(take - 1, choices));
        text.push('.');
        left -= take;
    }
    Some(text + DOMAIN)
}

/// A text that starts so and goes on in letters.
fn grown(start: &str, min: u64, max: Option<u64>, choices: &mut dyn Choices) -> Option<String> {
    let start_length = u64::try_from(start.chars().count()).ok()?;
    let low = min.max(start_length);
    let high = max.unwrap_or(low.saturating_add(12));
    (low <= high).then(|| {
        let length = low + choices.below((high - low).min(12) + 1);
        format!("{start}{}", letters(length - start_length, choices))
    })
}

fn base64(min: u64, max: Option<u64>, choices: &mut dyn Choices) -> Option<String> {
    let groups = min.div_ceil(4);
    let most = max.map_or(groups + 3, |max| max / 4);
    (groups <= most).then(|| {
        let count = groups + choices.below((most - groups).min(3) + 1);
        let bytes: Vec<u8> = (0..count * 3).map(|_| u8::try_from(choices.below(256)).expect("below 256")).collect();
        data_encoding::BASE64.encode(&bytes)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::generate::Numbers;

    const FORMATS: [&str; 24] = [
        "base64url",
        "char",
        "http-date",
        "date-time-local",
        "time-local",
        "media-range",
        "iri",
        "iri-reference",
        "uuid",
        "date",
        "time",
        "date-time",
        "duration",
        "email",
        "hostname",
        "ipv4",
        "ipv6",
        "uri",
        "uri-reference",
        "uri-template",
        "json-pointer",
        "relative-json-pointer",
        "regex",
        "byte",
    ];

    fn judge(format: &str) -> jsonschema::Validator {
        crate::validate::format_judge(&json!({"format": format}))
    }

    proptest! {
        #[test]
        fn samples_are_of_the_format(numbers in prop::collection::vec(any::<u64>(), 0..80), which in 0..FORMATS.len()) {
            let text = sample(FORMATS[which], 0, None, &mut Numbers::new(&numbers)).expect("there is one");
            prop_assert!(judge(FORMATS[which]).is_valid(&json!(text)), "{} {text}", FORMATS[which]);
        }

        #[test]
        fn addresses_and_links_grow_to_any_length(numbers in prop::collection::vec(any::<u64>(), 0..80), length in 20u64..250) {
            for format in ["email", "uri", "hostname"] {
                let text = sample(format, length, Some(length), &mut Numbers::new(&numbers)).expect("there is one");
                prop_assert_eq!(u64::try_from(text.chars().count()).expect("short"), length, "{} {}", format, &text);
                prop_assert!(judge(format).is_valid(&json!(text)), "{format} {text}");
            }
        }
    }

    #[test]
    fn near_misses_miss() {
        for format in FORMATS {
            assert!(is_known(format) && !near_misses(format).is_empty(), "{format}");
            for text in near_misses(format) {
                assert!(!judge(format).is_valid(&json!(text)), "{format} {text}");
            }
        }
    }
}
