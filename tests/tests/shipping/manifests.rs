//! The Kubernetes manifests, as far as no cluster is needed. That a real one takes them, and what the account may do
//! there, is in the tests of the Kubernetes adapter.

use serde_json::Value;

use crate::files::{deploy, yaml};
use crate::vendors::{holds, service_monitor};

#[test]
fn the_service_monitor_is_what_the_operator_takes() {
    let breaks =
        [("interval: 30s", "interval: often"), ("  selector:", "  selectors:"), ("ServiceMonitor", "PodMonitor")];
    holds(service_monitor, "kubernetes/monitoring/service-monitor.yaml", &breaks);
}

#[test]
fn a_kustomization_names_every_manifest_beside_it() {
    for folder in ["", "actions/", "ingress/", "monitoring/", "secret-names/"] {
        let path = format!("kubernetes/{folder}");
        let kustomization = yaml(&format!("{path}kustomization.yaml"));
        let mut named: Vec<&str> = strings(&kustomization["resources"]);
        named.extend(kustomization["configMapGenerator"].as_array().iter().flat_map(|maps| strings(&maps[0]["files"])));
        named.push("kustomization.yaml");
        named.sort_unstable();
        let entries = std::fs::read_dir(deploy().join(&path)).unwrap().map(Result::unwrap);
        let files = entries.filter(|entry| entry.path().is_file());
        let mut files: Vec<String> = files.map(|entry| entry.file_name().into_string().unwrap()).collect();
        files.sort_unstable();
        assert_eq!(named, files, "{path}");
    }
}

/// What is chosen by labels and by the name of a port is there.
#[test]
fn what_selects_the_pod_selects_this_pod() {
    let deployment = yaml("kubernetes/deployment.yaml");
    let pod = deployment.pointer("/spec/template").unwrap();
    let labels = &pod["metadata"]["labels"];
    let service = yaml("kubernetes/service.yaml");
    assert_eq!(deployment.pointer("/spec/selector/matchLabels"), Some(labels));
    assert_eq!(service.pointer("/spec/selector"), Some(labels));
    assert_eq!(yaml("kubernetes/network-policy.yaml").pointer("/spec/podSelector/matchLabels"), Some(labels));
    let monitor = yaml("kubernetes/monitoring/service-monitor.yaml");
    assert_eq!(monitor.pointer("/spec/selector/matchLabels"), service.pointer("/metadata/labels"));

    let container = pod.pointer("/spec/containers/0").unwrap();
    let port = &container["ports"][0]["name"];
    for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
        assert_eq!(&container[probe]["httpGet"]["port"], port, "{probe}");
    }
    assert_eq!(&service["spec"]["ports"][0]["targetPort"], port);
    let name = &service["spec"]["ports"][0]["name"];
    assert_eq!(&monitor["spec"]["endpoints"][0]["port"], name);
    let ingress = yaml("kubernetes/ingress/ingress.yaml");
    let path = ingress.pointer("/spec/rules/0/http/paths/0").unwrap();
    assert_eq!(path.pointer("/backend/service/name"), service.pointer("/metadata/name"));
    assert_eq!(path.pointer("/backend/service/port/name").unwrap(), name);
    assert_eq!((&path["path"], &path["pathType"]), (&"/webhooks/github".into(), &"Exact".into()));
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}
