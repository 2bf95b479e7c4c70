//! One run of the binary: no shell, a closed input, a clean environment, and an end that lets it finish.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::process::{Child, Command};
use tokio_util::sync::CancellationToken;

use crate::TerraformError;

/// What Terraform inherits from our environment without being asked.
const INHERITED: [&str; 17] = [
    "PATH",
    "HOME",
    "TMPDIR",
    "USER",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "KUBECONFIG",
    "KUBERNETES_SERVICE_HOST",
    "KUBERNETES_SERVICE_PORT",
    "TF_PLUGIN_CACHE_DIR",
    "SSH_AUTH_SOCK",
];

const CONFIG_FILE: &str = "TF_CLI_CONFIG_FILE";

/// The binary and all that its runs have in common.
#[derive(Debug, Clone)]
pub(crate) struct Binary {
    path: PathBuf,
    environment: Vec<(OsString, OsString)>,
    grace: Duration,
}

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

impl Finished {
    pub(crate) fn succeeded(&self) -> bool {
        self.code == Some(0)
    }
}

impl Binary {
    pub(crate) fn new(path: PathBuf, let_through: &[String], grace: Duration) -> Self {
        let mut environment: Vec<(OsString, OsString)> = Vec::new();
        for name in INHERITED.into_iter().chain(let_through.iter().map(String::as_str)) {
            if let Some(value) = std::env::var_os(name) {
                environment.push((name.into(), value));
            }
        }
        // Terraform complains on every run about a file that is named and missing.
        if let Some(file) = std::env::var_os(CONFIG_FILE).filter(|file| Path::new(file).is_file()) {
            environment.push((CONFIG_FILE.into(), file));
        }
        for (name, value) in [("TF_IN_AUTOMATION", "1"), ("TF_INPUT", "0"), ("CHECKPOINT_DISABLE", "1")] {
            environment.push((name.into(), value.into()));
        }
        Self { path, environment, grace }
    }

    /// The variables of the configuration that are set through the environment.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        self.environment.iter().filter_map(|(name, _)| name.to_str()?.strip_prefix("TF_VAR_"))
    }

    /// Runs it to its end and gives back what it printed.
    pub(crate) async fn run(
        &self,
        step: &'static str,
        dir: &Path,
        arguments: &[OsString],
        timeout: Duration,
    ) -> Result<Finished, TerraformError> {
        let stdout = scratch()?;
        self.run_into(step, dir, arguments, timeout, stdout).await
    }

    /// The same, printing into `stdout`: a file and not a pipe, so that a run outlives us when we are killed
    /// and can still write its state. It holds the file open for as long as it lives.
    ///
    /// Dropping the future interrupts the run and leaves a task behind that waits for its end.
    pub(crate) async fn run_into(
        &self,
        step: &'static str,
        dir: &Path,
        arguments: &[OsString],
        timeout: Duration,
        mut stdout: File,
    ) -> Result<Finished, TerraformError> {
        let mut stderr = scratch()?;
        let child = self.start(dir, arguments, &stdout, &stderr)?;
        let cancelled = CancellationToken::new();
        let supervised = tokio::spawn(supervise(child, cancelled.clone(), timeout, self.grace));
        let _cancel_when_dropped = cancelled.drop_guard();
        let ended = supervised
            .await
            .map_err(|error| TerraformError::Internal(format!("the supervisor of `{step}` failed: {error}")))?;
        match ended? {
            Ended::ByItself(status) => {
                Ok(Finished { code: status.code(), stdout: contents(&mut stdout)?, stderr: contents(&mut stderr)? })
            }
            Ended::TimedOut => Err(TerraformError::Timeout { step, after: timeout }),
            Ended::Stopped => Err(TerraformError::Stopped { step }),
        }
    }

    fn start(
        &self,
        dir: &Path,
        arguments: &[OsString],
        stdout: &File,
        stderr: &File,
    ) -> Result<Running, TerraformError> {
        let failed = |source| TerraformError::Start { binary: self.path.clone(), source };
        Command::new(&self.path)
            .args(arguments)
            .current_dir(dir)
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(stdout.try_clone().map_err(failed)?)
            .stderr(stderr.try_clone().map_err(failed)?)
            // A group of its own: a Ctrl-C at our terminal is ours to pass on, once.
            .process_group(0)
            .spawn()
            .map(Running)
            .map_err(failed)
    }
}

/// Arguments from anything that can be one.
pub(crate) fn arguments<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Vec<OsString> {
    arguments.into_iter().map(|argument| argument.as_ref().to_owned()).collect()
}

enum Ended {
    ByItself(ExitStatus),
    TimedOut,
    Stopped,
}

async fn supervise(
    mut running: Running,
    cancelled: CancellationToken,
    timeout: Duration,
    grace: Duration,
) -> Result<Ended, TerraformError> {
    let reason = tokio::select! {
        biased;
        status = running.0.wait() => return status.map(Ended::ByItself).map_err(|error| wait_failed(&error)),
        () = cancelled.cancelled() => Ended::Stopped,
        () = tokio::time::sleep(timeout) => Ended::TimedOut,
    };
    tracing::warn!(pid = running.0.id(), "interrupting Terraform");
    running.interrupt();
    match tokio::time::timeout(grace, running.0.wait()).await {
        // It was about to end, or ended well because nothing was left to stop.
        Ok(Ok(status)) if status.success() => return Ok(Ended::ByItself(status)),
        Ok(Ok(_)) => {}
        Ok(Err(error)) => return Err(wait_failed(&error)),
        Err(_elapsed) => {
            tracing::error!(pid = running.0.id(), "Terraform did not end after it was interrupted and is killed");
            running.kill();
            running.0.wait().await.map_err(|error| wait_failed(&error))?;
        }
    }
    Ok(reason)
}

fn wait_failed(error: &std::io::Error) -> TerraformError {
    TerraformError::Internal(format!("waiting for Terraform failed: {error}"))
}

/// A started Terraform. Dropped before its end (the runtime is going down), it is interrupted and not
/// killed, so that it writes its state and gives its lock back.
struct Running(Child);

impl Running {
    fn interrupt(&self) {
        if let Some(pid) = self.pid() {
            let _ = kill_process(pid, Signal::INT);
        }
    }

    /// Kills it with its providers and provisioners.
    fn kill(&self) {
        if let Some(pid) = self.pid() {
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }

    /// `None` once its end has been seen, so that no other process of that number is meant.
    fn pid(&self) -> Option<Pid> {
        self.0.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.interrupt();
    }
}

/// A file without a name, gone with its last user.
fn scratch() -> Result<File, TerraformError> {
    tempfile::tempfile().map_err(|source| TerraformError::File { doing: "make", path: std::env::temp_dir(), source })
}

fn contents(file: &mut File) -> Result<Vec<u8>, TerraformError> {
    let mut bytes = Vec::new();
    file.rewind().and_then(|()| file.read_to_end(&mut bytes)).map_err(|source| TerraformError::File {
        doing: "read",
        path: PathBuf::from("the output"),
        source,
    })?;
    Ok(bytes)
}
