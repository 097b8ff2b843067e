//! Texts: of a pattern, of a format, of a length.

use std::borrow::Cow;
use std::sync::Arc;

use crate::generate::plain::facets::Facets;
use crate::generate::plain::pattern::{Known, letters};
use crate::generate::plain::{pattern, words};
use crate::generate::{Cannot, Choices, Data, Taste};
use crate::model::{Length, TextFormat};

/// The longest text that is made; a contract that asks for more is told so.
pub(crate) const MAX_TEXT: u64 = 1_000_000;

/// The most texts that are made where several patterns, or a look-around, must be satisfied as well.
const TRIES: usize = 24;

/// The length of a free text where nothing bounds it, in characters: long enough that two seldom meet.
const FREE: u64 = 12;

/// A text that satisfies the facets; `name` is the member that holds it.
pub(crate) fn text(facets: &Facets<'_>, name: &str, choices: &mut dyn Choices) -> Result<String, Cannot> {
    Texts::of(facets).make(name, choices)
}

/// The constraints of a text: lengths in characters, patterns, a format.
#[derive(Clone, Debug, Default)]
pub(crate) struct Texts<'d> {
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
    pub(crate) patterns: Vec<Sought<'d>>,
    /// The first format that is asserted of texts.
    pub(crate) format: Option<&'static TextFormat>,
    /// The examples that the document gives.
    pub(crate) examples: Vec<Cow<'d, str>>,
    description: Option<Cow<'d, str>>,
    /// The name of a member that says what the text is to be like, by `x-faker`.
    faker: Option<&'static str>,
    data: Data,
}

/// A pattern to match.
#[derive(Clone, Debug)]
pub(crate) struct Sought<'d> {
    source: Cow<'d, str>,
    pub(crate) known: Arc<Known>,
}

impl<'d> Texts<'d> {
    /// The constraints of the facets on a text.
    pub(crate) fn of(facets: &Facets<'d>) -> Self {
        let sought = |source: &&'d str| Sought { source: Cow::Borrowed(*source), known: Known::of(source) };
        Self {
            min: facets.min_length,
            max: facets.max_length,
            patterns: facets.patterns.iter().map(sought).collect(),
            format: facets.formats.iter().find_map(|name| TextFormat::find(name)),
            examples: facets.examples.iter().filter_map(|example| example.as_str()).map(Cow::Borrowed).collect(),
            description: facets.description.map(Cow::Borrowed),
            faker: facets
                .faker
                .and_then(|faker| faker.word())
                .or_else(|| facets.formats.iter().find_map(|name| words::of_format(name))),
            data: facets.data.clone(),
        }
    }

    /// The same, free of the document.
    pub(crate) fn into_owned(self) -> Texts<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        let sought = |sought: Sought<'_>| Sought { source: owned(sought.source), known: sought.known };
        Texts {
            min: self.min,
            max: self.max,
            patterns: self.patterns.into_iter().map(sought).collect(),
            format: self.format,
            examples: self.examples.into_iter().map(owned).collect(),
            description: self.description.map(owned),
            faker: self.faker,
            data: self.data,
        }
    }

    /// A text; `name` is the member that holds it.
    pub(crate) fn make(&self, name: &str, choices: &mut dyn Choices) -> Result<String, Cannot> {
        let (min, max) = (self.min, self.max);
        let name = self.faker.unwrap_or(name);
        if min > MAX_TEXT {
            return Err(Cannot::budget(format!(
                "a text of {min} characters is longer than the {MAX_TEXT} that are made"
            )));
        }
        if max.is_some_and(|max| min > max) {
            return Err(Cannot::unsatisfiable("`minLength` is greater than `maxLength`"));
        }
        if !self.patterns.is_empty() {
            return self.matching(name, choices);
        }
        if let Some(picture) = self.picture(name, choices) {
            return Ok(picture);
        }
        if let Some(known) = self.format {
            return (known.sample)(Length { min, max }, &mut |bound| choices.below(bound))
                .or_else(|| self.example())
                .ok_or_else(|| Cannot::because(format!("no {} has a length from {min} to {}", known.name, show(max))));
        }
        Ok(match choices.taste() {
            Taste::Believable => self.believable(name, choices),
            Taste::Plain => plain(min, max, choices),
        })
    }

    fn matching(&self, name: &str, choices: &mut dyn Choices) -> Result<String, Cannot> {
        let (min, max) = (self.min, self.max);
        if min > pattern::MAX_TEXT {
            let most = pattern::MAX_TEXT;
            return Err(Cannot::budget(format!(
                "a text of {min} characters is longer than the {most} made of a pattern"
            )));
        }
        let fits = |text: &str| self.patterns.iter().all(|sought| sought.known.matches(text));
        // A word of the document, where one fits: patterns seldom make words.
        if choices.taste() == Taste::Believable
            && let Some(named) = words::by_name(name, &self.data, choices)
            && self.allows(&named)
            && fits(&named)
        {
            return Ok(named);
        }
        // A pattern mostly narrows a format rather than the other way round.
        if let Some(known) = self.format {
            for _ in 0..TRIES {
                let made = (known.sample)(Length { min, max }, &mut |bound| choices.below(bound));
                if let Some(made) = made.filter(|made| fits(made)) {
                    return Ok(made);
                }
            }
        }
        let mut first = None;
        for sought in &self.patterns {
            let Some(pattern) = sought.known.pattern() else { continue };
            let tries = if self.patterns.len() > 1 || pattern.is_guess() { TRIES } else { 1 };
            for _ in 0..tries {
                let Some(made) = pattern.sample(min, max, choices) else { break };
                if tries == 1 || fits(&made) {
                    return Ok(made);
                }
                first = first.or(Some(made));
            }
        }
        // The validator may see what this does not.
        first.or_else(|| self.example()).ok_or_else(|| {
            let sources: Vec<&str> = self.patterns.iter().map(|sought| sought.source.as_ref()).collect();
            Cannot::because(format!("no text was found that matches {}", sources.join(" and ")))
        })
    }

    fn believable(&self, name: &str, choices: &mut dyn Choices) -> String {
        let (min, max) = (self.min, self.max);
        let mut made = words::by_name(name, &self.data, choices)
            .or_else(|| self.description.as_ref().and_then(|said| words::by_description(said, &self.data, choices)))
            .unwrap_or_else(|| words::any(choices));
        let long = length(&made);
        if long < min {
            made.push_str(&letters(min - long, choices));
        }
        match max {
            Some(max) if length(&made) > max => plain(min, Some(max), choices),
            _ => made,
        }
    }

    /// A picture that loads, where the text is the address of one.
    fn picture(&self, name: &str, choices: &mut dyn Choices) -> Option<String> {
        let is_address = self.format.is_none_or(|format| format.is_address());
        if !is_address || choices.taste() == Taste::Plain {
            return None;
        }
        words::picture(name, &self.data, choices).filter(|picture| self.allows(picture))
    }

    fn example(&self) -> Option<String> {
        self.examples.iter().find(|example| self.allows(example)).map(|example| example.clone().into_owned())
    }

    fn allows(&self, text: &str) -> bool {
        let length = length(text);
        self.min <= length && self.max.is_none_or(|max| length <= max)
    }
}

fn length(text: &str) -> u64 {
    u64::try_from(text.chars().count()).unwrap_or(u64::MAX)
}

fn show(max: Option<u64>) -> String {
    max.map_or_else(|| "any".to_owned(), |max| max.to_string())
}

/// Letters, from the shortest length on; free of everything that some part of the way might trip over.
fn plain(min: u64, max: Option<u64>, choices: &mut dyn Choices) -> String {
    let high = max.unwrap_or(min.max(FREE)).min(min.saturating_add(FREE));
    let low = min.max(high.min(1));
    let length = low + choices.below(high.saturating_sub(low) + 1);
    letters(length, choices)
}
