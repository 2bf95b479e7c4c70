use serde_json::{Value, json};

use super::observatory::{NAMESPACE, Recording, WORKERS, observatory};
use super::variations::Variations;

const OLD: &str = ".";
const NEW: &str = ". preemption: 0/5 nodes are available: 5 Preemption is not helpful for scheduling..";
const NEWEST: &str = ". preemption: 0/5 nodes are available: 1 Preemption is not helpful for scheduling, 4 No preemption victims found for incoming pod.";

const CP_OLD: &str = "1 node(s) had taint {node-role.kubernetes.io/master: }, that the pod didn't tolerate";
const CP_NEW: &str = "1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }";

/// With every wording of the scheduler, without one, and with the word in the condition alone.
async fn expect_all(
    all: &mut Variations,
    what: &str,
    app: &str,
    code: &str,
    reasons: &[String],
    make: impl Fn(&mut Recording),
) {
    let object = format!("app/{app}");
    for tail in [OLD, NEW, NEWEST] {
        for reason in reasons {
            let message = format!("0/5 nodes are available: {reason}{tail}");
            let mut recording = observatory();
            recording.unplaced(app);
            make(&mut recording);
            recording.warn(app, "FailedScheduling", &message, 4, 25);
            all.expect(&format!("{what} {app}: {message}"), &recording, "Scheduling_Fault", &object, code).await;
        }
    }
    let mut recording = observatory();
    recording.unplaced(app);
    make(&mut recording);
    all.expect(&format!("{what} {app}, no events"), &recording, "Scheduling_Fault", &object, code).await;
    let message = format!("0/5 nodes are available: {}.", reasons[0]);
    recording.pod(app)["status"]["conditions"] =
        json!([{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}]);
    all.expect(&format!("{what} {app}, condition"), &recording, "Scheduling_Fault", &object, code).await;
}

#[tokio::test]
async fn nodes_that_pods_do_not_want_or_may_not_have() {
    let mut all = Variations::default();
    for app in ["plates", "starstore"] {
        let reasons = [
            format!("4 node(s) didn't match Pod's node affinity/selector, {CP_NEW}"),
            format!("4 node(s) didn't match node selector, {CP_OLD}"),
            "5 node(s) didn't match Pod's node affinity".to_owned(),
        ];
        expect_all(&mut all, "selector", app, "node_selector_mismatch", &reasons, |recording| {
            recording.spec(app, |spec| spec["nodeSelector"] = json!({"optics": "cooled"}));
        })
        .await;
        expect_all(&mut all, "selector of a hostname", app, "node_selector_mismatch", &reasons[..1], |recording| {
            recording.spec(app, |spec| spec["nodeSelector"] = json!({"kubernetes.io/hostname": "ridge-7"}));
        })
        .await;
        for operator in ["In", "Exists", "Gt"] {
            expect_all(&mut all, operator, app, "node_affinity_mismatch", &reasons, |recording| {
                let term = match operator {
                    "In" => json!({"key": "topology.kubernetes.io/zone", "operator": "In", "values": ["north", "south"]}),
                    "Exists" => json!({"key": "gpu", "operator": "Exists"}),
                    _ => json!({"key": "cores", "operator": "Gt", "values": ["64"]}),
                };
                recording.spec(app, |spec| spec["affinity"] = json!({"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions": [term]}]}}}));
            })
            .await;
        }
        let reasons = [
            format!("{CP_NEW}, 4 node(s) had untolerated taint {{telescope: reserved}}"),
            format!("4 node(s) had taint {{telescope: reserved}}, that the pod didn't tolerate, {CP_OLD}"),
            "5 node(s) had untolerated taint(s)".to_owned(),
        ];
        expect_all(&mut all, "taint of all workers", app, "taint_toleration_mismatch", &reasons, |recording| {
            for worker in WORKERS {
                recording.node(worker)["spec"]["taints"] =
                    json!([{"key": "telescope", "value": "reserved", "effect": "NoSchedule"}]);
            }
        })
        .await;
        let reasons = [format!(
            "{CP_NEW}, 1 node(s) had untolerated taint {{telescope: reserved}}, 3 node(s) didn't match Pod's node affinity/selector"
        )];
        expect_all(&mut all, "taint of the chosen worker", app, "taint_toleration_mismatch", &reasons, |recording| {
            recording.node("summit-a")["spec"]["taints"] =
                json!([{"key": "telescope", "value": "reserved", "effect": "NoSchedule"}]);
            recording.spec(app, |spec| spec["nodeSelector"] = json!({"kubernetes.io/hostname": "summit-a"}));
        })
        .await;
        let reasons =
            [format!("{CP_NEW}, 4 node(s) were unschedulable"), format!("{CP_OLD}, 4 node(s) were unschedulable")];
        expect_all(&mut all, "all workers cordoned", app, "node_cordon_mismatch", &reasons, |recording| {
            for worker in WORKERS {
                cordon(recording, worker);
            }
        })
        .await;
        let reasons = [
            format!("{CP_NEW}, 1 node(s) were unschedulable, 3 node(s) didn't match Pod's node affinity/selector"),
            format!("{CP_OLD}, 1 node(s) were unschedulable, 3 node(s) didn't match node selector"),
        ];
        expect_all(&mut all, "the chosen worker cordoned", app, "node_cordon_mismatch", &reasons, |recording| {
            cordon(recording, "valley-09");
            recording.spec(app, |spec| spec["nodeSelector"] = json!({"kubernetes.io/hostname": "valley-09"}));
        })
        .await;
    }
    all.judge();
}

fn cordon(recording: &mut Recording, node: &str) {
    recording.node(node)["spec"]["unschedulable"] = json!(true);
    recording.node(node)["spec"]["taints"] =
        json!([{"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}]);
}

#[tokio::test]
async fn more_than_nodes_have() {
    let mut all = Variations::default();
    for (resource, word, sizes, code) in [
        ("cpu", "cpu", ["12", "64000m"], "cpu_capacity_mismatch"),
        ("memory", "memory", ["96Gi", "200000Mi"], "memory_capacity_mismatch"),
    ] {
        for (app, size) in ["bookings", "starstore"].into_iter().zip(sizes) {
            let reasons = [
                format!("{CP_NEW}, 4 Insufficient {word}"),
                format!("5 Insufficient {word}"),
                format!("{CP_OLD}, 4 Insufficient {word}"),
            ];
            expect_all(&mut all, resource, app, code, &reasons, |recording| {
                recording.spec(app, |spec| {
                    spec["containers"][0]["resources"]["requests"][resource] = json!(size);
                    spec["containers"][0]["resources"]["limits"][resource] = json!(size);
                });
            })
            .await;
            // It would fit an empty node of one pool only, and that one is out of reach.
            let reasons =
                [format!("{CP_NEW}, 1 Insufficient {word}, 3 node(s) didn't match Pod's node affinity/selector")];
            expect_all(&mut all, "one pool", app, code, &reasons, |recording| {
                recording.spec(app, |spec| {
                    spec["containers"][0]["resources"]["requests"][resource] = json!(size);
                    spec["nodeSelector"] = json!({"kubernetes.io/hostname": "ridge-2"});
                });
            })
            .await;
        }
    }
    all.judge();
}

#[tokio::test]
async fn company_that_pods_shun() {
    let mut all = Variations::default();
    let reasons = [
        format!("{CP_NEW}, 4 node(s) didn't match pod anti-affinity rules"),
        format!(
            "{CP_OLD}, 4 node(s) didn't match pod affinity/anti-affinity rules, 4 node(s) didn't match pod anti-affinity rules"
        ),
    ];
    let shun = |labels: Value| json!({"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"labelSelector": labels, "topologyKey": "kubernetes.io/hostname"}]}});
    for app in ["seeing", "starstore"] {
        expect_all(&mut all, "shuns all others", app, "pod_anti_affinity_conflict", &reasons, |recording| {
            recording.spec(app, |spec| {
                spec["affinity"] =
                    shun(json!({"matchExpressions": [{"key": "app.kubernetes.io/name", "operator": "Exists"}]}));
            });
        })
        .await;
    }
    // One of each node, and one more than there are nodes.
    expect_all(&mut all, "shuns its like", "seeing", "pod_anti_affinity_conflict", &reasons, |recording| {
        recording.spec("seeing", |spec| spec["affinity"] = shun(json!({"matchLabels": {"app.kubernetes.io/name": "seeing"}})));
        let waiting = recording.pod("seeing").clone();
        for (at, worker) in WORKERS.iter().enumerate() {
            let mut pod = waiting.clone();
            pod["metadata"]["name"] = json!(format!("seeing-6c5f9d5b75-p{at}"));
            pod["spec"]["nodeName"] = json!(worker);
            pod["status"] = json!({"phase": "Running", "conditions": super::observatory::conditions("True"), "containerStatuses": [{"name": "main", "ready": true, "restartCount": 0, "state": {"running": {"startedAt": "2026-03-04T16:00:05Z"}}}]});
            recording.list("pods").push(pod);
        }
        recording.workload("seeing")["spec"]["replicas"] = json!(5);
        recording.workload("seeing")["status"] = json!({"replicas": 5, "readyReplicas": 4, "availableReplicas": 4, "updatedReplicas": 5, "unavailableReplicas": 1});
    })
    .await;
    all.judge();
}

struct Disk {
    what: &'static str,
    code: &'static str,
    claim: Value,
    volume: Value,
    volume_status: &'static str,
}

fn disks() -> Vec<Disk> {
    let claim = |class: &str, mode: &str, size: &str| json!({"storageClassName": class, "accessModes": [mode], "resources": {"requests": {"storage": size}}});
    let volume = |class: &str, mode: &str, size: &str| json!({"storageClassName": class, "accessModes": [mode], "capacity": {"storage": size}, "persistentVolumeReclaimPolicy": "Retain", "nfs": {"server": "10.44.1.1", "path": "/plates"}});
    let with = |mut value: Value, key: &str, other: Value| {
        value[key] = other;
        value
    };
    vec![
        Disk {
            what: "size",
            code: "pvc_capacity_mismatch",
            claim: claim("archive", "ReadWriteOnce", "80Gi"),
            volume: volume("archive", "ReadWriteOnce", "50Gi"),
            volume_status: "Available",
        },
        Disk {
            what: "size, no class",
            code: "pvc_capacity_mismatch",
            claim: claim("", "ReadWriteMany", "2Ti"),
            volume: volume("", "ReadWriteMany", "500Gi"),
            volume_status: "Available",
        },
        Disk {
            what: "mode",
            code: "pvc_access_mode_mismatch",
            claim: claim("archive", "ReadWriteMany", "50Gi"),
            volume: volume("archive", "ReadWriteOnce", "50Gi"),
            volume_status: "Available",
        },
        Disk {
            what: "mode pod",
            code: "pvc_access_mode_mismatch",
            claim: claim("", "ReadWriteOncePod", "5Gi"),
            volume: volume("", "ReadOnlyMany", "50Gi"),
            volume_status: "Available",
        },
        Disk {
            what: "class",
            code: "pvc_storage_class_mismatch",
            claim: claim("glacier", "ReadWriteOnce", "50Gi"),
            volume: volume("archive", "ReadWriteOnce", "50Gi"),
            volume_status: "Available",
        },
        Disk {
            what: "class of a volume without",
            code: "pvc_storage_class_mismatch",
            claim: claim("glacier", "ReadWriteOnce", "50Gi"),
            volume: volume("", "ReadWriteOnce", "50Gi"),
            volume_status: "Available",
        },
        Disk {
            what: "selector",
            code: "pvc_selector_mismatch",
            claim: with(claim("", "ReadWriteOnce", "50Gi"), "selector", json!({"matchLabels": {"vault": "blue"}})),
            volume: volume("", "ReadWriteOnce", "50Gi"),
            volume_status: "Available",
        },
        Disk {
            what: "selector expression",
            code: "pvc_selector_mismatch",
            claim: with(
                claim("", "ReadWriteOnce", "50Gi"),
                "selector",
                json!({"matchExpressions": [{"key": "vault", "operator": "In", "values": ["blue"]}]}),
            ),
            volume: volume("", "ReadWriteOnce", "60Gi"),
            volume_status: "Available",
        },
        Disk {
            what: "taken",
            code: "pv_binding_occupied",
            claim: claim("archive", "ReadWriteOnce", "50Gi"),
            volume: with(
                volume("archive", "ReadWriteOnce", "50Gi"),
                "claimRef",
                json!({"namespace": "museum", "name": "exhibits"}),
            ),
            volume_status: "Bound",
        },
        Disk {
            what: "taken, by name",
            code: "pv_binding_occupied",
            claim: with(claim("", "ReadWriteOnce", "50Gi"), "volumeName", json!("vol-a")),
            volume: with(
                volume("", "ReadWriteOnce", "50Gi"),
                "claimRef",
                json!({"namespace": NAMESPACE, "name": "old-plates"}),
            ),
            volume_status: "Bound",
        },
    ]
}

#[tokio::test]
async fn claims_that_no_volume_answers() {
    let mut all = Variations::default();
    for Disk { what, code, claim, volume, volume_status } in disks() {
        for app in ["plates", "starstore"] {
            let mut recording = observatory();
            recording.unplaced(app);
            recording.spec(app, |spec| {
                spec["volumes"] = json!([{"name": "disk", "persistentVolumeClaim": {"claimName": "glass"}}]);
            });
            recording.list("persistentvolumeclaims").push(json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "glass", "namespace": NAMESPACE}, "spec": claim, "status": {"phase": "Pending"}}));
            recording.add("persistentvolumes", json!({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "vol-a", "labels": {"vault": "green"}}, "spec": volume, "status": {"phase": volume_status}}));
            let object = format!("app/{app}");
            all.expect(&format!("{what} {app}, no events"), &recording, "Scheduling_Fault", &object, code).await;
            recording.warn(app, "FailedScheduling", "0/5 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/5 nodes are available: 5 Preemption is not helpful for scheduling.", 3, 40);
            all.expect(&format!("{what} {app}, scheduler"), &recording, "Scheduling_Fault", &object, code).await;
            let (reason, message) = match what {
                "class" | "class of a volume without" => {
                    ("ProvisioningFailed", "storageclass.storage.k8s.io \"glacier\" not found")
                }
                _ => ("FailedBinding", "no persistent volumes available for this claim and no storage class is set"),
            };
            recording.event(("PersistentVolumeClaim", "glass"), "Warning", reason, message, (9, 8));
            all.expect(&format!("{what} {app}, all events"), &recording, "Scheduling_Fault", &object, code).await;
            recording.without("manifests");
            recording.without("storageclasses");
            all.expect(&format!("{what} {app}, few files"), &recording, "Scheduling_Fault", &object, code).await;
        }
    }
    all.judge();
}
