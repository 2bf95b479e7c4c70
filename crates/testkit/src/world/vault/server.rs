//! The listener: HTTP in, HTTP out, and what goes wrong in between.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::connect_info::ConnectInfo;
use axum::extract::{Query, State as Extracted};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use futures_util::future::pending;
use futures_util::stream;
use lamplighter_core::Clock;
use serde_json::Value;

use super::super::WorldError;
use super::super::connection::Line;
use super::super::listening::{Listening, Port};
use super::answer::Answer;
use super::fault::{Lie, Trouble};
use super::ledger::{VaultRequest, noted};
use super::reviewer::TokenReviewer;
use super::route::{self, Call, Step};
use super::state::State;

/// The largest body that Vault reads.
const BODY_LIMIT: usize = 32 << 20;

/// What the listener and the world share.
pub(super) struct Shared {
    state: Mutex<State>,
    pub(super) clock: Arc<dyn Clock>,
    reviewer: Mutex<Arc<dyn TokenReviewer>>,
}

impl Shared {
    pub(super) fn new(clock: Arc<dyn Clock>, reviewer: Arc<dyn TokenReviewer>) -> Self {
        Self { state: Mutex::new(State::new()), clock, reviewer: Mutex::new(reviewer) }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_reviewer(&self, reviewer: Arc<dyn TokenReviewer>) {
        *self.reviewer.lock().unwrap_or_else(PoisonError::into_inner) = reviewer;
    }

    fn reviewer(&self) -> Arc<dyn TokenReviewer> {
        Arc::clone(&self.reviewer.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Notes a request; the number is its place in the ledger.
    fn note(&self, call: &Call, target: (&str, &str), headers: &HeaderMap) -> (usize, Option<Trouble>) {
        let at = self.clock.now();
        let mut state = self.state();
        let token = state.worth(call.token.as_deref(), at);
        let headers = headers.iter().map(|(name, value)| noted(name.as_str(), value.to_str().unwrap_or("…")));
        state.requests.push(VaultRequest {
            at,
            method: call.method.clone(),
            path: target.0.to_owned(),
            query: target.1.to_owned(),
            headers: headers.collect(),
            token,
            status: None,
        });
        let trouble = state.trouble(&call.method, &call.target);
        (state.requests.len() - 1, trouble)
    }

    fn answered(&self, number: usize, code: u16) {
        if let Some(request) = self.state().requests.get_mut(number) {
            request.status = Some(code);
        }
    }

    async fn carry_out(&self, call: &Call) -> Answer {
        let step = route::answer(&mut self.state(), call, self.clock.now());
        match step {
            Step::Done(answer) => answer,
            Step::Review(review) => {
                let account = self.reviewer().review(&review.jwt, &review.role.audience).await;
                route::reviewed(&mut self.state(), call, *review, account, self.clock.now())
            }
        }
    }
}

/// A login that is going on.
struct LoggingIn<'a>(&'a Shared);

impl<'a> LoggingIn<'a> {
    fn begin(shared: &'a Shared) -> Self {
        let mut state = shared.state();
        state.logins.now += 1;
        state.logins.most = state.logins.most.max(state.logins.now);
        Self(shared)
    }
}

impl Drop for LoggingIn<'_> {
    fn drop(&mut self) {
        self.0.state().logins.now -= 1;
    }
}

/// Listens until what is returned is dropped.
pub(super) fn start(shared: Arc<Shared>) -> Result<(SocketAddr, Listening), WorldError> {
    let port = Port::take()?;
    let address = port.address;
    let routes = Router::new().fallback(answer).with_state(shared);
    Ok((address, Listening::start([(port, routes)])?))
}

async fn answer(
    Extracted(shared): Extracted<Arc<Shared>>,
    ConnectInfo(line): ConnectInfo<Line>,
    Query(query): Query<Vec<(String, String)>>,
    request: Request<Body>,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return written(Answer::error(413, "http: request body too large"));
    };
    let call = Call {
        method: parts.method.to_string(),
        path: parts.uri.path().strip_prefix("/v1/").map(decoded),
        target: parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        query,
        token: token(&parts.headers),
        namespace: text(&parts.headers, "x-vault-namespace").trim_matches('/').to_owned(),
        body: body.to_vec(),
    };
    let latency = shared.state().latency;
    if !latency.is_zero() {
        shared.clock.sleep(latency).await;
    }
    let target = (parts.uri.path(), parts.uri.query().unwrap_or_default());
    let (number, trouble) = shared.note(&call, target, &parts.headers);
    match trouble {
        Some(Trouble::Hang) => pending().await,
        Some(Trouble::Reset) => reset(&line),
        Some(Trouble::Refuse(code)) => {
            shared.answered(number, code);
            refused(code)
        }
        Some(Trouble::LoseAnswer) => {
            perform(&shared, &call).await;
            reset(&line)
        }
        Some(Trouble::Lie(told)) => {
            let truth = perform(&shared, &call).await;
            shared.answered(number, 200);
            lied(told, truth)
        }
        None => {
            let answer = perform(&shared, &call).await;
            shared.answered(number, answer.code);
            written(answer)
        }
    }
}

async fn perform(shared: &Shared, call: &Call) -> Answer {
    if !call.is_login() {
        return shared.carry_out(call).await;
    }
    let _going_on = LoggingIn::begin(shared);
    shared.carry_out(call).await
}

fn written(answer: Answer) -> Response {
    let code = StatusCode::from_u16(answer.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = match answer.body {
        Some(body) => (code, format!("{body}\n")).into_response(),
        None => code.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(location) = answer.location.and_then(|location| HeaderValue::from_str(&location).ok()) {
        headers.insert(header::LOCATION, location);
    }
    response
}

fn refused(code: u16) -> Response {
    let message = match code {
        412 => "required index state not present",
        429 => "request path \"secret\": rate limit quota exceeded",
        503 => "Vault is sealed",
        _ => "internal error",
    };
    let mut response = written(Answer::error(code, message));
    if code == 429 {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

fn reset(line: &Line) -> Response {
    line.cut();
    StatusCode::NO_CONTENT.into_response()
}

fn lied(lie: Lie, mut truth: Answer) -> Response {
    let body = truth.body.get_or_insert(Value::Null);
    match lie {
        Lie::Empty => return ([(header::CONTENT_TYPE, "application/json")], "").into_response(),
        Lie::NotJson => {
            return ([(header::CONTENT_TYPE, "text/html")], "<html><h1>Sign in</h1></html>").into_response();
        }
        Lie::Huge(bytes) => return streamed(bytes),
        Lie::Stalled => {
            let begun = stream::once(async { Ok::<_, std::io::Error>(Bytes::from_static(b"{\"request_id\":")) });
            return Body::from_stream(begun.chain(stream::pending())).into_response();
        }
        Lie::WrongShape => {
            for name in ["auth", "data"] {
                if let Some(field) = body.get_mut(name) {
                    *field = Value::String(field.to_string());
                }
            }
        }
        Lie::ZeroLease => {
            for pointer in ["/auth/lease_duration", "/data/ttl"] {
                if let Some(lease) = body.pointer_mut(pointer) {
                    *lease = 0.into();
                }
            }
        }
    }
    written(truth.with_code(200))
}

/// An answer that is sent piece by piece, without saying how long it will be.
fn streamed(bytes: usize) -> Response {
    const PIECE: &[u8] = &[b' '; 64 << 10];
    let pieces =
        stream::iter((0..bytes.div_ceil(PIECE.len())).map(|_| Ok::<_, std::io::Error>(Bytes::from_static(PIECE))));
    ([(header::CONTENT_TYPE, "application/json")], Body::from_stream(pieces)).into_response()
}

/// A token is in one of two headers.
fn token(headers: &HeaderMap) -> Option<String> {
    let own = text(headers, "x-vault-token");
    let bearer = text(headers, "authorization").strip_prefix("Bearer ").unwrap_or_default();
    [own, bearer].into_iter().find(|token| !token.is_empty()).map(str::to_owned)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().trim()
}

/// A path without percent signs. What is no text becomes the sign for that.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let code = pair.filter(|_| first == b'%').and_then(|pair| u8::from_str_radix(pair, 16).ok());
        bytes.push(code.unwrap_or(first));
        rest = after.get(if code.is_some() { 2 } else { 0 }..).unwrap_or_default();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
