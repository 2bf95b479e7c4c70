//! A real Kubernetes control plane (etcd, API server with RBAC, controller manager; no kubelet), shared by all tests
//! of a binary. It is started by `../shared/servers/kube-up`, relative to the repository. Where that, etcd or one
//! of the tools that it needs is absent, the tests are skipped and say so.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use http::{Method, Request};
use kube::Client;
use kube::config::{Config, KubeConfigOptions, Kubeconfig};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The running control plane.
pub(crate) struct Server {
    pub(crate) kubeconfig: PathBuf,
}

/// The server and an administrator's client, or `None` when the test is to be skipped.
pub(crate) async fn server() -> Option<Admin> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    let server = tokio::task::spawn_blocking(|| SERVER.get_or_init(start).as_ref()).await.unwrap()?;
    Some(Admin { server, client: client(&server.kubeconfig).await })
}

/// An administrator of the server: plays the world around the adapter.
pub(crate) struct Admin {
    pub(crate) server: &'static Server,
    client: Client,
}

impl Deref for Admin {
    type Target = Server;

    fn deref(&self) -> &Server {
        self.server
    }
}

impl Admin {
    pub(crate) async fn call(&self, method: Method, path: &str, body: Value) -> Result<Value, kube::Error> {
        let body = if body.is_null() { Vec::new() } else { serde_json::to_vec(&body).unwrap() };
        let kind = if method == Method::PATCH { "application/merge-patch+json" } else { "application/json" };
        let request = Request::builder().method(method).uri(path).header("content-type", kind);
        self.client.request(request.body(body).unwrap()).await
    }

    pub(crate) async fn create(&self, path: &str, body: Value) -> Value {
        self.call(Method::POST, path, body).await.unwrap()
    }

    /// Server-side apply (Kubernetes docs, of that name), which refuses fields that the server does not know.
    pub(crate) async fn apply(&self, path: &str, object: &Value) -> Result<Value, kube::Error> {
        let request = Request::patch(path).header("content-type", "application/apply-patch+yaml");
        self.client.request(request.body(serde_json::to_vec(object).unwrap()).unwrap()).await
    }

    /// Asks in the place of another user.
    pub(crate) async fn create_as(&self, user: &str, path: &str, body: Value) -> Value {
        let request = Request::post(path).header("content-type", "application/json").header("impersonate-user", user);
        self.client.request(request.body(serde_json::to_vec(&body).unwrap()).unwrap()).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.call(Method::GET, path, Value::Null).await.unwrap()
    }

    pub(crate) async fn exists(&self, path: &str) -> bool {
        self.call(Method::GET, path, Value::Null).await.is_ok()
    }

    /// An empty namespace for one test.
    pub(crate) async fn namespace(&self, name: &str) -> String {
        self.create("/api/v1/namespaces", json!({ "metadata": { "name": name } })).await;
        name.to_owned()
    }

    /// A pod on its own; returns its UID.
    pub(crate) async fn pod(&self, namespace: &str, name: &str) -> String {
        let pod = json!({ "metadata": { "name": name }, "spec": pod_spec() });
        let pod = self.create(&format!("/api/v1/namespaces/{namespace}/pods"), pod).await;
        pod["metadata"]["uid"].as_str().unwrap().to_owned()
    }

    /// A deployment (`deployments`) or stateful set (`statefulsets`).
    pub(crate) async fn workload(&self, namespace: &str, plural: &str, name: &str, replicas: u32) {
        let spec = json!({
            "replicas": replicas,
            "selector": { "matchLabels": { "app": name } },
            "serviceName": name,
            "template": { "metadata": { "labels": { "app": name } }, "spec": pod_spec() },
        });
        let workload = json!({ "metadata": { "name": name }, "spec": spec });
        self.create(&format!("/apis/apps/v1/namespaces/{namespace}/{plural}"), workload).await;
    }

    pub(crate) async fn replicas(&self, namespace: &str, plural: &str, name: &str) -> u64 {
        let workload = self.get(&format!("/apis/apps/v1/namespaces/{namespace}/{plural}/{name}")).await;
        workload["spec"]["replicas"].as_u64().unwrap()
    }

    /// A service account that a role lets do this in its namespace, and a kubeconfig of it.
    pub(crate) async fn account(&self, namespace: &str, verbs: &[&str], resources: &[&str]) -> TempDir {
        let rules = json!([{ "apiGroups": ["", "apps"], "resources": resources, "verbs": verbs }]);
        self.bound_account(namespace, &format!("namespaces/{namespace}/"), "Role", rules).await
    }

    /// A service account that may see these resources in every namespace, and a kubeconfig of it.
    pub(crate) async fn cluster_account(&self, namespace: &str, resources: &[&str]) -> TempDir {
        let rules = json!([{ "apiGroups": ["", "apps", "batch"], "resources": resources, "verbs": ["get", "list"] }]);
        self.bound_account(namespace, "cluster", "ClusterRole", rules).await
    }

    /// The token of the kubeconfig is from the token API.
    async fn bound_account(&self, namespace: &str, place: &str, kind: &str, rules: Value) -> TempDir {
        let core = format!("/api/v1/namespaces/{namespace}");
        let rbac = format!("/apis/rbac.authorization.k8s.io/v1/{place}role");
        self.create(&format!("{core}/serviceaccounts"), json!({ "metadata": { "name": "reader" } })).await;
        self.create(&format!("{rbac}s"), json!({ "metadata": { "name": "reader" }, "rules": rules })).await;
        let binding = json!({
            "metadata": { "name": "reader" },
            "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": "reader" },
            "subjects": [{ "kind": "ServiceAccount", "name": "reader", "namespace": namespace }],
        });
        self.create(&format!("{rbac}bindings"), binding).await;
        let request = json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {} });
        let answer = self.create(&format!("{core}/serviceaccounts/reader/token"), request).await;
        super::kubeconfig(&self.url().await, answer["status"]["token"].as_str().unwrap())
    }

    pub(crate) async fn url(&self) -> String {
        let kubeconfig = Kubeconfig::read_from(&self.kubeconfig).unwrap();
        let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.unwrap();
        config.cluster_url.to_string().trim_end_matches('/').to_owned()
    }
}

/// Asks again and again, as a controller needs a moment.
pub(crate) async fn eventually<T, F: Future<Output = Option<T>>>(mut ask: impl FnMut() -> F) -> T {
    loop {
        if let Some(found) = ask().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn pod_spec() -> Value {
    json!({ "containers": [{ "name": "app", "image": "registry.invalid/app:1" }] })
}

async fn client(kubeconfig: &Path) -> Client {
    let kubeconfig = Kubeconfig::read_from(kubeconfig).unwrap();
    let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.unwrap();
    Client::try_from(config).unwrap()
}

#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn start() -> Option<Server> {
    let kube_up = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/servers/kube-up");
    if !kube_up.is_file() {
        println!("skipped: {} is absent", kube_up.display());
        return None;
    }
    for tool in ["etcd", "xz", "openssl", "python3", "curl", "setsid"] {
        let found = Command::new("sh").args(["-c", &format!("command -v {tool}")]).stdout(Stdio::null()).status();
        if !found.is_ok_and(|status| status.success()) {
            println!(
                "skipped: {tool} is absent (Debian: apt-get install -y etcd-server xz-utils openssl python3 curl)"
            );
            return None;
        }
    }
    let dir = tempfile::tempdir().unwrap().keep();
    stop_at_exit(&kube_up, &dir);
    let output = Command::new(&kube_up).arg(&dir).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(Server { kubeconfig: PathBuf::from(String::from_utf8(output.stdout).unwrap().trim()) })
}

/// A shell that waits for the end of its input, which is the end of this process, however it comes.
fn stop_at_exit(kube_up: &Path, dir: &Path) {
    let script = r#"cat >/dev/null; "$0" --down "$1"
        for pid in "$1"/*.pid; do while kill -0 "$(cat "$pid")" 2>/dev/null; do sleep 0.1; done; done
        rm -rf "$1""#;
    let mut shell = Command::new("setsid");
    shell.args(["sh", "-c", script]).arg(kube_up).arg(dir);
    let child = shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // Its input stays open for as long as this process lives.
    std::mem::forget(child);
}
