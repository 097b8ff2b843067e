//! Styles that put a whole value into one text: what leads it, what stands between its parts, how members are paired.

use crate::codec::hints::Kind;
use crate::codec::style::escape::{Escaping, Reserved};
use crate::codec::style::texts::Texts;
use crate::model::Style;

/// The layout of a value as one text.
#[derive(Clone, Debug)]
pub(crate) struct Delimited {
    escaping: Escaping,
    reserved: Reserved,
    /// The text before everything else.
    lead: &'static str,
    /// The texts between parts, in each spelling that is read; the first is written.
    delimiters: &'static [&'static str],
    pairing: Pairing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pairing {
    /// Names and values in turn: `R,100,G,200`.
    Alternating,
    /// Names with their values: `R=100,G=200`.
    Assigned,
}

impl Delimited {
    /// The layout of a style in a place: `form` and `cookie` only where they do not repeat their name, `matrix` only
    /// its members.
    pub(crate) fn new(style: Style, explode: bool, escaping: Escaping, reserved: Reserved) -> Self {
        let (lead, delimiters): (&str, &[&str]) = match (style, escaping.is_percent_encoded()) {
            (Style::Simple | Style::Form | Style::Cookie | Style::DeepObject, _) => ("", &[","]),
            (Style::Label, _) if explode => (".", &["."]),
            (Style::Label, _) => (".", &[","]),
            (Style::Matrix, _) if explode => (";", &[";"]),
            (Style::Matrix, _) => ("", &[","]),
            (Style::SpaceDelimited, true) if escaping == Escaping::Query => ("", &["%20", "+"]),
            (Style::SpaceDelimited, true) => ("", &["%20"]),
            (Style::SpaceDelimited, false) => ("", &[" "]),
            (Style::PipeDelimited, true) => ("", &["%7C", "%7c", "|"]),
            (Style::PipeDelimited, false) => ("", &["|"]),
            (Style::TabDelimited, true) => ("", &["%09"]),
            (Style::TabDelimited, false) => ("", &["\t"]),
        };
        let pairing = match style {
            Style::Simple | Style::Label | Style::Matrix if explode => Pairing::Assigned,
            Style::Simple
            | Style::Label
            | Style::Matrix
            | Style::Form
            | Style::SpaceDelimited
            | Style::PipeDelimited
            | Style::DeepObject
            | Style::TabDelimited
            | Style::Cookie => Pairing::Alternating,
        };
        Self { escaping, reserved, lead, delimiters, pairing }
    }

    /// Writes the texts as one.
    ///
    /// # Errors
    /// The character that cannot travel here.
    pub(crate) fn join(&self, texts: &Texts) -> Result<String, String> {
        let write = |text: &str| self.escaping.write(text, self.reserved);
        let parts: Vec<String> = match texts {
            Texts::One(text) => vec![write(text)?],
            Texts::List(texts) => texts.iter().map(|text| write(text)).collect::<Result<_, _>>()?,
            Texts::Members(members) => {
                let mut parts = Vec::with_capacity(members.len() * 2);
                for (name, text) in members {
                    match self.pairing {
                        Pairing::Alternating => parts.extend([write(name)?, write(text)?]),
                        Pairing::Assigned => parts.push(format!("{}={}", write(name)?, write(text)?)),
                    }
                }
                parts
            }
        };
        Ok(format!("{}{}", self.lead, parts.join(self.delimiters[0])))
    }

    /// Reads one text as the texts that it holds.
    ///
    /// # Errors
    /// What is wrong with its form or its escapes.
    pub(crate) fn split(&self, raw: &str, kind: Kind) -> Result<Texts, String> {
        let raw = raw.strip_prefix(self.lead).ok_or_else(|| format!("it does not begin with `{}`", self.lead))?;
        match kind {
            Kind::One | Kind::Untyped | Kind::OneOrMembers => self.read(raw).map(Texts::One),
            Kind::OneOrList
                if !self.delimiters.iter().any(|delimiter| raw.contains(delimiter)) && !self.is_escaped_whole(raw) =>
            {
                self.read(raw).map(Texts::One)
            }
            Kind::List | Kind::OneOrList => {
                let spread = self.is_escaped_whole(raw).then(|| raw.replace("%2C", ",").replace("%2c", ","));
                let raw = spread.as_deref().unwrap_or(raw);
                let texts: Vec<String> =
                    self.parts(raw).into_iter().map(|part| self.read(part)).collect::<Result<_, _>>()?;
                // Empty elements of a list in a header field do not count (RFC 9110 §5.6.1.2).
                let counts = |text: &String| self.escaping != Escaping::Header || !text.is_empty();
                Ok(Texts::List(texts.into_iter().filter(counts).collect()))
            }
            Kind::Members => self.members(raw).map(Texts::Members),
        }
    }

    /// True for a list in a query whose every comma is escaped: most clients escape a value as a whole, delimiters and all.
    fn is_escaped_whole(&self, raw: &str) -> bool {
        self.escaping == Escaping::Query
            && self.delimiters == [","]
            && !raw.contains(',')
            && (raw.contains("%2C") || raw.contains("%2c"))
    }

    fn members(&self, raw: &str) -> Result<Vec<(String, String)>, String> {
        let parts = self.parts(raw);
        match self.pairing {
            Pairing::Alternating => {
                let pairs = parts.chunks_exact(2);
                if !pairs.remainder().is_empty() {
                    return Err("names and values do not pair up".to_owned());
                }
                pairs.map(|pair| Ok((self.read(pair[0])?, self.read(pair[1])?))).collect()
            }
            Pairing::Assigned => parts
                .into_iter()
                .map(|part| {
                    let (name, text) = match part.split_once('=') {
                        Some(pair) => pair,
                        // A matrix leaves the sign out before an empty value (RFC 6570 §3.2.7).
                        None if self.lead == ";" => (part, ""),
                        None => return Err("a member has no `=`".to_owned()),
                    };
                    Ok((self.read(name)?, self.read(text)?))
                })
                .collect(),
        }
    }

    fn parts<'r>(&self, raw: &'r str) -> Vec<&'r str> {
        let mut parts = Vec::new();
        let (mut start, mut at) = (0, 0);
        while at < raw.len() {
            let here = &raw.as_bytes()[at..];
            match self.delimiters.iter().find(|delimiter| here.starts_with(delimiter.as_bytes())) {
                // Delimiters are ASCII, so both cuts are borders of characters.
                Some(delimiter) => {
                    parts.push(&raw[start..at]);
                    at += delimiter.len();
                    start = at;
                }
                None => at += 1,
            }
        }
        parts.push(&raw[start..]);
        parts
    }

    fn read(&self, raw: &str) -> Result<String, String> {
        match self.escaping {
            // Lists in header fields may have white space around their commas (RFC 9110 §5.6.1).
            Escaping::Header => Ok(raw.trim_matches([' ', '\t']).to_owned()),
            Escaping::Path | Escaping::Query | Escaping::FormCookie | Escaping::Cookie | Escaping::Part => {
                self.escaping.read(raw)
            }
        }
    }
}
