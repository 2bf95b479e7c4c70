use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Cause, Culprit, RootCause, Scene};
use crate::words::Finding;
use crate::{Agent, Context, Result};

/// One way in which something fails, and how that is known.
///
/// A rule is small and pure: it looks at the scene and says what it finds. Its docs state the behaviour of
/// Kubernetes, of a protocol or of a server that it relies on. A rule names a cause only with evidence of an effect:
/// that something is configured oddly and works is no cause of anything.
pub trait Rule: Send + Sync {
    /// Its name, such as `untolerated-taint`.
    fn name(&self) -> &'static str;

    /// The causes that it can name.
    fn causes(&self) -> &'static [Cause];

    /// Looks at the scene.
    fn examine(&self, scene: &Scene, examination: &mut Examination);
}

/// What a rule has to say.
#[derive(Debug, Default)]
pub struct Examination {
    findings: Vec<Finding>,
    causes: Vec<RootCause>,
    gaps: Vec<String>,
}

impl Examination {
    /// Something was seen that is no cause by itself.
    pub fn find(&mut self, finding: Finding) {
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// Something is a root cause.
    pub fn name(&mut self, cause: RootCause) {
        self.causes.push(cause);
    }

    /// Something could not be looked at, and this is why.
    pub fn gap(&mut self, reason: impl Into<String>) {
        let reason = reason.into();
        if !self.gaps.contains(&reason) {
            self.gaps.push(reason);
        }
    }

    /// The causes so far.
    #[must_use]
    pub fn causes(&self) -> &[RootCause] {
        &self.causes
    }

    /// The findings so far.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// What could not be looked at so far.
    #[must_use]
    pub fn gaps(&self) -> &[String] {
        &self.gaps
    }
}

/// What a specialist has found.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct SpecialistReport {
    /// Who reports: `network`.
    pub specialist: String,
    /// What was seen.
    pub findings: Vec<Finding>,
    /// The causes that it names, the likeliest first; one for each cause and culprit.
    pub causes: Vec<RootCause>,
    /// What could not be looked at, and why.
    pub gaps: Vec<String>,
}

/// An agent that applies a set of rules to a scene.
pub struct Specialist {
    name: &'static str,
    rules: Vec<Box<dyn Rule>>,
}

impl Specialist {
    /// A specialist of this name with these rules.
    #[must_use]
    pub fn new(name: &'static str, rules: Vec<Box<dyn Rule>>) -> Self {
        Self { name, rules }
    }

    /// Its rules.
    #[must_use]
    pub fn rules(&self) -> &[Box<dyn Rule>] {
        &self.rules
    }

    /// Applies all rules. A cause that several rules name for one culprit is named once, with the evidence of all,
    /// and is the likelier for it.
    #[must_use]
    pub fn examine(&self, scene: &Scene) -> SpecialistReport {
        let mut report = SpecialistReport { specialist: self.name.to_owned(), ..SpecialistReport::default() };
        for rule in &self.rules {
            let mut examination = Examination::default();
            rule.examine(scene, &mut examination);
            let named_by = format!("{}/{}", self.name, rule.name());
            for mut cause in examination.causes {
                debug_assert!(rule.causes().contains(&cause.cause), "{named_by} does not list {}", cause.cause);
                cause.named_by.clone_from(&named_by);
                add(&mut report.causes, cause);
            }
            report.findings.extend(examination.findings);
            for gap in examination.gaps.into_iter().filter(|gap| !gap.is_empty()) {
                if !report.gaps.contains(&gap) {
                    report.gaps.push(gap);
                }
            }
        }
        report.causes.sort_by(|a, b| b.confidence.get().total_cmp(&a.confidence.get()));
        report
    }
}

/// Adds a cause to a list in which each cause of a culprit is once.
pub(crate) fn add(causes: &mut Vec<RootCause>, cause: RootCause) {
    let same = |known: &&mut RootCause| known.cause == cause.cause && known.culprit == cause.culprit;
    let Some(known) = causes.iter_mut().find(same) else {
        causes.push(cause);
        return;
    };
    if known.named_by == cause.named_by {
        known.confidence = if cause.confidence > known.confidence { cause.confidence } else { known.confidence };
    } else {
        known.confidence = known.confidence.or(cause.confidence);
    }
    if known.chain.is_empty() {
        known.chain = cause.chain;
    }
    let new: Vec<Finding> = cause.evidence.into_iter().filter(|finding| !known.evidence.contains(finding)).collect();
    known.evidence.extend(new);
    let affected: Vec<Culprit> = cause.affects.into_iter().filter(|app| !known.affects.contains(app)).collect();
    known.affects.extend(affected);
}

#[async_trait]
impl Agent for Specialist {
    type Input = Arc<Scene>;
    type Output = SpecialistReport;

    fn name(&self) -> &str {
        self.name
    }

    async fn run(&self, cx: &Context, scene: Arc<Scene>) -> Result<SpecialistReport> {
        cx.go_on()?;
        Ok(self.examine(&scene))
    }
}

impl std::fmt::Debug for Specialist {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rules: Vec<_> = self.rules.iter().map(|rule| rule.name()).collect();
        f.debug_struct("Specialist").field("name", &self.name).field("rules", &rules).finish()
    }
}
