//! Which stories can be told of an operation: what it does to state must be seen by the others of its collection.

use etalon_contract::behaviour::{Action, Behaviour, Effect, PageBy, Timing};
use etalon_contract::model::{Contract, Operation};
use etalon_contract::rule::{PointerTemplate, Row, Rule, Story, Subject};

use crate::plan::roles;

/// The stories that begin with this operation.
#[must_use]
pub(super) fn rows(contract: &Contract, behaviour: &Behaviour, operation: &Operation) -> Vec<Row> {
    let Some(effect) = behaviour.effects.get(operation.index) else { return Vec::new() };
    let Some(collection) = effect.collection else { return Vec::new() };
    let others = |action: &[Action]| roles::with_action(contract, behaviour, collection, action).next().is_some();
    // Several items at once, and what a verb in the path seems to say, promise nothing that a target could be blamed for.
    let creates = matches!(effect.action, Action::Create | Action::Upsert)
        && effect.for_each.is_none()
        && effect.batch.is_none()
        && effect.verb.is_none();
    let shows = creates && effect.timing == Timing::AtOnce && effect.returned.is_some();
    let created = roles::creator(contract, behaviour, collection).is_some();
    let scoped = behaviour.collections.get(collection).is_some_and(|collection| !collection.scope.is_empty());
    let paged = effect.paging.as_ref().is_some_and(|paging| paging.by != PageBy::Nothing);

    let mut stories = Vec::new();
    let mut tell = |told: bool, story: Story| {
        if told {
            stories.push(story);
        }
    };
    tell(shows && others(&[Action::Read]), Story::CreatedIsRead);
    tell(shows && others(&[Action::List]), Story::CreatedIsListed);
    tell(shows && roles::echoes(effect), Story::SentIsReturned);
    tell(
        shows && documents_location(operation) && roles::item(contract, behaviour, collection).is_some(),
        Story::LocationLeadsToIt,
    );
    tell(creates && effect.timing == Timing::AtOnce && !effect.unique.is_empty(), Story::AgainConflicts);
    tell(
        effect.timing == Timing::Afterwards && roles::witness(contract, behaviour, operation.index).is_some(),
        Story::AcceptedTakesEffect,
    );
    match effect.action {
        Action::Delete => {
            tell(created && effect.key_parameter.is_some(), Story::DeletedIsGone);
            tell(created && effect.key_parameter.is_some() && others(&[Action::List]), Story::DeletedIsNotListed);
        }
        Action::Update | Action::Replace => {
            let seen = others(&[Action::Read]) || effect.returned.is_some();
            tell(created && effect.key_parameter.is_some() && seen, Story::ChangedIsRead);
        }
        Action::List => {
            tell(created && scoped, Story::ElsewhereIsEmpty);
            tell(created && paged, Story::PagesAreComplete);
            tell(created && paged && goes_back(effect), Story::PagesGoBack);
        }
        Action::Create | Action::Upsert | Action::Read | Action::Answer => {}
    }
    stories.into_iter().map(|story| row(operation, story)).collect()
}

/// The row of a story, whose id is the operation, `story` and its name; it is about the request as a whole.
fn row(operation: &Operation, story: Story) -> Row {
    Row {
        id: format!("{} story {}", operation.id, story.as_str()),
        operation: operation.index,
        subject: Subject::Request,
        pointer: PointerTemplate::root(),
        content: None,
        within: Vec::new(),
        rule: Rule::Story(story),
    }
}

fn documents_location(operation: &Operation) -> bool {
    operation
        .success()
        .is_some_and(|success| success.headers.iter().any(|header| header.name.eq_ignore_ascii_case("location")))
}

fn goes_back(effect: &Effect) -> bool {
    match effect.paging.as_ref().map(|paging| &paging.by) {
        Some(PageBy::Cursor { before, .. }) => before.is_some(),
        Some(PageBy::Offset(_) | PageBy::Page(_) | PageBy::Nothing) | None => false,
    }
}
