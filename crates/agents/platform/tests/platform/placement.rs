use lamplighter_core::diagnosis::Likelihood;
use serde_json::{Value, json};

use crate::fixture::*;

fn selecting(key: &str, value: &str) -> Value {
    json!({"nodeSelector": {key: value}})
}

fn requiring(key: &str, operator: &str, values: &[&str]) -> Value {
    let term = json!({"matchExpressions": [{"key": key, "operator": operator, "values": values}]});
    json!({"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}}})
}

fn apart_from(app: &str, topology: &str) -> Value {
    let term = json!({"labelSelector": {"matchLabels": {"app.kubernetes.io/name": app}}, "topologyKey": topology});
    json!({"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}})
}

#[test]
fn labels_that_no_node_has_are_the_selectors_fault() {
    let said = [
        "0/2 nodes are available: 2 node(s) didn't match node selector.",
        "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
        "",
    ];
    for said in said {
        let pod = waiting("ledger", &selecting("disk", "nvme"), said);
        let report = examine([control_plane("cp"), node("a"), labelled(node("b"), "disk", "hdd"), pod]);
        is_cause(&report, "node_selector_mismatch app/ledger");
        assert!(grounds(first(&report)).contains("nodeSelector: disk=nvme"));
        let stated = first(&report).confidence == Likelihood::STATED;
        assert_eq!(stated, !said.is_empty(), "{said}");
    }
}

#[test]
fn labels_that_are_on_different_nodes_are_the_selectors_fault() {
    let pod = waiting("ledger", &json!({"nodeSelector": {"disk": "nvme", "zone": "west"}}), "");
    let nodes = [labelled(node("a"), "disk", "nvme"), labelled(node("b"), "zone", "west")];
    is_cause(&examine(nodes.into_iter().chain([pod])), "node_selector_mismatch app/ledger");
}

#[test]
fn a_kind_of_node_that_there_is_none_of_is_the_affinitys_fault() {
    for (operator, values) in [("In", &["west"][..]), ("NotIn", &["east"]), ("DoesNotExist", &[])] {
        let pod = waiting("ledger", &requiring("zone", operator, values), "");
        // The control plane would do, were it not reserved; the pod does not ask for it.
        let nodes = [control_plane("cp"), labelled(node("a"), "zone", "east"), labelled(node("b"), "zone", "east")];
        is_cause(&examine(nodes.into_iter().chain([pod])), "node_affinity_mismatch app/ledger");
    }
}

#[test]
fn a_cordon_on_the_chosen_node_is_to_blame_and_not_the_choice() {
    let said =
        "0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) didn't match Pod's node affinity/selector.";
    for spec in [selecting("disk", "nvme"), requiring("disk", "In", &["nvme"])] {
        let nodes = [cordoned(labelled(node("a"), "disk", "nvme")), node("b"), node("c")];
        let report = examine(nodes.into_iter().chain([waiting("ledger", &spec, said)]));
        is_cause(&report, "node_cordon_mismatch app/ledger");
        assert_eq!(first(&report).confidence, Likelihood::STATED);
    }
}

#[test]
fn a_pod_that_asks_for_the_control_plane_is_kept_away_by_its_cordon() {
    let nodes = || [cordoned(labelled(node("cp"), "kubernetes.io/role", "master")), node("b")];
    let pod = waiting("console", &selecting("kubernetes.io/role", "master"), "");
    is_cause(&examine(nodes().into_iter().chain([pod])), "node_cordon_mismatch app/console");
    let pod = waiting("console", &selecting("kubernetes.io/role", "edge"), "");
    is_cause(&examine(nodes().into_iter().chain([pod])), "node_selector_mismatch app/console");
}

#[test]
fn a_cordon_on_every_node_is_to_blame() {
    let pod = waiting("ledger", &json!({}), "0/2 nodes are available: 2 node(s) were unschedulable.");
    let report = examine([cordoned(node("a")), cordoned(node("b")), pod]);
    is_cause(&report, "node_cordon_mismatch app/ledger");
}

#[test]
fn a_taint_on_the_chosen_node_is_to_blame_and_not_the_choice() {
    for effect in ["NoSchedule", "NoExecute"] {
        let nodes =
            [tainted(labelled(node("a"), "disk", "nvme"), "team", "red", effect), node("b"), cordoned(node("c"))];
        let report = examine(nodes.into_iter().chain([waiting("ledger", &selecting("disk", "nvme"), "")]));
        is_cause(&report, "taint_toleration_mismatch app/ledger");
        assert!(grounds(first(&report)).contains("a: team=red"));
    }
}

#[test]
fn what_is_tolerated_is_no_hurdle_and_a_preference_neither() {
    let toleration =
        json!({"tolerations": [{"key": "team", "operator": "Equal", "value": "red", "effect": "NoSchedule"}]});
    let report = examine([tainted(node("a"), "team", "red", "NoSchedule"), waiting("ledger", &toleration, "")]);
    is_well(&report);
    let wrong = json!({"tolerations": [{"key": "team", "operator": "Equal", "value": "blue"}]});
    let report = examine([tainted(node("a"), "team", "red", "NoSchedule"), waiting("ledger", &wrong, "")]);
    is_cause(&report, "taint_toleration_mismatch app/ledger");
    is_well(&examine([tainted(node("a"), "team", "red", "PreferNoSchedule"), waiting("ledger", &json!({}), "")]));
}

#[test]
fn a_node_in_trouble_is_no_matter_of_taints() {
    let taint = |key: &str| tainted(node("a"), key, "", "NoSchedule");
    for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable", "node.kubernetes.io/disk-pressure"] {
        let said = format!("0/1 nodes are available: 1 node(s) had untolerated taint {{{key}: }}.");
        let report = examine([taint(key), waiting("ledger", &json!({}), &said)]);
        is_well(&report);
        assert!(!report.findings.is_empty());
    }
}

#[test]
fn more_replicas_than_nodes_are_a_conflict_of_anti_affinity() {
    for topology in ["kubernetes.io/hostname", "zone"] {
        let spec = apart_from("cache", topology);
        let nodes = [labelled(node("a"), "zone", "east"), labelled(node("b"), "zone", "west")];
        let pods = [running("cache", "a", &spec), running("cache", "b", &spec), waiting("cache", &spec, "")];
        is_cause(&examine(nodes.into_iter().chain(pods)), "pod_anti_affinity_conflict app/cache");
    }
}

#[test]
fn one_zone_for_two_nodes_is_full_with_one_pod() {
    let spec = apart_from("cache", "zone");
    let nodes = || [labelled(node("a"), "zone", "east"), labelled(node("b"), "zone", "east")];
    let pods = || [running("cache", "a", &spec), waiting("cache", &spec, "")];
    is_cause(&examine(nodes().into_iter().chain(pods())), "pod_anti_affinity_conflict app/cache");
    let third = labelled(node("c"), "zone", "west");
    is_well(&examine(nodes().into_iter().chain(pods()).chain([third])));
}

#[test]
fn a_pod_that_shuns_others_is_to_blame_when_they_come_later() {
    let pods =
        [running("hermit", "a", &apart_from("cache", "kubernetes.io/hostname")), waiting("cache", &json!({}), "")];
    let report = examine([node("a")].into_iter().chain(pods));
    is_cause(&report, "pod_anti_affinity_conflict app/hermit");
    assert_eq!(first(&report).affects[0].to_string(), "app/cache");
}

#[test]
fn the_scheduler_is_believed_where_the_nodes_are_not_known() {
    let cases = [
        ("0/9 nodes are available: 9 node(s) were unschedulable.", "node_cordon_mismatch"),
        (
            "0/9 nodes are available: 1 node(s) were unschedulable, 8 node(s) didn't match Pod's node affinity/selector.",
            "node_selector_mismatch",
        ),
        (
            "0/9 nodes are available: 1 node(s) were unschedulable, 1 node(s) had taint {team: red}, that the pod didn't tolerate, 7 node(s) didn't match Pod's node affinity/selector.",
            "taint_toleration_mismatch",
        ),
        ("0/9 nodes are available: 9 node(s) didn't match pod anti-affinity rules.", "pod_anti_affinity_conflict"),
    ];
    for (said, cause) in cases {
        let report = examine([waiting("ledger", &json!({"nodeSelector": {"disk": "nvme"}}), said)]);
        is_cause(&report, &format!("{cause} app/ledger"));
        assert_eq!(first(&report).confidence, Likelihood::LIKELY);
    }
}

#[test]
fn a_volume_elsewhere_is_the_fault_of_the_choice_that_leads_away_from_it() {
    let place = json!({"required": {"nodeSelectorTerms": [{"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["a"]}]}]}});
    let volume = json!({"kind": "PersistentVolume", "metadata": {"name": "vol"}, "spec": {"nodeAffinity": place}, "status": {"phase": "Bound"}});
    let claim = json!({"kind": "PersistentVolumeClaim", "metadata": {"namespace": "apps", "name": "data"}, "spec": {"volumeName": "vol"}, "status": {"phase": "Bound"}});
    let volumes = json!([{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]);
    let said = "0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had volume node affinity conflict.";
    let pod = |spec: Value| waiting("ledger", &with(spec, "/volumes", volumes.clone()), said);
    let nodes = [node("a"), labelled(node("b"), "disk", "nvme")];
    let objects = nodes.into_iter().chain([volume.clone(), claim.clone(), pod(selecting("disk", "nvme"))]);
    is_cause(&examine(objects), "node_selector_mismatch app/ledger");
    is_cause(
        &examine([cordoned(node("a")), node("b"), volume, claim, pod(json!({}))]),
        "node_cordon_mismatch app/ledger",
    );
}

#[test]
fn a_pod_that_is_gone_is_still_told_of_until_something_else_happens() {
    let deployment = json!({
        "kind": "Deployment", "metadata": {"namespace": "apps", "name": "ledger"},
        "spec": {"replicas": 1, "template": {"metadata": {"labels": {"app.kubernetes.io/name": "ledger"}}, "spec": {"nodeSelector": {"disk": "nvme"}, "containers": [{"name": "main"}]}}},
        "status": {"readyReplicas": 0},
    });
    let said = "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.";
    let failed = warning("Pod", "ledger-5c4-abcde", "FailedScheduling", said);
    let objects = [node("a"), deployment.clone(), failed.clone()];
    is_cause(&examine(objects.clone()), "node_selector_mismatch app/ledger");
    let mut refused = warning("ReplicaSet", "ledger-5c4", "FailedCreate", "exceeded quota");
    refused["lastTimestamp"] = json!("2026-03-01T11:59:30Z");
    is_well(&examine(objects.into_iter().chain([refused])));
    is_well(&examine([node("a"), with(deployment, "/status/readyReplicas", json!(1)), failed]));
}

#[test]
fn pods_that_run_end_or_wait_for_a_gate_are_no_matter_of_the_scheduler() {
    let old = warning("Pod", "ledger-7d9f-a", "FailedScheduling", "0/1 nodes are available: 1 Insufficient cpu.");
    is_well(&examine([node("a"), running("ledger", "a", &json!({})), old]));
    let gated =
        with(waiting("ledger", &selecting("no", "such"), ""), "/status/conditions/0/reason", json!("SchedulingGated"));
    is_well(&examine([node("a"), gated]));
    let leaving = with(waiting("ledger", &selecting("no", "such"), ""), "/metadata/deletionTimestamp", json!(LONG_AGO));
    is_well(&examine([node("a"), leaving]));
}

#[test]
fn a_pod_that_only_avoids_the_workers_does_not_ask_for_the_control_plane() {
    // The control plane has `os` as all do; that a pod wants it too does not mean that it wants the control plane.
    let os = |node: Value| labelled(node, "os", "linux");
    let spec = with(requiring("zone", "NotIn", &["east"]), "/nodeSelector", json!({"os": "linux"}));
    let nodes = [os(control_plane("cp")), os(labelled(node("a"), "zone", "east"))];
    is_cause(&examine(nodes.into_iter().chain([waiting("ledger", &spec, "")])), "node_affinity_mismatch app/ledger");
}

#[test]
fn a_cluster_of_nothing_but_control_plane_is_looked_at_all_the_same() {
    let pod = || waiting("ledger", &json!({}), "");
    is_cause(&examine([control_plane("cp"), pod()]), "taint_toleration_mismatch app/ledger");
    is_cause(
        &examine([cordoned(labelled(node("cp"), "kubernetes.io/role", "master")), pod()]),
        "node_cordon_mismatch app/ledger",
    );
    // A control plane that takes pods is a node as any.
    let open = labelled(node("cp"), "node-role.kubernetes.io/control-plane", "");
    is_well(&examine([open, pod()]));
}

#[test]
fn an_anti_affinity_speaks_of_the_namespaces_that_it_names() {
    let there = |namespace: &str| {
        let spec = apart_from("cache", "kubernetes.io/hostname");
        let terms = "/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/0/namespaces";
        let pod = waiting("ledger", &with(spec, terms, json!([namespace, "third"])), "");
        examine([node("a"), running("cache", "a", &json!({})), pod])
    };
    is_cause(&there("apps"), "pod_anti_affinity_conflict app/ledger");
    is_well(&there("elsewhere"));
}

#[test]
fn a_pod_that_waits_for_company_is_told_of() {
    let term = json!({"labelSelector": {"matchLabels": {"app.kubernetes.io/name": "cache"}}, "topologyKey": "kubernetes.io/hostname"});
    let spec = json!({"affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}});
    let report = examine([
        node("a"),
        waiting("ledger", &spec, "0/1 nodes are available: 1 node(s) didn't match pod affinity rules."),
    ]);
    is_well(&report);
    assert_eq!(report.findings.len(), 1);
    is_well(&examine([node("a"), running("cache", "a", &json!({})), waiting("ledger", &spec, "")]));
    // Cordoned nodes keep it away whether or not it has company.
    let nodes = [cordoned(node("a")), running("cache", "a", &json!({})), node("b")];
    is_cause(&examine(nodes.into_iter().chain([waiting("ledger", &spec, "")])), "node_cordon_mismatch app/ledger");
    // The first of those that want each other may go anywhere.
    is_well(&examine([node("a"), waiting("cache", &spec, "")]));
}

#[test]
fn what_keeps_most_nodes_away_is_likelier_and_a_cordon_before_it() {
    let mixed = |nodes: Vec<Value>| named(&examine(nodes.into_iter().chain([waiting("ledger", &json!({}), "")])));
    let red = |name: &str| tainted(node(name), "team", "red", "NoSchedule");
    assert_eq!(
        mixed(vec![cordoned(node("a")), red("b")]),
        ["node_cordon_mismatch app/ledger", "taint_toleration_mismatch app/ledger"]
    );
    assert_eq!(
        mixed(vec![cordoned(node("a")), red("b"), red("c"), red("d")]),
        ["taint_toleration_mismatch app/ledger", "node_cordon_mismatch app/ledger"]
    );
}

#[test]
fn what_every_node_has_in_common_must_go() {
    let red = |node: Value| tainted(node, "team", "red", "NoSchedule");
    let small = |name: &str| with(node(name), "/status/allocatable/memory", json!("1Mi"));
    let both = with(red(small("b")), "/spec/unschedulable", json!(true));
    let report = examine([red(small("a")), both, waiting("ledger", &json!({}), "")]);
    assert_eq!(named(&report), ["memory_capacity_mismatch app/ledger", "taint_toleration_mismatch app/ledger"]);
}

#[test]
fn pods_of_an_app_are_told_of_once() {
    let other = with(waiting("ledger", &selecting("disk", "nvme"), ""), "/metadata/name", json!("ledger-7d9f-x"));
    let said = "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.";
    let report = examine([node("a"), other, waiting("ledger", &selecting("disk", "nvme"), said)]);
    is_cause(&report, "node_selector_mismatch app/ledger");
    assert_eq!(first(&report).confidence, Likelihood::STATED);
    assert!(grounds(first(&report)).contains("2 pods of ledger are on no node"), "{}", grounds(first(&report)));
}

#[test]
fn an_old_word_on_a_claim_that_is_bound_does_not_hide_the_rest() {
    let claim = |phase: &str| json!({"kind": "PersistentVolumeClaim", "metadata": {"namespace": "apps", "name": "data"}, "status": {"phase": phase}});
    let volumes = json!([{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]);
    let said = "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.";
    let pod = || waiting("ledger", &with(selecting("disk", "nvme"), "/volumes", volumes.clone()), said);
    is_cause(&examine([node("a"), claim("Bound"), pod()]), "node_selector_mismatch app/ledger");
    let missing = examine([node("a"), pod()]);
    is_well(&missing);
    assert!(missing.findings[0].evidence[0].contains("unbound"));
}

#[test]
fn a_pod_of_a_job_belongs_to_the_job() {
    let owner = json!([{"kind": "Job", "name": "report", "controller": true}]);
    let pod = with(waiting("ledger", &selecting("disk", "nvme"), ""), "/metadata/ownerReferences", owner);
    is_cause(&examine([node("a"), pod]), "node_selector_mismatch app/report");
}

#[test]
fn a_pod_that_is_leaving_does_not_count_as_there() {
    let deployment = json!({
        "kind": "Deployment", "metadata": {"namespace": "apps", "name": "ledger"},
        "spec": {"replicas": 1, "template": {"metadata": {"labels": {"app.kubernetes.io/name": "ledger"}}, "spec": {"nodeSelector": {"disk": "nvme"}}}},
    });
    let said = "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.";
    let failed = warning("Pod", "ledger-5c4-abcde", "FailedScheduling", said);
    let leaving = with(running("ledger", "a", &json!({})), "/metadata/deletionTimestamp", json!(LONG_AGO));
    is_cause(&examine([node("a"), deployment.clone(), failed.clone(), leaving]), "node_selector_mismatch app/ledger");
    let there = with(running("ledger", "a", &json!({})), "/status/conditions/1/status", json!("False"));
    is_well(&examine([node("a"), deployment, failed, there]));
}

#[test]
fn pods_that_have_ended_are_no_company() {
    let spec = apart_from("cache", "kubernetes.io/hostname");
    for phase in ["Succeeded", "Failed"] {
        let ended = with(running("cache", "a", &spec), "/status", json!({"phase": phase}));
        is_well(&examine([node("a"), ended, waiting("cache", &spec, "")]));
    }
}
