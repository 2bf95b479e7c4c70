use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Severity;

/// What is asked of the history: the incident as far as it is understood.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct HistoryQuestion {
    /// What it is called.
    pub title: String,
    /// What was seen, in words: log lines, events, what people reported.
    pub symptoms: String,
    /// The services that are affected, the one at fault first where it is known.
    pub services: Vec<String>,
    /// The code of the cause, as in `oom_killed`, where it is known.
    pub cause: Option<String>,
    /// What set it off, as in `deploy`, where it is known.
    pub trigger: Option<String>,
    /// The kinds of trouble, as in `storage`.
    pub domains: Vec<String>,
    /// Only what happened before this day counts (UTC); all where absent.
    pub before: Option<Date>,
    /// The line that the document of this very incident has, which is none of its own past. See
    /// [`Incident::mark`](super::Incident::mark).
    pub mark: Option<String>,
}

/// What the past says about an incident.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct History {
    /// How many documents were looked through.
    pub searched: usize,
    /// What is relevant, the most relevant first; empty when nothing is.
    pub related: Vec<PastIncident>,
    /// Trouble that is known and lived with and that this is, with what helps.
    pub known_issues: Vec<HistoryNote>,
    /// Patterns that this follows.
    pub patterns: Vec<HistoryNote>,
    /// The services that cannot work without the affected ones, nearest first.
    pub cascade: Vec<String>,
    /// How often the same cause struck over time; `None` the first time.
    pub trend: Option<Trend>,
}

impl History {
    /// The incidents with the same cause, the latest first.
    #[must_use]
    pub fn recurrences(&self) -> Vec<&PastIncident> {
        let mut same: Vec<_> = self.related.iter().filter(|past| past.is_recurrence).collect();
        same.sort_by(|one, other| other.date.cmp(&one.date).then_with(|| one.path.cmp(&other.path)));
        same
    }
}

/// An incident of before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PastIncident {
    /// The path of its document within the archive.
    pub path: String,
    /// Its title.
    pub title: String,
    /// Its day (UTC), where the document says it.
    pub date: Option<Date>,
    /// How bad it was.
    pub severity: Option<Severity>,
    /// How relevant it is, from 0 to 1.
    pub score: f64,
    /// What makes it relevant, one sentence each; never empty.
    pub why: Vec<String>,
    /// Whether it is the same trouble again: the same cause of the same thing, and not only alike.
    pub is_recurrence: bool,
    /// What was done then, where the document says it.
    pub resolution: Option<String>,
    /// What should have been done and, as far as the document says, was not.
    pub open_items: Vec<PastItem>,
}

/// An action item of a document of the archive that nobody marked as done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastItem {
    /// Its line in the document, from 1.
    pub line: usize,
    /// What should have been done.
    pub action: String,
    /// How far it is, in the document's words; empty where it does not say.
    pub status: String,
}

/// Something that is written down about trouble of this kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryNote {
    /// The path of the document.
    pub path: String,
    /// What it is called.
    pub title: String,
    /// What it says: the workaround, the pattern.
    pub text: String,
}

/// How often the same trouble struck.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trend {
    /// How often before.
    pub times: usize,
    /// The first day (UTC).
    pub first: Option<Date>,
    /// The last day (UTC).
    pub last: Option<Date>,
    /// The days between one and the next, in the middle; `None` with fewer than two.
    pub median_days_between: Option<i64>,
    /// Whether the gaps become shorter; `None` with fewer than two gaps.
    pub is_rising: Option<bool>,
}
