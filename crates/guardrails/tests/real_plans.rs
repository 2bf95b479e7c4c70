//! What Terraform (or OpenTofu) really writes, judged by the whole set of rules: `terraform_data` needs no provider
//! and no network. Skipped where neither is on the PATH.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use lamplighter_core::plan::Plan;
use lamplighter_core::words::{
    Action, Change, ChangeKey, Confidence, Digest, Health, Impact, PlanApply, StackName, StateVersion,
};
use lamplighter_core::{RefusalKind, RunKey};
use lamplighter_guardrails::{Policy, guardrails};
use lamplighter_testkit::ContextBuilder;
use lamplighter_testkit::fakes::FakeStopSwitch;

const BEFORE: &str = r#"
resource "terraform_data" "wiki" {
  input = {
    replicas = 2
    containers = [{
      name  = "wiki", image = "wiki:1", memory_limit = "128Mi"
      env   = [{ name = "A", value = "1" }, { name = "B", value = "2" }]
    }]
  }
}
resource "terraform_data" "kept" {
  input            = "x"
  triggers_replace = "1"
}
output "url" {
  value = "https://wiki.example.org"
}
"#;

/// A plan from one configuration to another, judged for a service that is down or one that is up.
struct Case {
    name: &'static str,
    edit: fn(&str) -> String,
    down: Option<RefusalKind>,
    up: Option<RefusalKind>,
}

const APPROVED: Option<RefusalKind> = None;
const ESCALATED: Option<RefusalKind> = Some(RefusalKind::Escalate);
const DENIED: Option<RefusalKind> = Some(RefusalKind::Denied);

const CASES: [Case; 12] = [
    Case { name: "nothing", edit: str::to_owned, down: APPROVED, up: APPROVED },
    Case { name: "a raised limit", edit: |text| text.replace("128Mi", "256Mi"), down: APPROVED, up: APPROVED },
    Case { name: "another image", edit: |text| text.replace("wiki:1", "wiki:2"), down: APPROVED, up: ESCALATED },
    Case {
        name: "a lost env block",
        edit: |text| text.replace(r#", { name = "B", value = "2" }"#, "").replace("128Mi", "256Mi"),
        down: ESCALATED,
        up: ESCALATED,
    },
    Case {
        name: "a replacement",
        edit: |text| text.replace(r#"triggers_replace = "1""#, r#"triggers_replace = "2""#),
        down: ESCALATED,
        up: ESCALATED,
    },
    Case {
        name: "a destroy",
        edit: |text| {
            text.replace(
                "resource \"terraform_data\" \"kept\" {\n  input            = \"x\"\n  triggers_replace = \"1\"\n}",
                "",
            )
        },
        down: ESCALATED,
        up: ESCALATED,
    },
    Case {
        name: "a removed block that forgets",
        edit: |text| {
            text.replace(
                "resource \"terraform_data\" \"kept\" {\n  input            = \"x\"\n  triggers_replace = \"1\"\n}",
                "removed {\n  from = terraform_data.kept\n  lifecycle {\n    destroy = false\n  }\n}",
            )
        },
        down: ESCALATED,
        up: ESCALATED,
    },
    Case {
        name: "a move",
        edit: |text| {
            let moved = "moved {\n  from = terraform_data.kept\n  to   = terraform_data.other\n}\n";
            format!("{}{moved}", text.replace("\"kept\"", "\"other\""))
        },
        down: ESCALATED,
        up: ESCALATED,
    },
    Case {
        name: "a monitor more",
        edit: |text| {
            format!("{text}resource \"terraform_data\" \"monitor\" {{\n  input = {{ url = \"https://x\" }}\n}}\n")
        },
        down: APPROVED,
        up: APPROVED,
    },
    Case {
        name: "a resource that runs a program",
        edit: |text| {
            format!(
                "{text}resource \"terraform_data\" \"run\" {{\n  provisioner \"local-exec\" {{\n    command = \"true\"\n  }}\n}}\n"
            )
        },
        down: DENIED,
        up: DENIED,
    },
    Case {
        name: "a sensitive value",
        edit: |text| text.replace(r#"value = "1""#, r#"value = sensitive("1")"#),
        down: ESCALATED,
        up: ESCALATED,
    },
    Case {
        name: "an output gone",
        edit: |text| text.replace("output \"url\" {\n  value = \"https://wiki.example.org\"\n}", ""),
        down: ESCALATED,
        up: ESCALATED,
    },
];

#[tokio::test]
async fn plans_that_terraform_makes_are_judged_as_they_should() {
    let Some(binary) =
        ["terraform", "tofu"].into_iter().find(|name| Command::new(name).arg("version").output().is_ok())
    else {
        println!("skipped: neither terraform nor tofu is on the PATH");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), BEFORE);
    run(binary, dir.path(), &["init", "-input=false"]);
    run(binary, dir.path(), &["apply", "-input=false", "-auto-approve"]);
    for case in CASES {
        let edited = (case.edit)(BEFORE);
        assert!(case.name == "nothing" || edited != BEFORE, "{}: the edit changes nothing", case.name);
        write(dir.path(), &edited);
        run(binary, dir.path(), &["plan", "-input=false", "-out=plan"]);
        let plan = Plan::parse(&run(binary, dir.path(), &["show", "-json", "plan"])).unwrap();
        for (health, expected) in [(Health::Down, case.down), (Health::Healthy, case.up)] {
            let (refused, reasons) = judge(plan.clone(), health).await;
            assert_eq!(refused, expected, "{} of a service that is {health}: {reasons:?}", case.name);
        }
    }
}

async fn judge(plan: Plan, health: Health) -> (Option<RefusalKind>, Vec<String>) {
    let cx = ContextBuilder::new("issue/1").apply().build();
    let state = StateVersion { lineage: "l".to_owned(), serial: 1 };
    let change = Change {
        key: ChangeKey::new(&RunKey::new("issue/1"), "fix"),
        action: Action::ApplyPlan(Box::new(PlanApply {
            stack: StackName::new("apps"),
            digest: Digest::of(b"plan"),
            plan,
            planned_on: state.clone(),
            state_now: state,
            edited: vec!["stacks/apps/main.tf".to_owned()],
        })),
        reason: "it is broken".to_owned(),
        requested_by: None,
        confidence: Confidence::High,
        impact: vec![Impact { service: "wiki".to_owned(), health }],
        evidence: Vec::new(),
        proposed_at: cx.now(),
    };
    match guardrails(Policy::default(), Arc::new(FakeStopSwitch::new())).review(&cx, change).await {
        Ok(_approved) => (None, Vec::new()),
        Err(refusal) => (Some(refusal.kind), refusal.reasons),
    }
}

fn write(dir: &Path, text: &str) {
    std::fs::write(dir.join("main.tf"), text).unwrap_or_else(|error| unreachable!("a temporary folder: {error}"));
}

fn run(binary: &str, dir: &Path, arguments: &[&str]) -> Vec<u8> {
    let mut command = Command::new(binary);
    command.current_dir(dir).args(arguments).env("CHECKPOINT_DISABLE", "1").env("TF_IN_AUTOMATION", "1");
    let output = command.output().unwrap_or_else(|error| unreachable!("{binary} was there before: {error}"));
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
