//! Paths in the repository and names of stacks, read so strictly that no disguise is left.

/// The folders and the file that a path is made of, in lower case; or what is wrong with it.
///
/// Only letters, digits, `.`, `-`, `_`, `+`, `@` and spaces inside of a name are taken: another character may
/// look like one of these (a Cyrillic `а`), be invisible (a zero-width space), or mean something to git or to
/// another file system (`\`, `~`, `:`).
pub(crate) fn components(path: &str) -> Result<Vec<String>, &'static str> {
    if path.is_empty() {
        return Err("it is empty");
    }
    if path.starts_with('/') {
        return Err("it is not relative");
    }
    path.split('/').map(component).collect()
}

fn component(name: &str) -> Result<String, &'static str> {
    if name.is_empty() {
        return Err("a folder in it has no name");
    }
    if name.chars().all(|c| c == '.') {
        return Err("it does not stay where it begins");
    }
    if !name.chars().all(|c| c.is_ascii_alphanumeric() || ".-_+@ ".contains(c)) {
        return Err("it has characters that can be taken for others");
    }
    // Windows drops them, so that `vault.` is `vault` there.
    if name.ends_with(['.', ' ']) || name.starts_with([' ', '-']) {
        return Err("a name in it begins or ends with a character that programs drop or misread");
    }
    Ok(name.to_ascii_lowercase())
}

/// Whether a path lies below a folder.
pub(crate) fn is_below(path: &[String], folder: &str) -> bool {
    components(folder).is_ok_and(|folder| path.len() > folder.len() && path.starts_with(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_path_is_read_and_a_tricky_one_is_not() {
        for (path, expected) in [
            ("stacks/apps/main.tf", Some("stacks|apps|main.tf")),
            ("Stacks/VAULT/x.tf", Some("stacks|vault|x.tf")),
            (".github/workflows/x.yml", Some(".github|workflows|x.yml")),
            ("", None),
            ("/etc/passwd", None),
            ("a/../vault", None),
            ("a/./vault", None),
            ("a//b", None),
            ("a/", None),
            ("a/.../b", None),
            ("v\u{430}ult", None),
            ("va\u{200b}ult", None),
            ("vault ", None),
            (" vault", None),
            ("vault.", None),
            ("a\\vault", None),
            ("git~1/config", None),
            ("c:/x", None),
            ("a\nb", None),
            ("-rf", None),
            ("\u{ff56}ault", None),
            ("va%75lt", None),
        ] {
            assert_eq!(components(path).ok().map(|parts| parts.join("|")).as_deref(), expected, "{path:?}");
        }
    }

    #[test]
    fn below_means_further_down() {
        let path = components("docs/post-mortems/x.md").unwrap();
        for (folder, below) in [("docs", true), ("docs/post-mortems", true), ("doc", false), ("", false), ("..", false)]
        {
            assert_eq!(is_below(&path, folder), below, "{folder}");
        }
        assert!(!is_below(&components("docs").unwrap(), "docs"));
    }
}
