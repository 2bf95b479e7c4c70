//! How far something is, by its words and signs.

use super::words;
use crate::ItemStatus;

/// How far, where a cell says that and nothing else before it: `Done`, `✅ done (a1b2c3)`, `in progress`.
pub(crate) fn status(cell: &str) -> Option<ItemStatus> {
    let cell = cell.trim().trim_matches(['*', '_', '`', '~']).trim();
    if is_question(cell) {
        return None;
    }
    if let Some((status, _)) = boxed(cell) {
        return Some(status);
    }
    let sign = sign(cell);
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

/// How far, by what is between the brackets of a box.
pub(crate) fn of_box(mark: &str) -> Option<ItemStatus> {
    Some(match mark {
        "" | " " => ItemStatus::Todo,
        "x" | "X" | "✓" | "✔" => ItemStatus::Done,
        "-" => ItemStatus::Dropped,
        "~" | "/" => ItemStatus::InProgress,
        word if word.eq_ignore_ascii_case("done") => ItemStatus::Done,
        word if word.eq_ignore_ascii_case("todo") => ItemStatus::Todo,
        word if word.eq_ignore_ascii_case("wip") => ItemStatus::InProgress,
        _ => return None,
    })
}

fn boxed(text: &str) -> Option<(ItemStatus, &str)> {
    let (mark, rest) = text.strip_prefix('[')?.split_once(']')?;
    let status = of_box(mark)?;
    (rest.is_empty() || rest.starts_with([' ', '\t'])).then(|| (status, rest.trim_start()))
}

/// How far, by the box or the tick that a text begins with, and what is behind it.
pub(crate) fn ticked(text: &str) -> Option<(ItemStatus, &str)> {
    let bare = text.strip_prefix("- ").unwrap_or(text);
    if let Some(boxed) = boxed(bare) {
        return Some(boxed);
    }
    if let Some((name, rest)) = bare.strip_prefix(':').and_then(|rest| rest.split_once(':')) {
        let is_tick = matches!(
            name,
            "white_check_mark"
                | "heavy_check_mark"
                | "ballot_box_with_check"
                | "white_large_square"
                | "black_square_button"
        );
        return sign(bare).filter(|_| is_tick).map(|status| (status, rest.trim_start()));
    }
    let is_tick = bare.starts_with(['✅', '✔', '☑', '✓', '⬜', '☐', '🔲']);
    let rest = bare.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '`' | '(' | '[' | '@' | '<'));
    sign(bare).filter(|_| is_tick).map(|status| (status, rest))
}

/// Who asks how far something is does not say it.
fn is_question(text: &str) -> bool {
    text.ends_with(['?', '？'])
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
            "terminée",
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
            "discarded",
            "verworfen",
            "abgelehnt",
            "gestrichen",
            "entfällt",
            "abandonné",
            "abandonnée",
            "annulé",
            "annulée",
            "rejeté",
            "rejetée",
            "descartado",
            "descartada",
            "cancelado",
            "cancelada",
        ],
    ),
];

fn of_words(first: &str, words: &[String]) -> Option<ItemStatus> {
    let second = words.get(1).map_or("", String::as_str);
    let by_one = || STATUSES.iter().find(|(_, names)| names.contains(&first)).map(|(status, _)| *status);
    let is_closed_as_dropped = matches!(first, "closed" | "resolved")
        && words.iter().skip(1).take(3).any(|word| word == "duplicate" || is_dropped(word));
    if is_closed_as_dropped { Some(ItemStatus::Dropped) } else { of_two(first, second).or_else(by_one) }
}

fn is_dropped(word: &str) -> bool {
    STATUSES.iter().any(|(status, names)| *status == ItemStatus::Dropped && names.contains(&word))
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
    if is_question(cell.trim()) {
        return None;
    }
    let words = words(cell);
    let says_where = |second: &str| {
        let is_number = second.chars().any(|c| c.is_ascii_digit());
        is_number || matches!(second, "in" | "by" | "on" | "at" | "via" | "per" | "see" | "yet" | "since" | "until")
    };
    let is_alone = match words.as_slice() {
        [] | [_] => true,
        [first, second, ..] => {
            of_two(first, second).is_some() && words.len() <= 3
                || (says_where(second) || second == "as") && words.len() <= 6
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
            ("closed as wontfix", Some(Dropped)),
            ("Closed (won't fix)", Some(Dropped)),
            ("resolved as duplicate", Some(Dropped)),
            ("Verworfen", Some(Dropped)),
            ("Abandonné", Some(Dropped)),
            ("[-]", Some(Dropped)),
            ("Done?", None),
            ("✅?", None),
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
}
