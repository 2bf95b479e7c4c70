use serde_json::{Map, Value, json};

use super::super::cluster::Cluster;
use super::super::ids::{hex, uid};
use super::super::json::put;
use super::super::pod::{End, Owner, Pod, Standing, Template, Trouble};
use super::super::spec::Kind;
use super::super::workload::Workload;
use super::time;

pub(super) fn pod(cluster: &Cluster, pod: &Pod) -> Value {
    let standing = cluster.standing(pod);
    let workload = cluster.workload_of(pod);
    let mut spec = template_spec(&pod.container, &pod.template, workload);
    spec.insert("restartPolicy".to_owned(), if workload.is_some() { "Always" } else { "Never" }.into());
    if let Some(node) = &pod.node {
        spec.insert("nodeName".to_owned(), node.as_str().into());
    }
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata(cluster, pod, workload),
        "spec": spec,
        "status": status(pod, &standing),
    })
}

/// What a kubelet says when a registry has no such image.
pub(in super::super) fn pull_error(image: &str) -> String {
    format!(
        "Failed to pull image \"{image}\": rpc error: code = NotFound desc = failed to pull and unpack image \
         \"{image}\": failed to resolve reference \"{image}\": {image}: not found"
    )
}

/// The part of a pod's spec that its template has.
pub(super) fn template_spec(container: &str, template: &Template, workload: Option<&Workload>) -> Map<String, Value> {
    let quantities = |pairs: [(&str, &Option<lamplighter_core::cluster::Quantity>); 2]| -> Value {
        let pairs =
            pairs.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.as_ref()?.as_str().into())));
        Value::Object(pairs.collect())
    };
    let mut written = json!({
        "name": container,
        "image": template.image,
        "imagePullPolicy": "IfNotPresent",
        "env": template.env,
        "resources": {
            "limits": quantities([("memory", &template.memory_limit), ("cpu", &template.cpu_limit)]),
            "requests": quantities([("memory", &template.memory_request), ("cpu", &template.cpu_request)]),
        },
    });
    let mut spec = Map::new();
    if let (Some(workload), Some(written)) = (workload, written.as_object_mut()) {
        let port = workload.port;
        written.insert("ports".to_owned(), json!([{ "containerPort": port, "protocol": "TCP" }]));
        let probe = json!({ "httpGet": { "path": "/healthz", "port": port, "scheme": "HTTP" }, "periodSeconds": 10 });
        written.insert("readinessProbe".to_owned(), probe);
        if let Some(claim) = &workload.claim {
            written.insert("volumeMounts".to_owned(), json!([{ "name": "data", "mountPath": "/data" }]));
            let volume = json!([{ "name": "data", "persistentVolumeClaim": { "claimName": claim } }]);
            spec.insert("volumes".to_owned(), volume);
        }
    }
    spec.insert("containers".to_owned(), json!([written]));
    spec.insert("terminationGracePeriodSeconds".to_owned(), 30.into());
    spec.insert("serviceAccountName".to_owned(), "default".into());
    spec
}

fn metadata(cluster: &Cluster, pod: &Pod, workload: Option<&Workload>) -> Value {
    let mut metadata = json!({
        "name": pod.key.name,
        "namespace": pod.key.namespace,
        "uid": pod.uid,
        "creationTimestamp": time(pod.created_at),
        "labels": labels(pod, workload),
        "ownerReferences": [owner(cluster, pod, workload)],
    });
    if !pod.template.annotations.is_empty() {
        put(&mut metadata, &["annotations"], json!(pod.template.annotations));
    }
    if let Some(deleting) = pod.deleting {
        put(&mut metadata, &["deletionTimestamp"], time(deleting.at).into());
        put(&mut metadata, &["deletionGracePeriodSeconds"], 30.into());
    }
    metadata
}

fn labels(pod: &Pod, workload: Option<&Workload>) -> Value {
    let Some(workload) = workload else {
        let Owner::Job(job) = &pod.owner else { return json!({}) };
        return json!({ "batch.kubernetes.io/job-name": job.name });
    };
    let mut labels = json!(workload.labels());
    match workload.kind {
        Kind::Deployment => put(&mut labels, &["pod-template-hash"], pod.hash.as_str().into()),
        Kind::StatefulSet => {
            put(&mut labels, &["controller-revision-hash"], format!("{}-{}", workload.key.name, pod.hash).into());
            put(&mut labels, &["statefulset.kubernetes.io/pod-name"], pod.key.name.as_str().into());
        }
        Kind::DaemonSet => put(&mut labels, &["controller-revision-hash"], pod.hash.as_str().into()),
    }
    labels
}

fn owner(cluster: &Cluster, pod: &Pod, workload: Option<&Workload>) -> Value {
    let reference = |api: &str, kind: &str, name: &str, uid: &str| {
        json!({
            "apiVersion": api, "kind": kind, "name": name, "uid": uid, "controller": true, "blockOwnerDeletion": true,
        })
    };
    match (&pod.owner, workload) {
        (_, Some(workload)) if workload.kind == Kind::Deployment => {
            let name = workload.replica_set(&pod.hash);
            reference("apps/v1", "ReplicaSet", &name, &workload.replica_set_uid(&pod.hash))
        }
        (_, Some(workload)) => reference("apps/v1", workload.kind.as_str(), &workload.key.name, &workload.uid),
        (Owner::Job(key) | Owner::Workload(key), None) => {
            let uid = cluster.jobs.get(key).map_or_else(|| uid(&[&key.to_string()]), |job| job.uid.clone());
            reference("batch/v1", "Job", &key.name, &uid)
        }
    }
}

fn status(pod: &Pod, standing: &Standing) -> Value {
    let mut status = json!({
        "phase": phase(standing),
        "qosClass": "Burstable",
        "conditions": conditions(pod, standing),
    });
    if let Standing::Unscheduled { .. } = standing {
        return status;
    }
    put(&mut status, &["hostIP"], "192.0.2.10".into());
    put(&mut status, &["startTime"], time(pod.created_at).into());
    put(&mut status, &["containerStatuses"], json!([container_status(pod, standing)]));
    if !matches!(standing, Standing::Creating) {
        put(&mut status, &["podIP"], pod.ip.as_str().into());
        put(&mut status, &["podIPs"], json!([{ "ip": pod.ip }]));
    }
    status
}

fn phase(standing: &Standing) -> &'static str {
    match standing {
        Standing::Unscheduled { .. } | Standing::Creating | Standing::PullFails { .. } => "Pending",
        Standing::Crashes { .. } | Standing::Runs { .. } => "Running",
        Standing::Ended(end) if end.exit_code == 0 => "Succeeded",
        Standing::Ended(_) => "Failed",
    }
}

fn conditions(pod: &Pod, standing: &Standing) -> Value {
    let scheduled = |status: &str| condition("PodScheduled", status, &time(pod.created_at));
    if let Standing::Unscheduled { why } = standing {
        let mut condition = scheduled("False");
        put(&mut condition, &["reason"], "Unschedulable".into());
        put(&mut condition, &["message"], why.as_str().into());
        return json!([condition]);
    }
    let (ready, since) = pod.ready.unwrap_or((false, standing.since(pod)));
    let mut list = vec![condition("Initialized", "True", &time(pod.created_at))];
    for kind in ["Ready", "ContainersReady"] {
        // The node controller takes the pod's readiness away; nobody is left to say so of its containers.
        let node_is_down = matches!(standing, Standing::Runs { trouble: Some(Trouble::NodeDown { .. }), .. });
        let holds = ready || (kind == "ContainersReady" && node_is_down);
        let mut written = condition(kind, if holds { "True" } else { "False" }, &time(since));
        if let Standing::Ended(End { exit_code: 0, .. }) = standing {
            put(&mut written, &["reason"], "PodCompleted".into());
        } else if !holds && !node_is_down {
            put(&mut written, &["reason"], "ContainersNotReady".into());
            put(&mut written, &["message"], format!("containers with unready status: [{}]", pod.container).into());
        }
        list.push(written);
    }
    list.push(scheduled("True"));
    Value::Array(list)
}

fn condition(kind: &str, status: &str, since: &str) -> Value {
    json!({ "type": kind, "status": status, "lastProbeTime": null, "lastTransitionTime": since })
}

fn container_status(pod: &Pod, standing: &Standing) -> Value {
    let runs = matches!(standing, Standing::Runs { .. } | Standing::Crashes { .. });
    let pulled = !matches!(standing, Standing::Creating | Standing::PullFails { .. });
    let ready = match standing {
        Standing::Runs { trouble: Some(Trouble::NodeDown { .. }), .. } => true,
        _ => pod.is_ready(),
    };
    json!({
        "name": pod.container,
        "image": pod.template.image,
        "imageID": if pulled { format!("sha256:{}", hex(&[&pod.template.image], 64)) } else { String::new() },
        "containerID": if pulled { format!("containerd://{}", hex(&[&pod.uid], 64)) } else { String::new() },
        "ready": ready,
        "started": runs && !is_waiting(standing),
        "restartCount": pod.restart_count(standing),
        "state": state(pod, standing),
        "lastState": pod.previous_end(standing).map_or_else(|| json!({}), |end| json!({ "terminated": ended(&end) })),
    })
}

fn is_waiting(standing: &Standing) -> bool {
    matches!(standing, Standing::Crashes { cycle, .. } if cycle.pause.is_some())
}

fn state(pod: &Pod, standing: &Standing) -> Value {
    let waiting = |reason: &str, message: Option<String>| match message {
        Some(message) => json!({ "waiting": { "reason": reason, "message": message } }),
        None => json!({ "waiting": { "reason": reason } }),
    };
    match standing {
        Standing::Unscheduled { .. } | Standing::Creating => waiting("ContainerCreating", None),
        Standing::PullFails { .. } => {
            waiting("ImagePullBackOff", Some(format!("Back-off pulling image \"{}\"", pod.template.image)))
        }
        Standing::Crashes { cycle, .. } => match cycle.pause {
            Some(pause) => {
                let pause = go_duration(pause.as_secs());
                let name = format!("{}_{}({})", pod.key.name, pod.key.namespace, pod.uid);
                let message = format!("back-off {pause} restarting failed container={} pod={name}", pod.container);
                waiting("CrashLoopBackOff", Some(message))
            }
            None => json!({ "running": { "startedAt": time(cycle.started_at) } }),
        },
        Standing::Runs { up_at, .. } => json!({ "running": { "startedAt": time(*up_at) } }),
        Standing::Ended(end) => json!({ "terminated": ended(end) }),
    }
}

fn ended(end: &End) -> Value {
    json!({
        "exitCode": end.exit_code,
        "reason": end.reason,
        "startedAt": time(end.started_at),
        "finishedAt": time(end.at),
    })
}

/// A number of seconds as Go's `time.Duration` writes it: `10s`, `1m20s`, `5m0s`.
fn go_duration(seconds: i64) -> String {
    if seconds < 60 { format!("{seconds}s") } else { format!("{}m{}s", seconds / 60, seconds % 60) }
}
