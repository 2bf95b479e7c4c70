//! What source files may say and how long they may be.

use crate::files::{File, files, nothing_to_complain_about, rust_files};

/// Ways out of a pure crate that need no dependency, with what to use instead.
const WAYS_OUT: &[(&str, &str)] = &[
    ("std::fs", "a port"),
    ("std::env", "settings that are passed in"),
    ("std::net", "a port"),
    ("std::process", "a port"),
    ("Timestamp::now", "the context's clock"),
    ("Zoned::now", "the context's clock"),
    ("SystemTime", "the context's clock"),
    ("Instant::now", "the context's clock"),
    ("tokio::time", "the context's clock"),
    ("tokio::spawn", "futures that are awaited here"),
    ("thread::sleep", "the context's clock"),
];

#[test]
fn a_pure_crate_touches_nothing_outside() {
    let mut complaints = Vec::new();
    for file in rust_files().iter().filter(|file| is_pure(file)) {
        for (number, line) in file.code() {
            for (way, instead) in WAYS_OUT.iter().filter(|(way, _)| line.contains(way)) {
                complaints.push(format!("{}:{number}: {way}; use {instead}", file.path));
            }
        }
    }
    nothing_to_complain_about(&complaints);
}

fn is_pure(file: &File) -> bool {
    file.source_of().is_some_and(|folder| {
        matches!(folder, "crates/core" | "crates/guardrails" | "crates/site") || folder.starts_with("crates/agents/")
    })
}

#[test]
fn lints_are_expected_and_never_allowed() {
    let allowed = [concat!("#[", "allow("), concat!("#![", "allow(")];
    nothing_to_complain_about(&lines_with(&rust_files(), &allowed, "use #[expect(…, reason = \"…\")]"));
}

#[test]
fn no_test_and_no_example_is_left_out() {
    let ignored = [concat!("#[", "ignore"), concat!("```", "ignore"), concat!("```rust,", "ignore")];
    nothing_to_complain_about(&lines_with(&rust_files(), &ignored, "a test that does not run is none"));
}

/// A push that replaces commits is in the one file that says when that may be.
#[test]
fn one_file_alone_can_replace_commits() {
    let words =
        [concat!("--force-", "with-lease"), concat!("--force-if-", "includes"), concat!("push\", \"--fo", "rce")];
    let mut files = rust_files();
    let all = files.len();
    files.retain(|file| file.path != "crates/adapters/git/src/publisher.rs");
    assert_eq!(files.len() + 1, all, "the file has another name");
    nothing_to_complain_about(&lines_with(&files, &words, "commits are replaced nowhere else"));
}

/// Where a file was written and where packages come from is nobody's business who reads it.
#[test]
fn no_file_names_a_machine_or_a_registry() {
    let words = [
        concat!("/wor", "k/"),
        concat!("/roo", "t/"),
        concat!("/far", "m/"),
        concat!("crates", ".io/"),
        concat!("static.crates", ".io"),
        concat!("index.crates", ".io"),
        concat!("npmjs", ".org"),
        concat!("npmjs", ".com"),
        concat!("pypi", ".org"),
        concat!("deb.debian", ".org"),
    ];
    let mut files = files();
    // Cargo writes the registry's name into its lock files itself.
    files.retain(|file| !file.path.ends_with("Cargo.lock"));
    nothing_to_complain_about(&lines_with(&files, &words, "take it out"));
}

fn lines_with(files: &[File], words: &[&str], advice: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in files {
        for (number, line) in file.lines() {
            for word in words.iter().filter(|&&word| line.contains(word)) {
                complaints.push(format!("{}:{number}: {word}: {advice}", file.path));
            }
        }
    }
    complaints
}

/// A file is one idea. Past 400 lines this says so; past 600, tests not counted, it is two.
#[test]
fn no_file_is_more_than_one_idea() {
    let mut complaints = Vec::new();
    for file in &rust_files() {
        let length = file.text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().lines().count();
        if length > 600 {
            complaints.push(format!("{}: {length} lines without its tests; find the seam", file.path));
        } else if length > 400 {
            println!("{}: {length} lines without its tests; is there a seam?", file.path);
        }
    }
    nothing_to_complain_about(&complaints);
}
