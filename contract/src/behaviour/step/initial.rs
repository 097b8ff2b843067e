//! The items that a set holds before the first request, made of the place and the seed alone.

use crate::behaviour::call::Refusal;
use crate::behaviour::context::Context;
use crate::behaviour::state::{Place, State};
use crate::behaviour::statement::Statement;
use crate::behaviour::step::item::{Maker, NewItem};
use crate::behaviour::{Collection, Origin};
use crate::model::Contract;

/// The number of items that a collection which nothing adds to holds from the start: enough to see a list.
const POPULATION: usize = 3;

/// The number of items that a set of a collection holds from the start.
pub(super) fn initial(collection: &Collection) -> usize {
    match collection.origin {
        Origin::Empty | Origin::Assumed => 0,
        Origin::Populated => POPULATION,
        Origin::Singleton => 1,
    }
}

/// Fills a set that was never touched with what it holds from the start. That depends on the place and the seed alone, so that
/// it is the same whenever it is looked at, and nobody has to keep it.
pub(super) fn populate(
    contract: &Contract,
    collection: &Collection,
    state: &mut State,
    place: &Place,
    context: &Context,
) -> Result<(), Refusal> {
    let count = initial(collection);
    if count == 0 || state.has_set(place) {
        return Ok(());
    }
    // Before the first request: each is a second later than the one before it.
    let elapsed = i64::try_from(context.number).unwrap_or(i64::MAX);
    let start = Context { seed: context.seed, now: context.now.saturating_sub(elapsed), number: 0 };
    let maker = Maker { contract, collection, place, context: start };
    let mut alone = State::default();
    for _ in 0..count {
        let NewItem { key, value } = match collection.origin {
            Origin::Singleton => maker.make_only(&Statement::default())?,
            Origin::Empty | Origin::Populated | Origin::Assumed => maker.make(&alone, &Statement::default(), None)?,
        };
        alone.put(place, &collection.indexed, key.clone(), value.clone()).map_err(Refusal::Full)?;
        state.put(place, &collection.indexed, key, value).map_err(Refusal::Full)?;
    }
    Ok(())
}
