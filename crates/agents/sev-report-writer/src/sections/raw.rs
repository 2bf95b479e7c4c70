use lamplighter_core::markdown::{code, inert};
use lamplighter_core::words::Incident;

use super::{facts, line};
use crate::evidence::Ledger;
use crate::wording::clock;

/// More findings that nothing rests on are counted.
const FINDINGS: usize = 80;

/// All evidence and what could not be looked at, folded away.
pub(crate) fn raw_data(incident: &Incident, ledger: &mut Ledger, text: &mut String) {
    for cause in &incident.causes {
        ledger.findings(&cause.evidence, usize::MAX);
    }
    let triage = incident.triage.iter().flat_map(|triage| triage.critical_findings.iter().chain(&triage.nodes));
    ledger.findings(triage, FINDINGS);
    ledger.findings(&incident.findings, FINDINGS);
    let monitors: Vec<_> = incident.detection.monitors.iter().flatten().map(facts::of_monitor).collect();
    ledger.findings(&monitors, FINDINGS);
    text.push_str("\n## Raw Data\n\n<details>\n<summary>Evidence, causes and gaps</summary>\n\n### Evidence\n\n");
    text.push_str(&ledger.list());
    let more = incident.findings.len().saturating_sub(FINDINGS);
    if more > 0 {
        line(text, &format!("- And {more} more findings that nothing here rests on."));
    }
    if !incident.causes.is_empty() {
        line(text, "\n### Causes, the likeliest first\n");
        for (number, cause) in (1..).zip(&incident.causes) {
            let cited = ledger.findings(&cause.evidence, 12);
            line(
                text,
                &format!("{number}. {}; named by {}. {cited}", facts::cause_in_words(cause), code(&cause.named_by)),
            );
        }
    }
    line(text, "\n### What could not be looked at\n");
    if incident.gaps.is_empty() && incident.lost.is_empty() {
        line(text, "Nothing is known to be missing.");
    }
    for lost in &incident.lost {
        line(text, &format!("- {}: {}", code(&lost.member), inert(&lost.why)));
    }
    for gap in &incident.gaps {
        line(text, &format!("- {}", inert(gap)));
    }
    line(text, &format!("\nBy {}, of what was known at {}.", code("sev-report-writer"), clock(incident.written_at)));
    text.push_str("\n</details>\n");
}
