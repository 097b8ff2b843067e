//! What acts on a place within a value.

use crate::document::Location;
use crate::generate::Cannot;
use crate::generate::plain::facets::{Alternative, Facets};
use crate::model::{Contract, Direction, Schema};
use crate::rule::{Branch, Row, TemplateToken};

/// The facets of the value that a row speaks of, seen from the schema of the whole: its pointer (`*` for items and members
/// of any name), with the branches folded in that it lies within.
pub(crate) fn facets_at<'c>(contract: &'c Contract, root: &Location, row: &Row) -> Result<Facets<'c>, Cannot> {
    let schema = contract.schema(root).map_err(|defect| Cannot::defective(&defect))?;
    let mut facets = Facets::of(contract, &[schema], Direction::Request)?;
    take(contract, &mut facets, &row.within)?;
    for token in row.pointer.tokens() {
        let schemas = step(&facets, &token).ok_or_else(|| {
            Cannot::because(format!("{} lies within an alternative, which is broken as a whole", row.pointer))
        })?;
        facets = Facets::of(contract, &schemas, Direction::Request)?;
        take(contract, &mut facets, &row.within)?;
    }
    Ok(facets)
}

/// Folds in the branches of these that stand here.
fn take<'c>(contract: &'c Contract, facets: &mut Facets<'c>, branches: &[Branch]) -> Result<(), Cannot> {
    for branch in branches {
        let here = |alternative: &Alternative<'c>| alternative.at() == branch.at;
        if let Some(place) = facets.alternatives.iter().position(here) {
            let alternative = facets.alternatives.remove(place);
            if let Some(schema) = alternative.branches().get(branch.index) {
                facets.and(contract, schema, Direction::Request)?;
            }
        } else if let Some(place) = facets.conditions.iter().position(|condition| condition.when.at == branch.at) {
            let condition = facets.conditions.remove(place);
            if branch.index == 0 {
                facets.and(contract, &condition.when, Direction::Request)?;
            } else {
                facets.but_not(contract, &condition.when);
            }
            if let Some(schema) = if branch.index == 0 { condition.then } else { condition.otherwise } {
                facets.and(contract, &schema, Direction::Request)?;
            }
        }
    }
    Ok(())
}

fn step<'c>(facets: &Facets<'c>, token: &str) -> Option<Vec<Schema<'c>>> {
    if token == "*" {
        let items: Vec<Schema<'c>> = facets.lists.iter().filter_map(|list| list.items.clone()).collect();
        let others: Vec<Schema<'c>> = facets.objects.iter().filter_map(|part| part.other.clone()).collect();
        let patterns =
            || facets.objects.iter().flat_map(|part| &part.patterns).map(|(_, schema)| schema.clone()).collect();
        let found = if !items.is_empty() {
            items
        } else if others.iter().any(|other| other.value.is_object()) {
            others
        } else {
            patterns()
        };
        return (!found.is_empty()).then_some(found);
    }
    if facets.described().contains(&token) {
        return Some(facets.member(token));
    }
    if let Some(pattern) = TemplateToken::of(token).pattern() {
        let parts = facets.objects.iter().flat_map(|part| &part.patterns);
        let found: Vec<Schema<'c>> =
            parts.filter(|(known, _)| *known == pattern).map(|(_, schema)| schema.clone()).collect();
        return (!found.is_empty()).then_some(found);
    }
    let index: usize = token.parse().ok()?;
    Some(facets.item(index)).filter(|schemas| !schemas.is_empty())
}
