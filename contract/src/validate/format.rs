//! The formats of the table (`model::format`), as the validator asks them: those of texts that it does not know itself,
//! and those that bound numbers.

use jsonschema::{Keyword, ValidationError, ValidationOptions};
use serde_json::Value;

use crate::model::{Check, NUMBER_FORMAT_KEYWORD, NumberFormat, TextFormat};

/// Teaches the validator these formats.
pub(crate) fn register<'i, R>(options: ValidationOptions<'i, R>) -> ValidationOptions<'i, R> {
    let texts = TextFormat::ALL.iter().fold(options, |options, format| match format.check {
        Check::OfValidator => options,
        Check::Own(check) => options.with_format(format.name, check),
    });
    texts.with_keyword(NUMBER_FORMAT_KEYWORD, |_, value, _| {
        let format = value.as_str().and_then(NumberFormat::find).unwrap_or(NumberFormat::Unbounded);
        Ok(Box::new(Range { format }))
    })
}

struct Range {
    format: NumberFormat,
}

impl Range {
    fn allows(&self, instance: &Value) -> bool {
        match instance {
            Value::Number(number) => self.format.allows(number),
            Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => true,
        }
    }
}

impl<'i> Keyword<'i> for Range {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        if self.allows(instance) { Ok(()) } else { Err(ValidationError::custom("out of the format's range")) }
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        self.allows(instance)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::model::Length;

    /// The page that says which formats are asserted.
    const PAGE: &str = include_str!("../../../docs/wire.md");

    #[test]
    fn every_format_of_the_table_is_told_of_and_judges_what_is_nearly_of_it() {
        let listed = PAGE.split_once("- **Formats** are asserted:").expect("the page tells of formats").1;
        let listed = listed.split("\n- **").next().unwrap_or(listed);
        for format in TextFormat::ALL {
            let judge = crate::validate::format_judge(&json!({"format": format.name}));
            assert!(listed.contains(&format!("`{}`", format.name)), "docs/wire.md does not name {}", format.name);
            assert!(!format.near_misses.is_empty(), "{} has no near misses", format.name);
            for text in format.near_misses {
                assert!(!judge.is_valid(&json!(text)), "{} {text}", format.name);
            }
            let text = (format.sample)(Length { min: 0, max: None }, &mut |_| 0).expect("there is one");
            assert!(judge.is_valid(&json!(text)), "{} {text}", format.name);
            assert!(judge.is_valid(&json!(1)), "{} speaks of texts", format.name);
        }
    }

    fn text_of(format: &TextFormat, length: Length, numbers: &[u64]) -> Option<String> {
        let mut left = numbers.iter();
        (format.sample)(length, &mut |bound| left.next().map_or(0, |number| number % bound))
    }

    proptest! {
        #[test]
        fn texts_are_of_the_format_that_they_are_made_for(
            numbers in prop::collection::vec(any::<u64>(), 0..80), which in 0..TextFormat::ALL.len()
        ) {
            let format = &TextFormat::ALL[which];
            let text = text_of(format, Length { min: 0, max: None }, &numbers).expect("there is one");
            let judge = crate::validate::format_judge(&json!({"format": format.name}));
            prop_assert!(judge.is_valid(&json!(text)), "{} {}", format.name, text);
        }

        #[test]
        fn addresses_and_links_grow_to_any_length(
            numbers in prop::collection::vec(any::<u64>(), 0..80), length in 20u64..250
        ) {
            for name in ["email", "uri", "hostname"] {
                let format = TextFormat::find(name).expect("it is in the table");
                let text = text_of(format, Length { min: length, max: Some(length) }, &numbers).expect("there is one");
                prop_assert_eq!(u64::try_from(text.chars().count()).expect("short"), length, "{} {}", name, &text);
                let judge = crate::validate::format_judge(&json!({"format": name}));
                prop_assert!(judge.is_valid(&json!(text)), "{} {}", name, text);
            }
        }
    }

    #[test]
    fn the_formats_of_the_registry_take_what_their_standards_take() {
        let cases: [(&str, &[&str], &[&str]); 7] = [
            ("byte", &["", "YQ==", "YWI=", "abcd123="], &["YQ", "Y===", "a b="]),
            ("base64url", &["YQ", "_-8", "YQ=="], &["+/8=", "a b"]),
            ("char", &["a", "é", "😀"], &["", "ab"]),
            (
                "http-date",
                &["Sun, 06 Nov 1994 08:49:37 GMT"],
                &["1994-11-06", "Sun, 06 Nov 1994 08:49:37 +0000", "Sun, 99 Nov 1994 08:49:37 GMT"],
            ),
            (
                "date-time-local",
                &["2024-02-29T10:00:00", "2024-02-29T10:00:00.5"],
                &["2023-02-29T10:00:00", "2024-02-29T10:00:00Z", "2024-02-29"],
            ),
            ("time-local", &["10:00:00", "23:59:60", "10:00:00.123"], &["24:00:00", "10:00", "10:00:00Z", "10:00:00."]),
            ("media-range", &["text/*", "a/b;q=1"], &["text", "a/b/c"]),
        ];
        for (format, good, bad) in cases {
            let judge = crate::validate::format_judge(&serde_json::json!({"format": format}));
            for text in good {
                assert!(judge.is_valid(&serde_json::json!(text)), "{format} {text}");
            }
            for text in bad {
                assert!(!judge.is_valid(&serde_json::json!(text)), "{format} {text}");
            }
            assert!(judge.is_valid(&serde_json::json!(1)));
        }
    }
}
