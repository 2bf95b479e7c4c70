//! What reports say, and that each of their claims has its evidence.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

mod claims;
mod drafts;
mod incidents;
mod shape;
mod told;

use lamplighter_core::words::{Incident, WrittenPostMortem};
use lamplighter_sev_report_writer::SevReportWriter;

fn write(incident: &Incident) -> WrittenPostMortem {
    SevReportWriter::new().write(incident)
}

#[test]
fn an_incident_that_was_resolved_reads_well() {
    insta::assert_snapshot!(write(&incidents::resolved()).text);
}

#[test]
fn a_second_incident_says_so_and_what_was_left_open() {
    insta::assert_snapshot!(write(&incidents::second()).text);
}

#[test]
fn an_incident_of_which_little_is_known_says_that() {
    insta::assert_snapshot!(write(&incidents::obscure()).text);
}
