//! What the words of a cell mean: how soon, of what kind, how far.

use crate::{ActionKind, ItemStatus, Priority};

/// The words of a text in lower case, without marks.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// How soon, where that is all that a cell says: `P1`, `P1 (high)`, `high`, in a column for it also `1`.
pub(crate) fn priority(cell: &str, is_for_it: bool) -> Option<Priority> {
    let words = words(cell);
    if words.is_empty() || (!is_for_it && words.len() > 2) {
        return None;
    }
    if let Some(found) = words.iter().find_map(|word| of_rank(word.strip_prefix('p')?)) {
        return Some(found);
    }
    let first = words.first()?;
    if is_for_it && let Some(found) = of_rank(first) {
        return Some(found);
    }
    match first.as_str() {
        _ if words.len() > 1 && !is_for_it => None,
        "critical" | "urgent" | "immediate" | "blocker" | "highest" | "kritisch" => Some(Priority::P0),
        "high" | "hoch" | "major" => Some(Priority::P1),
        "medium" | "normal" | "mittel" | "moderate" => Some(Priority::P2),
        "low" | "lowest" | "niedrig" | "minor" => Some(Priority::P3),
        _ => None,
    }
}

/// How soon the items below a heading are: `P0 – prevent this exact failure`, or the words of that.
pub(crate) fn priority_of_heading(heading: &str) -> Option<Priority> {
    let words = words(heading);
    let ranked = words.iter().find_map(|word| of_rank(word.strip_prefix('p')?));
    ranked.or_else(|| {
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

/// How far, where a cell says that and nothing else before it: `Done`, `✅ done (a1b2c3)`, `in progress`.
pub(crate) fn status(cell: &str) -> Option<ItemStatus> {
    let cell = cell.trim().trim_matches(['*', '_', '`', '~']).trim();
    let sign = sign(cell);
    let lower = cell.to_lowercase();
    if lower.starts_with("[x]") {
        return Some(ItemStatus::Done);
    }
    if lower.starts_with("[ ]") || lower == "[]" {
        return Some(ItemStatus::Todo);
    }
    let mut words = words(cell);
    if words.first().is_some_and(|first| first == "status") {
        words.remove(0);
    }
    let says = words.first().map(String::as_str).and_then(|first| of_words(first, &words));
    says.or(sign)
}

/// How far, by the sign that a text begins with, or its name between colons.
fn sign(text: &str) -> Option<ItemStatus> {
    if let Some((name, _)) = text.strip_prefix(':').and_then(|rest| rest.split_once(':')) {
        return match name {
            "white_check_mark" | "heavy_check_mark" | "ballot_box_with_check" | "green_circle" => {
                Some(ItemStatus::Done)
            }
            "x" | "white_large_square" | "red_circle" | "hourglass" | "black_square_button" => Some(ItemStatus::Todo),
            "construction" | "yellow_circle" | "hourglass_flowing_sand" | "arrows_counterclockwise" => {
                Some(ItemStatus::InProgress)
            }
            "no_entry_sign" => Some(ItemStatus::Dropped),
            _ => None,
        };
    }
    match text.chars().next()? {
        '✅' | '✔' | '☑' | '✓' | '🟢' => Some(ItemStatus::Done),
        '⬜' | '☐' | '🔴' | '❌' | '✗' | '⏳' | '📋' | '🔲' => Some(ItemStatus::Todo),
        '🚧' | '🔄' | '🟡' | '🟠' => Some(ItemStatus::InProgress),
        '🚫' => Some(ItemStatus::Dropped),
        _ => None,
    }
}

/// How far, by the box or the tick that a text begins with, and what is behind it.
pub(crate) fn ticked(text: &str) -> Option<(ItemStatus, &str)> {
    let status = match text.chars().next()? {
        '✅' | '✔' | '☑' | '✓' => ItemStatus::Done,
        '⬜' | '☐' | '🔲' => ItemStatus::Todo,
        _ => return None,
    };
    Some((status, text.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '`' | '(' | '[' | '@'))))
}

/// How far, in a column for that: also a yes or no, or a share.
pub(crate) fn status_in_its_column(cell: &str) -> Option<ItemStatus> {
    status(cell).or_else(|| {
        let cell = cell.trim().to_lowercase();
        let share = cell.strip_suffix('%').and_then(|share| share.trim().parse::<u32>().ok());
        Some(match (cell.as_str(), share) {
            ("yes" | "y" | "true" | "x" | "ja" | "sí" | "oui", _) => ItemStatus::Done,
            ("no" | "n" | "false" | "nein" | "non", _) | (_, Some(0)) => ItemStatus::Todo,
            (_, Some(share)) => {
                if share < 100 {
                    ItemStatus::InProgress
                } else {
                    ItemStatus::Done
                }
            }
            _ => return None,
        })
    })
}

/// By the first word, where that is enough.
const STATUSES: &[(ItemStatus, &[&str])] = &[
    (
        ItemStatus::Done,
        &[
            "done",
            "completed",
            "complete",
            "closed",
            "resolved",
            "fixed",
            "implemented",
            "merged",
            "shipped",
            "finished",
            "deployed",
            "erledigt",
            "abgeschlossen",
            "umgesetzt",
            "hecho",
            "completado",
            "cerrado",
            "fait",
            "fini",
            "terminé",
            "feito",
            "concluído",
            "fertig",
            "landed",
            "live",
        ],
    ),
    (
        ItemStatus::Todo,
        &[
            "not",
            "todo",
            "open",
            "pending",
            "planned",
            "backlog",
            "new",
            "proposed",
            "scheduled",
            "unassigned",
            "tbd",
            "offen",
            "geplant",
            "pendiente",
            "abierto",
            "ouvert",
            "pendente",
            "unresolved",
            "outstanding",
            "deferred",
            "identified",
            "accepted",
            "triaged",
            "blocked",
            "waiting",
            "queued",
            "incomplete",
        ],
    ),
    (
        ItemStatus::InProgress,
        &["wip", "started", "ongoing", "doing", "active", "working", "underway", "assigned", "partially", "partly"],
    ),
    (
        ItemStatus::Dropped,
        &[
            "cancelled",
            "canceled",
            "dropped",
            "wontfix",
            "obsolete",
            "declined",
            "rejected",
            "abandoned",
            "superseded",
            "skipped",
            "won't",
            "wont",
            "won’t",
        ],
    ),
];

fn of_words(first: &str, words: &[String]) -> Option<ItemStatus> {
    let second = words.get(1).map_or("", String::as_str);
    let by_one = || STATUSES.iter().find(|(_, names)| names.contains(&first)).map(|(status, _)| *status);
    of_two(first, second).or_else(by_one)
}

fn of_two(first: &str, second: &str) -> Option<ItemStatus> {
    match (first, second) {
        ("not", "needed" | "applicable" | "doing" | "planned")
        | ("n", "a")
        | ("won" | "won't" | "won’t" | "wont", _) => Some(ItemStatus::Dropped),
        ("to", "do")
        | ("on", "hold")
        | ("not", "done" | "started" | "begun" | "yet" | "complete" | "completed" | "implemented" | "fixed")
        | ("à", "faire")
        | ("a", "fazer")
        | ("por", "hacer") => Some(ItemStatus::Todo),
        ("in", "progress" | "review" | "flight" | "arbeit" | "bearbeitung" | "development" | "testing")
        | ("on", "going")
        | ("under", "way" | "review")
        | ("en", "cours" | "curso" | "progreso")
        | ("em", "andamento")
        | ("work", "in")
        | ("partially" | "partly" | "mostly", _) => Some(ItemStatus::InProgress),
        _ => None,
    }
}

/// A status, where that is all that a cell of any column can mean: a word or two, or a few with when, where or by whom.
pub(crate) fn lone_status(cell: &str) -> Option<ItemStatus> {
    let words = words(cell);
    let says_where = |second: &str| {
        let is_number = second.chars().any(|c| c.is_ascii_digit());
        is_number || matches!(second, "in" | "by" | "on" | "at" | "via" | "per" | "see" | "yet" | "since" | "until")
    };
    let is_alone = match words.as_slice() {
        [] | [_] => true,
        [first, second, ..] => {
            of_two(first, second).is_some() && words.len() <= 3 || says_where(second) && words.len() <= 6
        }
    };
    let has_remark = words.len() <= 6 && cell.split_once('(').is_some_and(|(before, _)| words_of_status(before));
    let by_sign = || sign(cell.trim()).filter(|_| words.len() <= 3);
    status(cell).filter(|_| is_alone || has_remark).or_else(by_sign)
}

/// Whether words before a remark are all of a status.
fn words_of_status(text: &str) -> bool {
    let words = words(text);
    match words.as_slice() {
        [first] => of_words(first, &words).is_some(),
        [first, second] => of_two(first, second).is_some(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_read() {
        use ItemStatus::{Done, Dropped, InProgress, Todo};
        for (cell, expected) in [
            ("Done", Some(Done)),
            ("**DONE**", Some(Done)),
            ("Done (abc1234)", Some(Done)),
            ("✅", Some(Done)),
            ("✅ Completed 2026-03-01", Some(Done)),
            ("[x]", Some(Done)),
            ("TODO", Some(Todo)),
            ("To do", Some(Todo)),
            ("Not done", Some(Todo)),
            ("not started", Some(Todo)),
            ("[ ]", Some(Todo)),
            ("⬜ Open", Some(Todo)),
            ("❌ not done", Some(Todo)),
            ("In progress", Some(InProgress)),
            ("🚧", Some(InProgress)),
            ("Won't do", Some(Dropped)),
            ("N/A", Some(Dropped)),
            ("", None),
            ("later", None),
            ("Status: done", Some(Done)),
            (":white_check_mark:", Some(Done)),
            (":x:", Some(Todo)),
            ("À faire", Some(Todo)),
            ("En curso", Some(InProgress)),
        ] {
            assert_eq!(status(cell), expected, "{cell:?}");
        }
        assert_eq!(lone_status("Open a ticket with the vendor"), None);
        for (cell, expected) in [
            ("done", Some(Done)),
            ("Done (a1b2c3d)", Some(Done)),
            ("Done 2026-03-01", Some(Done)),
            ("fixed in a1b2c3d", Some(Done)),
            ("in progress", Some(InProgress)),
            ("✅ landed", Some(Done)),
            ("New disks", None),
            ("Complete rewrite", None),
            ("Fixed IP (see wiki)", None),
            ("Not urgent", None),
        ] {
            assert_eq!(lone_status(cell), expected, "{cell:?}");
        }
        for (cell, expected) in
            [("Yes", Some(Done)), ("no", Some(Todo)), ("50 %", Some(InProgress)), ("100%", Some(Done)), ("maybe", None)]
        {
            assert_eq!(status_in_its_column(cell), expected, "{cell:?}");
        }
    }

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
