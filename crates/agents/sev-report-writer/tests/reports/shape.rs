//! The document has the shape of SPEC §7.

use crate::{incidents, write};

#[test]
fn the_sections_are_those_of_the_spec_in_their_order() {
    let text = write(&incidents::second()).text;
    let names: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    let expected = [
        "Summary",
        "Impact",
        "Timeline (UTC)",
        "Root Cause",
        "Contributing Factors",
        "Recurrence Analysis",
        "Detection",
        "Resolution",
        "Prevention Plan",
        "Lessons Learned",
        "Follow-up Implementation",
        "Raw Data",
    ];
    assert_eq!(names, expected);
}

#[test]
fn the_head_has_the_fields_of_the_spec() {
    let text = write(&incidents::resolved()).text;
    for field in ["Date", "Duration", "Severity", "Classification", "Affected Services", "Issue", "Status"] {
        assert!(text.contains(&format!("\n| {field} | ")), "{field}");
    }
}

#[test]
fn the_timeline_is_in_order_whoever_tells_it() {
    let text = write(&incidents::resolved()).text;
    let times: Vec<&str> = text.lines().filter(|line| line.starts_with("| 2026")).collect();
    assert!(times.len() > 5, "{times:?}");
    assert!(times.is_sorted_by_key(|row| row.get(..22)), "{times:#?}");
    for source in ["kubernetes api", "logs", "tracker", "audit log", "HTTP probe", "monitors"] {
        assert!(times.iter().any(|row| row.contains(source)), "{source} tells nothing");
    }
}

#[test]
fn what_has_never_happened_before_is_the_first_of_its_type() {
    let text = write(&incidents::resolved()).text;
    assert!(text.contains("first recorded incident of this type"), "{text}");
}

#[test]
fn the_second_links_the_first_and_lists_what_was_never_done() {
    let text = write(&incidents::second()).text;
    for words in [
        "This is the **second** recorded incident of this type. The first was [Ledger out of memory](2026-01-09-ledger-out-of-memory.md)",
        "Alert when ledger is near its limit",
        "Measure what ledger needs \\| under load",
        "line 61; TODO",
        "line 70; no status",
    ] {
        assert!(text.contains(words), "{words} is missing in\n{text}");
    }
}
