use serde_json::json;

use super::observatory::{CONTROL_PLANE, NAMESPACE, Recording, observatory};
use super::variations::Variations;

fn ready_pod(recording: &mut Recording, app: &str, name: &str, age: i64) {
    let mut pod = recording.pod(app).clone();
    pod["metadata"]["name"] = json!(name);
    pod["metadata"]["creationTimestamp"] = json!(recording.ago(age));
    pod["status"]["startTime"] = json!(recording.ago(age));
    pod["status"]["containerStatuses"][0]["state"] = json!({"running": {"startedAt": recording.ago(age - 3)}});
    recording.list("pods").push(pod);
}

#[tokio::test]
async fn nothing_wrong_is_healthy_with_any_file_missing() {
    let mut all = Variations::default();
    all.expect_healthy("as it is", &observatory()).await;

    for list in [
        "services",
        "endpoints",
        "events",
        "replicasets",
        "manifests",
        "nodes",
        "resourcequotas",
        "dependencies",
        "serviceaccounts",
        "alerts",
        "secrets",
    ] {
        let mut recording = observatory();
        recording.without(list);
        all.expect_healthy(&format!("without {list}"), &recording).await;
    }

    all.judge();
}

#[tokio::test]
async fn a_rollout_is_healthy() {
    let mut all = Variations::default();
    // A rollout with one pod more that has just begun.
    let mut recording = observatory();
    let mut set = recording
        .list("replicasets")
        .iter()
        .find(|set| set["metadata"]["ownerReferences"][0]["name"] == "bookings")
        .unwrap()
        .clone();
    set["metadata"]["name"] = json!("bookings-7f88d4c6b9");
    set["status"] = json!({"replicas": 1, "readyReplicas": 0});
    recording.list("replicasets").push(set);
    ready_pod(&mut recording, "bookings", "bookings-7f88d4c6b9-b6wzt", 12);
    let pod = recording.named("pods", "bookings-7f88d4c6b9-b6wzt");
    pod["metadata"]["ownerReferences"][0]["name"] = json!("bookings-7f88d4c6b9");
    pod["status"]["conditions"] = super::observatory::conditions("False");
    pod["status"]["containerStatuses"][0]["ready"] = json!(false);
    recording.workload("bookings")["status"] = json!({"replicas": 2, "updatedReplicas": 1, "readyReplicas": 1, "availableReplicas": 1, "unavailableReplicas": 1,
        "conditions": [{"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable"}, {"type": "Progressing", "status": "True", "reason": "ReplicaSetUpdated"}]});
    recording.event(
        ("Pod", "bookings-7f88d4c6b9-b6wzt"),
        "Warning",
        "Unhealthy",
        "Readiness probe failed: dial tcp 10.99.7.26:7506: connect: connection refused",
        (1, 4),
    );
    all.expect_healthy("a rollout", &recording).await;

    all.judge();
}

#[tokio::test]
async fn what_has_just_started_is_healthy() {
    let mut all = Variations::default();
    // Everything has started three minutes ago, and was not ready at once.
    let mut recording = observatory();
    let apps: Vec<&str> = Recording::apps().collect();
    for app in &apps {
        let (created, started) = (recording.ago(180), recording.ago(176));
        let pod = recording.pod(app);
        pod["metadata"]["creationTimestamp"] = json!(created);
        pod["status"]["containerStatuses"][0]["state"] = json!({"running": {"startedAt": started}});
        recording.warn(
            app,
            "Unhealthy",
            "Readiness probe failed: dial tcp 10.99.1.20:7000: connect: connection refused",
            3,
            150,
        );
        recording.warn(
            app,
            "FailedScheduling",
            "0/5 nodes are available: 5 node(s) had untolerated taint {node.kubernetes.io/not-ready: }.",
            1,
            179,
        );
        let pod = recording.pod_name(app);
        recording.event(("Pod", &pod), "Normal", "Scheduled", "Successfully assigned to a node", (1, 178));
    }
    for app in ["bookings", "plates"] {
        recording.logs(
            app,
            &[
                "2026-03-04T21:37:05Z WARN  starstore:5432 connection refused, trying again in 2s",
                "2026-03-04T21:37:07Z WARN  starstore:5432 connection refused, trying again in 4s",
                "2026-03-04T21:37:11Z INFO  connected to starstore:5432",
                "2026-03-04T21:37:12Z INFO  listening",
            ],
        );
    }
    all.expect_healthy("started a moment ago", &recording).await;

    all.judge();
}

#[tokio::test]
async fn what_is_long_over_is_healthy() {
    let mut all = Variations::default();
    // Restarts of long ago, and leftovers.
    let mut recording = observatory();
    for app in ["plates", "starstore"] {
        let container = recording.container(app);
        container["restartCount"] = json!(3);
        container["lastState"] = json!({"terminated": {"exitCode": 137, "reason": "OOMKilled", "startedAt": "2026-02-27T02:00:00Z", "finishedAt": "2026-02-28T02:11:00Z"}});
        container["state"]["running"]["startedAt"] = json!("2026-02-28T02:11:02Z");
        recording.pod(app)["metadata"]["creationTimestamp"] = json!("2026-02-20T00:00:00Z");
    }
    ready_pod(&mut recording, "seeing", "seeing-5b4c8d7f6-evict", 900_000);
    let pod = recording.named("pods", "seeing-5b4c8d7f6-evict");
    pod["status"] =
        json!({"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: ephemeral-storage."});
    for (name, phase, code) in [("reindex-29100-aaaaa", "Succeeded", 0), ("reindex-29101-bbbbb", "Succeeded", 0)] {
        let finished = recording.ago(7200);
        recording.list("pods").push(json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": NAMESPACE, "creationTimestamp": finished, "labels": {"job-name": &name[..13]},
            "ownerReferences": [{"apiVersion": "batch/v1", "kind": "Job", "name": &name[..13], "controller": true, "uid": ""}]},
            "spec": {"nodeName": "ridge-1", "containers": [{"name": "run", "image": "harbor.hilltop.example/stars/reindex:1"}]},
            "status": {"phase": phase, "conditions": [{"type": "Ready", "status": "False", "reason": "PodCompleted"}, {"type": "PodScheduled", "status": "True"}],
                "containerStatuses": [{"name": "run", "ready": false, "restartCount": 0, "state": {"terminated": {"exitCode": code, "reason": "Completed", "finishedAt": finished}}}]}}));
        recording.list("jobs").push(json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": &name[..13], "namespace": NAMESPACE,
            "ownerReferences": [{"apiVersion": "batch/v1", "kind": "CronJob", "name": "reindex", "controller": true, "uid": ""}]},
            "spec": {"completions": 1}, "status": {"succeeded": 1, "conditions": [{"type": "Complete", "status": "True"}]}}));
    }
    recording.event(
        ("Pod", "portal-5d9c7b8f4-gone1"),
        "Warning",
        "BackOff",
        "Back-off restarting failed container main in pod portal-5d9c7b8f4-gone1",
        (14, 2400),
    );
    recording.event(
        ("Pod", "portal-5d9c7b8f4-gone1"),
        "Warning",
        "FailedScheduling",
        "0/5 nodes are available: 5 Insufficient memory.",
        (4, 2600),
    );
    recording.event(("ReplicaSet", "portal-5d9c7b8f4"), "Warning", "FailedCreate", "Error creating: pods \"portal-5d9c7b8f4-\" is forbidden: exceeded quota: night-budget, requested: pods=1, used: pods=9, limited: pods=9", (4, 2700));
    recording.event(
        ("Pod", "plates-5d9c7b8f4-gone2"),
        "Warning",
        "Failed",
        "Failed to pull image \"harbor.hilltop.example/stars/plates:2.0.8-rc\": not found",
        (4, 3000),
    );
    all.expect_healthy("leftovers", &recording).await;

    all.judge();
}

#[tokio::test]
async fn nodes_that_are_looked_after_are_healthy() {
    let mut all = Variations::default();
    // One worker is being looked after, and the control plane takes no pods.
    let mut recording = observatory();
    recording.units();
    for node in [CONTROL_PLANE, "valley-09"] {
        recording.node(node)["spec"]["unschedulable"] = json!(true);
        recording.node(node)["spec"]["taints"] =
            json!([{"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}]);
    }
    recording.node("ridge-1")["spec"]["taints"] =
        json!([{"key": "telescope", "value": "reserved", "effect": "NoSchedule"}]);
    all.expect_healthy("cordons and taints", &recording).await;

    all.judge();
}

#[tokio::test]
async fn what_is_switched_off_or_nearly_full_is_healthy() {
    let mut all = Variations::default();
    // Switched off on purpose, nearly full quotas, released volumes, claims that wait for their first user.
    let mut recording = observatory();
    recording.list("deployments").push(json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "open-day", "namespace": NAMESPACE, "creationTimestamp": "2026-02-01T00:00:00Z"},
        "spec": {"replicas": 0, "selector": {"matchLabels": {"run": "open-day"}}, "template": {"metadata": {"labels": {"run": "open-day"}}, "spec": {"containers": [{"name": "main", "image": "nginx:1.27"}]}}},
        "status": {"conditions": [{"type": "Available", "status": "True"}, {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"}]}}));
    let (hard, used) = (
        json!({"pods": "9", "limits.memory": "4Gi", "requests.cpu": "1500m", "services": "9"}),
        json!({"pods": "8", "limits.memory": "3072Mi", "requests.cpu": "1200m", "services": "8"}),
    );
    recording.list("resourcequotas").push(json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "night-budget", "namespace": NAMESPACE}, "spec": {"hard": hard}, "status": {"hard": hard, "used": used}}));
    recording.list("resourcequotas").push(json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "exactly", "namespace": NAMESPACE}, "spec": {"hard": {"count/deployments.apps": "8"}}, "status": {"hard": {"count/deployments.apps": "8"}, "used": {"count/deployments.apps": "8"}}}));
    recording.add("persistentvolumes", json!({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "vol-old"}, "spec": {"storageClassName": "", "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "5Gi"}, "claimRef": {"namespace": NAMESPACE, "name": "gone"}, "persistentVolumeReclaimPolicy": "Retain"}, "status": {"phase": "Released"}}));
    recording.add("persistentvolumes", json!({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "vol-free"}, "spec": {"storageClassName": "", "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "5Gi"}}, "status": {"phase": "Available"}}));
    all.expect_healthy("switched off, quotas, volumes", &recording).await;

    all.judge();
}

#[tokio::test]
async fn what_only_informs_is_healthy() {
    let mut all = Variations::default();
    let mut recording = observatory();
    recording.alert(&json!({"alertname": "Watchdog", "severity": "none"}), "This alert always fires.");
    recording.alert(&json!({"alertname": "InfoInhibitor", "severity": "info"}), "Inhibits alerts of severity info.");
    recording.alert(
        &json!({"alertname": "CPUThrottlingHigh", "severity": "info", "namespace": NAMESPACE, "service": "plates"}),
        "27% throttling of CPU in namespace stargazing for container main.",
    );
    all.expect_healthy("alerts that only inform", &recording).await;

    all.judge();
}

#[tokio::test]
async fn noise_in_logs_is_healthy() {
    let mut all = Variations::default();
    let mut recording = observatory();
    recording.logs(
        "portal",
        &[
            "10.0.0.9 - - [04/Mar/2026:21:38:01 +0000] \"GET /favicon.ico HTTP/1.1\" 404 153",
            "2026-03-04T21:38:30Z WARN  client closed request before the answer",
            "2026-03-04T21:38:31Z ERROR validation failed: field 'date' is required (400)",
        ],
    );
    recording.logs(
        "observations",
        &[
            "2026-03-04 21:38:02 WARN  o.h.Retry - attempt 1 of 3 failed, trying again",
            "java.net.SocketTimeoutException: Read timed out",
            "\tat java.base/sun.nio.ch.NioSocketImpl.timedRead(NioSocketImpl.java:278)",
            "2026-03-04 21:38:03 INFO  o.h.Retry - attempt 2 of 3 succeeded",
            "Deprecated: this option will be removed",
        ],
    );
    recording.logs(
        "starstore",
        &[
            "2026-03-04 21:10:00 UTC [31] ERROR:  duplicate key value violates unique constraint \"plates_pkey\"",
            "2026-03-04 21:11:00 UTC [27] LOG:  checkpoint complete",
        ],
    );
    all.expect_healthy("noise in logs", &recording).await;

    all.judge();
}

#[tokio::test]
async fn an_autoscaler_is_healthy() {
    let mut all = Variations::default();
    // An autoscaler at work.
    let mut recording = observatory();
    for at in 0..3 {
        ready_pod(&mut recording, "portal", &format!("portal-6c0f9d5b70-hpa{at}"), 70);
        recording.event(("Pod", &format!("portal-6c0f9d5b70-hpa{at}")), "Warning", "Unhealthy", "Readiness probe failed: Get \"http://10.99.1.30:8088/\": dial tcp 10.99.1.30:8088: connect: connection refused", (1, 66));
    }
    recording.workload("portal")["spec"]["replicas"] = json!(4);
    recording.workload("portal")["status"] =
        json!({"replicas": 4, "readyReplicas": 4, "availableReplicas": 4, "updatedReplicas": 4});
    recording.event(
        ("HorizontalPodAutoscaler", "portal"),
        "Normal",
        "SuccessfulRescale",
        "New size: 4; reason: cpu resource utilization (percentage of request) above target",
        (1, 72),
    );
    recording.event(
        ("HorizontalPodAutoscaler", "portal"),
        "Warning",
        "FailedGetResourceMetric",
        "failed to get cpu utilization: did not receive metrics for any ready pods",
        (2, 60),
    );
    all.expect_healthy("an autoscaler", &recording).await;
    all.judge();
}
