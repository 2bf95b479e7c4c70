//! Post-mortems across crates: what is written is read back, and its drafts are valid for their kinds.

mod by_hand;
mod drafts;
mod read_back;

use jiff::Timestamp;
use lamplighter::agents::SevReportWriter;
use lamplighter::core::diagnosis::{Cause, Culprit, Likelihood, RootCause};
use lamplighter::core::words::{Finding, Incident, Severity, Source, WrittenPostMortem};

/// The report of an incident with this cause and nothing else that is known.
fn report(cause: Cause) -> WrittenPostMortem {
    let culprit = match cause.taxonomy() {
        lamplighter::core::diagnosis::Taxonomy::Infrastructure => Culprit::node("node-a"),
        _ => Culprit::app("office", "ledger"),
    };
    let finding = Finding::new("it fails", culprit.object(), Source::new("kubernetes api"), Timestamp::UNIX_EPOCH);
    SevReportWriter::new().write(&Incident {
        title: format!("Ledger fails by {cause}"),
        severity: Some(Severity::Sev2),
        causes: vec![RootCause::new(cause, culprit, Likelihood::SHOWN, finding)],
        ..Incident::default()
    })
}
