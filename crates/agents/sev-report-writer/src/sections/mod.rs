//! The sections of the document, in the order of SPEC §7.

mod detection;
pub(crate) mod facts;
mod head;
mod impact;
mod lessons;
mod plan;
mod raw;
mod recurrence;
mod resolution;
mod root_cause;
mod summary;
mod timeline;

use lamplighter_core::words::Incident;

use crate::evidence::Ledger;

pub(crate) use head::head;
pub(crate) use raw::raw_data;

/// Writes one section at the end of the text.
type Section = fn(&Incident, &mut Ledger, &mut String);

/// What stands between the head and the raw data.
pub(crate) const IN_ORDER: &[Section] = &[
    summary::summary,
    impact::impact,
    timeline::timeline,
    root_cause::root_cause,
    root_cause::contributing_factors,
    recurrence::recurrence,
    detection::detection,
    resolution::resolution,
    plan::plan,
    lessons::lessons,
    plan::follow_up,
];

/// Begins a section.
fn heading(text: &mut String, name: &str) {
    text.push_str("\n## ");
    text.push_str(name);
    text.push_str("\n\n");
}

/// One more line.
fn line(text: &mut String, words: &str) {
    text.push_str(words);
    text.push('\n');
}

/// A row of a table; cells are one line each and hold no bare pipe.
fn row(text: &mut String, cells: &[&str]) {
    text.push_str("| ");
    text.push_str(&cells.join(" | "));
    text.push_str(" |\n");
}
