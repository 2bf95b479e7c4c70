//! The servers that are started for tests are real, and end with who started them.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

use std::net::TcpStream;

use lamplighter_core::ports::{Alert, Sample, Series};
use lamplighter_testkit::fakes::FakeClock;
use lamplighter_testkit::servers::{Alertmanager, Prometheus, SocketIo, UptimeKuma, UptimeKumaVersion, openmetrics};

fn labels<const N: usize>(labels: [(&str, &str); N]) -> std::collections::BTreeMap<String, String> {
    labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

fn history() -> String {
    let awkward = "a \"quoted\" back\\slash\nand a line";
    openmetrics(&[
        Series {
            labels: labels([("__name__", "lamps"), ("street", awkward)]),
            samples: vec![Sample { at: FakeClock::START, value: f64::INFINITY }],
        },
        Series { labels: labels([("__name__", "gas")]), samples: vec![Sample { at: FakeClock::START, value: 0.5 }] },
        Series {
            labels: labels([("__name__", "lamps")]),
            samples: vec![Sample { at: FakeClock::START, value: f64::NAN }],
        },
    ])
}

async fn get(url: &str) -> serde_json::Value {
    let answer = reqwest::get(url).await.unwrap();
    assert_eq!(answer.status(), 200, "{url}");
    answer.json().await.unwrap()
}

#[tokio::test]
async fn a_prometheus_has_the_history_that_it_was_given_and_is_gone_when_dropped() {
    let Some(prometheus) = Prometheus::setup().history(&history()).path("/prom").start() else { return };
    let at = FakeClock::START.as_second();
    let query = |name: &str| format!("{}/api/v1/query?query={name}&time={at}", prometheus.url());
    let gas = get(&query("gas")).await;
    assert_eq!(gas.pointer("/data/result/0/value/1").unwrap(), "0.5");
    let lamps = get(&query("lamps%7Bstreet!=%22%22%7D")).await;
    assert_eq!(lamps.pointer("/data/result/0/value/1").unwrap(), "+Inf");
    assert_eq!(
        lamps.pointer("/data/result/0/metric/street").unwrap(),
        "a \"quoted\" back\\slash\nand a line",
        "{lamps}"
    );
    let address = prometheus.url().trim_start_matches("http://").trim_end_matches("/prom").to_owned();
    assert!(TcpStream::connect(&address).is_ok());
    drop(prometheus);
    assert!(TcpStream::connect(&address).is_err(), "it still listens");
}

#[tokio::test]
async fn alerts_are_posted_silenced_and_resolved() {
    let Some(alertmanager) = Alertmanager::start() else { return };
    let alert = |name: &str| Alert {
        labels: labels([("alertname", name)]),
        annotations: labels([("summary", "dark")]),
        since: FakeClock::START,
    };
    alertmanager.post(&[alert("LampOut"), alert("GasLow"), alert("WickShort")]);
    alertmanager.silence("alertname", "GasLow");
    alertmanager.resolve(&[alert("WickShort")]);
    let firing = get(&format!("{}/api/v2/alerts?active=true&silenced=false&inhibited=false", alertmanager.url())).await;
    let names: Vec<_> = firing.as_array().unwrap().iter().map(|found| &found["labels"]["alertname"]).collect();
    assert_eq!(names, ["LampOut"]);
    assert_eq!(firing[0]["startsAt"], "2026-03-01T12:00:00.000Z");
}

#[tokio::test]
async fn rules_fire_and_reach_the_alertmanager() {
    let Some(alertmanager) = Alertmanager::start() else { return };
    let rules = "groups: [{name: test, rules: [{alert: LampOut, expr: vector(1)}]}]";
    let Some(prometheus) = Prometheus::setup().rules(rules).alertmanager(&alertmanager).login().start() else { return };
    prometheus.until_fires("LampOut");
    assert_eq!(reqwest::get(prometheus.url() + "/api/v1/alerts").await.unwrap().status(), 401);
    for _ in 0..100 {
        let alerts = get(&format!("{}/api/v2/alerts", alertmanager.url())).await;
        if alerts[0]["labels"]["alertname"] == "LampOut" {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the alert does not arrive");
}

/// Logs in as the real client does it, which waits for the first event.
const VISIT: &str = r"
const heard = [];
socket.onAny((name, ...rest) => heard.push(name));
socket.on('loginRequired', async () => {
  const ask = (...event) => socket.timeout(5000).emitWithAck(...event);
  console.log('add before login:', JSON.stringify(await ask('add', {})));
  console.log('wrong:', JSON.stringify(await ask('login', {username: 'admin', password: 'x', token: ''})));
  console.log('login:', JSON.stringify(await ask('login', {username: 'admin', password: 'played-password', token: ''})));
  const monitor = {type: 'http', name: 'files', url: 'https://files.example.org', interval: 60, conditions: [],
    accepted_statuscodes: ['200-299'], notificationIDList: {}};
  console.log('odd:', JSON.stringify(await ask('add', {...monitor, unheardOf: 1})));
  console.log('add:', JSON.stringify(await ask('add', monitor)));
  console.log('heard:', heard.join(' '));
  process.exit(0);
});
";

#[test]
fn the_real_socket_io_client_can_talk_to_the_played_uptime_kuma() {
    let server = UptimeKuma::start(UptimeKumaVersion::V2);
    server.watch("wiki", "https://wiki.example.org");
    let Some(said) = SocketIo::visit(&server.url(), VISIT) else { return };
    let said: Vec<_> = said.lines().collect();
    assert_eq!(
        said,
        [
            r#"add before login: {"msg":"You are not logged in.","ok":false}"#,
            r#"wrong: {"msg":"authIncorrectCreds","ok":false}"#,
            r#"login: {"ok":true,"token":"played.json.webtoken"}"#,
            r#"odd: {"msg":"insert into `monitor` - SQLITE_ERROR: table monitor has no column named unheardOf","ok":false}"#,
            r#"add: {"monitorID":2,"msg":"successAdded","ok":true}"#,
            "heard: info loginRequired monitorList notificationList info heartbeatList updateMonitorIntoList",
        ]
    );
    let early = "socket.on('connect', () => { socket.emit('login', {}); setTimeout(() => process.exit(0), 300); });";
    SocketIo::visit(&server.url(), early).unwrap();
    assert_eq!(server.asked().last().unwrap(), "lost login", "as with the real one");
}
