//! The two listeners: the Kubernetes API, and the probe from outside.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::connect_info::ConnectInfo;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::WorldError;
use super::api::{Answer, Call, Status};
use super::connection::Line;
use super::ids::Key;
use super::listening::{Listening, Port};
use super::shared::{Reply, Shared};

/// The largest body that is read.
const BODY_LIMIT: usize = 1 << 20;

/// The two listeners of a cluster.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) api: SocketAddr,
    pub(super) probe: SocketAddr,
    _listening: Listening,
}

impl Server {
    pub(super) fn start(shared: Arc<Shared>) -> Result<Self, WorldError> {
        let (api, probe) = (Port::take()?, Port::take()?);
        let addresses = (api.address, probe.address);
        let api_routes = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let probe_routes = Router::new().route("/probe/{namespace}/{service}", get(look)).with_state(shared);
        let listening = Listening::start([(api, api_routes), (probe, probe_routes)])?;
        Ok(Self { api: addresses.0, probe: addresses.1, _listening: listening })
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(line): ConnectInfo<Line>,
    Query(query): Query<Vec<(String, String)>>,
    request: Request<Body>,
) -> Response {
    let latency = shared.raw().latency;
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let (parts, body) = request.into_parts();
    let raw_query = parts.uri.query().unwrap_or_default().to_owned();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return error(&Status::with_code(413));
    };
    let call = Call {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query,
        token: bearer(&parts.headers),
        content_type: content_type(&parts.headers),
        body: body.to_vec(),
    };
    match shared.answer(&call, &raw_query) {
        Reply::Answer(Ok(Answer::Json(code, value))) => json(code, &value),
        Reply::Answer(Ok(Answer::Text(text))) => ([(header::CONTENT_TYPE, "text/plain")], text).into_response(),
        Reply::Answer(Err(status)) => error(&status),
        Reply::Reset => {
            line.cut();
            StatusCode::NO_CONTENT.into_response()
        }
    }
}

/// A service from outside.
async fn look(
    State(shared): State<Arc<Shared>>,
    Path((namespace, service)): Path<(String, String)>,
) -> (StatusCode, &'static str) {
    let code = shared.outside_view(&Key::new(namespace, service));
    let status = StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_GATEWAY);
    (status, status.canonical_reason().unwrap_or_default())
}

fn error(status: &Status) -> Response {
    let mut response = json(status.code, &status.body());
    if status.code == 429 {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
    }
    response
}

fn json(code: u16, value: &serde_json::Value) -> Response {
    let code = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (code, [(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    value.strip_prefix("Bearer ").map(|token| token.trim().to_owned())
}

/// The media type without its parameters.
fn content_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
