//! Terraform held up, stopped, killed, and left behind by a process that was killed.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use lamplighter_core::ErrorKind;
use lamplighter_core::ports::{Stacks as _, Standing};
use lamplighter_core::words::PlanApply;
use lamplighter_terraform::TerraformStacks;
use lamplighter_testkit::approve_plan;
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::support::{Bench, LockHolder, WIKI, apps, binaries, more_memory};

/// Two resources one after the other. Creating the second one says so in the file `begun`, then waits until a file
/// `go` appears.
fn slow(bench: &Bench) -> String {
    let root = bench.root.path().display();
    format!(
        r#"resource "terraform_data" "first" {{}}

resource "terraform_data" "slow" {{
  depends_on = [terraform_data.first]
  provisioner "local-exec" {{
    command = "echo $$ > {root}/begun; while [ ! -e {root}/go ]; do sleep 0.02; done"
  }}
}}
"#
    )
}

fn slow_bench(binary: &Path) -> Bench {
    let bench = Bench::new(binary, &[]);
    let text = slow(&bench);
    bench.write("main.tf", &text);
    bench
}

/// Returns when the second resource is being created.
async fn begun(bench: &Bench) {
    while !bench.root.path().join("begun").exists() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn go(bench: &Bench) {
    std::fs::write(bench.root.path().join("go"), "").unwrap();
}

/// The processes whose working directory is the stack's folder: Terraform and what it has started.
fn at_work(bench: &Bench) -> Vec<Pid> {
    let dir = bench.file("").canonicalize().unwrap();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let working =
        processes.filter(|process| std::fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd == dir));
    working.filter_map(|process| Pid::from_raw(process.file_name().to_str()?.parse().ok()?)).collect()
}

async fn nobody_at_work(bench: &Bench) {
    while !at_work(bench).is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn standing(bench: &Bench, apply: &PlanApply) -> Standing {
    bench.stacks().standing(&bench.workspace(), apply).await.unwrap()
}

#[tokio::test]
async fn a_lock_of_somebody_else_is_a_conflict_that_names_no_host_in_public() {
    for binary in binaries() {
        let bench = Bench::new(&binary, &[("main.tf", WIKI)]);
        bench.apply_as_is().await;
        let apply = bench.planned(&[more_memory()]).await.apply;
        let mut options = bench.options();
        options.lock_timeout = Duration::ZERO;
        let stacks = TerraformStacks::new(options).unwrap();
        let holder = LockHolder::start(&bench).await;
        let planning = stacks.plan(&bench.workspace(), &apps(), &[more_memory()]).await.unwrap_err();
        let applying = stacks.apply(&bench.workspace(), approve_plan(apply.clone()).await).await.unwrap_err();
        for error in [planning, applying] {
            assert_eq!(error.kind(), ErrorKind::Conflict);
            assert!(error.is_retryable());
            assert!(error.to_string().contains("(OperationTypeApply) since 20"), "{error}");
            assert!(error.public_message().starts_with("the state is locked by somebody else (OperationTypeApply)"));
        }
        drop(holder);
        assert_eq!(standing(&bench, &apply).await, Standing::NotApplied);
        stacks.apply(&bench.workspace(), approve_plan(apply).await).await.unwrap();
    }
}

#[tokio::test]
async fn a_terraform_that_was_killed_leaves_a_truthful_standing() {
    for binary in binaries() {
        let bench = slow_bench(&binary);
        let apply = bench.planned(&[]).await.apply;
        let stacks = bench.stacks();
        let approved = approve_plan(apply.clone()).await;
        let workspace = bench.workspace();
        let (outcome, ()) = tokio::join!(stacks.apply(&workspace, approved), async {
            begun(&bench).await;
            for process in at_work(&bench) {
                let _ = kill_process(process, Signal::KILL);
            }
        });
        assert_eq!(outcome.unwrap_err().to_string(), "`apply` failed: it was killed");
        nobody_at_work(&bench).await;
        // The first resource may have reached the state before the end, and may not.
        let moved = bench.state().contains("\"first\"");
        match standing(&bench, &apply).await {
            Standing::NotApplied => assert!(!moved),
            Standing::Unclear { .. } => assert!(moved),
            Standing::Applied => panic!("it was not applied to its end"),
        }
        go(&bench);
        bench.apply_as_is().await;
        assert_eq!(standing(&bench, &apply).await, Standing::Applied);
    }
}

#[tokio::test]
async fn an_apply_that_takes_too_long_is_asked_to_end_and_writes_its_state() {
    for binary in binaries() {
        let bench = slow_bench(&binary);
        let apply = bench.planned(&[]).await.apply;
        let mut options = bench.options();
        options.apply_timeout = Duration::from_secs(3);
        let stacks = TerraformStacks::new(options).unwrap();
        let approved = approve_plan(apply.clone()).await;
        let error = stacks.apply(&bench.workspace(), approved).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
        nobody_at_work(&bench).await;
        // On a machine that is slower than that, nothing was done yet.
        if bench.root.path().join("begun").exists() {
            assert!(bench.state().contains("\"first\""), "what was done is in the state");
            assert!(matches!(standing(&bench, &apply).await, Standing::Unclear { .. }));
        }
    }
}

#[tokio::test]
async fn a_terraform_that_does_not_end_when_asked_is_killed_with_its_children() {
    for binary in binaries() {
        let bench = slow_bench(&binary);
        // A child of the provisioner's shell that nobody asks, and that keeps Terraform waiting.
        bench.write("main.tf", &slow(&bench).replace("while", "sleep 1000 & while"));
        let apply = bench.planned(&[]).await.apply;
        let mut options = bench.options();
        (options.apply_timeout, options.grace) = (Duration::from_secs(3), Duration::from_millis(1));
        let stacks = TerraformStacks::new(options).unwrap();
        let error = stacks.apply(&bench.workspace(), approve_plan(apply).await).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
        nobody_at_work(&bench).await;
    }
}

#[tokio::test]
async fn a_caller_that_goes_away_stops_the_apply_and_is_told_later() {
    for binary in binaries() {
        let bench = slow_bench(&binary);
        let apply = bench.planned(&[]).await.apply;
        let (stacks, workspace, approved) = (bench.stacks(), bench.workspace(), approve_plan(apply.clone()).await);
        tokio::select! {
            outcome = stacks.apply(&workspace, approved) => panic!("{outcome:?}"),
            () = begun(&bench) => {}
        }
        // Asked at once, while Terraform is ending, it waits for the end.
        assert!(matches!(standing(&bench, &apply).await, Standing::Unclear { .. }));
        nobody_at_work(&bench).await;
        assert!(bench.state().contains("\"first\""));
    }
}

#[tokio::test]
async fn one_plan_is_not_applied_twice_at_once() {
    for binary in binaries() {
        let bench = slow_bench(&binary);
        let apply = bench.planned(&[]).await.apply;
        let (stacks, workspace) = (bench.stacks(), bench.workspace());
        let (first, second) = (approve_plan(apply.clone()).await, approve_plan(apply.clone()).await);
        let (outcome, ()) = tokio::join!(stacks.apply(&workspace, first), async {
            begun(&bench).await;
            let error = stacks.apply(&workspace, second).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Conflict);
            assert!(error.to_string().contains("is still being applied"), "{error}");
            go(&bench);
        });
        outcome.unwrap();
        assert_eq!(standing(&bench, &apply).await, Standing::Applied);
    }
}

const CHILD: &str = "LAMPLIGHTER_TEST_APPLIES";

/// Not a test by itself: applies what it is told in a process that can be killed.
#[tokio::test]
async fn applies_in_a_process_of_its_own() {
    let Ok(told) = std::env::var(CHILD) else { return };
    let (root, binary, apply): (std::path::PathBuf, std::path::PathBuf, PlanApply) =
        serde_json::from_str(&told).unwrap();
    let bench = Bench::at(&root, &binary);
    let approved = approve_plan(apply).await;
    bench.stacks().apply(&bench.workspace(), approved).await.unwrap();
}

#[tokio::test]
async fn an_apply_outlives_a_process_that_was_killed_and_is_found() {
    for binary in binaries() {
        let bench = slow_bench(&binary);
        // With one resource alone, the state shows nothing until the end.
        let (_, alone) = slow(&bench).split_once("\n\n").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        bench.write("main.tf", &alone.replace("  depends_on = [terraform_data.first]\n", ""));
        let apply = bench.planned(&[]).await.apply;
        let told = serde_json::to_string(&(bench.root.path(), &binary, &apply)).unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "interrupted::applies_in_a_process_of_its_own"])
            .env(CHILD, told)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        begun(&bench).await;
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!at_work(&bench).is_empty(), "Terraform goes on");
        let (found, ()) = tokio::join!(standing(&bench, &apply), async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            go(&bench);
        });
        assert_eq!(found, Standing::Applied);
    }
}

#[tokio::test]
async fn a_runtime_that_goes_down_leaves_no_lock_behind() {
    for binary in binaries() {
        let bench = slow_bench(&binary);
        let apply = bench.planned(&[]).await.apply;
        let (stacks, workspace, approved) = (bench.stacks(), bench.workspace(), approve_plan(apply.clone()).await);
        let begun_file = bench.root.path().join("begun");
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let applying = tokio::spawn(async move { stacks.apply(&workspace, approved).await });
                while !begun_file.exists() {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                drop(applying);
            });
        })
        .join()
        .unwrap();
        assert!(matches!(standing(&bench, &apply).await, Standing::Unclear { .. }));
        nobody_at_work(&bench).await;
    }
}

#[tokio::test]
async fn a_plan_that_is_stopped_can_be_made_again() {
    for binary in binaries() {
        let bench = Bench::new(&binary, &[("main.tf", WIKI)]);
        bench.apply_as_is().await;
        for pause in [0, 20, 60, 120, 200] {
            let _ = tokio::time::timeout(Duration::from_millis(pause), bench.planned(&[more_memory()])).await;
            for process in at_work(&bench) {
                let _ = kill_process_group(process, Signal::KILL);
            }
        }
        let apply = bench.planned(&[more_memory()]).await.apply;
        assert_eq!(apply.plan.headline(), "0 to add, 1 to change, 0 to destroy");
        assert_eq!(bench.read("main.tf"), WIKI.replace("128Mi", "256Mi"));
    }
}
