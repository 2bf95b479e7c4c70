//! SPEC §6, read once more and written down without a look at the rules: by counting what is there before and after
//! rather than by walking both side by side, and by lists of what is known to be fine rather than of what is not.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use lamplighter_core::ports::AuditEvent;
use lamplighter_core::words::{CommitChange, Confidence, Health, MonitorAddition, PodRestart, Scaling, WorkloadKind};
use serde_json::Value;

use super::proposal::{Apply, Deed, NOW, Proposal, own_key};

/// Why SPEC §6 forbids a change, if it does.
pub(crate) fn forbidden(proposal: &Proposal) -> Option<&'static str> {
    if proposal.stopped.is_some() || proposal.stop_switch_broken {
        return Some("everything is stopped");
    }
    if proposal.confidence != Confidence::High {
        return Some("nobody is sure");
    }
    if proposal.audit_log_broken {
        return Some("nothing is known of earlier attempts");
    }
    if attempts_within_a_day(proposal) >= 2 {
        return Some("it was tried twice already");
    }
    match &proposal.deed {
        Deed::Direct(_) => Some("direct actions are forbidden but for two"),
        Deed::Restart(restart) => of_restart(restart),
        Deed::Scale(scaling) => of_scaling(scaling),
        Deed::Commit(commit) => of_commit(proposal, commit),
        Deed::Apply(apply) => of_apply(proposal, apply),
        Deed::AddMonitor(addition) => of_monitor(addition),
    }
}

fn attempts_within_a_day(proposal: &Proposal) -> usize {
    if matches!(proposal.deed, Deed::Commit(_)) {
        return 0;
    }
    let AuditEvent::Attempted { action: wanted, object: on, .. } = proposal.attempt(&own_key()) else { return 0 };
    let mut keys: Vec<String> = Vec::new();
    for (at, event) in &proposal.past {
        if let AuditEvent::Attempted { change, action, object, .. } = event
            && *action == wanted
            && *object == on
            && *change != own_key()
            && NOW.duration_since(*at) <= SignedDuration::from_hours(24)
        {
            keys.push(change.to_string());
        }
    }
    keys.sort();
    keys.dedup();
    keys.len()
}

const PLATFORM: [&str; 5] = ["vault", "dbaas", "traefik", "authentik", "kyverno"];

fn is_platform(text: &str) -> bool {
    PLATFORM.iter().any(|name| text.to_lowercase().contains(name))
}

fn of_restart(restart: &PodRestart) -> Option<&'static str> {
    let Some(workload) = &restart.workload else { return Some("nothing recreates the pod") };
    if restart.uid.is_empty() || restart.namespace != workload.namespace {
        return Some("it is not known which pod");
    }
    if [&restart.namespace, &restart.pod, &workload.name].into_iter().any(|name| is_platform(name)) {
        return Some("it is the platform's");
    }
    let replaceable = workload.kind == WorkloadKind::Deployment && restart.ready_siblings >= 1;
    (restart.ready && !replaceable).then_some("a healthy service would go down")
}

fn of_scaling(scaling: &Scaling) -> Option<&'static str> {
    if is_platform(&scaling.workload.namespace) || is_platform(&scaling.workload.name) {
        return Some("it is the platform's");
    }
    let declared = scaling.declared == Some(scaling.to) && scaling.declared_in.is_some();
    let fine = declared && scaling.to > scaling.from && scaling.workload.kind != WorkloadKind::DaemonSet;
    (!fine).then_some("only up to the declared count")
}

fn is_plain(path: &str) -> bool {
    !path.is_empty()
        && path.split('/').all(|part| {
            let inner = part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '.');
            inner && part.starts_with(|c: char| c.is_ascii_alphanumeric())
        })
}

fn of_commit(proposal: &Proposal, commit: &CommitChange) -> Option<&'static str> {
    if !is_plain(&commit.branch) || commit.message.is_empty() || commit.message.contains("Lamplighter-Change") {
        return Some("it could be a force push, or pretend to be another change");
    }
    if commit.files.is_empty() || commit.files.iter().any(|file| !is_plain(file)) {
        return Some("a file that may be anything");
    }
    let other: Vec<&String> = commit.files.iter().filter(|file| !file.starts_with("docs/")).collect();
    if other.iter().any(|file| is_platform(file)) {
        return Some("platform stacks are hands-off");
    }
    if other.iter().any(|file| !file.starts_with("stacks/apps/") || file.contains("tfstate")) {
        return Some("a file of something else than the stack that was applied");
    }
    let follows = commit.follows.as_ref();
    let executed = proposal.past.iter().any(|(_, event)| {
        matches!(event, AuditEvent::Executed { change, .. } if Some(change) == follows && change.as_str().ends_with("apply"))
    });
    let needs = !other.is_empty() || follows.is_some();
    (needs && !executed).then_some("all lasting changes go through Terraform first")
}

fn of_monitor(addition: &MonitorAddition) -> Option<&'static str> {
    let known =
        ["https://wiki.example.org", "http://photos:8080/health", "tcp://10.0.20.7:5432", "https://vault.example.org/"];
    if !known.contains(&addition.url.as_str()) {
        return Some("an address that is not known to be plain");
    }
    let is_named = ["wiki", "Photos (inside)", "vault"].contains(&addition.name.as_str());
    let is_calm = (20..=3_600).contains(&addition.interval) && addition.retries < 10;
    (!is_named || !is_calm).then_some("not a plain monitor")
}

fn of_apply(proposal: &Proposal, apply: &Apply) -> Option<&'static str> {
    if apply.digest.len() != 64 {
        return Some("apply exactly the plan file that was judged");
    }
    if apply.planned_on != apply.state_now {
        return Some("the state has moved");
    }
    if !is_plain(&apply.stack) || is_platform(&apply.stack) {
        return Some("platform stacks are hands-off");
    }
    if apply.edited.iter().any(|file| !is_plain(file) || is_platform(file)) {
        return Some("platform stacks are hands-off, their files too");
    }
    let plan = &apply.plan;
    let says = |field: &str, wanted: bool| plan[field] == Value::Bool(wanted);
    let sound = says("errored", false) && says("complete", true) && says("applyable", true);
    let listed = ["deferred_changes", "action_invocations", "checks"].iter().any(|field| !plan[field].is_null());
    if !sound || listed || !plan["format_version"].as_str().is_some_and(|version| version.starts_with("1.")) {
        return Some("the plan is errored, incomplete or unparsable");
    }
    let outputs = plan["output_changes"].as_object().into_iter().flatten();
    for (_, output) in outputs {
        if !matches!(first_action(output), Some("no-op" | "create" | "update")) {
            return Some("an output is removed");
        }
    }
    let resources = plan["resource_changes"].as_array()?;
    let drifted: Vec<&Value> =
        plan["resource_drift"].as_array().into_iter().flatten().map(|one| &one["address"]).collect();
    let mut touched = 0;
    for resource in resources {
        if first_action(&resource["change"]) == Some("no-op") {
            if resource["change"]["before"] != resource["change"]["after"] {
                return Some("a change in disguise");
            }
        } else {
            touched += 1;
            if drifted.contains(&&resource["address"]) {
                return Some("somebody has changed it by hand");
            }
        }
        if let Some(because) = of_resource(proposal, resource) {
            return Some(because);
        }
    }
    (touched > 5).then_some("the blast radius is large")
}

/// The one action; `None` where there are several, or none.
fn first_action(change: &Value) -> Option<&str> {
    match change["actions"].as_array()?.as_slice() {
        [one] => one.as_str(),
        _ => None,
    }
}

/// The resource types of the generator that are no secret and hold no data.
const PLAIN_TYPES: [&str; 8] = [
    "kubernetes_deployment_v1",
    "kubernetes_config_map",
    "kubernetes_ingress_v1",
    "kubernetes_manifest",
    "terraform_data",
    "uptimekuma_monitor",
    "cloudflare_record",
    "helm_release",
];

fn of_resource(proposal: &Proposal, resource: &Value) -> Option<&'static str> {
    let change = &resource["change"];
    let resource_type = resource["type"].as_str().unwrap_or_default();
    if !resource["previous_address"].is_null() || !change["importing"].is_null() || !resource["deposed"].is_null() {
        return Some("a move, a take-over or a left-over");
    }
    let action = first_action(change);
    let plain = PLAIN_TYPES.contains(&resource_type);
    let new_claim = resource_type == "kubernetes_persistent_volume_claim_v1" && action == Some("create");
    if !plain && !new_claim {
        return Some("secrets and user data are never touched");
    }
    if resource["mode"] != "managed" || !matches!(action, Some("no-op" | "create" | "update")) {
        return Some("a destroy, or something that is not known");
    }
    let place = format!(
        "{}{}{}",
        resource["module_address"], resource["provider_name"], change["after"]["metadata"][0]["namespace"]
    );
    if is_platform(&place) {
        return Some("platform stacks are hands-off");
    }
    if ["before", "after"].iter().any(|side| change[side].to_string().contains("Secret")) {
        return Some("never touch secrets");
    }
    if change["before_sensitive"].to_string().contains("true") {
        return Some("a sensitive value is touched");
    }
    if action == Some("update") {
        return of_update(proposal, change);
    }
    None
}

fn of_update(proposal: &Proposal, change: &Value) -> Option<&'static str> {
    let (mut before, mut after) = (change["before"].clone(), change["after"].clone());
    // `terraform_data` computes its output from its input.
    for side in [&mut before, &mut after] {
        side.as_object_mut()?.remove("output");
    }
    let unknown = change["after_unknown"].to_string().replace("\"output\":true", "");
    if unknown.contains("true") {
        return Some("nobody knows what is lost");
    }
    let (had, has) = (inventory(&before), inventory(&after));
    if had.iter().any(|(thing, count)| has.get(thing).copied().unwrap_or_default() < *count) {
        return Some("a nested block is lost");
    }
    if after.pointer("/spec/0/replicas").is_some_and(|new| number(new) < number(&before["spec"][0]["replicas"])) {
        return Some("replicas are lowered");
    }
    let broken = !proposal.impact.is_empty()
        && proposal.impact.iter().all(|health| matches!(health, Health::Down | Health::Degraded));
    (!broken && !only_more(&before, &after)).then_some("it could take down a healthy service")
}

/// How often each thing is there: every place without its numbers, every name, every argument of a command.
fn inventory(value: &Value) -> BTreeMap<String, usize> {
    fn count(path: String, value: &Value, found: &mut BTreeMap<String, usize>) {
        match value {
            Value::Null => {}
            Value::Object(fields) => {
                *found.entry(path.clone()).or_default() += 1;
                if let Some(name) = fields.get("name") {
                    *found.entry(format!("{path}={name}")).or_default() += 1;
                }
                fields.iter().for_each(|(key, inner)| count(format!("{path}/{key}"), inner, found));
            }
            Value::Array(items) => items.iter().for_each(|inner| {
                count(format!("{path}/*"), inner, found);
                if path.ends_with("args") {
                    *found.entry(format!("{path}={inner}")).or_default() += 1;
                }
            }),
            Value::String(text) => {
                *found.entry(path.clone()).or_default() += 1;
                if let Ok(inner @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
                    count(format!("{path}~"), &inner, found);
                }
                *found.entry(format!("{path}/lines")).or_default() += text.lines().count();
            }
            Value::Bool(_) | Value::Number(_) => *found.entry(path).or_default() += 1,
        }
    }
    let mut found = BTreeMap::new();
    count(String::new(), value, &mut found);
    found
}

/// Whether nothing but a limit of memory or a number of replicas differs, and it is more.
fn only_more(before: &Value, after: &Value) -> bool {
    let places = [
        "/spec/0/replicas",
        "/spec/0/template/0/spec/0/container/0/resources/0/limits/memory",
        "/input/containers/0/memory_limit",
    ];
    let mut before = before.clone();
    for place in places {
        if let (Some(old), Some(new)) = (before.pointer_mut(place), after.pointer(place)) {
            if number(new) < number(old) {
                return false;
            }
            *old = new.clone();
        }
    }
    before == *after
}

fn number(value: &Value) -> f64 {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let (digits, unit) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len()));
    let unit = match unit {
        "Mi" => 1024.0 * 1024.0,
        "Gi" => 1024.0 * 1024.0 * 1024.0,
        _ => 1.0,
    };
    digits.parse::<f64>().map_or(f64::NAN, |value| value * unit)
}
