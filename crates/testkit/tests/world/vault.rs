//! The played Vault, asked by plain HTTP and by curl.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use lamplighter_testkit::fakes::FakeClock;
use lamplighter_testkit::world::VaultWorld;
use lamplighter_testkit::world::vault::{
    KnownTokens, KubernetesRole, Node, PolicyRule, SecretIdRules, TokenRules, TokenWorth, VaultFault,
};
use reqwest::Method;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

/// A Vault with a secret, a role for it, and somebody who asks.
struct Visit {
    vault: VaultWorld,
    clock: FakeClock,
    http: reqwest::Client,
}

const JWT: &str = "the.service.token";

impl Visit {
    fn new() -> Self {
        let clock = FakeClock::new();
        let vault = VaultWorld::start(Arc::new(clock.clone())).expect("a port");
        vault.put("secret", "wiki/db", &[("password", "tr0ub4dor")]);
        vault.set_policy("wiki", [PolicyRule::read("secret/data/wiki/*"), PolicyRule::read("elsewhere/*")]);
        let role = KubernetesRole::new("ops", "lamplighter", TokenRules::new(&["wiki"]));
        vault.set_kubernetes_role("kubernetes", "lamplighter", role);
        let known = KnownTokens::default()
            .with(JWT, "ops", "lamplighter")
            .with("other.namespace", "apps", "lamplighter")
            .with("other.name", "ops", "default")
            .with_audience("other.audience", "ops", "lamplighter", "somebody");
        vault.review_with(Arc::new(known));
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build();
        Self { vault, clock, http: http.expect("a client") }
    }

    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        self.http.request(method, format!("{}{path}", self.vault.url()))
    }

    async fn ask(&self, token: &str, method: &str, path: &str) -> (u16, Value) {
        answer(self.request(method, path).header("X-Vault-Token", token)).await
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        answer(self.request("POST", path).json(&body)).await
    }

    async fn log_in(&self) -> String {
        let body = json!({ "role": "lamplighter", "jwt": JWT });
        let (code, answer) = self.post("/v1/auth/kubernetes/login", body).await;
        assert_eq!(code, 200, "{answer}");
        answer["auth"]["client_token"].as_str().expect("a token").to_owned()
    }

    fn root(&self) -> String {
        self.vault.token(TokenRules::new(&["root"])).expose_secret().to_owned()
    }
}

async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.expect("an answer");
    let code = answer.status().as_u16();
    let body = answer.text().await.expect("text");
    (code, serde_json::from_str(&body).unwrap_or(Value::Null))
}

/// The one error of an answer.
fn error(answer: &Value) -> &str {
    answer["errors"][0].as_str().unwrap_or("no error")
}

#[tokio::test]
async fn a_service_account_logs_in_and_reads_what_its_role_may() {
    let visit = Visit::new();
    let token = visit.log_in().await;
    let (code, secret) = visit.ask(&token, "GET", "/v1/secret/data/wiki/db").await;
    assert_eq!((code, &secret["data"]["data"]["password"]), (200, &json!("tr0ub4dor")));
    assert_eq!(secret["data"]["metadata"]["version"], 1);
    let (code, own) = visit.ask(&token, "GET", "/v1/auth/token/lookup-self").await;
    assert_eq!((code, &own["data"]["ttl"], &own["data"]["renewable"]), (200, &json!(3600), &json!(true)));
    assert_eq!(own["data"]["policies"], json!(["default", "wiki"]));
    assert_eq!(own["data"]["meta"]["service_account_namespace"], "ops");
}

#[tokio::test]
async fn logins_are_refused_as_vault_refuses_them() {
    let visit = Visit::new();
    for (body, code, says) in [
        (json!({ "jwt": JWT }), 400, "missing role"),
        (json!({ "role": "lamplighter" }), 400, "missing jwt"),
        (json!({ "role": "lamplighte", "jwt": JWT }), 400, "invalid role name \"lamplighte\""),
        (json!({ "role": "lamplighter", "jwt": "unknown" }), 403, "permission denied"),
        (json!({ "role": "lamplighter", "jwt": "other.audience" }), 403, "permission denied"),
        (json!({ "role": "lamplighter", "jwt": "other.namespace" }), 403, "namespace not authorized"),
        (json!({ "role": "lamplighter", "jwt": "other.name" }), 403, "service account name not authorized"),
    ] {
        let (answered, answer) = visit.post("/v1/auth/kubernetes/login", body.clone()).await;
        assert_eq!((answered, error(&answer)), (code, says), "{body}");
    }
    assert_eq!(visit.post("/v1/auth/other/login", json!({})).await.0, 403, "no such mount, and no token either");
}

#[tokio::test]
async fn a_secret_id_is_used_up_and_expires() {
    let visit = Visit::new();
    let role_id = visit.vault.set_approle("approle", "ci", TokenRules::new(&["wiki"]));
    let secret_id = |uses, ttl| visit.vault.secret_id("approle", "ci", SecretIdRules { uses, ttl }).expect("a role");
    let twice = secret_id(2, Duration::ZERO);
    let brief = secret_id(0, Duration::from_mins(1));
    let log_in = async |secret_id: &str| {
        let body = json!({ "role_id": role_id, "secret_id": secret_id });
        let (code, answer) = visit.post("/v1/auth/approle/login", body).await;
        (code, error(&answer).to_owned())
    };
    let fine = (200, "no error".to_owned());
    let invalid = (400, "invalid role or secret ID".to_owned());
    assert_eq!(log_in(twice.expose_secret()).await, fine);
    assert_eq!(log_in(twice.expose_secret()).await, fine);
    assert_eq!(log_in(twice.expose_secret()).await, invalid, "two uses are over");
    assert_eq!(log_in(brief.expose_secret()).await, fine);
    visit.clock.advance(Duration::from_mins(1));
    assert_eq!(log_in(brief.expose_secret()).await, invalid, "its time is over");
    let (code, answer) = visit.post("/v1/auth/approle/login", json!({ "role_id": role_id })).await;
    assert_eq!((code, error(&answer)), (400, "missing secret_id"));
    assert!(visit.vault.secret_id("approle", "no such role", SecretIdRules::default()).is_none());
}

#[tokio::test]
async fn a_renewal_is_capped_with_a_warning_and_a_batch_token_refuses_it() {
    let visit = Visit::new();
    let token = visit.vault.token(TokenRules::new(&[]).living(Duration::from_hours(1), Duration::from_mins(150)));
    let renew = async |token: &str, body: Value| {
        let request = visit.request("POST", "/v1/auth/token/renew-self").header("X-Vault-Token", token).json(&body);
        answer(request).await
    };
    for (wait, body, lease, warns) in [
        (50, json!({}), 3600, false),
        (50, json!({ "increment": "10m" }), 600, false),
        (5, json!({ "increment": 7200 }), 2700, true),
        (40, json!({}), 300, true),
    ] {
        visit.clock.advance(Duration::from_mins(wait));
        let (code, answer) = renew(token.expose_secret(), body).await;
        assert_eq!((code, &answer["auth"]["lease_duration"]), (200, &json!(lease)));
        assert_eq!(answer["warnings"].is_array(), warns, "{answer}");
    }
    visit.clock.advance(Duration::from_mins(5));
    let (code, late) = renew(token.expose_secret(), json!({})).await;
    assert_eq!(code, 403, "{late}");

    let batch = visit.vault.token(TokenRules::new(&[]).batch());
    let (code, refused) = renew(batch.expose_secret(), json!({})).await;
    assert_eq!((code, error(&refused)), (400, "lease is not renewable"));
    let (code, refused) = renew(batch.expose_secret(), json!({ "increment": "soon" })).await;
    assert_eq!(code, 400, "{refused}");
}

#[tokio::test]
async fn what_is_not_there_not_allowed_or_not_a_path_is_told_apart() {
    let visit = Visit::new();
    let (token, root) = (visit.log_in().await, visit.root());
    visit.vault.put("secret", "wiki/gone", &[("password", "old")]);
    visit.vault.delete("secret", "wiki/gone");
    visit.vault.put("secret", "wiki/burnt", &[("password", "old")]);
    visit.vault.destroy("secret", "wiki/burnt");
    let denied = "1 error occurred:\n\t* permission denied\n\n";
    let invalid = "2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n";
    for (token, method, path, code, says) in [
        (token.as_str(), "GET", "/v1/secret/data/wiki/nothing", 404, "no error"),
        (&token, "GET", "/v1/secret/data/wiki/db?version=2", 404, "no error"),
        (&token, "GET", "/v1/secret/data/shop/db", 403, denied),
        (&token, "GET", "/v1/elsewhere/x", 404, "no handler for route \"elsewhere/x\". route entry not found."),
        (&token, "DELETE", "/v1/secret/data/wiki/db", 403, denied),
        (&root, "DELETE", "/v1/secret/data/wiki/db", 405, "1 error occurred:\n\t* unsupported operation\n\n"),
        (&root, "PATCH", "/v1/secret/data/wiki/db", 405, "1 error occurred:\n\t* unsupported operation\n\n"),
        (&root, "GET", "/v1/auth/kubernetes/login", 405, "1 error occurred:\n\t* unsupported operation\n\n"),
        (&root, "GET", "/v1/auth/kubernetes/else", 404, "1 error occurred:\n\t* unsupported path\n\n"),
        (&root, "GET", "/ui/", 404, "404 page not found"),
        ("", "GET", "/v1/secret/data/wiki/db", 403, "permission denied"),
        ("hvs.guessed", "GET", "/v1/secret/data/wiki/db", 403, invalid),
    ] {
        let (answered, answer) = visit.ask(token, method, path).await;
        assert_eq!((answered, error(&answer)), (code, says), "{method} {path}");
    }
    let (code, gone) = visit.ask(&token, "GET", "/v1/secret/data/wiki/gone").await;
    assert_eq!((code, &gone["data"]["data"]), (404, &Value::Null));
    assert_ne!(gone["data"]["metadata"]["deletion_time"], "");
    let (code, burnt) = visit.ask(&token, "GET", "/v1/secret/data/wiki/burnt").await;
    assert_eq!((code, &burnt["data"]["metadata"]["destroyed"]), (404, &json!(true)));
    let (code, wrong) = visit.ask(&root, "GET", "/v1/secret/wiki/db").await;
    let warning = wrong["warnings"][0].as_str().expect("a warning");
    assert!(code == 404 && warning.starts_with("Invalid path for a versioned K/V secrets engine"), "{wrong}");
    let (code, listed) = visit.ask(&root, "LIST", "/v1/secret/metadata/wiki").await;
    assert_eq!((code, &listed["data"]["keys"]), (200, &json!(["burnt", "db", "gone"])));
    let (code, metadata) = visit.ask(&root, "GET", "/v1/secret/metadata/wiki/db").await;
    assert_eq!((code, &metadata["data"]["current_version"]), (200, &json!(1)));
}

#[tokio::test]
async fn namespaces_are_nothing_until_they_are_enabled() {
    let visit = Visit::new();
    let root = visit.root();
    visit.vault.put("team/secret", "wiki/db", &[("password", "ours")]);
    let ask = async || {
        let request = visit.request("GET", "/v1/secret/data/wiki/db").header("X-Vault-Token", &root);
        answer(request.header("X-Vault-Namespace", "team")).await
    };
    let (code, refused) = ask().await;
    assert_eq!(code, 404);
    assert_eq!(error(&refused), "no handler for route \"team/secret/data/wiki/db\". route entry not found.");
    visit.vault.enable_namespace("team");
    assert_eq!(ask().await.1["data"]["data"]["password"], "ours");
}

#[tokio::test]
async fn health_is_the_code_of_the_answer() {
    let visit = Visit::new();
    let health = async || visit.ask("", "GET", "/v1/sys/health").await.0;
    assert_eq!(health().await, 200);
    for (node, code) in [
        (Node::Standby(None), 429),
        (Node::PerformanceStandby, 473),
        (Node::DisasterRecovery, 472),
        (Node::Active, 200),
    ] {
        visit.vault.become_node(node);
        assert_eq!(health().await, code);
    }
    visit.vault.seal();
    assert_eq!(health().await, 503);
    assert_eq!(visit.ask("", "GET", "/v1/sys/health?sealedcode=299").await.0, 299);
    assert_eq!(visit.ask("", "GET", "/v1/sys/seal-status").await.1["sealed"], true);
    let (code, sealed) = visit.ask(&visit.root(), "GET", "/v1/secret/data/wiki/db").await;
    assert_eq!((code, error(&sealed)), (503, "Vault is sealed"));
    visit.vault.set_initialized(false);
    assert_eq!(health().await, 501);
    visit.vault.set_initialized(true);
    visit.vault.unseal();
    assert_eq!(health().await, 200);
    assert_eq!(visit.post("/v1/sys/health", json!({})).await.0, 405);
}

#[tokio::test]
async fn a_standby_sends_clients_to_the_active_node() {
    let (visit, active) = (Visit::new(), Visit::new());
    visit.vault.become_node(Node::Standby(Some(active.vault.url())));
    let answer = visit.request("GET", "/v1/secret/data/wiki/db?version=1").send().await.expect("an answer");
    assert_eq!(answer.status(), 307);
    assert_eq!(answer.headers()["location"], format!("{}/v1/secret/data/wiki/db?version=1", active.vault.url()));
}

#[tokio::test]
async fn tokens_end_when_they_are_told_to_and_the_ledger_says_so() {
    let visit = Visit::new();
    let token = visit.log_in().await;
    let read = async |token: &str| visit.ask(token, "GET", "/v1/secret/data/wiki/db").await.0;
    assert_eq!(read(&token).await, 200);
    visit.clock.advance(Duration::from_hours(1));
    assert_eq!(read(&token).await, 403);
    let second = visit.log_in().await;
    let request = visit.request("POST", "/v1/auth/token/revoke-self").bearer_auth(&second).send().await;
    assert_eq!(request.expect("an answer").status(), 204);
    assert_eq!(read(&second).await, 403);
    let third = visit.log_in().await;
    visit.vault.remove_policy("wiki");
    assert_eq!(read(&third).await, 403, "the permission is gone");
    visit.vault.revoke_tokens();
    let once = visit.vault.token(TokenRules::new(&["root"]).with_uses(1));
    assert_eq!(read(once.expose_secret()).await, 200);
    assert_eq!(read(once.expose_secret()).await, 403);

    let requests = visit.vault.requests();
    let reads: Vec<_> = requests.iter().filter(|request| request.path.contains("/data/")).collect();
    let worths: Vec<_> = reads.iter().map(|request| request.token).collect();
    let good = TokenWorth::Good;
    let expected = [good(1), TokenWorth::Expired, TokenWorth::Revoked, good(3), good(4), TokenWorth::Revoked];
    assert_eq!(worths, expected);
    let shown = format!("{requests:?}");
    assert!(shown.contains("<redacted>") && !shown.contains("hvs."), "{shown}");
}

#[tokio::test]
async fn faults_strike_as_told() {
    let visit = Visit::new();
    let token = visit.log_in().await;
    let path = "/v1/secret/data/wiki/db";
    let read = || visit.request("GET", path).header("X-Vault-Token", &token).send();
    visit.vault.fault(VaultFault::status(500).times(2).on("GET", "/data/"));
    for code in [500, 500, 200] {
        assert_eq!(read().await.expect("an answer").status(), code);
    }
    for reset in [VaultFault::reset(), VaultFault::lose_answer()] {
        visit.vault.fault(reset);
        assert!(read().await.is_err());
    }
    let lie = async |fault| {
        visit.vault.fault(fault);
        let answer = read().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        answer.text().await.expect("text")
    };
    assert_eq!(lie(VaultFault::empty()).await, "");
    assert!(lie(VaultFault::not_json()).await.starts_with("<html>"));
    assert!(lie(VaultFault::wrong_shape()).await.contains("\"data\":\"{"));
    assert!(lie(VaultFault::huge(1 << 20)).await.len() >= 1 << 20);
    visit.vault.fault(VaultFault::zero_lease());
    assert_eq!(visit.ask(&token, "GET", "/v1/auth/token/lookup-self").await.1["data"]["ttl"], 0);
    for fault in [VaultFault::hang(), VaultFault::stalled()] {
        visit.vault.fault(fault.lasting());
        let given_up = tokio::time::timeout(Duration::from_millis(50), async { read().await?.text().await });
        assert!(given_up.await.is_err());
        visit.vault.heal();
    }
    assert_eq!(read().await.expect("an answer").status(), 200);
}

#[tokio::test]
async fn curl_logs_in_and_reads() {
    if Command::new("curl").arg("--version").stdout(Stdio::null()).status().is_err() {
        println!("skipped: curl is absent");
        return;
    }
    let visit = Visit::new();
    let curl = |arguments: &[&str]| -> (Value, u16) {
        let quiet = ["--silent", "--noproxy", "*", "--write-out", "\n%{http_code}"];
        let output = Command::new("curl").args(quiet).args(arguments).output().expect("curl runs");
        let text = String::from_utf8(output.stdout).expect("text");
        let (body, code) = text.rsplit_once('\n').expect("a code");
        (serde_json::from_str(body).unwrap_or(Value::Null), code.parse().expect("a number"))
    };
    let url = |path: &str| format!("{}/v1/{path}", visit.vault.url());

    let (health, code) = curl(&[&url("sys/health")]);
    assert_eq!((code, &health["sealed"]), (200, &json!(false)));
    let login = json!({ "role": "lamplighter", "jwt": JWT }).to_string();
    let (answer, code) = curl(&["--data", &login, &url("auth/kubernetes/login")]);
    assert_eq!((code, &answer["auth"]["lease_duration"]), (200, &json!(3600)));
    let header = format!("X-Vault-Token: {}", answer["auth"]["client_token"].as_str().expect("a token"));
    let (secret, code) = curl(&["--header", &header, &url("secret/data/wiki/db")]);
    assert_eq!((code, &secret["data"]["data"]["password"]), (200, &json!("tr0ub4dor")));
    let (own, code) = curl(&["--header", &header, &url("auth/token/lookup-self")]);
    assert_eq!((code, &own["data"]["display_name"]), (200, &json!("kubernetes-ops-lamplighter")));
    visit.clock.advance(Duration::from_mins(30));
    let (renewed, code) = curl(&["--request", "PUT", "--header", &header, &url("auth/token/renew-self")]);
    assert_eq!((code, &renewed["auth"]["renewable"]), (200, &json!(true)));
    let (_, code) = curl(&["--request", "POST", "--header", &header, &url("auth/token/revoke-self")]);
    assert_eq!(code, 204);
    let (refused, code) = curl(&["--header", &header, &url("secret/data/wiki/db")]);
    assert_eq!(code, 403, "{refused}");
}
