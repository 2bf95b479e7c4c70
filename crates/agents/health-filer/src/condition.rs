//! The serious conditions of a report, and the keys that they are known by.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use lamplighter_core::words::{CheckStatus, Finding, HealthReport, ObjectRef, Severity};

/// An object in a form that can stand in a key: `deployment/apps/wiki`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Subject(String);

impl Subject {
    pub(crate) fn of(object: &ObjectRef) -> Self {
        let namespace = object.namespace.as_deref().unwrap_or_default();
        Self(format!("{}/{}/{}", plain(&object.kind), plain(namespace), plain(&object.name)))
    }
}

/// Letters, digits and a few signs as they are, everything else by its bytes: names of alerts and monitors may be any
/// text, and the marker that holds the key is one line of a comment.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b':' => plain.push(char::from(byte)),
            byte => _ = write!(plain, "%{byte:02x}"),
        }
    }
    plain
}

/// What a key of ours stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Key {
    /// What a check found on an object.
    Condition { check: String, subject: Subject },
    /// All conditions that have no issue of their own.
    Overflow,
}

impl Key {
    /// The key as it stands in a marker. `cluster` is the name of the cluster, where it has one.
    pub(crate) fn write(&self, cluster: Option<&str>) -> String {
        let cluster = plain(cluster.unwrap_or_default());
        match self {
            Self::Condition { check, subject } => format!("health:{cluster}/{}/{}", plain(check), subject.0),
            Self::Overflow => format!("health:{cluster}/overflow"),
        }
    }

    /// The key of an issue that was filed for this cluster.
    pub(crate) fn read(text: &str, cluster: Option<&str>) -> Option<Self> {
        let rest =
            text.strip_prefix("health:")?.strip_prefix(&plain(cluster.unwrap_or_default()))?.strip_prefix('/')?;
        if rest == "overflow" {
            return Some(Self::Overflow);
        }
        let (check, subject) = rest.split_once('/')?;
        (subject.matches('/').count() == 2)
            .then(|| Self::Condition { check: check.to_owned(), subject: Subject(subject.to_owned()) })
    }
}

/// Everything serious that was found on one object and what belongs to it.
#[derive(Debug)]
pub(crate) struct Condition<'a> {
    pub(crate) object: &'a ObjectRef,
    pub(crate) subject: Subject,
    pub(crate) severity: Severity,
    /// The worst check comes first, and is the one that the condition is known by.
    pub(crate) found: Vec<(&'a str, &'a Finding)>,
}

impl Condition<'_> {
    pub(crate) fn key(&self) -> Key {
        let check = self.found.first().map(|(check, _)| (*check).to_owned()).unwrap_or_default();
        Key::Condition { check, subject: self.subject.clone() }
    }
}

/// The conditions of a report that are worth an issue, the worst first.
pub(crate) fn serious(report: &HealthReport) -> Vec<Condition<'_>> {
    let mut by_subject: BTreeMap<Subject, Condition<'_>> = BTreeMap::new();
    for check in &report.checks {
        for finding in &check.findings {
            let Some(severity) = finding.severity.filter(|severity| *severity >= Severity::Sev2) else { continue };
            let object = finding.subject();
            let condition = by_subject.entry(Subject::of(object)).or_insert_with_key(|subject| Condition {
                object,
                subject: subject.clone(),
                severity,
                found: Vec::new(),
            });
            condition.severity = condition.severity.max(severity);
            condition.found.push((&check.check, finding));
        }
    }
    let mut all: Vec<_> = by_subject.into_values().collect();
    for condition in &mut all {
        // What was seen on the object itself says more about it than what was seen on one of its pods.
        let is_on_itself = |finding: &Finding| finding.object == *condition.object;
        condition.found.sort_by_key(|(_, finding)| std::cmp::Reverse((finding.severity, is_on_itself(finding))));
    }
    all.sort_by(|a, b| b.severity.cmp(&a.severity).then(a.subject.cmp(&b.subject)));
    all
}

/// What a report says about the condition of an issue that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is still there, or nobody could look.
    Open,
    /// Somebody looked, and it is not.
    Over,
}

/// How the condition of an open issue stands that is not among the serious ones.
pub(crate) fn standing(report: &HealthReport, check: &str, subject: &Subject) -> Standing {
    let Some(result) = report.checks.iter().find(|result| plain(&result.check) == check) else { return Standing::Open };
    let found = result.findings.iter().chain(result.known.iter().map(|known| &known.finding));
    // Minor or known by now is better and not over.
    let is_seen = found.into_iter().any(|finding| Subject::of(finding.subject()) == *subject);
    if result.status == CheckStatus::Unknown || is_seen { Standing::Open } else { Standing::Over }
}

/// Whether every check that counts could look.
pub(crate) fn all_looked(report: &HealthReport) -> bool {
    report.checks.iter().all(|check| check.status != CheckStatus::Unknown || !check.counts())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_key_reads_back_and_is_one_line_that_ends_no_comment(
            check in "[a-z-]{1,20}", kind in ".{1,8}", namespace in prop::option::of(".{0,12}"), name in ".{0,40}",
            cluster in prop::option::of(".{0,8}"),
        ) {
            let object = ObjectRef { kind, namespace, name };
            let key = Key::Condition { check, subject: Subject::of(&object) };
            let written = key.write(cluster.as_deref());
            prop_assert!(!written.contains("-->") && !written.chars().any(|c| c.is_control() || c.is_whitespace()));
            prop_assert_eq!(Key::read(&written, cluster.as_deref()), Some(key));
        }

        #[test]
        fn no_text_is_too_odd_a_key(text in ".{0,60}") {
            let _ = Key::read(&text, None);
        }
    }

    #[test]
    fn the_issues_of_another_cluster_are_not_ours() {
        let key = Key::Overflow.write(Some("home"));
        assert_eq!(Key::read(&key, Some("home")), Some(Key::Overflow));
        assert_eq!(Key::read(&key, None), None);
        assert_eq!(Key::read(&key, Some("hom")), None);
        assert_eq!(Key::read(&Key::Overflow.write(None), Some("home")), None);
    }
}
