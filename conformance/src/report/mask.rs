//! Credentials in reports: masked by the name of an environment variable, so that a report can be shown around and its
//! `curl` lines still run where that variable is set.

use etalon_contract::codec::{Headers, Request};

use crate::report::Report;

/// The shortest credential that is looked for in what a target answers; shorter ones are ordinary words too often.
const TELLING: usize = 8;

/// What is masked, and by what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mask {
    /// Names of environment variables, with what stands in requests in their place.
    secrets: Vec<(String, String)>,
}

impl Mask {
    /// Masks each of these texts by the variable before it.
    #[must_use]
    pub fn new(mut secrets: Vec<(String, String)>) -> Self {
        secrets.retain(|(_, text)| !text.is_empty());
        // One credential may be the beginning of another.
        secrets.sort_by_key(|(_, text)| std::cmp::Reverse(text.len()));
        Self { secrets }
    }

    /// The names of the variables.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.secrets.iter().map(|(name, _)| name.as_str())
    }

    /// A request with its credentials masked.
    #[must_use]
    pub fn request(&self, request: &Request) -> Request {
        let mut masked = request.clone();
        masked.target = self.text(&request.target);
        masked.headers = self.headers(&request.headers);
        masked
    }

    /// Fields with the credentials in them masked.
    #[must_use]
    pub fn headers(&self, headers: &Headers) -> Headers {
        headers.iter().map(|(name, value)| (name.to_owned(), self.text(value))).collect()
    }

    /// What a target answered, with the credentials masked that it repeats.
    #[must_use]
    pub fn answered(&self, body: &[u8]) -> Vec<u8> {
        let Ok(text) = std::str::from_utf8(body) else { return body.to_vec() };
        let telling = self.secrets.iter().filter(|(_, secret)| secret.len() >= TELLING);
        telling.fold(text.to_owned(), |text, (name, secret)| text.replace(secret, &format!("${name}"))).into_bytes()
    }

    /// Masks credentials that stand by themselves: a whole value, or what follows a blank, a colon or an equals sign.
    fn text(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, (name, secret)| {
            let mut masked = String::new();
            let mut rest = text.as_str();
            let mut before = None;
            while let Some(at) = rest.find(secret.as_str()) {
                let (head, tail) = rest.split_at(at);
                let after = tail[secret.len()..].chars().next();
                let begins = head.chars().next_back().or(before).is_none_or(|c| " =:".contains(c));
                let ends = after.is_none_or(|c| " ;,&".contains(c));
                masked.push_str(head);
                if begins && ends {
                    masked.push('$');
                    masked.push_str(name);
                } else {
                    masked.push_str(secret);
                }
                before = secret.chars().next_back();
                rest = &tail[secret.len()..];
            }
            masked.push_str(rest);
            masked
        })
    }

    /// The variables that stand in what a report shows of its violations.
    #[must_use]
    pub fn shown_in(&self, report: &Report) -> Vec<&str> {
        let evidence = report.rows().filter_map(|line| line.evidence.as_ref());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_by_itself_is_masked_wherever_credentials_travel() {
        let mask = Mask::new(vec![("ETALON_KEY".into(), "abc".into()), ("ETALON_LONG".into(), "abcdefgh".into())]);
        for (text, masked) in [
            ("Bearer abc", "Bearer $ETALON_KEY"),
            ("abc", "$ETALON_KEY"),
            ("theme=dark; sid=abc; abcd=1", "theme=dark; sid=$ETALON_KEY; abcd=1"),
            ("/abc/x?key=abc&q=abcd", "/abc/x?key=$ETALON_KEY&q=abcd"),
            ("token abcdefgh", "token $ETALON_LONG"),
            ("abcabc", "abcabc"),
        ] {
            assert_eq!(mask.text(text), masked);
        }
    }

    #[test]
    fn only_what_can_hardly_be_a_word_is_masked_in_answers() {
        let mask = Mask::new(vec![("A".into(), "abc".into()), ("B".into(), "abcdefgh".into())]);
        assert_eq!(mask.answered(br#"{"you":"abcdefgh","x":"abc"}"#), br#"{"you":"$B","x":"abc"}"#);
        assert_eq!(mask.answered(&[0xff]), [0xff]);
    }
}
