use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ObjectRef;

/// Which system an observation was made in.
///
/// Two findings are independent when their sources differ: the cluster says a pod is ready, a probe
/// from outside says that the service answers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Source(String);

impl Source {
    /// A source by name, such as `kubernetes api`, `snapshot 2026-03-01T10:00:00Z`, `http probe`.
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
}

impl Finding {
    /// A finding without further evidence than its summary.
    pub fn new(summary: impl Into<String>, object: ObjectRef, source: Source, at: Timestamp) -> Self {
        Self { summary: summary.into(), object, source, at, evidence: Vec::new() }
    }

    /// The same with one more line of evidence.
    #[must_use]
    pub fn with_evidence(mut self, line: impl Into<String>) -> Self {
        self.evidence.push(line.into());
        self
    }
}
