use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What the load is made of and what is compared with.
pub(crate) struct Tools(PathBuf);

impl Tools {
    /// Fetches what is missing, which says so as it does.
    pub(crate) fn set_up() -> std::io::Result<Self> {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut run = Command::new("sh");
        run.args(["run", "setup-load"]).current_dir(repository).stdin(Stdio::null()).stderr(Stdio::inherit());
        let told = run.output()?;
        Ok(Self(PathBuf::from(String::from_utf8_lossy(&told.stdout).trim())))
    }

    /// A program, on the `PATH` or of ours.
    pub(crate) fn program(&self, name: &str) -> Option<PathBuf> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::env::split_paths(&path).chain([self.0.join("bin")]);
        folders.map(|folder| folder.join(name)).find(|program| program.is_file())
    }

    /// The `node_modules` that an npm package is in.
    pub(crate) fn modules(&self, package: &str) -> Option<PathBuf> {
        let name = package.rsplit('/').next().unwrap_or(package);
        let modules = self.0.join("npm").join(name).join("node_modules");
        modules.join(package).is_dir().then_some(modules)
    }

    /// GitHub's examples of webhooks.
    pub(crate) fn webhook_examples(&self) -> Option<PathBuf> {
        let package = "@octokit/webhooks-examples";
        let given = std::env::var_os("LAMPLIGHTER_WEBHOOK_EXAMPLES").map(PathBuf::from);
        let folder = given.or_else(|| Some(self.modules(package)?.join(package)))?;
        let examples = folder.join("api.github.com").join("index.json");
        examples.is_file().then_some(examples)
    }
}
