//! One git command: no shell, no prompts, no hooks, nobody's configuration.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Stdio;

use lamplighter_core::markdown::line;
use lamplighter_core::redact;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

use crate::{GitError, GitOptions};

const INHERITED: [&str; 14] = [
    "PATH",
    "HOME",
    "TMPDIR",
    "SSH_AUTH_SOCK",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "GIT_SSL_CAINFO",
    "GIT_SSH_COMMAND",
    "GIT_ASKPASS",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "https_proxy",
    "http_proxy",
    "no_proxy",
];

/// Given to every command: what a repository's own settings must not change.
const SETTINGS: [&str; 9] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.autocrlf=false",
    "core.quotePath=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "submodule.recurse=false",
    "commit.gpgSign=false",
    "push.gpgSign=false",
];

/// How much of what was printed is told, in characters, and in lines of the remote.
const OWN_WORDS: usize = 200;
const REMOTE_WORDS: usize = 400;
const REMOTE_LINES: usize = 40;

/// git in one folder.
#[derive(Debug)]
pub(crate) struct Git<'g> {
    options: &'g GitOptions,
    dir: &'g Path,
    index: Option<&'g Path>,
}

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) succeeded: bool,
    pub(crate) stdout: Vec<u8>,
    stderr: String,
}

impl<'g> Git<'g> {
    pub(crate) fn new(options: &'g GitOptions, dir: &'g Path) -> Self {
        Self { options, dir, index: None }
    }

    /// The same on another index than the workspace's.
    pub(crate) fn with_index(&self, index: &'g Path) -> Self {
        Self { index: Some(index), ..*self }
    }

    pub(crate) fn dir(&self) -> &'g Path {
        self.dir
    }

    pub(crate) fn options(&self) -> &'g GitOptions {
        self.options
    }

    /// Runs a command that has to succeed, and gives back its output as one trimmed text.
    pub(crate) async fn text<S: AsRef<OsStr>>(
        &self,
        command: &'static str,
        arguments: &[S],
    ) -> Result<String, GitError> {
        let finished = self.succeed(command, arguments, b"").await?;
        let text = String::from_utf8(finished.stdout).map_err(|_| GitError::Output(command))?;
        Ok(text.trim().to_owned())
    }

    /// Runs a command that has to succeed.
    pub(crate) async fn succeed<S: AsRef<OsStr>>(
        &self,
        command: &'static str,
        arguments: &[S],
        stdin: &[u8],
    ) -> Result<Finished, GitError> {
        let finished = self.run(command, arguments, stdin).await?;
        if finished.succeeded { Ok(finished) } else { Err(self.failure(command, &finished)) }
    }

    /// Runs a command to its end. Dropping the future kills it; everything it may leave behind is expected.
    pub(crate) async fn run<S: AsRef<OsStr>>(
        &self,
        command: &'static str,
        arguments: &[S],
        stdin: &[u8],
    ) -> Result<Finished, GitError> {
        let mut child = self.command(command, arguments).spawn().map_err(GitError::Start)?;
        let mut group = Group::of(&child);
        let input = child.stdin.take();
        let fed = async {
            if let Some(mut input) = input {
                // A command that does not read to the end says why by failing.
                let _ = input.write_all(stdin).await;
            }
        };
        let ended = tokio::time::timeout(self.options.timeout, async {
            let ((), output) = tokio::join!(fed, child.wait_with_output());
            output
        });
        let output = ended
            .await
            .map_err(|_elapsed| GitError::Timeout { command, after: self.options.timeout })?
            .map_err(GitError::Start)?;
        group.ended();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        Ok(Finished { succeeded: output.status.success(), stdout: output.stdout, stderr })
    }

    fn command<S: AsRef<OsStr>>(&self, subcommand: &str, arguments: &[S]) -> Command {
        let mut command = Command::new(&self.options.binary);
        for setting in SETTINGS {
            command.arg("-c").arg(setting);
        }
        let nothing = OsString::from("/dev/null");
        let configuration = self.options.config_file.as_ref().map_or(nothing, |file| file.clone().into_os_string());
        command.arg(subcommand).args(arguments).current_dir(self.dir).env_clear();
        for name in INHERITED.into_iter().chain(self.options.environment.iter().map(String::as_str)) {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        for (name, value) in [
            ("LC_ALL", "C"),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_CONFIG_SYSTEM", "/dev/null"),
            ("GIT_ATTR_NOSYSTEM", "1"),
            ("GIT_LITERAL_PATHSPECS", "1"),
            ("GIT_NO_REPLACE_OBJECTS", "1"),
            ("GIT_ALLOW_PROTOCOL", "file:git:http:https:ssh"),
        ] {
            command.env(name, value);
        }
        command.env("GIT_CONFIG_GLOBAL", configuration);
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), &self.options.author_name);
            command.env(format!("GIT_{role}_EMAIL"), &self.options.author_email);
        }
        if let Some(index) = self.index {
            command.env("GIT_INDEX_FILE", index);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.process_group(0).kill_on_drop(true);
        command
    }

    /// What a failed command means.
    pub(crate) fn failure(&self, command: &'static str, finished: &Finished) -> GitError {
        let said = &finished.stderr;
        let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
        if says(&["not found in upstream", "couldn't find remote ref"]) {
            return GitError::NoBranch(self.options.branch.clone());
        }
        let reason = self.reason(finished);
        if says(&[
            "Authentication failed",
            "Permission denied",
            "could not read Username",
            "could not read Password",
            "returned error: 401",
            "returned error: 403",
            "[remote rejected]",
        ]) || String::from_utf8_lossy(&finished.stdout).contains("[remote rejected]")
        {
            return GitError::Permission(reason);
        }
        GitError::Failed { command, reason }
    }

    /// Why it failed, on one line: git's own last words, and what the remote printed, as hooks and hosts do to say why they
    /// refuse. Without addresses and without what looks like a secret.
    fn reason(&self, finished: &Finished) -> String {
        let said = || finished.stderr.lines().map(str::trim).filter(|line| !line.is_empty());
        let last = said().rfind(|line| line.starts_with("fatal:") || line.starts_with("error:"));
        let mut reason = self.redacted(last.or_else(|| said().next_back()).unwrap_or("no reason"), OWN_WORDS);
        let stdout = String::from_utf8_lossy(&finished.stdout);
        let why = stdout.lines().find_map(|line| line.split_once("[remote rejected] ")).map(|(_, why)| why.trim());
        if let Some(why) = why {
            reason = format!("{reason} {}", self.redacted(why, OWN_WORDS));
        }
        let remote = said().filter_map(|line| line.strip_prefix("remote:")).map(str::trim);
        // More than that is cut off anyway.
        let remote: Vec<&str> = remote.filter(|line| !line.is_empty()).take(REMOTE_LINES).collect();
        if remote.is_empty() {
            return reason;
        }
        format!("{reason}; the remote says: {}", self.redacted(&remote.join(" / "), REMOTE_WORDS))
    }

    /// What was printed, without the remote's address and without anything before an `@`.
    fn redacted(&self, said: &str, limit: usize) -> String {
        let said = said.replace(&self.options.remote, "the remote");
        let words = said.split(' ').map(|word| if word.contains("://") { "(an address)" } else { word });
        line(&redact(&words.collect::<Vec<_>>().join(" ")), limit)
    }
}

/// A command and all that it has started, killed together.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw))
    }

    /// From here on its number may be that of another.
    fn ended(&mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}
