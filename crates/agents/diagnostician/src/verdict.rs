//! Whether anything is wrong, when what was named as a cause is taken into account.

use lamplighter_core::diagnosis::{Culprit, Likelihood, RootCause, Scene, Taxonomy};
use lamplighter_core::words::{Health, Severity, Triage, WorkloadKind, WorkloadRef};

pub(crate) struct Verdict {
    pub(crate) health: Health,
    pub(crate) severity: Option<Severity>,
    pub(crate) reasons: Vec<String>,
}

/// From here on a cause counts as trouble that is there, though no object shows it.
const COUNTS: Likelihood = Likelihood::new(0.5);

/// What lines of trouble say.
const TROUBLE: [&str; 8] = ["error", "exception", "fatal", "panic", "denied", "refused", "failed", "timed out"];

/// The triage sees what objects and monitors show. A service that answers slowly, or that nobody can reach though
/// its pods are ready, is seen by the specialists.
pub(crate) fn verdict(scene: &Scene, triage: &Triage, causes: &[RootCause]) -> Verdict {
    let mut verdict = Verdict { health: triage.health, severity: triage.severity, reasons: triage.reasons.clone() };
    let Some(first) = causes.first().filter(|cause| cause.confidence >= COUNTS) else {
        let is_doubtful = verdict.health == Health::Healthy && scene.monitors.items().is_empty();
        if let Some(doubt) = is_doubtful.then(|| doubt(scene, causes)).flatten() {
            verdict.health = Health::Inconclusive;
            verdict.reasons.insert(0, doubt);
        }
        return verdict;
    };
    let sentence = format!("{}: {} ({})", first.culprit, first.cause.meaning(), first.confidence);
    if !verdict.health.is_broken() {
        verdict.health = if is_down(scene, first) { Health::Down } else { Health::Degraded };
        let severity = severity(scene, first);
        verdict.severity = Some(verdict.severity.map_or(severity, |known| known.max(severity)));
        verdict.reasons.retain(|reason| !reason.starts_with("nothing wrong was found"));
    }
    verdict.reasons.insert(0, sentence);
    verdict
}

/// What keeps a cluster in which nothing is seen to fail from being called healthy where no monitor sees it as users
/// do: a cause that is only possible, or lines of trouble that no rule has explained.
fn doubt(scene: &Scene, causes: &[RootCause]) -> Option<String> {
    if let Some(first) = causes.first() {
        return Some(format!("{}: {} ({})", first.culprit, first.cause.meaning(), first.confidence));
    }
    let logs = scene.logs.seen()?;
    let troubled = logs.all().find(|said| {
        let text = said.text.to_ascii_lowercase();
        TROUBLE.iter().any(|word| text.contains(word))
    })?;
    Some(format!("{} logs errors that nothing else explains", troubled.app.1))
}

/// Whether the culprit serves nothing at all.
fn is_down(scene: &Scene, cause: &RootCause) -> bool {
    let Culprit::App { namespace, name } = &cause.culprit else { return false };
    let kinds = [WorkloadKind::Deployment, WorkloadKind::StatefulSet, WorkloadKind::DaemonSet];
    let status = kinds
        .into_iter()
        .find_map(|kind| scene.graph.workload(&WorkloadRef::new(kind, namespace.as_str(), name.as_str())));
    let without_pods = status.is_some_and(|status| status.ready == 0);
    // Nothing gets to its pods, whatever they do.
    without_pods || (cause.taxonomy == Taxonomy::ServiceRouting && cause.confidence >= Likelihood::SHOWN)
}

fn severity(scene: &Scene, cause: &RootCause) -> Severity {
    match (&cause.culprit, cause.taxonomy) {
        (Culprit::Node { .. }, Taxonomy::Infrastructure) => Severity::Sev1,
        _ if is_down(scene, cause) || !cause.affects.is_empty() => Severity::Sev2,
        (_, Taxonomy::Performance) => Severity::Sev3,
        _ => Severity::Sev2,
    }
}
