use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::ours;
use crate::payload::SECRET;
use crate::tools::Tools;

pub(crate) const OCTOKIT: &str = "@octokit/webhooks";
pub(crate) const DURABLE: &str = "lamplighter, durable";
pub(crate) const FORGETFUL: &str = "lamplighter, keeps nothing";
pub(crate) const FLOOR: &str = "the floor";

/// A server that takes deliveries.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    /// Where it takes them.
    pub(crate) path: &'static str,
    pub(crate) is_ours: bool,
    program: PathBuf,
    arguments: Vec<String>,
    /// Where it is started; ours has its data below it.
    folder: PathBuf,
}

impl Contender {
    /// What starts it, in a state that no other round has seen.
    pub(crate) fn command(&self, port: u16, round: u16) -> Command {
        let mut command = Command::new(&self.program);
        command.args(self.arguments.iter().map(|argument| argument.replace("PORT", &port.to_string())));
        command.current_dir(&self.folder).env_clear();
        command.env("PORT", port.to_string()).env("WEBHOOK_PATH", self.path).env("WEBHOOK_SECRET", SECRET);
        if self.is_ours {
            let data = self.folder.join(format!("round-{round}.db"));
            command.env(ours::FORM, self.name);
            command.env(ours::DATA, data);
        }
        command
    }
}

/// Those that can be had, `@octokit/webhooks` first, and what is said of the others.
pub(crate) fn all(tools: &Tools, folder: &Path) -> io::Result<(Vec<Contender>, Vec<&'static str>)> {
    let (mut contenders, mut absent) = (Vec::new(), Vec::new());
    let mut add = |contender: Option<Contender>, otherwise| match contender {
        Some(contender) => contenders.push(contender),
        None => absent.push(otherwise),
    };
    let octokit = node(tools, folder, OCTOKIT, "octokit.mjs", include_str!("octokit.mjs"))?;
    add(octokit, "@octokit/webhooks: it or node is absent, so that there are no ratios");
    for name in [DURABLE, FORGETFUL, FLOOR] {
        add(Some(lamplighter(name, folder)?), "");
    }
    add(node(tools, folder, "probot", "probot.mjs", include_str!("probot.mjs"))?, "probot: it or node is absent");
    add(webhook(tools, folder)?, "Debian's webhook: it is absent");
    Ok((contenders, absent))
}

fn lamplighter(name: &'static str, folder: &Path) -> io::Result<Contender> {
    Ok(Contender {
        name,
        path: "/webhooks/github",
        is_ours: true,
        program: std::env::current_exe()?,
        arguments: Vec::new(),
        folder: folder.to_owned(),
    })
}

/// A script of node in a folder of its own, where it finds its package.
fn node(
    tools: &Tools,
    folder: &Path,
    package: &'static str,
    name: &str,
    script: &str,
) -> io::Result<Option<Contender>> {
    let (Some(program), Some(modules)) = (tools.program("node"), tools.modules(package)) else { return Ok(None) };
    let folder = folder.join(package.trim_start_matches('@').replace('/', "-"));
    std::fs::create_dir(&folder)?;
    std::os::unix::fs::symlink(modules, folder.join("node_modules"))?;
    std::fs::write(folder.join(name), script)?;
    let arguments = vec![name.to_owned()];
    Ok(Some(Contender { name: package, path: "/webhooks/github", is_ours: false, program, arguments, folder }))
}

fn webhook(tools: &Tools, folder: &Path) -> io::Result<Option<Contender>> {
    let Some(program) = tools.program("webhook") else { return Ok(None) };
    let hooks = folder.join("hooks.json");
    std::fs::write(&hooks, include_str!("hooks.json"))?;
    let hooks = hooks.to_string_lossy();
    let arguments = ["-ip", "127.0.0.1", "-port", "PORT", "-template", "-hooks", &hooks].map(str::to_owned).to_vec();
    let folder = folder.to_owned();
    Ok(Some(Contender { name: "webhook", path: "/hooks/github", is_ours: false, program, arguments, folder }))
}
