//! What is made to do harm, and what it takes: requests one by one, each in a process of its own (`requests`), and attacks
//! on a mock that serves an innocent client beside (`attack`). `cargo bench --bench hostile -- attack` runs the second alone,
//! `-- soak SECONDS` a long mixed load, and `-- kills TIMES` kills runner and mock while they work.

#![expect(clippy::print_stdout, reason = "a report program prints its report")]

mod attack;
mod client;
mod kills;
mod process;
mod requests;
mod soak;

/// The length of the mixed load where nothing is said, in seconds: memory that grows slowly shows in that time.
const SOAK: u64 = 20 * 60;

/// The number of kills of each of runner and mock where nothing is said.
const KILLS: u32 = 100;

fn main() {
    let asked = |word: &str| std::env::args().any(|argument| argument == word);
    let number = std::env::args().find_map(|argument| argument.parse::<u32>().ok());
    if asked("--one") {
        return requests::one();
    }
    if asked("soak") {
        return soak::report(number.map_or(SOAK, u64::from));
    }
    if asked("kills") {
        return kills::report(number.unwrap_or(KILLS));
    }
    if !asked("attack") {
        requests::report();
    }
    attack::report();
}
