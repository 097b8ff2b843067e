//! `x-faker`: the method of a faker library by which documents say what a text is to be like, as users of other mocks write it.
//! Each method that is known stands for the name of a member which says the same.

use serde_json::Value;

/// The method that a schema names by `x-faker`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Faker<'v> {
    /// The method as it is written: `internet.email`.
    pub method: &'v str,
    /// The options of the method, where it has any.
    pub options: Option<&'v Value>,
}

impl<'v> Faker<'v> {
    /// Reads the keyword: a method, or an object of one method with its options. `None` for anything else.
    #[must_use]
    pub fn read(value: &'v Value) -> Option<Self> {
        match value {
            Value::String(method) => Some(Self { method, options: None }),
            Value::Object(members) => {
                let (method, options) = members.iter().next()?;
                Some(Self { method, options: Some(options) })
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => None,
        }
    }

    /// The name of a member that says the same; `None` for a method that is not known.
    #[must_use]
    pub fn word(&self) -> Option<&'static str> {
        let method = self.method.trim_start_matches("faker.").trim_end_matches("()");
        METHODS.iter().find(|(known, _)| *known == method).map(|(_, word)| *word)
    }

    /// A number among the options: `{datatype.number: {min: 1}}`, or the first or second of a list.
    #[must_use]
    pub fn bound(&self, name: &str) -> Option<i128> {
        let found = match self.options? {
            Value::Object(members) => members.get(name)?,
            Value::Array(items) => match items.first()? {
                Value::Object(members) => members.get(name)?,
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => return None,
            },
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
        };
        found.as_i64().map(i128::from)
    }
}

/// The methods that are known, old names and new ones, with the names of members that say the same.
const METHODS: &[(&str, &str)] = &[
    ("name.firstName", "first_name"),
    ("person.firstName", "first_name"),
    ("name.middleName", "first_name"),
    ("person.middleName", "first_name"),
    ("name.lastName", "last_name"),
    ("person.lastName", "last_name"),
    ("name.findName", "full_name"),
    ("name.fullName", "full_name"),
    ("name.name", "full_name"),
    ("person.fullName", "full_name"),
    ("name.jobTitle", "job_title"),
    ("name.title", "job_title"),
    ("person.jobTitle", "job_title"),
    ("name.jobArea", "department"),
    ("person.jobArea", "department"),
    ("name.gender", "gender"),
    ("person.gender", "gender"),
    ("person.sex", "gender"),
    ("person.bio", "summary"),
    ("internet.email", "email"),
    ("internet.exampleEmail", "email"),
    ("internet.safeEmail", "email"),
    ("internet.userName", "username"),
    ("internet.username", "username"),
    ("internet.displayName", "username"),
    ("internet.url", "url"),
    ("internet.domainName", "hostname"),
    ("internet.domainWord", "slug"),
    ("internet.ip", "ip"),
    ("internet.ipv4", "ip"),
    ("internet.ipv6", "ipv6"),
    ("internet.mac", "mac"),
    ("internet.userAgent", "user_agent"),
    ("internet.password", "token"),
    ("internet.color", "hex_color"),
    ("internet.avatar", "avatar"),
    ("image.avatar", "avatar"),
    ("image.avatarGitHub", "avatar"),
    ("image.image", "image"),
    ("image.imageUrl", "image"),
    ("image.url", "image"),
    ("image.cats", "image"),
    ("image.food", "image"),
    ("image.nature", "image"),
    ("image.people", "image"),
    ("phone.phoneNumber", "phone"),
    ("phone.number", "phone"),
    ("phone.phoneNumberFormat", "phone"),
    ("address.city", "city"),
    ("location.city", "city"),
    ("address.cityName", "city"),
    ("address.streetAddress", "street"),
    ("location.streetAddress", "street"),
    ("address.streetName", "street"),
    ("address.street", "street"),
    ("location.street", "street"),
    ("address.secondaryAddress", "address_line2"),
    ("location.secondaryAddress", "address_line2"),
    ("address.zipCode", "zip"),
    ("location.zipCode", "zip"),
    ("address.state", "region"),
    ("location.state", "region"),
    ("address.stateAbbr", "region"),
    ("address.county", "region"),
    ("location.county", "region"),
    ("address.country", "country"),
    ("location.country", "country"),
    ("address.countryCode", "country_code"),
    ("location.countryCode", "country_code"),
    ("address.latitude", "latitude"),
    ("location.latitude", "latitude"),
    ("address.longitude", "longitude"),
    ("location.longitude", "longitude"),
    ("address.timeZone", "timezone"),
    ("location.timeZone", "timezone"),
    ("company.companyName", "company"),
    ("company.name", "company"),
    ("company.catchPhrase", "title"),
    ("company.bs", "title"),
    ("company.buzzPhrase", "title"),
    ("commerce.productName", "product_name"),
    ("commerce.product", "product"),
    ("commerce.productDescription", "description"),
    ("commerce.department", "category"),
    ("commerce.color", "color"),
    ("commerce.price", "price"),
    ("commerce.isbn", "barcode"),
    ("color.human", "color"),
    ("color.rgb", "hex_color"),
    ("finance.iban", "iban"),
    ("finance.bic", "bic"),
    ("finance.account", "account_number"),
    ("finance.accountNumber", "account_number"),
    ("finance.creditCardNumber", "card_number"),
    ("finance.currencyCode", "currency"),
    ("finance.amount", "amount"),
    ("finance.transactionDescription", "description"),
    ("lorem.word", "tag"),
    ("lorem.words", "title"),
    ("lorem.slug", "slug"),
    ("lorem.sentence", "summary"),
    ("lorem.sentences", "summary"),
    ("lorem.lines", "summary"),
    ("lorem.text", "body"),
    ("lorem.paragraph", "body"),
    ("lorem.paragraphs", "body"),
    ("hacker.phrase", "summary"),
    ("random.word", "tag"),
    ("random.words", "title"),
    ("word.noun", "tag"),
    ("word.adjective", "tag"),
    ("random.alphaNumeric", "token"),
    ("string.alphanumeric", "token"),
    ("date.past", "created_at"),
    ("date.recent", "created_at"),
    ("date.future", "expires_at"),
    ("date.soon", "expires_at"),
    ("date.birthdate", "birth_date"),
    ("system.fileName", "file_name"),
    ("system.mimeType", "mime_type"),
    ("system.fileExt", "extension"),
    ("system.filePath", "file_path"),
    ("system.semver", "version"),
    ("git.commitSha", "sha"),
];

/// The methods that make numbers and identifiers: by the schema, within their options.
const BY_SCHEMA: [&str; 12] = [
    "datatype.number",
    "random.number",
    "number.int",
    "number.float",
    "datatype.float",
    "datatype.boolean",
    "random.boolean",
    "datatype.uuid",
    "random.uuid",
    "string.uuid",
    "datatype.datetime",
    "random.arrayElement",
];

impl Faker<'_> {
    /// True for a method that is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        let method = self.method.trim_start_matches("faker.").trim_end_matches("()");
        self.word().is_some() || BY_SCHEMA.contains(&method)
    }
}
