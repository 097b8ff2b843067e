//! What is made to do harm, and what it takes: requests one by one, each in a process of its own (`requests`), and attacks
//! on a mock that serves an innocent client beside (`attack`). `cargo bench --bench hostile -- attack` runs the second alone.

#![expect(clippy::print_stdout, reason = "a report program prints its report")]

mod attack;
mod client;
mod process;
mod requests;

fn main() {
    let asked = |word: &str| std::env::args().any(|argument| argument == word);
    if asked("--one") {
        return requests::one();
    }
    if !asked("attack") {
        requests::report();
    }
    attack::report();
}
