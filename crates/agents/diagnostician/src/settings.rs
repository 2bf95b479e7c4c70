use std::time::Duration;

use jiff::SignedDuration;

/// How much is read. The defaults are meant for a cluster of some hundred pods and hold for ten thousand.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SurveySettings {
    /// How far back metrics are read: the time before the trouble is what it is compared with.
    pub window: SignedDuration,
    /// Seconds between two samples of a metric.
    pub step: u32,
    /// Of how many pods at most log lines are read. Those that fail come first, then those that call them or are
    /// called by them.
    pub log_pods: usize,
    /// How many lines are read of a container.
    pub log_lines: u32,
    /// How many questions are asked of one system at once.
    pub at_once: usize,
    /// How long one specialist may take.
    pub specialist_limit: Duration,
}

impl Default for SurveySettings {
    fn default() -> Self {
        Self {
            window: SignedDuration::from_mins(30),
            step: 15,
            log_pods: 60,
            log_lines: 300,
            at_once: 8,
            specialist_limit: Duration::from_mins(1),
        }
    }
}
