//! The kind of a text, told by the name of the member that holds it.

use crate::generate::plain::words::moments::Time;
use crate::generate::plain::words::people::Person;
use crate::generate::plain::words::prose::Prose;
use crate::generate::plain::words::spelling::parted;
use crate::generate::plain::words::trade::Trade;
use crate::generate::plain::words::web::Web;

/// The kinds of texts that can be told by a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A person, or a place where people live.
    Person(Person),
    /// Words of trade: companies, goods, money.
    Trade(Trade),
    /// Texts that computers write.
    Web(Web),
    /// A time, or a part of one.
    Time(Time),
    /// Texts that people read.
    Prose(Prose),
}

/// The kind of a text; `None` where the name says nothing.
pub(super) fn kind(name: &str) -> Option<Kind> {
    let words = parted(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (before, last) = match words.as_slice() {
        [.., before, last] => (*before, *last),
        [only] => ("", *only),
        [] => return None,
    };
    of_two(before, last).or_else(|| of_last(last)).or_else(|| glued(&words.concat()))
}

/// The kind that two words say together.
fn of_two(before: &str, last: &str) -> Option<Kind> {
    Some(match (before, last) {
        ("given" | "first" | "fore" | "middle", "name") => Kind::Person(Person::GivenName),
        ("family" | "last" | "sur", "name") => Kind::Person(Person::FamilyName),
        ("user" | "login" | "nick" | "screen", "name") => Kind::Person(Person::UserName),
        (
            "display" | "full" | "customer" | "contact" | "owner" | "author" | "person" | "recipient" | "holder"
            | "sender" | "employee" | "patient" | "student" | "teacher" | "guest" | "manager" | "legal" | "real"
            | "cardholder",
            "name",
        ) => Kind::Person(Person::FullName),
        (
            "company" | "organization" | "organisation" | "employer" | "vendor" | "supplier" | "merchant" | "brand"
            | "bank" | "business" | "manufacturer",
            "name",
        ) => Kind::Trade(Trade::Company),
        ("product" | "article", "name" | "title") => Kind::Trade(Trade::Goods),
        ("city" | "town", "name") => Kind::Person(Person::City),
        ("country", "name") => Kind::Person(Person::Country),
        ("country", "code") => Kind::Person(Person::CountryCode),
        ("street", "name" | "address") | ("address", "line" | "line1" | "1") => Kind::Person(Person::Street),
        ("address", "line2" | "2") => Kind::Person(Person::SecondLine),
        ("file" | "original", "name") => Kind::Web(Web::FileName),
        ("file", "path") | ("relative" | "absolute", "path") => Kind::Web(Web::FilePath),
        ("host" | "domain" | "server", "name") => Kind::Web(Web::Host),
        ("job" | "position", "title") | ("job", "name") => Kind::Person(Person::Job),
        ("zip" | "postal" | "post", "code") => Kind::Person(Person::PostalCode),
        ("currency", "code") => Kind::Trade(Trade::Currency),
        ("language" | "lang" | "locale", "code" | "tag" | "iso" | "key") => Kind::Person(Person::Language),
        ("color" | "colour", "code" | "hex") | ("hex", "color" | "colour") => Kind::Trade(Trade::ColourCode),
        ("swift" | "bic", "code") => Kind::Trade(Trade::Bic),
        ("card", "number") => Kind::Trade(Trade::Card),
        ("phone" | "mobile" | "fax" | "telephone", "number") => Kind::Person(Person::Phone),
        ("order" | "invoice" | "serial" | "tracking" | "reference" | "account" | "document", "number") => {
            Kind::Trade(Trade::Number)
        }
        ("time", "zone") => Kind::Person(Person::Zone),
        ("user", "agent") => Kind::Web(Web::Agent),
        ("mime" | "content" | "media", "type") => Kind::Web(Web::MediaType),
        ("ip", "address") | ("remote", "address" | "addr") => Kind::Web(Web::Address4),
        ("avatar" | "portrait" | "headshot", "url" | "uri" | "href" | "link" | "src" | "image") => {
            Kind::Web(Web::Avatar)
        }
        ("profile", "picture" | "image" | "photo") => Kind::Web(Web::Avatar),
        (
            "image" | "picture" | "photo" | "thumbnail" | "thumb" | "logo" | "icon" | "banner" | "cover" | "poster"
            | "img",
            "url" | "uri" | "href" | "link" | "src",
        ) => Kind::Web(Web::Picture),
        ("mac", "address") => Kind::Web(Web::Hardware),
        ("email", "address") => Kind::Person(Person::Email),
        ("of", "birth") | ("birth", "date" | "day") => Kind::Time(Time::BirthDate),
        (_, "at" | "on") if is_done(before) => Kind::Time(Time::Moment),
        _ => return None,
    })
}

/// True for what a moment is told of: `created_at`, `expires_on`.
fn is_done(word: &str) -> bool {
    word.ends_with("ed")
        || word.ends_with("es")
        || matches!(word, "sent" | "paid" | "seen" | "begun" | "starts" | "ends" | "begins" | "due" | "run" | "read")
}

/// The kind that the last word says alone.
fn of_last(last: &str) -> Option<Kind> {
    Some(match last {
        "email" | "mail" | "emails" => Kind::Person(Person::Email),
        "firstname" | "givenname" | "forename" => Kind::Person(Person::GivenName),
        "lastname" | "familyname" | "surname" => Kind::Person(Person::FamilyName),
        "fullname" | "displayname" | "contact" | "owner" | "author" | "assignee" | "recipient" | "customer" => {
            Kind::Person(Person::FullName)
        }
        "username" | "login" | "nickname" | "handle" => Kind::Person(Person::UserName),
        "company" | "organization" | "organisation" | "employer" | "vendor" | "supplier" | "merchant" | "brand"
        | "manufacturer" => Kind::Trade(Trade::Company),
        "job" | "occupation" | "profession" => Kind::Person(Person::Job),
        "department" => Kind::Person(Person::Department),
        "phone" | "telephone" | "mobile" | "fax" | "msisdn" => Kind::Person(Person::Phone),
        "street" | "address" | "line1" => Kind::Person(Person::Street),
        "line2" => Kind::Person(Person::SecondLine),
        "city" | "town" | "locality" => Kind::Person(Person::City),
        "province" | "region" | "county" => Kind::Person(Person::Region),
        "zip" | "zipcode" | "postcode" | "postalcode" => Kind::Person(Person::PostalCode),
        "country" | "nationality" => Kind::Person(Person::Country),
        "latitude" | "lat" => Kind::Person(Person::Latitude),
        "longitude" | "lon" | "lng" => Kind::Person(Person::Longitude),
        "timezone" | "tz" => Kind::Person(Person::Zone),
        "language" | "locale" | "lang" => Kind::Person(Person::Language),
        "currency" => Kind::Trade(Trade::Currency),
        "price" | "amount" | "total" | "subtotal" | "cost" | "balance" | "fee" => Kind::Trade(Trade::Price),
        "iban" => Kind::Trade(Trade::Iban),
        "bic" => Kind::Trade(Trade::Bic),
        "sku" => Kind::Trade(Trade::Sku),
        "ean" | "gtin" | "barcode" | "upc" => Kind::Trade(Trade::Barcode),
        "product" => Kind::Trade(Trade::Goods),
        "color" | "colour" => Kind::Trade(Trade::Colour),
        "url" | "uri" | "href" | "link" | "website" | "homepage" | "webpage" | "endpoint" => Kind::Web(Web::Url),
        "avatar" | "portrait" | "headshot" => Kind::Web(Web::Avatar),
        "picture" | "image" | "photo" | "thumbnail" | "thumb" | "logo" | "icon" | "banner" | "cover" | "poster"
        | "img" => Kind::Web(Web::Picture),
        "hostname" | "host" | "domain" | "fqdn" => Kind::Web(Web::Host),
        "ip" | "ipv4" => Kind::Web(Web::Address4),
        "ipv6" => Kind::Web(Web::Address6),
        "mac" => Kind::Web(Web::Hardware),
        "slug" | "permalink" => Kind::Web(Web::Slug),
        "mimetype" | "mime" => Kind::Web(Web::MediaType),
        "filename" => Kind::Web(Web::FileName),
        "filepath" => Kind::Web(Web::FilePath),
        "extension" => Kind::Web(Web::Extension),
        "version" => Kind::Web(Web::Version),
        "hash" | "checksum" | "digest" | "sha256" | "sha" | "md5" => Kind::Web(Web::Digest),
        "id" | "key" | "token" => Kind::Web(Web::Key),
        "name" | "title" | "label" | "subject" | "headline" | "heading" | "caption" => Kind::Prose(Prose::Title),
        "description" | "detail" | "message" | "details" | "summary" | "comment" | "note" | "reason" | "excerpt"
        | "subtitle" => Kind::Prose(Prose::Sentence),
        "body" | "content" | "bio" | "biography" | "about" | "article" | "notes" | "instructions" => {
            Kind::Prose(Prose::Paragraph)
        }
        "tag" | "tags" | "keyword" | "keywords" | "category" | "topic" => Kind::Prose(Prose::Tag),
        "birthday" | "birthdate" | "dob" | "birth" => Kind::Time(Time::BirthDate),
        "date" => Kind::Time(Time::Date),
        "time" => Kind::Time(Time::Clock),
        "timestamp" | "datetime" => Kind::Time(Time::Moment),
        "duration" => Kind::Time(Time::Duration),
        "gender" | "sex" => Kind::Person(Person::Gender),
        "initials" => Kind::Person(Person::Initials),
        _ => return None,
    })
}

/// The kind that a name says which is written without signs between its words: `useremail`, `customerid`.
fn glued(name: &str) -> Option<Kind> {
    const ENDINGS: [(&str, Kind); 14] = [
        ("email", Kind::Person(Person::Email)),
        ("firstname", Kind::Person(Person::GivenName)),
        ("lastname", Kind::Person(Person::FamilyName)),
        ("fullname", Kind::Person(Person::FullName)),
        ("username", Kind::Person(Person::UserName)),
        ("filename", Kind::Web(Web::FileName)),
        ("url", Kind::Web(Web::Url)),
        ("uri", Kind::Web(Web::Url)),
        ("phone", Kind::Person(Person::Phone)),
        ("description", Kind::Prose(Prose::Sentence)),
        ("message", Kind::Prose(Prose::Sentence)),
        ("name", Kind::Prose(Prose::Title)),
        ("title", Kind::Prose(Prose::Title)),
        ("id", Kind::Web(Web::Key)),
    ];
    ENDINGS.iter().find(|(ending, _)| name.ends_with(ending)).map(|(_, kind)| *kind)
}
