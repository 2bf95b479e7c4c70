//! What crates say about themselves.

use crate::files::{File, nothing_to_complain_about, root, rust_files};

#[test]
fn every_library_says_what_it_does_shows_it_and_says_what_it_leaves_out() {
    let mut complaints = Vec::new();
    for file in rust_files().iter().filter(|file| is_library(file)) {
        let docs = crate_docs(file);
        if !docs.contains("```") {
            complaints.push(format!("{}: its crate docs have no example that compiles", file.path));
        }
        if !docs.contains("deliberately") {
            complaints.push(format!("{}: its crate docs do not say what it deliberately does not do", file.path));
        }
    }
    nothing_to_complain_about(&complaints);
}

fn is_library(file: &File) -> bool {
    file.path.starts_with("crates/") && file.path.ends_with("/src/lib.rs")
}

fn crate_docs(file: &File) -> String {
    file.text.lines().map_while(|line| line.strip_prefix("//!")).collect::<Vec<_>>().join("\n")
}

/// An invariant that names a test which is not there is a wish.
#[test]
fn every_invariant_in_the_architecture_names_a_test_that_is_there() {
    let guide = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("there is an ARCHITECTURE.md");
    let tests = rust_files();
    let mut complaints = Vec::new();
    let invariants = guide.split("\n\n").filter(|paragraph| paragraph.starts_with("**Invariant:**"));
    let mut count = 0;
    for invariant in invariants {
        count += 1;
        let Some((_, held_by)) = invariant.rsplit_once("Held by") else {
            complaints.push(format!("who holds this? {invariant}"));
            continue;
        };
        for name in held_by.split('`').skip(1).step_by(2).filter(|name| !is_there(name, &tests)) {
            complaints.push(format!("ARCHITECTURE.md names `{name}`, which is not there"));
        }
    }
    assert!(count > 5, "ARCHITECTURE.md has {count} invariants");
    nothing_to_complain_about(&complaints);
}

/// A path of the repository, or a test function by its name.
fn is_there(name: &str, tests: &[File]) -> bool {
    if name.contains(['/', '.']) {
        return root().join(name).exists();
    }
    let function = format!("fn {name}(");
    tests.iter().any(|file| file.text.contains(&function))
}
