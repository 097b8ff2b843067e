//! The law of this floor: what was written is read back as the same value, or it was refused. Tables show what each style
//! and media type looks like; generated values show that nothing else comes back.

mod bodies;
mod bounds;
mod curl;
mod parameters;
mod parts;
mod shipped;
mod xml;

use etalon_contract::codec;

/// The page that tells people what has a wire form.
const PAGE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/wire.md"));

#[test]
fn the_page_tells_the_limits_as_they_are() {
    let exponent = usize::try_from(codec::MAX_EXPONENT).expect("it is small");
    let schemas = usize::try_from(codec::MAX_SCHEMAS).expect("it is small");
    let rows = [
        ("nesting of JSON", grouped(codec::MAX_DEPTH)),
        ("nesting of XML", grouped(codec::MAX_XML_DEPTH)),
        ("values in one document or stream, elements and attributes in XML", grouped(codec::MAX_VALUES)),
        ("attributes of one element", grouped(codec::MAX_ATTRIBUTES)),
        (
            "characters of a number; its exponent",
            format!("{}; ±{} (", grouped(codec::MAX_NUMBER_LENGTH), grouped(exponent)),
        ),
        ("pairs in a query, a form, the cookies", grouped(codec::MAX_PAIRS)),
        (
            "parts of a multipart body; bytes of one part's header",
            format!("{}; {}", grouped(codec::MAX_PARTS), grouped(codec::MAX_PART_HEADER)),
        ),
        ("brackets in a deepObject name", grouped(codec::MAX_BRACKETS)),
        ("schemas looked at to read one text", format!("{};", grouped(schemas))),
    ];
    for (what, bound) in rows {
        let row = format!("| {what} | {bound}");
        assert!(PAGE.contains(&row), "docs/wire.md does not have the row `{row}`");
    }
}

/// A number with its thousands grouped: `200,000`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
