use std::convert::Infallible;
use std::future::Future;
use std::io;

use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

/// A thread that answers requests and does nothing else: no job keeps a request waiting, however much it computes, and no
/// request is handed from one thread to another, which costs more than most answers do.
///
/// What was begun on it, as the writing of a message, goes on until this is dropped; then all of it ends where it stands.
pub(crate) struct RequestThread {
    end: oneshot::Receiver<()>,
    #[expect(dead_code, reason = "held for its Drop, which the thread notices")]
    hold: oneshot::Sender<Infallible>,
}

impl RequestThread {
    /// Begins to answer those who come to this address.
    pub(crate) fn begin<F: Future<Output = ()>>(
        listener: TcpListener,
        serve: impl FnOnce(TcpListener) -> F + Send + 'static,
    ) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let listener = listener.into_std()?;
            let _inside = runtime.enter();
            TcpListener::from_std(listener)?
        };
        let (ended, end) = oneshot::channel();
        let (hold, mut released) = oneshot::channel();
        std::thread::Builder::new().name("requests".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = serve(listener) => {}
                    _ = &mut released => return,
                }
                // Nobody may wait for it any more.
                let _ = ended.send(());
                let _ = released.await;
            });
        })?;
        Ok(Self { end, hold })
    }

    /// Waits until nobody is answered any more.
    pub(crate) async fn end(&mut self) -> io::Result<()> {
        (&mut self.end).await.map_err(io::Error::other)
    }
}
