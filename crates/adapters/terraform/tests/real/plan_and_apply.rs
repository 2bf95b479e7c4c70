//! Plan, judge, apply and find out, with the real binaries.

use crate::support::{Bench, WIKI, apps, binaries, memory, more_memory, planned, wiki};
use lamplighter_core::ErrorKind;
use lamplighter_core::plan::Actions;
use lamplighter_core::ports::{CommitId, Monitoring, PlanOutcome, StackEdit, Stacks as _, Standing};
use lamplighter_core::words::{Digest, StackName};
use lamplighter_terraform::{Backend, TerraformStacks};
use lamplighter_testkit::approve_plan;

#[tokio::test]
async fn an_edit_is_planned_applied_and_found_applied() {
    for binary in binaries() {
        let bench = Bench::new(&binary, &[("main.tf", WIKI)]);
        bench.apply_as_is().await;
        let (stacks, workspace) = (bench.stacks(), bench.workspace());

        let planned = bench.planned(&[more_memory()]).await;
        let apply = planned.apply.clone();
        assert_eq!(apply.plan.headline(), "0 to add, 1 to change, 0 to destroy");
        assert_eq!(apply.edited, ["stacks/apps/main.tf"]);
        assert_eq!(apply.planned_on, apply.state_now);
        assert!(planned.diff.contains("--- a/stacks/apps/main.tf\n+++ b/stacks/apps/main.tf\n"), "{}", planned.diff);
        assert!(planned.diff.contains(
            r#"+            { name = "wiki", resources = { limits = { memory = "256Mi" } } }, # the only one"#
        ));
        assert_eq!(bench.read("main.tf"), WIKI.replace("128Mi", "256Mi"));
        assert_eq!(stacks.standing(&workspace, &apply).await.unwrap(), Standing::NotApplied);

        stacks.apply(&workspace, approve_plan(apply.clone()).await).await.unwrap();
        assert!(bench.state().contains("256Mi"));
        assert_eq!(stacks.standing(&workspace, &apply).await.unwrap(), Standing::Applied);
        assert_eq!(bench.read("main.tf"), WIKI.replace("128Mi", "256Mi"), "the edit is there to be committed");
        let again = stacks.apply(&workspace, approve_plan(apply).await).await.unwrap_err();
        assert_eq!(again.kind(), ErrorKind::Conflict);
    }
}

#[tokio::test]
async fn a_workspace_made_anew_is_brought_to_what_was_planned() {
    for binary in binaries() {
        let bench = Bench::new(&binary, &[("main.tf", WIKI)]);
        bench.apply_as_is().await;
        let anew = bench.second_workspace("anew");
        let third = bench.second_workspace("third");
        let apply = bench.planned(&[more_memory()]).await.apply;
        let stacks = bench.stacks();
        stacks.apply(&anew, approve_plan(apply.clone()).await).await.unwrap();
        assert_eq!(stacks.standing(&third, &apply).await.unwrap(), Standing::Applied);
        for workspace in [anew, third] {
            let text = std::fs::read_to_string(workspace.path.join("stacks/apps/main.tf")).unwrap();
            assert_eq!(text, WIKI.replace("128Mi", "256Mi"));
        }
    }
}

#[tokio::test]
async fn a_workspace_whose_files_have_moved_on_is_not_applied_in() {
    for binary in binaries() {
        let bench = Bench::new(&binary, &[("main.tf", WIKI)]);
        bench.apply_as_is().await;
        let anew = bench.second_workspace("anew");
        let apply = bench.planned(&[more_memory()]).await.apply;
        std::fs::write(anew.path.join("stacks/apps/main.tf"), WIKI.replace("128Mi", "64Mi")).unwrap();
        let error = bench.stacks().apply(&anew, approve_plan(apply).await).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert!(!bench.state().contains("256Mi"));
    }
}

#[tokio::test]
async fn creating_replacing_and_destroying_show_in_the_plan() {
    let resource = |label: &str, trigger: &str| {
        format!("resource \"terraform_data\" \"{label}\" {{\n  input = 1\n  triggers_replace = {trigger}\n}}\n")
    };
    for binary in binaries() {
        let bench = Bench::new(&binary, &[("main.tf", &(resource("a", "1") + &resource("b", "1")))]);
        let created = bench.planned(&[]).await.apply;
        assert!(created.plan.changes().all(|change| change.actions == Actions::Create));
        assert_eq!((created.planned_on.serial, created.planned_on.lineage.as_str()), (0, ""));
        bench.apply_as_is().await;
        assert_eq!(
            bench.stacks().plan(&bench.workspace(), &apps(), &[]).await.unwrap(),
            PlanOutcome::NothingToDo { edited: vec![] }
        );
        bench.write("main.tf", &resource("a", "2"));
        let changed = bench.planned(&[]).await.apply;
        assert_eq!(
            changed.plan.summary(),
            ["replace `terraform_data.a`".to_owned(), "destroy `terraform_data.b`".to_owned()]
        );
        assert_eq!(changed.plan.headline(), "1 to add, 0 to change, 2 to destroy");
        bench.stacks().apply(&bench.workspace(), approve_plan(changed.clone()).await).await.unwrap();
        assert_eq!(bench.stacks().standing(&bench.workspace(), &changed).await.unwrap(), Standing::Applied);
    }
}

#[tokio::test]
async fn an_edit_that_the_infrastructure_already_has_is_left_to_be_committed() {
    for binary in binaries() {
        let bench = Bench::new(&binary, &[("main.tf", &WIKI.replace("128Mi", "256Mi"))]);
        bench.apply_as_is().await;
        bench.write("main.tf", WIKI);
        let outcome = bench.stacks().plan(&bench.workspace(), &apps(), &[more_memory()]).await.unwrap();
        assert_eq!(outcome, PlanOutcome::NothingToDo { edited: vec!["stacks/apps/main.tf".to_owned()] });
        assert_eq!(bench.read("main.tf"), WIKI.replace("128Mi", "256Mi"));
    }
}

#[tokio::test]
async fn planning_again_begins_from_the_base() {
    for binary in binaries() {
        let bench = Bench::new(&binary, &[("main.tf", WIKI)]);
        bench.apply_as_is().await;
        let first = bench.planned(&[more_memory()]).await;
        let second = bench.planned(&[more_memory()]).await;
        assert_eq!(first.diff, second.diff);
        let nothing = bench.stacks().plan(&bench.workspace(), &apps(), &[]).await.unwrap();
        assert_eq!(nothing, PlanOutcome::NothingToDo { edited: vec![] });
        assert_eq!(bench.read("main.tf"), WIKI);
    }
}

#[tokio::test]
async fn an_edit_that_was_committed_is_not_taken_back() {
    for binary in binaries() {
        let bench = Bench::new(&binary, &[("main.tf", WIKI)]);
        bench.apply_as_is().await;
        let apply = bench.planned(&[more_memory()]).await.apply;
        bench.stacks().apply(&bench.workspace(), approve_plan(apply).await).await.unwrap();
        // The next commit has the edit, and the file is what our edit left.
        let mut fetched = bench.workspace();
        fetched.base = CommitId::new("1");
        let outcome = bench.stacks().plan(&fetched, &apps(), &[]).await.unwrap();
        assert_eq!(outcome, PlanOutcome::NothingToDo { edited: vec![] });
        assert_eq!(bench.read("main.tf"), WIKI.replace("128Mi", "256Mi"));
    }
}

#[tokio::test]
async fn an_edit_without_a_place_changes_nothing() {
    for binary in binaries() {
        let bench = Bench::new(&binary, &[("main.tf", WIKI)]);
        let elsewhere = |from: &str, to: &str| StackEdit::Set {
            workload: wiki(),
            knob: memory(),
            from: from.to_owned(),
            to: to.to_owned(),
        };
        let monitor = StackEdit::AddMonitor(Monitoring { name: "a".to_owned(), url: "https://a".to_owned() });
        for edit in [elsewhere("64Mi", "512Mi"), monitor] {
            let outcome = bench.stacks().plan(&bench.workspace(), &apps(), &[more_memory(), edit]).await.unwrap();
            assert!(matches!(outcome, PlanOutcome::Failed { .. }), "{outcome:?}");
            assert_eq!(bench.read("main.tf"), WIKI);
        }
    }
}

#[tokio::test]
async fn a_tampered_or_foreign_plan_file_is_refused() {
    for binary in binaries() {
        let bench = Bench::new(&binary, &[("main.tf", WIKI)]);
        let (stacks, workspace) = (bench.stacks(), bench.workspace());
        let apply = bench.planned(&[]).await.apply;
        let file = bench.root.path().join("plans").join(apply.digest.as_str()).join("plan");
        let good = std::fs::read(&file).unwrap();

        let mut bad = good.clone();
        *bad.last_mut().unwrap() ^= 1;
        std::fs::write(&file, bad).unwrap();
        let mut foreign = apply.clone();
        foreign.digest = Digest::of(b"never planned");
        let mut escaping = apply.clone();
        escaping.digest = serde_json::from_str("\"../../../../etc\"").unwrap();
        for refused in [apply.clone(), foreign, escaping] {
            let error = stacks.apply(&workspace, approve_plan(refused).await).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
        }
        std::fs::write(&file, good).unwrap();
        let mut other = apply.clone();
        other.stack = StackName::new("other");
        let copied = bench.root.path().join("workspace/stacks/other");
        std::fs::create_dir_all(&copied).unwrap();
        std::fs::copy(bench.file("main.tf"), copied.join("main.tf")).unwrap();
        let error = stacks.apply(&workspace, approve_plan(other).await).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
        assert_eq!(bench.state(), "");
        stacks.apply(&workspace, approve_plan(apply).await).await.unwrap();
    }
}

#[tokio::test]
async fn plans_that_were_kept_long_enough_are_gone() {
    let Some(binary) = binaries().pop() else { return };
    let bench = Bench::new(&binary, &[("main.tf", WIKI)]);
    let apply = bench.planned(&[]).await.apply;
    let plans = bench.root.path().join("plans");
    let old = plans.join(apply.digest.as_str());
    for kept in ["notes", "README"] {
        std::fs::create_dir(plans.join(kept)).unwrap();
    }
    std::fs::create_dir(plans.join(".new-half")).unwrap();
    bench.planned(&[]).await;
    assert!(old.exists() && plans.join(".new-half").exists(), "they are young");
    let mut options = bench.options();
    options.keep_plans = std::time::Duration::ZERO;
    let stacks = TerraformStacks::new(options).unwrap();
    // Another plan: one that says the same within the same second would be the same file again.
    planned(stacks.plan(&bench.workspace(), &apps(), &[more_memory()]).await.unwrap());
    let left: Vec<_> = std::fs::read_dir(&plans).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "{left:?}");
    assert!(!old.exists() && plans.join("notes").exists() && plans.join("README").exists());
    let error = stacks.apply(&bench.workspace(), approve_plan(apply).await).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
}

#[tokio::test]
async fn of_two_plans_only_the_first_is_applied() {
    for binary in binaries() {
        let bench = Bench::new(&binary, &[("main.tf", WIKI)]);
        bench.apply_as_is().await;
        let other = bench.second_workspace("other");
        let stacks = bench.stacks();
        let scale = StackEdit::Set {
            workload: wiki(),
            knob: lamplighter_core::ports::Knob::Replicas,
            from: "2".to_owned(),
            to: "3".to_owned(),
        };
        let mine = bench.planned(&[more_memory()]).await;
        let theirs = planned(stacks.plan(&other, &apps(), &[scale]).await.unwrap());
        stacks.apply(&other, approve_plan(theirs.apply).await).await.unwrap();
        let error = stacks.apply(&bench.workspace(), approve_plan(mine.apply.clone()).await).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert_eq!(error.public_message(), "the state has moved since the plan was made: plan again");
        let standing = stacks.standing(&bench.workspace(), &mine.apply).await.unwrap();
        assert!(matches!(standing, Standing::Unclear { .. }), "{standing:?}");
    }
}

#[tokio::test]
async fn a_state_that_would_be_lost_with_the_workspace_is_refused() {
    let local =
        |path: &str| Backend { kind: "local".to_owned(), settings: [("path".to_owned(), path.to_owned())].into() };
    let inside = "terraform {\n  backend \"local\" {\n    path = \"../../x.tfstate\"\n  }\n}\n";
    let bare = "terraform {\n  backend \"local\" {}\n}\n";
    for binary in binaries() {
        for (block, backend, refused) in [
            ("", None, true),
            (bare, None, true),
            (inside, None, true),
            ("", Some(local("terraform.tfstate")), true),
            ("", Some(local("a/../../../x.tfstate")), true),
            (bare, Some(Backend { kind: "s3".to_owned(), settings: [].into() }), true),
            ("", Some(local("../../../state/y.tfstate")), false),
            (bare, Some(local("../../../state/y.tfstate")), false),
        ] {
            let bench = Bench::new(&binary, &[("main.tf", &format!("{block}{WIKI}"))]);
            let mut options = bench.options();
            options.backend = backend.clone();
            let stacks = TerraformStacks::new(options).unwrap();
            let outcome = stacks.plan(&bench.workspace(), &apps(), &[]).await;
            match outcome {
                Err(error) if refused => assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error:?}"),
                Ok(PlanOutcome::Planned(_)) if !refused => {}
                other => panic!("{block:?} with {backend:?} gave {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn a_failure_is_told_without_what_a_provider_says() {
    let failing = r#"variable "token" {
  default = "s3cr3t-t0ken"
}

resource "terraform_data" "x" {
  input = var.token
  lifecycle {
    precondition {
      condition     = var.token == ""
      error_message = "the token ${var.token} is bad"
    }
  }
}
"#;
    for binary in binaries() {
        for (text, expected) in [
            (failing, "`plan` failed: Resource precondition failed (main.tf line 9"),
            (
                "resource \"terraform_data\" \"x\" {\n  nonsense = 1\n}\n",
                "`plan` failed: Unsupported argument (main.tf line 2",
            ),
            ("resource \"terraform_data\" {\n", "stacks/apps/main.tf line 1 cannot be parsed"),
        ] {
            let bench = Bench::new(&binary, &[("main.tf", text)]);
            match bench.stacks().plan(&bench.workspace(), &apps(), &[]).await.unwrap() {
                PlanOutcome::Failed { reason } => {
                    assert!(reason.starts_with(expected) && !reason.contains("s3cr3t"), "{reason}");
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn stacks_are_found_and_names_cannot_lead_out() {
    let Some(binary) = binaries().pop() else { return };
    let bench = Bench::new(&binary, &[("main.tf", WIKI), ("modules/m/main.tf", ""), (".terraform/x/main.tf", "")]);
    bench.write("../platform/dns/main.tf", "");
    bench.write("../modules/shared/main.tf", "");
    bench.write("../notes/README.md", "");
    bench.write("../../../outside/main.tf", "");
    let names = bench.stacks().list(&bench.workspace()).await.unwrap();
    assert_eq!(names, [apps(), StackName::new("platform/dns")]);
    assert!(bench.stacks().list(&bench.workspace_called("missing")).await.unwrap().is_empty());
    for (name, kind) in [
        ("../../../outside", ErrorKind::InvalidInput),
        ("/etc", ErrorKind::InvalidInput),
        ("", ErrorKind::InvalidInput),
        ("a\0b", ErrorKind::InvalidInput),
        ("./apps/..", ErrorKind::InvalidInput),
        ("missing", ErrorKind::NotFound),
        ("notes", ErrorKind::NotFound),
    ] {
        let error = bench.stacks().plan(&bench.workspace(), &StackName::new(name), &[]).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{name:?}: {error}");
    }
}
