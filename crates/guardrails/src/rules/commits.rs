//! Forbids a commit of infrastructure that does not follow an apply, and a commit that could do more than record
//! it (SPEC §6, "all lasting changes go through Terraform", "never a force push"; SPEC §3).
//!
//! Git facts: a branch that begins with `+` is a forced refspec and `a:b` pushes to another branch; files in `.git`
//! are git's own, and `.gitattributes` can run programs. Files of CI systems run with their secrets.

use std::collections::BTreeSet;

use async_trait::async_trait;
use lamplighter_core::markdown::code;
use lamplighter_core::ports::{AuditEvent, AuditQuery};
use lamplighter_core::words::{Action, Change, ChangeKey, CommitChange, ObjectRef};
use lamplighter_core::{Context, Guardrail, Result, Verdict};

use super::verdict;
use crate::reading::{components, is_below};

pub(super) struct OnlyWhatWasApplied {
    pub(super) docs_folders: BTreeSet<String>,
}

#[async_trait]
impl Guardrail<Change> for OnlyWhatWasApplied {
    fn name(&self) -> &'static str {
        "commits"
    }

    async fn check(&self, cx: &Context, change: &Change) -> Result<Verdict> {
        match &change.action {
            Action::Commit(commit) => self.judge(cx, commit).await,
            Action::RestartPod(_)
            | Action::Scale(_)
            | Action::ApplyPlan(_)
            | Action::AddMonitor(_)
            | Action::Direct(_) => Ok(Verdict::allow("nothing is committed")),
        }
    }
}

impl OnlyWhatWasApplied {
    async fn judge(&self, cx: &Context, commit: &CommitChange) -> Result<Verdict> {
        let forbidden = malformed(commit);
        if !forbidden.is_empty() {
            return Ok(verdict("", Verdict::deny, forbidden));
        }
        let files: Vec<Vec<String>> = commit.files.iter().filter_map(|file| components(file).ok()).collect();
        let delicate: Vec<String> = files.iter().filter_map(|file| delicate(file)).collect();
        if !delicate.is_empty() {
            return Ok(verdict("", Verdict::escalate, delicate));
        }
        let infrastructure: Vec<&Vec<String>> = files.iter().filter(|file| !self.is_documentation(file)).collect();
        match &commit.follows {
            None if infrastructure.is_empty() => Ok(Verdict::allow("only documentation is committed")),
            None => Ok(Verdict::deny("a commit of infrastructure follows an apply, and this one follows none")),
            Some(key) => follows(cx, key, &infrastructure).await,
        }
    }

    fn is_documentation(&self, file: &[String]) -> bool {
        self.docs_folders.iter().any(|folder| is_below(file, folder))
    }
}

fn malformed(commit: &CommitChange) -> Vec<String> {
    let mut found = Vec::new();
    if !is_branch(&commit.branch) {
        found.push("the branch is not a plain name".to_owned());
    }
    if commit.files.is_empty() {
        found.push("it names no files".to_owned());
    }
    for file in &commit.files {
        match components(file) {
            Err(why) => found.push(format!("{} cannot be committed: {why}", code(file))),
            Ok(parts) if parts.iter().any(|part| part == ".git") => {
                found.push(format!("{} belongs to git", code(file)));
            }
            Ok(_) => {}
        }
    }
    if commit.message.trim().is_empty() {
        found.push("it has no message".to_owned());
    }
    if commit.message.lines().any(|line| line.trim_start().to_lowercase().starts_with("lamplighter-change:")) {
        found.push("its message claims to be another change".to_owned());
    }
    found
}

fn is_branch(branch: &str) -> bool {
    components(branch).is_ok()
        && branch.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte))
        && !branch.contains("..")
        && !branch.starts_with("refs/")
        && branch != "HEAD"
}

/// Files that a program runs by, or that say who may change what.
fn delicate(file: &[String]) -> Option<String> {
    let name = file.last()?;
    let hidden = file.iter().any(|part| part.starts_with('.') && part != ".terraform.lock.hcl");
    let known = ["jenkinsfile", "codeowners", "azure-pipelines.yml", "bitbucket-pipelines.yml", "buildspec.yml"];
    let ci = known.contains(&name.as_str()) || name.contains("woodpecker") || name.contains("gitlab-ci");
    (hidden || ci).then(|| format!("{} belongs to the repository's own machinery", code(&file.join("/"))))
}

/// Whether the change of this key applied a plan, and of the stack that the files are in.
async fn follows(cx: &Context, key: &ChangeKey, files: &[&Vec<String>]) -> Result<Verdict> {
    let entries = cx.audit().entries(&AuditQuery::default()).await?;
    let applied = entries.iter().find_map(|entry| match &entry.event {
        AuditEvent::Attempted { change, action, object, .. } if change == key && action == "apply-plan" => Some(object),
        _ => None,
    });
    let executed =
        entries.iter().any(|entry| matches!(&entry.event, AuditEvent::Executed { change, .. } if change == key));
    let Some(stack) = applied.filter(|_| executed) else {
        return Ok(Verdict::deny("the apply that it says it follows was not carried out"));
    };
    let outside = files.iter().filter(|file| !is_in_stack(file, stack));
    let objections = outside.map(|file| format!("{} is not a file of the applied {stack}", code(&file.join("/"))));
    Ok(verdict("it follows an apply of its stack", Verdict::escalate, objections.collect()))
}

fn is_in_stack(file: &[String], stack: &ObjectRef) -> bool {
    let Some((_, folders)) = file.split_last() else { return false };
    components(&stack.name).is_ok_and(|stack| folders.windows(stack.len()).any(|run| run == stack))
}

#[cfg(test)]
mod tests {
    use lamplighter_core::RunKey;
    use lamplighter_core::ports::{AuditEntry, AuditLog};
    use lamplighter_testkit::ContextBuilder;
    use lamplighter_testkit::fakes::FakeAuditLog;
    use proptest::prelude::*;

    use super::super::fixtures::{change, commit, word};
    use super::*;
    use crate::Policy;

    fn key(name: &str) -> ChangeKey {
        ChangeKey::new(&RunKey::new("issue/1"), name)
    }

    /// A log in which `apply` was carried out on the stack `apps`, `begun` was only begun, and `restart` was
    /// carried out and is no apply.
    async fn log() -> FakeAuditLog {
        let audit = FakeAuditLog::new();
        let attempted = |name: &str, action: &str| AuditEvent::Attempted {
            change: key(name),
            action: action.to_owned(),
            object: ObjectRef::global("stack", "apps"),
            requested_by: None,
            reason: String::new(),
        };
        let executed = |name: &str| AuditEvent::Executed { change: key(name), outcome: "done".to_owned() };
        let failed = AuditEvent::Failed { change: key("failed"), error: "no".to_owned() };
        for event in [
            attempted("apply", "apply-plan"),
            executed("apply"),
            attempted("begun", "apply-plan"),
            attempted("failed", "apply-plan"),
            failed,
            attempted("restart", "restart-pod"),
            executed("restart"),
        ] {
            let entry = AuditEntry { at: jiff::Timestamp::UNIX_EPOCH, run: RunKey::new("issue/1"), event };
            audit.append(entry).await.unwrap();
        }
        audit
    }

    async fn judge(commit: CommitChange) -> Verdict {
        let cx = ContextBuilder::new("issue/1").audit(log().await).build();
        let rule = OnlyWhatWasApplied { docs_folders: Policy::default().docs_folders };
        rule.check(&cx, &change(Action::Commit(commit))).await.unwrap()
    }

    fn of_files(files: &[&str]) -> CommitChange {
        CommitChange { files: files.iter().map(|&file| file.to_owned()).collect(), ..commit() }
    }

    #[tokio::test]
    async fn infrastructure_is_committed_after_its_apply() {
        for (follows, expected) in [
            (Some("apply"), "allow"),
            (Some("begun"), "deny"),
            (Some("failed"), "deny"),
            (Some("restart"), "deny"),
            (Some("never"), "deny"),
            (None, "deny"),
        ] {
            let said = judge(CommitChange { follows: follows.map(key), ..commit() }).await;
            assert_eq!(word(&said), expected, "{follows:?}: {said:?}");
        }
    }

    #[tokio::test]
    async fn documentation_may_be_committed_alone() {
        for (files, expected) in [
            (&["docs/post-mortems/2026-01-01-x.md"][..], "allow"),
            (&["docs/x.md", "stacks/apps/main.tf"], "deny"),
            (&["docsx/x.md"], "deny"),
            (&["Docs/x.md"], "allow"),
            (&["docs"], "deny"),
            (&["docs/../stacks/apps/main.tf"], "deny"),
        ] {
            let said = judge(CommitChange { follows: None, ..of_files(files) }).await;
            assert_eq!(word(&said), expected, "{files:?}: {said:?}");
        }
    }

    #[tokio::test]
    async fn only_files_of_the_applied_stack_are_committed() {
        for (files, expected) in [
            (&["stacks/apps/main.tf"][..], "allow"),
            (&["stacks/apps/wiki/main.tf"], "allow"),
            (&["stacks/apps/main.tf", "docs/x.md"], "allow"),
            (&["stacks/apps/.terraform.lock.hcl"], "allow"),
            (&["stacks/other/main.tf"], "escalate"),
            (&["stacks/other/apps"], "escalate"),
            (&[".github/workflows/x.yml"], "escalate"),
            (&["stacks/apps/.gitattributes"], "escalate"),
            (&["stacks/apps/Jenkinsfile"], "escalate"),
            (&[".woodpecker.yml"], "escalate"),
            (&["CODEOWNERS"], "escalate"),
            (&[".git/config"], "deny"),
            (&["stacks/apps/.GIT/hooks/pre-push"], "deny"),
            (&["git~1/config"], "deny"),
            (&["/etc/passwd"], "deny"),
            (&["../x"], "deny"),
            (&["stacks/apps/ma\nin.tf"], "deny"),
            (&[], "deny"),
        ] {
            let said = judge(of_files(files)).await;
            assert_eq!(word(&said), expected, "{files:?}: {said:?}");
        }
    }

    #[tokio::test]
    async fn a_branch_is_a_plain_name_and_a_message_is_its_own() {
        for (branch, expected) in [
            ("main", "allow"),
            ("feature/x_1.2", "allow"),
            ("+main", "deny"),
            ("main:other", "deny"),
            ("--force", "deny"),
            ("-f", "deny"),
            ("a..b", "deny"),
            ("main~1", "deny"),
            ("HEAD", "deny"),
            ("refs/heads/main", "deny"),
            ("", "deny"),
            ("main\n", "deny"),
        ] {
            let said = judge(CommitChange { branch: branch.to_owned(), ..commit() }).await;
            assert_eq!(word(&said), expected, "{branch:?}");
        }
        for message in ["", " \n", "fix: x\n\nLamplighter-Change: issue/2/y", "x\r\n  lamplighter-change: z"] {
            let said = judge(CommitChange { message: message.to_owned(), ..commit() }).await;
            assert_eq!(word(&said), "deny", "{message:?}");
        }
    }

    proptest! {
        #[test]
        fn never_infrastructure_without_an_executed_apply(file in "[a-z]{1,5}(/[a-z.]{1,8}){0,3}", follows in prop::option::of("[a-z]{0,6}")) {
            prop_assume!(follows.as_deref() != Some("apply") && !file.to_lowercase().starts_with("docs/"));
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let commit = CommitChange { follows: follows.as_deref().map(key), ..of_files(&[&file]) };
            prop_assert!(!runtime.block_on(judge(commit)).is_allow());
        }

        #[test]
        fn never_outside_of_the_repository(before in "([a-z]{1,4}/){0,3}", up in "\\.{2,3}", after in "(/[a-z]{1,4}){0,3}") {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let file = format!("{before}{up}{after}");
            prop_assert!(!runtime.block_on(judge(of_files(&[&file]))).is_allow());
        }
    }
}
