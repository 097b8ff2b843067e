//! The reason of a refusal in one header field, whatever its body may say.

use crate::behaviour::answer::problem::Problem;

/// The header field that has the reason of every refusal, whatever its body may say.
pub const REASON: &str = "Etalon-Reason";

/// The most characters of a reason in a header field: enough to understand it, far below what servers and proxies take.
const MAX_REASON: usize = 200;

/// The reason of a refusal in one line of visible ASCII: the problem's short name, then its sentence.
#[must_use]
pub fn reason(problem: &Problem) -> String {
    let text = format!("{}: {}", problem.kind.slug(), problem.in_full());
    let ascii = text.chars().map(|sign| if sign.is_ascii_graphic() || sign == ' ' { sign } else { '?' });
    let mut line: String = ascii.take(MAX_REASON).collect();
    if text.chars().count() > MAX_REASON {
        line.push_str("...");
    }
    line
}
