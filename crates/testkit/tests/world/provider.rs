//! What Terraform applies.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use crate::visit::{TOWN, Visit};

/// A Terraform stack in a folder of its own.
struct Stack {
    dir: tempfile::TempDir,
    terraform: PathBuf,
}

impl Stack {
    /// An empty stack, or `None` where neither Terraform nor OpenTofu is installed.
    fn new() -> Option<Self> {
        let found = ["terraform", "tofu"]
            .into_iter()
            .find(|name| offline(name).arg("version").output().is_ok_and(|output| output.status.success()));
        let Some(terraform) = found else {
            println!("skipped: neither terraform nor tofu is on PATH");
            return None;
        };
        Some(Self { dir: tempfile::tempdir().expect("a folder"), terraform: terraform.into() })
    }

    fn state(&self) -> PathBuf {
        self.dir.path().join("terraform.tfstate")
    }

    fn apply(&self, main: &str) {
        std::fs::write(self.dir.path().join("main.tf"), main).expect("a stack");
        for arguments in [&["init", "-input=false"][..], &["apply", "-input=false", "-auto-approve"]] {
            let output = offline(&self.terraform).args(arguments).current_dir(self.dir.path()).output();
            let output = output.expect("terraform");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
    }
}

/// A command that does not ask the internet whether there is a newer version of it.
fn offline(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env("CHECKPOINT_DISABLE", "1");
    command
}

fn stack(memory: &str, more: &str) -> String {
    format!(
        r#"
        resource "terraform_data" "search" {{
          input = {{
            kind     = "Deployment"
            metadata = {{ name = "search", namespace = "apps" }}
            spec = {{
              replicas   = 2
              containers = [{{ name = "search", resources = {{ limits = {{ memory = "{memory}" }} }} }}]
            }}
          }}
        }}
        {more}
        "#
    )
}

#[tokio::test]
async fn what_terraform_applies_comes_about() {
    let Some(terraform) = Stack::new() else { return };
    let visit = Visit::to_workload(
        "name = \"search\"\nreplicas = 1\nfault = { kind = \"needs-memory\", at_least = \"200Mi\" }",
    );
    terraform.apply(&stack("128Mi", ""));
    visit.world.follow_state(terraform.state());
    assert_eq!(visit.pods("apps", "search").await.len(), 1, "what was applied before counts as having come about");

    let monitor = r#"resource "terraform_data" "monitor" {
      for_each = toset(["wiki"])
      input    = { kind = "Monitor", name = each.key, url = "https://wiki.example.org" }
    }"#;
    terraform.apply(&stack("256Mi", monitor));
    visit.until_ready("apps", "search").await;
    assert_eq!(visit.pods("apps", "search").await.len(), 2);
    let monitors = visit.world.monitors();
    assert_eq!(
        (monitors.len(), monitors[0].name.as_str(), monitors[0].url.as_str()),
        (1, "wiki", "https://wiki.example.org")
    );
    assert!(visit.world.scales().is_empty(), "nobody scaled through the API");

    terraform.apply(&stack("256Mi", ""));
    assert!(visit.world.monitors().is_empty(), "what leaves the stack goes");
    assert_eq!(visit.pods("apps", "search").await.len(), 2, "what stays in it stays");

    terraform.apply("");
    assert!(visit.pods("apps", "search").await.is_empty());
    assert_eq!(visit.probe("apps", "search").await, 502);
}

#[tokio::test]
async fn a_state_acts_where_it_changes_and_nowhere_else() {
    let state = |wiki: u32, serial: u32| {
        let resource = |name: &str, replicas: u32| {
            let manifest = json!({
                "kind": "Deployment", "metadata": { "name": name, "namespace": "apps" }, "spec": { "replicas": replicas },
            });
            let attributes = json!({ "input": { "value": manifest, "type": ["object", {}] } });
            json!({
                "mode": "managed", "type": "terraform_data", "name": name,
                "instances": [{ "attributes": attributes }],
            })
        };
        json!({ "version": 4, "serial": serial, "resources": [resource("wiki", wiki), resource("shop", 2)] })
            .to_string()
    };
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("terraform.tfstate");
    let write = |path: &Path, text: &str| std::fs::write(path, text).expect("a state");
    let visit = Visit::to(&TOWN.replace("replicas = 2\n    needs", "replicas = 0\n    needs"));
    write(&path, &state(1, 1));
    visit.world.follow_state(&path);
    write(&path, &state(3, 2));
    assert_eq!(visit.pods("apps", "wiki").await.len(), 3);
    assert_eq!(visit.pods("apps", "shop").await.len(), 0, "scaled by hand, and not applied again");
    let whole = state(4, 3);
    for half in ["", "{", &whole[..whole.len() / 2], "[]", "null"] {
        write(&path, half);
        assert_eq!(visit.pods("apps", "wiki").await.len(), 3, "half a file says nothing: {half:?}");
    }
    write(&path, &whole);
    assert_eq!(visit.pods("apps", "wiki").await.len(), 4);
    assert_eq!(visit.pods("apps", "shop").await.len(), 0, "and what was known before is not new");
    std::fs::remove_file(&path).expect("no state");
    assert_eq!(visit.pods("apps", "wiki").await.len(), 4);
}
