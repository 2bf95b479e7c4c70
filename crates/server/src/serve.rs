use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use lamplighter::core::CancellationToken;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long the head of a request may take, and how long a connection may idle between two.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);

/// The most that is kept of a head: many times of what a proxy adds to a request.
const HEAD_LIMIT: usize = 64 << 10;

/// How long is waited after a connection could not be taken, as when there are no file descriptors left.
const PAUSE: Duration = Duration::from_millis(100);

/// Answers connections until it is stopped; then those that are being answered are waited for, for at most `drain`.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    connections: usize,
    drain: Duration,
    stop: &CancellationToken,
) {
    let (graceful, places) = (GracefulShutdown::new(), Arc::new(Semaphore::new(connections)));
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept(&listener, &places) => accepted,
        };
        match accepted {
            Ok((stream, place)) => answer(stream, place, router.clone(), &graceful),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    // Nobody else gets in, and whoever is in gets his answer.
    drop(listener);
    if tokio::time::timeout(drain, graceful.shutdown()).await.is_err() {
        tracing::warn!("connections were still open at the end");
    }
}

async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> std::io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.map_err(std::io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    stream.set_nodelay(true)?;
    Ok((stream, place))
}

fn answer(stream: TcpStream, place: OwnedSemaphorePermit, router: Router, graceful: &GracefulShutdown) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_LIMIT)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended badly");
        }
        drop(place);
    });
}
