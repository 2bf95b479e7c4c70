//! Of what kind an action is by its words, and whether it may be tried without a person.

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
fn signs(words: &[String]) -> impl Iterator<Item = ActionKind> {
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

/// What cannot be undone.
const DESTRUCTIVE: &[&str] = &[
    "delete", "deletes", "deleting", "drop", "destroy", "wipe", "purge", "truncate", "remove", "removes", "removing",
    "reformat", "format", "prune", "reset",
];

/// Data and secrets.
const DELICATE: &[&str] = &[
    "secret",
    "secrets",
    "password",
    "passwords",
    "passphrase",
    "credential",
    "credentials",
    "token",
    "tokens",
    "pvc",
    "pvcs",
    "pv",
    "restore",
    "migrate",
    "migration",
    "schema",
    "rotate",
    "encryption",
];

/// What everything else stands on (SPEC §5, always escalated).
const PLATFORM: &[&str] = &[
    "vault",
    "namespace",
    "namespaces",
    "database",
    "databases",
    "db",
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "mongodb",
    "etcd",
    "dns",
    "coredns",
    "ingress",
    "auth",
    "authentication",
    "rbac",
    "iam",
    "sso",
    "firewall",
    "network",
    "kernel",
    "cluster",
    "kubelet",
    "apiserver",
    "storage",
    "certificate",
    "certificates",
    "tls",
    "backup",
    "backups",
    "volume",
    "volumes",
];

/// Whether an action of this kind may be tried without a person, as [`ActionItem::is_safe`](crate::ActionItem::is_safe) says.
pub(crate) fn is_safe(kind: ActionKind, is_inferred: bool, action: &str, details: &str) -> bool {
    let (action, details) = (words(action), words(details));
    let speaks_of =
        |names: &[&str]| [&action, &details].into_iter().flatten().any(|word| names.contains(&word.as_str()));
    if is_inferred && !is_clear(kind, &action) {
        return false;
    }
    match kind {
        // `Alert on a drop` drops nothing.
        ActionKind::Alert | ActionKind::Monitor => !orders(&action, DESTRUCTIVE) && !orders(&action, DELICATE),
        ActionKind::Config => !(speaks_of(DESTRUCTIVE) || speaks_of(DELICATE) || (is_inferred && speaks_of(PLATFORM))),
        _ => false,
    }
}

/// Verbs of who makes something that tells, or changes it.
const MAKES: &[&str] = &[
    "add",
    "create",
    "set",
    "configure",
    "define",
    "introduce",
    "extend",
    "write",
    "enable",
    "implement",
    "raise",
    "lower",
    "tune",
    "adjust",
    "make",
    "have",
    "install",
    "deploy",
    "ajouter",
    "créer",
    "añadir",
    "agregar",
    "crear",
];

/// Verbs of who changes a number.
const CHANGES: &[&str] = &[
    "set",
    "increase",
    "raise",
    "lower",
    "reduce",
    "adjust",
    "tune",
    "bump",
    "cap",
    "add",
    "change",
    "double",
    "halve",
    "extend",
    "configure",
    "define",
];

/// Whether an action says clearly that it is of this kind and nothing else: by its verb and by what that is about.
fn is_clear(kind: ActionKind, action: &[String]) -> bool {
    const NUMBERS: &[&str] = &[
        "limit",
        "limits",
        "timeout",
        "timeouts",
        "quota",
        "quotas",
        "retention",
        "replicas",
        "requests",
        "threshold",
        "thresholds",
        "ttl",
    ];
    const WHEN: &[&str] = &["on", "when", "if", "for", "at", "before", "after", "once", "about", "us", "me", "oncall"];
    let [first, rest @ ..] = action else { return false };
    let second = rest.first().map_or("", String::as_str);
    let verb = match first.as_str() {
        // `Alert fatigue` is none.
        "alert" | "notify" => WHEN.contains(&second),
        "page" | "monitor" => !second.is_empty(),
        verb if kind == ActionKind::Config => {
            CHANGES.contains(&verb) && rest.iter().any(|word| NUMBERS.contains(&word.as_str()))
        }
        verb => MAKES.contains(&verb),
    };
    verb && signs(action).next() == Some(kind) && signs(action).all(ActionKind::is_safe)
}

/// Whether one of these is what is to be done: it comes first, or after `and`.
fn orders(action: &[String], names: &[&str]) -> bool {
    let mut is_begin = true;
    action.iter().any(|word| {
        let is_order = is_begin && names.contains(&word.as_str());
        is_begin = matches!(word.as_str(), "and" | "then" | "or");
        is_order
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

    #[test]
    fn what_is_not_clear_or_cannot_be_undone_is_not_safe() {
        for (action, said, expected) in [
            ("Add an alert for the wiki", None, true),
            ("Set up a monitor of the wiki", None, true),
            ("Add an alert on database connections", None, true),
            ("Alert when traffic shows a drop", None, true),
            ("Raise the memory limit of the wiki", None, true),
            ("Raise the connection limit of the database", None, false),
            ("Raise the connection limit of the database", Some(ActionKind::Config), true),
            ("Raise it", None, false),
            ("Test the config before it is pushed", None, false),
            ("Alert fatigue", None, false),
            ("Workshop on alerts", None, false),
            ("Alert if the certificate ends", None, true),
            ("Disable the accounts", None, false),
            ("Add an alert and delete the volume", None, false),
            ("Delete the old alerts", Some(ActionKind::Alert), false),
            ("Delete the old volume", Some(ActionKind::Config), false),
            ("Rotate the password", Some(ActionKind::Config), false),
            ("Migrate the alerts", Some(ActionKind::Migration), false),
            ("Alert before the migration", None, false),
            ("Set limits while upgrading", None, false),
        ] {
            let kind = said.or_else(|| kind_of_action(action));
            assert_eq!(kind.is_some_and(|kind| is_safe(kind, said.is_none(), action, "")), expected, "{action:?}");
        }
    }
}
