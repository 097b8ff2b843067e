//! The recipes of a contract, made when first used and kept with it.

use std::collections::HashMap;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, OnceLock, RwLock};

use crate::document::Location;
use crate::generate::Cannot;
use crate::generate::recipe::{Child, Found, Recipe, compile, proof};
use crate::model::{Contract, Direction};

/// The most recipes that are kept: as many as the largest documents have schemas. What comes after is made the plain way.
const MAX_RECIPES: usize = 50_000;

const KEPT: &str = "nothing panics while recipes are kept";

/// All recipes of one contract in one direction, by the schemas that they satisfy.
#[derive(Debug, Default)]
pub(crate) struct Recipes {
    kept: RwLock<HashMap<Vec<Location>, Arc<Recipe>>>,
    roots: RwLock<HashMap<Location, Arc<Root>>>,
    /// The number of members of the objects that are kept to be copied.
    pub(crate) framed: Arc<AtomicUsize>,
}

#[derive(Default)]
struct Requests(Recipes);

#[derive(Default)]
struct Responses(Recipes);

/// Does something with the recipes of a contract.
fn with<T>(contract: &Contract, direction: Direction, work: impl FnOnce(&Recipes) -> T) -> T {
    match direction {
        Direction::Request => work(&contract.attached::<Requests>().0),
        Direction::Response => work(&contract.attached::<Responses>().0),
    }
}

/// A schema that whole values are made of.
#[derive(Debug)]
pub(crate) struct Root {
    pub(crate) recipe: Arc<Recipe>,
    proven: OnceLock<bool>,
    too_much: OnceLock<Option<Cannot>>,
}

impl Root {
    /// The reason why it would take too much to make values of the schema, learnt once; `None` where it would not.
    pub(crate) fn too_much(&self, learn: impl FnOnce() -> Option<Cannot>) -> Option<Cannot> {
        self.too_much.get_or_init(learn).clone()
    }

    /// True where plain values satisfy the schema by the way they are made, so that none needs to be judged.
    pub(crate) fn is_proven(&self, contract: &Contract, at: &Location, direction: Direction) -> bool {
        *self
            .proven
            .get_or_init(|| with(contract, direction, |recipes| proof::holds(contract, at, direction, self, recipes)))
    }
}

/// The knowledge about making values of the schema at a location.
pub(crate) fn root(contract: &Contract, at: &Location, direction: Direction) -> Arc<Root> {
    with(contract, direction, |recipes| {
        if let Some(known) = recipes.roots.read().expect(KEPT).get(at) {
            return Arc::clone(known);
        }
        let recipe = recipes.of(contract, std::slice::from_ref(at), direction);
        let made = Arc::new(Root { recipe, proven: OnceLock::new(), too_much: OnceLock::new() });
        Arc::clone(recipes.roots.write().expect(KEPT).entry(at.clone()).or_insert(made))
    })
}

impl Recipes {
    /// The recipe for values that satisfy the schemas at these places.
    pub(crate) fn of(&self, contract: &Contract, places: &[Location], direction: Direction) -> Arc<Recipe> {
        if let Some(known) = self.kept.read().expect(KEPT).get(places) {
            return Arc::clone(known);
        }
        let made = Arc::new(compile::recipe(contract, places, direction, self));
        let mut kept = self.kept.write().expect(KEPT);
        if kept.len() >= MAX_RECIPES {
            return made;
        }
        Arc::clone(kept.entry(places.to_vec()).or_insert(made))
    }

    fn find(&self, contract: &Contract, places: &[Location], direction: Direction) -> Found {
        let recipe = self.of(contract, places, direction);
        if recipe.is_leaf() { Found::Leaf(recipe) } else { Found::Kept(Arc::downgrade(&recipe)) }
    }
}

impl Child {
    /// Does something with the recipe; `None` where there is none, since nothing is said of it or too many are kept.
    pub(crate) fn with<T>(
        &self,
        contract: &Contract,
        direction: Direction,
        work: impl FnOnce(&Recipe) -> T,
    ) -> Option<T> {
        let Self::Of { places, found } = self else { return None };
        let found =
            found.get_or_init(|| with(contract, direction, |recipes| recipes.find(contract, places, direction)));
        match found {
            Found::Leaf(recipe) => Some(work(recipe)),
            Found::Kept(recipe) => recipe.upgrade().map(|recipe| work(&recipe)),
        }
    }
}
