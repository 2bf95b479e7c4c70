use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::Alertmanager;
use super::http::request;
use super::process::{Process, folder, program};

/// How long an alert may take to fire. Rules are evaluated every second.
const FIRE_LIMIT: Duration = Duration::from_secs(30);

/// A real Prometheus.
///
/// It scrapes nothing: what it has is the history that it was started with, of any time, and the `ALERTS` of its rules.
#[derive(Debug)]
pub struct Prometheus {
    process: Process,
    path: String,
    has_login: bool,
}

impl Prometheus {
    /// The user and the password of one that was [set up with a login](PrometheusSetup::login).
    pub const LOGIN: (&'static str, &'static str) = ("admin", "test");

    /// Starts one with this history, in `OpenMetrics` text with timestamps (see [`openmetrics`](super::openmetrics())); a
    /// missing `# EOF` is added. `None`, and a line that says so, where Prometheus is not installed.
    ///
    /// # Panics
    /// When the history cannot be read, or Prometheus does not start.
    #[must_use]
    pub fn start(history: &str) -> Option<Self> {
        Self::setup().history(history).start()
    }

    /// One to be set up further.
    pub fn setup() -> PrometheusSetup {
        PrometheusSetup::default()
    }

    /// Where it is, with the path that it was told to be below of, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}{}", self.process.address(), self.path)
    }

    /// Returns when an alert of one of its rules fires.
    ///
    /// # Panics
    /// When it does not within half a minute.
    pub fn until_fires(&self, alert: &str) {
        let begin = Instant::now();
        while !self.fires(alert) {
            assert!(begin.elapsed() < FIRE_LIMIT, "{alert} does not fire");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn fires(&self, alert: &str) -> bool {
        let headers = if self.has_login { "authorization: Basic YWRtaW46dGVzdA==\r\n" } else { "" };
        let path = format!("{}/api/v1/alerts", self.path);
        let (status, body) = request(self.process.address(), "GET", &path, headers, "");
        assert_eq!(status, 200, "{body}");
        let answer: serde_json::Value = serde_json::from_str(&body).expect("Prometheus answers in JSON");
        let alerts = answer.pointer("/data/alerts").and_then(|alerts| alerts.as_array());
        let is_it = |found: &serde_json::Value| {
            found.pointer("/labels/alertname").is_some_and(|name| name == alert)
                && found.pointer("/state").is_some_and(|state| state == "firing")
        };
        alerts.is_some_and(|alerts| alerts.iter().any(is_it))
    }
}

/// How a [`Prometheus`] is to be.
#[derive(Debug, Clone, Default)]
#[must_use = "it is not started"]
pub struct PrometheusSetup {
    history: String,
    rules: String,
    alertmanager: Option<String>,
    path: String,
    has_login: bool,
}

impl PrometheusSetup {
    /// With this history; see [`Prometheus::start`].
    pub fn history(self, history: &str) -> Self {
        Self { history: history.to_owned(), ..self }
    }

    /// With rules, which are evaluated every second: a rules file, which begins with `groups:`.
    pub fn rules(self, rules: &str) -> Self {
        Self { rules: rules.to_owned(), ..self }
    }

    /// That sends its alerts to this Alertmanager.
    pub fn alertmanager(self, alertmanager: &Alertmanager) -> Self {
        Self { alertmanager: Some(alertmanager.url()), ..self }
    }

    /// Below this path, such as `/prometheus`.
    pub fn path(self, path: &str) -> Self {
        Self { path: path.to_owned(), ..self }
    }

    /// That asks for [`Prometheus::LOGIN`].
    pub fn login(self) -> Self {
        Self { has_login: true, ..self }
    }

    /// Starts it. `None`, and a line that says so, where Prometheus is not installed.
    ///
    /// # Panics
    /// When the history or the rules cannot be read, or Prometheus does not start.
    #[must_use]
    pub fn start(self) -> Option<Prometheus> {
        let (server, tool) = (program(&["prometheus"])?, program(&["promtool"])?);
        let dir = folder();
        self.write(dir.path(), &tool).expect("Prometheus' files can be written");
        let file = |name: &str| dir.path().join(name).display().to_string();
        let arguments = [
            format!("--config.file={}", file("prometheus.yml")),
            format!("--web.config.file={}", file("web.yml")),
            format!("--storage.tsdb.path={}", file("data")),
            // History is of any time, and must not be deleted for its age.
            "--storage.tsdb.retention.time=100y".to_owned(),
            // The first alerts are sent before it has found its Alertmanager.
            "--rules.alert.resend-delay=1s".to_owned(),
            format!("--web.route-prefix={}/", self.path),
            "--web.listen-address=127.0.0.1:0".to_owned(),
        ];
        let process = Process::start(dir, &server, &arguments, "Server is ready to receive web requests");
        Some(Prometheus { process, path: self.path, has_login: self.has_login })
    }

    fn write(&self, dir: &Path, tool: &Path) -> std::io::Result<()> {
        let mut config = "global: {evaluation_interval: 1s}\n".to_owned();
        if !self.rules.is_empty() {
            fs::write(dir.join("rules.yml"), &self.rules)?;
            let _ = writeln!(config, "rule_files: [{}]", dir.join("rules.yml").display());
        }
        if let Some(url) = &self.alertmanager {
            let host = url.trim_start_matches("http://");
            let _ = writeln!(config, "alerting: {{alertmanagers: [{{static_configs: [{{targets: ['{host}']}}]}}]}}");
        }
        fs::write(dir.join("prometheus.yml"), config)?;
        // The digest of the password, as the toolkit's documentation on basic authentication has it.
        let digest = "$2b$12$hNf2lSsxfm0.i4a.1kVpSOVyBCfIB51VRjgBUyv6kdnyTlgWj81Ay";
        let login = if self.has_login { format!("basic_auth_users: {{admin: {digest}}}\n") } else { String::new() };
        fs::write(dir.join("web.yml"), login)?;
        if self.history.lines().any(|line| !line.trim().is_empty() && line.trim() != "# EOF") {
            load(&self.history, dir, tool)?;
        }
        Ok(())
    }
}

fn load(history: &str, dir: &Path, tool: &Path) -> std::io::Result<()> {
    let history = history.trim_end().trim_end_matches("# EOF").trim_end();
    let file = dir.join("history.txt");
    fs::write(&file, format!("{history}\n# EOF\n"))?;
    let mut command = Command::new(tool);
    command.args(["tsdb", "create-blocks-from", "openmetrics", "--quiet"]).arg(&file).arg(dir.join("data"));
    let output = command.output()?;
    assert!(output.status.success(), "the history cannot be read: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
