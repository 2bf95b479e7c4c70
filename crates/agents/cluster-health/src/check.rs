use lamplighter_core::words::{CheckStatus, Finding, ObjectRef, Severity};

use crate::ClusterView;

/// One named check of a scan.
///
/// # Contract
/// - It is a function of the view alone: no clock, no I/O, nothing that changes. It is quick for ten
///   thousand pods, so it walks each list once and asks the graph for relations.
/// - Where the kind that it looks at could not be read it answers [`Unreadable`]; it never takes "not seen"
///   for "fine".
/// - It skips what [`ClusterView::is_watched`] says no to. Known issues are left out for it afterwards.
pub trait Check: Send + Sync {
    /// Its name in kebab-case, such as `nodes-ready`. It stands in reports and de-duplicates issues, so it
    /// does not change.
    fn name(&self) -> &'static str;

    /// Looks.
    ///
    /// # Errors
    /// [`Unreadable`] when it cannot say; the check is then `UNKNOWN`.
    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable>;
}

/// Why a check could not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    pub(crate) reason: String,
    pub(crate) absent: bool,
}

impl Unreadable {
    /// What it looks at could not be read, so nobody knows.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), absent: false }
    }

    /// What it looks at is not there: not installed, not configured, not measured. The check is `UNKNOWN` all the
    /// same, but does not count.
    pub fn absent(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), absent: true }
    }
}

impl From<&str> for Unreadable {
    fn from(reason: &str) -> Self {
        Self::new(reason)
    }
}

/// What a check looked at and what it saw; no observation means that all is well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub(crate) what: &'static str,
    pub(crate) looked_at: usize,
    pub(crate) observations: Vec<Observation>,
    pub(crate) workloads: Vec<ObjectRef>,
}

impl Outcome {
    /// Nothing seen yet. `what` is what is looked at, in the plural: `pods`.
    #[must_use]
    pub fn of(what: &'static str) -> Self {
        Self { what, looked_at: 0, observations: Vec::new(), workloads: Vec::new() }
    }

    /// What comes of looking at each of these.
    pub fn over<T>(
        what: &'static str,
        items: impl IntoIterator<Item = T>,
        mut look: impl FnMut(T) -> Option<Observation>,
    ) -> Self {
        let mut outcome = Self::of(what);
        for item in items {
            outcome.look(look(item));
        }
        outcome
    }

    /// Looks at one more item, which may come to an observation.
    pub fn look(&mut self, observation: Option<Observation>) {
        self.looked_at += 1;
        self.observations.extend(observation);
    }
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// [`Warn`](CheckStatus::Warn) or [`Fail`](CheckStatus::Fail).
    pub status: CheckStatus,
    /// What it is worth when nothing else is wrong (SPEC §4).
    pub severity: Severity,
    /// What was seen.
    pub finding: Finding,
}

impl Observation {
    /// Something is broken.
    #[must_use]
    pub fn fail(severity: Severity, finding: Finding) -> Self {
        Self { status: CheckStatus::Fail, severity, finding }
    }

    /// Something to look at.
    #[must_use]
    pub fn warn(finding: Finding) -> Self {
        Self { status: CheckStatus::Warn, severity: Severity::Sev3, finding }
    }

    /// The same, no more than something to look at when `mild`.
    #[must_use]
    pub fn softened_if(self, mild: bool) -> Self {
        if mild { Self::warn(self.finding) } else { self }
    }
}
