use std::collections::BTreeSet;

use super::SiteFile;
use crate::{Error, ErrorKind};

/// A path that is none of a file within a site.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path:?} is not a path within the site: {what}")]
pub struct SitePathError {
    /// Which.
    pub path: String,
    /// Why not.
    pub what: &'static str,
}

impl From<SitePathError> for Error {
    fn from(error: SitePathError) -> Self {
        Self::new(ErrorKind::InvalidInput, error.to_string()).with_source(error)
    }
}

/// Lets through what consists of names of files and folders alone, on any system, and of none that is ours.
///
/// ```
/// use lamplighter_core::ports::check_site_path;
///
/// assert!(check_site_path("history/2026-03/index.html").is_ok());
/// assert!(check_site_path("../escaped").is_err());
/// ```
///
/// # Errors
/// For any other path, saying why.
pub fn check_site_path(path: &str) -> Result<(), SitePathError> {
    let refuse = |what| Err(refused(path, what));
    let names = || path.split('/');
    if path.is_empty() || names().any(str::is_empty) {
        return refuse("it has to be names with single slashes between them");
    }
    if names().any(|name| name == "." || name == "..") {
        return refuse("it has to go down only");
    }
    if path.contains(['\\', ':']) || path.chars().any(char::is_control) {
        return refuse("it must not contain backslashes, colons or control characters");
    }
    if names().any(|name| name.to_ascii_lowercase().starts_with(".lamplighter")) {
        return refuse("names that begin with .lamplighter are our own");
    }
    Ok(())
}

/// The paths of a site, each checked, and all of them together possible.
///
/// # Errors
/// For the first that [`check_site_path`] refuses, is given twice, or is where the folder of another has to be.
pub fn site_paths(files: &[SiteFile]) -> Result<BTreeSet<String>, SitePathError> {
    let mut paths = BTreeSet::new();
    for file in files {
        check_site_path(&file.path)?;
        if !paths.insert(file.path.clone()) {
            return Err(refused(&file.path, "it is given twice"));
        }
    }
    for path in &paths {
        let mut folders = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        if folders.any(|folder| paths.contains(folder)) {
            return Err(refused(path, "a file of the site is where its folder has to be"));
        }
    }
    Ok(paths)
}

fn refused(path: &str, what: &'static str) -> SitePathError {
    SitePathError { path: path.to_owned(), what }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_goes_down_by_plain_names_is_within_a_site() {
        for path in ["index.html", "a/b/c.html", "é ☂.html", "..dots..", "lamplighter.svg", "a.b/.c"] {
            assert_eq!(check_site_path(path), Ok(()), "{path:?}");
        }
        for path in [
            "",
            "/a",
            "a/",
            "a//b",
            ".",
            "..",
            "a/../b",
            "a/./b",
            "C:a",
            "a\\b",
            "a\nb",
            "a\0",
            ".lamplighter.lock",
            "a/.Lamplighter-published",
        ] {
            assert_eq!(check_site_path(path).map_err(|error| error.path), Err(path.to_owned()), "{path:?}");
        }
    }

    #[test]
    fn the_files_of_a_site_can_all_be_there_at_once() {
        let paths = |paths: &[&str]| {
            let file = |path: &&str| SiteFile { path: (*path).to_owned(), content: Vec::new() };
            site_paths(&paths.iter().map(file).collect::<Vec<_>>())
        };
        assert_eq!(paths(&["b", "a/c"]), Ok(BTreeSet::from(["a/c".to_owned(), "b".to_owned()])));
        for refused in [&["a", "a"][..], &["a", "a/b"], &["a/b/c", "a"], &["a", "../b"]] {
            assert!(paths(refused).is_err(), "{refused:?}");
        }
    }
}
