use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use include_dir::{Dir, DirEntry};
use lamplighter::core::Clock as _;
use lamplighter::core::ports::AuditEntry;
use lamplighter::core::words::IssueNumber;
use lamplighter::{Builder, Config, Outcome, SystemClock};
use lamplighter_testkit::world::{World, WorldSpec};
use tokio::process::Command;

use crate::scenario::text_of;
use crate::{Scenario, ScenarioError};

/// A scenario that is laid out and ready to be played, any number of times: each play goes on where the one
/// before ended, as a restarted process would.
pub struct Stage {
    folder: PathBuf,
    world: World,
}

impl Scenario {
    /// Lays the scenario out in an empty or missing folder and starts its world.
    ///
    /// The folder has: `issues/` (the tracker), `repository.git` (the remote with the stacks, if any), `state/`
    /// (Terraform's state), `lamplighter.toml`, and after a play `data/` (the journal and the audit log).
    ///
    /// # Errors
    /// [`ScenarioError`], saying which file or program.
    pub async fn stage(&self, folder: &Path) -> Result<Stage, ScenarioError> {
        let folder = make_folder(folder)?;
        let spec: WorldSpec = toml::from_str(text_of(self.folder, &self.name, "world.toml")?)
            .map_err(|error| self.wrong("world.toml", &error.to_string()))?;
        let world = World::start(spec).map_err(|error| ScenarioError::World(error.to_string()))?;
        world.write_kubeconfig(&folder).map_err(|error| ScenarioError::World(error.to_string()))?;
        write(&folder.join("issues/0001-issue.md"), &filed_now(text_of(self.folder, &self.name, "issue.md")?))?;
        let stage = Stage { folder, world };
        let config = text_of(self.folder, &self.name, "lamplighter.toml")?;
        write(&stage.folder.join("lamplighter.toml"), &stage.fill(config))?;
        let archive = self.folder.get_dir(self.folder.path().join("docs"));
        if let Some(stacks) = self.folder.get_dir(self.folder.path().join("stacks")) {
            deploy(&stage.folder, stacks, archive, &stage.world).await?;
        } else if let Some(archive) = archive {
            write_tree(&stage.folder.join("docs"), archive, archive.path())?;
        }
        Ok(stage)
    }

    pub(crate) fn wrong(&self, file: &str, message: &str) -> ScenarioError {
        ScenarioError::File { scenario: self.name.clone(), file: file.to_owned(), message: message.to_owned() }
    }
}

impl Stage {
    /// Answers the issue. `adjust` may change what is wired before it is built.
    ///
    /// # Errors
    /// [`ScenarioError::Respond`] with what the run itself answers.
    pub async fn play(&self, adjust: impl FnOnce(Builder) -> Builder) -> Result<Outcome, ScenarioError> {
        respond(&self.folder, adjust).await
    }

    /// A configuration of the scenario with the addresses of this world in it.
    pub(crate) fn fill(&self, config: &str) -> String {
        config.replace("{{probe}}", &probe_base(&self.world))
    }

    /// Where it is laid out.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The simulated cluster.
    #[must_use]
    pub fn world(&self) -> &World {
        &self.world
    }

    /// What was decided and done, oldest first.
    ///
    /// # Errors
    /// When the audit log cannot be read.
    pub async fn audit(&self) -> Result<Vec<AuditEntry>, ScenarioError> {
        let lamplighter = load(&self.folder)?.wire().await?.build()?;
        Ok(lamplighter.audit(IssueNumber(1)).await?)
    }

    /// The git history with its changes, newest first; `None` for a scenario without a repository.
    ///
    /// # Errors
    /// When git fails.
    pub async fn history(&self) -> Result<Option<String>, ScenarioError> {
        let remote = self.folder.join("repository.git");
        if !remote.exists() {
            return Ok(None);
        }
        run(&remote, "git", &["log", "--patch", "--stat", "--format=fuller", "--date=iso-strict", "main"])
            .await
            .map(Some)
    }

    /// The issue with its conversation, as it stands in the tracker.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn conversation(&self) -> Result<String, ScenarioError> {
        let path = self.folder.join("issues/0001-issue.md");
        std::fs::read_to_string(&path).map_err(|source| ScenarioError::Write { path, source })
    }
}

/// Answers the issue of a folder that was laid out before, possibly by another process. The world of the
/// process that did has to be running.
///
/// # Errors
/// [`ScenarioError::Respond`] with what the run itself answers.
pub async fn respond(folder: &Path, adjust: impl FnOnce(Builder) -> Builder) -> Result<Outcome, ScenarioError> {
    let lamplighter = adjust(load(folder)?.wire().await?).build()?;
    Ok(lamplighter.respond(IssueNumber(1)).await?)
}

fn load(folder: &Path) -> Result<Config, ScenarioError> {
    let path = folder.join("lamplighter.toml");
    Config::load(&path, std::iter::empty()).map_err(|error| ScenarioError::Respond(error.into()))
}

/// The issue with the time of this play: what is wrong in the world is wrong now.
fn filed_now(issue: &str) -> String {
    let now = SystemClock.now().strftime("%Y-%m-%dT%H:%M:%SZ");
    let line = |line: &str| {
        if line.starts_with("created = ") { format!("created = \"{now}\"\n") } else { format!("{line}\n") }
    };
    issue.lines().map(line).collect()
}

/// The address below which the world says from outside whether a service answers.
fn probe_base(world: &World) -> String {
    let url = world.probe_url("namespace", "service");
    url.strip_suffix("/namespace/service").unwrap_or(&url).to_owned()
}

/// Makes the remote repository with the stacks and the documents, and applies each stack once, so that there is something
/// to change.
async fn deploy(
    folder: &Path,
    stacks: &'static Dir<'static>,
    archive: Option<&'static Dir<'static>>,
    world: &World,
) -> Result<(), ScenarioError> {
    let seed = folder.join("seed");
    write_tree(&seed.join("stacks"), stacks, stacks.path())?;
    if let Some(archive) = archive {
        write_tree(&seed.join("docs"), archive, archive.path())?;
    }
    let remote = folder.join("repository.git");
    git(folder, &["init", "--quiet", "--bare", "--initial-branch=main", "repository.git"]).await?;
    git(&seed, &["init", "--quiet", "--initial-branch=main"]).await?;
    git(&seed, &["add", "--all"]).await?;
    git(&seed, &["commit", "--quiet", "--message=chore: stacks as they are deployed"]).await?;
    git(&seed, &["push", "--quiet", &remote.to_string_lossy(), "main"]).await?;
    std::fs::create_dir_all(folder.join("state"))
        .map_err(|source| ScenarioError::Write { path: folder.join("state"), source })?;
    for stack in stacks.dirs() {
        let name = stack.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
        let state = folder.join("state").join(format!("{name}.tfstate"));
        let root = seed.join("stacks").join(&name);
        let terraform = terraform();
        run(
            &root,
            &terraform,
            &["init", "-input=false", "-no-color", &format!("-backend-config=path={}", state.display())],
        )
        .await?;
        run(&root, &terraform, &["apply", "-input=false", "-no-color", "-auto-approve"]).await?;
        world.follow_state(&state);
    }
    std::fs::remove_dir_all(&seed).map_err(|source| ScenarioError::Write { path: seed, source })
}

/// Terraform, or OpenTofu where that is what there is.
fn terraform() -> String {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let has = |program: &str| std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    if has("terraform") { "terraform".to_owned() } else { "tofu".to_owned() }
}

async fn git(folder: &Path, args: &[&str]) -> Result<(), ScenarioError> {
    let identity = ["-c", "user.name=Operator", "-c", "user.email=operator@localhost", "-c", "commit.gpgsign=false"];
    let args: Vec<&str> = identity.iter().chain(args).copied().collect();
    run(folder, "git", &args).await.map(drop)
}

/// Runs a program to its end and returns what it printed.
async fn run(folder: &Path, program: &str, args: &[&str]) -> Result<String, ScenarioError> {
    let failed = |message: String| ScenarioError::Program { program: format!("{program} {}", args.join(" ")), message };
    let output = Command::new(program)
        .args(args.iter().map(OsStr::new))
        .current_dir(folder)
        .env("TF_IN_AUTOMATION", "1")
        .env("CHECKPOINT_DISABLE", "1")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdin(std::process::Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|error| failed(format!("{error}; is it installed and on PATH?")))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}

fn make_folder(folder: &Path) -> Result<PathBuf, ScenarioError> {
    let failed = |source| ScenarioError::Write { path: folder.to_owned(), source };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let full = folder.canonicalize().map_err(failed)?;
    if std::fs::read_dir(&full).map_err(failed)?.next().is_some() {
        return Err(failed(std::io::Error::other("the folder is not empty; name one that is, or remove it")));
    }
    Ok(full)
}

fn write_tree(to: &Path, from: &'static Dir<'static>, root: &Path) -> Result<(), ScenarioError> {
    for entry in from.entries() {
        match entry {
            DirEntry::Dir(dir) => write_tree(to, dir, root)?,
            DirEntry::File(file) => {
                let relative = file.path().strip_prefix(root).unwrap_or_else(|_| file.path());
                let text = file.contents_utf8().unwrap_or_default();
                write(&to.join(relative), text)?;
            }
        }
    }
    Ok(())
}

pub(crate) fn write(path: &Path, text: &str) -> Result<(), ScenarioError> {
    let failed = |source| ScenarioError::Write { path: path.to_owned(), source };
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(failed)?;
    }
    std::fs::write(path, text).map_err(failed)
}
