use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use lamplighter_core::words::ServiceCatalog;
use lamplighter_core::words::status::SelfCheck;
use serde::{Deserialize, Serialize};

/// What a page shows, and how.
#[derive(Debug, Clone)]
pub struct StatusSettings {
    /// What the page is called. Default: `Status`.
    pub title: String,
    /// The groups in their order. Where there are none, each service of the catalog is shown, and each monitor that belongs
    /// to none in the group that its system has for it.
    pub groups: Vec<ShownGroup>,
    /// Names for people, by the name of the service or monitor.
    pub names: BTreeMap<String, String>,
    /// The services, with their monitors and workloads.
    pub catalog: ServiceCatalog,
    /// Planned maintenance.
    pub maintenance: Vec<MaintenanceWindow>,
    /// What people can check themselves.
    pub self_service: Vec<SelfCheck>,
    /// How old a look may be before nobody can tell any more; a monitor that looks less often than every third of that has
    /// three of its intervals. Default: 10 minutes.
    pub stale_after: Duration,
    /// How often it is written down at the least that everything was seen. What was seen since is forgotten when the process
    /// is killed, and then counts as not observed, except where the source tells it again. Default: 30 minutes.
    pub write_every: Duration,
    /// How long all monitors may take to answer, how long the tracker may for what is now, and how long for what is over. A
    /// deadline of the run makes it less. Default: 20 seconds.
    pub patience: Duration,
    /// How far back the incidents go that are told for the history. Default: a year.
    pub past_for: Duration,
}

impl Default for StatusSettings {
    fn default() -> Self {
        Self {
            title: "Status".to_owned(),
            groups: Vec::new(),
            names: BTreeMap::new(),
            catalog: ServiceCatalog::default(),
            maintenance: Vec::new(),
            self_service: Vec::new(),
            stale_after: Duration::from_mins(10),
            write_every: Duration::from_mins(30),
            patience: Duration::from_secs(20),
            past_for: Duration::from_hours(24 * 365),
        }
    }
}

/// A group of services on the page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShownGroup {
    /// Its name.
    pub name: String,
    /// Services, by their names in the catalog. They come before the monitors.
    #[serde(default)]
    pub services: Vec<String>,
    /// Monitors that are shown as services of their own.
    #[serde(default)]
    pub monitors: Vec<String>,
}

/// A time of planned maintenance. What fails in it counts neither as up nor as down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaintenanceWindow {
    /// What is done.
    pub title: String,
    /// When it begins (UTC).
    pub from: Timestamp,
    /// When it is over (UTC).
    pub to: Timestamp,
    /// The services or monitors, as they are called in the groups. Empty: all of them. One that is not on the page makes the
    /// window no wider.
    #[serde(default)]
    pub services: Vec<String>,
}

impl MaintenanceWindow {
    pub(crate) fn is_under_way(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.to
    }
}
