//! Which folders are stacks.

use std::path::{Component, Path, PathBuf};

use lamplighter_core::ports::Workspace;
use lamplighter_core::words::StackName;

use crate::TerraformError;

/// How deep below the stacks folder stacks are looked for.
const DEPTH: usize = 8;

/// Where a stack is.
#[derive(Debug, Clone)]
pub(crate) struct StackDir {
    pub(crate) stack: StackName,
    /// The folder.
    pub(crate) path: PathBuf,
    /// The folder relative to the repository, with slashes.
    pub(crate) relative: String,
}

impl StackDir {
    /// The folder of a stack that has to exist in the workspace.
    pub(crate) fn find(workspace: &Workspace, stacks_dir: &Path, stack: &StackName) -> Result<Self, TerraformError> {
        let name = stack.as_str();
        let safe = !name.is_empty() && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        if !safe || name.contains(['\\', '\0']) {
            return Err(TerraformError::StackName(name.to_owned()));
        }
        let root = absolute(&workspace.path)?;
        let path = root.join(stacks_dir).join(name);
        let missing = || TerraformError::NoSuchStack(name.to_owned());
        let real = path.canonicalize().map_err(|_| missing())?;
        if !real.starts_with(root.canonicalize().map_err(|_| missing())?) {
            return Err(TerraformError::StackName(name.to_owned()));
        }
        if !has_configuration(&path) {
            return Err(missing());
        }
        let relative = slashed(&stacks_dir.join(name));
        Ok(Self { stack: stack.clone(), path, relative })
    }

    /// Every stack: a folder with `.tf` files. What is below a stack, or in a folder called `modules`, is part
    /// of one.
    pub(crate) fn all(workspace: &Workspace, stacks_dir: &Path) -> Result<Vec<Self>, TerraformError> {
        let root = absolute(&workspace.path)?.join(stacks_dir);
        let mut found = Vec::new();
        collect(&root, &root, stacks_dir, 0, &mut found)?;
        found.sort_by(|a, b| a.stack.cmp(&b.stack));
        Ok(found)
    }
}

pub(crate) fn absolute(path: &Path) -> Result<PathBuf, TerraformError> {
    std::path::absolute(path).map_err(|source| TerraformError::File { doing: "find", path: path.to_owned(), source })
}

fn collect(
    dir: &Path,
    root: &Path,
    stacks_dir: &Path,
    depth: usize,
    found: &mut Vec<StackDir>,
) -> Result<(), TerraformError> {
    let failed = |source| TerraformError::File { doing: "read", path: dir.to_owned(), source };
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if depth == 0 && error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let skipped = name.to_str().is_none_or(|name| name.starts_with('.') || name == "modules");
        if skipped || !entry.file_type().map_err(failed)?.is_dir() {
            continue;
        }
        let path = entry.path();
        if !has_configuration(&path) {
            if depth < DEPTH {
                collect(&path, root, stacks_dir, depth + 1, found)?;
            }
            continue;
        }
        if let Ok(below) = path.strip_prefix(root) {
            let stack = StackName::new(slashed(below));
            found.push(StackDir { stack, relative: slashed(&stacks_dir.join(below)), path });
        }
    }
    Ok(())
}

fn has_configuration(dir: &Path) -> bool {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| entry.path().extension().is_some_and(|extension| extension == "tf"))
}

fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path
        .components()
        .filter_map(|part| match part {
            Component::Normal(part) => Some(part.to_string_lossy()),
            _ => None,
        })
        .collect();
    parts.join("/")
}
