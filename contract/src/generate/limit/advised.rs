//! What a document advises rather than asserts: what a discriminator says, and members that only the server sets. A
//! request that goes against it may still be valid; then its twin is what follows the advice.

use serde_json::Value;

use crate::codec::Draft;
use crate::generate::limit::{ATTEMPTS, Broken, get, get_mut, omit};
use crate::generate::request::{reaching, violations};
use crate::generate::{Cannot, Choices};
use crate::model::{Contract, Direction, Operation};
use crate::rule::{Advice, Branch, Breach, Keyword, Row, Rule, Tag};
use crate::validate::{self, Violation};

/// A name that no alternative has.
const UNKNOWN: &str = "etalon-unknown";

/// A valid request whose discriminator says a name, or nothing, and that takes the alternative that is then meant.
pub(crate) fn named(
    contract: &Contract,
    operation: &Operation,
    row: &Row,
    (member, tag, meant): (&str, &Tag, &Branch),
    choices: &mut dyn Choices,
) -> Result<Draft, Cannot> {
    let mut within = row.within.clone();
    within.push(meant.clone());
    let wanted = Row { within, ..row.clone() };
    let mut last = Cannot::because("no request was found that takes the alternative");
    for _ in 0..ATTEMPTS {
        let mut draft = reaching(contract, operation, Some(&wanted), choices)?;
        let object = get_mut(&mut draft, row)?.as_object_mut();
        let object = object.ok_or_else(|| Cannot::because("only objects have members that tell them apart"))?;
        match tag {
            Tag::Named(name) => {
                object.insert(member.to_owned(), Value::from(name.as_str()));
            }
            Tag::Omitted => {
                object.shift_remove(member);
            }
            Tag::Unknown => return Err(Cannot::because("an unknown name means no alternative")),
        }
        match violations(contract, operation, &draft)?.first() {
            None => {}
            Some(violation) => {
                last = Cannot::because(format!("the alternative does not allow that: {violation}"));
                continue;
            }
        }
        match validate::is_valid(contract, &meant.schema(), Direction::Request, get(&draft, row)?) {
            Ok(true) => return Ok(draft),
            Ok(false) => last = Cannot::because("the value that was made fits another alternative"),
            Err(defect) => return Err(Cannot::defective(&defect)),
        }
    }
    Err(last)
}

/// A request whose discriminator says a name that no alternative has, and the same with a name that one has. Where the
/// schemas themselves refuse the name, nothing else may be broken.
pub(crate) fn unknown(
    contract: &Contract,
    operation: &Operation,
    row: &Row,
    member: &str,
    choices: &mut dyn Choices,
) -> Result<Broken, Cannot> {
    let mut last = Cannot::because("no request was found that has the alternatives");
    for _ in 0..ATTEMPTS {
        let twin = reaching(contract, operation, Some(row), choices)?;
        let mut draft = twin.clone();
        let Some(object) = get_mut(&mut draft, row)?.as_object_mut().filter(|object| object.contains_key(member))
        else {
            last = Cannot::because("the value that was made names no alternative");
            continue;
        };
        object.insert(member.to_owned(), Value::from(UNKNOWN));
        let found = violations(contract, operation, &draft)?;
        match found.iter().find(|violation| !is_of_name(violation, row, member)) {
            None => return Ok(Broken { draft, twin }),
            Some(other) => last = Cannot::because(format!("it would break something else: {other}")),
        }
    }
    Err(last)
}

/// True where a request goes against what the document advises, and breaks nothing besides.
pub(crate) fn is_against(contract: &Contract, operation: &Operation, row: &Row, draft: &Draft) -> bool {
    let (Ok(found), Ok(here)) = (violations(contract, operation, draft), get(draft, row)) else { return false };
    if let Rule::Advice(Advice::Discriminator { member, meant: None, .. }) = &row.rule {
        return here.get(member).is_some_and(|name| name == UNKNOWN)
            && found.iter().all(|violation| is_of_name(violation, row, member));
    }
    found.is_empty()
}

/// True where a violation says that the name is none of those that are known.
fn is_of_name(violation: &Violation, row: &Row, member: &str) -> bool {
    let Breach::Keyword { keyword, .. } = &violation.breach else { return false };
    let chosen = violation.pointer.fits(&row.pointer) && matches!(keyword, Keyword::OneOf | Keyword::AnyOf);
    violation.subject == row.subject && (chosen || violation.pointer.fits(&row.pointer.join(member)))
}

/// A request with a member that only the server sets, and the same without it: both are valid.
pub(crate) fn read_only(
    contract: &Contract,
    operation: &Operation,
    row: &Row,
    choices: &mut dyn Choices,
) -> Result<Broken, Cannot> {
    let mut last = Cannot::because("no request was found that has the member");
    for _ in 0..ATTEMPTS {
        let draft = reaching(contract, operation, Some(row), choices)?;
        let mut twin = draft.clone();
        omit(&mut twin, row)?;
        match violations(contract, operation, &twin)?.first() {
            None => return Ok(Broken { draft, twin }),
            Some(other) => last = Cannot::because(format!("the member cannot be left out: {other}")),
        }
    }
    Err(last)
}
