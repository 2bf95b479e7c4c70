//! Runs the script against played systems.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use lamplighter_testkit::servers::program;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::files::deploy;
use crate::played::{Answer, Played, Request};

/// What must be seen nowhere but where it belongs.
pub(super) const JWT: &str = "jwt-0f-the-p0d";
pub(super) const VAULT_TOKEN: &str = "hvs.vault-t0ken";
pub(super) const API_TOKEN: &str = "api-t0ken";

/// The systems, and what the script is told.
pub(super) struct Stage {
    pub(super) vault: Played,
    pub(super) lamplighter: Played,
    pub(super) folder: TempDir,
    variables: Vec<(String, String)>,
    shell: Vec<&'static str>,
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) code: Option<i32>,
    pub(super) out: String,
    pub(super) said: String,
}

impl Stage {
    /// Systems that do as they should, and a job that goes through these states; `None` and a line where the script
    /// cannot run here.
    pub(super) fn new(states: &'static [&'static str]) -> Option<Self> {
        Self::with(vault, lamplighter(states))
    }

    /// Systems that answer so.
    pub(super) fn with(
        vault: impl FnMut(&Request) -> Answer + Send + 'static,
        lamplighter: impl FnMut(&Request) -> Answer + Send + 'static,
    ) -> Option<Self> {
        program(&["curl"]).and(program(&["jq"]))?;
        let folder = tempfile::tempdir().unwrap();
        let jwt = folder.path().join("jwt");
        std::fs::write(&jwt, format!("{JWT}\n")).unwrap();
        let (vault, lamplighter) = (Played::start(vault), Played::start(lamplighter));
        let stage = Self { vault, lamplighter, folder, variables: Vec::new(), shell: vec!["sh"] };
        let (vault, lamplighter) = (stage.vault.url(), stage.lamplighter.url());
        let stage = stage.set("VAULT_ADDR", &vault).set("LAMPLIGHTER_URL", &lamplighter);
        let stage = stage.set("JWT_FILE", jwt.to_str().unwrap()).set("POLL_SECONDS", "0");
        Some(stage.set("ISSUE_NUMBER", "42").set("ISSUE_TITLE", "Wiki shows 502"))
    }

    /// Sets a variable; the last word counts.
    pub(super) fn set(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Takes another shell.
    pub(super) fn shell(self, shell: &[&'static str]) -> Self {
        Self { shell: shell.to_vec(), ..self }
    }

    /// Runs the script to its end.
    pub(super) fn run(&mut self) -> Ended {
        self.run_watched(|_, _| {})
    }

    /// The same, and calls back for each line that it says.
    pub(super) fn run_watched(&mut self, mut hears: impl FnMut(&mut Self, &str)) -> Ended {
        let mut command = Command::new(self.shell[0]);
        command.args(&self.shell[1..]).arg(script()).current_dir(self.folder.path()).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap()).env("TMPDIR", self.folder.path());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut said = String::new();
        for line in BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap) {
            hears(self, &line);
            said.push_str(&line);
            said.push('\n');
        }
        let output = child.wait_with_output().unwrap();
        let ended = Ended { code: output.status.code(), out: String::from_utf8(output.stdout).unwrap(), said };
        for secret in [JWT, VAULT_TOKEN, API_TOKEN] {
            assert!(!ended.out.contains(secret) && !ended.said.contains(secret), "{secret} is said: {ended:?}");
        }
        let left: Vec<_> =
            std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| name == "jwt" || name == "bin"), "something is left behind: {left:?}");
        ended
    }

    /// The one order that Lamplighter has got.
    pub(super) fn order(&self) -> Value {
        let seen = self.lamplighter.seen();
        let orders: Vec<_> = seen.iter().filter(|request| request.line == "POST /execute").collect();
        assert_eq!(orders.len(), 1, "{seen:?}");
        orders[0].json()
    }
}

fn script() -> PathBuf {
    deploy().join(super::SCRIPT)
}

/// A Vault with the token in `secret/lamplighter`.
pub(super) fn vault(request: &Request) -> Answer {
    let has_token = request.header("x-vault-token") == Some(VAULT_TOKEN);
    match request.line.as_str() {
        "POST /v1/auth/kubernetes/login" => {
            let login = request.json();
            if login != json!({ "jwt": JWT, "role": "lamplighter-pipeline" }) {
                return (400, json!({ "errors": ["invalid role name"] }).to_string());
            }
            (200, json!({ "auth": { "client_token": VAULT_TOKEN, "lease_duration": 60 } }).to_string())
        }
        "GET /v1/secret/data/lamplighter" if has_token => {
            (200, json!({ "data": { "data": { "api_token": API_TOKEN }, "metadata": { "version": 1 } } }).to_string())
        }
        "POST /v1/auth/token/revoke-self" if has_token => (204, String::new()),
        _ => (403, json!({ "errors": ["permission denied"] }).to_string()),
    }
}

/// A Lamplighter whose one job goes through these states.
pub(super) fn lamplighter(states: &'static [&'static str]) -> impl FnMut(&Request) -> Answer + Send {
    let left = Arc::new(Mutex::new(states.iter()));
    move |request| {
        if request.header("authorization") != Some(&format!("Bearer {API_TOKEN}")) {
            return (401, json!({ "error": "the token is not known" }).to_string());
        }
        match request.line.as_str() {
            "POST /execute" => (202, json!({ "job_id": "j-1" }).to_string()),
            "GET /jobs/j-1" => {
                let state =
                    left.lock().unwrap().next().unwrap_or_else(|| panic!("it is asked for more than {states:?}"));
                (200, json!({ "job_id": "j-1", "status": state, "result": "said \u{1b}[2J and done" }).to_string())
            }
            _ => (404, json!({ "error": "there is no such job" }).to_string()),
        }
    }
}
