//! What clients ask before anything else: versions, groups, resources, health.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::json::put;
use super::route::{Description, RESOURCES, Subresource, version_of};
use super::{Answer, Call};

/// The document at this path, if discovery has one there.
pub(super) fn document(call: &Call) -> Option<Answer> {
    if call.method != "GET" {
        return None;
    }
    let path = call.path.trim_end_matches('/');
    let document = match path {
        "/healthz" | "/livez" | "/readyz" => return Some(Answer::Text("ok".to_owned())),
        "/version" => version(),
        "/api" => json!({
            "kind": "APIVersions",
            "versions": ["v1"],
            "serverAddressByClientCIDRs": [],
        }),
        "/apis" => json!({
            "kind": "APIGroupList",
            "apiVersion": "v1",
            "groups": groups().into_iter().map(group).collect::<Vec<_>>(),
        }),
        "/api/v1" => resources("", "v1"),
        path => {
            let mut parts = path.strip_prefix("/apis/")?.split('/');
            let name = parts.next()?;
            let version = version_of(name)?;
            match (parts.next(), parts.next()) {
                (None, None) => group(name),
                (Some(asked), None) if asked == version => resources(name, &format!("{name}/{version}")),
                _ => return None,
            }
        }
    };
    Some(Answer::Json(200, document))
}

fn version() -> Value {
    json!({
        "major": "1",
        "minor": "32",
        "gitVersion": "v1.32.4",
        "gitCommit": "59526cd4867447956156ae3a602fcbac10a2c335",
        "gitTreeState": "clean",
        "buildDate": "2025-04-22T15:57:34Z",
        "goVersion": "go1.23.6",
        "compiler": "gc",
        "platform": "linux/amd64",
    })
}

/// The groups with a name, sorted.
fn groups() -> BTreeSet<&'static str> {
    RESOURCES.iter().map(|description| description.group).filter(|group| !group.is_empty()).collect()
}

fn group(name: &str) -> Value {
    let served = version_of(name).unwrap_or("v1");
    let version = json!({ "groupVersion": format!("{name}/{served}"), "version": served });
    json!({ "kind": "APIGroup", "apiVersion": "v1", "name": name, "versions": [version], "preferredVersion": version })
}

fn resources(group: &str, version: &str) -> Value {
    let described = RESOURCES.iter().filter(|description| description.group == group);
    json!({
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": version,
        "resources": described.flat_map(entries).collect::<Vec<_>>(),
    })
}

fn entries(description: &Description) -> Vec<Value> {
    let verbs: &[&str] = match description.plural {
        "pods" => &["delete", "get", "list"],
        "deployments" | "statefulsets" | "daemonsets" => &["get", "list", "patch", "update"],
        _ => &["get", "list"],
    };
    let short: Vec<&str> = [description.short].into_iter().filter(|name| !name.is_empty()).collect();
    let mut entries = vec![json!({
        "name": description.plural,
        "singularName": description.kind.to_lowercase(),
        "namespaced": description.namespaced,
        "kind": description.kind,
        "verbs": verbs,
        "shortNames": short,
    })];
    match description.plural {
        "pods" => entries.push(entry("pods", Subresource::Log, "Pod", &["get"])),
        plural @ ("deployments" | "statefulsets") => {
            entries.push(entry(plural, Subresource::Scale, "Scale", &["get", "patch", "update"]));
        }
        _ => {}
    }
    entries
}

fn entry(plural: &str, part: Subresource, kind: &str, verbs: &[&str]) -> Value {
    let name = format!("{plural}/{}", part.as_str());
    let mut entry = json!({ "name": name, "singularName": "", "namespaced": true, "kind": kind, "verbs": verbs });
    if part == Subresource::Scale {
        put(&mut entry, &["group"], "autoscaling".into());
        put(&mut entry, &["version"], "v1".into());
    }
    entry
}
