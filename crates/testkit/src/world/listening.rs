//! Ports of the loopback interface, and the thread that answers on them.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::thread::JoinHandle;

use axum::Router;
use futures_util::future::try_join_all;
use tokio::sync::oneshot;

use super::WorldError;
use super::connection::{Door, Line};

/// A thread of its own with a runtime of its own, so that a world answers while the caller's runtime waits
/// for a child process, or has stopped its clock.
#[derive(Debug)]
pub(super) struct Listening {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// A port that is taken, and that nobody answers on yet.
pub(super) struct Port {
    pub(super) address: SocketAddr,
    listener: TcpListener,
}

impl Port {
    pub(super) fn take() -> Result<Self, WorldError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(WorldError::Serve)?;
        listener.set_nonblocking(true).map_err(WorldError::Serve)?;
        Ok(Self { address: listener.local_addr().map_err(WorldError::Serve)?, listener })
    }
}

impl Listening {
    /// Answers on these ports until it is dropped.
    pub(super) fn start<const N: usize>(ports: [(Port, Router); N]) -> Result<Self, WorldError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(WorldError::Serve)?;
        let (stop, stopped) = oneshot::channel();
        let work = move || {
            runtime.block_on(async {
                tokio::select! {
                    end = try_join_all(ports.map(|(port, routes)| serve(port.listener, routes))) => {
                        if let Err(error) = end {
                            tracing::error!(%error, "the simulated world has stopped");
                        }
                    }
                    _ = stopped => {}
                }
            });
        };
        let thread = std::thread::Builder::new().name("world".to_owned()).spawn(work).map_err(WorldError::Serve)?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A world that panicked has said so already.
            drop(thread.join());
        }
    }
}

async fn serve(listener: TcpListener, routes: Router) -> std::io::Result<()> {
    let door = Door(tokio::net::TcpListener::from_std(listener)?);
    axum::serve(door, routes.into_make_service_with_connect_info::<Line>()).into_future().await
}
