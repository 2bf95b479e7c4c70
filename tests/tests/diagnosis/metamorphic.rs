//! What must not change a diagnosis: what things are called, when it was, in which order it was written down.

#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a recording that lacks what is looked for is wrong, and places are where something was found"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use jiff::SignedDuration;
use jiff::civil::DateTime;
use serde_json::Value;

use crate::sample::{Incident, diagnose, incidents};

/// So many incidents of each cause are told anew.
const OF_EACH: usize = 2;

/// What the apps are called instead: short and long, with dashes and without, and never by what they do.
const WORDS: [&str; 16] = [
    "quartz",
    "ox",
    "plum-tree",
    "zz-heron-api",
    "umbra",
    "nine-of-cups",
    "kiln",
    "verdigris-engine",
    "wren2",
    "old-pier",
    "mica",
    "thistle-web",
    "bolt",
    "zz-lantern",
    "fen",
    "sorrel-job",
];

#[tokio::test]
async fn other_names_times_and_orders_are_the_same_incident() {
    let mut of_cause: BTreeMap<String, usize> = BTreeMap::new();
    let (mut told, mut wrong) = (0_u32, String::new());
    for incident in incidents() {
        let Some(cause) = incident.truth.get("root_cause").map(Value::to_string) else { continue };
        let seen = of_cause.entry(cause).or_default();
        *seen += 1;
        if *seen > OF_EACH {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let names = names(&incident.folder);
        retell(&incident.folder, folder.path(), &names);
        let mut truth = incident.truth.clone();
        let object = truth["fault_object"].as_str().map(|object| renamed(object, &names)).unwrap_or_default();
        truth["fault_object"] = Value::from(object);
        let anew = Incident { id: incident.id.clone(), folder: folder.path().to_owned(), truth };
        let diagnosis = diagnose(&anew.folder).await;
        told += 1;
        let first = diagnosis.causes.first();
        if !diagnosis.verdict.is_broken() || !first.is_some_and(|first| anew.is_named_by(first)) {
            let got = first.map(|first| format!("{} {}", first.culprit, first.cause));
            let _ = writeln!(wrong, "{} {}: {} {got:?}", anew.id, anew.truth, diagnosis.verdict);
        }
    }
    println!("{told} incidents told anew");
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// New names for the namespaces, workloads and services of a folder.
fn names(folder: &Path) -> BTreeMap<String, String> {
    let mut apps = BTreeSet::new();
    let mut namespaces = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_dir()) {
        let namespace = entry.file_name().to_string_lossy().into_owned();
        if namespace == "default" || namespace == "node-logs" || namespace.starts_with("kube-") {
            continue;
        }
        for file in ["deployments.json", "services.json"] {
            let Ok(bytes) = fs::read(entry.path().join(file)) else { continue };
            let list: Value = serde_json::from_slice(&bytes).unwrap();
            let items = list["items"].as_array().cloned().unwrap_or_default();
            apps.extend(items.iter().filter_map(|item| item["metadata"]["name"].as_str().map(str::to_owned)));
        }
        namespaces.insert(namespace);
    }
    let word = |(at, name): (usize, String)| {
        let round = if at < WORDS.len() { String::new() } else { (at / WORDS.len()).to_string() };
        (name, format!("{}{round}", WORDS[at % WORDS.len()]))
    };
    let apps = apps.into_iter().enumerate().map(word);
    apps.chain(namespaces.into_iter().map(|name| (name, "far-shore".to_owned()))).collect()
}

/// Writes a folder down anew.
fn retell(from: &Path, to: &Path, names: &BTreeMap<String, String>) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(renamed(&entry.file_name().to_string_lossy(), names));
        if entry.path().is_dir() {
            retell(&entry.path(), &target, names);
            continue;
        }
        let text = later(&renamed(&String::from_utf8_lossy(&fs::read(entry.path()).unwrap()), names));
        let text = match serde_json::from_str::<Value>(&text) {
            Ok(mut value) => {
                reorder(&mut value);
                value.to_string()
            }
            Err(_) => text,
        };
        fs::write(target, text).unwrap();
    }
}

/// Every name replaced, the longest first where one holds another.
fn renamed(text: &str, names: &BTreeMap<String, String>) -> String {
    let mut by_length: Vec<_> = names.iter().collect();
    by_length.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    let firsts: Vec<char> = by_length.iter().filter_map(|(name, _)| name.chars().next()).collect();
    let mut new = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(firsts.as_slice()) {
        let (before, from) = rest.split_at(at);
        new.push_str(before);
        let found = by_length.iter().find(|(name, _)| from.starts_with(name.as_str()));
        let (word, length) = found.map_or((&from[..1], 1), |(name, word)| (word.as_str(), name.len()));
        new.push_str(word);
        rest = &from[length..];
    }
    new + rest
}

/// How much later everything was: a year and more, and at another time of the day.
const LATER: SignedDuration = SignedDuration::from_secs(431 * 86_400 + 7 * 3600 + 13);

/// Every date with a time of day moved, however it is written after the seconds.
fn later(text: &str) -> String {
    let mut new = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("20") {
        let (before, from) = rest.split_at(at);
        new.push_str(before);
        let is_date = |date: &&str| date.as_bytes()[4] == b'-' && matches!(date.as_bytes()[10], b'T' | b' ');
        let moved = from.get(..19).filter(is_date).and_then(|date| {
            let time: DateTime = date.replacen(' ', "T", 1).parse().ok()?;
            Some((time + LATER).to_string().replacen('T', &date[10..11], 1))
        });
        let (written, length) = moved.map_or((from[..2].to_owned(), 2), |moved| (moved, 19));
        new.push_str(&written);
        rest = &from[length..];
    }
    new + rest
}

/// Lists whose order means nothing turned around, and the seconds of samples moved.
fn reorder(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (key, field) in fields {
                reorder(field);
                if let ("items" | "result" | "edges", Value::Array(list)) = (key.as_str(), &mut *field) {
                    list.reverse();
                }
                if let ("values", Value::Array(samples)) = (key.as_str(), field) {
                    for second in samples.iter_mut().filter_map(|sample| sample.get_mut(0)) {
                        if let Some(number) = second.as_i64() {
                            *second = Value::from(number + LATER.as_secs());
                        }
                    }
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(reorder),
        _ => {}
    }
}

#[test]
fn what_is_told_anew_says_the_same_in_other_words() {
    let names = [("shop".to_owned(), "ox".to_owned()), ("shop-web".to_owned(), "plum".to_owned())].into();
    assert_eq!(renamed("shop-web asks shop", &names), "plum asks ox");
    assert_eq!(later("at 2026-03-01T00:00:00Z of 2026"), "at 2027-05-06T07:00:13Z of 2026");
}
