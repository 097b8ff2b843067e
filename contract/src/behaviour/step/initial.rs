//! The items that a set holds before the first request, made of the place and the seed alone.

use crate::behaviour::call::Refusal;
use crate::behaviour::context::Context;
use crate::behaviour::inference::ShownItem;
use crate::behaviour::state::{Place, State};
use crate::behaviour::statement::Statement;
use crate::behaviour::step::item::{Maker, NewItem};
use crate::behaviour::{Collection, Inferred, Origin};
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
pub(crate) fn populate(
    contract: &Contract,
    behaviour: &dyn Inferred,
    known: &State,
    state: &mut State,
    place: &Place,
    context: &Context,
) -> Result<(), Refusal> {
    let collection = behaviour.collection(place.collection);
    let count = initial(collection);
    if count == 0 || state.has_set(place) {
        return Ok(());
    }
    let maker = Maker { contract, collection, place, context: start(context) };
    let mut alone = State::default();
    if known.shows_examples() {
        let beginning = behaviour.beginning(contract, place.collection);
        for shown in beginning.items.iter().filter(|shown| belongs(&maker, shown)) {
            let Some(NewItem { key, value }) = maker.shown(&alone, shown) else { continue };
            if alone.find(place, &key).is_none() {
                alone.put(place, &collection.indexed, key.clone(), value.clone()).map_err(Refusal::Full)?;
                state.put(place, &collection.indexed, key, value).map_err(Refusal::Full)?;
            }
        }
        if alone.count(place) > 0 {
            return Ok(());
        }
    }
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

/// The moment before the first request: each is a second later than the one before it.
pub(super) fn start(context: &Context) -> Context {
    let elapsed = i64::try_from(context.number).unwrap_or(i64::MAX);
    Context { seed: context.seed, now: context.now.saturating_sub(elapsed), number: 0 }
}

/// True where an example says nothing of another set: one thing of each set is like its example, and an item of a list
/// belongs where it says.
fn belongs(maker: &Maker<'_>, shown: &ShownItem) -> bool {
    if maker.collection.origin == Origin::Singleton {
        return true;
    }
    let own = maker.scope_in(&shown.value);
    let said = own.into_iter().zip(&shown.scope).map(|(own, by_path)| own.or_else(|| by_path.clone()));
    said.zip(&maker.place.scope).all(|(said, here)| said.is_none_or(|said| said == *here))
}
