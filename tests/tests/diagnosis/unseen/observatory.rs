//! A system that no rule was written against: an observatory, as `kubectl` would write it down.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use lamplighter::core::diagnosis::Diagnosis;
use serde_json::{Value, json};
use tempfile::TempDir;

pub(super) const NAMESPACE: &str = "stargazing";
pub(super) const WORKERS: [&str; 4] = ["ridge-1", "ridge-2", "summit-a", "valley-09"];
pub(super) const CONTROL_PLANE: &str = "basecamp";

/// Name, image, port and worker of each app. The last one is a `StatefulSet`.
const APPS: [(&str, &str, u16, usize); 8] = [
    ("portal", "harbor.hilltop.example/stars/portal:7.4.1", 8088, 0),
    ("observations", "harbor.hilltop.example/stars/observations:7.4.1", 7001, 1),
    ("ephemeris", "harbor.hilltop.example/stars/ephemeris:7.4.0", 7102, 2),
    ("plates", "harbor.hilltop.example/stars/plates:2.0.9", 7203, 3),
    ("calibrator", "harbor.hilltop.example/stars/calibrator:7.4.1", 7304, 0),
    ("seeing", "harbor.hilltop.example/stars/seeing:1.9.2", 7405, 1),
    ("bookings", "harbor.hilltop.example/stars/bookings:3.3.0", 7506, 2),
    ("starstore", "docker.io/library/postgres:16.3", 5432, 3),
];

const CALLS: [(&str, &str); 10] = [
    ("portal", "observations"),
    ("portal", "seeing"),
    ("portal", "bookings"),
    ("observations", "ephemeris"),
    ("observations", "plates"),
    ("plates", "calibrator"),
    ("plates", "starstore"),
    ("bookings", "ephemeris"),
    ("bookings", "starstore"),
    ("calibrator", "starstore"),
];

/// A recorded cluster in the making: lists by file, and other files.
pub(super) struct Recording {
    pub(super) taken_at: Timestamp,
    lists: BTreeMap<String, Vec<Value>>,
    files: BTreeMap<String, String>,
    series: Vec<Value>,
    alerts: Option<Vec<Value>>,
    applied: Vec<Value>,
    manifests: bool,
}

pub(super) fn kind_of(app: &str) -> &'static str {
    if app == "starstore" { "statefulsets" } else { "deployments" }
}

/// The observatory with everything as it should be.
pub(super) fn observatory() -> Recording {
    let taken_at = "2026-03-04T21:40:00Z".parse().unwrap();
    let mut recording = Recording {
        taken_at,
        lists: BTreeMap::new(),
        files: BTreeMap::new(),
        series: Vec::new(),
        alerts: Some(Vec::new()),
        applied: Vec::new(),
        manifests: true,
    };
    for list in [
        "pods",
        "events",
        "services",
        "endpoints",
        "deployments",
        "replicasets",
        "statefulsets",
        "daemonsets",
        "jobs",
        "persistentvolumeclaims",
        "resourcequotas",
        "serviceaccounts",
        "configmaps",
        "secrets",
        "ingresses",
        "networkpolicies",
        "rolebindings",
    ] {
        recording.lists.insert(format!("{NAMESPACE}/{list}"), Vec::new());
    }
    recording.lists.insert("persistentvolumes".to_owned(), Vec::new());
    recording.lists.insert(
        "storageclasses".to_owned(),
        vec![json!({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": "fast-nvme"},
            "provisioner": "csi.hilltop.example", "volumeBindingMode": "Immediate"})],
    );
    recording.add(
        "namespaces",
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}, "status": {"phase": "Active"}}),
    );
    recording.add("nodes", node(CONTROL_PLANE, true));
    for worker in WORKERS {
        recording.add("nodes", node(worker, false));
    }
    for (at, (name, image, port, worker)) in APPS.into_iter().enumerate() {
        recording.app(at, name, image, port, WORKERS[worker]);
    }
    recording.file(
        "dependencies.json",
        json!({"edges": CALLS.map(|(from, to)| json!({"from": from, "to": to}))}).to_string(),
    );
    recording
}

fn node(name: &str, control_plane: bool) -> Value {
    let condition = |kind: &str, status: &str| {
        json!({"type": kind, "status": status, "lastHeartbeatTime": "2026-03-04T21:38:10Z",
        "lastTransitionTime": "2026-01-02T08:00:00Z", "reason": "Kubelet", "message": "as reported by the kubelet"})
    };
    let mut node = json!({"apiVersion": "v1", "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "topology.kubernetes.io/zone": if name.starts_with("ridge") { "west" } else { "east" }},
            "creationTimestamp": "2026-01-02T08:00:00Z"},
        "spec": {},
        "status": {"conditions": [condition("MemoryPressure", "False"), condition("DiskPressure", "False"),
            condition("PIDPressure", "False"), condition("Ready", "True")],
            "addresses": [{"type": "InternalIP", "address": format!("10.44.0.{}", name.len() * 7 + usize::from(name.as_bytes()[name.len() - 1] % 7))}, {"type": "Hostname", "address": name}],
            "capacity": {"cpu": "4", "memory": "16384256Ki", "pods": "110"},
            "allocatable": {"cpu": "3920m", "memory": "15259904Ki", "pods": "110"},
            "nodeInfo": {"kubeletVersion": "v1.27.9"}}});
    if control_plane {
        node["metadata"]["labels"]["node-role.kubernetes.io/control-plane"] = json!("");
        node["spec"]["taints"] = json!([{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}]);
    }
    node
}

impl Recording {
    fn app(&mut self, at: usize, name: &str, image: &str, port: u16, worker: &str) {
        let labels = json!({"app.kubernetes.io/name": name});
        let stateful = kind_of(name) == "statefulsets";
        let container = json!({"name": "main", "image": image, "ports": [{"containerPort": port, "protocol": "TCP"}],
            "resources": {"limits": {"cpu": "400m", "memory": "384Mi"}, "requests": {"cpu": "150m", "memory": "192Mi"}},
            "readinessProbe": {"tcpSocket": {"port": port}, "periodSeconds": 10, "timeoutSeconds": 1, "successThreshold": 1, "failureThreshold": 3},
            "livenessProbe": {"tcpSocket": {"port": port}, "initialDelaySeconds": 15, "periodSeconds": 10, "timeoutSeconds": 1, "successThreshold": 1, "failureThreshold": 3},
            "env": [{"name": "LISTEN_PORT", "value": port.to_string()}]});
        let spec = json!({"containers": [container], "serviceAccountName": name});
        let hash = format!("6c{at}f9d5b7{at}");
        let (owner, pod_name) = if stateful {
            (name.to_owned(), format!("{name}-0"))
        } else {
            (format!("{name}-{hash}"), format!("{name}-{hash}-x{at}kq2"))
        };
        let mut pod_labels = labels.clone();
        if !stateful {
            pod_labels["pod-template-hash"] = json!(hash);
        }
        let created = "2026-03-04T16:00:00Z";
        let mut pod_spec = spec.clone();
        pod_spec["nodeName"] = json!(worker);
        pod_spec["tolerations"] = json!([{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
            {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}]);
        let ip = format!("10.99.{}.{}", at + 1, at + 20);
        let pod = json!({"apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": pod_name, "namespace": NAMESPACE, "labels": pod_labels, "creationTimestamp": created,
                "ownerReferences": [{"apiVersion": "apps/v1", "kind": if stateful { "StatefulSet" } else { "ReplicaSet" }, "name": owner, "controller": true, "uid": ""}]},
            "spec": pod_spec,
            "status": {"phase": "Running", "podIP": ip, "startTime": created, "qosClass": "Burstable",
                "conditions": conditions("True"),
                "containerStatuses": [{"name": "main", "image": image, "ready": true, "restartCount": 0, "state": {"running": {"startedAt": "2026-03-04T16:00:05Z"}}}]}});
        self.list("pods").push(pod);
        let workload = |kind: &str, name: &str, labels: &Value, spec: Value| {
            json!({"apiVersion": "apps/v1", "kind": kind,
            "metadata": {"name": name, "namespace": NAMESPACE, "labels": labels, "creationTimestamp": created}, "spec": spec})
        };
        let template = json!({"metadata": {"labels": labels}, "spec": spec});
        if stateful {
            let mut set = workload(
                "StatefulSet",
                name,
                &labels,
                json!({"replicas": 1, "serviceName": name, "selector": {"matchLabels": labels}, "template": template}),
            );
            set["status"] = json!({"replicas": 1, "readyReplicas": 1, "currentReplicas": 1, "updatedReplicas": 1, "availableReplicas": 1});
            self.list("statefulsets").push(set);
        } else {
            let mut deployment = workload(
                "Deployment",
                name,
                &labels,
                json!({"replicas": 1, "selector": {"matchLabels": labels}, "template": template,
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}}}),
            );
            deployment["metadata"]["annotations"] = json!({"deployment.kubernetes.io/revision": "1"});
            deployment["status"] = json!({"replicas": 1, "readyReplicas": 1, "updatedReplicas": 1, "availableReplicas": 1, "unavailableReplicas": 0,
                "conditions": [{"type": "Available", "status": "True", "reason": "MinimumReplicasAvailable"}, {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"}]});
            self.list("deployments").push(deployment);
            let mut set = workload(
                "ReplicaSet",
                &owner,
                &pod_labels,
                json!({"replicas": 1, "selector": {"matchLabels": pod_labels}, "template": template}),
            );
            set["metadata"]["ownerReferences"] =
                json!([{"apiVersion": "apps/v1", "kind": "Deployment", "name": name, "controller": true, "uid": ""}]);
            set["status"] = json!({"replicas": 1, "readyReplicas": 1});
            self.list("replicasets").push(set);
        }
        self.list("services").push(json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": NAMESPACE, "labels": labels, "creationTimestamp": created},
            "spec": {"type": "ClusterIP", "clusterIP": format!("172.30.8.{}", at + 3), "selector": labels, "ports": [{"name": "main", "port": port, "targetPort": port, "protocol": "TCP"}]}}));
        self.list("endpoints")
            .push(json!({"apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": name, "namespace": NAMESPACE},
            "subsets": [{"addresses": [{"ip": ip}], "ports": [{"name": "main", "port": port, "protocol": "TCP"}]}]}));
        self.list("serviceaccounts").push(
            json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": NAMESPACE}}),
        );
    }

    /// A list of the namespace.
    pub(super) fn list(&mut self, list: &str) -> &mut Vec<Value> {
        self.lists.entry(format!("{NAMESPACE}/{list}")).or_default()
    }

    /// Adds an object to a list by its path.
    pub(super) fn add(&mut self, list: &str, object: Value) {
        self.lists.entry(list.to_owned()).or_default().push(object);
    }

    /// An object of the manifests that is not live.
    pub(super) fn applied(&mut self, object: Value) {
        self.applied.push(object);
    }

    pub(super) fn file(&mut self, path: &str, text: impl Into<String>) {
        self.files.insert(path.to_owned(), text.into());
    }

    /// A list that was not recorded.
    pub(super) fn without(&mut self, list: &str) {
        self.lists.remove(list);
        self.lists.remove(&format!("{NAMESPACE}/{list}"));
        self.files.remove(&format!("{list}.json"));
        if list == "manifests" {
            self.manifests = false;
        }
        if list == "alerts" {
            self.alerts = None;
        }
    }

    pub(super) fn node(&mut self, name: &str) -> &mut Value {
        let nodes = self.lists.get_mut("nodes").unwrap();
        nodes.iter_mut().find(|node| node["metadata"]["name"] == name).unwrap()
    }

    pub(super) fn named(&mut self, list: &str, name: &str) -> &mut Value {
        self.list(list).iter_mut().find(|object| object["metadata"]["name"] == name).unwrap()
    }

    pub(super) fn workload(&mut self, app: &str) -> &mut Value {
        self.named(kind_of(app), app)
    }

    pub(super) fn pod(&mut self, app: &str) -> &mut Value {
        let name = |pod: &Value| pod["metadata"]["labels"]["app.kubernetes.io/name"].clone();
        self.list("pods").iter_mut().find(|pod| name(pod) == app).unwrap()
    }

    pub(super) fn pod_name(&mut self, app: &str) -> String {
        self.pod(app)["metadata"]["name"].as_str().unwrap().to_owned()
    }

    pub(super) fn container(&mut self, app: &str) -> &mut Value {
        &mut self.pod(app)["status"]["containerStatuses"][0]
    }

    /// Changes the spec of the pods of an app and of the templates they are made from.
    pub(super) fn spec(&mut self, app: &str, change: impl Fn(&mut Value)) {
        change(&mut self.pod(app)["spec"]);
        change(&mut self.workload(app)["spec"]["template"]["spec"]);
        for set in self.list("replicasets") {
            if set["metadata"]["ownerReferences"][0]["name"] == app {
                change(&mut set["spec"]["template"]["spec"]);
            }
        }
    }

    /// None of the pods of an app is ready.
    pub(super) fn unavailable(&mut self, app: &str) {
        let status = &mut self.workload(app)["status"];
        for field in ["readyReplicas", "availableReplicas"] {
            status[field] = json!(0);
        }
        if kind_of(app) == "deployments" {
            status["unavailableReplicas"] = json!(1);
            status["conditions"] = json!([{"type": "Available", "status": "False", "reason": "MinimumReplicasUnavailable"},
                {"type": "Progressing", "status": "True", "reason": "ReplicaSetUpdated"}]);
        }
        for set in self.list("replicasets") {
            if set["metadata"]["ownerReferences"][0]["name"] == app {
                set["status"] = json!({"replicas": 1, "readyReplicas": 0});
            }
        }
        self.named("endpoints", app).as_object_mut().unwrap().remove("subsets");
    }

    /// The pod of an app waits for a node since two minutes.
    pub(super) fn unplaced(&mut self, app: &str) {
        self.unavailable(app);
        let created = self.ago(120);
        let pod = self.pod(app);
        pod["metadata"]["creationTimestamp"] = json!(created);
        pod["spec"].as_object_mut().unwrap().remove("nodeName");
        pod["status"] = json!({"phase": "Pending", "qosClass": "Burstable", "conditions": [{"type": "PodScheduled", "status": "False"}]});
    }

    /// The container of an app waits.
    pub(super) fn waiting(&mut self, app: &str, reason: &str, message: Option<&str>) {
        self.unavailable(app);
        let created = self.ago(150);
        let pod = self.pod(app);
        pod["metadata"]["creationTimestamp"] = json!(created);
        pod["status"]["phase"] = json!("Pending");
        pod["status"]["conditions"] = conditions("False");
        let status = &mut pod["status"]["containerStatuses"][0];
        status["ready"] = json!(false);
        status["state"] = json!({"waiting": {"reason": reason}});
        if let Some(message) = message {
            status["state"]["waiting"]["message"] = json!(message);
        }
    }

    /// No pod of an app was made.
    pub(super) fn without_pods(&mut self, app: &str) {
        self.unavailable(app);
        self.list("pods").retain(|pod| pod["metadata"]["labels"]["app.kubernetes.io/name"] != app);
        for field in ["replicas", "updatedReplicas", "currentReplicas"] {
            self.workload(app)["status"][field] = json!(0);
        }
        for set in self.list("replicasets") {
            if set["metadata"]["ownerReferences"][0]["name"] == app {
                set["status"] = json!({"replicas": 0});
            }
        }
    }

    pub(super) fn ago(&self, seconds: i64) -> String {
        (self.taken_at - SignedDuration::from_secs(seconds)).to_string()
    }

    /// A warning about a pod of an app.
    pub(super) fn warn(&mut self, app: &str, reason: &str, message: &str, count: u32, seconds: i64) {
        let pod = self.pod_name(app);
        self.event(("Pod", &pod), "Warning", reason, message, (count, seconds));
    }

    /// An event; `seen` is how often, and how many seconds ago for the last time.
    pub(super) fn event(&mut self, object: (&str, &str), kind: &str, reason: &str, message: &str, seen: (u32, i64)) {
        let (count, seconds) = seen;
        let last = self.ago(seconds);
        let first = self.ago(seconds + i64::from(count - 1) * 15);
        let at = self.list("events").len();
        let component = match (object.0, reason) {
            (_, "FailedScheduling" | "Scheduled") => "default-scheduler",
            ("Pod", _) => "kubelet",
            ("ReplicaSet", _) => "replicaset-controller",
            ("StatefulSet", _) => "statefulset-controller",
            ("DaemonSet", _) => "daemonset-controller",
            _ => "persistentvolume-controller",
        };
        self.list("events").push(json!({"apiVersion": "v1", "kind": "Event", "metadata": {"name": format!("{}.{at:x}", object.1), "namespace": NAMESPACE},
            "involvedObject": {"kind": object.0, "name": object.1, "namespace": NAMESPACE}, "reason": reason, "message": message, "type": kind,
            "source": {"component": component}, "count": count, "firstTimestamp": first, "lastTimestamp": last}));
    }

    /// A series with a sample every `step` seconds, the last one now.
    pub(super) fn series(&mut self, name: &str, labels: &[(&str, &str)], step: i64, values: &[f64]) {
        let last = i64::try_from(values.len()).unwrap() - 1;
        let mut metric = json!({"__name__": name});
        for (key, value) in labels {
            metric[*key] = json!(value);
        }
        let samples: Vec<Value> = (0_i64..)
            .zip(values)
            .map(|(at, value)| json!([self.taken_at.as_second() - (last - at) * step, value.to_string()]))
            .collect();
        self.series.push(json!({"metric": metric, "values": samples}));
    }

    pub(super) fn alert(&mut self, labels: &Value, summary: &str) {
        let since = self.ago(240);
        let alert = json!({"labels": labels, "annotations": {"summary": summary}, "status": {"state": "active"}, "startsAt": since});
        self.alerts.get_or_insert_default().push(alert);
    }

    pub(super) fn logs(&mut self, app: &str, lines: &[&str]) {
        let pod = self.pod_name(app);
        let text = format!(
            "==== START logs for container main of pod {NAMESPACE}/{pod} ====\n{}\n==== END logs for container main of pod {NAMESPACE}/{pod} ====\n",
            lines.join("\n")
        );
        self.file(&format!("{NAMESPACE}/{pod}/logs.txt"), text);
    }

    /// What `systemctl status` says of a unit that runs, or of one that was stopped.
    pub(super) fn unit(&mut self, node: &str, unit: &str, active: &str) {
        let text = format!(
            "Service: {unit}\nNode: {node}\nStatus: * {unit}.service - {unit}\n     Loaded: loaded (/usr/lib/systemd/system/{unit}.service; enabled)\n     Active: {active}\n"
        );
        self.file(&format!("node-logs/{node}/{unit}.txt"), text);
    }

    /// All units of all nodes run.
    pub(super) fn units(&mut self) {
        let running = "active (running) since Fri 2026-01-02 08:00:00 UTC; 2 months 0 days ago";
        for node in WORKERS.into_iter().chain([CONTROL_PLANE]) {
            for unit in ["kubelet", "containerd", "kube-proxy"] {
                self.unit(node, unit, running);
            }
        }
        self.unit(CONTROL_PLANE, "kube-scheduler", running);
    }

    /// The worker that a pod of an app is on.
    pub(super) fn worker_of(app: &str) -> &'static str {
        WORKERS[APPS.iter().find(|(name, ..)| *name == app).unwrap().3]
    }

    /// The apps.
    pub(super) fn apps() -> impl Iterator<Item = &'static str> {
        APPS.iter().map(|(name, ..)| *name)
    }

    /// Whom an app calls.
    pub(super) fn calls(app: &str) -> impl Iterator<Item = &'static str> {
        CALLS.iter().filter(move |(from, _)| *from == app).map(|(_, to)| *to)
    }

    pub(super) fn write(&self) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        let put = |path: &str, text: String| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        for (path, items) in &self.lists {
            put(&format!("{path}.json"), json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string());
        }
        for (path, text) in &self.files {
            put(path, text.clone());
        }
        if self.manifests {
            let live =
                ["deployments", "statefulsets", "daemonsets", "services", "serviceaccounts", "persistentvolumeclaims"];
            let live = live.iter().filter_map(|list| self.lists.get(&format!("{NAMESPACE}/{list}"))).flatten().cloned();
            let mut items: Vec<Value> = live.chain(self.applied.iter().cloned()).collect();
            for item in &mut items {
                item.as_object_mut().unwrap().remove("status");
                item["metadata"].as_object_mut().unwrap().remove("creationTimestamp");
            }
            put("manifests.json", json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string());
        }
        put("snapshot.json", json!({"collected_at": self.taken_at.to_string(), "source": "kubectl"}).to_string());
        put("question.json", json!({"namespace": NAMESPACE, "query": "Some pages do not load."}).to_string());
        if let Some(alerts) = &self.alerts {
            put("alerts.json", json!(alerts).to_string());
        }
        if !self.series.is_empty() {
            put(
                "metrics.json",
                json!({"status": "success", "data": {"resultType": "matrix", "result": self.series}}).to_string(),
            );
        }
        folder
    }

    pub(super) async fn diagnose(&self) -> Diagnosis {
        let folder = self.write();
        diagnose(folder.path()).await
    }
}

pub(super) async fn diagnose(folder: &Path) -> Diagnosis {
    crate::sample::diagnose(folder).await
}

pub(super) fn conditions(ready: &str) -> Value {
    json!([{"type": "Initialized", "status": "True"}, {"type": "Ready", "status": ready}, {"type": "ContainersReady", "status": ready}, {"type": "PodScheduled", "status": "True"}])
}
