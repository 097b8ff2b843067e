//! Companies, goods, money.

use crate::generate::Choices;
use crate::generate::Locale;
use crate::generate::plain::words::places::places;
use crate::generate::plain::words::{capital, digits, lists, pick};

/// A text about companies, goods or money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trade {
    Company,
    Goods,
    Currency,
    Price,
    Iban,
    Bic,
    Card,
    Sku,
    Barcode,
    Number,
    Colour,
    ColourCode,
}

/// A text of a kind that is about trade.
pub(super) fn text(kind: Trade, locale: Locale, choices: &mut dyn Choices) -> String {
    match kind {
        Trade::Company => format!(
            "{} {} {}",
            capital(pick(lists::THINGS, choices)),
            pick(lists::TRADES, choices),
            pick(lists::FORMS, choices)
        ),
        Trade::Goods => format!("{} {}", pick(lists::MATERIALS, choices), pick(lists::GOODS, choices)),
        Trade::Currency => {
            places(locale).map_or_else(|| pick(lists::CURRENCIES, choices), |places| places.currency).to_owned()
        }
        Trade::Price => {
            format!("{}.{}", 5 + choices.below(495), ["00", "50", "90", "95", "99"][usize::from(below(5, choices))])
        }
        Trade::Iban => iban(choices),
        Trade::Bic => format!("{}DEFF", ["ETAL", "MARK", "NORD", "VOLK"][usize::from(below(4, choices))]),
        // The first digits are those that card companies keep for tests.
        Trade::Card => checked(&format!("424242{}", digits(9, choices))),
        Trade::Sku => format!(
            "{}-{}",
            pick(lists::THINGS, choices).chars().take(3).collect::<String>().to_uppercase(),
            digits(5, choices)
        ),
        Trade::Barcode => barcode(choices),
        Trade::Number => format!("{}-{}", 2024 + choices.below(3), digits(6, choices)),
        Trade::Colour => pick(lists::COLOURS, choices).0.to_owned(),
        Trade::ColourCode => pick(lists::COLOURS, choices).1.to_owned(),
    }
}

fn below(bound: u8, choices: &mut dyn Choices) -> u8 {
    u8::try_from(choices.below(u64::from(bound))).unwrap_or(0)
}

/// An account number in the form of Germany, of a bank that does not exist (ISO 13616).
fn iban(choices: &mut dyn Choices) -> String {
    let account = format!("00000000{}", digits(10, choices));
    // `DE` is 1314, and the check digits count as zeros.
    let rest = format!("{account}131400").bytes().fold(0_u32, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
    format!("DE{:02}{account}", 98 - rest)
}

/// Digits with the one that makes their sum right (ISO/IEC 7812-1, Annex B).
fn checked(digits: &str) -> String {
    format!("{digits}{}", (10 - luhn(&format!("{digits}0"))) % 10)
}

/// The last digit of the sum of digits, every second one doubled, from the right.
pub(super) fn luhn(digits: &str) -> u32 {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, digit)| match u32::from(digit - b'0') {
            digit if at % 2 == 0 => digit,
            digit => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    sum % 10
}

/// A GTIN-13 with the prefix that shops keep for themselves (GS1: 200 to 299).
fn barcode(choices: &mut dyn Choices) -> String {
    let digits = format!("20{}", digits(10, choices));
    let sum: u32 =
        digits.bytes().zip([1, 3].into_iter().cycle()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}
