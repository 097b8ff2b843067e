//! People, and where they live and work.

use crate::generate::Choices;
use crate::generate::Locale;
use crate::generate::plain::words::places::places;
use crate::generate::plain::words::{agreed, digits, filled, lists, pick};

/// A text about a person, or a place where people live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Person {
    GivenName,
    FamilyName,
    FullName,
    Initials,
    Email,
    UserName,
    Gender,
    Job,
    Department,
    Phone,
    Street,
    SecondLine,
    City,
    Region,
    PostalCode,
    Country,
    CountryCode,
    Latitude,
    Longitude,
    Zone,
    Language,
}

/// A text of a kind that is about people or places. `who` tells several people of one object apart.
pub(super) fn text(kind: Person, who: &str, locale: Locale, choices: &mut dyn Choices) -> String {
    if let Some(text) = local(kind, who, locale, choices) {
        return text;
    }
    let given = agreed(lists::GIVEN, &format!("given {}", person(who)), choices);
    let family = agreed(lists::FAMILY, &format!("family {}", person(who)), choices);
    let (city, region, postal, country, code) = agreed(lists::CITIES, &format!("city {}", person(who)), choices);
    match kind {
        Person::GivenName => given.to_owned(),
        Person::FamilyName => family.to_owned(),
        Person::FullName => format!("{given} {family}"),
        Person::Initials => given.chars().take(1).chain(family.chars().take(1)).collect(),
        Person::Email => format!("{}.{}{}@example.com", latin(given), latin(family), choices.below(1000)),
        Person::UserName => format!("{}{}", latin(given), choices.below(1000)),
        Person::Gender => pick(&["female", "male", "other"], choices).to_owned(),
        Person::Job => pick(lists::JOBS, choices).to_owned(),
        Person::Department => pick(lists::DEPARTMENTS, choices).to_owned(),
        Person::Phone => format!("+1202555{}", digits(4, choices)),
        Person::Street => format!("{} {}", 1 + choices.below(198), pick(lists::STREETS, choices)),
        Person::SecondLine => format!("Floor {}", 1 + choices.below(9)),
        Person::City => city.to_owned(),
        Person::Region => region.to_owned(),
        Person::PostalCode => format!("{postal}{}", if code == "GB" { " 4QT".to_owned() } else { digits(2, choices) }),
        Person::Country => country.to_owned(),
        Person::CountryCode => code.to_owned(),
        Person::Latitude => format!("{}.{}", 35 + choices.below(25), digits(4, choices)),
        Person::Longitude => format!("{}.{}", 5 + choices.below(20), digits(4, choices)),
        Person::Zone => pick(lists::ZONES, choices).to_owned(),
        Person::Language => pick(lists::LANGUAGES, choices).to_owned(),
    }
}

/// A text of a kind in the words of a locale; `None` where it has none of its own.
fn local(kind: Person, who: &str, locale: Locale, choices: &mut dyn Choices) -> Option<String> {
    let places = places(locale)?;
    let (given, given_latin) = agreed(places.given, &format!("given {}", person(who)), choices);
    let (family, family_latin) = agreed(places.family, &format!("family {}", person(who)), choices);
    let (city, region, postal, country, code) = agreed(places.cities, &format!("city {}", person(who)), choices);
    Some(match kind {
        Person::GivenName => given.to_owned(),
        Person::FamilyName => family.to_owned(),
        Person::FullName => whole(given, family, locale),
        Person::Email => format!("{given_latin}.{family_latin}{}@example.com", choices.below(1000)),
        Person::UserName => format!("{given_latin}{}", choices.below(1000)),
        Person::Phone => filled(places.phone, choices),
        Person::Street => pick(places.streets, choices).replace('#', &(1 + choices.below(98)).to_string()),
        Person::City => city.to_owned(),
        Person::Region => region.to_owned(),
        Person::PostalCode => filled(postal, choices),
        Person::Country => country.to_owned(),
        Person::CountryCode => code.to_owned(),
        Person::Zone => places.zone.to_owned(),
        Person::Language => places.language.to_owned(),
        Person::Initials
        | Person::Gender
        | Person::Job
        | Person::Department
        | Person::SecondLine
        | Person::Latitude
        | Person::Longitude => return None,
    })
}

/// A whole name in the order of a locale.
pub(crate) fn whole(given: &str, family: &str, locale: Locale) -> String {
    match places(locale) {
        Some(places) if places.family_first => format!("{family} {given}"),
        Some(_) | None => format!("{given} {family}"),
    }
}

/// The given name and the family name of a whole one.
pub(crate) fn parts(whole: &str, locale: Locale) -> (String, String) {
    let (first, last) = whole.split_once(' ').unwrap_or((whole, "Lund"));
    match places(locale) {
        Some(places) if places.family_first => (last.to_owned(), first.to_owned()),
        Some(_) | None => (first.to_owned(), last.to_owned()),
    }
}

/// A name in the letters of addresses.
pub(crate) fn in_address(name: &str, locale: Locale) -> String {
    let lists = places(locale).into_iter().flat_map(|places| places.given.iter().chain(places.family));
    let known = lists.into_iter().find(|(written, _)| *written == name).map(|(_, latin)| (*latin).to_owned());
    known.unwrap_or_else(|| name.to_lowercase())
}

/// The words of a name that tell of whom it is: those for parts of a name or an address do not.
fn person(who: &str) -> String {
    const PARTS: [&str; 18] = [
        "first", "given", "last", "family", "full", "display", "user", "email", "e", "country", "postal", "zip",
        "address", "street", "city", "phone", "mobile", "contact",
    ];
    who.split(' ').filter(|word| !PARTS.contains(word)).collect::<Vec<_>>().join(" ")
}

/// A name in the letters that addresses take.
fn latin(name: &str) -> String {
    name.to_lowercase().chars().map(|letter| if letter == 'ö' { 'o' } else { letter }).collect()
}
