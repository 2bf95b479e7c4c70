use lamplighter_core::cluster::Observed;
use lamplighter_core::diagnosis::Likelihood;
use lamplighter_testkit::scene::scene_of;
use serde_json::{Value, json};

use crate::fixture::*;

/// A claim for 5Gi without a class, which a pod of `ledger` uses.
fn claim() -> Value {
    json!({
        "kind": "PersistentVolumeClaim",
        "metadata": {"namespace": "apps", "name": "books", "uid": "claim-1"},
        "spec": {"storageClassName": "", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "5Gi"}}},
        "status": {"phase": "Pending"},
    })
}

/// A volume that fits it.
fn volume(name: &str) -> Value {
    json!({
        "kind": "PersistentVolume",
        "metadata": {"name": name},
        "spec": {"storageClassName": "", "accessModes": ["ReadWriteOnce", "ReadOnlyMany"], "capacity": {"storage": "10Gi"}},
        "status": {"phase": "Available"},
    })
}

fn class(name: &str, provisioner: &str, binding: &str) -> Value {
    json!({"kind": "StorageClass", "metadata": {"name": name}, "provisioner": provisioner, "volumeBindingMode": binding})
}

fn user() -> Value {
    let spec = json!({"volumes": [{"name": "books", "persistentVolumeClaim": {"claimName": "books"}}]});
    waiting("ledger", &spec, "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.")
}

fn failed() -> Value {
    let said = "no persistent volumes available for this claim and no storage class is set";
    warning("PersistentVolumeClaim", "books", "FailedBinding", said)
}

fn taken(volume: Value, by: &str, phase: &str) -> Value {
    let volume = with(volume, "/spec/claimRef", json!({"namespace": "apps", "name": by, "uid": "claim-0"}));
    with(volume, "/status/phase", json!(phase))
}

#[test]
fn the_one_respect_in_which_a_volume_misses_is_the_cause() {
    let selector = json!({"matchLabels": {"tier": "gold"}});
    let cases = [
        (with(claim(), "/spec/resources/requests/storage", json!("20Gi")), volume("v"), "pvc_capacity_mismatch"),
        (with(claim(), "/spec/accessModes", json!(["ReadWriteMany"])), volume("v"), "pvc_access_mode_mismatch"),
        (
            with(claim(), "/spec/selector", selector),
            with(volume("v"), "/metadata/labels", json!({"tier": "tin"})),
            "pvc_selector_mismatch",
        ),
        (claim(), with(volume("v"), "/spec/storageClassName", json!("slow")), "pvc_storage_class_mismatch"),
        (claim(), taken(volume("v"), "other", "Bound"), "pv_binding_occupied"),
        (claim(), taken(volume("v"), "books", "Released"), "pv_binding_occupied"),
    ];
    for (claim, volume, cause) in cases {
        let report = examine([node("a"), user(), claim.clone(), volume.clone(), failed()]);
        is_cause(&report, &format!("{cause} app/ledger"));
        assert_eq!(first(&report).confidence, Likelihood::STATED);
        // The event is gone after an hour; the claim is not.
        let report = examine([node("a"), user(), claim, volume]);
        is_cause(&report, &format!("{cause} app/ledger"));
    }
}

#[test]
fn a_volume_that_nobody_has_tells_more_than_those_of_others() {
    let claim = with(claim(), "/spec/resources/requests/storage", json!("20Gi"));
    let large = with(volume("large"), "/spec/capacity/storage", json!("50Gi"));
    let report = examine([node("a"), user(), claim, volume("small"), taken(large, "other", "Bound"), failed()]);
    is_cause(&report, "pvc_capacity_mismatch app/ledger");
}

#[test]
fn a_volume_that_the_claim_has_left_behind_tells_the_most() {
    let left = taken(volume("left"), "books", "Released");
    let small = with(volume("small"), "/spec/capacity/storage", json!("1Gi"));
    is_cause(&examine([node("a"), user(), claim(), left, small, failed()]), "pv_binding_occupied app/ledger");
}

#[test]
fn a_claim_that_names_its_volume_is_compared_with_that_one() {
    let claim = with(claim(), "/spec/volumeName", json!("mine"));
    let mine = with(volume("mine"), "/spec/accessModes", json!(["ReadOnlyMany"]));
    let report = examine([node("a"), user(), claim, mine, with(volume("big"), "/spec/capacity/storage", json!("1Gi"))]);
    is_cause(&report, "pvc_access_mode_mismatch app/ledger");
}

#[test]
fn a_class_that_is_not_there_is_the_cause() {
    let claim = with(claim(), "/spec/storageClassName", json!("fsat"));
    let said = "storageclass.storage.k8s.io \"fsat\" not found";
    let failed = warning("PersistentVolumeClaim", "books", "ProvisioningFailed", said);
    let report = examine([node("a"), user(), claim.clone(), volume("v"), failed]);
    is_cause(&report, "pvc_storage_class_mismatch app/ledger");
    assert_eq!(first(&report).confidence, Likelihood::STATED);
    is_cause(&examine([node("a"), user(), claim.clone(), volume("v")]), "pvc_storage_class_mismatch app/ledger");
    // Classes without an object join claims and volumes all the same.
    let static_volume = with(volume("v"), "/spec/storageClassName", json!("fsat"));
    is_well(&examine([node("a"), user(), claim, static_volume]));
}

#[test]
fn a_claim_without_a_class_gets_the_default_one() {
    let mut default = class("std", "disk.example.org", "Immediate");
    default["metadata"]["annotations"] = json!({"storageclass.kubernetes.io/is-default-class": "true"});
    let claim = with(claim(), "/spec/storageClassName", Value::Null);
    is_well(&examine([node("a"), user(), claim.clone(), default]));
    is_cause(&examine([node("a"), user(), claim]), "pvc_storage_class_mismatch app/ledger");
}

#[test]
fn what_a_provisioner_will_make_is_waited_for() {
    let claim = with(claim(), "/spec/storageClassName", json!("std"));
    let class = class("std", "disk.example.org", "Immediate");
    is_well(&examine([node("a"), user(), claim.clone(), class.clone()]));
    let small = with(volume("v"), "/spec/capacity/storage", json!("1Gi"));
    is_well(&examine([node("a"), user(), claim.clone(), class.clone(), small]));
    // One that lies ready, but for its class, was meant for it.
    is_cause(&examine([node("a"), user(), claim, class, volume("v")]), "pvc_storage_class_mismatch app/ledger");
}

#[test]
fn a_provisioner_that_makes_nothing_is_possible() {
    let claim = with(claim(), "/spec/storageClassName", json!("std"));
    let said = "waiting for a volume to be created, either by external provisioner \"disk.example.org\" or manually";
    let waits = warning("PersistentVolumeClaim", "books", "ExternalProvisioning", said);
    let report = examine([node("a"), user(), claim, class("std", "disk.example.org", "Immediate"), waits]);
    assert_eq!(named(&report), ["pvc_storage_class_mismatch app/ledger"]);
    assert_eq!(first(&report).confidence, Likelihood::POSSIBLE);
}

#[test]
fn a_claim_that_waits_for_its_first_consumer_is_well_until_that_asks() {
    let claim = with(claim(), "/spec/storageClassName", json!("local"));
    let class = || class("local", "kubernetes.io/no-provisioner", "WaitForFirstConsumer");
    let small =
        with(with(volume("v"), "/spec/capacity/storage", json!("1Gi")), "/spec/storageClassName", json!("local"));
    is_well(&examine([node("a"), user(), claim.clone(), class(), small.clone()]));
    let said = "0/1 nodes are available: 1 node(s) didn't find available persistent volumes to bind.";
    let asking = with(user(), "/status/conditions/0/message", json!(said));
    is_cause(&examine([node("a"), asking, claim, class(), small]), "pvc_capacity_mismatch app/ledger");
}

#[test]
fn claims_that_are_bound_fit_or_are_nobodys_name_nothing() {
    is_well(&examine([node("a"), user(), claim(), volume("v")]));
    let bound = with(claim(), "/status/phase", json!("Bound"));
    is_well(&examine([node("a"), bound, with(volume("v"), "/spec/capacity/storage", json!("1Gi"))]));
    let report = examine([node("a"), claim(), with(volume("v"), "/spec/capacity/storage", json!("1Gi")), failed()]);
    is_well(&report);
    assert_eq!(report.findings.len(), 1);
}

#[test]
fn the_claim_of_a_set_belongs_to_it_before_its_pod_is_made() {
    let set = json!({
        "kind": "StatefulSet", "metadata": {"namespace": "apps", "name": "store"},
        "spec": {"replicas": 1, "volumeClaimTemplates": [{"metadata": {"name": "books"}}]},
    });
    let claim = with(claim(), "/metadata/name", json!("books-store-0"));
    let small = with(volume("v"), "/spec/capacity/storage", json!("1Gi"));
    is_cause(&examine([node("a"), set, claim, small]), "pvc_capacity_mismatch app/store");
}

#[test]
fn volumes_that_could_not_be_read_are_a_gap() {
    let scene = scene_of([node("a"), user(), claim(), failed()]);
    let report = report(scene.change(|state| state.volumes = Observed::Unknown("forbidden".to_owned())));
    is_well(&report);
    assert!(report.gaps.iter().any(|gap| gap.contains("forbidden")), "{:?}", report.gaps);
}

#[test]
fn a_claim_that_another_set_numbers_is_not_its() {
    let set = json!({
        "kind": "StatefulSet", "metadata": {"namespace": "apps", "name": "store"},
        "spec": {"replicas": 1, "volumeClaimTemplates": [{"metadata": {"name": "books"}}]},
    });
    let claim = with(claim(), "/metadata/name", json!("books-store-east-0"));
    is_well(&examine([node("a"), set, claim, with(volume("v"), "/spec/capacity/storage", json!("1Gi"))]));
}

#[test]
fn a_volume_for_another_mode_has_no_code_and_is_told_of() {
    let report = examine([node("a"), user(), claim(), with(volume("v"), "/spec/volumeMode", json!("Block")), failed()]);
    is_well(&report);
    assert!(!report.findings.is_empty());
}

#[test]
fn a_claim_whose_volume_is_gone_is_told_of() {
    let report = examine([node("a"), with(claim(), "/status/phase", json!("Lost"))]);
    is_well(&report);
    assert!(report.findings[0].summary.contains("gone"));
}

#[test]
fn the_template_of_a_deployment_tells_who_uses_a_claim() {
    let volumes = json!([{"name": "books", "persistentVolumeClaim": {"claimName": "books"}}]);
    let deployment = json!({
        "kind": "Deployment", "metadata": {"namespace": "apps", "name": "ledger"},
        "spec": {"template": {"spec": {"volumes": volumes}}},
    });
    let small = with(volume("v"), "/spec/capacity/storage", json!("1Gi"));
    is_cause(&examine([node("a"), deployment, claim(), small]), "pvc_capacity_mismatch app/ledger");
}

#[test]
fn a_volume_that_is_kept_for_a_claim_is_not_taken() {
    let kept = |namespace: &str| with(volume("v"), "/spec/claimRef", json!({"namespace": namespace, "name": "books"}));
    is_well(&examine([node("a"), user(), claim(), kept("apps")]));
    is_cause(&examine([node("a"), user(), claim(), kept("elsewhere")]), "pv_binding_occupied app/ledger");
}

#[test]
fn a_volume_has_to_have_every_mode_and_an_owner_without_a_namespace_is_in_the_same() {
    let both = with(claim(), "/spec/accessModes", json!(["ReadWriteOnce", "ReadWriteMany"]));
    is_cause(&examine([node("a"), user(), both, volume("v")]), "pvc_access_mode_mismatch app/ledger");
    let kept = with(volume("v"), "/spec/claimRef", json!({"name": "books"}));
    is_well(&examine([node("a"), user(), claim(), kept]));
}
