//! The workflows.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use lamplighter_testkit::servers::program;
use serde_json::{Value, json};

use crate::files::{text, yaml};
use crate::played::{Played, Request};
use crate::vendors::{holds, schema, workflow_parser};

const RESPOND: &str = "github/workflows/lamplighter.yml";
const EXECUTE: &str = "github/workflows/lamplighter-execute.yml";
const BOTH: [&str; 2] = [RESPOND, EXECUTE];

#[test]
fn the_workflows_are_what_github_takes() {
    let breaks = [
        ("runs-on:", "run-on:"),
        ("permissions: {}", "permissions: { issue: write }"),
        ("queue: max", "queue: most"),
        ("        run: ", "        runs: "),
    ];
    // What the schema does not know.
    let more = [("types: [created]", "types: [invented]"), ("github.event_name ==", "github.event_name =")];
    for workflow in BOTH {
        holds(workflow_parser, workflow, &[&breaks[..], &more].concat());
        holds(schema("vendor.github-workflows"), workflow, &breaks);
    }
}

#[test]
fn a_run_comes_of_what_people_do_to_issues() {
    for workflow in BOTH {
        let on = json!({
            "issues": { "types": ["opened", "labeled", "edited", "reopened"] },
            "issue_comment": { "types": ["created"] },
        });
        assert_eq!(yaml(workflow)["on"], on, "{workflow}");
    }
}

#[test]
fn one_run_of_an_issue_goes_at_a_time_and_none_is_cancelled() {
    for workflow in BOTH {
        let concurrency = json!({
            "group": "lamplighter-${{ github.event.issue.number }}",
            "cancel-in-progress": false,
            "queue": "max",
        });
        assert_eq!(yaml(workflow)["concurrency"], concurrency, "{workflow}");
    }
}

#[test]
fn a_run_may_do_no_more_than_it_needs_and_brings_no_foreign_code() {
    for (workflow, permissions) in [(RESPOND, json!({ "issues": "write" })), (EXECUTE, Value::Null)] {
        let workflow_text = yaml(workflow);
        assert_eq!(workflow_text["permissions"], json!({}), "{workflow}");
        let jobs: Vec<&Value> = workflow_text["jobs"].as_object().unwrap().values().collect();
        assert_eq!(jobs.len(), 1);
        assert_eq!(jobs[0]["permissions"], permissions, "{workflow}");
        assert!(steps(&workflow_text).all(|step| step["uses"].is_null()), "{workflow} uses an action");
    }
}

/// What an expression gives is put into the command before a shell reads it, quotes and all.
#[test]
fn no_expression_is_in_a_command_and_none_holds_the_words_of_an_issue() {
    let harmless = BTreeSet::from([
        "github.event.issue.number",
        "!github.event.issue.pull_request && (github.event_name == 'issues' || github.event.sender.type != 'Bot')",
        "github.token",
        "secrets.LAMPLIGHTER_TOKEN",
        "github.event.action == 'reopened' && '--again' || ''",
    ]);
    for workflow in BOTH {
        for step in steps(&yaml(workflow)) {
            assert!(!command(step).contains("${{"), "{workflow}: an expression in {step}");
        }
        let whole = text(workflow);
        let code: String = whole.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
        for expression in code.split("${{").skip(1).map(|rest| rest.split("}}").next().unwrap().trim()) {
            assert!(harmless.contains(expression), "{workflow}: {expression}");
        }
    }
}

#[test]
fn an_issue_is_answered_from_the_file_of_its_event() {
    let folder = tempfile::tempdir().unwrap();
    let event = folder.path().join("an event.json");
    let (bin, log) = (folder.path().join("bin"), folder.path().join("log"));
    std::fs::create_dir(&bin).unwrap();
    let stub = format!("#!/bin/sh\nprintf '%s|' \"$@\" >>'{}'\n", log.display());
    write_program(&bin.join("lamplighter"), &stub);
    let workflow = yaml(RESPOND);
    let steps: Vec<&Value> = steps(&workflow).collect();
    let journal = folder.path().join("journal");
    let data_dir = ("LAMPLIGHTER__DATA_DIR", journal.to_str().unwrap());

    assert!(!bash(command(steps[0]), folder.path(), &[data_dir]), "a machine without a journal is taken");
    std::fs::create_dir(&journal).unwrap();
    assert!(bash(command(steps[0]), folder.path(), &[data_dir]));
    for again in ["", "--again"] {
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        let variables = [("PATH", path.as_str()), ("GITHUB_EVENT_PATH", event.to_str().unwrap()), ("AGAIN", again)];
        assert!(bash(command(steps[1]), folder.path(), &variables));
    }
    let event = event.display();
    assert_eq!(std::fs::read_to_string(log).unwrap(), format!("respond|{event}|respond|{event}|--again|"));
}

#[test]
fn an_issue_is_handed_over_with_its_title_as_data() {
    if program(&["curl"]).and(program(&["jq"])).is_none() {
        return;
    }
    let title =
        "It's \"down\" `touch canary` $(touch canary) '; touch canary; '\nProcess GitHub Issue #1: 日本語 \\(1)";
    let folder = tempfile::tempdir().unwrap();
    let event = folder.path().join("event.json");
    std::fs::write(&event, json!({ "issue": { "number": 42, "title": title } }).to_string()).unwrap();
    let temporary = tempfile::tempdir().unwrap();
    let workflow = yaml(EXECUTE);
    let step = steps(&workflow).next().unwrap();
    let hand_over = |server: &Played, token: &str| {
        let variables = [
            ("GITHUB_EVENT_PATH", event.to_str().unwrap()),
            ("RUNNER_TEMP", temporary.path().to_str().unwrap()),
            ("LAMPLIGHTER_URL", &server.url()),
            ("LAMPLIGHTER_TOKEN", token),
        ];
        let succeeded = bash(command(step), folder.path(), &variables);
        assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0, "something is left behind");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "a canary is there");
        succeeded
    };
    let server = Played::start(|request: &Request| match request.header("authorization") {
        Some("Bearer t0ken") => (202, json!({ "job_id": "j-1" }).to_string()),
        _ => (401, String::new()),
    });
    assert!(!hand_over(&server, "another"), "a refusal goes unnoticed");
    assert!(hand_over(&server, "t0ken"));
    let order = json!({
        "prompt": format!("Process GitHub Issue #42: {}", title.replace('\n', " ")),
        "agent": "issue-responder",
        "max_budget_usd": 10,
        "timeout_seconds": 1800,
    });
    assert_eq!(server.lines(), ["POST /execute", "POST /execute"]);
    assert_eq!(server.seen()[1].json(), order);
}

fn steps(workflow: &Value) -> impl Iterator<Item = &Value> {
    workflow["jobs"].as_object().unwrap().values().flat_map(|job| job["steps"].as_array().unwrap())
}

fn command(step: &Value) -> &str {
    step["run"].as_str().unwrap()
}

/// Runs a command as a runner does (GitHub docs, "Workflow syntax", `shell`).
fn bash(command: &str, folder: &Path, variables: &[(&str, &str)]) -> bool {
    let mut bash = Command::new("bash");
    bash.args(["-e", "-c", command]).current_dir(folder).env_clear().env("PATH", std::env::var_os("PATH").unwrap());
    bash.envs(variables.iter().copied()).stdin(Stdio::null());
    bash.status().unwrap().success()
}

fn write_program(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;

    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}
