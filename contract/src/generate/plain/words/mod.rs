//! Believable texts by the name of the member that holds them. All invented: no real person, only reserved domains
//! (RFC 2606), documentation addresses (RFC 5737, RFC 3849) and numbers that nobody has. The members of one object agree: the
//! postal code is that of the city, the e-mail address that of the name.
//!
//! In reading order: the words of a name (`spelling`), the kind of text that they tell (`kind`), the words that texts are made
//! of (`lists`, `places` of a locale), and texts of each kind: `people` and where they live, `trade`, `web`, `prose`, `moments`; then numbers by their
//! names (`numbers`).

mod kind;
mod lists;
mod places;
mod spelling;

mod moments;
mod people;
mod prose;
mod trade;
mod web;

mod numbers;

pub(crate) use numbers::range_by_name;
pub(crate) use people::{in_address, parts as name_parts, whole as whole_name};

use crate::generate::plain::words::kind::{Kind, kind};
use crate::generate::plain::words::people::Person;
use crate::generate::plain::words::spelling::parted;
use crate::generate::plain::words::trade::Trade;
use crate::generate::plain::words::web::Web;
use crate::generate::{Choices, Data};

/// A text that fits a member's name; `None` where the name says nothing.
pub(crate) fn by_name(name: &str, data: &Data, choices: &mut dyn Choices) -> Option<String> {
    let kind = kind(name)?;
    let words = parted(name);
    let who = words.split_last().map_or_else(String::new, |(_, before)| before.join(" "));
    Some(of_kind(kind, &who, data, choices))
}

/// A text that tells what it is, for a name that says it: a domain name, an e-mail address, a code of a language or a country.
/// `None` for names of what is only an identifier, or of anything that people write.
pub(crate) fn telling(name: &str, choices: &mut dyn Choices) -> Option<String> {
    let is_telling = matches!(
        kind(name)?,
        Kind::Web(Web::Host | Web::Slug | Web::FileName | Web::Address4 | Web::Address6 | Web::Version)
            | Kind::Person(Person::Email | Person::UserName | Person::Language | Person::CountryCode | Person::Country)
            | Kind::Trade(Trade::Currency | Trade::Sku | Trade::Iban)
    );
    if is_telling { by_name(name, &Data::default(), choices) } else { None }
}

/// A text of a kind; `who` tells apart the people and places of one object.
fn of_kind(kind: Kind, who: &str, data: &Data, choices: &mut dyn Choices) -> String {
    match kind {
        Kind::Person(person) => people::text(person, who, data.locale, choices),
        Kind::Trade(trade) => trade::text(trade, data.locale, choices),
        Kind::Web(web) => web::text(web, data, choices),
        Kind::Time(time) => moments::text(time, choices),
        Kind::Prose(prose) => prose::text(prose, choices),
    }
}

/// A text that fits what a member is said to be; `None` where its description tells nothing.
pub(crate) fn by_description(description: &str, data: &Data, choices: &mut dyn Choices) -> Option<String> {
    /// The words of descriptions for kinds of things.
    const SAID: [(&str, Kind); 20] = [
        ("iso 639", Kind::Person(Person::Language)),
        ("bcp 47", Kind::Person(Person::Language)),
        ("language code", Kind::Person(Person::Language)),
        ("domain name", Kind::Web(Web::Host)),
        ("email", Kind::Person(Person::Email)),
        ("e-mail", Kind::Person(Person::Email)),
        ("first name", Kind::Person(Person::GivenName)),
        ("given name", Kind::Person(Person::GivenName)),
        ("last name", Kind::Person(Person::FamilyName)),
        ("family name", Kind::Person(Person::FamilyName)),
        ("full name", Kind::Person(Person::FullName)),
        ("phone number", Kind::Person(Person::Phone)),
        ("url of", Kind::Web(Web::Url)),
        ("two-letter country", Kind::Person(Person::CountryCode)),
        ("iso 3166", Kind::Person(Person::CountryCode)),
        ("country", Kind::Person(Person::Country)),
        ("iso 4217", Kind::Trade(Trade::Currency)),
        ("currency", Kind::Trade(Trade::Currency)),
        ("postal code", Kind::Person(Person::PostalCode)),
        ("city", Kind::Person(Person::City)),
    ];
    // The first words say what it is; later ones say what it is for.
    let start: String = description.chars().take(40).collect::<String>().to_lowercase();
    let (_, kind) = SAID.iter().find(|(said, _)| start.contains(said))?;
    Some(of_kind(*kind, "", data, choices))
}

/// The name of a member that says the same as a format which asserts nothing.
pub(crate) fn of_format(format: &str) -> Option<&'static str> {
    /// Formats that documents use beside those of the standards.
    const FORMATS: [(&str, &str); 24] = [
        ("decimal", "price"),
        ("decimal128", "price"),
        ("money", "price"),
        ("currency", "currency"),
        ("phone", "phone"),
        ("phone-number", "phone"),
        ("phonenumber", "phone"),
        ("tel", "phone"),
        ("telephone", "phone"),
        ("color", "hex_color"),
        ("colour", "hex_color"),
        ("color-hex", "hex_color"),
        ("slug", "slug"),
        ("mime-type", "mime_type"),
        ("ip", "ip"),
        ("mac", "mac"),
        ("semver", "version"),
        ("iban", "iban"),
        ("bic", "bic"),
        ("zip", "zip"),
        ("zip-code", "zip"),
        ("postal-code", "zip"),
        ("country", "country_code"),
        ("country-code", "country_code"),
    ];
    FORMATS.iter().find(|(known, _)| *known == format).map(|(_, word)| *word)
}

/// A picture of the mock's own, where a member of that name is to be one.
pub(crate) fn picture(name: &str, data: &Data, choices: &mut dyn Choices) -> Option<String> {
    data.pictures.as_ref()?;
    let kind = kind(name).filter(|kind| matches!(kind, Kind::Web(Web::Picture | Web::Avatar)))?;
    Some(of_kind(kind, "", data, choices))
}

/// A text about nothing.
pub(crate) fn any(choices: &mut dyn Choices) -> String {
    format!("{} {}", pick(lists::QUALITIES, choices), pick(lists::THINGS, choices))
}

/// Six characters that are seldom the same twice.
pub(crate) fn mark(choices: &mut dyn Choices) -> String {
    (0..6).map(|_| char::from(b"abcdefghjkmnpqrstuvwxyz23456789"[index(choices.below(31))])).collect()
}

/// A text with a digit for each `#`.
fn filled(form: &str, choices: &mut dyn Choices) -> String {
    form.chars()
        .map(|sign| if sign == '#' { char::from(b"0123456789"[index(choices.below(10))]) } else { sign })
        .collect()
}

/// A text of so many digits.
fn digits(count: usize, choices: &mut dyn Choices) -> String {
    (0..count).map(|_| char::from(b"0123456789"[index(choices.below(10))])).collect()
}

fn pick<T: Copy>(words: &[T], choices: &mut dyn Choices) -> T {
    words[index(choices.below(count(words)))]
}

/// The same one for all members of an object that ask for it by one name.
fn agreed<T: Copy>(words: &[T], what: &str, choices: &mut dyn Choices) -> T {
    words[index(choices.together(what, count(words)))]
}

fn count<T>(words: &[T]) -> u64 {
    u64::try_from(words.len()).expect("a short list")
}

fn index(small: u64) -> usize {
    usize::try_from(small).expect("a small number")
}

/// A word with its first letter in upper case.
fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::Seeded;
    use crate::generate::plain::words::moments::Time;

    fn made(seed: u64, names: &[&str]) -> Vec<String> {
        let mut choices = Seeded::new(seed, ["an object"]);
        let of = |name: &&str| {
            let entered = choices.enter(name);
            let text = by_name(name, &Data::default(), &mut choices).unwrap_or_default();
            choices.leave(entered);
            text
        };
        names.iter().map(of).collect()
    }

    #[test]
    fn the_members_of_one_object_agree() {
        for seed in 0..50 {
            let [given, family, full, email]: [String; 4] =
                made(seed, &["firstName", "last_name", "full_name", "email"]).try_into().expect("four");
            assert_eq!(full, format!("{given} {family}"));
            assert!(email.starts_with(&given.to_lowercase()) && email.ends_with("@example.com"), "{full} {email}");
            let place = made(seed, &["city", "state_name", "zip", "country", "countryCode", "region"]);
            let found = lists::CITIES.iter().find(|(city, ..)| *city == place[0]).expect("a city of the list");
            assert_eq!((place[3].as_str(), place[4].as_str(), place[5].as_str()), (found.3, found.4, found.1));
            assert!(place[2].starts_with(found.2), "{place:?}");
            let two = made(seed, &["buyerName", "sellerName", "buyerEmail"]);
            let given = two[0].split(' ').next().unwrap_or_default().to_lowercase();
            assert!(!two[2].is_empty() && (two[0] != two[1] || seed > 0), "{two:?} {given}");
        }
    }

    #[test]
    fn kinds_are_told_by_the_words_of_a_name() {
        let cases = [
            ("createdAt", Some(Kind::Time(Time::Moment))),
            ("expires_on", Some(Kind::Time(Time::Moment))),
            ("companyName", Some(Kind::Trade(Trade::Company))),
            ("billing_address_line1", Some(Kind::Person(Person::Street))),
            ("ZIPCode", Some(Kind::Person(Person::PostalCode))),
            ("mime-type", Some(Kind::Web(Web::MediaType))),
            ("useremail", Some(Kind::Person(Person::Email))),
            ("customerId", Some(Kind::Web(Web::Key))),
            ("status", None),
            ("", None),
        ];
        for (name, expected) in cases {
            assert_eq!(kind(name), expected, "{name}");
        }
    }

    #[test]
    fn numbers_with_a_check_have_the_right_one() {
        for seed in 0..50 {
            let numbers = made(seed, &["iban", "card_number", "ean"]);
            let turned = format!("{}{}", &numbers[0][4..], &numbers[0][..4]);
            let digits: String =
                turned.chars().filter_map(|sign| sign.to_digit(36)).map(|digit| digit.to_string()).collect();
            let rest = digits.bytes().fold(0_u32, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
            assert_eq!(rest, 1, "{numbers:?}");
            assert_eq!(trade::luhn(&numbers[1]), 0, "{numbers:?}");
            let weighed: u32 = numbers[2]
                .bytes()
                .zip([1, 3].into_iter().cycle())
                .map(|(digit, weight)| u32::from(digit - b'0') * weight)
                .sum();
            assert_eq!(weighed % 10, 0, "{numbers:?}");
        }
    }
}
