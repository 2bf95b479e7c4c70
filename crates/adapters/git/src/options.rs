use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::GitError;

/// Which repository, and how it is worked with.
#[derive(Debug, Clone)]
pub struct GitOptions {
    /// The address or the path of the remote repository. Everybody on this machine can read it while git
    /// runs, so a password does not belong in it: name a `config_file` with a credential helper.
    pub remote: String,
    /// The branch that is read and committed to. Default: `main`.
    pub branch: String,
    /// The folder below which each run has its workspace.
    pub workspaces_dir: PathBuf,
    /// The author and committer of commits. Default: `Lamplighter`.
    pub author_name: String,
    /// The author's address. Default: `lamplighter@localhost`.
    pub author_email: String,
    /// The agent behind a commit, `Name <address>`: the trailer `Co-authored-by`.
    pub co_author: Option<String>,
    /// How long each git command may take. Default: 5 minutes.
    pub timeout: Duration,
    /// The only configuration that git reads beside the workspace's own: credentials, certificates, proxies.
    /// `None` reads none, and in particular not that of the user who runs this.
    pub config_file: Option<PathBuf>,
    /// Names of environment variables that git gets beside the usual ones (`PATH`, `HOME`, proxies,
    /// certificates, `SSH_AUTH_SOCK`, `GIT_SSH_COMMAND`, `GIT_ASKPASS`).
    pub environment: Vec<String>,
    /// The binary. Default: `git` on `PATH`.
    pub binary: PathBuf,
}

impl GitOptions {
    /// The defaults, for this remote.
    pub fn new(remote: impl Into<String>, workspaces_dir: impl Into<PathBuf>) -> Self {
        Self {
            remote: remote.into(),
            branch: "main".to_owned(),
            workspaces_dir: workspaces_dir.into(),
            author_name: "Lamplighter".to_owned(),
            author_email: "lamplighter@localhost".to_owned(),
            co_author: None,
            timeout: Duration::from_mins(5),
            config_file: None,
            environment: Vec::new(),
            binary: PathBuf::from("git"),
        }
    }

    /// The same with paths made absolute, as git runs elsewhere, and everything checked.
    pub(crate) fn checked(mut self) -> Result<Self, GitError> {
        let refuse = |what: String| Err(GitError::Options(what));
        if self.remote.is_empty() || self.remote.starts_with('-') || self.remote.contains(char::is_control) {
            return refuse("the remote has to be an address or a path".to_owned());
        }
        if !is_branch_name(&self.branch) {
            return refuse(format!("`{}` is not the name of a branch", self.branch));
        }
        for text in [&self.author_name, &self.author_email] {
            if text.trim().is_empty() || text.contains(|c: char| c.is_control() || matches!(c, '<' | '>')) {
                return refuse("the author needs a name and an address, without brackets".to_owned());
            }
        }
        if self.co_author.as_deref().is_some_and(|co_author| !is_person(co_author)) {
            return refuse("the co-author has to be given as `Name <address>`".to_owned());
        }
        if !is_address(&self.remote) {
            self.remote = absolute(Path::new(&self.remote))?.to_string_lossy().into_owned();
        }
        self.workspaces_dir = absolute(&self.workspaces_dir)?;
        self.config_file = self.config_file.as_deref().map(absolute).transpose()?;
        Ok(self)
    }
}

pub(crate) fn absolute(path: &Path) -> Result<PathBuf, GitError> {
    std::path::absolute(path).map_err(|source| GitError::File { path: path.to_owned(), source })
}

/// `https://host/x`, `host:x`, and not a path.
fn is_address(remote: &str) -> bool {
    remote.contains("://") || remote.split_once(':').is_some_and(|(host, _)| !host.contains('/'))
}

/// The rules of `git check-ref-format`, somewhat narrower.
fn is_branch_name(name: &str) -> bool {
    let character = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '#' | '@');
    let part = |part: &str| {
        !part.is_empty()
            && !part.starts_with(['.', '-'])
            && !part.ends_with('.')
            && !part.to_lowercase().ends_with(".lock")
    };
    name.chars().all(character) && name.split('/').all(part) && !name.contains("..") && name != "@"
}

fn is_person(text: &str) -> bool {
    let Some((name, address)) = text.strip_suffix('>').and_then(|text| text.split_once(" <")) else { return false };
    let plain = |text: &str| !text.trim().is_empty() && !text.contains(|c: char| c.is_control() || "<>".contains(c));
    plain(name) && plain(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_that_git_could_read_otherwise_are_refused() {
        let good = || GitOptions::new("/srv/infra.git", "workspaces");
        assert!(good().checked().is_ok_and(|options| options.workspaces_dir.is_absolute()));
        for remote in ["", "-uecho", "--upload-pack=x", "a\nb"] {
            assert!(GitOptions::new(remote, "w").checked().is_err(), "{remote:?}");
        }
        for branch in ["", "-f", "a b", "a..b", "+main", "a:b", "refs/heads/*", "a.lock", "/a", "a/", "@"] {
            let refused = GitOptions { branch: branch.to_owned(), ..good() }.checked().is_err();
            assert!(refused, "{branch:?}");
        }
        for co_author in ["", "bot", "bot <b@x>\nSigned-off-by: x <x>", "<b@x>", "bot <>"] {
            let options = GitOptions { co_author: Some(co_author.to_owned()), ..good() };
            assert!(options.checked().is_err(), "{co_author:?}");
        }
    }

    #[test]
    fn only_paths_are_made_absolute() {
        for (remote, same) in [("https://example.org/x.git", true), ("git@example.org:x.git", true), ("x.git", false)] {
            let checked = GitOptions::new(remote, "w").checked().unwrap();
            assert_eq!(checked.remote == remote, same, "{remote}");
        }
    }
}
