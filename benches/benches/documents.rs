//! Reading 1,000 post-mortems and listing their action items, compared with what a Markdown parser alone needs for the same
//! bytes.

use std::any::Any;
use std::fmt::Write as _;

use lamplighter_benches::alternately;
use lamplighter_documents::PostMortem;
use pulldown_cmark::{Options, Parser};

const FILES: usize = 1_000;
const ROUNDS: usize = 5;

#[expect(clippy::print_stdout, reason = "that is what a benchmark is for")]
fn main() {
    let files: Vec<String> = (0..FILES).map(post_mortem).collect();
    let bytes: usize = files.iter().map(String::len).sum();
    let items: usize = files.iter().map(|text| PostMortem::read("a.md", text).action_items.len()).sum();
    println!("{FILES} files, {bytes} bytes, {items} action items, {ROUNDS} rounds");
    let measured = alternately(
        ROUNDS,
        [
            ("the Markdown parser", &mut || -> Box<dyn Any> {
                let events = |text: &String| Parser::new_ext(text, Options::ENABLE_TABLES).count();
                Box::new(files.iter().map(events).sum::<usize>())
            }),
            ("PostMortem::read", &mut || -> Box<dyn Any> {
                Box::new(files.iter().map(|text| PostMortem::read("a.md", text)).collect::<Vec<_>>())
            }),
        ],
    );
    for one in &measured {
        println!("{one}  {:.2} times", one.times(&measured[0]));
    }
}

/// A document of about six kilobytes with a table of twelve items and a list of eight.
fn post_mortem(number: usize) -> String {
    let mut text = format!(
        "# Service {number} is slow\n\n| Field | Value |\n|---|---|\n| Date | 2026-03-{:02} |\n| Severity | SEV{} |\n\n## Summary\n",
        number % 28 + 1,
        number % 3 + 1
    );
    for line in 0..60 {
        let _ = writeln!(
            text,
            "At 10:{line:02} `pod-{number}-{line}` was **restarted** by the [kubelet](x.md), as *before*."
        );
    }
    text.push_str("\n## Prevention Plan\n\n### P1 – Reduce blast radius\n\n| Action | Type | Details | Status |\n|---|---|---|---|\n");
    for item in 0..12 {
        let _ = writeln!(text, "| Raise the limit of `app-{item} | b` | Config | `main.tf:{item}` | TODO |");
    }
    for item in 0..8 {
        let _ = writeln!(text, "- [ ] Page somebody when queue {item} grows");
    }
    text
}
