//! Exactly once: the process is killed (-9) before and after every journalled step and every effect, started
//! again, and the end is the same.

mod layers;
mod points;

use std::path::Path;
use std::process::Stdio;

use futures_util::{StreamExt, stream};
use lamplighter::core::ports::AuditEvent;
use lamplighter_scenarios::{Stage, find, respond};
use tempfile::TempDir;

use points::{CRASH_AT, FOLDER, Points};

/// How many stages are played at once.
const AT_ONCE: usize = 3;

/// The process that is killed: this test binary again, with a folder and a point to die at.
#[tokio::test(flavor = "multi_thread")]
async fn child() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let points = Points::from_environment();
    respond(Path::new(&folder), |builder| layers::around(builder, &points)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stuck_pod_is_restarted_once_wherever_the_process_dies() {
    survive_every_point("stuck-pod", 20, 0, |stage| {
        assert_eq!(stage.world().pods_deleted().len(), 1, "one restart");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_memory_limit_is_raised_once_wherever_the_process_dies() {
    survive_every_point("out-of-memory", 40, 1, |stage| {
        assert!(stage.world().pods_deleted().is_empty());
    })
    .await;
}

/// Plays the scenario once for each point to die at, until there is no further one.
async fn survive_every_point(name: &str, at_least: usize, applies: usize, check: fn(&Stage)) {
    let expected = play(name, None).await;
    assert_eq!(expected.facts.applies, applies, "{name}, undisturbed");
    let mut plays =
        stream::iter(1..).map(|point| async move { (point, play(name, Some(point)).await) }).buffered(AT_ONCE);
    while let Some((point, end)) = plays.next().await {
        if !end.died {
            assert!(point > at_least, "only {point} points to die at: the layers are not in place");
            println!("{name}: survived a kill at each of {} points", point - 1);
            return;
        }
        assert_eq!(end.facts.applies, applies, "{name}, killed at point {point}: applied more or less than once");
        check(&end.stage);
        assert_eq!(
            end.facts,
            expected.facts,
            "{name}, killed at point {point}:\n{}",
            end.stage.conversation().unwrap()
        );
    }
}

struct End {
    died: bool,
    facts: Facts,
    stage: Stage,
    _folder: TempDir,
}

/// What must not depend on where the process died. Times and pod names may.
#[derive(Debug, PartialEq)]
struct Facts {
    comments: Vec<String>,
    front_matter: Vec<String>,
    executed: Vec<String>,
    commits: Vec<String>,
    applies: usize,
    post_mortems: usize,
}

async fn play(name: &str, point: Option<usize>) -> End {
    let folder = TempDir::new().unwrap();
    let stage = find(name).unwrap().stage(&folder.path().join(name)).await.unwrap();
    note_terraform(stage.folder());
    let died = match point {
        Some(point) => !run_child(stage.folder(), Some(point)).await,
        None => false,
    };
    if died || point.is_none() {
        assert!(run_child(stage.folder(), None).await, "{name}, killed at {point:?}: it does not go on");
    }
    let facts = facts(&stage).await;
    End { died, facts, stage, _folder: folder }
}

/// Runs the child to its end; whether it came there.
async fn run_child(folder: &Path, point: Option<usize>) -> bool {
    let mut command = tokio::process::Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "crash::child", "--nocapture"])
        .env(FOLDER, folder)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    match point {
        Some(point) => command.env(CRASH_AT, point.to_string()),
        None => command.env_remove(CRASH_AT),
    };
    let output = command.output().await.unwrap();
    let killed = std::os::unix::process::ExitStatusExt::signal(&output.status) == Some(9);
    assert!(
        output.status.success() || killed,
        "the child failed by itself:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output.status.success()
}

async fn facts(stage: &Stage) -> Facts {
    let conversation = stage.conversation().unwrap();
    let marker = |line: &&str| line.contains("<!-- lamplighter:");
    let front_matter = |line: &&str| ["state = ", "labels = ", "assignees = "].iter().any(|key| line.starts_with(key));
    let audit = stage.audit().await.unwrap();
    let executed = audit.iter().filter_map(|entry| match &entry.event {
        AuditEvent::Executed { change, .. } => Some(change.to_string()),
        _ => None,
    });
    let history = stage.history().await.unwrap().unwrap_or_default();
    let is_told =
        |line: &&str| ["(fixes #", "docs: post-mortem", "Lamplighter-Change:"].iter().any(|word| line.contains(word));
    let subjects = history.lines().filter(is_told);
    Facts {
        comments: conversation.lines().filter(marker).map(str::to_owned).collect(),
        front_matter: conversation.lines().filter(front_matter).map(str::to_owned).collect(),
        executed: executed.collect(),
        commits: subjects.map(str::to_owned).collect(),
        applies: applies(stage.folder()),
        post_mortems: post_mortems(stage.folder()),
    }
}

/// Puts a script in Terraform's place that notes each command and goes on as the real one.
fn note_terraform(folder: &Path) {
    let script = folder.join("terraform.sh");
    let log = folder.join("terraform.log");
    let text = format!(
        "#!/bin/sh\necho \"$1\" >>'{}'\nif command -v terraform >/dev/null; then exec terraform \"$@\"; fi\nexec tofu \"$@\"\n",
        log.display()
    );
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let config = folder.join("lamplighter.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let binary = format!("[stacks]\nbinary = \"{}\"\n\n[stacks.backend]", script.display());
    std::fs::write(&config, text.replace("[stacks.backend]", &binary)).unwrap();
}

/// How many post-mortems are in the archive beside the configuration.
fn post_mortems(folder: &Path) -> usize {
    std::fs::read_dir(folder.join("docs/post-mortems")).map_or(0, |entries| {
        entries
            .filter(|entry| entry.as_ref().is_ok_and(|entry| entry.file_name().to_string_lossy().ends_with(".md")))
            .count()
    })
}

/// How often `terraform apply` was run.
fn applies(folder: &Path) -> usize {
    let log = std::fs::read_to_string(folder.join("terraform.log")).unwrap_or_default();
    log.lines().filter(|command| *command == "apply").count()
}
