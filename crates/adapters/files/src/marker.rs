//! The hidden line by which an effect of ours is known again; see
//! [`IssueWriter`](lamplighter_core::ports::IssueWriter).

use crate::FilesError;

/// The marker of a key.
pub(crate) fn marker(key: &str) -> Result<String, FilesError> {
    if key.contains("-->") || key.chars().any(char::is_control) {
        return Err(FilesError::Key { key: key.to_owned() });
    }
    Ok(format!("<!-- lamplighter:{key} -->"))
}

/// The key in the marker on the last line.
pub(crate) fn key_of(body: &str) -> Option<&str> {
    body.trim_end().lines().next_back()?.strip_prefix("<!-- lamplighter:")?.strip_suffix(" -->")
}
