use std::collections::BTreeSet;

use lamplighter_core::words::{Action, Confidence};
use serde::{Deserialize, Serialize};

/// What an operator may set about the rules. The default is SPEC §6.
///
/// Only what differs between installations is here. That destroys are escalated, that an action is tried
/// at most twice a day and that secrets are left alone cannot be switched off.
///
/// ```
/// use lamplighter_guardrails::Policy;
///
/// let policy = Policy::default();
/// assert!(policy.protected_stacks.contains("vault"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// The platform stacks that nobody but a person changes. A stack is protected when one of the folders
    /// that lead to it is called like this, alone (`vault`) or as a part of its name (`vault-config`).
    pub protected_stacks: BTreeSet<String>,
    /// How many resources one plan may change, create or both.
    pub max_changed_resources: usize,
    /// How many times over a replica count or a limit may be raised in one go.
    pub max_raise: u32,
    /// How sure a proposer has to be, by the kind of action.
    pub min_confidence: MinConfidence,
    /// The kinds of action that a collaborator has to approve each time.
    pub require_approval: BTreeSet<ActionKind>,
    /// The folders, relative to the repository, whose files may be committed without an apply before.
    pub docs_folders: BTreeSet<String>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            protected_stacks: ["vault", "dbaas", "traefik", "authentik", "kyverno"].map(str::to_owned).into(),
            max_changed_resources: 5,
            max_raise: 10,
            min_confidence: MinConfidence::default(),
            require_approval: BTreeSet::new(),
            docs_folders: ["docs".to_owned()].into(),
        }
    }
}

/// The least confidence that each kind of action needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MinConfidence {
    /// For a pod restart, which undoes itself.
    pub restart_pod: Confidence,
    /// For scaling back to what is declared.
    pub scale: Confidence,
    /// For applying a plan, which lasts.
    pub apply_plan: Confidence,
    /// For a commit, which follows an apply or is documentation.
    pub commit: Confidence,
    /// For adding a monitor, which only looks.
    pub add_monitor: Confidence,
}

impl Default for MinConfidence {
    fn default() -> Self {
        Self {
            restart_pod: Confidence::Medium,
            scale: Confidence::Medium,
            apply_plan: Confidence::High,
            commit: Confidence::Medium,
            add_monitor: Confidence::Medium,
        }
    }
}

/// The kinds of action that can be carried out at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActionKind {
    /// Delete a pod so that its controller recreates it.
    RestartPod,
    /// Scale a workload back to its declared count.
    Scale,
    /// Apply a judged plan.
    ApplyPlan,
    /// Commit what was applied.
    Commit,
    /// Add a monitor.
    AddMonitor,
}

impl ActionKind {
    /// The kind of an action; `None` for one that is never carried out.
    #[must_use]
    pub const fn of(action: &Action) -> Option<Self> {
        match action {
            Action::RestartPod(_) => Some(Self::RestartPod),
            Action::Scale(_) => Some(Self::Scale),
            Action::ApplyPlan(_) => Some(Self::ApplyPlan),
            Action::Commit(_) => Some(Self::Commit),
            Action::AddMonitor(_) => Some(Self::AddMonitor),
            Action::Direct(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_reads_back_and_what_is_left_out_is_the_default() {
        let written = serde_json::to_string(&Policy::default()).unwrap();
        assert_eq!(serde_json::from_str::<Policy>(&written).unwrap(), Policy::default());
        let partial: Policy = serde_json::from_str(r#"{"min_confidence": {"apply_plan": "medium"}}"#).unwrap();
        assert_eq!(partial.min_confidence.apply_plan, Confidence::Medium);
        assert_eq!(partial.min_confidence.scale, Confidence::Medium);
        assert_eq!(partial.protected_stacks, Policy::default().protected_stacks);
    }

    #[test]
    fn a_mistyped_policy_is_refused() {
        for text in [
            r#"{"protected_stack": ["vault"]}"#,
            r#"{"min_confidence": {"apply": "low"}}"#,
            r#"{"require_approval": ["apply"]}"#,
            r#"{"max_changed_resources": -1}"#,
        ] {
            assert!(serde_json::from_str::<Policy>(text).is_err(), "{text}");
        }
    }
}
