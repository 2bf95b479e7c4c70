//! Policies: which paths a token may do what with.

use std::cmp::Reverse;

/// A path of a policy and what may be done with it.
///
/// As Vault does, a `*` at the end stands for anything, a `+` for one segment, the most specific path decides, and
/// `deny` is stronger than the rest.
///
/// ```
/// use lamplighter_testkit::world::vault::PolicyRule;
///
/// let rules = [PolicyRule::read("secret/data/wiki/*"), PolicyRule::deny("secret/data/wiki/root")];
/// assert_ne!(rules[0], rules[1]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRule {
    path: String,
    capabilities: Vec<String>,
}

impl PolicyRule {
    /// What may be done at a path: `create`, `read`, `update`, `delete`, `list`, `deny`.
    pub fn new(path: impl Into<String>, capabilities: &[&str]) -> Self {
        Self { path: path.into(), capabilities: capabilities.iter().map(|&one| one.to_owned()).collect() }
    }

    /// It may be read.
    pub fn read(path: impl Into<String>) -> Self {
        Self::new(path, &["read"])
    }

    /// Nothing may be done.
    pub fn deny(path: impl Into<String>) -> Self {
        Self::new(path, &["deny"])
    }

    fn matches(&self, path: &str) -> bool {
        let (pattern, is_open) = match self.path.strip_suffix('*') {
            Some(prefix) => (prefix, true),
            None => (self.path.as_str(), false),
        };
        let (wanted, given): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
        let Some((last, first)) = wanted.split_last() else { return false };
        let fits = |(wanted, given): (&&str, &&str)| *wanted == "+" || wanted == given;
        if given.len() < wanted.len() || !first.iter().zip(&given).all(fits) {
            return false;
        }
        let end = given.get(first.len()).copied().unwrap_or_default();
        if is_open { end.starts_with(last) } else { given.len() == wanted.len() && fits((last, &end)) }
    }

    /// What makes one path more specific than another, the most specific being the greatest.
    fn precedence(&self) -> (usize, bool, Reverse<usize>, usize, &str) {
        let first_wildcard = self.path.find(['+', '*']).unwrap_or(usize::MAX);
        let wildcards = self.path.split('/').filter(|segment| *segment == "+").count();
        (first_wildcard, !self.path.ends_with('*'), Reverse(wildcards), self.path.len(), &self.path)
    }
}

/// What the `default` policy lets every token do with itself.
pub(super) fn default_policy() -> Vec<PolicyRule> {
    vec![
        PolicyRule::read("auth/token/lookup-self"),
        PolicyRule::new("auth/token/renew-self", &["update"]),
        PolicyRule::new("auth/token/revoke-self", &["update"]),
    ]
}

/// Whether these rules allow it.
pub(super) fn allow<'a>(rules: impl Iterator<Item = &'a PolicyRule>, path: &str, capability: &str) -> bool {
    let matching: Vec<_> = rules.filter(|rule| rule.matches(path)).collect();
    let Some(strongest) = matching.iter().max_by_key(|rule| rule.precedence()) else { return false };
    let capabilities =
        || matching.iter().filter(|rule| rule.path == strongest.path).flat_map(|rule| &rule.capabilities);
    !capabilities().any(|one| one == "deny") && capabilities().any(|one| one == capability)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_path_decides_and_deny_is_stronger() {
        let rules = [
            PolicyRule::read("secret/data/*"),
            PolicyRule::deny("secret/data/wiki/root"),
            PolicyRule::read("secret/data/+/public"),
            PolicyRule::read("kv/data/exact"),
            PolicyRule::new("secret/data/shop", &["list"]),
        ];
        for (path, allowed) in [
            ("secret/data/wiki", true),
            ("secret/data/wiki/deep/er", true),
            ("secret/data/wiki/root", false),
            ("secret/data/wiki/public", true),
            ("secret/data/shop", false),
            ("secret/data", false),
            ("secret/metadata/wiki", false),
            ("kv/data/exact", true),
            ("kv/data/exact/more", false),
            ("kv/data/exactly", false),
        ] {
            assert_eq!(allow(rules.iter(), path, "read"), allowed, "{path}");
        }
        assert!(!allow([].into_iter(), "secret/data/wiki", "read"), "what no policy allows is denied");
    }
}
