//! `[status]`: the page that says how everything stands.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use lamplighter_status_publisher::{MaintenanceWindow, ShownGroup, StatusSettings};
use serde::{Deserialize, Deserializer};

use super::Config;

/// How often the page is refreshed, in minutes, and how old a look may be.
const REFRESH: u64 = 5;
const STALE: u64 = 10;

/// `[status]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StatusConfig {
    /// What the page is called. Default: `Status`.
    pub title: Option<String>,
    /// The folder that the page is written to. Default: none.
    pub dir: Option<PathBuf>,
    /// The branch of the repository that the page is pushed to, such as `gh-pages`. Default: none.
    pub branch: Option<String>,
    /// How often it is refreshed, in minutes. Default: 5.
    pub refresh_minutes: Option<u64>,
    /// How old a look may be before nobody can tell any more, in minutes. Default: 10, or twice the refresh.
    pub stale_minutes: Option<u64>,
    /// Names for people, by the name of the service or monitor.
    pub names: BTreeMap<String, String>,
    /// The groups in their order, `[[status.group]]`: a name, `services` of `[[service]]`, and `monitors` that are shown as
    /// services of their own. Default: every service, and every monitor that belongs to none.
    pub group: Vec<ShownGroup>,
    /// Planned maintenance, `[[status.maintenance]]`.
    pub maintenance: Vec<MaintenanceConfig>,
}

/// `[[status.maintenance]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaintenanceConfig {
    /// What is done.
    pub title: String,
    /// When it begins, with its offset: `2026-03-01T10:00:00Z`.
    #[serde(deserialize_with = "time")]
    pub from: Timestamp,
    /// When it is over.
    #[serde(deserialize_with = "time")]
    pub to: Timestamp,
    /// The services or monitors. Default: all of them.
    #[serde(default)]
    pub services: Vec<String>,
}

impl StatusConfig {
    /// How often the page is refreshed.
    #[must_use]
    pub fn refresh(&self) -> Duration {
        Duration::from_mins(self.refresh_minutes.unwrap_or(REFRESH))
    }

    fn stale_after(&self) -> u64 {
        let refresh = self.refresh_minutes.unwrap_or(REFRESH);
        self.stale_minutes.unwrap_or_else(|| STALE.max(refresh.saturating_mul(2)))
    }

    /// The settings of the page, but for what it shares with the rest.
    pub(super) fn settings(&self) -> StatusSettings {
        let defaults = StatusSettings::default();
        let window = |one: &MaintenanceConfig| MaintenanceWindow {
            title: one.title.clone(),
            from: one.from,
            to: one.to,
            services: one.services.clone(),
        };
        StatusSettings {
            title: self.title.clone().unwrap_or(defaults.title),
            groups: self.group.clone(),
            names: self.names.clone(),
            maintenance: self.maintenance.iter().map(window).collect(),
            stale_after: Duration::from_mins(self.stale_after()),
            ..defaults
        }
    }
}

impl Config {
    pub(super) fn check_status(&self) -> Result<(), String> {
        let status = &self.status;
        if status.refresh_minutes.is_some_and(|minutes| !(1..=60).contains(&minutes)) {
            return Err("status.refresh_minutes must be from 1 to 60".to_owned());
        }
        if status.stale_after() < status.refresh_minutes.unwrap_or(REFRESH) || status.stale_after() > 24 * 60 {
            return Err("status.stale_minutes must be from status.refresh_minutes to 1440".to_owned());
        }
        let is_branch = |branch: &String| {
            let fine = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
            !branch.is_empty()
                && branch.chars().all(fine)
                && !branch.starts_with(['-', '/', '.'])
                && !branch.contains("..")
        };
        if let Some(branch) = status.branch.as_ref().filter(|branch| !is_branch(branch)) {
            return Err(format!("status.branch {branch:?} is not the name of a branch; write one such as gh-pages"));
        }
        let mut shown = BTreeSet::new();
        let mut groups = BTreeSet::new();
        for group in &status.group {
            if group.name.trim().is_empty() || !groups.insert(&group.name) {
                return Err(format!("[[status.group]] {:?} needs a name that no other group has", group.name));
            }
            for name in &group.services {
                if !self.service.iter().any(|service| service.is_called(name)) {
                    return Err(format!("status.group {:?} shows {name:?}, which is not a [[service]]", group.name));
                }
            }
            for name in &group.monitors {
                if self.uptime_kuma.is_none() && !self.monitor.iter().any(|monitor| monitor.name == *name) {
                    return Err(format!("status.group {:?} shows {name:?}, which is not a [[monitor]]", group.name));
                }
            }
            for name in group.services.iter().chain(&group.monitors) {
                if !shown.insert(name) {
                    return Err(format!("status.group {:?} shows {name:?}, which is shown already", group.name));
                }
            }
        }
        for window in &status.maintenance {
            if window.from >= window.to {
                return Err(format!("status.maintenance {:?} ends before it begins", window.title));
            }
            let is_known = |name: &&String| shown.contains(*name) || self.service.iter().any(|one| one.name == **name);
            if let Some(name) = window.services.iter().find(|name| !status.group.is_empty() && !is_known(name)) {
                return Err(format!("status.maintenance {:?} is of {name:?}, which no group shows", window.title));
            }
        }
        Ok(())
    }
}

/// A time as TOML has it, or in quotes.
fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = match toml::Value::deserialize(deserializer)? {
        toml::Value::Datetime(time) => time.to_string(),
        toml::Value::String(text) => text,
        other => return Err(serde::de::Error::custom(format!("expected a time, found {}", other.type_str()))),
    };
    let wrong =
        |_| serde::de::Error::custom(format!("{text:?} is not a time with an offset, as 2026-03-01T10:00:00Z is"));
    text.parse().map_err(wrong)
}
