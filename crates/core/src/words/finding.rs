use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ObjectRef, Severity};
use crate::{markdown::shorten, redact};

/// The longest line of evidence that is kept, in characters.
const LONGEST_LINE: usize = 2_000;

/// Which system an observation was made in.
///
/// Two findings are independent when their sources differ: the cluster says a pod is ready, a probe
/// from outside says that the service answers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Source(String);

impl Source {
    /// A source by name, such as `kubernetes api`, `snapshot 2026-03-01T10:00:00Z`, `HTTP probe`.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An observation with its evidence. There is no way to make one without a source and a time.
///
/// Its words often come from programs: log lines, termination messages, messages of events. [`Finding::new`] and
/// [`Finding::with_evidence`] take out what looks like a secret (see [`redact`]), so that it reaches no comment
/// and no journal. A finding that is read back is taken as it was written.
///
/// ```
/// use jiff::Timestamp;
/// use lamplighter_core::words::{Finding, ObjectRef, Source};
///
/// let pod = ObjectRef::pod("apps", "wiki-0");
/// let finding = Finding::new("wiki-0 has stopped", pod, Source::new("logs"), Timestamp::UNIX_EPOCH)
///     .with_evidence("login failed password=hunter2");
/// assert_eq!(finding.evidence, ["login failed password=[redacted]"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What was seen, in one sentence for a person.
    pub summary: String,
    /// What it was seen on.
    pub object: ObjectRef,
    /// Where it was seen.
    pub source: Source,
    /// When it was seen, or when it happened where the source says so (UTC).
    pub at: Timestamp,
    /// The words, numbers or lines that it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
    /// What it was seen on belongs to this, whose trouble it is: the workload of a pod.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<ObjectRef>,
    /// What it is worth when nothing else is wrong, where somebody has judged that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
}

impl Finding {
    /// A finding without further evidence than its summary, which is redacted.
    pub fn new(summary: impl Into<String>, object: ObjectRef, source: Source, at: Timestamp) -> Self {
        Self {
            summary: redact(&summary.into()),
            object,
            source,
            at,
            evidence: Vec::new(),
            part_of: None,
            severity: None,
        }
    }

    /// Whose trouble it is: what it is a part of, or what it was seen on.
    #[must_use]
    pub fn subject(&self) -> &ObjectRef {
        self.part_of.as_ref().unwrap_or(&self.object)
    }

    /// The same with one more line of evidence, redacted and shortened to 2,000 characters.
    #[must_use]
    pub fn with_evidence(mut self, line: impl Into<String>) -> Self {
        // Cut last: a secret that is cut first may not be known any more.
        self.evidence.push(shorten(&redact(&line.into()), LONGEST_LINE));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(summary: &str) -> Finding {
        Finding::new(summary, ObjectRef::pod("apps", "wiki-0"), Source::new("test"), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn secrets_do_not_get_into_a_finding() {
        let finding = finding("exited: {\"token\":\"abc\"}").with_evidence("dial redis://:hunter2@cache");
        assert_eq!(finding.summary, "exited: {\"token\":\"[redacted]\"}");
        assert_eq!(finding.evidence, ["dial redis://[redacted]@cache"]);
    }

    #[test]
    fn a_long_line_is_shortened_after_its_secrets_are_taken_out() {
        let long = format!("{}password={}", "ü ".repeat(995), "x".repeat(5_000));
        let kept = finding("x").with_evidence(long).evidence.remove(0);
        assert!(kept.ends_with("password=[…"), "{kept}");
        assert_eq!(kept.chars().count(), LONGEST_LINE + 1);
    }

    #[test]
    fn a_finding_that_is_read_back_is_as_it_was_written() {
        let mut written = finding("x");
        written.evidence.push("token=abc".to_owned());
        let read: Finding = serde_json::from_str(&serde_json::to_string(&written).unwrap()).unwrap();
        assert_eq!(read, written);
    }
}
