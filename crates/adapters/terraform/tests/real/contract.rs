//! The promises of the port, kept by the real binaries.

use std::any::Any;
use std::path::Path;

use crate::support::{Bench, LockHolder, WIKI, apps, binaries, memory, planned, wiki};
use lamplighter_core::async_trait;
use lamplighter_core::ports::{StackEdit, Stacks, Workspace};
use lamplighter_core::words::PlanApply;
use lamplighter_terraform::TerraformStacks;
use lamplighter_testkit::approve_plan;
use lamplighter_testkit::contract::{self, StacksHarness};

const MONITORS: &str = r#"resource "terraform_data" "files" {
  input = {
    kind = "Monitor"
    name = "files"
    url  = "https://files.example.org"
  }
}
"#;

struct Real {
    bench: Bench,
    stacks: TerraformStacks,
}

impl Real {
    async fn new(binary: &Path) -> Self {
        let bench = Bench::new(binary, &[("main.tf", WIKI), ("../monitoring/main.tf", MONITORS)]);
        bench.write("../broken/main.tf", "resource \"terraform_data\" \"broken\" {\n  nonsense = 1\n}\n");
        let mut options = bench.options();
        options.lock_timeout = std::time::Duration::ZERO;
        let stacks = TerraformStacks::new(options).unwrap();
        for stack in ["apps", "monitoring"] {
            let stack = lamplighter_core::words::StackName::new(stack);
            let first = planned(stacks.plan(&bench.workspace(), &stack, &[]).await.unwrap());
            stacks.apply(&bench.workspace(), approve_plan(first.apply).await).await.unwrap();
        }
        Self { bench, stacks }
    }
}

#[async_trait]
impl StacksHarness for Real {
    fn port(&self) -> &dyn Stacks {
        &self.stacks
    }

    async fn workspace(&self) -> Workspace {
        self.bench.write("main.tf", WIKI);
        self.bench.write("../monitoring/main.tf", MONITORS);
        self.bench.workspace()
    }

    async fn read(&self, workspace: &Workspace, path: &str) -> Option<String> {
        std::fs::read_to_string(workspace.path.join(path)).ok()
    }

    async fn applied_limit(&self) -> String {
        let state: serde_json::Value = serde_json::from_str(&self.bench.state()).unwrap();
        let limit =
            "/resources/0/instances/0/attributes/input/value/spec/template/spec/containers/0/resources/limits/memory";
        state.pointer(limit).unwrap().as_str().unwrap().to_owned()
    }

    async fn apply_elsewhere(&self, _workspace: &Workspace, limit: &str) {
        let now = self.applied_limit().await;
        let dir = self.bench.root.path().join("elsewhere/stacks/apps");
        let _ = std::fs::remove_dir_all(&dir);
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join("main.tf"), WIKI.replace("128Mi", &now)).unwrap();
        let edit = StackEdit::Set { workload: wiki(), knob: memory(), from: now, to: limit.to_owned() };
        let workspace = self.bench.workspace_called("elsewhere");
        let other = planned(self.stacks.plan(&workspace, &apps(), &[edit]).await.unwrap());
        self.stacks.apply(&workspace, approve_plan(other.apply).await).await.unwrap();
    }

    async fn tamper_with_plan(&self, _workspace: &Workspace, apply: &PlanApply) {
        let file = self.bench.root.path().join("plans").join(apply.digest.as_str()).join("plan");
        let mut bytes = std::fs::read(&file).unwrap();
        bytes.extend(b"more");
        std::fs::write(file, bytes).unwrap();
    }

    async fn lock(&self, _workspace: &Workspace) -> Option<Box<dyn Any + Send>> {
        Some(Box::new(LockHolder::start(&self.bench).await))
    }
}

#[tokio::test]
async fn real_stacks_keep_the_promises_of_their_port() {
    for binary in binaries() {
        contract::stacks(&Real::new(&binary).await).await;
    }
}
