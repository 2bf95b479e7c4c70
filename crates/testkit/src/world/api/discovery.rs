//! What clients ask before anything else: versions, groups, resources, health.

use serde_json::{Value, json};

use super::super::json::put;
use super::route::{Description, RESOURCES, Subresource};
use super::{Answer, Call};

/// The document at this path, if discovery has one there.
pub(super) fn document(call: &Call) -> Option<Answer> {
    if call.method != "GET" {
        return None;
    }
    let document = match call.path.trim_end_matches('/') {
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
            "groups": [group("apps"), group("batch")],
        }),
        "/apis/apps" => group("apps"),
        "/apis/batch" => group("batch"),
        "/api/v1" => resources("", "v1"),
        "/apis/apps/v1" => resources("apps", "apps/v1"),
        "/apis/batch/v1" => resources("batch", "batch/v1"),
        _ => return None,
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

fn group(name: &str) -> Value {
    let version = json!({ "groupVersion": format!("{name}/v1"), "version": "v1" });
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
