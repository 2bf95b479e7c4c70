//! Things are called what the field calls them.

use std::collections::BTreeSet;

use crate::files::{File, nothing_to_complain_about, rust_files};

/// Words that say nothing about what a thing does.
const EMPTY_WORDS: &[&str] = &["Manager", "Helper", "Helpers", "Util", "Utils", "Handler", "Common", "Misc"];

#[test]
fn no_name_is_empty_of_meaning() {
    let mut complaints = Vec::new();
    for file in &rust_files() {
        for (number, name) in declared(file) {
            if let Some(word) = words_of(name).iter().find(|word| EMPTY_WORDS.contains(&word.as_str())) {
                complaints.push(format!("{}:{number}: {name}: \"{word}\" does not say what it does", file.path));
            }
        }
        let stem = file.path.trim_end_matches(".rs");
        if let Some(word) =
            stem.split('/').find(|part| words_of(part).iter().any(|w| EMPTY_WORDS.contains(&w.as_str())))
        {
            complaints.push(format!("{}: \"{word}\" does not say what is in it", file.path));
        }
    }
    nothing_to_complain_about(&complaints);
}

#[test]
fn an_agent_is_called_what_its_crate_is() {
    let files = rust_files();
    let mut complaints = Vec::new();
    for folder in crates_below("crates/agents/", &files) {
        let agent = camel_case(folder.trim_start_matches("crates/agents/"));
        let implements = implementors(&files, folder, &BTreeSet::from(["Agent".to_owned()]));
        if !implements.iter().any(|(_, name)| *name == agent) {
            complaints.push(format!("{folder} has no agent called {agent}"));
        }
    }
    nothing_to_complain_about(&complaints);
}

#[test]
fn an_adapter_is_called_after_its_system() {
    let files = rust_files();
    let ports = ports(&files);
    let mut complaints = Vec::new();
    for folder in crates_below("crates/adapters/", &files) {
        let system = folder.trim_start_matches("crates/adapters/");
        let mut vendors = vec![camel_case(system)];
        if system == "files" {
            vendors.extend(["File".to_owned(), "Folder".to_owned()]);
        }
        let adapters = implementors(&files, folder, &ports);
        if adapters.is_empty() {
            complaints.push(format!("{folder} brings its system to no port"));
        }
        for (place, name) in adapters {
            if !vendors.iter().any(|vendor| name.starts_with(vendor.as_str())) {
                complaints.push(format!("{place}: {name} does not begin with {}", vendors.join(" or ")));
            }
        }
    }
    nothing_to_complain_about(&complaints);
}

#[test]
fn a_fake_says_that_it_is_one() {
    let files = rust_files();
    let mut complaints = Vec::new();
    for (place, name) in implementors(&files, "crates/testkit/src/fakes", &ports(&files)) {
        if !name.starts_with("Fake") {
            complaints.push(format!("{place}: {name} does not begin with Fake"));
        }
    }
    nothing_to_complain_about(&complaints);
}

#[test]
fn a_tower_layer_ends_in_layer() {
    let files = rust_files();
    let mut complaints = Vec::new();
    for (place, name) in implementors(&files, "", &BTreeSet::from(["Layer".to_owned()])) {
        if !name.ends_with("Layer") {
            complaints.push(format!("{place}: {name} does not end in Layer"));
        }
    }
    nothing_to_complain_about(&complaints);
}

/// The traits of `core/src/ports`.
fn ports(files: &[File]) -> BTreeSet<String> {
    let ports = files.iter().filter(|file| file.path.starts_with("crates/core/src/ports/"));
    let ports: BTreeSet<String> = ports
        .flat_map(File::code)
        .filter_map(|(_, line)| line.strip_prefix("pub trait "))
        .map(|rest| identifier(rest).to_owned())
        .collect();
    assert!(ports.len() > 10, "the ports were not found: {ports:?}");
    ports
}

fn crates_below<'a>(parent: &str, files: &'a [File]) -> BTreeSet<&'a str> {
    let crates: BTreeSet<&str> =
        files.iter().filter_map(File::source_of).filter(|folder| folder.starts_with(parent)).collect();
    assert!(!crates.is_empty(), "nothing was found below {parent}");
    crates
}

/// The types below `folder` that implement one of `traits` outside of tests, with where.
fn implementors<'a>(files: &'a [File], folder: &str, traits: &BTreeSet<String>) -> Vec<(String, &'a str)> {
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.path.starts_with(folder) && !file.path.contains("/tests")) {
        let code = file.code().take_while(|(_, line)| line.trim() != "mod tests {");
        for (number, line) in code {
            if let Some((name, _)) = implementation(line).filter(|(_, of)| traits.contains(*of)) {
                found.push((format!("{}:{number}", file.path), name));
            }
        }
    }
    found
}

/// The type and the trait of a line like `impl<S> path::Trait<S> for Type<S> {`.
fn implementation(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix("impl")?;
    let (head, tail) = rest.split_once(" for ")?;
    let head = skip_generics(head).trim();
    let path = head.split('<').next()?;
    Some((identifier(tail), path.rsplit("::").next()?.trim()))
}

fn skip_generics(text: &str) -> &str {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            _ if depth == 0 => return text.get(at..).unwrap_or_default(),
            _ => {}
        }
    }
    text
}

/// The names of the types, traits, modules and functions that a file declares.
fn declared(file: &File) -> impl Iterator<Item = (usize, &str)> {
    file.code().filter_map(|(number, line)| {
        let mut words = line.split_whitespace();
        words.find(|word| matches!(*word, "struct" | "enum" | "trait" | "type" | "mod" | "union"))?;
        Some((number, identifier(words.next()?)))
    })
}

fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// `SevTriage`, `sev_triage` and `sev-triage` are `Sev`, `Triage`.
fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut begins = true;
    for c in name.chars() {
        match c {
            '_' | '-' => begins = true,
            _ if begins || c.is_uppercase() => {
                words.push(c.to_uppercase().collect());
                begins = false;
            }
            _ => words.last_mut().into_iter().for_each(|word| word.push(c)),
        }
    }
    words
}

fn camel_case(kebab: &str) -> String {
    words_of(kebab).concat()
}

#[test]
fn names_are_taken_apart_at_their_words() {
    assert_eq!(words_of("SevTriage"), ["Sev", "Triage"]);
    assert_eq!(words_of("page_handler"), ["Page", "Handler"]);
    assert_eq!(words_of("Chandler"), ["Chandler"]);
    assert_eq!(camel_case("http-probe"), "HttpProbe");
}

#[test]
fn implementations_are_recognised() {
    let cases = [
        ("impl Agent for SevTriage {", Some(("SevTriage", "Agent"))),
        ("impl<S> tower_layer::Layer<S> for AgentLayer<S> {", Some(("AgentLayer", "Layer"))),
        ("impl<A: Agent<Input = B>> Agent for Then<A> {", Some(("Then", "Agent"))),
        ("impl From<X> for Error {", Some(("Error", "From"))),
        ("impl SevTriage {", None),
    ];
    for (line, expected) in cases {
        assert_eq!(implementation(line), expected, "{line}");
    }
}
