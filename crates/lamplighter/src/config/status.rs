//! `[status]`: the page that says how everything stands.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use lamplighter_core::Result;
use lamplighter_files::FolderPublisher;
use lamplighter_git::{GitOptions, GitPublisher};
use lamplighter_site::StatusPageSettings;
use lamplighter_status_publisher::{MaintenanceWindow, ShownGroup, StatusSettings};
use serde::{Deserialize, Deserializer};

use super::{Config, TrackerConfig};
use crate::StatusSite;

/// How many commits of its own a branch keeps.
const COMMITS: usize = 100;
/// How old a page gets at the most before its readers are told that it is out of date, in minutes.
const LONGEST: u64 = 9;

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
    /// The branch that the page is pushed to, such as `gh-pages`. It is for the page alone. Default: none.
    pub branch: Option<String>,
    /// The repository of that branch. Default: that of `[repository]`.
    pub remote: Option<String>,
    /// How many commits of its own the branch keeps before they become one. Those before a commit of anybody else, such as one
    /// that adds a `CNAME`, are never replaced: with others who commit there now and then the branch grows. Default: 100.
    pub keep_commits: Option<usize>,
    /// How old the page on the branch gets before it is pushed anew though nothing changed, in minutes, from
    /// `refresh_minutes` to 9. Default: it is pushed with changes alone, and says that it tells of its own time and not of now.
    pub heartbeat_minutes: Option<u64>,
    /// Whether `lamplighter serve` answers with the page at `/`. Default: true.
    pub serve: Option<bool>,
    /// The address that the page has, for its feed and its widgets. Default: they have relative addresses.
    pub url: Option<String>,
    /// Where users report trouble. Default: the form of a tracker on GitHub.
    pub report_url: Option<String>,
    /// How many days back the history of incidents goes. Default: 365.
    pub past_days: Option<u64>,
    /// How often it is refreshed, in minutes, from 1 to 9: readers are told that the page is out of date after 10. Default: 5.
    pub refresh_minutes: Option<u64>,
    /// How old a look may be before nobody can tell any more, in minutes. Default: 10, or twice the refresh.
    pub stale_minutes: Option<u64>,
    /// Names for people, by the name of the service or monitor. One for what is not there is said at each start.
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
    /// The services or monitors. Default: all of them. A name that nothing has is refused; where monitors are Uptime Kuma's, it
    /// is a service that is not on the page, and said at each start.
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
            past_for: self.past_days.map_or(defaults.past_for, |days| Duration::from_hours(days.saturating_mul(24))),
            ..defaults
        }
    }
}

impl Config {
    /// The files of the status page and where they are published. `None` without `[status]`.
    ///
    /// # Errors
    /// Of the place that cannot be published to, saying which.
    pub fn status_site(&self) -> Result<Option<StatusSite>> {
        let Some(status) = &self.status else { return Ok(None) };
        let mut site = StatusSite::new(self.status_page(status));
        if let Some(dir) = &status.dir {
            let name = format!("folder {}", dir.display());
            site = site.published_to(name, Arc::new(FolderPublisher::new(dir)));
        }
        let remote = status.remote.as_ref().or(self.repository.as_ref().map(|repository| &repository.remote));
        if let (Some(branch), Some(remote)) = (&status.branch, remote) {
            let mut options = match &self.repository {
                Some(repository) => self.git(repository),
                None => GitOptions::new(remote, self.data_dir.join("workspaces")),
            };
            options.remote.clone_from(remote);
            options.branch.clone_from(branch);
            let publisher = Arc::new(GitPublisher::new(options)?.keeping(status.keep_commits.unwrap_or(COMMITS)));
            let name = format!("branch {branch}");
            site = match status.heartbeat_minutes.map(Duration::from_mins) {
                Some(longest) => site.renewed_at(name, publisher, longest, status.refresh()),
                None => site.published_to(name, publisher),
            };
        }
        Ok(Some(site))
    }

    /// Where the links of the page lead.
    fn status_page(&self, status: &StatusConfig) -> StatusPageSettings {
        let github = match &self.tracker {
            TrackerConfig::Github(github) => {
                let host = github.api_url.as_deref().and_then(|api| api.strip_suffix("/api/v3"));
                let host = host.or(github.api_url.is_none().then_some("https://github.com"));
                host.map(|host| format!("{host}/{}", github.repository))
            }
            TrackerConfig::Files { .. } => None,
        };
        let branch = self.repository.as_ref().map_or("main", |repository| &repository.branch);
        let below = |path: &str| github.as_ref().map(|repository| format!("{repository}/{path}"));
        StatusPageSettings {
            base_url: status.url.clone(),
            issues_url: below("issues/"),
            repository_url: below(&format!("blob/{branch}/")),
            report_url: status.report_url.clone().or_else(|| below("issues/new/choose")),
        }
    }

    pub(super) fn check_status(&self) -> std::result::Result<(), String> {
        let Some(status) = &self.status else { return Ok(()) };
        let refresh = status.refresh_minutes.unwrap_or(REFRESH);
        if !(1..=LONGEST).contains(&refresh) {
            return Err(format!("status.refresh_minutes must be from 1 to {LONGEST}: after 10 a page is out of date"));
        }
        if status.stale_after() < refresh || status.stale_after() > 24 * 60 {
            return Err("status.stale_minutes must be from status.refresh_minutes to 1440".to_owned());
        }
        if status.heartbeat_minutes.is_some_and(|minutes| !(refresh..=LONGEST).contains(&minutes)) {
            return Err(format!("status.heartbeat_minutes must be from status.refresh_minutes to {LONGEST}"));
        }
        if status.dir.as_ref().is_some_and(|dir| dir.to_string_lossy().trim().is_empty()) {
            return Err("status.dir is empty: name a folder, or leave it out".to_owned());
        }
        if status.keep_commits == Some(0) {
            return Err("status.keep_commits must be 1 or more".to_owned());
        }
        if status.past_days.is_some_and(|days| !(1..=3650).contains(&days)) {
            return Err("status.past_days must be from 1 to 3650".to_owned());
        }
        for (key, url) in [("url", &status.url), ("report_url", &status.report_url)] {
            let is_web = |url: &String| url.starts_with("https://") || url.starts_with("http://");
            if let Some(url) = url.as_ref().filter(|url| !is_web(url)) {
                return Err(format!("status.{key} {url:?} is no address that begins with https://"));
            }
        }
        self.check_status_branch(status)?;
        self.check_status_groups(status)
    }

    fn check_status_branch(&self, status: &StatusConfig) -> std::result::Result<(), String> {
        let Some(branch) = &status.branch else { return Ok(()) };
        let fine = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        let is_branch = !branch.is_empty()
            && branch.chars().all(fine)
            && !branch.starts_with(['-', '/', '.'])
            && !branch.contains("..");
        if !is_branch {
            return Err(format!("status.branch {branch:?} is not the name of a branch; write one such as gh-pages"));
        }
        match (&status.remote, &self.repository) {
            (None, None) => Err("status.branch needs status.remote, or a [repository]".to_owned()),
            (remote, Some(repository))
                if *branch == repository.branch
                    && remote.as_ref().is_none_or(|remote| *remote == repository.remote) =>
            {
                Err(format!("status.branch {branch:?} is the branch of [repository]; give the page one of its own"))
            }
            _ => Ok(()),
        }
    }

    fn check_status_groups(&self, status: &StatusConfig) -> std::result::Result<(), String> {
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
            let is_service = |name: &&String| self.service.iter().any(|one| one.is_called(name));
            let is_monitor = |name: &&String| self.monitor.iter().any(|one| one.name == **name);
            let is_known = |name: &&String| shown.contains(*name) || is_service(name);
            // Which monitors Uptime Kuma has is known when it answers: then the operator is told.
            let is_possible = |name: &&String| {
                is_known(name) || (status.group.is_empty() && (self.uptime_kuma.is_some() || is_monitor(name)))
            };
            if let Some(name) = window.services.iter().find(|name| !is_possible(name)) {
                let named = self.service.iter().map(|one| &one.name).chain(shown.iter().copied());
                let named: BTreeSet<&String> = named.chain(self.monitor.iter().map(|one| &one.name)).collect();
                let near = named.into_iter().map(|known| (strsim::damerau_levenshtein(name, known), known));
                let near = near.filter(|(distance, known)| *distance <= 2.max(known.len() / 3)).min();
                let near = near.map(|(_, known)| format!("; did you mean {known:?}?")).unwrap_or_default();
                let place =
                    if status.group.is_empty() { "is no [[service]] and no [[monitor]]" } else { "no group shows" };
                return Err(format!("status.maintenance {:?} is of {name:?}, which {place}{near}", window.title));
            }
        }
        Ok(())
    }
}

/// A time as TOML has it, or in quotes.
fn time<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Timestamp, D::Error> {
    let text = match toml::Value::deserialize(deserializer)? {
        toml::Value::Datetime(time) => time.to_string(),
        toml::Value::String(text) => text,
        other => return Err(serde::de::Error::custom(format!("expected a time, found {}", other.type_str()))),
    };
    let wrong =
        |_| serde::de::Error::custom(format!("{text:?} is not a time with an offset, as 2026-03-01T10:00:00Z is"));
    text.parse().map_err(wrong)
}
