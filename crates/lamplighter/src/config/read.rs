use std::path::{Path, PathBuf};

use lamplighter_core::cluster::Quantity;
use lamplighter_core::words::CatalogedService;
use lamplighter_core::{Error, ErrorKind};
use serde::de::IntoDeserializer;
use toml::{Table, Value};

use super::{ClusterConfig, Config, TrackerConfig, VaultLoginConfig};

/// The prefix of the environment variables that override keys.
const PREFIX: &str = "LAMPLIGHTER__";

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}; write one, or name another with --config", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A key or a value is wrong.
    #[error("{}: {message}", path.display())]
    Wrong {
        /// In which file.
        path: PathBuf,
        /// What, where, and what to write instead.
        message: String,
    },
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::new(ErrorKind::InvalidInput, error.to_string())
    }
}

impl Config {
    /// Reads a file and applies the environment.
    ///
    /// # Errors
    /// [`ConfigError`], saying what to change.
    pub fn load(path: &Path, environment: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        let folder =
            std::path::absolute(path).map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        let folder = folder.parent().unwrap_or_else(|| Path::new(""));
        let wrong = |message| ConfigError::Wrong { path: path.to_owned(), message };
        let mut config = Self::parse(&text, environment).map_err(wrong)?;
        config.resolve(folder);
        Ok(config)
    }

    /// Reads a configuration from its text; the error says what to change.
    ///
    /// # Errors
    /// What is wrong, with the line where the text is at fault.
    pub fn parse(text: &str, environment: impl Iterator<Item = (String, String)>) -> Result<Self, String> {
        let environment: Vec<_> = environment.collect();
        let overrides: Vec<_> = overrides(environment.iter().cloned());
        let mut config: Self = if overrides.is_empty() {
            toml::from_str(text).map_err(|error| explain(&error))?
        } else {
            let mut table: Table = toml::from_str(text).map_err(|error| explain(&error))?;
            for (path, value) in overrides {
                set(&mut table, &path, value)?;
            }
            serde::Deserialize::deserialize(Value::Table(table).into_deserializer()).map_err(|error| explain(&error))?
        };
        config.check()?;
        config.each_secret(|secret| secret.take_from(&environment));
        Ok(config)
    }

    fn check(&self) -> Result<(), String> {
        if self.owner.as_str().trim().is_empty() {
            return Err("owner is empty; name the login that issues are escalated to".to_owned());
        }
        let not_negative = [
            ("budget.per_issue_usd", self.budget.per_issue_usd),
            ("budget.log_read_usd", self.budget.log_read_usd),
            ("limits.patience_seconds", self.limits.patience_seconds),
            ("limits.recovery_seconds", self.limits.recovery_seconds),
            ("limits.recovery_poll_seconds", self.limits.recovery_poll_seconds),
            ("limits.request_seconds", self.limits.request_seconds),
        ];
        for (key, value) in not_negative {
            if value.is_some_and(|value| !value.is_finite() || !(0.0..=1e9).contains(&value)) {
                return Err(format!("{key} must be a number from 0 to 1000000000"));
            }
        }
        if let Some(ceiling) = &self.limits.memory_ceiling {
            let quantity: Quantity = ceiling.parse().map_err(|error| format!("limits.memory_ceiling: {error}"))?;
            if quantity.units().and_then(|units| u64::try_from(units).ok()).is_none_or(|bytes| bytes < 1 << 20) {
                return Err(format!("limits.memory_ceiling must be at least 1Mi, and {ceiling:?} is not"));
            }
        }
        if self.limits.recovery_poll_seconds.is_some_and(|poll| poll < 0.01) {
            return Err("limits.recovery_poll_seconds must be at least 0.01".to_owned());
        }
        if self.limits.job_minutes.is_some_and(|minutes| minutes == 0 || minutes > 60 * 24 * 7) {
            return Err("limits.job_minutes must be from 1 to 10080, a week".to_owned());
        }
        self.server.check()?;
        self.check_secrets()?;
        self.check_archive()?;
        if let TrackerConfig::Github(github) = &self.tracker {
            github.check()?;
        }
        self.service.iter().try_for_each(|service| self.check_service(service))?;
        self.check_status()
    }

    fn check_service(&self, service: &CatalogedService) -> Result<(), String> {
        let is_unknown = |need: &&String| !self.service.iter().any(|service| service.is_called(need));
        if let Some(need) = service.depends_on.iter().find(is_unknown) {
            return Err(format!("service {:?} depends on {need:?}, which is not a [[service]]", service.name));
        }
        // Which monitors an Uptime Kuma has is not known here.
        let has_others = self.uptime_kuma.is_some();
        let is_missing = |name: &&String| !has_others && !self.monitor.iter().any(|monitor| monitor.name == **name);
        match service.monitors.iter().find(is_missing) {
            Some(name) => {
                Err(format!("service {:?} has the monitor {name:?}, which is not a [[monitor]]", service.name))
            }
            None => Ok(()),
        }
    }

    fn resolve(&mut self, folder: &Path) {
        let against = |path: &mut PathBuf| *path = folder.join(&*path);
        against(&mut self.data_dir);
        if let Some(stop) = &mut self.stop_file {
            against(stop);
        }
        self.health.known_issues.iter_mut().for_each(against);
        self.status.iter_mut().filter_map(|status| status.dir.as_mut()).for_each(against);
        self.post_mortems.site.iter_mut().for_each(against);
        if self.repository.is_none() {
            let archive = folder.join(self.archive_folder());
            self.post_mortems.archive = Some(archive.to_string_lossy().into_owned());
        }
        if let TrackerConfig::Files { dir } = &mut self.tracker {
            against(dir);
        }
        if let Some(vault) = &mut self.vault {
            vault.ca_file.iter_mut().for_each(against);
            if let VaultLoginConfig::Kubernetes { jwt_file, .. } = &mut vault.login {
                jwt_file.iter_mut().for_each(against);
            }
        }
        match &mut self.cluster {
            ClusterConfig::Kubernetes { kubeconfig: Some(path), .. } => against(path),
            ClusterConfig::Kubernetes { .. } => {}
            ClusterConfig::Snapshot { dir } => against(dir),
        }
        for backend in self.stacks.backend.iter_mut().chain(self.stacks.backends.values_mut()) {
            if let Some(path) = backend.settings.get_mut("path").filter(|_| backend.kind == "local") {
                *path = folder.join(&*path).to_string_lossy().into_owned();
            }
        }
        if let Some(repository) = &mut self.repository {
            // Whatever has a colon is an address: `https://…`, `git@host:path`.
            if !repository.remote.contains(':') {
                repository.remote = folder.join(&repository.remote).to_string_lossy().into_owned();
            }
            repository.git_config.iter_mut().for_each(against);
        }
        self.each_secret(|secret| secret.resolve(folder));
    }
}

fn overrides(environment: impl Iterator<Item = (String, String)>) -> Vec<(Vec<String>, Value)> {
    let mut overrides: Vec<_> = environment
        .filter_map(|(name, value)| {
            let key = name.strip_prefix(PREFIX).filter(|key| !key.is_empty())?;
            let path = key.split("__").map(str::to_lowercase).collect();
            Some((path, read_value(&value)))
        })
        .collect();
    overrides.sort_by(|(a, _): &(Vec<String>, _), (b, _)| a.cmp(b));
    overrides
}

/// A value as TOML, or as plain text.
fn read_value(text: &str) -> Value {
    toml::from_str::<Table>(&format!("value = {text}"))
        .ok()
        .filter(|table| table.len() == 1)
        .and_then(|mut table| table.remove("value"))
        .unwrap_or_else(|| Value::String(text.to_owned()))
}

fn set(table: &mut Table, path: &[String], value: Value) -> Result<(), String> {
    let Some((last, parents)) = path.split_last() else { return Ok(()) };
    let mut table = table;
    for parent in parents {
        let entry = table.entry(parent.clone()).or_insert_with(|| Value::Table(Table::new()));
        table = entry.as_table_mut().ok_or_else(|| {
            let name = format!("{PREFIX}{}", path.join("__").to_uppercase());
            format!("{name} goes into {parent:?}, which is not a table")
        })?;
    }
    table.insert(last.clone(), value);
    Ok(())
}

/// The parser's message, with the key that was probably meant.
fn explain(error: &toml::de::Error) -> String {
    let message = error.to_string();
    let message = message.trim_end();
    match suggestion(message) {
        Some(key) => format!("{message}\ndid you mean `{key}`?"),
        None => message.to_owned(),
    }
}

fn suggestion(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("unknown field `").or_else(|| message.split_once("unknown variant `"))?;
    let (unknown, rest) = rest.split_once('`')?;
    let known = rest.split('`').skip(1).step_by(2);
    known
        .map(|key| (strsim::damerau_levenshtein(unknown, key), key))
        .filter(|(distance, key)| *distance <= 2.max(key.len() / 3))
        .min()
        .map(|(_, key)| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = "owner = \"ada\"\n[tracker]\nkind = \"files\"\ndir = \"issues\"\n[cluster]\nkind = \"snapshot\"\ndir = \"dump\"\n";

    fn parse(text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
        let environment = environment.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        Config::parse(text, environment)
    }

    #[test]
    fn the_least_that_is_needed_is_enough_and_changes_nothing() {
        let config = parse(LEAST, &[]).unwrap();
        assert_eq!(config.mode, lamplighter_core::Mode::DryRun);
        assert_eq!(config.data_dir, Path::new(".lamplighter"));
    }

    #[test]
    fn mistakes_are_named_with_what_to_write_instead() {
        let cases = [
            ("", "missing field `owner`"),
            ("ownr = \"ada\"", "did you mean `owner`?"),
            (&format!("mode = \"aply\"\n{LEAST}"), "did you mean `apply`?"),
            (&format!("{LEAST}dirr = 1"), "did you mean `dir`?"),
            (&format!("{LEAST}[limits]\njob_minute = 3"), "did you mean `job_minutes`?"),
            (&format!("{LEAST}[limits]\nmemory_ceiling = \"lots\""), "is not a Kubernetes quantity"),
            (&format!("{LEAST}[budget]\nper_issue_usd = -1.0"), "budget.per_issue_usd"),
            (&format!("{LEAST}[[service]]\nname = \"a\"\ndepends_on = [\"b\"]"), "depends on \"b\""),
            (&format!("{LEAST}[[service]]\nname = \"a\"\nmonitors = [\"b\"]"), "monitor \"b\""),
        ];
        for (text, expected) in cases {
            let message = parse(text, &[]).unwrap_err();
            assert!(message.contains(expected), "{text}\n{message}");
        }
    }

    #[test]
    fn the_status_page_is_checked() {
        let service = "[[service]]\nname = \"wiki\"\n";
        let window = "[[status.maintenance]]\ntitle = \"Disks\"\nfrom = 2026-03-01T10:00:00Z\n";
        let fine = format!(
            "{LEAST}{service}[status]\ntitle = \"Home\"\nbranch = \"gh-pages\"\nremote = \"/srv/site.git\"\n[status.names]\nwiki = \"The Wiki\"\n\
             [[status.group]]\nname = \"Apps\"\nservices = [\"wiki\"]\n{window}to = \"2026-03-01T12:00:00+01:00\"\n"
        );
        let settings = parse(&fine, &[]).unwrap().options().status;
        assert_eq!((settings.title.as_str(), settings.groups.len()), ("Home", 1));
        let hour = jiff::SignedDuration::from_hours(1);
        assert_eq!(settings.maintenance[0].to.duration_since(settings.maintenance[0].from), hour);
        for (more, expected) in [
            ("[status]\nrefresh_minutes = 0", "status.refresh_minutes"),
            ("[status]\nrefresh_minutes = 10", "status.refresh_minutes"),
            ("[status]\nrefresh_minutes = 9\nstale_minutes = 8", "status.stale_minutes"),
            ("[status]\nheartbeat_minutes = 4", "status.heartbeat_minutes"),
            ("[status]\nheartbeat_minutes = 10", "status.heartbeat_minutes"),
            ("[status]\nkeep_commits = 0", "status.keep_commits"),
            ("[status]\ndir = \"\"", "status.dir"),
            ("[status]\ndir = \" \"", "status.dir"),
            ("[status]\npast_days = 0", "status.past_days"),
            ("[status]\nurl = \"status.example.org\"", "status.url"),
            ("[status]\nbranch = \"--force\"\nremote = \"/srv/x.git\"", "status.branch"),
            ("[status]\nbranch = \"gh-pages\"", "status.remote"),
            (
                "[repository]\nremote = \"/srv/x.git\"\nbranch = \"main\"\n[status]\nbranch = \"main\"",
                "is the branch of [repository]",
            ),
            ("[status]\ntitel = \"x\"", "did you mean `title`?"),
            ("[[status.group]]\nname = \"\"", "needs a name"),
            ("[[status.group]]\nname = \"A\"\nservices = [\"mail\"]", "which is not a [[service]]"),
            ("[[status.group]]\nname = \"A\"\nmonitors = [\"mail\"]", "which is not a [[monitor]]"),
            ("[[status.group]]\nname = \"A\"\nservices = [\"wiki\", \"wiki\"]", "shown already"),
            (&format!("{window}to = 2026-03-01T09:00:00Z"), "ends before it begins"),
            (&format!("{window}to = 2026-03-02"), "is not a time with an offset"),
            (&format!("{window}to = 5"), "expected a time"),
            (
                &format!(
                    "[[status.group]]\nname = \"A\"\nservices = [\"wiki\"]\n{window}to = 2026-03-02T00:00:00Z\n\
                     services = [\"wik\"]"
                ),
                "which no group shows; did you mean",
            ),
            (
                &format!("{window}to = 2026-03-02T00:00:00Z\nservices = [\"wikki\"]"),
                "is of \"wikki\", which is no [[service]] and no [[monitor]]; did you mean \"wiki\"?",
            ),
        ] {
            let message = parse(&format!("{LEAST}{service}{more}\n"), &[]).unwrap_err();
            assert!(message.contains(expected), "{more}\n{message}");
        }
    }

    const GITHUB: &str =
        "owner = \"ada\"\n[cluster]\nkind = \"snapshot\"\ndir = \"dump\"\n[tracker]\nkind = \"github\"\n";

    #[test]
    fn a_tracker_on_github_needs_one_way_in() {
        let token = "repository = \"home/infra\"\ntoken = { env = \"TOKEN\" }\n";
        let config = parse(&format!("{GITHUB}{token}"), &[("TOKEN", "ghp_hunter2 \n")]).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"), "{config:?}");
        for (more, expected) in [
            ("repository = \"infra\"\ntoken = { env = \"T\" }", "owner/name"),
            ("repository = \"a/b\"", "a token, or app_id and private_key"),
            ("repository = \"a/b\"\napp_id = 1", "a token, or app_id and private_key"),
            ("repository = \"a/b\"\ntoken = \"ghp_hunter2\"", "expected"),
            ("repository = \"a/b\"\ntoken = {}", "tracker.token is one of"),
            ("repository = \"a/b\"\ntoken = { env = \"T\", file = \"t\" }", "tracker.token is one of"),
            ("repository = \"a/b\"\ntoken = { file = \"t\", field = \"f\" }", "tracker.token.field goes with"),
            ("repository = \"a/b\"\ntoken = { vault = \"t\" }", "there is no [vault]"),
            ("repository = \"a/b\"\ntokn = { env = \"T\" }", "did you mean `token`?"),
        ] {
            let message = parse(&format!("{GITHUB}{more}\n"), &[]).unwrap_err();
            assert!(message.contains(expected), "{more}\n{message}");
            assert!(!message.contains("Debug"), "{message}");
        }
    }

    #[test]
    fn the_secrets_of_a_service_have_a_place_of_their_own() {
        let server = "[server]\nwebhook_secret = { env = \"S\" }\n";
        assert!(parse(&format!("{LEAST}{server}"), &[]).unwrap_err().contains("tracker.kind = \"github\""));
        let token = "repository = \"home/infra\"\ntoken = { env = \"TOKEN\" }\n";
        assert!(parse(&format!("{GITHUB}{token}{server}"), &[]).is_ok());
        for key in ["concurrency", "body_limit", "request_seconds", "requests_per_second"] {
            let none = parse(&format!("{GITHUB}{token}{server}{key} = 0\n"), &[]).unwrap_err();
            assert!(none.contains(&format!("server.{key} must be at least 1")), "{none}");
        }
        let vault = |login: &str| format!("{LEAST}[vault]\naddress = \"http://v\"\n[vault.login]\n{login}\n");
        assert!(parse(&vault("kind = \"kubernetes\"\nrole = \"r\""), &[]).is_ok());
        let circle = parse(&vault("kind = \"token\"\ntoken = { vault = \"t\" }"), &[]).unwrap_err();
        assert!(circle.contains("from the Vault that it is for"), "{circle}");
        assert!(parse(&vault("kind = \"kuberntes\"\nrole = \"r\""), &[]).unwrap_err().contains("`kubernetes`"));
    }

    #[test]
    fn the_environment_overrides_single_keys() {
        let environment = [
            ("LAMPLIGHTER__MODE", "apply"),
            ("LAMPLIGHTER__LIMITS__JOB_MINUTES", "7"),
            ("LAMPLIGHTER__CLUSTER__DIR", "/elsewhere"),
            ("LAMPLIGHTER_CONFIG", "ignored"),
            ("PATH", "ignored"),
        ];
        let config = parse(LEAST, &environment).unwrap();
        assert_eq!(config.mode, lamplighter_core::Mode::Apply);
        assert_eq!(config.limits.job_minutes, Some(7));
        assert!(matches!(&config.cluster, ClusterConfig::Snapshot { dir } if dir == Path::new("/elsewhere")));
        assert!(parse(LEAST, &[("LAMPLIGHTER__MOD", "apply")]).unwrap_err().contains("did you mean `mode`?"));
        assert!(parse(LEAST, &[("LAMPLIGHTER__OWNER__NAME", "x")]).unwrap_err().contains("not a table"));
    }
}
