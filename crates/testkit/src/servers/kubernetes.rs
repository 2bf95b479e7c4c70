use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use lamplighter_core::async_trait;
use reqwest::{Client, Method};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::process::{folder, folders, say};
use crate::world::vault::{ServiceAccount, TokenReviewer};

/// What starts the API server needs; the last one stores for it.
const NEEDED: [&str; 5] = ["xz", "openssl", "python3", "curl", "etcd"];

/// Ends the server and removes its folder when its input ends, which it does with the process that started it.
const GUARD: &str = r#"cat >/dev/null; "$0" --down "$1"
for pid in "$1"/*.pid; do while kill -0 "$(cat "$pid")" 2>/dev/null; do sleep 0.1; done; done
rm -rf "$1""#;

/// A real Kubernetes API server with RBAC and its controllers, without nodes. It is gone when it is dropped.
pub struct KubernetesApi {
    guard: Child,
    url: String,
    admin: SecretString,
    tokens: AtomicU64,
}

impl KubernetesApi {
    /// Starts one, with `../shared/servers/kube-up` beside the repository; `None` and a line that says so where that or
    /// something that it needs is absent. Takes about ten seconds.
    ///
    /// # Panics
    /// When it is all there and does not start.
    #[must_use]
    pub fn start() -> Option<Self> {
        let kube_up = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/servers/kube-up");
        if !kube_up.is_file() {
            say("skipped: ../shared/servers/kube-up is absent beside the repository");
            return None;
        }
        let path = search_path();
        let is_there = |tool: &&str| std::env::split_paths(&path).any(|folder| folder.join(tool).is_file());
        if let Some(absent) = NEEDED.iter().find(|tool| !is_there(tool)) {
            say(&format!("skipped: {absent} is absent (./run setup gets it)"));
            return None;
        }
        let dir = folder().keep();
        let guard = guard(&kube_up, &dir);
        let output = Command::new(&kube_up).arg(&dir).env("PATH", &path).output().expect("kube-up can be run");
        assert!(output.status.success(), "kube-up fails: {}", String::from_utf8_lossy(&output.stderr));
        let kubeconfig = String::from_utf8(output.stdout).expect("a path is text");
        let kubeconfig = std::fs::read_to_string(PathBuf::from(kubeconfig.trim())).expect("there is a kubeconfig");
        let (url, admin) = (quoted(&kubeconfig, "server: "), quoted(&kubeconfig, "token: "));
        Some(Self { guard, url, admin: admin.into(), tokens: AtomicU64::new(0) })
    }

    /// Sends a request of a cluster's administrator; returns status and body.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn call(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let request = client().request(method, format!("{}{path}", self.url));
        let request = request.bearer_auth(self.admin.expose_secret()).json(body);
        let answer = request.send().await.expect("the API server answers");
        let code = answer.status().as_u16();
        (code, answer.json().await.expect("the API server speaks JSON"))
    }

    /// Makes a namespace where there is none yet, and a service account in it.
    ///
    /// # Panics
    /// When the account is there already.
    pub async fn add_service_account(&self, namespace: &str, name: &str) {
        let named = |name: &str| json!({ "metadata": { "name": name } });
        self.call(Method::POST, "/api/v1/namespaces", &named(namespace)).await;
        let path = format!("/api/v1/namespaces/{namespace}/serviceaccounts");
        let (code, answer) = self.call(Method::POST, &path, &named(name)).await;
        assert_eq!(code, 201, "{answer}");
    }

    /// A new token of a service account, as the kubelet asks for one. Without audiences it is for the API server.
    ///
    /// # Panics
    /// When there is no such account.
    pub async fn service_account_token(&self, namespace: &str, name: &str, audiences: &[&str]) -> SecretString {
        let path = format!("/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token");
        // Two that are asked for in the same second and end in the same one are the same.
        let seconds = 3600 + self.tokens.fetch_add(1, Ordering::Relaxed);
        let spec = json!({ "audiences": audiences, "expirationSeconds": seconds });
        let request = json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec });
        let (code, answer) = self.call(Method::POST, &path, &request).await;
        assert_eq!(code, 201, "{answer}");
        answer.pointer("/status/token").and_then(Value::as_str).expect("a token").into()
    }

    /// Somebody who asks this server whose a token is, with an account that may do just that.
    ///
    /// # Panics
    /// When it was called before.
    pub async fn reviewer(&self) -> ApiServerReviewer {
        self.add_service_account("vault", "reviewer").await;
        let binding = json!({
            "metadata": { "name": "vault-reviewer" },
            "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "system:auth-delegator" },
            "subjects": [{ "kind": "ServiceAccount", "name": "reviewer", "namespace": "vault" }],
        });
        let path = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";
        let (code, answer) = self.call(Method::POST, path, &binding).await;
        assert_eq!(code, 201, "{answer}");
        let token = self.service_account_token("vault", "reviewer", &[]).await;
        ApiServerReviewer { http: client(), url: self.url.clone(), token }
    }
}

impl Drop for KubernetesApi {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        drop(self.guard.wait());
    }
}

impl fmt::Debug for KubernetesApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KubernetesApi").field("url", &self.url).finish_non_exhaustive()
    }
}

/// Asks an API server whose a service-account token is, with the request that Vault sends.
pub struct ApiServerReviewer {
    http: Client,
    url: String,
    token: SecretString,
}

#[async_trait]
impl TokenReviewer for ApiServerReviewer {
    async fn review(&self, jwt: &str, audience: &str) -> Option<ServiceAccount> {
        let audiences: Vec<_> = Some(audience).filter(|audience| !audience.is_empty()).into_iter().collect();
        let spec = json!({ "token": jwt, "audiences": audiences });
        let review = json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": spec });
        let url = format!("{}/apis/authentication.k8s.io/v1/tokenreviews", self.url);
        let request = self.http.post(url).bearer_auth(self.token.expose_secret()).json(&review);
        let answer: Value = request.send().await.ok()?.error_for_status().ok()?.json().await.ok()?;
        let status = answer.get("status")?;
        let is_meant = |told: &Value| told.as_array().is_some_and(|told| told.iter().any(|one| *one == audience));
        if status.get("authenticated") != Some(&Value::Bool(true))
            || !(audience.is_empty() || status.get("audiences").is_some_and(is_meant))
        {
            return None;
        }
        let user = status.get("user")?;
        let account = user.get("username")?.as_str()?.strip_prefix("system:serviceaccount:")?;
        let (namespace, name) = account.split_once(':')?;
        let uid = user.get("uid").and_then(Value::as_str).unwrap_or_default().to_owned();
        Some(ServiceAccount { namespace: namespace.to_owned(), name: name.to_owned(), uid })
    }
}

impl fmt::Debug for ApiServerReviewer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiServerReviewer").field("url", &self.url).finish_non_exhaustive()
    }
}

/// The server's certificate is its own.
fn client() -> Client {
    let client = Client::builder().tls_danger_accept_invalid_certs(true).no_proxy();
    client.build().expect("a client can be made")
}

/// The `PATH`, with where `./run setup` puts programs at its end.
fn search_path() -> std::ffi::OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<_> = std::env::split_paths(&path).chain(folders("tools/bin")).collect();
    std::env::join_paths(folders).unwrap_or(path)
}

fn guard(kube_up: &Path, dir: &Path) -> Child {
    use std::os::unix::process::CommandExt;

    let mut shell = Command::new("sh");
    shell.args(["-c", GUARD]).arg(kube_up).arg(dir).process_group(0);
    shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a shell can be started")
}

/// What is in quotes after a key.
fn quoted(text: &str, key: &str) -> String {
    let rest = text.split_once(key).map(|(_, rest)| rest).expect("the kubeconfig has the key");
    rest.split('"').nth(1).expect("the value is in quotes").to_owned()
}
