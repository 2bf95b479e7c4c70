use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use http::{StatusCode, header};
use jiff::Timestamp;
use lamplighter::{Dispatcher, JobWatcher, StatusSite};
use serde_json::json;
use tokio::sync::Semaphore;
use tower_http::timeout::TimeoutLayer;

use crate::answer::Refusal;
use crate::metrics::Metrics;
use crate::settings::{Keys, ServerSettings};
use crate::status::StatusKeeper;
use crate::{execute, webhooks};

/// What every request is answered with. Clones are one and the same.
#[derive(Clone)]
pub(crate) struct Service(Arc<Inner>);

struct Inner {
    dispatcher: Arc<Dispatcher>,
    settings: ServerSettings,
    keys: RwLock<Arc<Keys>>,
    metrics: Arc<Metrics>,
    turns: Semaphore,
    rate: DefaultDirectRateLimiter,
    is_ready: AtomicBool,
    page: OnceLock<Page>,
    /// Whoever is to be told that a job has ended.
    finished: Arc<OnceLock<Arc<StatusKeeper>>>,
}

/// The status page, and whether requests are answered with it.
struct Page {
    keeper: Arc<StatusKeeper>,
    is_served: bool,
}

impl Service {
    pub(crate) fn new(dispatcher: Dispatcher, keys: Keys, settings: ServerSettings) -> Self {
        let metrics = Arc::new(Metrics::new());
        let told = Arc::clone(&metrics);
        let finished = Arc::new(OnceLock::<Arc<StatusKeeper>>::new());
        let page = Arc::clone(&finished);
        let watcher: JobWatcher = Arc::new(move |job, state, worked| {
            told.job(job, state, worked);
            if let Some(keeper) = page.get() {
                keeper.nudge();
            }
        });
        let per_second = NonZeroU32::new(settings.requests_per_second).unwrap_or(NonZeroU32::MIN);
        let burst = per_second.saturating_mul(NonZeroU32::MIN.saturating_add(1));
        Self(Arc::new(Inner {
            dispatcher: Arc::new(dispatcher.on_job(watcher)),
            turns: Semaphore::new(settings.requests_at_once),
            rate: RateLimiter::direct(Quota::per_second(per_second).allow_burst(burst)),
            keys: RwLock::new(Arc::new(keys)),
            is_ready: AtomicBool::new(false),
            page: OnceLock::new(),
            finished,
            metrics,
            settings,
        }))
    }

    pub(crate) fn dispatcher(&self) -> &Arc<Dispatcher> {
        &self.0.dispatcher
    }

    pub(crate) fn settings(&self) -> &ServerSettings {
        &self.0.settings
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    pub(crate) fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.0.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set_keys(&self, keys: Keys) {
        *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }

    pub(crate) fn set_ready(&self, is_ready: bool) {
        self.0.is_ready.store(is_ready, Ordering::Release);
    }

    /// Keeps a status page from now on. The first one stands.
    pub(crate) fn keep_status(&self, site: StatusSite, every: Duration, is_served: bool) {
        let (told, source) = (Arc::clone(&self.0.metrics), Arc::clone(&self.0.dispatcher));
        let keeper = StatusKeeper::new(source, site, every).watched_by(Arc::new(move |event| told.status(&event)));
        let keeper = Arc::new(keeper);
        if self.0.page.set(Page { keeper: Arc::clone(&keeper), is_served }).is_ok() {
            let _ = self.0.finished.set(keeper);
        }
    }

    pub(crate) fn keeper(&self) -> Option<&Arc<StatusKeeper>> {
        self.0.page.get().map(|page| &page.keeper)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.dispatcher.now()
    }

    /// The routes. What others send is limited; what tells how we are is always answered.
    pub(crate) fn router(&self) -> Router {
        let settings = self.settings();
        let limited = Router::new()
            .route("/webhooks/github", post(webhooks::github))
            .route("/execute", post(execute::execute))
            .route("/jobs/{id}", get(execute::job))
            .layer(DefaultBodyLimit::max(settings.body_limit))
            .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, settings.request_timeout))
            .route_layer(from_fn_with_state(self.clone(), limit));
        let open =
            Router::new().route("/health", get(health)).route("/ready", get(ready)).route("/metrics", get(metrics));
        let page = self.0.page.get().filter(|page| page.is_served);
        let routes = limited.merge(open).with_state(self.clone());
        match page {
            Some(page) => {
                let page = page.keeper.router().layer(from_fn_with_state(self.clone(), limit));
                routes.fallback_service(page)
            }
            None => routes.fallback(nothing_here),
        }
    }
}

/// Tells those to come back who come too many at once or too fast.
async fn limit(State(service): State<Service>, request: Request, next: Next) -> Response {
    let Ok(_turn) = service.0.turns.try_acquire() else {
        service.metrics().limited.increment(1);
        return Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "too many requests at once").into_response();
    };
    if service.0.rate.check().is_err() {
        service.metrics().limited.increment(1);
        return Refusal::new(StatusCode::TOO_MANY_REQUESTS, "too many requests").into_response();
    }
    next.run(request).await
}

/// `GET /health`: the process is alive.
async fn health() -> Response {
    axum::Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") })).into_response()
}

/// `GET /ready`: jobs are taken and the inbox can be read.
async fn ready(State(service): State<Service>) -> Response {
    if !service.0.is_ready.load(Ordering::Acquire) {
        return Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "starting or ending").into_response();
    }
    match service.dispatcher().inbox().counts().await {
        Ok(counts) => axum::Json(json!({ "status": "ready", "jobs": counts })).into_response(),
        Err(error) => Refusal::of(&error).into_response(),
    }
}

/// `GET /metrics`: for Prometheus.
async fn metrics(State(service): State<Service>) -> Response {
    let counts = service.dispatcher().inbox().counts().await.ok();
    if let Some(made) = service.keeper().and_then(|keeper| keeper.made()) {
        service.metrics().page_made(made);
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], service.metrics().render(counts))
        .into_response()
}

async fn nothing_here() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "there is nothing here")
}
