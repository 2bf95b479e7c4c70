//! A clinic's system of services, as a folder of recorded objects in which anything can be made wrong.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::sample::diagnose;

const NAMESPACE: &str = "clinic";
const TAKEN: &str = "2026-03-04T09:30:00Z";

/// Its name, its image, its port, its environment.
type App = (&'static str, &'static str, u16, &'static [(&'static str, &'static str)]);

/// All of its apps.
const APPS: [App; 10] = [
    ("portal", "registry.example/clinic/portal-nginx:4.1", 8080, &[]),
    ("edge", "registry.example/clinic/edge-java:4.1", 18100, &[("NACOS_ADDR", "registry:8848")]),
    (
        "visits-service",
        "registry.example/clinic/visits-java:4.1",
        12031,
        &[
            ("VISITS_MYSQL_HOST", "visits-mysql"),
            ("VISITS_MYSQL_PORT", "3306"),
            ("BILLING_URL", "http://billing-service:9400"),
            ("BROKER_HOST", "broker"),
            ("BROKER_PORT", "5672"),
        ],
    ),
    (
        "doctors-service",
        "registry.example/clinic/doctors-java:4.1",
        12032,
        &[("SPRING_DATASOURCE_URL", "jdbc:mysql://doctors-mysql:3306/doctors?useSSL=false")],
    ),
    (
        "billing-service",
        "registry.example/clinic/billing-node:4.1",
        9400,
        &[("DB_HOST", "visits-mysql"), ("DB_PORT", "3306"), ("SESSION_ADDR", "sessions:6379")],
    ),
    ("letters-service", "registry.example/clinic/letters-python:4.1", 9500, &[("BILLING_HOST", "billing-service")]),
    ("visits-mysql", "mysql:5.7", 3306, &[("MYSQL_DATABASE", "visits")]),
    ("doctors-mysql", "mysql:8.0", 3306, &[("MYSQL_DATABASE", "doctors")]),
    ("sessions", "redis:7", 6379, &[]),
    ("registry", "nacos/nacos-server:2.0", 8848, &[]),
];

const EDGES: [(&str, &str); 10] = [
    ("portal", "edge"),
    ("edge", "visits-service"),
    ("edge", "doctors-service"),
    ("edge", "letters-service"),
    ("visits-service", "visits-mysql"),
    ("visits-service", "billing-service"),
    ("doctors-service", "doctors-mysql"),
    ("billing-service", "visits-mysql"),
    ("billing-service", "sessions"),
    ("letters-service", "billing-service"),
];

/// The recorded system.
pub(crate) struct Clinic {
    deployments: Vec<Value>,
    services: Vec<Value>,
    others: Vec<(&'static str, Value)>,
    pods: Vec<(String, Map<String, Value>)>,
    events: Vec<Value>,
    logs: Vec<(String, String, bool, String)>,
    patterns: Vec<Value>,
    down: Vec<String>,
    edges: bool,
    probes: bool,
    manifests: bool,
}

impl Clinic {
    /// Nothing is wrong.
    pub(crate) fn new() -> Self {
        let deployments = APPS.iter().map(|(name, image, port, env)| {
            let env: Vec<Value> = env.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
            json!({"apiVersion": "apps/v1", "kind": "Deployment",
                "metadata": {"name": name, "namespace": NAMESPACE, "labels": {"app": name}, "creationTimestamp": "2026-03-04T09:20:00Z"},
                "spec": {"replicas": 1, "selector": {"matchLabels": {"app": name}}, "template": {
                    "metadata": {"labels": {"app": name}}, "spec": {"containers": [{"name": name, "image": image,
                    "ports": [{"containerPort": port, "protocol": "TCP"}], "env": env}]}}}})
        });
        let services = APPS.iter().enumerate().map(|(at, (name, _, port, _))| {
            json!({"apiVersion": "v1", "kind": "Service",
                "metadata": {"name": name, "namespace": NAMESPACE, "labels": {"app": name}, "creationTimestamp": "2026-03-04T09:20:00Z"},
                "spec": {"type": "ClusterIP", "clusterIP": format!("10.90.7.{}", at + 10), "selector": {"app": name},
                    "ports": [{"name": "main", "port": port, "protocol": "TCP", "targetPort": port}]}})
        });
        Self {
            deployments: deployments.collect(),
            services: services.collect(),
            others: Vec::new(),
            pods: Vec::new(),
            events: Vec::new(),
            logs: Vec::new(),
            patterns: Vec::new(),
            down: Vec::new(),
            edges: true,
            probes: true,
            manifests: true,
        }
    }

    /// Changes a deployment.
    pub(crate) fn deployment(mut self, name: &str, change: impl FnOnce(&mut Value)) -> Self {
        change(self.deployments.iter_mut().find(|it| it["metadata"]["name"] == name).unwrap());
        self
    }

    /// Changes the first container of a deployment.
    pub(crate) fn container(self, name: &str, change: impl FnOnce(&mut Value)) -> Self {
        self.deployment(name, |it| change(&mut it["spec"]["template"]["spec"]["containers"][0]))
    }

    /// Sets a variable of a deployment's first container.
    pub(crate) fn env(self, name: &str, variable: &str, value: &str) -> Self {
        self.container(name, |it| {
            let env = it["env"].as_array_mut().unwrap();
            env.retain(|known| known["name"] != variable);
            env.push(json!({"name": variable, "value": value}));
        })
    }

    /// Changes a service.
    pub(crate) fn service(mut self, name: &str, change: impl FnOnce(&mut Value)) -> Self {
        change(self.services.iter_mut().find(|it| it["metadata"]["name"] == name).unwrap());
        self
    }

    /// Takes a service away.
    pub(crate) fn without_service(mut self, name: &str) -> Self {
        self.services.retain(|it| it["metadata"]["name"] != name);
        self
    }

    /// Adds an object of any other kind to a file.
    pub(crate) fn object(mut self, file: &'static str, mut object: Value) -> Self {
        object["metadata"]["namespace"] = json!(NAMESPACE);
        self.others.push((file, object));
        self
    }

    /// Sets the status of a container of an app's pod.
    pub(crate) fn status(mut self, app: &str, container: &str, status: Value) -> Self {
        let at = self.pods.iter().position(|(name, _)| name == app).unwrap_or_else(|| {
            self.pods.push((app.to_owned(), Map::new()));
            self.pods.len() - 1
        });
        self.pods[at].1.insert(container.to_owned(), status);
        self
    }

    /// A container that ends and is started again.
    pub(crate) fn crashing(self, app: &str, container: &str, code: i32) -> Self {
        let end = json!({"exitCode": code, "reason": if code == 137 { "OOMKilled" } else { "Error" },
            "startedAt": "2026-03-04T09:28:00Z", "finishedAt": "2026-03-04T09:28:20Z"});
        let status = json!({"ready": false, "restartCount": 5, "lastState": {"terminated": end},
            "state": {"waiting": {"reason": "CrashLoopBackOff"}}});
        self.status(app, container, status)
    }

    /// A container that runs and is not ready.
    pub(crate) fn unready(self, app: &str, restarts: u32) -> Self {
        let mut status = json!({"ready": false, "restartCount": restarts,
            "state": {"running": {"startedAt": "2026-03-04T09:29:00Z"}}});
        if restarts > 0 {
            status["lastState"] = json!({"terminated": {"exitCode": 143, "reason": "Error",
                "startedAt": "2026-03-04T09:27:00Z", "finishedAt": "2026-03-04T09:29:00Z"}});
        }
        self.status(app, app, status)
    }

    /// An event on an app's pod.
    pub(crate) fn event(mut self, app: &str, reason: &str, message: &str) -> Self {
        let name = pod(app);
        self.events.push(
            json!({"apiVersion": "v1", "kind": "Event", "type": "Warning", "reason": reason, "message": message,
            "metadata": {"name": format!("{name}.{}", self.events.len()), "namespace": NAMESPACE}, "count": 6,
            "involvedObject": {"kind": "Pod", "name": name, "namespace": NAMESPACE},
            "firstTimestamp": "2026-03-04T09:26:00Z", "lastTimestamp": "2026-03-04T09:29:40Z"}),
        );
        self
    }

    /// Lines of an app's container.
    pub(crate) fn said(mut self, app: &str, lines: &str) -> Self {
        self.logs.push((app.to_owned(), app.to_owned(), false, lines.to_owned()));
        self
    }

    /// Lines of one of several containers.
    pub(crate) fn said_in(mut self, app: &str, container: &str, lines: &str) -> Self {
        self.logs.push((app.to_owned(), container.to_owned(), false, lines.to_owned()));
        self
    }

    /// Lines that are only known as a pattern.
    pub(crate) fn pattern(mut self, app: &str, count: u32, line: &str) -> Self {
        self.patterns
            .push(json!({"namespace": NAMESPACE, "service": app, "total_log_count": count * 2, "total_errors": count,
            "patterns": [{"count": count, "ratio": 0.5, "sample": line}]}));
        self
    }

    /// Whoever connects to a service gets no answer.
    pub(crate) fn unanswered(mut self, service: &str) -> Self {
        self.down.push(service.to_owned());
        self
    }

    /// Nobody knows who calls whom.
    pub(crate) fn without_edges(mut self) -> Self {
        self.edges = false;
        self
    }

    /// Nobody probes.
    pub(crate) fn without_probes(mut self) -> Self {
        self.probes = false;
        self
    }

    /// Nobody kept what was applied.
    pub(crate) fn without_manifests(mut self) -> Self {
        self.manifests = false;
        self
    }

    fn pod_of(&self, deployment: &Value) -> Option<Value> {
        let name = deployment["metadata"]["name"].as_str().unwrap();
        let replicas = deployment["spec"]["replicas"].as_u64();
        let set = self.pods.iter().find(|(app, _)| app == name).map(|(_, statuses)| statuses);
        let template = &deployment["spec"]["template"];
        let containers = template["spec"]["containers"].as_array().unwrap();
        let statuses: Vec<Value> = containers
            .iter()
            .map(|container| {
                let running = json!({"ready": true, "restartCount": 0, "state": {"running": {"startedAt": "2026-03-04T09:21:00Z"}}});
                let own = container["name"].as_str().unwrap();
                let mut status = set.and_then(|set| set.get(own)).cloned().unwrap_or(running);
                status["name"] = container["name"].clone();
                status["image"] = container["image"].clone();
                status
            })
            .collect();
        let ready = if statuses.iter().all(|status| status["ready"] == true) { "True" } else { "False" };
        let mut spec = template["spec"].clone();
        spec["nodeName"] = json!("w1");
        (replicas != Some(0)).then(|| {
            json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": pod(name), "namespace": NAMESPACE,
                "labels": template["metadata"]["labels"], "creationTimestamp": "2026-03-04T09:20:30Z",
                "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": replica_set(name), "controller": true, "uid": ""}]},
                "spec": spec, "status": {"phase": "Running", "podIP": ip(name), "containerStatuses": statuses,
                "conditions": [{"type": "Initialized", "status": "True"}, {"type": "Ready", "status": ready},
                    {"type": "ContainersReady", "status": ready}, {"type": "PodScheduled", "status": "True"}]}})
        })
    }

    fn endpoints_of(service: &Value, pods: &[Value]) -> Value {
        let selector = service["spec"]["selector"].as_object().unwrap();
        let behind = pods.iter().filter(|pod| {
            let labels = &pod["metadata"]["labels"];
            selector.iter().all(|(key, value)| labels[key] == *value)
                && pod["status"]["conditions"][1]["status"] == "True"
        });
        let addresses: Vec<Value> = behind.map(|pod| json!({"ip": pod["status"]["podIP"]})).collect();
        let ports: Vec<Value> = service["spec"]["ports"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| json!({"port": it["targetPort"], "protocol": it["protocol"]}))
            .collect();
        let subsets = if addresses.is_empty() { json!([]) } else { json!([{"addresses": addresses, "ports": ports}]) };
        json!({"apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": service["metadata"]["name"], "namespace": NAMESPACE}, "subsets": subsets})
    }

    /// Writes it down.
    fn write(&self, folder: &Path) {
        let put = |path: &str, value: &Value| {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, serde_json::to_vec(value).unwrap()).unwrap();
        };
        let list = |file: &str, kind: &str, items: Vec<Value>| {
            put(file, &json!({"apiVersion": "v1", "kind": format!("{kind}List"), "metadata": {}, "items": items}));
        };
        put("snapshot.json", &json!({"collected_at": TAKEN, "source": "clinic"}));
        let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "w1"},
            "status": {"conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}]}});
        list("nodes.json", "Node", vec![node]);
        list(
            "namespaces.json",
            "Namespace",
            vec![json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})],
        );
        let pods: Vec<Value> = self.deployments.iter().filter_map(|it| self.pod_of(it)).collect();
        let mut deployments = self.deployments.clone();
        let sets = deployments.iter_mut().map(|it| {
            let name = it["metadata"]["name"].as_str().unwrap().to_owned();
            let ready = pods.iter().any(|pod| pod["metadata"]["labels"]["app"] == name && pod["status"]["conditions"][1]["status"] == "True");
            let desired = it["spec"]["replicas"].as_u64().unwrap_or(1);
            it["status"] = json!({"replicas": desired, "readyReplicas": u8::from(ready), "updatedReplicas": desired, "availableReplicas": u8::from(ready)});
            json!({"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": {"name": replica_set(&name), "namespace": NAMESPACE,
                "labels": it["spec"]["template"]["metadata"]["labels"],
                "ownerReferences": [{"apiVersion": "apps/v1", "kind": "Deployment", "name": name, "controller": true, "uid": ""}]},
                "spec": {"replicas": desired, "selector": it["spec"]["selector"], "template": it["spec"]["template"]},
                "status": {"replicas": desired, "readyReplicas": u8::from(ready)}})
        });
        list("clinic/replicasets.json", "ReplicaSet", sets.collect());
        list("clinic/deployments.json", "Deployment", deployments);
        list("clinic/services.json", "Service", self.services.clone());
        list(
            "clinic/endpoints.json",
            "Endpoints",
            self.services.iter().map(|it| Self::endpoints_of(it, &pods)).collect(),
        );
        list("clinic/pods.json", "Pod", pods);
        list("clinic/events.json", "Event", self.events.clone());
        for (file, kind) in [
            ("configmaps", "ConfigMap"),
            ("secrets", "Secret"),
            ("ingresses", "Ingress"),
            ("networkpolicies", "NetworkPolicy"),
        ] {
            let of_it = self.others.iter().filter(|(of, _)| *of == file).map(|(_, object)| object.clone());
            list(&format!("clinic/{file}.json"), kind, of_it.collect());
        }
        for (at, (app, ..)) in
            self.logs.iter().enumerate().filter(|(at, (app, ..))| self.logs[..*at].iter().all(|it| it.0 != *app))
        {
            let mut text = String::new();
            for (_, container, _, lines) in self.logs[at..].iter().filter(|it| it.0 == *app) {
                let about = format!("logs for container {container} of pod {NAMESPACE}/{}", pod(app));
                let _ = writeln!(text, "==== START {about} ====\n{lines}\n==== END {about} ====");
            }
            let path = folder.join(NAMESPACE).join(pod(app));
            fs::create_dir_all(&path).unwrap();
            fs::write(path.join("logs.txt"), text).unwrap();
        }
        put("log-patterns.json", &json!({"items": self.patterns}));
        if self.edges {
            let edges: Vec<Value> = EDGES.iter().map(|(from, to)| json!({"from": from, "to": to})).collect();
            put("dependencies.json", &json!({"edges": edges}));
        }
        if self.manifests {
            let applied = [self.deployments.clone(), self.services.clone()].concat();
            put("manifests.json", &json!({"apiVersion": "v1", "kind": "List", "items": applied}));
        }
        if self.probes {
            let probed = self.services.iter().map(|it| {
                let name = it["metadata"]["name"].as_str().unwrap();
                let up = if self.down.iter().any(|down| down == name) { "0" } else { "1" };
                json!({"metric": {"__name__": "probe_success", "instance": format!("{name}:{}", it["spec"]["ports"][0]["port"]),
                    "service": name, "namespace": NAMESPACE}, "values": [[1_772_616_600, up]]})
            });
            put(
                "metrics.json",
                &json!({"status": "success", "data": {"resultType": "matrix", "result": probed.collect::<Vec<_>>()}}),
            );
        }
    }
}

fn replica_set(app: &str) -> String {
    format!("{app}-6f7d8c9b5")
}

/// The name of an app's only pod.
pub(crate) fn pod(app: &str) -> String {
    format!("{}-x2k9p", replica_set(app))
}

/// The address of an app's only pod.
pub(crate) fn ip(app: &str) -> String {
    let at = APPS.iter().position(|(name, ..)| *name == app).unwrap_or(99);
    format!("10.44.1.{}", at + 20)
}

/// Every system with the first cause that it should have: its family, its object, its code.
pub(crate) async fn check(taxonomy: &str, code: &str, cases: Vec<(&str, &str, Clinic)>) {
    let mut misses = String::new();
    for (what, object, clinic) in cases {
        let folder = tempfile::tempdir().unwrap();
        clinic.write(folder.path());
        let diagnosis = diagnose(folder.path()).await;
        let first = diagnosis.causes.first();
        let is_it = first.is_some_and(|first| {
            serde_json::to_value(first.taxonomy).unwrap() == taxonomy
                && first.culprit.to_string() == format!("app/{object}")
                && first.cause.code() == code
        });
        let named: Vec<String> = diagnosis
            .causes
            .iter()
            .take(3)
            .map(|it| format!("{} {} {}", it.culprit, it.cause, it.confidence))
            .collect();
        if !is_it || !diagnosis.verdict.is_broken() {
            let _ = writeln!(misses, "{code} {object}, {what}: {:?} {}", diagnosis.verdict, named.join(" | "));
        }
    }
    assert!(misses.is_empty(), "\n{misses}");
}

/// Systems in which nothing is wrong.
pub(crate) async fn check_healthy(cases: Vec<(&str, Clinic)>) {
    for (what, clinic) in cases {
        let folder = tempfile::tempdir().unwrap();
        clinic.write(folder.path());
        let diagnosis = diagnose(folder.path()).await;
        let named: Vec<String> = diagnosis
            .causes
            .iter()
            .take(3)
            .map(|it| format!("{} {} {}", it.culprit, it.cause, it.confidence))
            .collect();
        assert!(!diagnosis.verdict.is_broken(), "{what}: {:?} {}", diagnosis.verdict, named.join(" | "));
    }
}
