use serde_json::{Value, json};

use super::observatory::{NAMESPACE, Recording, observatory};
use super::variations::Variations;

const QUOTA: &str = "namespace/stargazing";

fn quota(recording: &mut Recording, hard: &Value, used: &Value) {
    recording.list("resourcequotas").push(json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "night-budget", "namespace": NAMESPACE},
        "spec": {"hard": hard}, "status": {"hard": hard, "used": used}}));
}

/// The object that makes the pods of an app.
fn maker(app: &str) -> (&'static str, String) {
    if app == "starstore" { ("StatefulSet", app.to_owned()) } else { ("ReplicaSet", format!("{app}-{}", hash(app))) }
}

fn hash(app: &str) -> String {
    let at = Recording::apps().position(|name| name == app).unwrap();
    format!("6c{at}f9d5b7{at}")
}

fn refused(app: &str, message: &str) -> Recording {
    let mut recording = observatory();
    refuse(&mut recording, app, message);
    recording
}

fn refuse(recording: &mut Recording, app: &str, message: &str) {
    recording.without_pods(app);
    let (kind, name) = maker(app);
    let message = match kind {
        "StatefulSet" => {
            format!("create Pod {name}-0 in StatefulSet {name} failed error: pods \"{name}-0\" is forbidden: {message}")
        }
        _ => format!("Error creating: pods \"{name}-t4x9v\" is forbidden: {message}"),
    };
    recording.event((kind, &name), "Warning", "FailedCreate", &message, (7, 20));
}

#[tokio::test]
async fn quotas_that_refuse_pods() {
    let mut all = Variations::default();
    let cases = [
        (
            "namespace_cpu_quota_exceeded",
            "exceeded quota: night-budget, requested: limits.cpu=400m, used: limits.cpu=2800m, limited: limits.cpu=3",
            "limits.cpu",
            "2800m",
            "3",
        ),
        (
            "namespace_cpu_quota_exceeded",
            "exceeded quota: night-budget, requested: requests.cpu=150m, used: requests.cpu=1050m, limited: requests.cpu=1100m",
            "requests.cpu",
            "1050m",
            "1100m",
        ),
        (
            "namespace_cpu_quota_exceeded",
            "exceeded quota: night-budget, requested: cpu=150m, used: cpu=1050m, limited: cpu=1100m",
            "cpu",
            "1050m",
            "1100m",
        ),
        (
            "namespace_memory_quota_exceeded",
            "exceeded quota: night-budget, requested: limits.memory=384Mi, used: limits.memory=2688Mi, limited: limits.memory=2800Mi",
            "limits.memory",
            "2688Mi",
            "2800Mi",
        ),
        (
            "namespace_memory_quota_exceeded",
            "exceeded quota: night-budget, requested: requests.memory=192Mi, used: requests.memory=1344Mi, limited: requests.memory=1400Mi",
            "requests.memory",
            "1344Mi",
            "1400Mi",
        ),
        (
            "namespace_pod_quota_exceeded",
            "exceeded quota: night-budget, requested: pods=1, used: pods=7, limited: pods=7",
            "pods",
            "7",
            "7",
        ),
        (
            "namespace_pod_quota_exceeded",
            "exceeded quota: night-budget, requested: count/pods=1, used: count/pods=7, limited: count/pods=7",
            "count/pods",
            "7",
            "7",
        ),
    ];
    for (code, message, resource, used, hard) in cases {
        for app in ["ephemeris", "starstore"] {
            let mut recording = refused(app, message);
            quota(&mut recording, &json!({resource: hard}), &json!({resource: used}));
            all.expect(&format!("{resource} {app}, event and quota"), &recording, "Admission_Fault", QUOTA, code).await;
            recording.list("events").clear();
            all.expect(&format!("{resource} {app}, quota alone"), &recording, "Admission_Fault", QUOTA, code).await;
            let recording = refused(app, message);
            all.expect(&format!("{resource} {app}, event alone"), &recording, "Admission_Fault", QUOTA, code).await;
        }
    }
    // Several of one quota, several apps without pods.
    let mut recording = observatory();
    for app in ["bookings", "seeing"] {
        refuse(
            &mut recording,
            app,
            "exceeded quota: night-budget, requested: limits.memory=384Mi,requests.memory=192Mi, used: limits.memory=2304Mi,requests.memory=1152Mi, limited: limits.memory=2400Mi,requests.memory=1200Mi",
        );
    }
    quota(
        &mut recording,
        &json!({"limits.memory": "2400Mi", "requests.memory": "1200Mi", "pods": "40"}),
        &json!({"limits.memory": "2304Mi", "requests.memory": "1152Mi", "pods": "6"}),
    );
    all.expect("memory, two apps", &recording, "Admission_Fault", QUOTA, "namespace_memory_quota_exceeded").await;
    // By the condition of the ReplicaSet alone.
    let mut recording = observatory();
    recording.without_pods("plates");
    let message = "pods \"plates-6c3f9d5b73-8xk2m\" is forbidden: exceeded quota: night-budget, requested: cpu=150m, used: cpu=1, limited: cpu=1";
    let (_, set) = maker("plates");
    recording.named("replicasets", &set)["status"]["conditions"] =
        json!([{"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": message}]);
    all.expect("cpu, condition of the set", &recording, "Admission_Fault", QUOTA, "namespace_cpu_quota_exceeded").await;
    all.judge();
}

#[tokio::test]
async fn quotas_that_refuse_services_and_claims() {
    let mut all = Variations::default();
    for (resource, hard, used) in [("services", "7", "7"), ("count/services", "7", "7"), ("services", "4", "7")] {
        let mut recording = observatory();
        let service = recording.named("services", "ephemeris").clone();
        recording.list("services").retain(|service| service["metadata"]["name"] != "ephemeris");
        recording.list("endpoints").retain(|service| service["metadata"]["name"] != "ephemeris");
        recording.applied(service);
        quota(&mut recording, &json!({resource: hard}), &json!({resource: used}));
        all.expect(
            &format!("{resource} {used}/{hard}"),
            &recording,
            "Admission_Fault",
            QUOTA,
            "namespace_service_quota_exceeded",
        )
        .await;
        recording.without("manifests");
        recording.spec("observations", |spec| {
            spec["containers"][0]["env"] = json!([{"name": "EPHEMERIS_ADDR", "value": "ephemeris:7102"}]);
        });
        recording.logs(
            "observations",
            &["2026-03-04T21:39:11Z ERROR lookup ephemeris.stargazing.svc.cluster.local: no such host"],
        );
        all.expect(
            &format!("{resource} {used}/{hard}, no manifests"),
            &recording,
            "Admission_Fault",
            QUOTA,
            "namespace_service_quota_exceeded",
        )
        .await;
    }
    let claim = json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "starstore-disk", "namespace": NAMESPACE},
        "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "fast-nvme", "resources": {"requests": {"storage": "20Gi"}}}});
    for (resource, hard, used) in [
        ("requests.storage", "10Gi", "0"),
        ("requests.storage", "30Gi", "15Gi"),
        ("persistentvolumeclaims", "2", "2"),
        ("fast-nvme.storageclass.storage.k8s.io/requests.storage", "5Gi", "0"),
    ] {
        let mut recording = observatory();
        recording.unplaced("starstore");
        recording.spec("starstore", |spec| {
            spec["volumes"] = json!([{"name": "disk", "persistentVolumeClaim": {"claimName": "starstore-disk"}}]);
        });
        recording.applied(claim.clone());
        quota(&mut recording, &json!({resource: hard}), &json!({resource: used}));
        recording.warn("starstore", "FailedScheduling", "0/5 nodes are available: persistentvolumeclaim \"starstore-disk\" not found. preemption: 0/5 nodes are available: 5 Preemption is not helpful for scheduling.", 3, 15);
        all.expect(
            &format!("{resource} {used}/{hard}"),
            &recording,
            "Admission_Fault",
            QUOTA,
            "namespace_storage_quota_exceeded",
        )
        .await;
        recording.list("events").clear();
        all.expect(
            &format!("{resource} {used}/{hard}, no events"),
            &recording,
            "Admission_Fault",
            QUOTA,
            "namespace_storage_quota_exceeded",
        )
        .await;
    }
    // A set makes its claims itself, and says so.
    let mut recording = observatory();
    recording.without_pods("starstore");
    quota(&mut recording, &json!({"requests.storage": "15Gi"}), &json!({"requests.storage": "10Gi"}));
    recording.event(("StatefulSet", "starstore"), "Warning", "FailedCreate",
        "create Claim disk-starstore-0 for Pod starstore-0 in StatefulSet starstore failed error: persistentvolumeclaims \"disk-starstore-0\" is forbidden: exceeded quota: night-budget, requested: requests.storage=20Gi, used: requests.storage=10Gi, limited: requests.storage=15Gi", (5, 30));
    all.expect("claim of a set", &recording, "Admission_Fault", QUOTA, "namespace_storage_quota_exceeded").await;
    all.judge();
}

#[tokio::test]
async fn accounts_that_are_not_there() {
    let mut all = Variations::default();
    for app in ["calibrator", "starstore", "portal"] {
        for (wrong, what) in [("night-shift", "another name"), (app, "its own, removed")] {
            let mut recording = observatory();
            recording.spec(app, |spec| spec["serviceAccountName"] = json!(wrong));
            if wrong == app {
                recording.list("serviceaccounts").retain(|account| account["metadata"]["name"] != app);
            }
            refuse(
                &mut recording,
                app,
                &format!("error looking up service account {NAMESPACE}/{wrong}: serviceaccount \"{wrong}\" not found"),
            );
            let object = format!("app/{app}");
            all.expect(&format!("{app} {what}"), &recording, "Admission_Fault", &object, "missing_service_account")
                .await;
            recording.list("events").clear();
            all.expect(
                &format!("{app} {what}, no events"),
                &recording,
                "Admission_Fault",
                &object,
                "missing_service_account",
            )
            .await;
        }
        if app == "starstore" {
            continue;
        }
        // The old pod runs on while the new one is refused.
        let mut recording = observatory();
        recording.workload(app)["spec"]["template"]["spec"]["serviceAccountName"] = json!("night-shift");
        recording.workload(app)["status"]["updatedReplicas"] = json!(0);
        recording.workload(app)["status"]["unavailableReplicas"] = json!(1);
        recording.without("serviceaccounts");
        let name = format!("{app}-8d77c4b5f6");
        let mut set = recording.named("replicasets", &maker(app).1).clone();
        set["metadata"]["name"] = json!(name);
        set["metadata"]["annotations"] = json!({"deployment.kubernetes.io/revision": "2"});
        set["metadata"]["creationTimestamp"] = json!(recording.ago(300));
        set["status"] = json!({"replicas": 0});
        recording.list("replicasets").push(set);
        recording.event(("ReplicaSet", &name), "Warning", "FailedCreate", &format!("Error creating: pods \"{name}-\" is forbidden: error looking up service account {NAMESPACE}/night-shift: serviceaccount \"night-shift\" not found"), (9, 12));
        all.expect(
            &format!("{app} during a rollout"),
            &recording,
            "Admission_Fault",
            &format!("app/{app}"),
            "missing_service_account",
        )
        .await;
    }
    all.judge();
}
