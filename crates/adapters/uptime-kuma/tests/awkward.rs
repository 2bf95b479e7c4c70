//! The adapter against servers that do not answer as they should.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::future::join_all;
use lamplighter_core::ports::{MonitorState, MonitorWriter, Monitors};
use lamplighter_core::words::MonitorAddition;
use lamplighter_core::{Error, ErrorKind};
use lamplighter_testkit::approve_monitor;
use lamplighter_testkit::fakes::FakeClock;
use lamplighter_uptime_kuma::{UptimeKumaMonitors, UptimeKumaSettings, Way};
use secrecy::SecretString;
use tokio::net::TcpListener;

async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// A server that answers everything the same way, and counts.
async fn same(answer: impl Fn() -> Response + Clone + Send + Sync + 'static) -> (SocketAddr, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let address = serve(Router::new().fallback(async move |_: Request| {
        count.fetch_add(1, Ordering::Relaxed);
        answer()
    }))
    .await;
    (address, asked)
}

/// A socket that sends these frames whatever it hears, and then waits.
async fn script(frames: Vec<String>) -> SocketAddr {
    let converse = async move |mut socket: WebSocket, frames: Vec<String>| {
        for frame in frames {
            if socket.send(Message::text(frame)).await.is_err() {
                return;
            }
        }
        while let Some(Ok(_)) = socket.recv().await {}
    };
    let frames = Arc::new(frames);
    serve(Router::new().fallback(async move |upgrade: WebSocketUpgrade| {
        let frames = Vec::clone(&frames);
        upgrade.on_upgrade(move |socket| converse(socket, frames))
    }))
    .await
}

fn monitors(address: SocketAddr, way: Way) -> UptimeKumaMonitors {
    let settings = UptimeKumaSettings::new(format!("http://{address}"), way).with_timeout(Duration::from_secs(2));
    UptimeKumaMonitors::new(settings, Arc::new(FakeClock::auto())).unwrap()
}

fn ways() -> [Way; 3] {
    [Way::metrics(SecretString::from("hunter2")), Way::status_page("home"), socket()]
}

fn socket() -> Way {
    Way::socket("maria", SecretString::from("hunter2"))
}

async fn failure(address: SocketAddr, way: Way) -> Error {
    let monitors = monitors(address, way);
    let error = monitors.statuses().await.unwrap_err();
    let said = format!("{monitors:?} {error:?} {}", error.chain());
    assert!(!said.contains("hunter2"), "{said}");
    assert!(!error.public_message().contains("127.0.0.1"), "{}", error.public_message());
    error
}

#[tokio::test]
async fn failures_are_what_they_mean_and_only_what_may_pass_is_tried_again() {
    use ErrorKind::{Corrupt, Permission, Unavailable};
    for way in ways() {
        for (status, body, kinds, retryable, requests) in [
            (500, "<html>hunter2</html>", [Unavailable; 3], true, 4),
            (503, "", [Unavailable; 3], true, 4),
            (429, "", [Unavailable; 3], true, 4),
            (401, "Unauthorized", [Permission; 3], false, 1),
            (403, "", [Permission; 3], false, 1),
            (400, "{}", [Unavailable; 3], false, 1),
            // What is no Uptime Kuma, page that cannot be read, no WebSocket.
            (200, "<html>hunter2</html>", [Unavailable, Corrupt, Unavailable], false, 1),
            (200, "", [Unavailable, Corrupt, Unavailable], false, 1),
            (200, "{\"publicGroupList\":[{\"monitorList\":[{", [Unavailable, Corrupt, Unavailable], false, 1),
        ] {
            let (address, asked) = same(move || (StatusCode::from_u16(status).unwrap(), body).into_response()).await;
            let error = failure(address, way.clone()).await;
            assert!(kinds.contains(&error.kind()), "{way:?} {status}: {error:?}");
            assert_eq!(error.is_retryable(), retryable, "{way:?} {status}: {error}");
            assert_eq!(asked.load(Ordering::Relaxed), requests, "{way:?} {status}: {error}");
        }
    }
}

#[tokio::test]
async fn everybody_may_know_what_failed_and_the_operator_where() {
    for (status, public) in [
        (503, "Uptime Kuma answered with status 503"),
        (401, "Uptime Kuma does not let us in"),
        (302, "what answers is not Uptime Kuma: status 302"),
        (404, "Uptime Kuma has no public status page of the configured name"),
        (200, "the answer of Uptime Kuma could not be read"),
    ] {
        let (address, _) = same(move || StatusCode::from_u16(status).unwrap().into_response()).await;
        let error = failure(address, Way::status_page("home")).await;
        assert_eq!(error.public_message(), public);
        assert!(error.chain().contains(&address.to_string()), "{}", error.chain());
    }
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = failure(nobody, Way::status_page("home")).await;
    assert_eq!(error.public_message(), "Uptime Kuma cannot be reached: the connection was refused");
}

#[tokio::test]
async fn credentials_follow_no_redirect() {
    let (elsewhere, asked) = same(|| "".into_response()).await;
    for way in ways() {
        let (address, _) =
            same(move || Redirect::temporary(&format!("http://{elsewhere}/metrics")).into_response()).await;
        let error = failure(address, way).await;
        assert!(error.to_string().contains("307"), "{error}");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn metrics_that_would_leave_a_monitor_out_are_refused() {
    for (body, says) in [
        ("up 1\n", "no monitor_status"),
        ("monitor_status{monitor_name=\"a\"} 1\nmonitor_status{monitor_name=\"b\"", "line 2"),
        ("monitor_status{monitor_type=\"http\"} 1\n", "no monitor_name"),
    ] {
        let (address, _) = same(move || body.into_response()).await;
        let error = failure(address, Way::metrics(SecretString::from("x"))).await;
        assert!(error.to_string().contains(says), "{body}: {error}");
    }
    let (address, _) = same(|| "monitor_status{monitor_name=\"a\"} NaN\n".into_response()).await;
    let statuses = monitors(address, Way::metrics(SecretString::from("x"))).statuses().await.unwrap();
    assert_eq!(statuses[0].state, MonitorState::Unknown);
}

#[tokio::test]
async fn a_huge_answer_is_not_read_to_its_end() {
    for way in &ways()[..2] {
        let (address, _) = same(|| Body::from(vec![b' '; 17 << 20]).into_response()).await;
        let error = failure(address, way.clone()).await;
        assert!(error.to_string().contains("larger than"), "{error}");
    }
    let huge = format!("42[\"info\",\"{}\"]", " ".repeat(17 << 20));
    let error = failure(script(vec!["0{}".to_owned(), "40{}".to_owned(), huge]).await, socket()).await;
    assert!(error.to_string().contains("larger than"), "{error}");
}

#[tokio::test]
async fn a_socket_that_does_not_keep_to_the_protocol_is_an_error_in_time() {
    use ErrorKind::{Corrupt, Permission, Timeout, Unavailable};
    let ready = ["0{}", "40{}", "42[\"info\",{}]"];
    let with = |more: &[&str]| ready.iter().chain(more).map(|frame| (*frame).to_owned()).collect::<Vec<_>>();
    let ok = "431[{\"ok\":true}]";
    let mut cases = Vec::new();
    for (frames, kind, says) in [
        (vec![], Timeout, "within 2s"),
        (vec!["x".to_owned()], Corrupt, "no packet"),
        (vec!["42[\"info\"]".to_owned()], Unavailable, "begins with the event \"info\""),
        (vec!["0{}".to_owned(), "44{\"message\":\"no\"}".to_owned()], Unavailable, "with a refusal"),
        (vec!["0{}".to_owned(), "1".to_owned()], Unavailable, "with its end"),
        (with(&[]), Timeout, "within 2s"),
        (with(&["41"]), Unavailable, "closed the connection"),
        (with(&["42{"]), Corrupt, "no packet"),
        (with(&["431[]"]), Corrupt, "cannot be read"),
        (with(&["431[{\"ok\":\"yes\"}]"]), Corrupt, "cannot be read"),
        (with(&["431[{\"ok\":false,\"msg\":\"no\\nway\"}]"]), Permission, "no way"),
        (with(&["431[{\"tokenRequired\":true}]"]), Permission, "second factor"),
        (with(&["439[{\"ok\":true}]"]), Timeout, "within 2s"),
        (with(&[ok]), Timeout, "within 2s"),
        (with(&[ok, "42[\"monitorList\",[1]]"]), Corrupt, "cannot be read"),
        (with(&[ok, "42[\"monitorList\",{\"1\":{\"name\":\"wiki\"}}]"]), Corrupt, "missing field `id`"),
        (with(&[ok, "42[\"monitorList\",{\"1\":{\"id\":1,\"name\":\"wiki\"}}]"]), Timeout, "within 2s"),
    ] {
        cases.push(async move {
            let error = failure(script(frames.clone()).await, socket()).await;
            assert_eq!(error.kind(), kind, "{frames:?}: {error}");
            assert!(error.to_string().contains(says), "{frames:?}: {error}");
        });
    }
    join_all(cases).await;
}

#[tokio::test]
async fn what_a_server_says_besides_does_not_matter() {
    let frames = [
        "0{}",
        "6",
        "40{}",
        "2",
        "42/other,[\"x\"]",
        "451-[\"file\",{\"_placeholder\":true,\"num\":0}]",
        "42[\"info\",{\"version\":7}]",
        "42[\"heartbeatList\",\"1\",[{\"status\":1}],false]",
        "42[\"heartbeatList\",{},null]",
        "42[\"heartbeatList\"]",
        "42[\"monitorList\",{\"1\":{\"id\":1,\"name\":\"wiki\",\"unheardOf\":[{}]}}]",
        "439[null]",
        "431[{\"ok\":true}]",
    ];
    let address = script(frames.map(str::to_owned).to_vec()).await;
    let statuses = monitors(address, socket()).statuses().await.unwrap();
    assert_eq!((statuses[0].name.as_str(), statuses[0].state), ("wiki", MonitorState::Up));
}

#[tokio::test]
async fn an_addition_whose_answer_is_lost_is_an_error_and_is_not_sent_again() {
    let frames =
        ["0{}", "40{}", "42[\"info\",{\"version\":\"2.0.0\"}]", "42[\"monitorList\",{}]", "431[{\"ok\":true}]", "41"];
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    let address = serve(Router::new().fallback(async move |upgrade: WebSocketUpgrade| {
        count.fetch_add(1, Ordering::Relaxed);
        upgrade.on_upgrade(async move |mut socket: WebSocket| {
            for frame in frames {
                let _ = socket.send(Message::text(frame)).await;
            }
            while let Some(Ok(_)) = socket.recv().await {}
        })
    }))
    .await;
    let wiki = MonitorAddition {
        name: "wiki".to_owned(),
        url: "https://wiki.example.org".to_owned(),
        interval: 60,
        retries: 3,
    };
    let error = monitors(address, socket()).add(approve_monitor(wiki).await).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert_eq!(connections.load(Ordering::Relaxed), 1);
}
