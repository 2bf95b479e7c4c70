//! Of what kind an action is by its words.

use crate::ActionKind;
use crate::wording::words;

/// Words that say the kind wherever they are; the first one counts.
const SIGNS: &[(ActionKind, &[&str])] = &[
    (
        ActionKind::Migration,
        &[
            "migrate",
            "migrates",
            "migration",
            "migrations",
            "migrating",
            "upgrade",
            "upgrading",
            "move",
            "switch",
            "port",
        ],
    ),
    (
        ActionKind::Architecture,
        &[
            "redesign",
            "rearchitect",
            "architecture",
            "redundant",
            "redundancy",
            "failover",
            "ha",
            "decouple",
            "refactor",
            "rework",
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
        &["runbook", "runbooks", "playbook", "document", "documentation", "docs", "train", "training", "checklist"],
    ),
    (
        ActionKind::Alert,
        &[
            "alert",
            "alerts",
            "alerting",
            "alertmanager",
            "prometheusrule",
            "page",
            "paging",
            "pagerduty",
            "opsgenie",
            "notify",
            "alarm",
            "alarms",
            "alerta",
            "alertas",
            "alerte",
            "alertes",
        ],
    ),
    (
        ActionKind::Monitor,
        &[
            "monitor",
            "monitors",
            "monitoring",
            "probe",
            "probes",
            "synthetic",
            "uptime",
            "healthcheck",
            "blackbox",
            "heartbeat",
            "monitorización",
        ],
    ),
    (
        ActionKind::Config,
        &[
            "limit",
            "limits",
            "config",
            "configuration",
            "timeout",
            "timeouts",
            "quota",
            "quotas",
            "retention",
            "setting",
            "settings",
            "replicas",
            "requests",
            "threshold",
            "thresholds",
            "ttl",
            "límite",
            "limite",
        ],
    ),
];

/// First words that say the kind whatever follows.
const FIRST: &[(ActionKind, &[&str])] = &[
    (ActionKind::Investigation, &["review", "consider", "verify", "find", "figure", "check", "discuss", "why"]),
    (ActionKind::Migration, &["replace", "convert", "rollback", "revert"]),
];

/// Words of a setting that is changed, where nothing says more.
const WEAK: &[&str] = &[
    "set",
    "increase",
    "raise",
    "lower",
    "enable",
    "disable",
    "configure",
    "pin",
    "tune",
    "reduce",
    "adjust",
    "bump",
    "cap",
];

/// The kind that the words of an action speak of.
pub(crate) fn kind_of_action(action: &str) -> Option<ActionKind> {
    let words = words(action);
    let first = words.first()?;
    let by_first = FIRST.iter().find(|(_, names)| names.contains(&first.as_str())).map(|(kind, _)| *kind);
    let is_weak = || {
        let changes = words.iter().enumerate().any(|(at, word)| {
            let is_set_up = word == "set" && words.get(at + 1).is_some_and(|next| next == "up");
            WEAK.contains(&word.as_str()) && !is_set_up
        });
        changes.then_some(ActionKind::Config)
    };
    by_first.or_else(|| signs(&words).next()).or_else(is_weak)
}

/// The kinds that words speak of, in order.
pub(crate) fn signs(words: &[String]) -> impl Iterator<Item = ActionKind> {
    words.iter().enumerate().filter_map(|(at, word)| {
        let before = at.checked_sub(1).and_then(|before| words.get(before)).map_or("", String::as_str);
        match (before, word.as_str()) {
            // `a status page` is none that rings.
            ("status" | "web" | "landing" | "error" | "login" | "home" | "maintenance" | "static" | "a", "page") => {
                None
            }
            ("liveness" | "readiness" | "startup", "probe" | "probes") => Some(ActionKind::Config),
            ("health", "check" | "checks") => Some(ActionKind::Monitor),
            (_, word) => SIGNS.iter().find(|(_, names)| names.contains(&word)).map(|(kind, _)| *kind),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_concluded_with_care() {
        use ActionKind::{Alert, Architecture, Config, Investigation, Migration, Monitor, Runbook};
        for (action, expected) in [
            ("Add an alert for memory above 90 %", Some(Alert)),
            ("Add an alert for the failover", Some(Alert)),
            ("Document the alert", Some(Runbook)),
            ("Page somebody", Some(Alert)),
            ("Make a status page", None),
            ("Raise the memory limit to 1Gi", Some(Config)),
            ("Add a readiness probe", Some(Config)),
            ("Add an uptime check", Some(Monitor)),
            ("Add a health check", Some(Monitor)),
            ("Watch the wiki", None),
            ("Migrate the alerts to the new cluster", Some(Migration)),
            ("Enable failover", Some(Architecture)),
            ("Document the limits", Some(Runbook)),
            ("Check whether the limits are right", Some(Investigation)),
            ("Set up a second site", None),
            ("Roll the new rules out slowly", None),
            ("Lower it", Some(Config)),
            ("Buy cake", None),
            ("", None),
        ] {
            assert_eq!(kind_of_action(action), expected, "{action:?}");
        }
    }
}
