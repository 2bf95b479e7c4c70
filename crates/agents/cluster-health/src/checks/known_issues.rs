use lamplighter_core::words::ObjectRef;

use crate::{Check, ClusterView, Observation, Outcome, Unreadable};

/// `known-issues`: what is written down as known can be read and is not out of date.
///
/// Relies on the known issues in the settings of the scan, and on what was wrong with the others
/// ([`HealthSettings::known_issue_problems`](crate::HealthSettings::known_issue_problems)). A known issue whose last day
/// is over does not silence anything any more, which is a warning for as long as it stands there.
#[derive(Debug, Clone, Copy)]
pub struct KnownIssues;

impl Check for KnownIssues {
    fn name(&self) -> &'static str {
        "known-issues"
    }

    fn run(&self, view: &ClusterView<'_>) -> Result<Outcome, Unreadable> {
        let settings = view.settings();
        if settings.known_issues.is_empty() && settings.known_issue_problems.is_empty() {
            return Err(Unreadable::absent("no known issues are written down"));
        }
        let mut outcome = Outcome::over("known issues", &settings.known_issues, |known| {
            let last = known.until.filter(|_| known.is_over(view.taken_at()))?;
            let summary = format!("the known issue {:?} was until {last} and counts again", known.name);
            let object = ObjectRef::global("known issue", &known.name);
            Some(Observation::warn(view.finding(summary, object, None).with_evidence(&known.note)))
        });
        for problem in &settings.known_issue_problems {
            let object = ObjectRef::global("known issue", problem);
            outcome.look(Some(Observation::warn(view.finding(problem.clone(), object, None))));
        }
        Ok(outcome)
    }
}
