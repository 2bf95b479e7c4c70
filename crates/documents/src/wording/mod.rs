//! What the words of a cell mean: how soon, of what kind, how far.

mod status;

use crate::{ActionKind, Priority};

pub(crate) use status::{lone_status, of_box, status, status_in_its_column, ticked};

/// The words of a text in lower case, without marks.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// How soon, where that is all that a cell says: `P1`, `P1 (high)`, `high`, in a column for it also `1` or `SEV1`.
pub(crate) fn priority(cell: &str, is_for_it: bool) -> Option<Priority> {
    let words = words(cell);
    let is_named = |word: &String| named(word, is_for_it).is_some() || matches!(word.as_str(), "priority" | "prio");
    if !is_for_it && (words.len() > 2 || !words.iter().all(|word| ranked(word).is_some() || is_named(word))) {
        return None;
    }
    if let Some(found) = words.iter().find_map(|word| ranked(word)) {
        return Some(found);
    }
    let [first, rest @ ..] = words.as_slice() else { return None };
    if is_for_it {
        let rank = match first.strip_prefix("sev") {
            Some("") => rest.first().map_or("", String::as_str),
            rank => rank.unwrap_or(first),
        };
        if let Some(found) = of_rank(rank) {
            return Some(found);
        }
    }
    named(first, is_for_it).filter(|_| rest.is_empty() || is_for_it)
}

/// `p1`.
fn ranked(word: &str) -> Option<Priority> {
    of_rank(word.strip_prefix('p')?)
}

fn named(word: &str, is_for_it: bool) -> Option<Priority> {
    Some(match word {
        "critical" | "urgent" | "immediate" | "blocker" | "highest" | "kritisch" => Priority::P0,
        "high" | "hoch" | "major" => Priority::P1,
        "medium" | "normal" | "mittel" | "moderate" => Priority::P2,
        "low" | "lowest" | "niedrig" | "minor" => Priority::P3,
        _ if !is_for_it => return None,
        // These may mean other things elsewhere.
        "critique" | "crítica" | "crítico" | "urgente" => Priority::P0,
        "haute" | "élevée" | "alta" => Priority::P1,
        "moyenne" | "normale" | "media" | "média" => Priority::P2,
        "basse" | "faible" | "baja" | "baixa" | "gering" => Priority::P3,
        _ => return None,
    })
}

/// How soon the items below a heading are: `P0 – prevent this exact failure`, or the words of that.
pub(crate) fn priority_of_heading(heading: &str) -> Option<Priority> {
    let words = words(heading);
    words.iter().find_map(|word| ranked(word)).or_else(|| {
        let heading = words.join(" ");
        let named: [(&[&str], Priority); 4] = [
            (&["prevent this exact", "critical priority"], Priority::P0),
            (&["reduce blast radius", "reduce the blast radius", "high priority"], Priority::P1),
            (&["detect faster", "faster detection", "medium priority"], Priority::P2),
            (&["improve resilience", "low priority"], Priority::P3),
        ];
        named.into_iter().find(|(wordings, _)| wordings.iter().any(|it| heading.contains(it))).map(|(_, it)| it)
    })
}

fn of_rank(digit: &str) -> Option<Priority> {
    Some(match digit {
        "0" => Priority::P0,
        "1" => Priority::P1,
        "2" => Priority::P2,
        "3" | "4" | "5" => Priority::P3,
        _ => return None,
    })
}

/// The kind that a cell says and nothing else.
pub(crate) fn kind(cell: &str) -> Option<ActionKind> {
    let words = words(cell);
    let [word] = words.as_slice() else { return None };
    Some(match word.as_str() {
        "alert" | "alerts" | "alerting" => ActionKind::Alert,
        "config" | "configuration" | "settings" | "setting" => ActionKind::Config,
        "monitor" | "monitors" | "monitoring" => ActionKind::Monitor,
        "architecture" | "architectural" | "design" => ActionKind::Architecture,
        "investigation" | "investigate" | "research" | "spike" => ActionKind::Investigation,
        "runbook" | "runbooks" | "documentation" | "docs" | "playbook" => ActionKind::Runbook,
        "migration" | "migrate" => ActionKind::Migration,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priorities_are_read() {
        use Priority::{P0, P1, P2, P3};
        for (cell, is_for_it, expected) in [
            ("P0", false, Some(P0)),
            ("**P1**", false, Some(P1)),
            ("P2 - medium", true, Some(P2)),
            ("High", true, Some(P1)),
            ("3", true, Some(P3)),
            ("3", false, None),
            ("Add P1 alerts", false, None),
            ("", true, None),
            ("SEV1", true, Some(P1)),
            ("sev 2", true, Some(P2)),
            ("SEV1", false, None),
            ("Haute", true, Some(P1)),
            ("Basse", true, Some(P3)),
            ("P0 / P1", false, Some(P0)),
            ("P1 (high)", false, Some(P1)),
            ("inherits P0", false, None),
        ] {
            assert_eq!(priority(cell, is_for_it), expected, "{cell:?}");
        }
        for (heading, expected) in [
            ("P0 – Prevent this exact failure", Some(P0)),
            ("Reduce blast radius", Some(P1)),
            ("Action items (P2)", Some(P2)),
            ("Action items", None),
        ] {
            assert_eq!(priority_of_heading(heading), expected, "{heading:?}");
        }
    }
}
