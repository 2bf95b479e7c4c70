//! The adapter against servers that do not answer as they should. The requests are looked at as well.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::stream;
use lamplighter_core::ports::Metrics;
use lamplighter_core::words::Window;
use lamplighter_core::{Error, ErrorKind};
use lamplighter_prometheus::{Endpoint, PrometheusMetrics, PrometheusSettings};
use lamplighter_testkit::fakes::FakeClock;
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const EMPTY: &str = r#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#;
const NOW: Window = Window { from: FakeClock::START, to: Some(FakeClock::START) };

/// What was asked: method, path with query, authorization, body.
type Asked = Arc<Mutex<Vec<[String; 4]>>>;

/// A server that notes what it is asked, and answers by the number of the request, the first being 0.
async fn serve(answer: impl Fn(usize) -> Response + Clone + Send + Sync + 'static) -> (SocketAddr, Asked) {
    let asked = Asked::default();
    let noted = Arc::clone(&asked);
    let app = Router::new().fallback(async move |request: Request| {
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let authorization = parts.headers.get(header::AUTHORIZATION).map_or("", |value| value.to_str().unwrap());
        let index = {
            let mut noted = noted.lock().unwrap();
            noted.push([
                parts.method.to_string(),
                parts.uri.to_string(),
                authorization.to_owned(),
                String::from_utf8(body.to_vec()).unwrap(),
            ]);
            noted.len() - 1
        };
        answer(index)
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    (address, asked)
}

/// A server that answers whatever it is asked with the same bytes, and hangs up.
async fn serve_raw(bytes: &'static [u8]) -> (SocketAddr, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let _ = connection.read(&mut [0; 4096]).await;
            count.fetch_add(1, Ordering::Relaxed);
            let _ = connection.write_all(bytes).await;
        }
    });
    (address, asked)
}

fn at(address: SocketAddr) -> PrometheusSettings {
    PrometheusSettings::new(Endpoint::new(format!("http://{address}/base")).with_token(SecretString::from("hunter2")))
}

fn metrics(settings: PrometheusSettings) -> PrometheusMetrics {
    PrometheusMetrics::new(settings, Arc::new(FakeClock::auto())).unwrap()
}

async fn failure(settings: PrometheusSettings) -> Error {
    let error = metrics(settings).range("up", NOW, 60).await.unwrap_err();
    let said = format!("{error:?} {}", error.chain());
    assert!(!said.contains("hunter2") && !said.contains("/base"), "{said}");
    assert!(!error.public_message().contains("127.0.0.1"), "{}", error.public_message());
    error
}

fn answer(status: u16, body: impl Into<Body>) -> Response {
    (StatusCode::from_u16(status).unwrap(), body.into()).into_response()
}

#[tokio::test]
async fn a_query_is_a_form_with_the_credentials_in_a_header() {
    let (address, asked) = serve(|_| answer(200, EMPTY)).await;
    let to = FakeClock::START + Duration::from_millis(90_500);
    let window = Window { from: FakeClock::START, to: Some(to) };
    metrics(at(address)).range("up{job=\"a&b\"}", window, 30).await.unwrap();
    let [method, uri, authorization, body] = asked.lock().unwrap().remove(0);
    assert_eq!(
        [method.as_str(), uri.as_str(), authorization.as_str()],
        ["POST", "/base/api/v1/query_range", "Bearer hunter2"]
    );
    let (form, timeout) = body.rsplit_once("&timeout=").unwrap();
    assert_eq!(form, "query=up%7Bjob%3D%22a%26b%22%7D&start=1772366400.000&end=1772366490.500&step=30");
    let timeout: u64 = timeout.strip_suffix("ms").unwrap().parse().unwrap();
    assert!((25_000..=30_000).contains(&timeout), "{timeout}");
}

#[tokio::test]
async fn alerts_are_asked_for_where_they_are_known() {
    let (alertmanager, asked_of_it) = serve(|_| {
        answer(
            200,
            r#"[{"labels":{"alertname":"A"},"startsAt":"2026-03-01T11:00:00.5+01:00","status":{"state":"active"}},
                        {"labels":{"alertname":"B"},"status":{"state":"suppressed"}},
                        {"labels":{"alertname":"C"},"annotations":{},"unheardOf":[1]}]"#,
        )
    })
    .await;
    let (prometheus, asked) = serve(|_| answer(200, r#"{"status":"success","data":{"alerts":[]}}"#)).await;
    assert_eq!(metrics(at(prometheus)).alerts().await.unwrap(), []);
    assert_eq!(asked.lock().unwrap()[0][..2], ["GET", "/base/api/v1/alerts"].map(str::to_owned));

    let login = Endpoint::new(format!("http://{alertmanager}")).with_login("maria", SecretString::from("hunter2"));
    let alerts = metrics(at(prometheus).with_alertmanager(login)).alerts().await.unwrap();
    let found: Vec<_> = alerts.iter().map(|alert| (alert.labels["alertname"].as_str(), alert.since)).collect();
    assert_eq!(found, [("A", "2026-03-01T10:00:00.5Z".parse().unwrap()), ("C", FakeClock::START)]);
    let [method, uri, authorization, _] = asked_of_it.lock().unwrap().remove(0);
    assert_eq!([method.as_str(), uri.as_str()], ["GET", "/api/v2/alerts?active=true&silenced=false&inhibited=false"]);
    assert_eq!(authorization, "Basic bWFyaWE6aHVudGVyMg==");
    assert_eq!(asked.lock().unwrap().len(), 1, "the credentials of one server go to no other");
}

#[tokio::test]
async fn failures_are_what_they_mean_and_only_what_may_pass_is_tried_again() {
    use ErrorKind::{Corrupt, InvalidInput, Permission, Timeout, Unavailable};
    let page = "<html><h1>hunter2</h1></html>";
    let error = |kind: &str| format!(r#"{{"status":"error","errorType":"{kind}","error":"it says {kind}"}}"#);
    for (status, body, kind, retryable, requests, says) in [
        (400, error("bad_data"), InvalidInput, false, 1, "it says bad_data"),
        (422, error("execution"), InvalidInput, false, 1, "it says execution"),
        (503, error("timeout"), Timeout, true, 1, "it says timeout"),
        (503, error("canceled"), Unavailable, true, 4, "it says canceled"),
        (500, error("internal"), Unavailable, true, 4, "it says internal"),
        (200, error("internal"), Unavailable, true, 1, "it says internal"),
        (500, page.to_owned(), Unavailable, true, 4, "500 (internal server error)"),
        (503, page.to_owned(), Unavailable, true, 4, "503 (service unavailable)"),
        (429, String::new(), Unavailable, true, 4, "429 (too many requests)"),
        (400, page.to_owned(), Unavailable, false, 1, "400 (bad request)"),
        (401, page.to_owned(), Permission, false, 1, "401 (unauthorized); check the token"),
        (403, String::new(), Permission, false, 1, "403 (forbidden)"),
        (404, "404 page not found".to_owned(), Unavailable, false, 1, "404 (not found); check the URL"),
        (405, String::new(), Unavailable, false, 1, "405 (method not allowed)"),
        (200, page.to_owned(), Corrupt, false, 1, "does not parse"),
        (200, EMPTY[..40].to_owned(), Corrupt, false, 1, "does not parse"),
        (200, String::new(), Corrupt, false, 1, "does not parse"),
        (204, String::new(), Corrupt, false, 1, "does not parse"),
        (
            200,
            r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#.to_owned(),
            Unavailable,
            false,
            1,
            "a vector",
        ),
    ] {
        let (address, asked) = serve(move |_| answer(status, body.clone())).await;
        let error = failure(at(address)).await;
        assert_eq!((error.kind(), error.is_retryable()), (kind, retryable), "{status}: {error}");
        assert!(error.to_string().contains(says), "{status}: {error}");
        assert_eq!(asked.lock().unwrap().len(), requests, "{status}: {error}");
    }
}

#[tokio::test]
async fn a_server_that_recovers_is_asked_again_until_it_answers() {
    let (address, asked) = serve(|index| match index {
        0 => answer(503, "starting"),
        1 => ([(header::RETRY_AFTER, "7")], answer(429, "")).into_response(),
        _ => answer(200, EMPTY),
    })
    .await;
    let clock = FakeClock::auto();
    let metrics = PrometheusMetrics::new(at(address), Arc::new(clock.clone())).unwrap();
    metrics.range("up", NOW, 60).await.unwrap();
    assert_eq!(asked.lock().unwrap().len(), 3);
    let waited = lamplighter_core::Clock::now(&clock).duration_since(FakeClock::START);
    assert_eq!(waited.as_millis(), 7_100, "a tenth of a second, and what the server asked for");
}

#[tokio::test]
async fn a_server_that_wants_more_patience_than_there_is_is_not_waited_for() {
    let (address, asked) = serve(|_| ([(header::RETRY_AFTER, "3600")], answer(503, "")).into_response()).await;
    assert_eq!(failure(at(address)).await.kind(), ErrorKind::Unavailable);
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn credentials_follow_no_redirect() {
    let (elsewhere, asked) = serve(|_| answer(200, EMPTY)).await;
    for status in [301_u16, 302, 307, 308] {
        let there = format!("http://{elsewhere}/base/api/v1/query_range");
        let redirect = move |_| {
            let mut response = Redirect::temporary(&there).into_response();
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            response
        };
        let (address, _) = serve(redirect).await;
        let error = failure(at(address)).await;
        assert!(error.to_string().contains(&format!("{status} to another place")), "{error}");
        assert!(!error.is_retryable());
    }
    assert!(asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_huge_answer_is_not_read_to_its_end() {
    let endless = |status: u16| {
        let spaces = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 1 << 20])));
        answer(status, Body::from_stream(spaces))
    };
    let (address, asked) = serve(move |_| endless(200)).await;
    let error = failure(at(address)).await;
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains("larger than 67108864 bytes"), "{error}");
    assert_eq!(asked.lock().unwrap().len(), 1);

    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    let (address, _) = serve(move |_| {
        let count = Arc::clone(&count);
        let spaces = stream::repeat_with(move || {
            count.fetch_add(1, Ordering::Relaxed);
            Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 1 << 20]))
        });
        answer(404, Body::from_stream(spaces))
    })
    .await;
    assert!(failure(at(address)).await.to_string().contains("404 (not found)"));
    let sent = sent.load(Ordering::Relaxed);
    assert!(sent < 32, "{sent} MiB of a page that nobody reads");

    let (promised, _) = serve_raw(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n{").await;
    assert_eq!(failure(at(promised)).await.kind(), ErrorKind::InvalidInput);
}

#[tokio::test]
async fn all_pieces_of_a_range_share_one_allowance() {
    let big = format!("{EMPTY}{}", " ".repeat(20 << 20));
    let (address, asked) = serve(move |_| answer(200, big.clone())).await;
    let window = Window { from: FakeClock::START, to: Some(FakeClock::START + Duration::from_secs(43_999)) };
    let error = metrics(at(address)).range("up", window, 1).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(asked.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn a_slow_server_is_waited_for_as_long_as_was_said() {
    let never = |_| answer(200, Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>()));
    let (address, _) = serve(never).await;
    let begin = Instant::now();
    let error = failure(at(address).with_timeout(Duration::from_millis(300))).await;
    assert!(begin.elapsed() < Duration::from_secs(10));
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.is_retryable() && error.to_string().contains("within 300ms"), "{error}");
}

#[tokio::test]
async fn whoever_cannot_be_reached_is_tried_a_few_times() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (breaks_off, asked) = serve_raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{").await;
    let (babbles, _) = serve_raw(b"SSH-2.0-OpenSSH_9.2\r\n").await;
    for (address, says) in [(closed, "refused"), (breaks_off, ""), (babbles, "")] {
        let error = failure(at(address)).await;
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
        assert!(error.is_retryable() && error.to_string().contains("cannot be reached"), "{error}");
        assert!(error.to_string().contains(says), "{error}");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 4);
}

#[tokio::test]
async fn a_window_that_makes_no_sense_is_refused_before_anybody_is_asked() {
    let (address, asked) = serve(|_| answer(200, EMPTY)).await;
    let metrics = metrics(at(address));
    let backwards = Window { from: FakeClock::START, to: Some(FakeClock::START - Duration::from_secs(1)) };
    for (window, step) in [(NOW, 0), (backwards, 60)] {
        let error = metrics.range("up", window, step).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }
    assert!(asked.lock().unwrap().is_empty());
    let shown = format!("{metrics:?}");
    assert!(shown.contains(&address.to_string()) && !shown.contains("hunter2"), "{shown}");
}
