use std::time::Duration;

use jiff::Timestamp;
use lamplighter_core::ports::Alert;
use serde_json::{Value, json};

use super::http::request;
use super::process::{Process, folder, program};

/// For how long an alert that was posted fires.
const ALERT_LIFE: Duration = Duration::from_hours(1);

/// A real Alertmanager, which notifies nobody.
#[derive(Debug)]
pub struct Alertmanager {
    process: Process,
}

impl Alertmanager {
    /// Starts one. `None`, and a line that says so, where Alertmanager is not installed.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn start() -> Option<Self> {
        Self::start_with("")
    }

    /// Starts one with more in its configuration, such as `inhibit_rules`. The route is there already.
    ///
    /// # Panics
    /// When it does not start with that.
    #[must_use]
    pub fn start_with(config: &str) -> Option<Self> {
        let server = program(&["prometheus-alertmanager", "alertmanager"])?;
        let dir = folder();
        let file = dir.path().join("alertmanager.yml");
        let config = format!("route: {{receiver: nobody}}\nreceivers: [{{name: nobody}}]\n{config}\n");
        std::fs::write(&file, config).expect("Alertmanager's configuration can be written");
        let arguments = [
            format!("--config.file={}", file.display()),
            format!("--storage.path={}", dir.path().join("data").display()),
            "--web.listen-address=127.0.0.1:0".to_owned(),
            // Alone: no gossip, and no port for it.
            "--cluster.listen-address=".to_owned(),
        ];
        Some(Self { process: Process::start(dir, &server, &arguments, "Listening on") })
    }

    /// Where it is, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.process.address())
    }

    /// Makes alerts fire, since the time that they say and for an hour from now. They are there when this returns.
    ///
    /// # Panics
    /// When Alertmanager refuses them: an alert needs at least one label, and a `since` that is not in the future.
    pub fn post(&self, alerts: &[Alert]) {
        self.send(alerts, Timestamp::now() + ALERT_LIFE);
    }

    /// Ends alerts that were posted.
    ///
    /// # Panics
    /// Like [`post`](Self::post).
    pub fn resolve(&self, alerts: &[Alert]) {
        self.send(alerts, Timestamp::now());
    }

    /// Silences every alert with this label for an hour.
    ///
    /// # Panics
    /// When Alertmanager refuses it.
    pub fn silence(&self, label: &str, value: &str) {
        let now = Timestamp::now();
        let matcher = json!({"name": label, "value": value, "isRegex": false, "isEqual": true});
        self.call(
            "/api/v2/silences",
            &json!({
                "matchers": [matcher], "startsAt": now, "endsAt": now + ALERT_LIFE,
                "createdBy": "a test", "comment": "a test",
            }),
        );
    }

    fn send(&self, alerts: &[Alert], until: Timestamp) {
        let alert = |alert: &Alert| {
            json!({
                "labels": alert.labels, "annotations": alert.annotations, "startsAt": alert.since, "endsAt": until,
            })
        };
        self.call("/api/v2/alerts", &alerts.iter().map(alert).collect());
    }

    fn call(&self, path: &str, body: &Value) {
        let headers = "content-type: application/json\r\n";
        let (status, answer) = request(self.process.address(), "POST", path, headers, &body.to_string());
        assert_eq!(status, 200, "Alertmanager refuses {body}: {answer}");
    }
}
