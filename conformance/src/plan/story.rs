//! Which stories can be told of an operation: what it does to state must be seen by the others of its collection.

use etalon_contract::behaviour::{Action, Behaviour, Effect, Origin, PageBy, Reach, Test, Timing, shape};
use etalon_contract::model::{Contract, In, Operation, Parameter};
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
    let has_body = operation.body.is_some();
    let paged = effect.paging.as_ref().is_some_and(|paging| paging.by != PageBy::Nothing);

    let mut stories = Vec::new();
    let mut tell = |told: bool, story: Story| {
        if told {
            stories.push(story);
        }
    };
    tell(shows && others(&[Action::Read]), Story::CreatedIsRead);
    tell(shows && others(&[Action::List]), Story::CreatedIsListed);
    let changes =
        matches!(effect.action, Action::Replace | Action::Update) && effect.batch.is_none() && effect.verb.is_none();
    let alone = behaviour.collections.get(collection).is_some_and(|collection| collection.origin == Origin::Singleton);
    let own = created && effect.key_parameter.is_some();
    tell((shows || changes && (own || alone)) && roles::echoes(effect), Story::SentIsReturned);
    tell(shows && has_body && (others(&[Action::Read]) || others(&[Action::List])), Story::SentIsKept);
    tell(effect.action == Action::Create && shows && effect.natural_key.is_none(), Story::KeysAreNew);
    tell(
        shows && documents_location(operation) && roles::item(contract, behaviour, collection).is_some(),
        Story::LocationLeadsToIt,
    );
    let unique = !roles::unique_where_made(contract, behaviour, operation).is_empty();
    let at_once = effect.timing == Timing::AtOnce;
    let once = creates && roles::says_once(contract, operation);
    tell((creates && once || (creates || changes && own) && unique) && at_once, Story::AgainConflicts);
    tell(creates && at_once && (unique || once) && others(&[Action::Delete]), Story::FreeAgain);
    tell(effect.action == Action::Create && shows && others(&[Action::List]), Story::CreatedOnce);
    let has_key = |parameter: &Parameter| parameter.name.eq_ignore_ascii_case("idempotency-key");
    tell(creates && shows && operation.parameters.iter().any(has_key), Story::IdempotencyKey);
    let single = matches!(effect.action, Action::Read | Action::Replace | Action::Update | Action::Delete);
    tell(single && own && scoped && effect.reach == Reach::Set, Story::ForeignIsMissing);
    tell(
        effect.timing == Timing::Afterwards && roles::witness(contract, behaviour, operation.index).is_some(),
        Story::AcceptedTakesEffect,
    );
    match effect.action {
        Action::Delete => {
            tell(created && effect.key_parameter.is_some(), Story::DeletedIsGone);
            tell(created && effect.key_parameter.is_some() && others(&[Action::List]), Story::DeletedIsNotListed);
            tell(own && others(&[Action::Read]), Story::OthersStay);
        }
        Action::Update | Action::Replace => {
            let seen = others(&[Action::Read]) || effect.returned.is_some();
            tell((own || alone && changes) && seen, Story::ChangedIsRead);
            let looked_at = changes && has_body && others(&[Action::Read]);
            tell(looked_at && own, Story::OthersStay);
            tell(looked_at && own, Story::TwiceIsOnce);
            tell(looked_at && (own || alone), Story::RefusedChangesNothing);
            // PATCH changes what it names (RFC 5789 §1), PUT replaces (RFC 9110 §9.3.4); what a POST leaves alone, nobody says.
            let method = operation.method.as_str();
            tell(looked_at && (own || alone) && method == "PATCH", Story::UnnamedStay);
            tell(looked_at && (own || alone) && method == "PUT", Story::UnnamedGo);
        }
        Action::List => {
            tell(created && scoped, Story::ElsewhereIsEmpty);
            tell(created && others(&[Action::Read]), Story::ListedIsRead);
            tell(created && paged, Story::PagesAreComplete);
            tell(created && paged && goes_back(effect), Story::PagesGoBack);
            tell(created && paged, Story::CountsAreRight);
            tell(created && paged, Story::LinksLead);
            tell(created && default_size(contract, operation, effect).is_some(), Story::DefaultPage);
            tell(created && told_order(contract, operation).is_some(), Story::InOrder);
        }
        Action::Create | Action::Upsert | Action::Read | Action::Answer => {}
    }
    let mut rows: Vec<Row> = stories.into_iter().map(|story| row(operation, story)).collect();
    if effect.action == Action::List && created {
        rows.extend(of_parameters(operation, effect));
    }
    rows
}

/// The rows about the query parameters that choose among the items of a list, and those that order them.
fn of_parameters(operation: &Operation, effect: &Effect) -> Vec<Row> {
    let mut names: Vec<(&str, Story)> = Vec::new();
    for filter in &effect.filters {
        let told = |(name, _): &(&str, Story)| *name == filter.parameter;
        let is_plain = filter.member.is_none() && !matches!(filter.test, Test::Labels | Test::Fields);
        if is_plain
            && !says_what_is_shown(operation, &filter.parameter)
            && operation.parameter(In::Query, &filter.parameter).is_some()
            && !names.iter().any(told)
        {
            names.push((&filter.parameter, Story::FilterChooses));
        }
    }
    names.extend(effect.sort.iter().map(|sort| (sort.by.as_str(), Story::SortOrders)));
    let row = |(name, story): (&str, Story)| Row {
        id: format!("{} query {name} story {}", operation.id, story.as_str()),
        subject: Subject::Parameter { place: In::Query, name: name.to_owned() },
        ..row(operation, story)
    };
    names.into_iter().map(row).collect()
}

/// True where a parameter says which members are shown, and not which items.
fn says_what_is_shown(operation: &Operation, name: &str) -> bool {
    let told = operation.parameter(In::Query, name).and_then(|parameter| parameter.description.as_deref());
    let told = told.unwrap_or_default().to_lowercase();
    let mut words = told.split(|c: char| !c.is_alphanumeric());
    words.any(|word| matches!(word, "include" | "includes" | "field" | "fields" | "expand" | "embed"))
}

/// The documented number of items on a page for which no size is asked.
#[must_use]
pub(crate) fn default_size(contract: &Contract, operation: &Operation, effect: &Effect) -> Option<u64> {
    let limit = effect.paging.as_ref()?.limit.as_ref()?;
    let schema = operation.parameter(In::Query, limit)?.shape.schema()?;
    shape::keyword(contract, schema, "default")?.as_u64().filter(|size| *size > 0)
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ToldOrder {
    /// What was made first comes first.
    OldestFirst,
    /// What was made last comes first.
    NewestFirst,
}

/// The order in which a list stands when nothing is asked for, as its description says.
#[must_use]
pub(crate) fn told_order(contract: &Contract, operation: &Operation) -> Option<ToldOrder> {
    let said = contract.document().node(&operation.at)?.get("description")?.as_str()?.to_lowercase();
    match (said.contains("oldest first"), said.contains("newest first")) {
        (true, false) => Some(ToldOrder::OldestFirst),
        (false, true) => Some(ToldOrder::NewestFirst),
        (true, true) | (false, false) => None,
    }
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
