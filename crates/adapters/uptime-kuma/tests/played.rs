//! The adapter against a played Uptime Kuma of either version.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

use std::sync::Arc;
use std::time::Duration;

use lamplighter_core::ports::MonitorState::{Down, Maintenance, Pending, Unknown, Up};
use lamplighter_core::ports::{MonitorState, MonitorStatus, MonitorWriter, Monitors};
use lamplighter_core::words::MonitorAddition;
use lamplighter_core::{ErrorKind, async_trait};
use lamplighter_testkit::approve_monitor;
use lamplighter_testkit::contract::{self, MonitorWriterHarness, MonitorsHarness};
use lamplighter_testkit::fakes::FakeClock;
use lamplighter_testkit::servers::UptimeKumaVersion::{V1, V2};
use lamplighter_testkit::servers::{UptimeKuma, UptimeKumaVersion};
use lamplighter_uptime_kuma::{UptimeKumaMonitors, UptimeKumaSettings, Way};
use secrecy::SecretString;
use serde_json::json;

const VERSIONS: [UptimeKumaVersion; 2] = [V1, V2];

fn monitors(server: &UptimeKuma, way: Way) -> UptimeKumaMonitors {
    let settings = UptimeKumaSettings::new(server.url(), way).with_timeout(Duration::from_secs(20));
    UptimeKumaMonitors::new(settings, Arc::new(FakeClock::auto())).unwrap()
}

fn metrics() -> Way {
    Way::metrics(SecretString::from(UptimeKuma::API_KEY))
}

fn socket() -> Way {
    let (user, password) = UptimeKuma::LOGIN;
    Way::socket(user, SecretString::from(password))
}

fn addition(name: &str, url: &str) -> MonitorAddition {
    MonitorAddition { name: name.to_owned(), url: url.to_owned(), interval: 60, retries: 3 }
}

struct Played {
    server: UptimeKuma,
    monitors: UptimeKumaMonitors,
    can_be_blind: bool,
}

#[async_trait]
impl MonitorsHarness for Played {
    fn port(&self) -> &dyn Monitors {
        &self.monitors
    }

    async fn set_up(&self, name: &str, works: bool) {
        let (state, message) = if works { (Up, "200 - OK") } else { (Down, "Request failed with status code 502") };
        self.server.beat(name, state, message);
    }

    async fn blind(&self, name: &str) -> bool {
        if self.can_be_blind {
            self.server.set(name, "active", json!(false));
        }
        self.can_be_blind
    }
}

#[async_trait]
impl MonitorWriterHarness for Played {
    fn port(&self) -> &dyn MonitorWriter {
        &self.monitors
    }

    fn monitors(&self) -> &dyn Monitors {
        &self.monitors
    }
}

#[tokio::test]
async fn each_way_in_is_monitors() {
    for version in VERSIONS {
        for (way, can_be_blind) in [(metrics(), false), (Way::status_page("home"), false), (socket(), true)] {
            let server = UptimeKuma::start(version);
            server.watch("wiki", "https://wiki.example.org");
            server.watch("files", "https://files.example.org");
            server.publish("home", &["wiki", "files"]);
            let monitors = monitors(&server, way);
            assert_eq!(monitors.source().as_str(), "Uptime Kuma");
            contract::monitors(&Played { server, monitors, can_be_blind }).await;
        }
    }
}

#[tokio::test]
async fn monitors_can_be_added_to_either_version() {
    for version in VERSIONS {
        let server = UptimeKuma::start(version);
        let monitors = monitors(&server, socket());
        contract::monitor_writer(&Played { server, monitors, can_be_blind: true }).await;
    }
}

/// Name, state, detail, and the seconds after the start at which it looked.
fn told(statuses: &[MonitorStatus]) -> Vec<(&str, MonitorState, &str, i64)> {
    let seconds = |status: &MonitorStatus| status.at.duration_since(FakeClock::START).as_secs();
    statuses
        .iter()
        .map(|status| (status.name.as_str(), status.state, status.detail.as_str(), seconds(status)))
        .collect()
}

fn busy(version: UptimeKumaVersion) -> UptimeKuma {
    let server = UptimeKuma::start(version);
    for name in ["up", "down", "pending", "serviced", "odd", "pa\"us\\ed"] {
        server.watch(name, "https://maria:hunter2@wiki.example.org");
    }
    server.beat("down", Down, "connect ECONNREFUSED 10.0.20.7:443");
    server.beat("pending", Pending, "timeout");
    server.beat("serviced", Maintenance, "Monitor under maintenance");
    server.beat("odd", Unknown, "");
    server.set("pa\"us\\ed", "active", json!(0));
    server.publish("home", &["pending", "up", "down"]);
    server
}

#[tokio::test]
async fn metrics_tell_states_and_times() {
    for version in VERSIONS {
        let server = busy(version);
        let statuses = monitors(&server, metrics()).statuses().await.unwrap();
        assert_eq!(
            told(&statuses),
            [
                ("up", Up, "up in 34 ms", 0),
                ("down", Down, "down", 0),
                ("pending", Pending, "failed, and is being tried again", 0),
                ("serviced", Maintenance, "in maintenance", 0),
                ("odd", Unknown, "the monitor does not say", 0),
            ]
        );
        assert_eq!(server.asked(), ["GET /metrics"]);
    }
    let empty = UptimeKuma::start(V2);
    assert_eq!(monitors(&empty, metrics()).statuses().await.unwrap(), []);
}

#[tokio::test]
async fn a_status_page_tells_of_its_own_monitors_once() {
    for version in VERSIONS {
        let server = busy(version);
        let statuses = monitors(&server, Way::status_page("home")).statuses().await.unwrap();
        assert_eq!(
            told(&statuses),
            [
                ("pending", Pending, "failed, and is being tried again; up 99.87 % of 24 h", 7),
                ("up", Up, "up in 34 ms; up 99.87 % of 24 h", 0),
                ("down", Down, "down; up 99.87 % of 24 h", 6),
            ]
        );
        assert_eq!(server.asked(), ["GET /api/status-page/home", "GET /api/status-page/heartbeat/home"]);
        let error = monitors(&server, Way::status_page("away")).statuses().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.to_string().contains("\"away\"") && !error.is_retryable(), "{error}");
    }
}

#[tokio::test]
async fn the_socket_tells_what_was_seen_and_never_where() {
    for version in VERSIONS {
        let server = busy(version);
        server.set("up", "maintenance", json!(true));
        let statuses = monitors(&server, socket()).statuses().await.unwrap();
        assert_eq!(
            told(&statuses),
            [
                ("up", Maintenance, "in maintenance", 0),
                ("down", Down, "connect ECONNREFUSED [address]", 6),
                ("pending", Pending, "timeout", 7),
                ("serviced", Maintenance, "Monitor under maintenance", 8),
                ("odd", Unknown, "the monitor does not say", 9),
                ("pa\"us\\ed", Unknown, "it is paused", 0),
            ]
        );
        assert_eq!(server.asked(), ["login"], "nothing is sent before the server is ready, and nothing is lost");
    }
}

#[tokio::test]
async fn a_monitor_that_has_not_looked_is_unknown() {
    for version in VERSIONS {
        let server = UptimeKuma::start(version);
        let monitors = monitors(&server, socket());
        monitors.add(approve_monitor(addition("wiki", "https://wiki.example.org")).await).await.unwrap();
        let statuses = monitors.statuses().await.unwrap();
        assert_eq!(told(&statuses), [("wiki", Unknown, "it has not looked yet", 0)]);
    }
}

#[tokio::test]
async fn what_is_added_is_stored_as_it_was_asked_for() {
    for version in VERSIONS {
        let server = UptimeKuma::start(version);
        let monitors = monitors(&server, socket());
        for (name, url) in [("wiki", "https://wiki.example.org/health"), ("db", "tcp://[fd12::7]:5432")] {
            monitors.add(approve_monitor(addition(name, url)).await).await.unwrap();
        }
        let stored = server.monitors();
        for (field, expected) in [
            ("type", json!("http")),
            ("url", json!("https://wiki.example.org/health")),
            ("interval", json!(60)),
            ("maxretries", json!(3)),
            ("active", json!(true)),
            ("upsideDown", json!(false)),
        ] {
            assert_eq!(stored[0][field], expected, "{version:?} {field}");
        }
        assert_eq!(
            (&stored[1]["type"], &stored[1]["hostname"], &stored[1]["port"]),
            (&json!("port"), &json!("fd12::7"), &json!(5432))
        );
        assert_eq!(stored[0].get("conditions").is_some(), version == V2);
        assert_eq!(server.asked(), ["login", "add", "login", "add"]);
    }
}

#[tokio::test]
async fn what_uptime_kuma_refuses_is_told_in_its_words_and_not_added() {
    let server = UptimeKuma::start(V2);
    let monitors = monitors(&server, socket());
    let hasty = MonitorAddition { interval: 5, ..addition("wiki", "https://wiki.example.org") };
    let error = monitors.add(approve_monitor(hasty).await).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("Interval cannot be less than 20 seconds"), "{error}");
    let asked = server.asked();
    for url in ["ftp://wiki.example.org", "tcp://wiki", "wiki"] {
        let error = monitors.add(approve_monitor(addition("wiki", url)).await).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{url}");
    }
    assert_eq!(server.asked(), asked, "what cannot be added is not even tried");
    assert!(server.monitors().is_empty());
}

#[tokio::test]
async fn only_who_may_gets_in() {
    for version in VERSIONS {
        let server = busy(version);
        let wrong = || SecretString::from("hunter2");
        for way in [
            Way::metrics(wrong()),
            Way::metrics_with_login(UptimeKuma::LOGIN.0, SecretString::from(UptimeKuma::LOGIN.1)),
            Way::socket(UptimeKuma::LOGIN.0, wrong()),
            Way::socket_with_token(wrong()),
        ] {
            let before = server.asked().len();
            let error = monitors(&server, way).statuses().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Permission, "{error}");
            assert!(!error.is_retryable() && !error.chain().contains("hunter2"), "{}", error.chain());
            assert_eq!(server.asked().len(), before + 1, "a wrong login is not tried again");
        }
        let token = Way::socket_with_token(SecretString::from(UptimeKuma::TOKEN));
        assert_eq!(monitors(&server, token.clone()).statuses().await.unwrap().len(), 6);

        server.with_second_factor();
        let error = monitors(&server, socket()).statuses().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Permission);
        assert!(error.to_string().contains("second factor"), "{error}");
        assert_eq!(monitors(&server, token).statuses().await.unwrap().len(), 6);

        server.without_api_keys();
        let login = Way::metrics_with_login(UptimeKuma::LOGIN.0, SecretString::from(UptimeKuma::LOGIN.1));
        assert_eq!(monitors(&server, login).statuses().await.unwrap().len(), 5);
    }
}

#[tokio::test]
async fn without_the_login_nothing_is_added() {
    let server = busy(V2);
    for way in [metrics(), Way::status_page("home")] {
        let monitors = monitors(&server, way);
        let wiki = addition("wiki", "https://wiki.example.org");
        let error = monitors.add(approve_monitor(wiki.clone()).await).await.unwrap_err();
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Permission, false));
        assert_eq!(monitors.has(&wiki).await.unwrap_err().kind(), ErrorKind::Permission);
    }
    assert!(server.asked().is_empty());
}
