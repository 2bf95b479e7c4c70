use lamplighter_core::cluster::Quantity;
use serde::{Deserialize, Serialize};

/// What ails a workload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Fault {
    /// Its pods run and never become ready.
    Stuck {
        /// Whether a pod that is created after the onset is healthy.
        #[serde(default = "yes")]
        restart_cures: bool,
    },
    /// Its container is killed for want of memory, again and again, unless its limit is at least this.
    NeedsMemory {
        /// The limit that cures it. No limit at all does too.
        at_least: Quantity,
    },
    /// Its container exits with an error right after its start, again and again. Nothing cures it.
    Crash {
        /// What it writes before it exits.
        message: String,
    },
    /// The image that it has at the onset cannot be pulled. Another one can.
    ImagePull {},
}

impl Fault {
    /// Pods run and never become ready; a restart cures.
    #[must_use]
    pub const fn stuck() -> Self {
        Self::Stuck { restart_cures: true }
    }

    /// Pods run and never become ready, their successors neither.
    #[must_use]
    pub const fn stuck_for_good() -> Self {
        Self::Stuck { restart_cures: false }
    }

    /// A crash loop of out-of-memory kills below this limit (bytes).
    #[must_use]
    pub fn needs_memory(at_least: u64) -> Self {
        Self::NeedsMemory { at_least: Quantity::from_bytes(at_least) }
    }

    /// A crash loop that nothing cures.
    pub fn crash(message: impl Into<String>) -> Self {
        Self::Crash { message: message.into() }
    }

    /// An image that cannot be pulled.
    #[must_use]
    pub const fn image_pull() -> Self {
        Self::ImagePull {}
    }
}

fn yes() -> bool {
    true
}
