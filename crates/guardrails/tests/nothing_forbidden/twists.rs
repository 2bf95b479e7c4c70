//! Ways to make a harmless change into one that SPEC §6 forbids, hidden as well as they can be.

use jiff::SignedDuration;
use lamplighter_core::words::{Confidence, DirectAction, Health, ObjectRef, WorkloadKind};
use serde_json::{Value, json};

use super::dice::Dice;
use super::harmless::{deployment, resource};
use super::proposal::{Apply, Deed, NOW, Proposal, key};

type Twist = fn(&mut Dice, &mut Proposal) -> bool;

const TWISTS: [(&str, Twist); 35] = [
    ("stopped", stopped),
    ("a third attempt", third_attempt),
    ("an unreadable audit log", unreadable_audit_log),
    ("a guess", guess),
    ("a direct action", direct),
    ("a pod that nothing recreates", orphan),
    ("the last ready pod", last_ready_pod),
    ("scaling elsewhere", scaling_elsewhere),
    ("a pod of the platform", platform_pod),
    ("a destroy", destroy),
    ("data destroyed", data_destroyed),
    ("data endangered", data_endangered),
    ("a move or a take-over", moved),
    ("a secret by its type", secret_type),
    ("a secret in a manifest", secret_manifest),
    ("a sensitive value", sensitive_value),
    ("an env block lost", env_lost),
    ("something taken out", taken_out),
    ("something lost in a text", lost_in_text),
    ("a structure unknown", structure_unknown),
    ("a doubtful plan", doubtful_plan),
    ("a disguised resource", disguised),
    ("a moved state", moved_state),
    ("no digest", no_digest),
    ("a protected stack", protected_stack),
    ("a protected part", protected_part),
    ("drift", drift),
    ("an output removed", output_removed),
    ("too many resources", too_many),
    ("a healthy service changed", healthy_changed),
    ("fewer replicas", fewer_replicas),
    ("a commit without its apply", commit_alone),
    ("a commit of something else", commit_of_something_else),
    ("a monitor with a secret", monitor_with_secret),
    ("an odd monitor", odd_monitor),
];

pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    TWISTS.iter().map(|(name, _)| *name)
}

/// Twists a proposal in one of the ways that fit it, and says which.
pub(crate) fn twist(dice: &mut Dice, proposal: &mut Proposal) -> Option<&'static str> {
    (0..1000).find_map(|_| {
        let (name, twist) = dice.pick(&TWISTS);
        twist(dice, proposal).then_some(name)
    })
}

fn stopped(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    if dice.chance(2) {
        proposal.stopped = Some("maintenance".to_owned());
    } else {
        proposal.stop_switch_broken = true;
    }
    true
}

fn third_attempt(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    if matches!(proposal.deed, Deed::Commit(_)) {
        return false;
    }
    for name in ["earlier", "before-that"] {
        let ago = SignedDuration::from_hours(i64::try_from(dice.below(24)).expect("small"));
        proposal.past.push((NOW.checked_sub(ago).expect("a time"), proposal.attempt(&key(name))));
    }
    true
}

fn unreadable_audit_log(_dice: &mut Dice, proposal: &mut Proposal) -> bool {
    // A commit of documentation alone asks nothing of the log.
    if matches!(&proposal.deed, Deed::Commit(commit) if commit.follows.is_none()) {
        return false;
    }
    proposal.audit_log_broken = true;
    true
}

fn guess(_dice: &mut Dice, proposal: &mut Proposal) -> bool {
    proposal.confidence = Confidence::Low;
    true
}

fn direct(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    if !dice.chance(4) {
        return false;
    }
    let kinds = ["persistentvolumeclaim", "PersistentVolume", "namespace", "secret", "pod", "deployment", "vault", ""];
    proposal.deed = Deed::Direct(DirectAction {
        verb: dice.pick(&["delete", "restart-pod", "scale", "patch", ""]).to_owned(),
        object: ObjectRef::namespaced(dice.pick(&kinds), "apps", "wiki"),
    });
    true
}

fn orphan(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Restart(restart) = &mut proposal.deed else { return false };
    match dice.below(3) {
        0 => restart.workload = None,
        1 => restart.uid.clear(),
        _ => restart.namespace = "elsewhere".to_owned(),
    }
    true
}

fn last_ready_pod(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Restart(restart) = &mut proposal.deed else { return false };
    (restart.ready, restart.ready_siblings) = (true, 0);
    if let Some(workload) = &mut restart.workload {
        workload.kind = dice.pick(&[WorkloadKind::Deployment, WorkloadKind::StatefulSet, WorkloadKind::DaemonSet]);
        if workload.kind != WorkloadKind::Deployment {
            restart.ready_siblings = 4;
        }
    }
    true
}

fn scaling_elsewhere(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Scale(scaling) = &mut proposal.deed else { return false };
    match dice.below(6) {
        0 => scaling.declared = None,
        1 => scaling.declared_in = None,
        2 => scaling.to += 1,
        3 => (scaling.from, scaling.to, scaling.declared) = (5, 1, Some(1)),
        4 => (scaling.from, scaling.to, scaling.declared) = (2, 0, Some(0)),
        _ => scaling.workload.kind = WorkloadKind::DaemonSet,
    }
    true
}

fn platform_pod(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let name = dice.pick(&["vault", "Traefik", "authentik-server", "dbaas", "kyverno"]).to_owned();
    match &mut proposal.deed {
        Deed::Restart(restart) => restart.pod = format!("{name}-0"),
        Deed::Scale(scaling) => scaling.workload.namespace = name,
        Deed::Apply(_) | Deed::Commit(_) | Deed::AddMonitor(_) | Deed::Direct(_) => return false,
    }
    true
}

/// Puts a resource anywhere into the plan.
fn hide(dice: &mut Dice, apply: &mut Apply, resource: Value) {
    let at = dice.below(apply.resources().len() + 1);
    apply.resources().insert(at, resource);
}

fn ending(dice: &mut Dice) -> (&'static [&'static str], bool) {
    dice.pick(&[
        (&["delete"][..], false),
        (&["delete", "create"], true),
        (&["create", "delete"], true),
        (&["forget"], false),
    ])
}

fn destroy(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Apply(apply) = &mut proposal.deed else { return false };
    let (actions, again) = ending(dice);
    let resource_type =
        dice.pick(&["kubernetes_deployment_v1", "kubernetes_config_map", "terraform_data", "helm_release"]);
    let before = json!({"a": 1});
    let mut gone = resource(dice, resource_type, actions, before.clone(), if again { before } else { Value::Null });
    if dice.chance(5) {
        gone["deposed"] = json!("ab12cd34");
    }
    hide(dice, apply, gone);
    true
}

fn data_destroyed(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Apply(apply) = &mut proposal.deed else { return false };
    let (actions, again) = ending(dice);
    let (resource_type, before) = dice.pick(&[
        ("kubernetes_persistent_volume_claim_v1", json!({})),
        ("kubernetes_persistent_volume", json!({})),
        ("kubernetes_namespace_v1", json!({})),
        ("aws_s3_bucket", json!({})),
        ("postgresql_database", json!({})),
        ("kubernetes_manifest", json!({"manifest": {"apiVersion": "v1", "kind": "PersistentVolumeClaim"}})),
        ("kubectl_manifest", json!({"yaml_body": "kind: Namespace\n"})),
    ]);
    let gone = resource(dice, resource_type, actions, before.clone(), if again { before } else { Value::Null });
    hide(dice, apply, gone);
    true
}

fn data_endangered(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Apply(apply) = &mut proposal.deed else { return false };
    let (resource_type, before, after) = dice.pick(&[
        ("aws_s3_bucket", json!({"force_destroy": false}), json!({"force_destroy": true})),
        ("aws_db_instance", json!({"deletion_protection": true}), json!({"deletion_protection": false})),
        (
            "kubernetes_persistent_volume",
            json!({"persistent_volume_reclaim_policy": "Retain"}),
            json!({"persistent_volume_reclaim_policy": "Delete"}),
        ),
        ("kubernetes_persistent_volume_claim", json!({"storage": "9Gi"}), json!({"storage": "900Mi"})),
    ]);
    let touched = resource(dice, resource_type, &["update"], before, after);
    hide(dice, apply, touched);
    true
}

fn moved(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Apply(apply) = &mut proposal.deed else { return false };
    let mut moved = resource(dice, "terraform_data", &["no-op"], json!({"a": 1}), json!({"a": 1}));
    if dice.chance(2) {
        moved["previous_address"] = json!("terraform_data.other");
    } else {
        moved["change"]["importing"] = json!({"id": "x"});
    }
    hide(dice, apply, moved);
    true
}

fn secret_type(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Apply(apply) = &mut proposal.deed else { return false };
    let types = [
        "kubernetes_secret_v1",
        "vault_kv_secret_v2",
        "random_password",
        "tls_private_key",
        "aws_iam_access_key",
        "VAULT_POLICY",
    ];
    let resource_type = dice.pick(&types);
    let secret = match dice.below(3) {
        0 => resource(dice, resource_type, &["create"], Value::Null, json!({"a": 1})),
        1 => resource(dice, resource_type, &["update"], json!({"a": 1}), json!({"a": 2})),
        _ => resource(dice, resource_type, &["delete"], json!({"a": 1}), Value::Null),
    };
    hide(dice, apply, secret);
    true
}

fn secret_manifest(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Apply(apply) = &mut proposal.deed else { return false };
    let after = dice.pick(&[
        json!({"manifest": {"apiVersion": "v1", "kind": "Secret", "data": {"a": "b"}}}),
        json!({"yaml_body": "apiVersion: v1\nkind: \"Secret\"\n"}),
        json!({"manifest": {"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Secret"}]}}),
    ]);
    let secret = resource(dice, "kubernetes_manifest", &["create"], Value::Null, after);
    hide(dice, apply, secret);
    true
}

fn sensitive_value(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Apply(apply) = &mut proposal.deed else { return false };
    let nest = |leaf: Value, deep: bool| if deep { json!({"block": [{"leaf": leaf}]}) } else { json!({"leaf": leaf}) };
    let deep = dice.chance(2);
    let mut touched = resource(dice, "terraform_data", &["update"], nest(json!("one"), deep), nest(json!("two"), deep));
    touched["change"]["before_sensitive"] = nest(json!(true), deep);
    touched["change"]["after_sensitive"] = nest(json!(dice.chance(2)), deep);
    hide(dice, apply, touched);
    true
}

fn env_lost(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Apply(apply) = &mut proposal.deed else { return false };
    let before = deployment("wiki:1", "128Mi", "1", &[("A", "1"), ("B", "2"), ("C", "3")]);
    let kept: &[(&str, &str)] = dice.pick(&[
        &[("A", "1"), ("C", "3")][..],
        &[],
        &[("A", "1"), ("C", "3"), ("D", "2")],
        &[("C", "3"), ("B", "2")],
    ]);
    let lost =
        resource(dice, "kubernetes_deployment_v1", &["update"], before, deployment("wiki:1", "256Mi", "1", kept));
    hide(dice, apply, lost);
    true
}

fn taken_out(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Apply(apply) = &mut proposal.deed else { return false };
    let before = deployment("wiki:1", "128Mi", "1", &[("A", "1"), ("B", "2")]);
    let places = [
        "/spec/0/template/0/spec/0/container/1",
        "/spec/0/template/0/spec/0/container/0/args/1",
        "/spec/0/template/0/spec/0/container/0/resources/0",
        "/spec/0/template/0/spec/0/container/0/resources/0/limits/cpu",
        "/spec/0/template/0/spec/0/container/0/volume_mount/1",
        "/spec/0/template/0/spec/0/volume/0",
        "/spec/0/strategy/0",
        "/metadata/0/labels/app",
    ];
    let place = dice.pick(&places);
    let mut after = deployment("wiki:1", "256Mi", "1", &[("A", "1"), ("B", "2")]);
    let (parent, key) = place.rsplit_once('/').expect("a path");
    match after.pointer_mut(parent).expect("a place") {
        Value::Object(fields) if dice.chance(2) => drop(fields.insert(key.to_owned(), Value::Null)),
        Value::Object(fields) => drop(fields.remove(key)),
        Value::Array(items) => drop(items.remove(key.parse().expect("a number"))),
        _ => return false,
    }
    let lost = resource(dice, "kubernetes_deployment_v1", &["update"], before, after);
    hide(dice, apply, lost);
    true
}

fn lost_in_text(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Apply(apply) = &mut proposal.deed else { return false };
    let before = deployment("wiki:1", "128Mi", "1", &[]);
    let mut after = before.clone();
    match dice.below(3) {
        0 => after["values"] = json!(["wiki:\n  theme: light\n"]),
        1 => after["settings"] = json!("{\"theme\":\"light\"}"),
        _ => after["settings"] = json!("{\"theme\":\"light\",\"tabs\":[\"a\"]}"),
    }
    let lost = resource(dice, "helm_release", &["update"], before, after);
    hide(dice, apply, lost);
    true
}

fn structure_unknown(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Apply(apply) = &mut proposal.deed else { return false };
    let before = deployment("wiki:1", "128Mi", "1", &[("A", "1")]);
    let mut after = before.clone();
    let gone = dice.pick(&["spec", "metadata"]);
    after.as_object_mut().expect("an object").remove(gone);
    let mut unknown = resource(dice, "kubernetes_deployment_v1", &["update"], before, after);
    unknown["change"]["after_unknown"] = json!({gone: true});
    hide(dice, apply, unknown);
    true
}

fn doubtful_plan(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Apply(apply) = &mut proposal.deed else { return false };
    let (field, value) = dice.pick(&[
        ("errored", json!(true)),
        ("complete", json!(false)),
        ("applyable", json!(false)),
        ("deferred_changes", json!([{"reason": "unknown"}])),
        ("action_invocations", json!([{}])),
        ("checks", json!([{"status": "fail"}])),
        ("format_version", json!("2.0")),
        ("resource_changes", json!("none")),
    ]);
    if apply.plan["resource_changes"].is_array() {
        apply.plan[field] = value;
        // Later twists need the list.
        if !apply.plan["resource_changes"].is_array() {
            apply.plan["format_version"] = json!("none");
            apply.plan["resource_changes"] = json!([]);
        }
    }
    field != "applyable"
        || apply.plan["resource_changes"]
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one["change"]["actions"] != json!(["no-op"])))
}

fn disguised(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Apply(apply) = &mut proposal.deed else { return false };
    let plain =
        |dice: &mut Dice, actions: &[&str]| resource(dice, "terraform_data", actions, json!({"a": 1}), json!({"a": 2}));
    let hidden = match dice.below(6) {
        0 => plain(dice, &["no-op"]),
        1 => plain(dice, &["update", "delete"]),
        2 => plain(dice, &[]),
        3 => plain(dice, &["DELETE"]),
        4 => resource(dice, "kubernetes_sec\u{200b}ret", &["create"], Value::Null, json!({})),
        _ => {
            let mut data = plain(dice, &["update"]);
            data["mode"] = json!("data");
            data
        }
    };
    hide(dice, apply, hidden);
    true
}

fn moved_state(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Apply(apply) = &mut proposal.deed else { return false };
    if dice.chance(2) {
        apply.state_now.serial = apply.planned_on.serial + 1;
    } else {
        apply.state_now.lineage = "another".to_owned();
    }
    true
}

fn no_digest(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Apply(apply) = &mut proposal.deed else { return false };
    apply.digest = dice.pick(&["", "latest", "0123"]).to_owned();
    true
}

fn protected_path(dice: &mut Dice) -> String {
    let name = dice.pick(&["vault", "dbaas", "traefik", "authentik", "kyverno"]);
    match dice.below(10) {
        0 => name.to_owned(),
        1 => name.to_uppercase(),
        2 => format!("platform/{name}"),
        3 => format!("{name}/inner"),
        4 => format!("apps/../{name}"),
        5 => format!("./{name}"),
        6 => format!(" {name} "),
        7 => format!("{}\u{200b}{}", &name[..2], &name[2..]),
        8 => name.replace('a', "\u{430}").replace('e', "\u{435}"),
        _ => format!("{name}-config"),
    }
}

fn protected_stack(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let path = protected_path(dice);
    match &mut proposal.deed {
        Deed::Apply(apply) if dice.chance(2) => apply.stack = path,
        Deed::Apply(apply) => apply.edited.push(format!("stacks/{path}/main.tf")),
        Deed::Commit(commit) => commit.files.push(format!("stacks/{path}/main.tf")),
        Deed::Restart(_) | Deed::Scale(_) | Deed::AddMonitor(_) | Deed::Direct(_) => return false,
    }
    true
}

fn protected_part(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Apply(apply) = &mut proposal.deed else { return false };
    let mut part = resource(dice, "terraform_data", &["create"], Value::Null, json!({"a": 1}));
    match dice.below(3) {
        0 => part["change"]["after"] = json!({"metadata": [{"namespace": "traefik"}]}),
        1 => part["provider_name"] = json!("registry.terraform.io/hashicorp/vault"),
        _ => {
            part["module_address"] = json!("module.Authentik");
            part["address"] =
                json!(format!("module.Authentik.terraform_data.{}", part["name"].as_str().expect("a name")));
        }
    }
    hide(dice, apply, part);
    true
}

fn drift(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Apply(apply) = &mut proposal.deed else { return false };
    let changed = apply.resources().iter().find(|one| one["change"]["actions"] != json!(["no-op"])).cloned();
    let Some(changed) = changed else { return false };
    let mut drifted = resource(dice, "terraform_data", &["update"], json!({"a": 1}), json!({"a": 2}));
    drifted["address"] = changed["address"].clone();
    apply.plan["resource_drift"] = json!([drifted]);
    true
}

fn output_removed(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Apply(apply) = &mut proposal.deed else { return false };
    apply.plan["output_changes"]["gone"] =
        dice.pick(&[json!({"actions": ["delete"]}), json!({"actions": ["delete", "create"]}), json!({})]);
    true
}

fn too_many(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Apply(apply) = &mut proposal.deed else { return false };
    for index in 0..6 + dice.below(20) {
        let mut one = resource(dice, "uptimekuma_monitor", &["create"], Value::Null, json!({"name": "x"}));
        one["address"] = json!(format!("{}[{index}]", one["address"].as_str().expect("a text")));
        hide(dice, apply, one);
    }
    true
}

fn healthy_changed(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Apply(apply) = &mut proposal.deed else { return false };
    let before = deployment("wiki:1", "128Mi", "2", &[]);
    let after = dice.pick(&[
        deployment("wiki:2", "128Mi", "2", &[]),
        deployment("wiki:1", "64Mi", "2", &[]),
        deployment("wiki:1", "128Mi", "2", &[("NEW", "1")]),
    ]);
    let touched = resource(dice, "kubernetes_deployment_v1", &["update"], before, after);
    hide(dice, apply, touched);
    proposal.impact =
        dice.pick(&[vec![], vec![Health::Healthy], vec![Health::Inconclusive], vec![Health::Down, Health::Healthy]]);
    true
}

fn fewer_replicas(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Apply(apply) = &mut proposal.deed else { return false };
    let replicas = dice.pick(&["0", "1", "-1"]);
    let (before, after) = (deployment("wiki:1", "128Mi", "2", &[]), deployment("wiki:1", "128Mi", replicas, &[]));
    let lowered = resource(dice, "kubernetes_deployment_v1", &["update"], before, after);
    hide(dice, apply, lowered);
    true
}

fn commit_alone(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Commit(commit) = &mut proposal.deed else { return false };
    commit.files.push("stacks/apps/main.tf".to_owned());
    commit.follows = match dice.below(3) {
        0 => None,
        1 => Some(key("never")),
        _ => {
            proposal.past.clear();
            Some(key("apply"))
        }
    };
    true
}

fn commit_of_something_else(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::Commit(commit) = &mut proposal.deed else { return false };
    let files = [
        ".git/config",
        ".github/workflows/deploy.yml",
        "../outside.tf",
        "/etc/passwd",
        "stacks/other/main.tf",
        "stacks/apps/terraform.tfstate",
        "docs/../.git/hooks/pre-push",
        "stacks/apps\\..\\vault\\main.tf",
        "",
    ];
    match dice.below(4) {
        0 => commit.branch = dice.pick(&["+main", "main:main", "--force", "", "a b"]).to_owned(),
        1 => commit.message = dice.pick(&["", "fix: x\n\nLamplighter-Change: issue/2/y"]).to_owned(),
        2 => commit.files.clear(),
        _ => commit.files.push(dice.pick(&files).to_owned()),
    }
    true
}

fn monitor_with_secret(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::AddMonitor(addition) = &mut proposal.deed else { return false };
    let urls = [
        "https://ada:hunter2@wiki.example.org/",
        "https://hunter2@wiki.example.org",
        "tcp://ada:hunter2@10.0.20.7:5432",
        "https://wiki.example.org/health?token=hunter2",
        "https://wiki.example.org/#hunter2",
    ];
    dice.pick(&urls).clone_into(&mut addition.url);
    true
}

fn odd_monitor(dice: &mut Dice, proposal: &mut Proposal) -> bool {
    let Deed::AddMonitor(addition) = &mut proposal.deed else { return false };
    let urls = [
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data/iam/",
        "http://localhost:3001/",
        "http://0x7f.1/",
        "http://[::1]:9090/",
        "https://w\u{456}ki.example.org/",
        "tcp://10.0.20.7",
        "wiki",
        "",
    ];
    match dice.below(4) {
        0 => addition.interval = dice.pick(&[0, 1, u32::MAX]),
        1 => dice.pick(&["", "wi\u{202e}ki", "wiki\n"]).clone_into(&mut addition.name),
        2 => addition.retries = 1_000,
        _ => dice.pick(&urls).clone_into(&mut addition.url),
    }
    true
}
