//! An item taken out of its set, with all that belongs to it.

use crate::behaviour::Inferred;
use crate::behaviour::state::{Place, State};

/// Takes an item away, and what belongs to it.
pub(crate) fn remove(behaviour: &dyn Inferred, state: &mut State, place: &Place, key: &str) {
    state.remove(place, &behaviour.collection(place.collection).indexed, key);
    for index in state.collections() {
        if behaviour.collection(index).of == Some(place.collection) {
            let joined = behaviour.collection(index);
            while let Some(there) = state.place_of(index, key).cloned() {
                state.remove(&there, &joined.indexed, key);
            }
        }
        if behaviour.collection(index).parent == Some(place.collection) {
            let mut scope = place.scope.clone();
            scope.push(key.to_owned());
            state.clear(index, &scope);
        }
    }
}
