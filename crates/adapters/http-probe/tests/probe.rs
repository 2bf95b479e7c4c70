//! The probe against real servers on loopback.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use futures_util::stream;
use lamplighter_core::async_trait;
use lamplighter_core::ports::MonitorState::{Down, Unknown, Up};
use lamplighter_core::ports::{MonitorStatus, Monitors};
use lamplighter_http_probe::{HttpProbe, ProbeTarget};
use lamplighter_testkit::contract::{self, MonitorsHarness};
use lamplighter_testkit::fakes::FakeClock;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(300);

fn probe(timeout: Duration, urls: impl IntoIterator<Item = (String, String)>) -> HttpProbe {
    let targets = urls.into_iter().map(|(name, url)| ProbeTarget { name, url }).collect();
    HttpProbe::new(targets, timeout, Arc::new(FakeClock::new())).unwrap()
}

async fn ask(timeout: Duration, url: &str) -> MonitorStatus {
    let mut statuses = probe(timeout, [("wiki".to_owned(), url.to_owned())]).statuses().await.unwrap();
    assert_eq!(statuses.len(), 1);
    let status = statuses.remove(0);
    assert_eq!((status.name.as_str(), status.at), ("wiki", FakeClock::START));
    assert!(!status.detail.contains("127.0.0.1") && !status.detail.contains("hunter2"), "{}", status.detail);
    status
}

async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// A server that does to each connection what it is told.
async fn serve_raw<F: Future<Output = ()> + Send>(act: impl Fn(TcpStream) -> F + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            act(connection).await;
        }
    });
    address
}

async fn status_of_number(Path(number): Path<u16>) -> StatusCode {
    StatusCode::from_u16(number).unwrap()
}

#[tokio::test]
async fn statuses_mean_what_is_documented() {
    let address = serve(Router::new().route("/{number}", get(status_of_number))).await;
    for (number, expected, detail) in [
        (200, Up, "HTTP 200 in "),
        (204, Up, "HTTP 204 in "),
        (304, Up, "HTTP 304 to another place in "),
        (401, Up, "HTTP 401 (alive, wants a login) in "),
        (403, Up, "HTTP 403 (alive, wants a login) in "),
        (404, Down, "HTTP 404"),
        (410, Down, "HTTP 410"),
        (500, Down, "HTTP 500"),
        (502, Down, "HTTP 502"),
        (503, Down, "HTTP 503"),
        (599, Down, "HTTP 599"),
        (400, Unknown, "HTTP 400"),
        (405, Unknown, "HTTP 405"),
        (429, Unknown, "HTTP 429"),
        (999, Unknown, "HTTP 999"),
    ] {
        let status = ask(LONG, &format!("http://{address}/{number}")).await;
        assert_eq!(status.state, expected, "{number}");
        assert!(status.detail.starts_with(detail), "{number}: {}", status.detail);
        assert_eq!(status.detail.ends_with(" ms"), expected == Up, "{number}: {}", status.detail);
    }
}

#[tokio::test]
async fn redirects_are_followed_at_home_only() {
    let elsewhere = serve(Router::new().route("/", get(async || StatusCode::INTERNAL_SERVER_ERROR))).await;
    let there = format!("http://{elsewhere}/?token=hunter2");
    let app = Router::new()
        .route("/fine", get(async || Redirect::temporary("/ok")))
        .route("/ok", get(async || "ok"))
        .route("/broken", get(async || Redirect::permanent("/missing")))
        .route("/away", get(async move || Redirect::temporary(&there)))
        .route("/other-scheme", get(async || Redirect::permanent("https://127.0.0.1:1/")))
        .route("/file", get(async || Redirect::permanent("file:///etc/passwd")))
        .route("/loop", get(async || Redirect::temporary("/loop")));
    let address = serve(app).await;
    for (path, expected, detail) in [
        ("fine", Up, "HTTP 200 in "),
        ("broken", Down, "HTTP 404"),
        ("away", Up, "HTTP 307 to another place"),
        ("other-scheme", Up, "HTTP 308 to another place"),
        ("file", Up, "HTTP 308 to another place"),
        ("loop", Down, "redirects to itself without end"),
    ] {
        let status = ask(LONG, &format!("http://{address}/{path}")).await;
        assert_eq!(status.state, expected, "{path}: {}", status.detail);
        assert!(status.detail.starts_with(detail), "{path}: {}", status.detail);
    }
}

#[tokio::test]
async fn whoever_does_not_answer_is_down() {
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let silent = serve_raw(|mut connection| async move {
        tokio::spawn(async move { while connection.read(&mut [0; 64]).await.unwrap_or(0) > 0 {} });
    })
    .await;
    let hangs_up = serve_raw(|connection| async move { drop(connection) }).await;
    let babbles = serve_raw(|mut connection| async move {
        let _ = connection.read(&mut [0; 1024]).await;
        let _ = connection.write_all(b"SSH-2.0-OpenSSH_9.2\r\n").await;
    })
    .await;
    let breaks_off = serve_raw(|mut connection| async move {
        let _ = connection.read(&mut [0; 1024]).await;
        let _ = connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf").await;
    })
    .await;
    let never_ends = serve(
        Router::new().route("/", get(async || Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>()))),
    )
    .await;
    for (timeout, url, detail) in [
        (LONG, format!("http://{closed}/"), "connection refused"),
        (LONG, format!("http://user:hunter2@{closed}/?token=hunter2"), "connection refused"),
        (SHORT, format!("http://{silent}/"), "no answer within 300ms"),
        (SHORT, format!("http://{never_ends}/"), "no answer within 300ms"),
        (LONG, format!("http://{hangs_up}/"), "closes the connection"),
        (LONG, format!("http://{babbles}/"), "does not speak HTTP"),
        (LONG, format!("http://{breaks_off}/"), "broken off"),
        (LONG, "http://name.invalid/".to_owned(), ""),
    ] {
        let status = ask(timeout, &url).await;
        let is_resolver_missing = status.state == Unknown && url.contains("invalid");
        assert!(status.state == Down || is_resolver_missing, "{url}: {}", status.detail);
        assert!(status.detail.contains(detail) && !status.detail.is_empty(), "{url}: {}", status.detail);
    }
}

fn tls_server() -> TlsAcceptor {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    let key = tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer::from(key.serialize_der());
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key.into())
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

#[tokio::test]
async fn tls_failures_say_which() {
    let plain = serve(Router::new().route("/", get(async || "ok"))).await;
    let acceptor = tls_server();
    let untrusted = serve_raw(move |connection| {
        let acceptor = acceptor.clone();
        async move { drop(acceptor.accept(connection).await) }
    })
    .await;
    for (address, says) in [(plain, "does not speak TLS"), (untrusted, "issuer that is not trusted here")] {
        let status = ask(LONG, &format!("https://localhost:{}/", address.port())).await;
        assert_eq!(status.state, Down);
        assert!(status.detail.starts_with("TLS failure: ") && status.detail.ends_with(says), "{}", status.detail);
    }
}

#[tokio::test]
async fn a_login_in_the_url_is_sent_and_a_huge_body_is_not_read() {
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    let app = Router::new().route(
        "/",
        get(async move |headers: HeaderMap| -> Response {
            // base64 of user:hunter2
            if headers.get("authorization").is_none_or(|value| value != "Basic dXNlcjpodW50ZXIy") {
                return StatusCode::BAD_REQUEST.into_response();
            }
            let endless = stream::repeat_with(move || {
                count.fetch_add(1, Ordering::Relaxed);
                Ok::<_, std::io::Error>(Bytes::from(vec![0; 8192]))
            });
            Body::from_stream(endless).into_response()
        }),
    );
    let address = serve(app).await;
    let status = ask(LONG, &format!("http://user:hunter2@{address}/")).await;
    assert_eq!(status.state, Up, "{}", status.detail);
    // What is on its way in buffers is sent too, but not the gigabytes that 20 s would carry.
    assert!(sent.load(Ordering::Relaxed) < 10_000);
}

#[tokio::test]
async fn services_are_asked_together_and_reported_in_order() {
    let waiting = Arc::new(tokio::sync::Barrier::new(16));
    let app = Router::new().route(
        "/",
        get(async move || {
            waiting.wait().await;
            "all sixteen are here"
        }),
    );
    let address = serve(app).await;
    let probe = probe(LONG, (0..32).map(|n| (format!("service {n}"), format!("http://{address}/"))));
    let statuses = probe.statuses().await.unwrap();
    assert!(statuses.iter().all(|status| status.state == Up), "{statuses:?}");
    let names: Vec<_> = statuses.into_iter().map(|status| status.name).collect();
    assert_eq!(names, (0..32).map(|n| format!("service {n}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn no_targets_are_no_statuses() {
    assert_eq!(probe(LONG, []).statuses().await.unwrap(), []);
}

struct Services {
    statuses: Arc<Mutex<BTreeMap<String, StatusCode>>>,
    probe: HttpProbe,
}

impl Services {
    async fn new() -> Self {
        let statuses: Arc<Mutex<BTreeMap<String, StatusCode>>> = Arc::default();
        let shared = Arc::clone(&statuses);
        let answer =
            async move |Path(name): Path<String>| shared.lock().await.get(&name).copied().unwrap_or(StatusCode::OK);
        let address = serve(Router::new().route("/{name}", get(answer))).await;
        let url = |name: &str| (name.to_owned(), format!("http://{address}/{name}"));
        Self { statuses, probe: probe(LONG, ["wiki", "files"].map(url)) }
    }

    async fn answer(&self, name: &str, status: StatusCode) {
        self.statuses.lock().await.insert(name.to_owned(), status);
    }
}

#[async_trait]
impl MonitorsHarness for Services {
    fn port(&self) -> &dyn Monitors {
        &self.probe
    }

    async fn set_up(&self, name: &str, works: bool) {
        self.answer(name, if works { StatusCode::OK } else { StatusCode::BAD_GATEWAY }).await;
    }

    async fn blind(&self, name: &str) -> bool {
        self.answer(name, StatusCode::TOO_MANY_REQUESTS).await;
        true
    }
}

#[tokio::test]
async fn a_probe_is_a_monitor() {
    contract::monitors(&Services::new().await).await;
}
