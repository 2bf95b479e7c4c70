use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::sample::incidents;

/// Words of the recorded systems that are everybody's words.
const COMMON: [&str; 8] =
    ["frontend", "default", "master", "standard", "server", "kube-system", "redis", "istio-system"];

/// A rule that knows a service of a sample knows nothing of the next system.
#[test]
fn no_rule_knows_a_name_of_the_recorded_systems() {
    let names = names();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for file in rust_files(&root.join("crates")) {
        let text = fs::read_to_string(&file).unwrap();
        let words: BTreeSet<&str> =
            text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))).collect();
        found.extend(names.iter().filter(|name| words.contains(name.as_str())).map(|name| (file.clone(), name)));
    }
    assert!(found.is_empty(), "{found:?}");
}

/// The names of the workloads, services, namespaces, nodes and volumes of all recorded systems.
fn names() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for incident in incidents() {
        let mut files = vec![incident.folder.join("nodes.json"), incident.folder.join("persistentvolumes.json")];
        for folder in fs::read_dir(&incident.folder).unwrap().map(|entry| entry.unwrap().path()) {
            for file in ["deployments.json", "services.json", "persistentvolumeclaims.json"] {
                files.push(folder.join(file));
            }
        }
        for file in files {
            let Ok(bytes) = fs::read(file) else { continue };
            let list: Value = serde_json::from_slice(&bytes).unwrap();
            let items = list.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
            for item in items {
                for pointer in ["/metadata/name", "/metadata/namespace"] {
                    names.extend(item.pointer(pointer).and_then(Value::as_str).map(str::to_owned));
                }
            }
        }
    }
    names.retain(|name| !COMMON.contains(&name.as_str()) && name.len() > 3);
    names
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// A cause that nobody can name is a promise that nobody keeps.
#[test]
fn every_cause_is_named_by_a_rule_and_every_rule_has_its_own_name() {
    use lamplighter::agents::{Database, Deploy, Network, Observability, Platform, Security, Sre};
    use lamplighter::core::diagnosis::Cause;

    let specialists: [Vec<(&str, &[Cause])>; 7] = [
        Sre::new().rules().iter().map(|rule| (rule.name(), rule.causes())).collect(),
        Observability::new().rules().iter().map(|rule| (rule.name(), rule.causes())).collect(),
        Platform::new().rules().iter().map(|rule| (rule.name(), rule.causes())).collect(),
        Network::new().rules().iter().map(|rule| (rule.name(), rule.causes())).collect(),
        Security::new().rules().iter().map(|rule| (rule.name(), rule.causes())).collect(),
        Database::new().rules().iter().map(|rule| (rule.name(), rule.causes())).collect(),
        Deploy::new().rules().iter().map(|rule| (rule.name(), rule.causes())).collect(),
    ];
    for rules in &specialists {
        let names: BTreeSet<&str> = rules.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), rules.len(), "{names:?}");
    }
    let named: BTreeSet<Cause> = specialists.iter().flatten().flat_map(|(_, causes)| causes.iter().copied()).collect();
    let unnamed: Vec<_> = Cause::ALL.iter().filter(|cause| !named.contains(cause)).collect();
    assert!(unnamed.is_empty(), "{unnamed:?}");
}
