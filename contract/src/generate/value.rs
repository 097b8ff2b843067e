//! Values that satisfy a schema: made the plain way first, which is fast and keeps what the document says for people; and
//! of the schema's canonical form where that fails.

use serde_json::Value;

use crate::document::Location;
use crate::generate::algebra::{self, Form};
use crate::generate::facets::Facets;
use crate::generate::maker::{ATTEMPTS, Maker, Way};
use crate::generate::{Cannot, Choices, Why, limit};
use crate::model::{Contract, Direction};
use crate::rule::Subject;
use crate::validate;

/// A value that is valid for the schema at a location.
///
/// # Errors
/// Why none was found.
pub fn value(
    contract: &Contract,
    at: &Location,
    direction: Direction,
    choices: &mut dyn Choices,
) -> Result<Value, Cannot> {
    value_reaching(contract, at, direction, Way::default(), choices)
}

/// The same, with the members and items on the way present, optional as they may be.
pub(crate) fn value_reaching(
    contract: &Contract,
    at: &Location,
    direction: Direction,
    way: Way<'_>,
    choices: &mut dyn Choices,
) -> Result<Value, Cannot> {
    let judge = |made: &Value| -> Result<(), Cannot> {
        match validate::is_valid(contract, at, direction, made) {
            Ok(true) => return Ok(()),
            Err(defect) => return Err(Cannot::defective(&defect)),
            Ok(false) => {}
        }
        let found = validate::value(contract, at, direction, &Subject::Body, made)
            .map_err(|defect| Cannot::defective(&defect))?;
        Err(Cannot::because(match found.first() {
            Some(violation) => format!("no value was found that satisfies all keywords together: {violation}"),
            None => "the validator does not agree with itself".to_owned(),
        }))
    };
    let plain = match attempts(contract, at, direction, way, choices, &judge) {
        Ok(made) => return Ok(made),
        // The canonical form knows neither broken schemas nor single branches.
        Err(cannot) if cannot.why == Why::Defective || !way.branches.is_empty() => return Err(cannot),
        // What is too much is so in any form.
        Err(cannot) if cannot == Maker::needs_more() => return Err(cannot),
        Err(cannot) => cannot,
    };
    match algebra::form(contract, at, direction) {
        Form::Canonical(form) => {
            let plain = match attempts(&form, &algebra::root(), direction, way, choices, &judge) {
                Ok(made) => return Ok(made),
                Err(_) => plain,
            };
            if plain.why == Why::Unsatisfiable && !way.path.is_empty() {
                // The whole can be satisfied, but perhaps not with something at this place.
                return Err(algebra::emptiness(contract, at, way.path, direction).unwrap_or(unproven(plain)));
            }
            Err(unproven(plain))
        }
        Form::None(cannot) if cannot.why == Why::Unsatisfiable => Err(cannot),
        Form::None(_) => Err(unproven(plain)),
    }
}

/// A value that is not valid for the schema at a location, as plain as one can be.
///
/// # Errors
/// Why none was found; `Why::Implied` where every value is valid.
pub fn invalid(
    contract: &Contract,
    at: &Location,
    direction: Direction,
    choices: &mut dyn Choices,
) -> Result<Value, Cannot> {
    let judge = |made: &Value| {
        validate::is_valid(contract, at, direction, made)
            .map(|valid| !valid)
            .map_err(|defect| Cannot::defective(&defect))
    };
    for plain in limit::assorted() {
        if judge(&plain)? {
            return Ok(plain);
        }
    }
    let form = match algebra::negation(contract, at, direction) {
        Form::Canonical(form) => form,
        Form::None(cannot) => return Err(cannot),
    };
    for attempt in 0..ATTEMPTS {
        if let Ok(made) = value_of_form(&form, attempt, choices)
            && judge(&made)?
        {
            return Ok(made);
        }
    }
    Err(Cannot::because("no value was found that the schema refuses"))
}

/// The plain way sees one branch at a time: what it takes for impossible may only be hard to find.
fn unproven(cannot: Cannot) -> Cannot {
    if cannot.why == Why::Unsatisfiable { Cannot::because(cannot.reason) } else { cannot }
}

fn attempts(
    contract: &Contract,
    at: &Location,
    direction: Direction,
    way: Way<'_>,
    choices: &mut dyn Choices,
    judge: &dyn Fn(&Value) -> Result<(), Cannot>,
) -> Result<Value, Cannot> {
    let schema = contract.schema(at).map_err(|defect| Cannot::defective(&defect))?;
    let mut last = Cannot::because("no value was found that satisfies the schema");
    let mut maker = Maker::new(contract, direction, way, choices);
    for attempt in 0..ATTEMPTS {
        maker.begin(attempt);
        match maker.make(&[schema], "", way.path, 0).and_then(|made| judge(&made).map(|()| made)) {
            Ok(made) => return Ok(made),
            Err(_) if maker.is_spent() => return Err(Maker::needs_more()),
            Err(cannot) if cannot.why == Why::Defective => return Err(cannot),
            Err(cannot) => last = cannot,
        }
    }
    Err(last)
}

/// A value for facets that were changed on purpose: at a limit, or past it. Not validated: the caller knows what it wants.
pub(crate) fn value_of<'c>(
    contract: &'c Contract,
    facets: Facets<'c>,
    direction: Direction,
    name: &str,
    choices: &mut dyn Choices,
) -> Result<Value, Cannot> {
    Maker::new(contract, direction, Way::default(), choices).fulfil(facets, name, &[], 0)
}

/// The same, an object with exactly these optional members.
pub(crate) fn object_of<'c>(
    contract: &'c Contract,
    facets: Facets<'c>,
    exactly: Vec<String>,
    choices: &mut dyn Choices,
) -> Result<Value, Cannot> {
    let mut maker = Maker::new(contract, Direction::Request, Way::default(), choices);
    maker.exactly = Some(exactly);
    maker.fulfil(facets, "", &[], 0)
}

/// A value of the canonical form of something that need not be valid: to break one keyword and keep the others.
pub(crate) fn value_of_form(form: &Contract, attempt: usize, choices: &mut dyn Choices) -> Result<Value, Cannot> {
    let root = algebra::root();
    let schema = form.schema(&root).map_err(|defect| Cannot::defective(&defect))?;
    let mut maker = Maker::new(form, Direction::Request, Way::default(), choices);
    maker.begin(attempt);
    let made = maker.make(&[schema], "", &[], 0)?;
    match validate::is_valid(form, &root, Direction::Request, &made) {
        Ok(true) => Ok(made),
        _ => Err(Cannot::because("no value was found for the canonical form")),
    }
}
