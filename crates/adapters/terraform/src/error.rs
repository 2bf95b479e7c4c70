use std::path::PathBuf;
use std::time::Duration;

use lamplighter_core::{Error, ErrorKind};

/// What can go wrong with Terraform and its files.
///
/// The messages are for the operator. Terraform's own words are never in them, because a provider may
/// have put a secret into its words: what it printed stays in files below the plans folder, and only
/// summaries that are plain words, places and addresses are repeated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TerraformError {
    /// There is no binary.
    #[error(
        "neither `terraform` nor `tofu` is on PATH: install Terraform or OpenTofu, or name the binary in the options"
    )]
    NoBinary,
    /// The options contradict themselves or name a place that cannot be used.
    #[error("{0}")]
    Options(String),
    /// The name of a stack leads out of the stacks folder.
    #[error("`{0}` is not the name of a stack: use its path below the stacks folder, without `..`")]
    StackName(String),
    /// There is no such stack.
    #[error("there is no stack `{0}` in this workspace")]
    NoSuchStack(String),
    /// A file could not be read or written.
    #[error("cannot {doing} {}", path.display())]
    File {
        /// `read`, `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file is not HCL.
    #[error("{file} line {line} cannot be parsed")]
    Syntax {
        /// The file, relative to the repository.
        file: String,
        /// The line, counted from 1.
        line: usize,
    },
    /// The state would be lost with the workspace.
    #[error(
        "the state of stack `{stack}` would live inside the workspace, which is thrown away, and every plan would \
         create everything anew: give the stack a backend block, or configure a backend for it"
    )]
    EphemeralState {
        /// The stack.
        stack: String,
    },
    /// The stack's own backend is of another kind than the configured one.
    #[error("stack `{stack}` has a `{declared}` backend and `{configured}` is configured for it: make them agree")]
    BackendKind {
        /// The stack.
        stack: String,
        /// The kind in its files.
        declared: String,
        /// The kind in the options.
        configured: String,
    },
    /// Terraform could not be started.
    #[error("cannot start {}", binary.display())]
    Start {
        /// The binary.
        binary: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It took too long and was interrupted.
    #[error(
        "`{step}` was interrupted after {} s: raise its timeout if it needs longer",
        after.as_secs()
    )]
    Timeout {
        /// The subcommand.
        step: &'static str,
        /// The time that it was given.
        after: Duration,
    },
    /// The caller stopped it.
    #[error("`{step}` was stopped")]
    Stopped {
        /// The subcommand.
        step: &'static str,
    },
    /// Somebody else holds the lock of the state.
    #[error("the state is locked by {holder}")]
    Locked {
        /// The lock's holder, as far as Terraform says it.
        holder: LockHolder,
    },
    /// The plan was made from a state that is no longer the state.
    #[error("the state has moved since the plan was made: plan again")]
    Stale,
    /// The kept plan file is missing or is not the judged one.
    #[error("the plan file {digest} {fault}, so it is not applied")]
    PlanFile {
        /// The digest that was judged.
        digest: String,
        /// What is the matter with it.
        fault: &'static str,
    },
    /// The edits of the plan have no place in the workspace any more.
    #[error("the files of stack `{stack}` have changed since the plan was made: plan again")]
    Moved {
        /// The stack.
        stack: String,
    },
    /// This very plan is being applied, by this process or by one that an earlier process left behind.
    #[error("plan {digest} is still being applied: ask again when that has ended")]
    BeingApplied {
        /// The plan's digest.
        digest: String,
    },
    /// Terraform failed.
    #[error("`{step}` failed: {reason}")]
    Failed {
        /// The subcommand.
        step: &'static str,
        /// What Terraform said, reduced to what is safe to repeat.
        reason: String,
    },
    /// Terraform printed something unexpected.
    #[error("`{step}` printed something that cannot be read")]
    Output {
        /// The subcommand.
        step: &'static str,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A plan that was kept does not read back.
    #[error("the record of plan {digest} cannot be read")]
    Record {
        /// The plan's digest.
        digest: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A defect of ours.
    #[error("{0}")]
    Internal(String),
}

/// Who holds the lock of a state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LockHolder {
    /// What they are doing: `OperationTypeApply`.
    pub operation: Option<String>,
    /// `user@host`; for the operator only.
    pub who: Option<String>,
    /// Since when, as Terraform writes it (UTC).
    pub created: Option<String>,
}

impl LockHolder {
    /// The same without names of users and hosts.
    #[must_use]
    pub fn public(&self) -> String {
        Self { who: None, ..self.clone() }.to_string()
    }
}

impl std::fmt::Display for LockHolder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.who.as_deref().unwrap_or("somebody else"))?;
        if let Some(operation) = &self.operation {
            write!(f, " ({operation})")?;
        }
        if let Some(created) = &self.created {
            write!(f, " since {created}")?;
        }
        Ok(())
    }
}

impl TerraformError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoBinary
            | Self::Options(_)
            | Self::StackName(_)
            | Self::Syntax { .. }
            | Self::EphemeralState { .. }
            | Self::BackendKind { .. } => ErrorKind::InvalidInput,
            Self::NoSuchStack(_) => ErrorKind::NotFound,
            Self::File { .. } | Self::Start { .. } | Self::Failed { .. } => ErrorKind::Unavailable,
            Self::Timeout { .. } => ErrorKind::Timeout,
            Self::Stopped { .. } => ErrorKind::Cancelled,
            Self::Locked { .. } | Self::Stale | Self::Moved { .. } | Self::BeingApplied { .. } => ErrorKind::Conflict,
            Self::PlanFile { .. } => ErrorKind::Refused,
            Self::Output { .. } | Self::Record { .. } => ErrorKind::Corrupt,
            Self::Internal(_) => ErrorKind::Internal,
        }
    }

    /// What may be shown to anybody: nothing that names hosts, users or places outside the repository.
    fn public(&self) -> Option<String> {
        match self {
            Self::StackName(_)
            | Self::NoSuchStack(_)
            | Self::Syntax { .. }
            | Self::EphemeralState { .. }
            | Self::BackendKind { .. }
            | Self::Timeout { .. }
            | Self::Stopped { .. }
            | Self::Stale
            | Self::PlanFile { .. }
            | Self::Moved { .. }
            | Self::BeingApplied { .. }
            | Self::Failed { .. } => Some(self.to_string()),
            Self::Locked { holder } => Some(format!("the state is locked by {}", holder.public())),
            _ => None,
        }
    }
}

impl From<TerraformError> for Error {
    fn from(error: TerraformError) -> Self {
        let retryable = matches!(error, TerraformError::Locked { .. } | TerraformError::BeingApplied { .. }) || {
            // What Terraform reports is as likely a fault of the configuration as of the network.
            error.kind().is_transient() && !matches!(error, TerraformError::Failed { .. })
        };
        let (kind, public, message) = (error.kind(), error.public(), error.to_string());
        let converted = Error::new(kind, message).with_retryable(retryable).with_source(error);
        match public {
            Some(public) => converted.with_public(public),
            None => converted,
        }
    }
}
