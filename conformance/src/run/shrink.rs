//! Makes a failing request smaller while it fails in the same way, within a budget. A request that was tried before costs
//! nothing: many numbers make the same request.

use etalon_contract::codec::Draft;
use proptest::strategy::ValueTree;

use crate::numbers::Shrinking;
use crate::plan::{Act, Case, Chapter};
use crate::run::play::{Outcome, Player};
use crate::script::tested;
use crate::target::{Exchange, TargetError};

/// How many steps are taken at most, sent or not: making a request costs some microseconds too.
const STEPS: usize = 5_000;

/// The smallest outcome that is still the `same`.
///
/// # Errors
/// Where the target is gone.
pub async fn shrink<E: Exchange>(
    player: &mut Player<'_, E>,
    chapter: &Chapter,
    case: &Case,
    mut tree: Shrinking,
    first: Outcome,
    same: &dyn Fn(&Outcome) -> bool,
) -> Result<Outcome, TargetError> {
    let mut best = first;
    // A story's requests depend on each other, and one of them alone shows nothing.
    if case.act == Act::Story || !same(&best) {
        return Ok(best);
    }
    let draft = |player: &Player<'_, E>, numbers: &[u64]| -> Option<Draft> {
        let operation = player.scene().contract.operation(chapter.operation).ok()?;
        tested(player.scene(), operation, case.row.map(|row| &chapter.rows[row]), case.act, numbers)
    };
    let mut kept = draft(player, &tree.current());
    let mut refused: Vec<Option<Draft>> = Vec::new();
    let budget = player.sent() + player.scene().settings.shrinking;
    let mut more = tree.simplify();
    for _ in 0..STEPS {
        if !more || player.sent() >= budget {
            break;
        }
        let numbers = tree.current();
        let tried = draft(player, &numbers);
        if tried.is_some() && tried == kept {
            // The same request from smaller numbers.
            more = tree.simplify();
            continue;
        }
        if tried.is_none() || refused.contains(&tried) {
            more = tree.complicate();
            continue;
        }
        let outcome = player.play(chapter, case, &numbers).await?;
        more = if same(&outcome) {
            best = outcome;
            kept = tried;
            tree.simplify()
        } else {
            refused.push(tried);
            tree.complicate()
        };
    }
    Ok(best)
}
