//! What the script does, and what it makes of systems that fail.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use lamplighter_testkit::servers::program;
use serde_json::json;

use super::run::{API_TOKEN, Ended, JWT, Stage, VAULT_TOKEN, lamplighter, vault};
use crate::played::{Answer, Request};

#[track_caller]
fn ends(ended: &Ended, code: i32, said: &str) {
    assert!(ended.code == Some(code) && ended.said.contains(said), "not {code} with {said:?}: {ended:?}");
}

#[test]
fn an_issue_is_handed_over_and_its_outcome_waited_for() {
    // Alpine's shell is busybox'; Debian's is dash.
    let shells = [&["sh"][..], &["dash"], &["bash", "--posix"], &["busybox", "sh"]];
    for shell in shells.into_iter().filter(|shell| Command::new(shell[0]).args(["-c", ":"]).status().is_ok()) {
        let Some(stage) = Stage::new(&["queued", "queued", "running", "completed"]) else { return };
        let mut stage = stage.shell(shell);
        let ended = stage.run();
        ends(&ended, 0, "issue #42 is job j-1\njob j-1: queued\njob j-1: running\njob j-1: completed\n");
        assert!(ended.out.contains("\"status\": \"completed\""), "{ended:?}");
        assert!(!ended.out.contains('\u{1b}'), "an answer controls the terminal: {ended:?}");
        let order = json!({
            "prompt": "Process GitHub Issue #42: Wiki shows 502",
            "agent": "issue-responder",
            "max_budget_usd": 10,
            "timeout_seconds": 1800,
        });
        assert_eq!(stage.order(), order);
        let asked =
            ["POST /v1/auth/kubernetes/login", "GET /v1/secret/data/lamplighter", "POST /v1/auth/token/revoke-self"];
        assert_eq!(stage.vault.lines(), asked);
        assert_eq!(stage.lamplighter.lines().len(), 5);
    }
}

#[test]
fn the_exit_code_says_how_the_job_ended() {
    let cases: [(&'static [&'static str], i32); 4] = [
        (&["completed"], 0),
        (&["failed"], 1),
        (&["running", "timeout"], 5),
        (&["running", "resting", "completed"], 0),
    ];
    for (states, code) in cases {
        let Some(mut stage) = Stage::new(states) else { return };
        ends(&stage.run(), code, states.last().unwrap());
    }
}

#[test]
fn a_title_is_data_whatever_is_in_it() {
    let titles = [
        "It's \"down\" `touch canary` $(touch canary) ${HOME} $HOME",
        "'; touch canary; '",
        "\"; touch canary; \"",
        "\", \"max_budget_usd\": 1000000, \"x\": \"",
        "\\\" \\n \\u0000 \\(1+1) %s %n",
        "one\nProcess GitHub Issue #1: another\r\n\ttwo\u{7f}",
        "--help",
        "@/etc/passwd",
        "-",
        "",
        "Größe 日本語 🔥 \u{202e}",
        "* ? [a-z] ~ ! #",
    ];
    for title in titles {
        let Some(stage) = Stage::new(&["completed"]) else { return };
        let mut stage = stage.set("ISSUE_TITLE", title);
        ends(&stage.run(), 0, "completed");
        let one_line: String = title.chars().map(|c| if c.is_ascii_control() { ' ' } else { c }).collect();
        let order = stage.order();
        assert_eq!(order["prompt"], format!("Process GitHub Issue #42: {one_line}"));
        assert_eq!(order["max_budget_usd"], 10);
        assert_eq!(order.as_object().unwrap().len(), 4);
    }
}

#[test]
fn what_is_no_number_of_an_issue_is_not_sent() {
    for number in ["", "forty-two", "42; touch canary", "-1", "4 2", "42\n43", "$(touch canary)"] {
        let Some(stage) = Stage::new(&[]) else { return };
        let mut stage = stage.set("ISSUE_NUMBER", number);
        ends(&stage.run(), 2, "ISSUE_NUMBER");
        assert!(stage.vault.lines().is_empty() && stage.lamplighter.lines().is_empty());
    }
    for (name, value) in
        [("MAX_BUDGET_USD", "ten"), ("TIMEOUT_SECONDS", "1; 2"), ("JWT_FILE", "/nowhere"), ("VAULT_ADDR", "")]
    {
        let Some(stage) = Stage::new(&[]) else { return };
        ends(&stage.set(name, value).run(), 2, "");
    }
}

#[test]
fn a_token_that_is_given_needs_no_vault() {
    let Some(stage) = Stage::new(&["completed"]) else { return };
    let mut stage = stage.set("LAMPLIGHTER_TOKEN", API_TOKEN).set("JWT_FILE", "/nowhere");
    ends(&stage.run(), 0, "completed");
    assert!(stage.vault.lines().is_empty());
}

#[test]
fn another_vault_is_asked_where_it_keeps_the_token() {
    let other = |request: &Request| match request.line.as_str() {
        "POST /v1/auth/k8s/login" if request.json()["role"] == "ci" => {
            (200, json!({ "auth": { "client_token": VAULT_TOKEN } }).to_string())
        }
        "GET /v1/kv/data/ci/lamplighter" => (200, json!({ "data": { "data": { "to ken": API_TOKEN } } }).to_string()),
        _ => (404, String::new()),
    };
    let Some(stage) = Stage::with(other, lamplighter(&["completed"])) else { return };
    let stage = stage.set("VAULT_AUTH", "k8s").set("VAULT_ROLE", "ci").set("VAULT_MOUNT", "kv");
    let address = format!("{}/", stage.vault.url());
    let stage = stage.set("VAULT_PATH", "ci/lamplighter").set("VAULT_FIELD", "to ken").set("VAULT_ADDR", &address);
    ends(&{ stage }.run(), 0, "completed");
}

#[test]
fn what_vault_refuses_is_said_and_nothing_is_handed_over() {
    let errors = |text: &str| json!({ "errors": [text] }).to_string();
    let cases: [(&'static str, Answer, &str); 7] = [
        ("login", (403, errors("permission denied")), "(status 403: permission denied)"),
        ("login", (400, errors("invalid role\nname \u{1b}[2J")), "(status 400: invalid role name  [2J)"),
        ("login", (200, "<html>hello</html>".to_owned()), "no token"),
        ("login", (200, String::new()), "no token"),
        ("data", (403, errors("permission denied")), "secret/lamplighter (status 403: permission denied)"),
        ("data", (404, errors("")), "secret/lamplighter (status 404)"),
        (
            "data",
            (200, json!({ "data": { "data": { "other": "x", "api_token": 7 } } }).to_string()),
            "no field api_token",
        ),
    ];
    for (place, answer, said) in cases {
        let played =
            move |request: &Request| if request.line.contains(place) { answer.clone() } else { vault(request) };
        let Some(mut stage) = Stage::with(played, lamplighter(&[])) else { return };
        ends(&stage.run(), 3, said);
        assert!(stage.lamplighter.lines().is_empty());
    }
}

#[test]
fn a_vault_that_is_sealed_is_waited_for_and_given_up_in_the_end() {
    let mut sealed = 3;
    let unsealed_later = move |request: &Request| {
        sealed -= 1;
        if sealed > 0 { (503, json!({ "errors": ["Vault is sealed"] }).to_string()) } else { vault(request) }
    };
    let Some(mut stage) = Stage::with(unsealed_later, lamplighter(&["completed"])) else { return };
    ends(&stage.run(), 0, "Vault does not answer (status 503: Vault is sealed)");

    let always = |_: &Request| (503, json!({ "errors": ["Vault is sealed"] }).to_string());
    let Some(stage) = Stage::with(always, lamplighter(&[])) else { return };
    let mut stage = stage.set("PATIENCE_SECONDS", "0");
    ends(&stage.run(), 4, "Vault is sealed");
    assert!(stage.lamplighter.lines().is_empty());
}

#[test]
fn a_server_that_restarts_meanwhile_is_waited_for() {
    let Some(mut stage) = Stage::new(&["running", "completed"]) else { return };
    stage.lamplighter.goes_away_after("GET /jobs/j-1");
    let mut refused = 0;
    let ended = stage.run_watched(|stage, line| {
        if line.contains("Lamplighter does not answer") {
            refused += 1;
            if refused == 3 {
                stage.lamplighter.come_back();
            }
        }
    });
    ends(&ended, 0, "completed");
    assert!(refused >= 3, "{ended:?}");
    stage.order();
}

#[test]
fn a_server_that_is_not_there_is_given_up_in_the_end() {
    let Some(stage) = Stage::new(&[]) else { return };
    let mut stage = stage.set("PATIENCE_SECONDS", "0");
    stage.lamplighter.go_away();
    ends(&stage.run(), 4, "given up after 0 seconds");
}

#[test]
fn what_lamplighter_refuses_or_garbles_is_said() {
    let cases: [(&'static str, Answer, i32, &str); 6] = [
        (
            "execute",
            (401, json!({ "error": "the token is not known" }).to_string()),
            3,
            "status 401: the token is not known",
        ),
        ("execute", (400, "no".to_owned()), 3, "does not take the issue (status 400)"),
        ("execute", (202, "{}".to_owned()), 4, "no job_id"),
        ("execute", (202, json!({ "job_id": "../health?" }).to_string()), 4, "no job_id"),
        ("jobs", (404, String::new()), 3, "does not tell about job j-1"),
        ("jobs", (200, "<html>".to_owned()), 4, "answers cannot be read"),
    ];
    for (place, answer, code, said) in cases {
        let mut usual = lamplighter(&[]);
        let played =
            move |request: &Request| if request.line.contains(place) { answer.clone() } else { usual(request) };
        let Some(stage) = Stage::with(vault, played) else { return };
        ends(&stage.set("PATIENCE_SECONDS", "0").run(), code, said);
    }
}

#[test]
fn a_job_that_takes_too_long_is_left_alone() {
    let Some(stage) = Stage::new(&["queued"]) else { return };
    ends(&stage.set("WAIT_SECONDS", "0").run(), 4, "job j-1 is not done after 0 seconds; it goes on without us");
}

#[test]
fn an_overloaded_server_is_asked_again() {
    let (mut usual, mut answers) = (lamplighter(&["completed"]), [429, 502, 503, 504].into_iter());
    let played =
        move |request: &Request| answers.next().map_or_else(|| usual(request), |status| (status, String::new()));
    let Some(mut stage) = Stage::with(vault, played) else { return };
    ends(&stage.run(), 0, "Lamplighter does not answer (status 504)");
}

/// Arguments can be read by everybody on the machine: `curl` and `jq` are replaced by ones that write theirs down.
#[test]
fn no_secret_and_no_title_is_in_an_argument() {
    let Some(stage) = Stage::new(&["completed"]) else { return };
    let folder = stage.folder.path().join("bin");
    std::fs::create_dir(&folder).unwrap();
    let log = folder.join("arguments");
    for name in ["curl", "jq"] {
        let real = program(&[name]).unwrap();
        let spy = format!("#!/bin/sh\nprintf '%s\\n' \"$@\" >>'{}'\nexec '{}' \"$@\"\n", log.display(), real.display());
        std::fs::write(folder.join(name), spy).unwrap();
        std::fs::set_permissions(folder.join(name), std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let mut stage = stage.set("PATH", &path).set("ISSUE_TITLE", "a-title-0f-somebody");
    ends(&stage.run(), 0, "completed");
    let arguments = std::fs::read_to_string(log).unwrap();
    assert!(arguments.contains("/v1/auth/kubernetes/login"), "{arguments}");
    for secret in [JWT, VAULT_TOKEN, API_TOKEN, "a-title-0f-somebody"] {
        assert!(!arguments.contains(secret), "{secret} is in an argument:\n{arguments}");
    }
}
