use std::time::Duration;

use lamplighter_cluster_health::HealthSettings;
use lamplighter_core::words::{Login, ServiceCatalog};
use lamplighter_core::{Mode, Usd};
use lamplighter_guardrails::Policy;
use lamplighter_health_filer::FilerSettings;
use lamplighter_issue_responder::SelfService;
use lamplighter_status_publisher::StatusSettings;

/// How Lamplighter behaves. The defaults are those of SPEC §6: a dry run, $10 and 30 minutes an issue.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether changes are carried out.
    pub mode: Mode,
    /// Who is escalated to.
    pub owner: Login,
    /// The services.
    pub catalog: ServiceCatalog,
    /// What the guardrails hold.
    pub policy: Policy,
    /// The money that one issue may cost.
    pub budget_per_issue: Usd,
    /// The time that one issue may take, restarts included.
    pub job_limit: Duration,
    /// How long systems that cannot be reached are tried again before a person is told.
    pub patience: Duration,
    /// How long an approval is waited for, restarts included.
    pub approval_patience: Duration,
    /// How long a fixed service is given to recover.
    pub recovery_window: Duration,
    /// How often it is looked at meanwhile.
    pub recovery_poll: Duration,
    /// The most memory that a container's limit is raised to, in bytes.
    pub memory_ceiling: u64,
    /// How many log lines are read of a container.
    pub log_lines: u32,
    /// The quick checks that are quoted to reporters.
    pub self_service: Vec<SelfService>,
    /// What a scan counts as trouble.
    pub health: HealthSettings,
    /// How issues are filed for what a scan finds.
    pub filer: FilerSettings,
    /// What the status page shows. Its catalog and its quick checks are those of above.
    pub status: StatusSettings,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            mode: Mode::DryRun,
            owner: Login::new("owner"),
            catalog: ServiceCatalog::default(),
            policy: Policy::default(),
            budget_per_issue: Usd::dollars(10),
            job_limit: Duration::from_mins(30),
            patience: Duration::from_mins(2),
            approval_patience: Duration::from_hours(72),
            recovery_window: Duration::from_mins(5),
            recovery_poll: Duration::from_secs(5),
            memory_ceiling: 4 << 30,
            log_lines: 200,
            self_service: Vec::new(),
            health: HealthSettings::default(),
            filer: FilerSettings::default(),
            status: StatusSettings::default(),
        }
    }
}
