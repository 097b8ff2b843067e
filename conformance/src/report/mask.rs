//! Credentials in reports: masked by the name of an environment variable, so that a report can be shown around and its
//! `curl` lines still run where that variable is set.

use std::borrow::Cow;

use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD};
use etalon_contract::codec::{Headers, Request};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::report::Report;
use crate::session::{Session, USER_AGENT};
use crate::settings::Showing;

/// The fewest bytes of a credential that is looked for within other words; shorter ones have to stand by themselves.
const TELLING: usize = 8;

/// The fewest bytes of a credential that is looked for in prose and bodies at all: of one or two letters there are too
/// many.
const SHORTEST: usize = 3;

/// The secrets that are masked, each with what stands in its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mask {
    /// Names of environment variables, with what stands in requests in their place, as it was given.
    secrets: Vec<(String, String)>,
    /// The same in every spelling that a wire or a program gives it, the longest first.
    spellings: Vec<(String, String)>,
}

impl Mask {
    /// The mask of a run, by what it was told.
    #[must_use]
    pub(crate) fn of(session: Session<'_>) -> Self {
        match session.settings.showing {
            Showing::Masked => Self::new(session.credentials().secrets(session.contract)),
            Showing::Plain => Self::default(),
        }
    }

    /// Masks each of these texts by the variable before it, in whatever spelling it comes.
    #[must_use]
    pub fn new(mut secrets: Vec<(String, String)>) -> Self {
        secrets.retain(|(_, text)| !text.is_empty());
        // One credential may be the beginning of another.
        secrets.sort_by_key(|(_, text)| std::cmp::Reverse(text.len()));
        let mut spellings: Vec<(String, String)> = secrets
            .iter()
            .flat_map(|(name, text)| spellings(text).into_iter().map(|spelling| (name.clone(), spelling)))
            .collect();
        spellings.sort_by(|(one, a), (two, b)| b.len().cmp(&a.len()).then_with(|| (a, one).cmp(&(b, two))));
        spellings.dedup_by(|(_, one), (_, two)| one == two);
        Self { secrets, spellings }
    }

    /// The names of the variables, the longest first: one may be the beginning of another.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        let mut names: Vec<&str> = self.secrets.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_by_key(|name| (std::cmp::Reverse(name.len()), *name));
        names.dedup();
        names.into_iter()
    }

    /// A request with its credentials masked.
    #[must_use]
    pub fn request(&self, request: &Request) -> Request {
        let mut masked = request.clone();
        masked.target = self.text(&request.target);
        masked.headers = self.headers(&request.headers);
        // What was generated holds no credentials; what was answered before and is sent back may.
        if let Ok(text) = std::str::from_utf8(&request.body) {
            let telling = |spelling: &str| {
                spelling.len() >= TELLING && !spelling.chars().all(|letter| letter.is_ascii_alphabetic())
            };
            masked.body = self.replaced(text, &telling).into_bytes();
        }
        masked
    }

    /// Fields with the credentials in them masked.
    #[must_use]
    pub fn headers(&self, headers: &Headers) -> Headers {
        let masked = |value: &str| if value == USER_AGENT { value.to_owned() } else { self.text(value) };
        headers.iter().map(|(name, value)| (name.to_owned(), masked(value))).collect()
    }

    /// The answer of a target, with the credentials masked that it repeats.
    #[must_use]
    pub fn answered(&self, body: &[u8]) -> Vec<u8> {
        let Ok(text) = std::str::from_utf8(body) else { return body.to_vec() };
        self.prose(text).into_bytes()
    }

    /// A sentence or a body with the credentials in it masked: the same text where there are none.
    #[must_use]
    pub fn within<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.spellings.iter().any(|(_, spelling)| spelling.len() >= SHORTEST && text.contains(spelling.as_str())) {
            Cow::Owned(self.prose(text))
        } else {
            Cow::Borrowed(text)
        }
    }

    /// A sentence or a body with the credentials in it masked.
    #[must_use]
    pub fn prose(&self, text: &str) -> String {
        self.replaced(text, &|spelling| spelling.len() >= SHORTEST)
    }

    /// Text that travels with a request, with the credentials in it masked, of however few letters.
    fn text(&self, text: &str) -> String {
        self.replaced(text, &|_| true)
    }

    /// A text with the spellings masked that are looked for: the long ones wherever they stand, the others where they stand by
    /// themselves.
    fn replaced(&self, text: &str, wanted: &dyn Fn(&str) -> bool) -> String {
        let spellings = self.spellings.iter().filter(|(_, spelling)| wanted(spelling));
        spellings.fold(text.to_owned(), |text, (name, spelling)| {
            if !text.contains(spelling.as_str()) {
                return text;
            }
            let mut masked = String::new();
            let mut rest = text.as_str();
            let mut before = None;
            while let Some(at) = rest.find(spelling.as_str()) {
                let (head, tail) = rest.split_at(at);
                let after = tail[spelling.len()..].chars().next();
                let apart = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_alphanumeric());
                let begins = apart(head.chars().next_back().or(before));
                // A name that was put in before is no place to put in another.
                let is_name = head.ends_with("$ETALON_") || head.ends_with('$');
                masked.push_str(head);
                if !is_name && (spelling.len() >= TELLING || begins && apart(after)) {
                    masked.push('$');
                    masked.push_str(name);
                } else {
                    masked.push_str(spelling);
                }
                before = spelling.chars().next_back();
                rest = &tail[spelling.len()..];
            }
            masked.push_str(rest);
            masked
        })
    }

    /// The variables that stand in what a report shows of its violations.
    #[must_use]
    pub fn shown_in(&self, report: &Report) -> Vec<&str> {
        let evidence = report.shown().filter_map(|shown| shown.evidence);
        let requests: Vec<Request> =
            evidence.flat_map(|shown| &shown.exchanges).map(|exchange| self.request(&exchange.request)).collect();
        let stands = |name: &str| {
            let variable = format!("${name}");
            requests.iter().any(|request| {
                request.target.contains(&variable) || request.headers.iter().any(|(_, value)| value.contains(&variable))
            })
        };
        let mut shown: Vec<&str> = self.variables().filter(|name| stands(name)).collect();
        shown.sort_unstable();
        shown.dedup();
        shown
    }
}

/// Characters that a URL keeps as they are (RFC 3986 §2.3); all others are escaped.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The characters that `encodeURIComponent` keeps beside the unreserved ones (ECMA-262 §19.2.6.4).
const COMPONENT: &AsciiSet = &UNRESERVED.remove(b'!').remove(b'*').remove(b'\'').remove(b'(').remove(b')');

/// The spellings that a wire or a program gives a text: as it is, percent-encoded, in a form, in JSON, in HTML, quoted, and in
/// base64.
fn spellings(text: &str) -> Vec<String> {
    let mut found = vec![text.to_owned()];
    let percent = |set: &'static AsciiSet| utf8_percent_encode(text, set).to_string();
    for encoded in [percent(NON_ALPHANUMERIC), percent(UNRESERVED), percent(COMPONENT)] {
        found.push(lower_escapes(&encoded));
        found.push(lower_escapes(&encoded).replace("%20", "+"));
        found.push(encoded.replace("%20", "+"));
        found.push(encoded);
    }
    let quoted = |quoted: String| quoted[1..quoted.len() - 1].to_owned();
    let json = quoted(Value::from(text).to_string());
    let ascii: String = json
        .chars()
        .map(|letter| {
            if letter.is_ascii() {
                return letter.to_string();
            }
            letter.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
        })
        .collect();
    // A value that a JSON document quotes within a sentence, as problem details do.
    found.push(quoted(Value::from(json.as_str()).to_string()));
    found.push(json.replace('/', "\\/"));
    found.push(ascii.replace('/', "\\/"));
    found.push(upper_units(&ascii));
    found.extend([json, ascii]);
    found.push(quoted(format!("{text:?}")));
    found.push(text.replace('\'', r"'\''"));
    let html = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    found.push(html.replace('\'', "&#39;"));
    found.push(html.replace('\'', "&#x27;"));
    found.push(html);
    let bytes = text.as_bytes();
    found.extend([
        BASE64.encode(bytes),
        BASE64_NOPAD.encode(bytes),
        BASE64URL.encode(bytes),
        BASE64URL_NOPAD.encode(bytes),
    ]);
    // Once more, as where an address holds an address.
    found.push(utf8_percent_encode(&percent(UNRESERVED), UNRESERVED).to_string());
    found.sort();
    found.dedup();
    found
}

/// Text with the digits of its percent escapes in lower case: `%2F` becomes `%2f`.
fn lower_escapes(text: &str) -> String {
    let mut parts = text.split('%');
    let mut lower = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at(part.len().min(2));
        lower.push('%');
        lower.push_str(&digits.to_ascii_lowercase());
        lower.push_str(rest);
    }
    lower
}

/// Text with the digits of its `\\u` escapes in upper case: `\\u00e4` becomes `\\u00E4`.
fn upper_units(text: &str) -> String {
    let mut parts = text.split("\\u");
    let mut upper = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at(part.len().min(4));
        upper.push_str("\\u");
        upper.push_str(&digits.to_ascii_uppercase());
        upper.push_str(rest);
    }
    upper
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_stands_by_itself_is_masked_wherever_credentials_travel() {
        let mask = Mask::new(vec![("ETALON_KEY".into(), "abc".into()), ("ETALON_LONG".into(), "abcdefgh".into())]);
        for (text, masked) in [
            ("Bearer abc", "Bearer $ETALON_KEY"),
            ("abc", "$ETALON_KEY"),
            ("theme=dark; sid=abc; abcd=1", "theme=dark; sid=$ETALON_KEY; abcd=1"),
            ("/abc/x?key=abc&q=abcd", "/$ETALON_KEY/x?key=$ETALON_KEY&q=abcd"),
            ("token abcdefgh", "token $ETALON_LONG"),
            ("abcabc", "abcabc"),
        ] {
            assert_eq!(mask.text(text), masked);
        }
    }

    #[test]
    fn short_credentials_are_masked_in_answers_where_they_stand_by_themselves() {
        let mask =
            Mask::new(vec![("A".into(), "abc".into()), ("B".into(), "abcdefgh".into()), ("C".into(), "xy".into())]);
        assert_eq!(
            mask.answered(br#"{"you":"abcdefgh","x":"abc","abcd":"xabcdefghx","xy":1}"#),
            br#"{"you":"$B","x":"$A","abcd":"x$Bx","xy":1}"#
        );
        assert_eq!(mask.answered(&[0xff]), [0xff]);
    }

    #[test]
    fn a_variable_whose_name_begins_another_is_tried_after_it() {
        let mask = Mask::new(vec![("ETALON_A".into(), "first-secret".into()), ("ETALON_AB".into(), "second".into())]);
        assert_eq!(mask.variables().collect::<Vec<_>>(), ["ETALON_AB", "ETALON_A"]);
    }

    /// Secrets as people really have them, and worse.
    fn secret() -> impl Strategy<Value = String> {
        proptest::collection::vec(
            proptest::sample::select("abcXYZ019 =/%+&;,.:\"'\\<>$`!*()~-_#?äß語😀".chars().collect::<Vec<_>>()),
            8..24,
        )
        .prop_map(|letters| letters.into_iter().collect::<String>().trim().to_owned())
        .prop_filter("it has letters of its own", |secret| secret.len() >= 8)
    }

    proptest! {
        #[test]
        fn no_spelling_of_a_secret_is_shown(secret in secret(), before in "[a-z:= \"/]{0,4}", after in "[a-z,; \"/]{0,4}") {
            let mask = Mask::new(vec![("ETALON_S".into(), secret.clone())]);
            let json = serde_json::to_string(&secret).expect("a string is JSON");
            let wire = [
                secret.clone(),
                json[1..json.len() - 1].to_owned(),
                utf8_percent_encode(&secret, NON_ALPHANUMERIC).to_string(),
                utf8_percent_encode(&secret, UNRESERVED).to_string().replace("%20", "+"),
                BASE64.encode(secret.as_bytes()),
                format!("{secret:?}")[1..format!("{secret:?}").len() - 1].to_owned(),
            ];
            for spelled in wire {
                let text = format!("{before}{spelled}{after}");
                for masked in [
                    mask.prose(&text),
                    mask.text(&text),
                    String::from_utf8(mask.answered(text.as_bytes())).expect("it is text"),
                ] {
                    prop_assert!(!masked.contains(&spelled), "{spelled:?} in {masked:?}");
                    prop_assert!(masked.contains("$ETALON_S"), "{masked:?}");
                }
            }
        }
    }
}
