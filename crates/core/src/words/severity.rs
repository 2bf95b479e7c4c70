use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The signal of a run by which a person has said how bad it is. The severity's labels are then what that person set.
pub const SEVERITY_SIGNAL: &str = "severity";

/// How bad an incident is. Ordered: [`Sev1`](Severity::Sev1) is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Minor: limited impact, a workaround, cosmetic, optional services.
    Sev3,
    /// Major: one important service down or badly degraded.
    Sev2,
    /// Critical: several services or a critical-path one down, a node unreachable, data at risk.
    Sev1,
}

impl Severity {
    /// All of them, the worst first.
    pub const ALL: [Self; 3] = [Self::Sev1, Self::Sev2, Self::Sev3];

    /// The label on the issue: `sev1`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Sev1 => "sev1",
            Self::Sev2 => "sev2",
            Self::Sev3 => "sev3",
        }
    }

    /// Whether an incident of this severity has to have a post-mortem.
    #[must_use]
    pub const fn requires_postmortem(self) -> bool {
        matches!(self, Self::Sev1 | Self::Sev2)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Sev1 => "SEV1",
            Self::Sev2 => "SEV2",
            Self::Sev3 => "SEV3",
        })
    }
}

impl FromStr for Severity {
    type Err = crate::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.label().eq_ignore_ascii_case(text.trim()))
            .ok_or_else(|| crate::Error::invalid(format!("{text:?} is not a severity; use sev1, sev2 or sev3")))
    }
}
