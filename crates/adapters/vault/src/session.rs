//! The token that everybody uses, and the one who asks for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use lamplighter_core::CancellationToken;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::DropGuard;

use crate::keeper::{Ask, Keeper};
use crate::lease::Lease;
use crate::transport::Transport;
use crate::{VaultError, VaultLogin};

/// Where the present token is.
pub(crate) type Slot = Arc<Mutex<Option<Arc<Lease>>>>;

/// The login of one [`VaultSecrets`](crate::VaultSecrets) and its clones. Its keeper ends when it is dropped.
pub(crate) struct Session {
    transport: Arc<Transport>,
    login: Arc<VaultLogin>,
    present: Slot,
    keeper: Mutex<Option<Running>>,
}

struct Running {
    asks: mpsc::UnboundedSender<Ask>,
    _until_dropped: DropGuard,
}

impl Session {
    pub(crate) fn new(transport: Arc<Transport>, login: VaultLogin) -> Self {
        Self { transport, login: Arc::new(login), present: Slot::default(), keeper: Mutex::new(None) }
    }

    pub(crate) fn login(&self) -> &VaultLogin {
        &self.login
    }

    /// The token that is there, if its time is not over.
    pub(crate) fn present(&self, now: Timestamp) -> Option<Arc<Lease>> {
        locked(&self.present).clone().filter(|lease| lease.is_good(now))
    }

    /// A token that is good now, and is not the one of this number, which Vault would not take.
    ///
    /// However many ask at the same time, there is one login.
    pub(crate) async fn lease(&self, refused: Option<u64>) -> Result<Arc<Lease>, VaultError> {
        let now = self.transport.clock.now();
        if let Some(lease) = self.present(now).filter(|lease| Some(lease.number) != refused) {
            return Ok(lease);
        }
        let (answer, answered) = oneshot::channel();
        self.keeper()?.send(Ask { refused, answer }).map_err(|_| VaultError::NoRuntime)?;
        answered.await.map_err(|_| VaultError::NoRuntime)?
    }

    /// Starts the keeper where there is none, or where its runtime has ended.
    fn keeper(&self) -> Result<mpsc::UnboundedSender<Ask>, VaultError> {
        let mut running = locked(&self.keeper);
        if let Some(running) = running.as_ref().filter(|running| !running.asks.is_closed()) {
            return Ok(running.asks.clone());
        }
        let runtime = Handle::try_current().map_err(|_| VaultError::NoRuntime)?;
        let (asks, asked) = mpsc::unbounded_channel();
        let end = CancellationToken::new();
        let keeper = Keeper::new(Arc::clone(&self.transport), Arc::clone(&self.login), Arc::clone(&self.present));
        let until = end.clone();
        // It holds nothing of the session, and is told when that is gone, whatever it is doing then.
        runtime.spawn(async move { until.run_until_cancelled(keeper.keep(asked)).await });
        *running = Some(Running { asks: asks.clone(), _until_dropped: end.drop_guard() });
        Ok(asks)
    }
}

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
