//! Which alternative of `anyOf` or `oneOf` a value came nearest to.

use jsonschema::ValidationError;

/// The errors of the branch that came nearest: the one whose first error lies deepest, then the one with fewest errors.
/// A branch that fails on the value's own type is never near.
pub(crate) fn nearest<'e>(
    branches: &'e [Vec<ValidationError<'static>>],
) -> Option<(usize, &'e [ValidationError<'static>])> {
    branches
        .iter()
        .enumerate()
        .filter(|(_, errors)| !errors.is_empty())
        .min_by_key(|(_, errors)| {
            let shallowest = errors.iter().map(|error| error.instance_path().as_str().matches('/').count()).min();
            let wrong_kind = errors.iter().any(|error| {
                error.instance_path().as_str().matches('/').count() == shallowest.unwrap_or(0)
                    && matches!(error.kind().keyword(), "type" | "const" | "enum")
            });
            (wrong_kind, errors.len(), usize::MAX - shallowest.unwrap_or(0))
        })
        .map(|(index, errors)| (index, errors.as_slice()))
}
