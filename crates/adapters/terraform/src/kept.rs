//! The folder of plan files, each below its digest.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use lamplighter_core::ports::StackEdit;
use lamplighter_core::words::{Digest, StackName};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::{TerraformError, files};

const PLAN: &str = "plan";
const RECORD: &str = "record.json";
const APPLY_LOG: &str = "apply.log";
const UNFINISHED: &str = ".new-";

/// What is kept beside a plan file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) stack: StackName,
    /// The edits that were planned: with them, a new workspace becomes the one that was planned in.
    pub(crate) edits: Vec<StackEdit>,
}

/// The folder.
#[derive(Debug, Clone)]
pub(crate) struct KeptPlans {
    folder: PathBuf,
    keep: Duration,
}

/// A plan that is being made.
pub(crate) struct NewPlan {
    folder: TempDir,
}

impl NewPlan {
    /// Where Terraform is to write it.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join(PLAN)
    }
}

impl KeptPlans {
    pub(crate) fn open(folder: &Path, keep: Duration) -> Result<Self, TerraformError> {
        let folder = crate::stack::absolute(folder)?;
        DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(|source| TerraformError::File {
            doing: "make",
            path: folder.clone(),
            source,
        })?;
        Ok(Self { folder, keep })
    }

    /// Begins a plan, after those that were kept long enough are gone: they hold secrets.
    pub(crate) fn start(&self) -> Result<NewPlan, TerraformError> {
        self.forget_old().map_err(|source| self.failed("clean", source))?;
        let folder = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(&self.folder);
        folder.map(|folder| NewPlan { folder }).map_err(|source| self.failed("write", source))
    }

    /// Keeps a plan that has been made, on disk before this returns.
    pub(crate) fn keep(&self, plan: NewPlan, record: &Record) -> Result<Digest, TerraformError> {
        let failed = |source| self.failed("write", source);
        let file = plan.file();
        let digest = Digest::of(&std::fs::read(&file).map_err(failed)?);
        File::open(&file).and_then(|file| file.sync_all()).map_err(failed)?;
        let json = serde_json::to_vec(record).map_err(|error| TerraformError::Internal(error.to_string()))?;
        files::write_private(&plan.folder.path().join(RECORD), &json)?;
        let kept = self.folder.join(digest.as_str());
        if !kept.exists() {
            std::fs::rename(plan.folder.keep(), &kept).map_err(failed)?;
            File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
        } else if self.file(&digest).is_err() {
            // Made twice within a second a plan is the same file, and the one that is kept is damaged.
            std::fs::rename(&file, kept.join(PLAN)).map_err(failed)?;
            File::open(&kept).and_then(|folder| folder.sync_all()).map_err(failed)?;
        }
        Ok(digest)
    }

    /// The plan file of this digest, after a look that it still is.
    pub(crate) fn file(&self, digest: &Digest) -> Result<PathBuf, TerraformError> {
        let fault = |fault| TerraformError::PlanFile { digest: digest.short().to_owned(), fault };
        let file = self.of(digest)?.join(PLAN);
        let bytes = std::fs::read(&file).map_err(|_missing| fault("is not kept here any more"))?;
        if Digest::of(&bytes) == *digest { Ok(file) } else { Err(fault("is not the one that was judged")) }
    }

    /// What was kept beside it.
    pub(crate) fn record(&self, digest: &Digest) -> Result<Record, TerraformError> {
        let fault =
            || TerraformError::PlanFile { digest: digest.short().to_owned(), fault: "is not kept here any more" };
        let json = std::fs::read(self.of(digest)?.join(RECORD)).map_err(|_missing| fault())?;
        serde_json::from_slice(&json)
            .map_err(|source| TerraformError::Record { digest: digest.short().to_owned(), source })
    }

    /// The file that an apply prints into, locked for as long as anybody holds it open: Terraform inherits it,
    /// so that the lock tells of an apply that has outlived the process that started it.
    pub(crate) fn begin_apply(&self, digest: &Digest) -> Result<File, TerraformError> {
        let failed = |source| self.failed("write", source);
        let path = self.of(digest)?.join(APPLY_LOG);
        let log = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .mode(0o600)
            .open(path)
            .map_err(failed)?;
        match log.try_lock() {
            Ok(()) => log.set_len(0).map_err(failed).map(|()| log),
            Err(TryLockError::WouldBlock) => Err(TerraformError::BeingApplied { digest: digest.short().to_owned() }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// Whether this plan is being applied now.
    pub(crate) fn is_being_applied(&self, digest: &Digest) -> Result<bool, TerraformError> {
        let Ok(log) = File::open(self.of(digest)?.join(APPLY_LOG)) else { return Ok(false) };
        Ok(matches!(log.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// Removes plans that are older than they are kept, also half made ones of a process that was killed.
    fn forget_old(&self) -> std::io::Result<()> {
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let ours = name.to_str().is_some_and(|name| is_digest(name) || name.starts_with(UNFINISHED));
            let Ok(metadata) = entry.metadata() else { continue };
            let is_old = metadata.modified()?.elapsed().is_ok_and(|age| age > self.keep);
            if ours && metadata.is_dir() && is_old {
                // Another process may be doing the same.
                let _ = std::fs::remove_dir_all(entry.path());
            }
        }
        Ok(())
    }

    fn of(&self, digest: &Digest) -> Result<PathBuf, TerraformError> {
        let text = digest.as_str();
        if is_digest(text) {
            return Ok(self.folder.join(text));
        }
        Err(TerraformError::PlanFile { digest: digest.short().to_owned(), fault: "has no digest of a plan file" })
    }

    fn failed(&self, doing: &'static str, source: std::io::Error) -> TerraformError {
        TerraformError::File { doing, path: self.folder.clone(), source }
    }
}

fn is_digest(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(kept: &KeptPlans, bytes: &[u8]) -> Digest {
        let plan = kept.start().unwrap();
        std::fs::write(plan.file(), bytes).unwrap();
        kept.keep(plan, &Record { stack: StackName::new("apps"), edits: Vec::new() }).unwrap()
    }

    #[test]
    fn a_damaged_plan_that_is_made_again_is_whole_again() {
        let folder = TempDir::new().unwrap();
        let kept = KeptPlans::open(folder.path(), Duration::from_mins(1)).unwrap();
        let digest = keep(&kept, b"the plan");
        let file = kept.file(&digest).unwrap();
        std::fs::write(&file, b"another plan").unwrap();
        assert!(kept.file(&digest).is_err(), "it is not what was judged");
        assert_eq!(keep(&kept, b"the plan"), digest);
        assert_eq!(std::fs::read(kept.file(&digest).unwrap()).unwrap(), b"the plan");
    }
}
