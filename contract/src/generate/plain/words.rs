//! Believable texts by the name of the member that holds them. All invented: no real person, only reserved domains
//! (RFC 2606) and documentation addresses (RFC 5737).

use crate::generate::Choices;

const GIVEN: [&str; 16] = [
    "Ada", "Bela", "Cora", "Dario", "Elif", "Farid", "Greta", "Hana", "Ivo", "Jana", "Kiran", "Lina", "Milo", "Nora",
    "Oskar", "Pia",
];
const FAMILY: [&str; 16] = [
    "Abel", "Brandt", "Castell", "Dorn", "Eklund", "Fontana", "Greer", "Holm", "Ivers", "Jarvi", "Kessler", "Lund",
    "Moreau", "Novak", "Okafor", "Petrov",
];
const PLACE: [&str; 8] = ["Ashford", "Bramley", "Corvale", "Dunmere", "Eastholm", "Fernwick", "Glenrock", "Harrow"];
const THING: [&str; 12] = [
    "amber", "basalt", "cedar", "delta", "ember", "fjord", "granite", "harbor", "indigo", "juniper", "kestrel",
    "lagoon",
];

/// A text that fits a member's name; `None` where the name says nothing.
pub(crate) fn by_name(name: &str, choices: &mut dyn Choices) -> Option<String> {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let ends = |ending: &str| plain.ends_with(ending);
    let has = |part: &str| plain.contains(part);
    Some(if has("email") {
        format!("{}.{}@example.com", given(choices).to_lowercase(), mark(choices))
    } else if ends("givenname") || ends("firstname") {
        given(choices).to_owned()
    } else if ends("familyname") || ends("lastname") || ends("surname") {
        family(choices).to_owned()
    } else if ends("displayname") || ends("fullname") || ends("contact") {
        format!("{} {}", given(choices), family(choices))
    } else if ends("username") || ends("login") || ends("nickname") {
        format!("{}{}", given(choices).to_lowercase(), choices.below(1000))
    } else if has("phone") {
        format!("+1-202-555-{:04}", choices.below(10_000))
    } else if ends("url")
        || ends("uri")
        || ends("href")
        || ends("link")
        || ends("website")
        || ends("picture")
        || ends("avatar")
    {
        format!("https://example.com/{}", mark(choices))
    } else if ends("city") || ends("town") {
        pick(&PLACE, choices).to_owned()
    } else if ends("country") {
        "Examplia".to_owned()
    } else if ends("language") || ends("locale") {
        ["en", "de", "fr", "pt-BR"][index(choices.below(4))].to_owned()
    } else if ends("currency") {
        ["EUR", "USD", "JPY", "CHF"][index(choices.below(4))].to_owned()
    } else if ends("filename") {
        format!("{}.csv", pick(&THING, choices))
    } else if ends("description") || ends("detail") || ends("message") || ends("details") || ends("summary") {
        format!("The {} {} near {}", pick(&THING, choices), pick(&THING, choices), pick(&PLACE, choices))
    } else if ends("id") || ends("key") || ends("token") {
        format!("{}-{}", pick(&THING, choices), mark(choices))
    } else if ends("name") || ends("title") || ends("label") {
        format!("{} {}", pick(&THING, choices), choices.below(1000))
    } else {
        return None;
    })
}

/// A text that fits what a member is said to be; `None` where its description tells nothing.
pub(crate) fn by_description(description: &str, choices: &mut dyn Choices) -> Option<String> {
    /// The words of descriptions for kinds of things, with the names of members of each kind.
    const SAID: [(&str, &str); 12] = [
        ("email", "email"),
        ("e-mail", "email"),
        ("first name", "givenName"),
        ("given name", "givenName"),
        ("last name", "familyName"),
        ("family name", "familyName"),
        ("full name", "fullName"),
        ("phone number", "phone"),
        ("url of", "url"),
        ("country", "country"),
        ("currency", "currency"),
        ("city", "city"),
    ];
    // The first words say what it is; later ones say what it is for.
    let start: String = description.chars().take(40).collect::<String>().to_lowercase();
    let (_, name) = SAID.iter().find(|(said, _)| start.contains(said))?;
    by_name(name, choices)
}

/// The range that numbers of such a name have among people.
pub(crate) fn range_by_name(name: &str) -> Option<(i128, i128)> {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let ends = |ending: &str| plain.ends_with(ending);
    Some(if plain == "age" || ends("years") {
        (18, 79)
    } else if ends("year") {
        (2019, 2026)
    } else if ends("month") {
        (1, 12)
    } else if ends("latitude") || plain == "lat" {
        (-60, 60)
    } else if ends("longitude") || plain == "lon" || plain == "lng" {
        (-150, 150)
    } else if ends("price") || ends("amount") || ends("total") || ends("cost") || ends("balance") || ends("fee") {
        (5, 500)
    } else if ends("quantity") || ends("count") || plain == "qty" || ends("stock") {
        (1, 40)
    } else if ends("percent") || ends("percentage") || ends("progress") {
        (0, 100)
    } else if ends("rating") || ends("score") {
        (1, 5)
    } else if ends("port") {
        (1024, 49151)
    } else if ends("width") || ends("height") {
        (64, 1920)
    } else if ends("page") {
        (1, 9)
    } else {
        return None;
    })
}

/// A text about nothing.
pub(crate) fn any(choices: &mut dyn Choices) -> String {
    format!("{} {}", pick(&THING, choices), pick(&THING, choices))
}

/// Six characters that are seldom the same twice.
pub(crate) fn mark(choices: &mut dyn Choices) -> String {
    (0..6).map(|_| char::from(b"abcdefghjkmnpqrstuvwxyz23456789"[index(choices.below(31))])).collect()
}

fn given(choices: &mut dyn Choices) -> &'static str {
    pick(&GIVEN, choices)
}

fn family(choices: &mut dyn Choices) -> &'static str {
    pick(&FAMILY, choices)
}

fn pick(words: &[&'static str], choices: &mut dyn Choices) -> &'static str {
    words[index(choices.below(u64::try_from(words.len()).expect("a short list")))]
}

fn index(small: u64) -> usize {
    usize::try_from(small).expect("a small number")
}
