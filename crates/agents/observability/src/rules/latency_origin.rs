use lamplighter_core::diagnosis::{Cause, Examination, Rule, Scene, Signal};
use lamplighter_core::words::{Finding, ObjectRef, Source};

use crate::subjects::apps_where;

/// Where slowness begins, as a finding: why is for sre and network to say.
///
/// Relied on: the latency of a service holds that of all that it waits for, so that the lowest slow service in the
/// calls is where the time goes (Google SRE book, Monitoring Distributed Systems).
pub(super) struct LatencyOrigin;

impl Rule for LatencyOrigin {
    fn name(&self) -> &'static str {
        "latency-origin"
    }

    fn causes(&self) -> &'static [Cause] {
        &[]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let Some(signals) = scene.signals.seen() else { return };
        let slow = apps_where(signals, Signal::Latency, |shift| shift.grew(2.0));
        for (namespace, name) in &slow {
            let below = slow.iter().any(|(_, other)| scene.calls.depends_on(name, other));
            let above: Vec<&str> =
                slow.iter().map(|(_, other)| *other).filter(|other| scene.calls.depends_on(other, name)).collect();
            let shifts = signals
                .of_app(Signal::Latency, namespace, name)
                .filter_map(lamplighter_core::diagnosis::SignalSeries::shift);
            let Some(shift) = shifts.filter(|shift| shift.grew(2.0)).max_by(|a, b| a.after.total_cmp(&b.after)) else {
                continue;
            };
            if below || above.is_empty() {
                continue;
            }
            let object = ObjectRef::namespaced("app", *namespace, *name);
            let finding = Finding::new(format!("slowness begins at {name}"), object, Source::new("metrics"), shift.at)
                .with_evidence(format!("latency {:.4} s before, {:.4} s after", shift.before, shift.after))
                .with_evidence(format!("slow above it: {}", above.join(", ")));
            examination.find(finding);
        }
    }
}
