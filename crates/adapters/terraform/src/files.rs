//! Writing files whole: a crash leaves the old one or the new one.

use std::io::Write as _;
use std::path::Path;

use crate::TerraformError;

/// Replaces a file by one that only its owner can read.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), TerraformError> {
    replace(path, bytes, None).map_err(|source| TerraformError::File { doing: "write", path: path.to_owned(), source })
}

/// Replaces the content of a file that exists, keeping its permissions.
///
/// # Errors
/// Also for a link: what it leads to may be anywhere.
pub(crate) fn rewrite(path: &Path, text: &str) -> Result<(), TerraformError> {
    let failed = |source| TerraformError::File { doing: "write", path: path.to_owned(), source };
    let metadata = path.symlink_metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(failed(std::io::Error::new(std::io::ErrorKind::InvalidInput, "it is a link")));
    }
    replace(path, text.as_bytes(), Some(metadata.permissions())).map_err(failed)
}

fn replace(path: &Path, bytes: &[u8], permissions: Option<std::fs::Permissions>) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".lamplighter-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    if let Some(permissions) = permissions {
        file.as_file().set_permissions(permissions)?;
    }
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
