//! Where a secret is, in the words of the KV engine.

use lamplighter_core::ports::SecretPath;

use crate::VaultError;

/// A secret below the mount.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct KvPath(pub(crate) String);

impl KvPath {
    /// Takes the mount off where it is written, and a `data/` that comes after it.
    pub(crate) fn of(path: &SecretPath, mount: &str) -> Result<Self, VaultError> {
        let whole = path.path.trim_matches('/');
        if whole.is_empty() {
            return Err(VaultError::NotFound { path: path.clone(), what: "the path is empty" });
        }
        let below = match whole.strip_prefix(mount).and_then(|rest| rest.strip_prefix('/')) {
            Some(rest) => rest.strip_prefix("data/").unwrap_or(rest),
            None => whole,
        };
        if below.split('/').all(is_segment) {
            return Ok(Self(below.to_owned()));
        }
        Err(VaultError::Path { path: path.clone() })
    }
}

/// Whether a part of a path says where something is. URLs resolve dots and leave control characters out, so that
/// another secret would be read than the one that is named.
pub(crate) fn is_segment(segment: &str) -> bool {
    !matches!(segment, "" | "." | "..") && !segment.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, mount: &str) -> Option<String> {
        let path = SecretPath { path: path.to_owned(), field: "f".to_owned() };
        KvPath::of(&path, mount).ok().map(|path| path.0)
    }

    #[test]
    fn the_mount_is_told_apart() {
        for (path, mount, expected) in [
            ("secret/wiki/db", "secret", "wiki/db"),
            ("wiki/db", "secret", "wiki/db"),
            ("/wiki/db/", "secret", "wiki/db"),
            ("secret/data/wiki/db", "secret", "wiki/db"),
            ("secret/data/data/wiki", "secret", "data/wiki"),
            ("secret/secret/wiki", "secret", "secret/wiki"),
            ("data/wiki", "secret", "data/wiki"),
            ("secret", "secret", "secret"),
            ("secrets/wiki", "secret", "secrets/wiki"),
            ("team/kv/data/wiki", "team/kv", "wiki"),
            ("team/wiki", "team/kv", "team/wiki"),
            ("a b/ü?#%2e", "secret", "a b/ü?#%2e"),
        ] {
            assert_eq!(of(path, mount).as_deref(), Some(expected), "{path} at {mount}");
        }
    }

    #[test]
    fn a_path_that_means_another_one_is_refused() {
        for path in ["", "/", "a//b", "a/../b", "./a", "a/.", "secret/..", "a\nb", "a/\u{0}"] {
            assert_eq!(of(path, "secret"), None, "{path:?}");
        }
    }
}
