//! Changes that SPEC §6 allows, of every kind.
#![expect(clippy::needless_pass_by_value, reason = "values written in place read better than references to them")]

use jiff::SignedDuration;
use lamplighter_core::ports::AuditEvent;
use lamplighter_core::words::{
    CommitChange, Confidence, Digest, Health, MonitorAddition, ObjectRef, PodRestart, Scaling, StateVersion,
    WorkloadKind, WorkloadRef,
};
use serde_json::{Value, json};

use super::dice::Dice;
use super::proposal::{Apply, Deed, NOW, Proposal, key, own_key};

pub(crate) fn proposal(dice: &mut Dice, number: usize) -> Proposal {
    let mut past = Vec::new();
    let (deed, impact) = match dice.below(7) {
        0 => (Deed::Restart(restart(dice)), vec![Health::Down]),
        1 => (Deed::Scale(scaling(dice)), vec![Health::Down]),
        2 => {
            let applied = AuditEvent::Attempted {
                change: key("apply"),
                action: "apply-plan".to_owned(),
                object: ObjectRef::global("stack", "apps"),
                requested_by: None,
                reason: String::new(),
            };
            let done = AuditEvent::Executed { change: key("apply"), outcome: "the plan was applied".to_owned() };
            past.extend([(NOW, applied), (NOW, done)]);
            (Deed::Commit(commit(dice)), vec![Health::Down])
        }
        3 => (Deed::AddMonitor(monitor(dice)), dice.pick(&[vec![], vec![Health::Healthy]])),
        _ => {
            let (resources, impact) = resources(dice, number);
            (Deed::Apply(apply(dice, resources)), impact)
        }
    };
    let mut proposal = Proposal {
        deed,
        confidence: Confidence::High,
        impact,
        past,
        stopped: None,
        stop_switch_broken: false,
        audit_log_broken: false,
    };
    remember_earlier_attempts(dice, &mut proposal);
    proposal
}

/// One other attempt within the day, any number before it, and this change's own interrupted one: none of these
/// stands in its way.
fn remember_earlier_attempts(dice: &mut Dice, proposal: &mut Proposal) {
    let hours = |hours| NOW.checked_sub(SignedDuration::from_hours(hours)).expect("a time");
    if dice.chance(3) {
        proposal.past.push((hours(3), proposal.attempt(&key("before"))));
    }
    if dice.chance(3) {
        proposal.past.push((hours(1), proposal.attempt(&own_key())));
    }
    for old in 0..dice.below(3) {
        proposal.past.push((hours(30), proposal.attempt(&key(&format!("old-{old}")))));
    }
}

fn workload(dice: &mut Dice) -> WorkloadRef {
    let kind = dice.pick(&[WorkloadKind::Deployment, WorkloadKind::StatefulSet]);
    WorkloadRef::new(kind, dice.pick(&["apps", "media"]), dice.pick(&["wiki", "photos", "defaults"]))
}

fn restart(dice: &mut Dice) -> PodRestart {
    let workload = workload(dice);
    let ready = workload.kind == WorkloadKind::Deployment && dice.chance(2);
    PodRestart {
        namespace: workload.namespace.clone(),
        pod: format!("{}-{}", workload.name, dice.below(10)),
        uid: format!("uid-{}", dice.below(1000)),
        ready,
        ready_siblings: if ready { 1 + u32::try_from(dice.below(3)).expect("small") } else { 0 },
        workload: Some(workload),
    }
}

fn scaling(dice: &mut Dice) -> Scaling {
    let from = u32::try_from(dice.below(3)).expect("small");
    let to = from + 1 + u32::try_from(dice.below(3)).expect("small");
    Scaling {
        workload: workload(dice),
        from,
        to,
        declared: Some(to),
        declared_in: Some("stacks/apps/main.tf:3".to_owned()),
    }
}

fn commit(dice: &mut Dice) -> CommitChange {
    let docs = dice.chance(3);
    let files: &[&str] = if docs {
        &["docs/post-mortems/2026-03-01-vault-sealed.md", "docs/known-issues.md"]
    } else {
        &["stacks/apps/main.tf", "stacks/apps/wiki.tf"]
    };
    CommitChange {
        branch: dice.pick(&["main", "master", "infra/live"]).to_owned(),
        files: files[..=dice.below(2)].iter().map(|&file| file.to_owned()).collect(),
        message: "fix: raise the memory limit of wiki (fixes #1)".to_owned(),
        follows: if docs && dice.chance(2) { None } else { Some(key("apply")) },
    }
}

fn monitor(dice: &mut Dice) -> MonitorAddition {
    let urls =
        ["https://wiki.example.org", "http://photos:8080/health", "tcp://10.0.20.7:5432", "https://vault.example.org/"];
    MonitorAddition {
        name: dice.pick(&["wiki", "Photos (inside)", "vault"]).to_owned(),
        url: dice.pick(&urls).to_owned(),
        interval: dice.pick(&[20, 60, 300]),
        retries: u32::try_from(dice.below(5)).expect("small"),
    }
}

fn apply(dice: &mut Dice, mut resources: Vec<Value>) -> Apply {
    for _ in 0..dice.below(10) {
        resources.push(resource(
            dice,
            "kubernetes_config_map",
            &["no-op"],
            json!({"data": {"a": "b"}}),
            json!({"data": {"a": "b"}}),
        ));
    }
    for (index, resource) in resources.iter_mut().enumerate() {
        let address = format!("{}[\"{index}\"]", resource["address"].as_str().expect("a text"));
        resource["address"] = json!(address);
    }
    let state = StateVersion { lineage: "5f3c".to_owned(), serial: u64::try_from(dice.below(100)).expect("small") };
    Apply {
        stack: dice.pick(&["apps", "apps/wiki", "home/media_2", "Default"]).to_owned(),
        plan: json!({
            "format_version": dice.pick(&["1.0", "1.2"]),
            "terraform_version": "1.11.0",
            "planned_values": {"root_module": {}},
            "resource_changes": resources,
            "output_changes": {"url": {"actions": [dice.pick(&["no-op", "create", "update"])]}},
            "complete": true, "errored": false, "applyable": true,
            "some_later_field": {"x": 1},
        }),
        digest: Digest::of(b"the plan file").as_str().to_owned(),
        planned_on: state.clone(),
        state_now: state,
        edited: vec!["stacks/apps/main.tf".to_owned()],
    }
}

/// Up to three resources that change, and how the service is that they belong to.
fn resources(dice: &mut Dice, number: usize) -> (Vec<Value>, Vec<Health>) {
    let count = 1 + dice.below(3);
    match dice.below(3) {
        0 => {
            let health = dice.pick(&[Health::Down, Health::Degraded]);
            ((0..count).map(|_| repaired(dice, number)).collect(), vec![health])
        }
        1 => {
            let impact = dice.pick(&[vec![], vec![Health::Healthy], vec![Health::Inconclusive, Health::Down]]);
            ((0..count).map(|_| raised(dice)).collect(), impact)
        }
        _ => {
            let impact = dice.pick(&[vec![], vec![Health::Healthy], vec![Health::Down]]);
            ((0..count).map(|_| created(dice)).collect(), impact)
        }
    }
}

/// A deployment in the shape that the Kubernetes provider gives it.
pub(crate) fn deployment(image: &str, memory: &str, replicas: &str, env: &[(&str, &str)]) -> Value {
    let env: Vec<Value> =
        env.iter().map(|(name, value)| json!({"name": name, "value": value, "value_from": []})).collect();
    json!({
        "id": "apps/wiki",
        "metadata": [{"name": "wiki", "namespace": "apps", "generation": 4, "labels": {"app": "wiki"}, "annotations": null}],
        "spec": [{
            "replicas": replicas,
            "strategy": [{"type": "RollingUpdate"}],
            "template": [{"spec": [{
                "container": [
                    {"name": "wiki", "image": image, "args": ["--a", "--b"], "env": env,
                     "resources": [{"limits": {"cpu": "500m", "memory": memory}, "requests": {"memory": "64Mi"}}],
                     "volume_mount": [{"name": "data", "mount_path": "/data"}, {"name": "data", "mount_path": "/cache"}]},
                    {"name": "sidecar", "image": "sidecar:1", "env": [], "resources": [{"limits": {"memory": "32Mi"}}]},
                ],
                "volume": [{"name": "data"}],
            }]}],
        }],
        "values": ["wiki:\n  theme: light\n  size: 1\n"],
        "settings": "{\"theme\":\"light\",\"tabs\":[\"a\",\"b\"]}",
    })
}

const ENV: [(&str, &str); 3] = [("LANG", "C"), ("PORT", "80"), ("THEME", "light")];

/// An update of something that is broken.
fn repaired(dice: &mut Dice, number: usize) -> Value {
    let before = deployment("wiki:1", "128Mi", "1", &ENV);
    let mut reordered = ENV;
    reordered.reverse();
    let after = match dice.below(4) {
        0 => deployment(&format!("wiki:{}", number + 2), "128Mi", "1", &ENV),
        1 => deployment("wiki:2", "64Mi", "1", &reordered),
        2 => deployment("wiki:1", "256Mi", "2", &[ENV[0], ENV[1], ENV[2], ("NEW", "1")]),
        _ => deployment("wiki:1", "256Mi", "1", &[ENV[2], ("PORT", "8080"), ENV[0]]),
    };
    resource(dice, "kubernetes_deployment_v1", &["update"], before, after)
}

/// An update that only gives more.
fn raised(dice: &mut Dice) -> Value {
    if dice.chance(2) {
        let (memory, replicas) = dice.pick(&[("256Mi", "1"), ("1Gi", "3"), ("128Mi", "2"), ("0.2Gi", "1")]);
        let (before, after) = (deployment("wiki:1", "128Mi", "1", &ENV), deployment("wiki:1", memory, replicas, &ENV));
        return resource(dice, "kubernetes_deployment_v1", &["update"], before, after);
    }
    let input = |limit: &str| json!({"containers": [{"name": "wiki", "memory_limit": limit}], "replicas": 2});
    let before = json!({"id": "1", "input": input("128Mi"), "output": input("128Mi"), "triggers_replace": null});
    let after = json!({"id": "1", "input": input("256Mi"), "triggers_replace": null});
    let mut resource = resource(dice, "terraform_data", &["update"], before, after);
    resource["change"]["after_unknown"] = json!({"output": true});
    resource
}

fn created(dice: &mut Dice) -> Value {
    let (resource_type, after) = dice.pick(&[
        ("uptimekuma_monitor", json!({"name": "wiki", "url": "https://wiki.example.org", "interval": 60})),
        (
            "kubernetes_ingress_v1",
            json!({"spec": [{"tls": [{"secret_name": "wiki-tls"}]}], "metadata": [{"namespace": "apps"}]}),
        ),
        ("kubernetes_manifest", json!({"manifest": {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "b"}}})),
        ("kubernetes_persistent_volume_claim_v1", json!({"spec": [{"resources": [{"requests": {"storage": "1Gi"}}]}]})),
        ("kubernetes_deployment_v1", deployment("wiki:1", "128Mi", "1", &ENV)),
        ("cloudflare_record", json!({"name": "wiki", "type": "CNAME", "value": "home.example.org"})),
    ]);
    let mut resource = resource(dice, resource_type, &["create"], Value::Null, after);
    resource["change"]["after_unknown"] = json!({"id": true});
    resource
}

pub(crate) fn resource(dice: &mut Dice, resource_type: &str, actions: &[&str], before: Value, after: Value) -> Value {
    let module = vec!["module.layer[\"a\"]"; dice.below(4)].join(".");
    let name = dice.pick(&["wiki", "main", "this"]);
    let mut resource = json!({
        "address": format!("{resource_type}.{name}"),
        "mode": "managed", "type": resource_type, "name": name,
        "provider_name": "registry.terraform.io/hashicorp/kubernetes",
        "change": {
            "actions": actions, "before": before, "after": after, "after_unknown": {},
            "before_sensitive": false, "after_sensitive": {"not_set": true},
        },
    });
    if !module.is_empty() {
        resource["address"] = json!(format!("{module}.{resource_type}.{name}"));
        resource["module_address"] = json!(module);
    }
    resource
}
