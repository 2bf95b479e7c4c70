//! What the words of a cell mean: how soon, of what kind, how far.

use crate::{ActionKind, ItemStatus, Priority};

/// The words of a text in lower case, without marks.
fn words(text: &str) -> Vec<String> {
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

/// The kind that the words of an action speak of. What is more than a setting is looked for first, so that what cannot be
/// told apart is nothing that is done without a person.
pub(crate) fn kind_of_action(action: &str) -> Option<ActionKind> {
    const SIGNS: &[(ActionKind, &[&str])] = &[
        (ActionKind::Migration, &["migrate", "migration", "migrating", "move", "switch", "upgrade", "port"]),
        (
            ActionKind::Architecture,
            &[
                "redesign",
                "architecture",
                "redundant",
                "redundancy",
                "failover",
                "ha",
                "decouple",
                "refactor",
                "rewrite",
                "replicate",
                "split",
                "shard",
            ],
        ),
        (
            ActionKind::Investigation,
            &[
                "investigate",
                "investigation",
                "research",
                "understand",
                "analyse",
                "analyze",
                "evaluate",
                "explore",
                "audit",
                "determine",
                "assess",
            ],
        ),
        (
            ActionKind::Runbook,
            &["runbook", "playbook", "document", "documentation", "docs", "wiki", "train", "training", "checklist"],
        ),
        (
            ActionKind::Alert,
            &["alert", "alerts", "alerting", "alertmanager", "prometheusrule", "page", "paging", "notify", "alarm"],
        ),
        (
            ActionKind::Monitor,
            &[
                "monitor",
                "monitors",
                "monitoring",
                "probe",
                "synthetic",
                "uptime",
                "healthcheck",
                "blackbox",
                "heartbeat",
            ],
        ),
        (
            ActionKind::Config,
            &[
                "set",
                "increase",
                "raise",
                "lower",
                "limit",
                "limits",
                "config",
                "configure",
                "configuration",
                "timeout",
                "timeouts",
                "quota",
                "retention",
                "enable",
                "disable",
                "pin",
                "tune",
                "setting",
                "settings",
                "replicas",
                "requests",
                "reduce",
                "adjust",
            ],
        ),
    ];
    let words = words(action);
    let of = |(kind, signs): &(ActionKind, &[&str])| {
        words.iter().any(|word| signs.contains(&word.as_str())).then_some(*kind)
    };
    SIGNS.iter().find_map(of)
}

/// Whether words speak of what is never done without a person (SPEC §6): of what cannot be undone, of data and of secrets.
pub(crate) fn is_dangerous(text: &str) -> bool {
    const SIGNS: &[&str] = &[
        "delete",
        "deletes",
        "deleting",
        "drop",
        "destroy",
        "wipe",
        "purge",
        "truncate",
        "remove",
        "removes",
        "secret",
        "secrets",
        "password",
        "passwords",
        "credential",
        "credentials",
        "token",
        "tokens",
        "pvc",
        "pv",
        "namespace",
        "namespaces",
        "vault",
        "migrate",
        "migration",
        "reformat",
        "rotate",
    ];
    words(text).iter().any(|word| SIGNS.contains(&word.as_str()))
}

/// How far, where a cell says that and nothing else before it: `Done`, `✅ done (a1b2c3)`, `in progress`.
pub(crate) fn status(cell: &str) -> Option<ItemStatus> {
    let cell = cell.trim().trim_matches(['*', '_', '`', '~']).trim();
    let sign = match cell.chars().next()? {
        '✅' | '✔' | '☑' | '✓' | '🟢' => Some(ItemStatus::Done),
        '⬜' | '☐' | '🔴' | '❌' | '✗' | '⏳' | '📋' | '🔲' => Some(ItemStatus::Todo),
        '🚧' | '🔄' | '🟡' | '🟠' => Some(ItemStatus::InProgress),
        '🚫' => Some(ItemStatus::Dropped),
        _ => None,
    };
    let lower = cell.to_lowercase();
    if lower.starts_with("[x]") {
        return Some(ItemStatus::Done);
    }
    if lower.starts_with("[ ]") || lower == "[]" {
        return Some(ItemStatus::Todo);
    }
    let words = words(cell);
    let says = words.first().map(String::as_str).and_then(|first| of_words(first, &words));
    says.or(sign)
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
            "hecho",
            "fait",
            "fertig",
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
            "pendiente",
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
    let of_two = match (first, second) {
        ("not", "needed" | "applicable" | "doing" | "planned") | ("n", "a") => Some(ItemStatus::Dropped),
        ("to", "do") | ("on", "hold") => Some(ItemStatus::Todo),
        ("in", "progress" | "review" | "flight" | "arbeit") | ("on", "going") => Some(ItemStatus::InProgress),
        _ => None,
    };
    of_two.or_else(|| STATUSES.iter().find(|(_, names)| names.contains(&first)).map(|(status, _)| *status))
}

/// A status, where that is all that a cell of any column can mean: a word or two, or a few with a remark in brackets.
pub(crate) fn lone_status(cell: &str) -> Option<ItemStatus> {
    let count = words(cell).len();
    status(cell).filter(|_| count <= 2 || (count <= 6 && cell.contains('(')))
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
        ] {
            assert_eq!(status(cell), expected, "{cell:?}");
        }
        assert_eq!(lone_status("Open a ticket with the vendor"), None);
        assert_eq!(lone_status("done"), Some(Done));
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

    #[test]
    fn kinds_are_concluded_with_care() {
        for (action, expected) in [
            ("Add an alert for memory above 90 %", Some(ActionKind::Alert)),
            ("Raise the memory limit to 1Gi", Some(ActionKind::Config)),
            ("Add an uptime check", Some(ActionKind::Monitor)),
            ("Migrate the alerts to the new cluster", Some(ActionKind::Migration)),
            ("Document the limits", Some(ActionKind::Runbook)),
            ("Buy cake", None),
        ] {
            assert_eq!(kind_of_action(action), expected, "{action:?}");
        }
    }
}
