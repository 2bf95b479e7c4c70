use lamplighter_core::diagnosis::{Cause, RootCause};
use lamplighter_testkit::scene::{SceneBuilder, scene_of};
use serde_json::{Value, json};

use crate::Database;

pub(super) const MARIA: &str = "registry.example.org/mirror/mariadb:11.4@sha256:00";
pub(super) const POSTGRES: &str = "postgres:16";
pub(super) const REDIS: &str = "valkey/valkey:8";
pub(super) const MONGO: &str = "registry.example.org/mongo:7";

/// A deployment with one ready pod, of this image, with this environment, and its pod's address.
pub(super) fn app(name: &str, image: &str, env: &[(&str, &str)], ip: &str) -> Vec<Value> {
    let labels = json!({"unit": name});
    let env: Vec<Value> = env.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    let containers = json!([{"name": "main", "image": image, "env": env}]);
    vec![
        json!({"kind": "StatefulSet", "metadata": {"namespace": "shop", "name": name},
            "spec": {"replicas": 1, "template": {"metadata": {"labels": labels}, "spec": {"containers": containers}}},
            "status": {"replicas": 1, "readyReplicas": 1}}),
        json!({"kind": "Pod",
            "metadata": {"namespace": "shop", "name": format!("{name}-0"), "labels": labels,
                "ownerReferences": [{"kind": "StatefulSet", "name": name, "controller": true}]},
            "spec": {"containers": containers},
            "status": {"phase": "Running", "podIP": ip, "conditions": [{"type": "Ready", "status": "True"}]}}),
    ]
}

pub(super) fn service(name: &str, port: u16) -> Value {
    json!({"kind": "Service", "metadata": {"namespace": "shop", "name": name},
        "spec": {"selector": {"unit": name}, "clusterIP": "10.96.0.40", "ports": [{"port": port}]}})
}

/// Database `shop/store` behind a service on this port, and `shop/till`, which is configured to ask it there.
pub(super) fn till_and(image: &str, port: u16) -> SceneBuilder {
    till_with(image, port, &[("STORE_ADDR", &format!("store:{port}"))])
}

/// The same with `till` configured like this.
pub(super) fn till_with(image: &str, port: u16, env: &[(&str, &str)]) -> SceneBuilder {
    let till = app("till", "registry.example.org/till:2", env, "10.1.0.7");
    scene_of(app("store", image, &[], "10.1.0.4").into_iter().chain(till).chain([service("store", port)]))
}

/// The same with `shop/desk`, which asks the database as well.
pub(super) fn till_desk_and(image: &str, port: u16) -> SceneBuilder {
    let desk = app("desk", "registry.example.org/desk:2", &[("DB", &format!("store:{port}"))], "10.1.0.8");
    desk.into_iter().fold(till_and(image, port), SceneBuilder::object)
}

/// Makes a pod not ready.
pub(super) fn unready(scene: SceneBuilder, app: &str) -> SceneBuilder {
    let name = format!("{app}-0");
    scene.change(move |state| {
        let mut pods = state.pods.items().to_vec();
        for pod in pods.iter_mut().filter(|pod| pod.metadata.name == name) {
            pod.status.conditions[0].status = "False".to_owned();
        }
        state.pods = lamplighter_core::cluster::Observed::Seen(pods);
    })
}

/// The causes that all rules name.
pub(super) fn causes(scene: SceneBuilder) -> Vec<RootCause> {
    Database::new().examine(&scene.build()).causes
}

/// The codes of the causes that all rules name, the likeliest first.
pub(super) fn codes(scene: SceneBuilder) -> Vec<&'static str> {
    causes(scene).iter().map(|cause| cause.cause.code()).collect()
}

/// That one cause is named, of this object, with evidence and a chain.
#[track_caller]
pub(super) fn check(scene: SceneBuilder, cause: Cause, culprit: &str) -> RootCause {
    let mut causes = causes(scene);
    assert_eq!(causes.iter().map(|it| it.cause).collect::<Vec<_>>(), [cause], "{causes:?}");
    let named = causes.remove(0);
    assert_eq!(named.culprit.to_string(), culprit);
    assert!(named.chain.len() == 2 && !named.evidence[0].evidence.is_empty(), "{named:?}");
    named
}
