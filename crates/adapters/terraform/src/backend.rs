//! Where a stack's state is: never in the workspace.

use std::fmt::Write as _;
use std::path::Path;

use hcl_edit::structure::Block;
use serde::Deserialize;

use crate::literal::quoted;
use crate::source::{Module, OVERRIDE_FILE};
use crate::stack::StackDir;
use crate::{Backend, TerraformError};

const SETTINGS_FILE: &str = "lamplighter.tfbackend";

/// Gets a stack ready for `init` and gives back the argument that names its backend's settings.
///
/// `-backend-config` can only fill in a backend block. A stack that has none is given an empty one in
/// [`OVERRIDE_FILE`], which Terraform merges over the other files; commits name their files, so it stays in
/// the workspace. Settings are passed in a file, because arguments can be read by every user of the machine.
pub(crate) fn prepare(
    dir: &StackDir,
    module: &Module,
    configured: Option<&Backend>,
) -> Result<Option<String>, TerraformError> {
    let override_file = dir.path.join(OVERRIDE_FILE);
    remove(&override_file)?;
    let stack = || dir.stack.as_str().to_owned();
    let declared = declared(module);
    let Some(backend) = configured else {
        return if declared.is_some() { Ok(None) } else { Err(TerraformError::EphemeralState { stack: stack() }) };
    };
    match declared {
        Some(kind) if kind != backend.kind => {
            return Err(TerraformError::BackendKind {
                stack: stack(),
                declared: kind,
                configured: backend.kind.clone(),
            });
        }
        Some(_) => {}
        None => write(&override_file, &format!("terraform {{\n  backend {} {{}}\n}}\n", quoted(&backend.kind)))?,
    }
    let data = dir.path.join(".terraform");
    std::fs::create_dir_all(&data).map_err(|source| TerraformError::File {
        doing: "make",
        path: data.clone(),
        source,
    })?;
    let mut settings = String::new();
    for (key, value) in &backend.settings {
        if !is_identifier(key) {
            return Err(TerraformError::Options(format!("`{key}` is not the name of a backend setting")));
        }
        let _ = writeln!(settings, "{key} = {}", quoted(value));
    }
    let file = data.join(SETTINGS_FILE);
    write(&file, &settings)?;
    Ok(Some(format!("-backend-config={}", file.display())))
}

/// Refuses a state below the workspace, as `init` has settled where it is.
pub(crate) fn check_durable(dir: &StackDir, workspace: &Path) -> Result<(), TerraformError> {
    let ephemeral = || TerraformError::EphemeralState { stack: dir.stack.as_str().to_owned() };
    let settled = dir.path.join(".terraform").join("terraform.tfstate");
    let text = std::fs::read(settled).map_err(|_missing| ephemeral())?;
    let settled: Settled =
        serde_json::from_slice(&text).map_err(|source| TerraformError::Output { step: "init", source })?;
    let Some(backend) = settled.backend else { return Err(ephemeral()) };
    if backend.kind != "local" {
        return Ok(());
    }
    let path = backend.config.path.filter(|path| !path.is_empty()).ok_or_else(ephemeral)?;
    let file = normal(&dir.path.join(path));
    if file.starts_with(normal(workspace)) { Err(ephemeral()) } else { Ok(()) }
}

/// The kind of backend in the stack's own files.
fn declared(module: &Module) -> Option<String> {
    let mut settings = module.blocks("terraform").flat_map(|terraform| terraform.block.body.blocks());
    settings.find_map(|block: &Block| match block.ident.as_str() {
        "backend" => block.labels.first().map(|label| label.as_str().to_owned()),
        "cloud" => Some("cloud".to_owned()),
        _ => None,
    })
}

fn is_identifier(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A path without `.` and `..`, by its text alone: the file need not exist.
fn normal(path: &Path) -> std::path::PathBuf {
    let mut normal = std::path::PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                normal.pop();
            }
            std::path::Component::CurDir => {}
            part => normal.push(part),
        }
    }
    normal
}

fn remove(path: &Path) -> Result<(), TerraformError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(TerraformError::File { doing: "remove", path: path.to_owned(), source: error })
        }
        _ => Ok(()),
    }
}

fn write(path: &Path, text: &str) -> Result<(), TerraformError> {
    crate::files::write_private(path, text.as_bytes())
}

#[derive(Deserialize)]
struct Settled {
    backend: Option<SettledBackend>,
}

#[derive(Deserialize)]
struct SettledBackend {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    config: SettledConfig,
}

#[derive(Default, Deserialize)]
struct SettledConfig {
    path: Option<String>,
}
