use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use axum::Router;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Path, Query, State, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::{Shared, UptimeKuma, locked, metrics, pages, socket};

/// A thread of its own with a runtime of its own, so that it answers while the caller's runtime waits for something
/// else, or has stopped its clock.
#[derive(Debug)]
pub(super) struct Listening {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Listening {
    pub(super) fn start(state: Arc<Shared>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port of the loopback interface is free");
        listener.set_nonblocking(true).expect("a listener can be non-blocking");
        let address = listener.local_addr().expect("a listener has an address");
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
        let (stop, stopped) = oneshot::channel();
        let work = move || {
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a runtime takes a listener");
                tokio::select! {
                    _ = axum::serve(listener, routes(state)).into_future() => {}
                    _ = stopped => {}
                }
            });
        };
        let thread = std::thread::Builder::new().name("uptime-kuma".to_owned()).spawn(work);
        Self { address, stop: Some(stop), thread: Some(thread.expect("a thread can be started")) }
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn routes(state: Arc<Shared>) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/api/status-page/{slug}", get(page))
        .route("/api/status-page/heartbeat/{slug}", get(heartbeats))
        .route("/socket.io/", get(open))
        .with_state(state)
}

async fn metrics(State(state): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    let mut state = locked(&state);
    state.asked.push("GET /metrics".to_owned());
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (user, password) = UptimeKuma::LOGIN;
    // With API keys, any user will do; without, it is the login (`server/auth.js`).
    let is_in = if state.has_api_keys {
        decoded(authorization)
            .is_some_and(|login| login.split_once(':').is_some_and(|(_, key)| key == UptimeKuma::API_KEY))
    } else {
        decoded(authorization).is_some_and(|login| login == format!("{user}:{password}"))
    };
    if is_in {
        ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics::text(&state)).into_response()
    } else {
        (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Basic")], "").into_response()
    }
}

async fn page(State(state): State<Arc<Shared>>, Path(slug): Path<String>) -> Response {
    answer(&state, &format!("GET /api/status-page/{slug}"), |state| pages::page(state, &slug))
}

async fn heartbeats(State(state): State<Arc<Shared>>, Path(slug): Path<String>) -> Response {
    answer(&state, &format!("GET /api/status-page/heartbeat/{slug}"), |state| pages::heartbeats(state, &slug))
}

fn answer(state: &Shared, asked: &str, find: impl Fn(&super::State) -> Option<Value>) -> Response {
    let mut state = locked(state);
    state.asked.push(asked.to_owned());
    match find(&state) {
        Some(found) => axum::Json(found).into_response(),
        None => (StatusCode::NOT_FOUND, axum::Json(json!({"status": "fail", "msg": "Not Found"}))).into_response(),
    }
}

/// engine.io takes its version 4, and here a WebSocket only.
async fn open(
    State(state): State<Arc<Shared>>,
    Query(query): Query<Vec<(String, String)>>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let says = |name: &str, value: &str| query.iter().any(|(key, said)| key == name && said == value);
    let bad = |code: u8, message: &str| {
        (StatusCode::BAD_REQUEST, axum::Json(json!({"code": code, "message": message}))).into_response()
    };
    match upgrade {
        _ if !says("transport", "websocket") => bad(0, "Transport unknown"),
        _ if !says("EIO", "4") => bad(5, "Unsupported protocol version"),
        Ok(upgrade) => upgrade.on_upgrade(|socket| socket::converse(state, socket)),
        Err(_) => bad(3, "Bad request"),
    }
}

/// The user and the password of basic authentication (RFC 7617).
fn decoded(authorization: &str) -> Option<String> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for c in authorization.strip_prefix("Basic ")?.bytes().filter(|c| *c != b'=') {
        bits = (bits << 6) | u32::try_from(ALPHABET.iter().position(|letter| *letter == c)?).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).ok()?);
        }
    }
    String::from_utf8(bytes).ok()
}
