//! Whether an action may be tried without a person.

use crate::ActionKind;
use crate::kinds::signs;
use crate::wording::words;

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
    use crate::kinds::kind_of_action;

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
