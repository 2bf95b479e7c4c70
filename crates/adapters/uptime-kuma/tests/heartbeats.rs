//! The looks that Uptime Kuma tells, in the shapes that its documentation and its source give for either version.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use lamplighter_core::ports::MonitorState::{Down, Maintenance, Pending, Unknown, Up};
use lamplighter_core::ports::{Heartbeat, Heartbeats, MonitorState, PlannedWork};
use lamplighter_core::words::status::Ratio;
use lamplighter_testkit::fakes::FakeClock;
use lamplighter_testkit::servers::{UptimeKuma, UptimeKumaVersion};
use lamplighter_uptime_kuma::{UptimeKumaMonitors, UptimeKumaSettings, Way};
use secrecy::SecretString;
use serde_json::json;
use tokio::net::TcpListener;

async fn serve(page: &'static str, beats: &'static str, metrics: &'static str) -> String {
    let app = Router::new().fallback(async move |request: Request| match request.uri().path() {
        "/api/status-page/home" => page,
        "/api/status-page/heartbeat/home" => beats,
        _ => metrics,
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}")
}

async fn heartbeats(url: &str, way: Way) -> Vec<Heartbeat> {
    let settings = UptimeKumaSettings::new(url, way).with_timeout(Duration::from_secs(20));
    UptimeKumaMonitors::new(settings, Arc::new(FakeClock::auto())).unwrap().heartbeats().await.unwrap()
}

/// A monitor: name, group, states with their latencies, and the share of the day.
type Told<'a> = (&'a str, Option<&'a str>, Vec<(MonitorState, Option<u32>)>, Option<Ratio>);

fn told(all: &[Heartbeat]) -> Vec<Told<'_>> {
    let beats = |one: &Heartbeat| one.beats.iter().map(|beat| (beat.state, beat.millis)).collect();
    all.iter().map(|one| (one.name.as_str(), one.group.as_deref(), beats(one), one.day)).collect()
}

#[tokio::test]
async fn a_status_page_of_either_version_is_read() {
    let v1 = (include_str!("fixtures/v1-page.json"), include_str!("fixtures/v1-beats.json"), Some(Ratio::NONE));
    let v2 = (include_str!("fixtures/v2-page.json"), include_str!("fixtures/v2-beats.json"), None);
    for (page, beats, of_dns) in [v1, v2] {
        let url = serve(page, beats, "").await;
        let all = heartbeats(&url, Way::status_page("home")).await;
        assert_eq!(
            told(&all),
            [
                ("wiki", Some("Apps"), vec![(Up, Some(31)), (Pending, None), (Down, None)], Ratio::from_f64(0.9986)),
                ("mail", Some("Apps"), vec![(Maintenance, None)], Some(Ratio::ALL)),
                ("dns", Some("Net"), vec![], of_dns),
            ]
        );
        assert_eq!(all[0].beats[1].at, "2026-03-01T11:58:00.102Z".parse().unwrap());
    }
}

#[tokio::test]
async fn the_maintenance_of_a_status_page_of_either_version_is_told() {
    for page in [include_str!("fixtures/v1-page.json"), include_str!("fixtures/v2-page.json")] {
        let url = serve(page, "{}", "").await;
        let settings = UptimeKumaSettings::new(url, Way::status_page("home")).with_timeout(Duration::from_secs(20));
        let monitors = UptimeKumaMonitors::new(settings, Arc::new(FakeClock::auto())).unwrap();
        let (from, to) = ("2026-03-01T11:00:00Z".parse().unwrap(), "2026-03-01T13:00:00Z".parse().unwrap());
        let expected = PlannedWork { title: "New disks".to_owned(), from, to };
        assert_eq!(monitors.planned_work().await.unwrap(), [expected]);
    }
}

#[tokio::test]
async fn the_metrics_of_version_2_are_read() {
    let url = serve("", "", include_str!("fixtures/v2-metrics.txt")).await;
    let all = heartbeats(&url, Way::metrics(SecretString::from("uk1_key"))).await;
    assert_eq!(
        told(&all),
        [
            ("wiki", None, vec![(Up, Some(31))], Ratio::from_f64(0.9986)),
            ("mail", None, vec![(Maintenance, None)], None),
            ("dns", None, vec![(Pending, None)], None),
        ]
    );
    assert_eq!(all[0].beats[0].at, FakeClock::START, "metrics do not say when");
    let ids: Vec<_> = all.iter().map(|one| one.id.as_deref().unwrap()).collect();
    assert_eq!(ids, ["1", "2", "3"], "that which has no name is known by it");
}

#[tokio::test]
async fn each_way_in_tells_looks() {
    for version in [UptimeKumaVersion::V1, UptimeKumaVersion::V2] {
        let server = UptimeKuma::start(version);
        for name in ["wiki", "mail", "paused", "serviced"] {
            server.watch(name, "https://wiki.example.org");
        }
        server.beat("wiki", Down, "refused");
        server.set("paused", "active", json!(0));
        server.set("serviced", "maintenance", json!(true));
        server.publish("home", &["wiki", "mail"]);
        let (user, password) = UptimeKuma::LOGIN;
        let last = |all: &[Heartbeat]| -> Vec<(String, MonitorState, usize)> {
            all.iter().map(|one| (one.name.clone(), one.beats.last().unwrap().state, one.beats.len())).collect()
        };
        let of = |name: &str, state, count| (name.to_owned(), state, count);
        let socket = heartbeats(&server.url(), Way::socket(user, SecretString::from(password))).await;
        let all = last(&socket);
        assert_eq!(
            all,
            [of("wiki", Down, 2), of("mail", Up, 1), of("paused", Unknown, 2), of("serviced", Maintenance, 2)]
        );
        let page = heartbeats(&server.url(), Way::status_page("home")).await;
        assert_eq!(last(&page), [of("wiki", Down, 2), of("mail", Up, 1)]);
        assert_eq!((page[0].group.as_deref(), page[0].beats[0].millis), (Some("Services"), Some(34)));
        let metrics = heartbeats(&server.url(), Way::metrics(SecretString::from(UptimeKuma::API_KEY))).await;
        assert_eq!(last(&metrics)[..2], [of("wiki", Down, 1), of("mail", Up, 1)], "a paused one is not told of");
    }
}

#[tokio::test]
async fn one_malformed_entry_blinds_nobody_and_makes_nothing_green() {
    let page = r#"{"publicGroupList":[{"name":"G","monitorList":[{"id":1,"name":"a"},{"id":2,"name":"b"},{"id":3,"name":"c"}]}],
        "maintenanceList":[7,{"title":[]},{"title":"New disks","timeslotList":[{"startDate":"2026-03-01T11:00:00Z","endDate":"2026-03-01T13:00:00Z"}]}]}"#;
    let beats = r#"{"heartbeatList":{"1":[{"status":1,"time":"2026-03-01 11:58:00"},{"status":0,"time":"2026-03-01 11:59:00"}],
        "2":[{"status":1,"time":"2026-03-01 11:58:00"},{"status":"up","time":17}],"3":"none"},"uptimeList":{"1_24":"x","2_24":0.5}}"#;
    let metrics = "monitor_status{monitor_name=\"a\"} 1\nmonitor_response_time{monitor_name=\"a\"} fast\n";
    let url = serve(page, beats, metrics).await;
    let all = heartbeats(&url, Way::status_page("home")).await;
    assert_eq!(
        told(&all),
        [
            ("a", Some("G"), vec![(Up, None), (Down, None)], None),
            ("b", Some("G"), vec![(Up, None), (Unknown, None)], Ratio::from_f64(0.5)),
            ("c", Some("G"), vec![], None),
        ]
    );
    let settings = UptimeKumaSettings::new(url.clone(), Way::status_page("home"));
    let monitors = UptimeKumaMonitors::new(settings, Arc::new(FakeClock::auto())).unwrap();
    assert_eq!(monitors.planned_work().await.unwrap().len(), 1, "the others are told");
    let all = heartbeats(&url, Way::metrics(SecretString::from("x"))).await;
    assert_eq!(told(&all), [("a", None, vec![(Up, None)], None)], "without the time that it took");
}
