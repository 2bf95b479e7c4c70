//! What is on the branch of a site, what is to be there, and the difference.

use std::collections::{BTreeMap, BTreeSet};

use lamplighter_core::ports::{Published, SiteFile, check_site_path, site_paths};

use crate::GitError;
use crate::command::Git;

/// Which files of the branch are ours, one path a line. What is not in it is left alone.
pub(crate) const MANIFEST: &str = ".lamplighter-published";

/// The files of a commit: the ids of their contents by path.
pub(crate) struct Tree {
    blobs: BTreeMap<String, String>,
    ours: BTreeSet<String>,
    branch: String,
}

/// What has to be done to a branch.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Difference {
    pub(crate) published: Published,
    /// The list of what is ours, where it has to be written.
    pub(crate) manifest: Option<String>,
}

impl Difference {
    pub(crate) fn is_none(&self) -> bool {
        self.published.is_unchanged() && self.manifest.is_none()
    }
}

impl Tree {
    /// The files of a commit; none where there is no commit.
    pub(crate) async fn of(git: &Git<'_>, commit: Option<&str>) -> Result<Self, GitError> {
        let branch = git.options().branch.clone();
        let mut tree = Self { blobs: BTreeMap::new(), ours: BTreeSet::new(), branch: branch.clone() };
        let Some(commit) = commit else { return Ok(tree) };
        let listed = git.succeed("ls-tree", &["-r", "-z", "--full-tree", commit], b"").await?;
        // A name that is no text is nobody's that we could be.
        for entry in String::from_utf8_lossy(&listed.stdout).split('\0').filter(|entry| !entry.is_empty()) {
            let (meta, path) = entry.split_once('\t').ok_or(GitError::Output("ls-tree"))?;
            let id = meta.split(' ').nth(2).ok_or(GitError::Output("ls-tree"))?;
            tree.blobs.insert(path.to_owned(), id.to_owned());
        }
        if let Some(list) = tree.contents(git, &[MANIFEST]).await?.remove(MANIFEST) {
            let list =
                String::from_utf8(list).map_err(|_| GitError::Manifest { path: MANIFEST, branch: branch.clone() })?;
            for path in list.lines() {
                check_path(path).map_err(|_| GitError::Manifest { path: MANIFEST, branch: branch.clone() })?;
                tree.ours.insert(path.to_owned());
            }
        }
        Ok(tree)
    }

    /// The contents of these files, of those that are there.
    pub(crate) async fn contents(&self, git: &Git<'_>, paths: &[&str]) -> Result<BTreeMap<String, Vec<u8>>, GitError> {
        let there: Vec<(&str, &String)> =
            paths.iter().filter_map(|path| Some((*path, self.blobs.get(*path)?))).collect();
        if there.is_empty() {
            return Ok(BTreeMap::new());
        }
        let ids = lines(there.iter().map(|(_, id)| id.as_str()));
        let told = git.succeed("cat-file", &["--batch"], ids.as_bytes()).await?.stdout;
        let (mut rest, mut contents) = (told.as_slice(), BTreeMap::new());
        for (path, _) in there {
            let (content, after) = next_object(rest).ok_or(GitError::Output("cat-file"))?;
            rest = after;
            // What is no file, such as another repository, has no content that could be ours.
            contents.extend(content.map(|content| (path.to_owned(), content.to_vec())));
        }
        Ok(contents)
    }

    /// What has to be done for the site to consist of these files.
    pub(crate) async fn difference(&self, git: &Git<'_>, files: &[SiteFile]) -> Result<Difference, GitError> {
        let paths = site_paths(files)?;
        paths.iter().try_for_each(|path| check_path(path))?;
        let wanted: Vec<&str> = paths.iter().map(String::as_str).collect();
        let standing = self.contents(git, &wanted).await?;
        let mut published = Published::default();
        for file in files {
            if standing.get(&file.path) == Some(&file.content) {
                continue;
            }
            self.check_free(&file.path)?;
            published.written.push(file.path.clone());
        }
        let gone = self.ours.difference(&paths).filter(|path| self.blobs.contains_key(*path));
        published.removed.extend(gone.cloned());
        let manifest = (self.ours != paths).then(|| lines(paths.iter().map(String::as_str)));
        Ok(Difference { published, manifest })
    }

    /// An error where a file of somebody else is there or in the way.
    fn check_free(&self, path: &str) -> Result<(), GitError> {
        let is_theirs = |other: &str| self.blobs.contains_key(other) && !self.ours.contains(other);
        let folders = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        let below = format!("{path}/");
        let inside = self.blobs.range(below.clone()..).map(|(other, _)| other.as_str());
        let inside = inside.take_while(|other| other.starts_with(&below));
        match std::iter::once(path).chain(folders).chain(inside).find(|other| is_theirs(other)) {
            Some(other) => Err(GitError::NotOurs { path: other.to_owned(), branch: self.branch.clone() }),
            None => Ok(()),
        }
    }
}

/// Each on a line of its own.
fn lines<'a>(all: impl Iterator<Item = &'a str>) -> String {
    all.flat_map(|one| [one, "\n"]).collect()
}

/// `<id> <kind> <size>`, a line end, as many bytes, a line end; or `<id> missing`.
fn next_object(told: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    let end = told.iter().position(|byte| *byte == b'\n')?;
    let mut head = std::str::from_utf8(told.get(..end)?).ok()?.split(' ').skip(1);
    let rest = told.get(end + 1..)?;
    if head.next()? != "blob" {
        return Some((None, rest)).filter(|_| head.next().is_none());
    }
    let (content, rest) = rest.split_at_checked(head.next()?.parse().ok()?)?;
    Some((Some(content), rest.strip_prefix(b"\n")?))
}

/// Only paths of a site, and none that git takes for its own.
pub(crate) fn check_path(path: &str) -> Result<(), GitError> {
    check_site_path(path)?;
    let is_reserved = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.starts_with(".git") || name.starts_with("git~")
    };
    if path.split('/').any(is_reserved) {
        return Err(GitError::Path { path: path.to_owned(), what: "names that begin with .git are not for sites" });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_read_one_after_the_other() {
        let told = b"aa blob 3\na\nb\nbb missing\ncc blob 0\n\n";
        let (first, rest) = next_object(told).unwrap();
        let (second, rest) = next_object(rest).unwrap();
        let (third, rest) = next_object(rest).unwrap();
        assert_eq!((first, second, third, rest), (Some(&b"a\nb"[..]), None, Some(&b""[..]), &b""[..]));
        for told in [&b""[..], b"aa blob 3\nab", b"aa blob x\n", b"aa blob 1\nab", b"aa tree 3\nabc\n"] {
            assert_eq!(next_object(told), None, "{told:?}");
        }
    }
}
