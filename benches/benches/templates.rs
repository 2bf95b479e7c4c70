//! Finding the kinds of 100,000 log lines, compared with hashing each line.

use std::any::Any;
use std::collections::HashMap;

use lamplighter_benches::alternately;
use lamplighter_benches::lines::log_lines;
use lamplighter_core::diagnosis::mine;

const LINES: usize = 100_000;
const ROUNDS: usize = 7;

#[expect(clippy::print_stdout, reason = "that is what a benchmark is for")]
fn main() {
    let lines = log_lines(LINES);
    let bytes: usize = lines.iter().map(String::len).sum();
    let kinds = mine(lines.iter().map(String::as_str)).len();

    println!("{LINES} lines, {bytes} bytes, {kinds} kinds, {ROUNDS} rounds");
    let measured = alternately(
        ROUNDS,
        [
            ("a count of each line", &mut || -> Box<dyn Any> {
                let mut counts: HashMap<&str, u32> = HashMap::new();
                for line in &lines {
                    *counts.entry(line).or_default() += 1;
                }
                Box::new(counts.len())
            }),
            ("a count of each word", &mut || -> Box<dyn Any> {
                let mut counts: HashMap<&str, u32> = HashMap::new();
                for word in lines.iter().flat_map(|line| line.split_whitespace()) {
                    *counts.entry(word).or_default() += 1;
                }
                Box::new(counts.len())
            }),
            ("diagnosis::mine", &mut || -> Box<dyn Any> { Box::new(mine(lines.iter().map(String::as_str))) }),
        ],
    );
    for one in &measured {
        println!("{one}  {:.2} times", one.times(&measured[0]));
    }
}
