use std::time::Duration;

use lamplighter_core::Usd;

/// What one stage may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StageLimits {
    /// The time.
    pub time: Duration,
    /// The money.
    pub money: Usd,
}

/// What the stages may take. The defaults are those of SPEC §5 and §6: a minute for triage, $5 for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PostMortemSettings {
    /// The money that all stages together may cost.
    pub money: Usd,
    /// Triage.
    pub triage: StageLimits,
    /// The specialists, all of them.
    pub specialists: StageLimits,
    /// The historian.
    pub historian: StageLimits,
    /// The writer.
    pub writer: StageLimits,
}

impl Default for PostMortemSettings {
    fn default() -> Self {
        let limits = |seconds: u64, cents: u64| StageLimits {
            time: Duration::from_secs(seconds),
            money: Usd::micros(cents * 10_000),
        };
        Self {
            money: Usd::dollars(5),
            triage: limits(60, 100),
            specialists: limits(180, 200),
            historian: limits(60, 100),
            writer: limits(60, 100),
        }
    }
}
