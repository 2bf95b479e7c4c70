//! A world and a client, and the words that the tests speak.

use std::time::Duration;

use kube::config::{KubeConfigOptions, Kubeconfig};
use lamplighter_testkit::world::World;
use reqwest::Method;
use serde_json::{Value, json};

/// A wiki that is stuck, a shop that needs it, and a database.
pub(crate) const TOWN: &str = r#"
    nodes = [{ name = "n1" }, { name = "n2" }]

    [[workload]]
    namespace = "apps"
    name = "wiki"
    fault = { kind = "stuck" }
    since_minutes = 20

    [[workload]]
    namespace = "apps"
    name = "shop"
    replicas = 2
    needs = ["apps/wiki", "data/db"]

    [[workload]]
    namespace = "data"
    name = "db"
    kind = "StatefulSet"
    replicas = 2
    claim = "db-data"

    [[workload]]
    namespace = "kube-system"
    name = "proxy"
    kind = "DaemonSet"
    service = false

    [[claim]]
    namespace = "data"
    name = "db-data"

    [[job]]
    namespace = "data"
    name = "backup"
    outcome = "failed"
    message = "no space left on device"

    [[monitor]]
    name = "wiki"
    url = "http://wiki.example.org"
"#;

/// A world and a plain HTTP client that knows its token.
pub(crate) struct Visit {
    pub(crate) world: World,
    pub(crate) http: reqwest::Client,
}

/// An answer of the API.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: u16,
    pub(crate) body: Value,
}

impl Visit {
    pub(crate) fn to(spec: &str) -> Self {
        let world = World::start(spec.parse().expect("a spec that can be read")).expect("a world");
        Self { world, http: reqwest::Client::builder().no_proxy().build().expect("a client") }
    }

    /// A visit to a world of one workload in `apps`.
    pub(crate) fn to_workload(lines: &str) -> Self {
        Self::to(&format!("[[workload]]\nnamespace = \"apps\"\n{lines}"))
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.world.url())).bearer_auth(self.world.token())
    }

    pub(crate) async fn answer(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.expect("an answer");
        let code = response.status().as_u16();
        let text = response.text().await.expect("a body");
        Answer { code, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.answer(self.request(Method::GET, path)).await;
        assert_eq!(answer.code, 200, "{path}: {}", answer.body);
        answer.body
    }

    pub(crate) async fn send(&self, method: Method, path: &str, media: &str, body: &Value) -> Answer {
        let request = self.request(method, path).header("content-type", media).body(body.to_string());
        self.answer(request).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PATCH, path, "application/merge-patch+json", body).await
    }

    pub(crate) async fn delete_pod(&self, pod: &Value) -> Answer {
        let path = format!("/api/v1/namespaces/{}/pods/{}", text(pod, "/metadata/namespace"), name(pod));
        let body = json!({ "preconditions": { "uid": text(pod, "/metadata/uid") } });
        self.send(Method::DELETE, &path, "application/json", &body).await
    }

    /// The pods of a workload, by name.
    pub(crate) async fn pods(&self, namespace: &str, app: &str) -> Vec<Value> {
        items(&self.get(&format!("/api/v1/namespaces/{namespace}/pods?labelSelector=app%3D{app}")).await)
    }

    pub(crate) async fn pod(&self, namespace: &str, app: &str) -> Value {
        self.pods(namespace, app).await.into_iter().next().expect("a pod")
    }

    pub(crate) async fn log(&self, pod: &Value, query: &str) -> Answer {
        let path = format!("/api/v1/namespaces/{}/pods/{}/log?{query}", text(pod, "/metadata/namespace"), name(pod));
        self.answer(self.request(Method::GET, &path)).await
    }

    pub(crate) async fn probe(&self, namespace: &str, service: &str) -> u16 {
        let response = self.http.get(self.world.probe_url(namespace, service)).send().await.expect("an answer");
        response.status().as_u16()
    }

    /// The reasons of the events about objects whose name begins like this, with their types.
    pub(crate) async fn event_reasons(&self, prefix: &str) -> Vec<String> {
        let events = items(&self.get("/api/v1/events").await);
        let about = events.iter().filter(|event| text(event, "/involvedObject/name").starts_with(prefix));
        about.map(|event| format!("{} {}", text(event, "/type"), text(event, "/reason"))).collect()
    }

    pub(crate) async fn until_ready(&self, namespace: &str, workload: &str) {
        until(|| self.world.is_ready(namespace, workload)).await;
    }

    pub(crate) async fn kube(&self) -> kube::Client {
        let kubeconfig = Kubeconfig::from_yaml(&self.world.kubeconfig()).expect("a kubeconfig that kube reads");
        let config = kube::Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await;
        kube::Client::try_from(config.expect("a configuration that kube takes")).expect("a client")
    }
}

pub(crate) async fn until(mut holds: impl FnMut() -> bool) {
    while !holds() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

pub(crate) fn number(value: &Value, pointer: &str) -> u64 {
    value.pointer(pointer).and_then(Value::as_u64).unwrap_or_default()
}

pub(crate) fn items(list: &Value) -> Vec<Value> {
    list["items"].as_array().expect("a list").clone()
}

pub(crate) fn name(object: &Value) -> &str {
    text(object, "/metadata/name")
}

pub(crate) fn is_ready(pod: &Value) -> bool {
    let conditions = pod["status"]["conditions"].as_array().expect("conditions");
    conditions.iter().any(|condition| condition["type"] == "Ready" && condition["status"] == "True")
}

pub(crate) fn names(objects: &[Value]) -> Vec<&str> {
    objects.iter().map(name).collect()
}
