use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::ObjectRef;

/// Trouble that is known, written down and lived with: it is said, but does not count (SPEC §4).
///
/// ```
/// use lamplighter_core::words::{KnownIssue, ObjectRef};
///
/// let known = KnownIssue::new("wiki-*", "leaks memory, restarts weekly, see runbook 7").in_namespace("apps");
/// assert!(known.covers(&ObjectRef::pod("apps", "wiki-0")));
/// assert!(!known.covers(&ObjectRef::pod("other", "wiki-0")));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownIssue {
    /// The kind of the object, such as `pod`; any where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its namespace; any where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Its name. One `*` at the end stands for any rest; a lone `*` covers nothing, so that a slip of the
    /// pen does not silence a cluster.
    pub name: String,
    /// What is known, and what to do about it.
    pub note: String,
    /// The last day (UTC) on which it is known; for good where absent. After it the trouble counts again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

impl KnownIssue {
    /// Known trouble of objects of this name, of any kind in any namespace.
    pub fn new(name: impl Into<String>, note: impl Into<String>) -> Self {
        Self { kind: None, namespace: None, name: name.into(), note: note.into(), until: None }
    }

    /// The same in one namespace.
    #[must_use]
    pub fn in_namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = Some(namespace.into());
        self
    }

    /// Whether its last day is over at this time.
    #[must_use]
    pub fn is_over(&self, at: Timestamp) -> bool {
        self.until.is_some_and(|last| TimeZone::UTC.to_datetime(at).date() > last)
    }

    /// Whether an object is meant, whatever the day.
    #[must_use]
    pub fn covers(&self, object: &ObjectRef) -> bool {
        let name = match self.name.strip_suffix('*') {
            Some("") => false,
            Some(prefix) => object.name.starts_with(prefix),
            None => object.name == self.name,
        };
        let namespace = self.namespace.is_none() || self.namespace == object.namespace;
        let kind = self.kind.as_deref().is_none_or(|kind| kind.eq_ignore_ascii_case(&object.kind));
        name && namespace && kind
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_belongs_to_it() {
        let known = KnownIssue { until: Some("2026-03-31".parse().unwrap()), ..KnownIssue::new("wiki", "x") };
        let is_over = |at: &str| known.is_over(at.parse().unwrap());
        assert!(!is_over("2026-03-31T23:59:59Z"));
        assert!(is_over("2026-04-01T00:00:00Z"));
        assert!(!KnownIssue::new("wiki", "x").is_over(Timestamp::MAX));
    }
}
