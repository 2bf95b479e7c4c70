//! Every claim names evidence that is there, and what came from outside does nothing.

use std::collections::BTreeSet;

use lamplighter_core::diagnosis::{Cause, Culprit};
use lamplighter_core::words::Incident;
use proptest::prelude::*;

use crate::{incidents, write};

/// The ids that a text cites: the `3` of `[E3]`.
fn cited(text: &str) -> BTreeSet<u32> {
    let parts = text.split("[E").skip(1);
    parts.filter_map(|part| part.split_once(']')?.0.parse().ok()).collect()
}

/// The ids of the evidence in the raw data.
fn told(text: &str) -> BTreeSet<u32> {
    let lines = text.lines().filter_map(|line| line.strip_prefix("- **E"));
    lines.filter_map(|line| line.split_once("**")?.0.parse().ok()).collect()
}

fn all() -> Vec<Incident> {
    let mut all = vec![incidents::resolved(), incidents::second(), incidents::obscure(), Incident::default()];
    let culprits = [Culprit::app("office", "ledger"), Culprit::node("node-a"), Culprit::namespace("office")];
    all.extend(Cause::ALL.iter().flat_map(|cause| culprits.clone().map(|culprit| incidents::of(*cause, culprit))));
    all
}

#[test]
fn what_is_cited_is_there() {
    for incident in all() {
        let text = write(&incident).text;
        let (cited, told) = (cited(&text), told(&text));
        assert!(cited.is_subset(&told), "cited and not told: {:?}", cited.difference(&told));
        assert_eq!(told, (1..=u32::try_from(told.len()).unwrap()).collect(), "the ids are 1 to n");
    }
}

#[test]
fn every_claim_has_its_evidence() {
    // Sentences that say what is not known claim nothing.
    let free = [
        "not known",
        "None are known",
        "none is known",
        "nobody has named",
        "Nothing",
        "could not be",
        "nobody has said",
        "nothing beyond",
        "so whether it has happened",
        "not known: nobody",
        "No cause was found",
    ];
    let sections =
        ["Summary", "Root Cause", "Contributing Factors", "Recurrence Analysis", "Detection", "Resolution", "Impact"];
    for incident in [incidents::resolved(), incidents::second(), incidents::obscure()] {
        let text = write(&incident).text;
        for section in text.split("\n## ").skip(1) {
            let (name, body) = section.split_once('\n').unwrap();
            // The steps of the chain are an inference as a whole, and its first line says from what.
            let body: String = body
                .lines()
                .filter(|line| !line.starts_with(|c: char| c.is_ascii_digit()))
                .collect::<Vec<_>>()
                .join("\n");
            if !sections.contains(&name) {
                continue;
            }
            for line in body.lines().filter(|line| !line.trim().is_empty()) {
                let is_claim = !line.starts_with('#')
                    && !line.starts_with("| Before")
                    && !line.starts_with("| ---")
                    && !line.ends_with(':')
                    && !line.contains("**Incomplete:**")
                    && !line.contains("What should have noticed")
                    && !line.contains("no alert fired.")
                    && !line.contains("no alert could be asked for.");
                let is_free = free.iter().any(|words| line.contains(words)) || line.starts_with("What was seen");
                assert!(!is_claim || is_free || line.contains("[E"), "{name}: {line:?} has no evidence");
            }
        }
    }
}

#[test]
fn rows_of_the_timeline_and_of_the_plan_name_their_evidence() {
    for incident in all() {
        let text = write(&incident).text;
        for row in text.lines().filter(|line| line.starts_with("| P") || line.starts_with("| 20")) {
            if !row.starts_with("| Priority") {
                assert!(row.contains("[E"), "{row}");
            }
        }
    }
}

#[test]
fn an_alert_of_a_known_cause_is_a_whole_file_of_its_own() {
    for cause in Cause::ALL {
        let text = write(&incidents::of(*cause, Culprit::app("office", "ledger"))).text;
        for row in text.lines().filter(|line| line.contains("| Alert |")) {
            let place = row.split('`').find(|part| part.contains('/') && part.contains(':'));
            let line = place.and_then(|place| place.rsplit_once(':')).map(|(_, line)| line.parse::<u32>());
            assert!(matches!(line, Some(Ok(1..))), "{cause}: {row}");
            assert!(row.contains("draft D"), "{cause}: {row}");
        }
        assert!(text.contains("kind: PrometheusRule"), "{cause}");
    }
}

#[test]
fn no_two_drafts_are_for_one_file() {
    for incident in all() {
        let text = write(&incident).text;
        let files: Vec<&str> =
            text.lines().filter(|line| line.starts_with("**Draft D") && line.contains("(new)")).collect();
        let files: Vec<&str> = files.iter().filter_map(|line| line.split('`').nth(1)).collect();
        assert_eq!(files.iter().collect::<BTreeSet<_>>().len(), files.len(), "{files:?}");
    }
}

#[test]
fn the_same_facts_make_the_same_bytes() {
    for incident in all() {
        let json = through_the_journal(&incident);
        assert_eq!(write(&incident), write(&json));
    }
}

/// Facts go through the journal as JSON.
fn through_the_journal(incident: &Incident) -> Incident {
    serde_json::from_str(&serde_json::to_string(incident).unwrap()).unwrap()
}

proptest! {
    #[test]
    fn outside_text_is_inert_wherever_it_stands(words in ".{0,80}|(@all|<b>|\\||`|\\n# |-->|\\[x\\]\\(y\\)){1,8}") {
        let mut incident = incidents::second();
        incident.title.clone_from(&words);
        incident.handed_over = Some(words.clone());
        incident.owner = Some(words.clone());
        incident.gaps.push(words.clone());
        incident.events[0].what.clone_from(&words);
        incident.recovery[0].summary.clone_from(&words);
        incident.recovery[0].object.name.clone_from(&words);
        if let Some(report) = &mut incident.report {
            report.what = Some(words.clone());
            report.url = Some(words.clone());
        }
        if let Some(triage) = &mut incident.triage {
            triage.reasons = vec![words.clone()];
            triage.services = vec![words.clone()];
        }
        incident.causes[0].chain = vec![words.clone()];
        incident.causes[0].culprit = Culprit::app(words.clone(), words.clone());
        if let Some(history) = &mut incident.history {
            history.related[0].title.clone_from(&words);
            history.related[0].path.clone_from(&words);
            history.related[0].open_items[0].action.clone_from(&words);
            history.related[0].open_items[0].status.clone_from(&words);
        }
        let text = write(&incident).text;
        let headings: Vec<&str> = text.lines().filter(|line| line.starts_with("## ")).collect();
        prop_assert_eq!(headings.len(), 12, "{:?}", headings);
        prop_assert_eq!(text.matches("\n<details>\n").count(), 1);
        // Code is shown letter by letter and does nothing; outside of it nobody is mentioned and no tag is made.
        for line in text.lines().filter(|line| !line.contains('`')) {
            prop_assert!(!line.contains("@all") && !line.contains("<b>"), "{}", line);
        }
        for row in text.lines().filter(|line| line.starts_with("| P0 ")) {
            let bars = row.replace("\\|", "").matches('|').count();
            prop_assert_eq!(bars, 6, "{}", row);
        }
    }
}
