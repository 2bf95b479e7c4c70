//! Objects as the API server writes them, without `managedFields`, which kubectl leaves out.

#![expect(clippy::indexing_slicing, reason = "a member that a JSON object lacks is null, and is added when it is set")]

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{App, Fault};
use crate::random::Random;

/// Makes objects with names and numbers of their own.
pub(super) struct Writer {
    random: Random,
    taken_at: Timestamp,
    nodes: usize,
}

/// What an app consists of.
#[derive(Default)]
pub(super) struct Made {
    deployment: Vec<Value>,
    replica_sets: Vec<Value>,
    pods: Vec<Value>,
    service: Vec<Value>,
    endpoints: Vec<Value>,
    events: Vec<Value>,
    /// The logs of pods, by pod.
    pub(super) logs: Vec<(String, String)>,
}

impl Made {
    /// Deployments, replica sets, pods, services, endpoints and events.
    pub(super) fn in_order(&mut self) -> [Vec<Value>; 6] {
        use std::mem::take;
        [
            take(&mut self.deployment),
            take(&mut self.replica_sets),
            take(&mut self.pods),
            take(&mut self.service),
            take(&mut self.endpoints),
            take(&mut self.events),
        ]
    }
}

impl Writer {
    pub(super) fn new(random: Random, taken_at: Timestamp, nodes: usize) -> Self {
        Self { random, taken_at, nodes }
    }

    fn ago(&self, minutes: u64) -> String {
        let minutes = i64::try_from(minutes).unwrap_or(0);
        (self.taken_at - SignedDuration::from_mins(minutes)).to_string()
    }

    fn meta(&mut self, namespace: &str, name: &str, labels: &Value, minutes: u64) -> Value {
        json!({
            "name": name, "namespace": namespace, "uid": self.random.uid(), "labels": labels,
            "resourceVersion": self.random.below(9_000_000).to_string(), "creationTimestamp": self.ago(minutes),
        })
    }

    pub(super) fn namespace(&mut self, name: &str) -> Value {
        let labels = json!({"kubernetes.io/metadata.name": name});
        json!({"metadata": {"name": name, "uid": self.random.uid(), "labels": labels}, "status": {"phase": "Active"}})
    }

    pub(super) fn node(&mut self, at: usize) -> Value {
        let name = format!("node-{at:03}");
        let uid = self.random.uid();
        let condition = |kind: &str, status: &str, reason: &str| {
            json!({"type": kind, "status": status, "reason": reason, "message": "kubelet says so",
                "lastHeartbeatTime": self.ago(1), "lastTransitionTime": self.ago(9_000)})
        };
        let room = json!({"cpu": "32", "ephemeral-storage": "206Gi", "memory": "131906040Ki", "pods": "110"});
        let images: Vec<Value> = (0..30)
            .map(|image| {
                json!({"names": [format!("registry.example.org/app-{image}:1.{at}.0")], "sizeBytes": 90_000_000 + image})
            })
            .collect();
        json!({
            "metadata": {"name": name, "uid": uid, "creationTimestamp": self.ago(90_000),
                "labels": {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}},
            "spec": {"podCIDR": format!("10.{at}.0.0/24"), "providerID": format!("example://{name}")},
            "status": {
                "capacity": room, "allocatable": room, "images": images,
                "addresses": [{"type": "InternalIP", "address": format!("192.0.2.{}", at % 250)},
                    {"type": "Hostname", "address": name}],
                "conditions": [
                    condition("MemoryPressure", "False", "KubeletHasSufficientMemory"),
                    condition("DiskPressure", "False", "KubeletHasNoDiskPressure"),
                    condition("PIDPressure", "False", "KubeletHasSufficientPID"),
                    condition("Ready", "True", "KubeletReady"),
                ],
                "nodeInfo": {"kubeletVersion": "v1.31.2", "containerRuntimeVersion": "containerd://1.7.22",
                    "osImage": "Debian GNU/Linux 12", "kernelVersion": "6.1.0-25-amd64"},
            },
        })
    }

    pub(super) fn service_account(&mut self, namespace: &str) -> Value {
        json!({"metadata": self.meta(namespace, "default", &json!({}), 80_000)})
    }

    pub(super) fn root_certificate(&mut self, namespace: &str) -> Value {
        let meta = self.meta(namespace, "kube-root-ca.crt", &json!({}), 80_000);
        json!({"metadata": meta, "data": {"ca.crt": self.random.hex(1_100)}})
    }

    pub(super) fn app(&mut self, app: &App) -> Made {
        let mut made = Made::default();
        let (namespace, name) = (app.namespace.as_str(), app.name.as_str());
        let wanted = if app.fault == Some(Fault::NoReplicas) { 0 } else { app.pods };
        let ready = if app.fault.is_none_or(Fault::leaves_pods_ready) { wanted } else { 0 };
        let labels = json!({"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": namespace, "tier": "backend"});
        let selector = json!({"app.kubernetes.io/name": name});
        let spec = self.pod_spec(app);
        let replicas = |wanted: usize, ready: usize| {
            json!({"observedGeneration": 3, "replicas": wanted, "readyReplicas": ready, "availableReplicas": ready,
            "updatedReplicas": wanted, "conditions": [
                {"type": "Available", "status": if ready == wanted { "True" } else { "False" },
                    "reason": "MinimumReplicas", "message": "as many as there are",
                    "lastTransitionTime": "2025-11-01T00:00:00Z"},
                {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable",
                    "message": "ReplicaSet has successfully progressed.", "lastTransitionTime": "2025-11-01T00:00:00Z"},
            ]})
        };
        made.deployment.push(json!({
            "metadata": self.meta(namespace, name, &labels, 70_000),
            "spec": {"replicas": wanted, "selector": {"matchLabels": selector}, "revisionHistoryLimit": 10,
                "progressDeadlineSeconds": 600, "template": {"metadata": {"labels": labels}, "spec": spec},
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}}},
            "status": replicas(wanted, ready),
        }));
        let mut newest = (String::new(), String::new());
        for revision in 1..=2_usize {
            let hash = self.random.suffix(10);
            let set = format!("{name}-{hash}");
            let mut labels = labels.clone();
            labels["pod-template-hash"] = json!(hash);
            let mut meta = self.meta(namespace, &set, &labels, 60_000 / revision as u64);
            meta["annotations"] = json!({"deployment.kubernetes.io/revision": revision.to_string()});
            meta["ownerReferences"] = json!([{"apiVersion": "apps/v1", "kind": "Deployment", "name": name,
                "uid": self.random.uid(), "controller": true, "blockOwnerDeletion": true}]);
            let (wanted, ready) = if revision == 2 { (wanted, ready) } else { (0, 0) };
            made.replica_sets.push(json!({
                "metadata": meta,
                "spec": {"replicas": wanted, "selector": {"matchLabels": labels.clone()},
                    "template": {"metadata": {"labels": labels}, "spec": spec}},
                "status": {"replicas": wanted, "readyReplicas": ready, "observedGeneration": 1},
            }));
            newest = (set, hash);
        }
        let mut addresses = Vec::new();
        for at in 0..wanted {
            let name = format!("{}-{}", newest.0, self.random.suffix(5));
            let mut labels = labels.clone();
            labels["pod-template-hash"] = json!(newest.1);
            let (pod, ip) = self.pod(app, &name, &newest.0, &labels, &spec);
            addresses.push(json!({"ip": ip, "nodeName": pod["spec"]["nodeName"], "targetRef":
                {"kind": "Pod", "namespace": namespace, "name": name, "uid": pod["metadata"]["uid"]}}));
            let events = app.events / wanted + usize::from(at < app.events % wanted);
            self.events(&mut made, app, &name, &pod, events);
            if app.fault == Some(Fault::OutOfMemory) {
                let lines = crate::lines::log_lines(40).join("\n");
                let (start, end) =
                    ("==== START logs for container app of pod", "==== END logs for container app of pod");
                let log = format!("{start} {namespace}/{name} ====\n{lines}\n{end} {namespace}/{name} ====\n");
                made.logs.push((name, log));
            }
            made.pods.push(pod);
        }
        let mut service_selector = selector;
        let mut subsets =
            json!([{"addresses": addresses, "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}]}]);
        match app.fault {
            Some(Fault::WrongSelector) => {
                service_selector["app.kubernetes.io/name"] = json!(format!("{name}-v2"));
                subsets = json!([]);
            }
            Some(fault) if !fault.leaves_pods_ready() => {
                let addresses = std::mem::take(&mut subsets[0]["addresses"]);
                subsets[0]["notReadyAddresses"] = addresses;
            }
            _ => {}
        }
        let cluster_ip = format!("10.96.{}.{}", self.random.below(256), self.random.below(256));
        made.service.push(json!({
            "metadata": self.meta(namespace, name, &labels, 70_000),
            "spec": {"clusterIP": cluster_ip, "clusterIPs": [cluster_ip], "type": "ClusterIP",
                "selector": service_selector, "sessionAffinity": "None",
                "ports": [{"name": "http", "port": 80, "protocol": "TCP", "targetPort": "http"}]},
            "status": {"loadBalancer": {}},
        }));
        made.endpoints.push(json!({"metadata": self.meta(namespace, name, &labels, 70_000), "subsets": subsets}));
        made
    }

    /// The spec of a pod template.
    fn pod_spec(&mut self, app: &App) -> Value {
        let name = app.name.as_str();
        let fault = app.fault;
        let port = if fault == Some(Fault::WrongProbePort) { json!(9999) } else { json!("http") };
        let tag = if fault == Some(Fault::NoSuchImage) { "9.9.9-missing" } else { "2.4.1" };
        let probe = |port: &Value| {
            json!({"httpGet": {"path": "/ready", "port": port, "scheme": "HTTP"}, "initialDelaySeconds": 5,
                "periodSeconds": 10, "timeoutSeconds": 2, "successThreshold": 1, "failureThreshold": 3})
        };
        let mut env = vec![
            json!({"name": "LOG_LEVEL", "value": "info"}),
            json!({"name": "TRACE_ENDPOINT", "value": "http://collector.observe.svc.cluster.local:4317"}),
            json!({"name": "POD_NAME", "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}}}),
            json!({"name": "WORKERS", "value": self.random.below(16).to_string()}),
        ];
        env.extend(app.calls.as_ref().map(|to| json!({"name": "UPSTREAM_ADDR", "value": format!("http://{to}:80")})));
        if fault == Some(Fault::NoSuchSecret) {
            let key = json!({"secretKeyRef": {"name": "database-login", "key": "password"}});
            env.push(json!({"name": "DB_PASSWORD", "valueFrom": key}));
        }
        let mut spec = json!({
            "containers": [{
                "name": "app", "image": format!("registry.example.org/{name}:{tag}"), "imagePullPolicy": "IfNotPresent",
                "env": env, "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
                "resources": {"limits": {"cpu": "500m", "memory": "256Mi"}, "requests": {"cpu": "100m", "memory": "128Mi"}},
                "readinessProbe": probe(&port), "livenessProbe": probe(&json!("http")),
                "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
                "volumeMounts": [{"name": "kube-api-access", "readOnly": true,
                    "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}],
            }],
            "restartPolicy": "Always", "dnsPolicy": "ClusterFirst", "serviceAccountName": "default",
            "serviceAccount": "default", "schedulerName": "default-scheduler", "terminationGracePeriodSeconds": 30,
            "securityContext": {"runAsNonRoot": true, "runAsUser": 1000},
        });
        if fault == Some(Fault::NoSuchNode) {
            spec["nodeSelector"] = json!({"disktype": "nvme-fast"});
        }
        spec
    }

    /// A pod and its address.
    fn pod(&mut self, app: &App, name: &str, set: &str, labels: &Value, template: &Value) -> (Value, String) {
        let mut meta = self.meta(&app.namespace, name, labels, 600);
        meta["generateName"] = json!(format!("{set}-"));
        meta["ownerReferences"] = json!([{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": set,
            "uid": self.random.uid(), "controller": true, "blockOwnerDeletion": true}]);
        let mut spec = template.clone();
        spec["enableServiceLinks"] = json!(true);
        spec["preemptionPolicy"] = json!("PreemptLowerPriority");
        spec["priority"] = json!(0);
        spec["tolerations"] = json!([
            {"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
            {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300},
        ]);
        spec["volumes"] = json!([{"name": "kube-api-access", "projected": {"defaultMode": 420, "sources": [
            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
            {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        ]}}]);
        let scheduled = app.fault != Some(Fault::NoSuchNode);
        if scheduled {
            let node = self.random.below(self.nodes as u64);
            spec["nodeName"] = json!(format!("node-{node:03}"));
        }
        let ip = format!("10.{}.{}.{}", self.random.below(256), self.random.below(256), self.random.below(256));
        let status = if scheduled { self.status(app, &ip, &spec) } else { self.unscheduled() };
        (json!({"metadata": meta, "spec": spec, "status": status}), ip)
    }

    fn unscheduled(&self) -> Value {
        let message = "0/200 nodes are available: 200 node(s) didn't match Pod's node affinity/selector.";
        json!({"phase": "Pending", "qosClass": "Burstable", "conditions": [{"type": "PodScheduled", "status": "False",
            "reason": "Unschedulable", "message": message, "lastTransitionTime": self.ago(30)}]})
    }

    fn status(&mut self, app: &App, ip: &str, spec: &Value) -> Value {
        let ready = app.fault.is_none_or(Fault::leaves_pods_ready);
        let condition = |kind: &str, is: bool| {
            json!({"type": kind, "status": if is { "True" } else { "False" }, "lastProbeTime": null,
                "lastTransitionTime": self.ago(599)})
        };
        let conditions = json!([
            condition("PodReadyToStartContainers", true),
            condition("Initialized", true),
            condition("Ready", ready),
            condition("ContainersReady", ready),
            condition("PodScheduled", true),
        ]);
        let waiting = |reason: &str, message: &str| json!({"waiting": {"reason": reason, "message": message}});
        let running = json!({"running": {"startedAt": self.ago(598)}});
        let (phase, state, last, restarts) = match app.fault {
            Some(Fault::OutOfMemory) => {
                let ended = json!({"terminated": {"exitCode": 137, "reason": "OOMKilled", "startedAt": self.ago(9),
                    "finishedAt": self.ago(7)}});
                ("Running", waiting("CrashLoopBackOff", "back-off 5m0s restarting failed container"), ended, 14)
            }
            Some(Fault::NoSuchImage) => {
                ("Pending", waiting("ImagePullBackOff", "Back-off pulling image"), json!({}), 0)
            }
            Some(Fault::NoSuchSecret) => {
                let message = "secret \"database-login\" not found";
                ("Pending", waiting("CreateContainerConfigError", message), json!({}), 0)
            }
            _ => ("Running", running, json!({}), 0),
        };
        let image = &spec["containers"][0]["image"];
        json!({
            "phase": phase, "qosClass": "Burstable", "startTime": self.ago(600), "conditions": conditions,
            "hostIP": "192.0.2.7", "hostIPs": [{"ip": "192.0.2.7"}], "podIP": ip, "podIPs": [{"ip": ip}],
            "containerStatuses": [{
                "name": "app", "image": image, "imageID": format!("registry.example.org/app@sha256:{}", self.random.hex(64)),
                "containerID": format!("containerd://{}", self.random.hex(64)), "ready": ready, "started": ready,
                "restartCount": restarts, "state": state, "lastState": last,
            }],
        })
    }

    /// What the scheduler and the kubelet have said of a pod.
    fn events(&mut self, made: &mut Made, app: &App, name: &str, pod: &Value, count: usize) {
        let image = pod["spec"]["containers"][0]["image"].as_str().unwrap_or_default().to_owned();
        let node = pod["spec"]["nodeName"].as_str().unwrap_or_default().to_owned();
        let usual = [
            ("Scheduled", format!("Successfully assigned {}/{name} to {node}", app.namespace)),
            ("Pulled", format!("Container image \"{image}\" already present on machine")),
            ("Created", "Created container: app".to_owned()),
            ("Started", "Started container app".to_owned()),
        ];
        let fault = app.fault.and_then(|fault| fault.event(name, &image));
        let warning = fault.map(|(reason, message)| (reason, message, "Warning"));
        let normal = usual.into_iter().map(|(reason, message)| (reason, message, "Normal"));
        for (at, (reason, message, kind)) in warning.into_iter().chain(normal).cycle().take(count).enumerate() {
            let minutes = 590 - (at as u64 % 580);
            let id = self.random.hex(16);
            made.events.push(json!({
                "metadata": {"name": format!("{name}.{id}"), "namespace": app.namespace, "uid": self.random.uid(),
                    "creationTimestamp": self.ago(minutes)},
                "involvedObject": {"apiVersion": "v1", "kind": "Pod", "namespace": app.namespace, "name": name,
                    "uid": pod["metadata"]["uid"], "resourceVersion": self.random.below(9_000_000).to_string(),
                    "fieldPath": "spec.containers{app}"},
                "reason": reason, "message": message, "type": kind, "count": 1 + at,
                "source": {"component": "kubelet", "host": node}, "reportingComponent": "kubelet",
                "firstTimestamp": self.ago(minutes), "lastTimestamp": self.ago(if kind == "Warning" { 1 } else { minutes }),
            }));
        }
    }
}
