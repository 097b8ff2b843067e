//! Which contract a path belongs to, where several are served. The contract with the longest base path goes first; contracts
//! of the same base path are one: their methods of a path are together, and the more concrete template answers.

use std::cmp::Reverse;
use std::collections::HashMap;

use etalon_contract::model::{Piece, Route};

use crate::server::service::Service;

/// The contracts by the length of their base paths, the longest first; within one length as they were given.
#[derive(Clone, Debug, Default)]
pub(super) struct Mounts {
    levels: Vec<Vec<usize>>,
}

/// The owner of a request's path.
pub(super) enum Owner<'m> {
    /// To an operation of a contract.
    Operation { service: &'m Service, operation: usize, captures: Vec<(String, String)> },
    /// To a path that has other methods only, and the contracts that have it.
    OtherMethods(Vec<(&'m Service, Vec<String>)>),
    /// No contract that has the path.
    Nobody,
}

/// An operation that is never reached, because another one is described for the same method and path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shadowed {
    /// The contract that has it, by its number, and its operation's index.
    pub shadowed: (usize, usize),
    /// The contract and the operation that answer instead.
    pub reached: (usize, usize),
}

impl Mounts {
    pub(super) fn of(services: &[Service]) -> Self {
        let mut order: Vec<usize> = (0..services.len()).collect();
        let length = |index: &usize| services[*index].contract.base().len();
        order.sort_by_key(|index| Reverse(length(index)));
        let levels = order.chunk_by(|one, other| length(one) == length(other)).map(<[usize]>::to_vec).collect();
        Self { levels }
    }

    /// The owner of a path below the base paths that are served, else of one below another server of a document.
    pub(super) fn owner<'m>(&self, services: &'m [Service], method: &str, target: &str) -> Owner<'m> {
        match self.owner_as(services, method, &|_| Some(target.to_owned())) {
            Owner::Nobody => self.owner_as(services, method, &|service| {
                let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
                let rebased = service.contract.rebased(path)?;
                Some(query.map_or_else(|| rebased.clone(), |query| format!("{rebased}?{query}")))
            }),
            found @ (Owner::Operation { .. } | Owner::OtherMethods(_)) => found,
        }
    }

    /// The owner of the target that a service would be asked with. The first level that has the path decides, whether it has the
    /// method or not.
    fn owner_as<'m>(
        &self,
        services: &'m [Service],
        method: &str,
        target: &dyn Fn(&Service) -> Option<String>,
    ) -> Owner<'m> {
        for level in &self.levels {
            let mut found: Option<(Vec<u8>, Owner<'m>)> = None;
            let mut others = Vec::new();
            for service in level.iter().map(|index| &services[*index]) {
                let Some(target) = target(service) else { continue };
                match service.contract.route(method, &target) {
                    Route::Found { operation, captures } => {
                        let abstractness = service.contract.entries()[operation].path.abstractness();
                        if found.as_ref().is_none_or(|(known, _)| abstractness < *known) {
                            found = Some((abstractness, Owner::Operation { service, operation, captures }));
                        }
                    }
                    Route::OtherMethods(methods) => others.push((service, methods)),
                    Route::Unknown => {}
                }
            }
            if let Some((_, owner)) = found {
                return owner;
            }
            if !others.is_empty() {
                return Owner::OtherMethods(others);
            }
        }
        Owner::Nobody
    }

    /// The operations of all contracts that others stand before, by what is described, without reading any.
    pub(super) fn shadowed(&self, services: &[Service]) -> Vec<Shadowed> {
        let mut first: HashMap<(String, String), (usize, usize)> = HashMap::new();
        let mut found = Vec::new();
        if services.len() < 2 {
            return found;
        }
        for service in self.levels.iter().flatten().copied() {
            for (index, entry) in services[service].contract.entries().iter().enumerate() {
                let shape = entry.path.segments().iter().flat_map(|segment| {
                    let pieces = segment.0.iter().map(|piece| match piece {
                        Piece::Literal(text) => text.as_str(),
                        Piece::Parameter(_) => "{}",
                    });
                    std::iter::once("/").chain(pieces)
                });
                let key = (entry.method.as_str().to_owned(), shape.collect());
                let reached = *first.entry(key).or_insert((service, index));
                // Within one contract its own reading says so.
                if reached.0 != service {
                    found.push(Shadowed { shadowed: (service, index), reached });
                }
            }
        }
        found
    }
}
