//! Values just past a limit: the first that must be refused.

use serde_json::{Value, json};

use crate::document::Location;
use crate::generate::limit::near_misses::{
    UNMATCHED, Wanted, between, beyond, malformed, otherwise_spelt, resized, searched, torn, unlisted, unmatched, with,
    without,
};
use crate::generate::limit::showing::{Past, showing};
use crate::generate::plain::assorted::wrong;
use crate::generate::plain::facets::{Alternative, Facets, Kind, natural};
use crate::generate::plain::place::facets_at;
use crate::generate::value::value_of;
use crate::generate::{Cannot, Choices};
use crate::model::Decimal;
use crate::model::{Contract, Direction, TextFormat, is_number_format};
use crate::rule::{Keyword, Row, Subject};
use crate::validate;

/// The name of a member that no contract describes.
const UNEXPECTED: &str = "etalonUnexpected";

pub(crate) fn variants(subject: &Subject, keyword: Keyword, operand: &Value) -> usize {
    match showing(keyword.class()).past {
        Past::OtherTypes => wrong(subject, operand, &Value::Null).len().max(1),
        Past::NearMisses => match operand.as_str() {
            Some(format) if is_number_format(format) => 2,
            Some(format) => TextFormat::find(format).map_or(1, |format| format.near_misses.len()),
            None => 1,
        },
        Past::Unlisted if keyword == Keyword::Enum && has_text(operand) => 3,
        Past::Short if natural(operand).is_some_and(|least| least > 1) => 2,
        Past::Unmatched => UNMATCHED,
        Past::Unlisted | Past::Short | Past::One => 1,
    }
}

/// True for a list with a text in it.
fn has_text(operand: &Value) -> bool {
    operand.as_array().into_iter().flatten().any(Value::is_string)
}

/// Values to try, the most telling first; each is judged before it is used.
pub(crate) fn values(
    contract: &Contract,
    root: &Location,
    wanted: &Wanted<'_>,
    choices: &mut dyn Choices,
) -> Result<Vec<Value>, Cannot> {
    let (here, operand) = (wanted.here, wanted.operand);
    let mut making = Making { contract, root, wanted, choices };
    match wanted.keyword {
        Keyword::Type => {
            let wrong = wrong(&wanted.row.subject, operand, here);
            Ok(wrong.into_iter().nth(wanted.variant).into_iter().collect())
        }
        Keyword::Enum | Keyword::Const => Ok(match wanted.variant {
            0 => unlisted(here, operand),
            1 => otherwise_spelt(operand),
            _ => vec![json!("")],
        }),
        // The second kind is the empty text, which many a check passes over.
        Keyword::MinLength if wanted.variant > 0 => Ok(vec![json!("")]),
        Keyword::Minimum | Keyword::ExclusiveMinimum => beyond(&making.facets()?, wanted, Decimal::minus),
        Keyword::Maximum | Keyword::ExclusiveMaximum => beyond(&making.facets()?, wanted, Decimal::plus),
        Keyword::MultipleOf => between(wanted),
        Keyword::MinLength => making.too_short(),
        Keyword::MaxLength => making.too_long(),
        Keyword::Pattern => Ok(unmatched(here, wanted.variant)),
        Keyword::Format => malformed(wanted),
        Keyword::MinItems => making.too_few_items(),
        Keyword::MaxItems => making.too_many_items(),
        Keyword::MinContains => making.too_few_contained(),
        Keyword::MaxContains => making.too_many_contained(),
        Keyword::UniqueItems => making.alike(),
        Keyword::MinProperties | Keyword::MaxProperties => resized(wanted, making.count()?),
        Keyword::Required => Ok(without(here, wanted.member)),
        Keyword::DependentRequired => Ok(torn(here, operand)),
        Keyword::Properties => Ok(Vec::new()),
        Keyword::AdditionalProperties | Keyword::UnevaluatedProperties => Ok(with(here, UNEXPECTED)),
        Keyword::PropertyNames => {
            Ok(["~", "", "a b", &"x".repeat(300)].iter().flat_map(|name| with(here, name)).collect())
        }
        Keyword::Not
        | Keyword::AnyOf
        | Keyword::OneOf
        | Keyword::Contains
        | Keyword::Items
        | Keyword::UnevaluatedItems
        | Keyword::ContentEncoding
        | Keyword::ContentMediaType
        | Keyword::False => Ok(searched(here)),
    }
}

/// Makes values of what acts on the place, with a bound of it changed.
struct Making<'c, 'w, 'x> {
    contract: &'c Contract,
    root: &'w Location,
    wanted: &'w Wanted<'w>,
    choices: &'x mut dyn Choices,
}

impl<'c> Making<'c, '_, '_> {
    /// Everything that acts on the place.
    fn facets(&self) -> Result<Facets<'c>, Cannot> {
        facets_at(self.contract, self.root, self.wanted.row)
    }

    /// The same for values of one type.
    fn typed(&self, kind: Kind) -> Result<Facets<'c>, Cannot> {
        let mut facets = self.facets()?;
        facets.kinds = Some(vec![kind]);
        facets.values = None;
        facets.alternatives.clear();
        Ok(facets)
    }

    /// The limit as a count.
    fn count(&self) -> Result<u64, Cannot> {
        let operand = self.wanted.operand;
        natural(operand).ok_or_else(|| Cannot::because(format!("{operand} is no count")))
    }

    /// One less than the limit.
    fn fewer(&self, none: &str) -> Result<u64, Cannot> {
        self.count()?.checked_sub(1).ok_or_else(|| Cannot::because(none))
    }

    fn made(&mut self, facets: Facets<'c>) -> Result<Vec<Value>, Cannot> {
        let name = self.wanted.row.pointer.last().unwrap_or_default().into_owned();
        value_of(self.contract, facets, Direction::Request, &name, self.choices).map(|value| vec![value])
    }

    /// With the pattern and format kept if that is possible, so that the length alone is wrong; else without.
    fn loosened(&mut self, facets: Facets<'c>) -> Result<Vec<Value>, Cannot> {
        let mut plain = facets.clone();
        plain.patterns.clear();
        plain.formats.clear();
        self.made(facets).or_else(|_| self.made(plain))
    }

    fn too_short(&mut self) -> Result<Vec<Value>, Cannot> {
        let most = self.fewer("nothing is shorter than nothing")?;
        let mut facets = self.typed(Kind::String)?;
        (facets.min_length, facets.max_length) = (0, Some(most));
        if most == 0 {
            return Ok(vec![json!("")]);
        }
        // All of the length that is left, since shorter still would prove less.
        facets.min_length = most;
        self.loosened(facets)
    }

    fn too_long(&mut self) -> Result<Vec<Value>, Cannot> {
        let mut facets = self.typed(Kind::String)?;
        facets.min_length = self.count()? + 1;
        facets.max_length = Some(facets.min_length);
        self.loosened(facets)
    }

    fn too_few_items(&mut self) -> Result<Vec<Value>, Cannot> {
        let mut facets = self.typed(Kind::Array)?;
        let most = self.fewer("nothing has fewer items than none")?;
        (facets.min_items, facets.max_items) = (most, Some(most));
        self.made(facets)
    }

    fn too_many_items(&mut self) -> Result<Vec<Value>, Cannot> {
        let mut facets = self.typed(Kind::Array)?;
        facets.min_items = self.count()? + 1;
        facets.max_items = Some(facets.min_items);
        self.made(facets)
    }

    fn too_few_contained(&mut self) -> Result<Vec<Value>, Cannot> {
        let mut facets = self.typed(Kind::Array)?;
        let least = self.fewer("nothing contains fewer than none")?;
        facets.contains.iter_mut().for_each(|contains| contains.min = least);
        // Others might be such as well.
        facets.max_items = Some(facets.min_items.max(least)).min(facets.max_items.or(Some(u64::MAX)));
        self.made(facets)
    }

    fn too_many_contained(&mut self) -> Result<Vec<Value>, Cannot> {
        let mut facets = self.typed(Kind::Array)?;
        let most = self.count()? + 1;
        facets.contains.iter_mut().for_each(|contains| contains.min = most);
        self.made(facets)
    }

    /// A list with its first item once more.
    fn alike(&mut self) -> Result<Vec<Value>, Cannot> {
        let mut facets = self.typed(Kind::Array)?;
        facets.min_items = facets.min_items.max(2) - 1;
        facets.max_items = facets.max_items.map(|most| most.saturating_sub(1));
        let mut items = self.made(facets)?;
        if let Some(Value::Array(items)) = items.first_mut()
            && let Some(first) = items.first().cloned()
        {
            items.push(first);
        }
        Ok(items)
    }
}

/// The most pairs of branches that are tried.
const MAX_PAIRS: usize = 32;

/// Values that fit two branches of a `oneOf`, simplest first.
pub(super) fn overlapping(
    contract: &Contract,
    root: &Location,
    row: &Row,
    at: &Location,
    choices: &mut dyn Choices,
) -> Result<Vec<Value>, Cannot> {
    let mut rest = facets_at(contract, root, row)?;
    let is_meant = |known: &Alternative<'_>| known.at() == *at;
    let missing = || Cannot::because("the alternatives do not act here");
    let place = rest.alternatives.iter().position(is_meant).ok_or_else(missing)?;
    let branches = rest.alternatives.remove(place).branches();
    let pairs = (0..branches.len()).flat_map(|one| (one + 1..branches.len()).map(move |other| (one, other)));
    let mut values = Vec::new();
    for (one, other) in pairs.take(MAX_PAIRS) {
        let mut both = rest.clone();
        let folded =
            [one, other].iter().try_for_each(|index| both.and(contract, &branches[*index], Direction::Request));
        let Ok(made) = folded.and_then(|()| value_of(contract, both, Direction::Request, "", choices)) else {
            continue;
        };
        let fits = |index: usize| validate::is_valid(contract, &at.index(index), Direction::Request, &made);
        if fits(one).unwrap_or(false) && fits(other).unwrap_or(false) {
            values.push(made);
        }
    }
    Ok(values)
}
