//! Counting the rows of many operations without keeping them: a schema is walked once, however many operations refer to it.
//! What kinds of rows there are is the caller's affair.

use std::collections::{BTreeMap, HashMap};

use crate::document::Location;
use crate::model::{Contract, Operation, Wording};
use crate::rule::Row;
use crate::rule::enumerate::{Rows, Schemas};

/// Keywords that only describe, so that a `$ref` beside them says the same as what it refers to.
const DESCRIBING: [&str; 7] = ["$ref", "title", "description", "summary", "example", "examples", "deprecated"];

/// The most references that are followed to the schema which they all mean.
const MAX_STEPS: usize = 32;

/// The number of rows of an operation by kind, and of positions that have none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowCounts<K: Ord> {
    /// The number of rows of each kind that there is.
    pub rows: BTreeMap<K, usize>,
    /// The number of positions that have no rows, as [`Enumeration::left_out`](crate::rule::Enumeration::left_out).
    pub left_out: usize,
}

impl<K: Ord + Copy> RowCounts<K> {
    fn of(rows: &[Row], left_out: usize, kind: fn(&Row) -> K) -> Self {
        let mut counts = BTreeMap::new();
        for row in rows {
            *counts.entry(kind(row)).or_default() += 1;
        }
        Self { rows: counts, left_out }
    }

    fn add(&mut self, other: &Self) {
        for (kind, count) in &other.rows {
            *self.rows.entry(*kind).or_default() += count;
        }
        self.left_out += other.left_out;
    }
}

/// Counts the rows of the operations of a contract: as many of each kind as [`enumerate`](crate::rule::enumerate) finds.
#[derive(Debug)]
pub struct RowCounter<'c, K: Ord> {
    contract: &'c Contract,
    kind: fn(&Row) -> K,
    /// The counts by what schemas say, and by whether their values travel as text.
    schemas: HashMap<(Wording, bool), RowCounts<K>>,
    /// The wording of each schema, so that none is read for it twice.
    wordings: HashMap<Location, Wording>,
}

impl<'c, K: Ord + Copy> RowCounter<'c, K> {
    /// A counter that tells rows apart by their kind.
    #[must_use]
    pub fn new(contract: &'c Contract, kind: fn(&Row) -> K) -> Self {
        Self { contract, kind, schemas: HashMap::new(), wordings: HashMap::new() }
    }

    /// The kind of a row.
    #[must_use]
    pub fn kind(&self, row: &Row) -> K {
        (self.kind)(row)
    }

    /// The counts of an operation.
    pub fn count(&mut self, operation: &Operation) -> RowCounts<K> {
        let mut rows = Rows::new(self.contract, operation, Schemas::Aside(Vec::new()));
        rows.all();
        let mut counts = RowCounts::of(&rows.rows, rows.left_out, self.kind);
        let sites = match std::mem::replace(&mut rows.schemas, Schemas::Walked) {
            Schemas::Aside(sites) => sites,
            Schemas::Walked => Vec::new(),
        };
        for site in sites {
            let key = (self.wording(&site.at), rows.is_text(&site.subject, site.content));
            let found = self.schemas.entry(key).or_insert_with(|| {
                let mut own = Rows::new(self.contract, operation, Schemas::Walked);
                own.schema(&site.subject, site.content, &site.at);
                RowCounts::of(&own.rows, own.left_out, self.kind)
            });
            counts.add(found);
        }
        counts
    }

    /// The wording of the schema that the one at a location means.
    fn wording(&mut self, at: &Location) -> Wording {
        let meant = self.meant(at);
        let found = self.wordings.entry(meant).or_insert_with_key(|at| Wording::of(self.contract.document(), at));
        found.clone()
    }

    /// The schema that one means which does nothing but refer to it.
    fn meant(&self, at: &Location) -> Location {
        let Ok(mut schema) = self.contract.schema(at) else { return at.clone() };
        for _ in 0..MAX_STEPS {
            let only_refers = schema.value.as_object().is_some_and(|members| {
                members.keys().all(|word| word.starts_with("x-") || DESCRIBING.contains(&word.as_str()))
            });
            match self.contract.target(&schema).filter(|_| only_refers) {
                Some(target) => schema = target,
                None => break,
            }
        }
        schema.at
    }
}
