//! The one who logs in and renews.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::select;
use tokio::sync::{mpsc, oneshot};

use crate::lease::{Lease, after};
use crate::login::{Renewal, log_in, renew};
use crate::session::{Slot, locked};
use crate::transport::{Transport, since};
use crate::{VaultError, VaultLogin};

/// The pause after a renewal that failed; it doubles with each, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// A wait is taken in pieces, so that a clock that is corrected is noticed.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// Somebody who waits for a token.
pub(crate) struct Ask {
    /// The number of a token that Vault would not take.
    pub(crate) refused: Option<u64>,
    pub(crate) answer: oneshot::Sender<Result<Arc<Lease>, VaultError>>,
}

/// Does one thing at a time, which is why there is never more than one login at a time.
pub(crate) struct Keeper {
    transport: Arc<Transport>,
    login: Arc<VaultLogin>,
    present: Slot,
    next: Next,
}

/// What is to be done without being asked, and when.
#[derive(Debug, Clone, Copy)]
enum Next {
    Nothing,
    Renewal {
        at: Timestamp,
    },
    /// Something failed so often, and the token still has some time.
    Login {
        at: Timestamp,
        failed: u32,
    },
}

impl Next {
    const fn at(self) -> Option<Timestamp> {
        match self {
            Self::Nothing => None,
            Self::Renewal { at } | Self::Login { at, .. } => Some(at),
        }
    }
}

impl Keeper {
    pub(crate) fn new(transport: Arc<Transport>, login: Arc<VaultLogin>, present: Slot) -> Self {
        let due = locked(&present).as_ref().and_then(|lease| lease.due());
        Self { transport, login, present, next: due.map_or(Next::Nothing, |at| Next::Renewal { at }) }
    }

    /// Keeps the token until nobody asks any more.
    pub(crate) async fn keep(mut self, mut asks: mpsc::UnboundedReceiver<Ask>) {
        loop {
            select! {
                ask = asks.recv() => {
                    let Some(ask) = ask else { return };
                    let mut left = vec![ask];
                    while let Some(ask) = left.pop() {
                        left.extend(self.answer(ask, &mut asks).await);
                    }
                }
                () = self.until_due() => self.act().await,
            }
        }
    }

    /// What is due is the limit of the present token, not something that anybody waits for.
    async fn until_due(&self) {
        let Some(at) = self.next.at() else { return pending().await };
        loop {
            let left = since(self.transport.clock.now(), at);
            if left.is_zero() {
                return;
            }
            self.transport.clock.expire(left.min(LONGEST_WAIT)).await;
        }
    }

    /// Answers one who asks. Where that takes a login, those who came in the meantime get the same answer, except those
    /// who have found the new token refused already; they are returned.
    async fn answer(&mut self, ask: Ask, asks: &mut mpsc::UnboundedReceiver<Ask>) -> Vec<Ask> {
        let now = self.transport.clock.now();
        let present = locked(&self.present).clone().filter(|lease| lease.is_good(now));
        // Whoever does not wait any more is in nobody's way.
        if let Some(lease) = present.filter(|lease| Some(lease.number) != ask.refused) {
            let _ = ask.answer.send(Ok(lease));
            return Vec::new();
        }
        let outcome = self.log_in().await;
        // All are found before the first is answered: one who comes after that knows more than this login did.
        let waiting = std::iter::once(ask).chain(std::iter::from_fn(|| asks.try_recv().ok()));
        let is_refused = |ask: &Ask| outcome.as_ref().is_ok_and(|lease| Some(lease.number) == ask.refused);
        let (left, answered): (Vec<_>, Vec<_>) = waiting.partition(is_refused);
        for ask in answered {
            let _ = ask.answer.send(outcome.clone());
        }
        left
    }

    async fn log_in(&mut self) -> Result<Arc<Lease>, VaultError> {
        let number = locked(&self.present).as_ref().map_or(0, |lease| lease.number) + 1;
        let transport = &self.transport;
        let attempt = || log_in(transport, &self.login, number);
        let outcome = transport.limited(transport.retrying(self.login.is_repeatable(), attempt)).await;
        match &outcome {
            Ok(lease) => tracing::debug!(number, ends = ?lease.ends(), "logged in to vault"),
            Err(error) => tracing::warn!(%error, "cannot log in to vault"),
        }
        outcome.map(|lease| self.take(lease))
    }

    fn take(&mut self, lease: Lease) -> Arc<Lease> {
        let lease = Arc::new(lease);
        self.next = lease.due().map_or(Next::Nothing, |at| Next::Renewal { at });
        *locked(&self.present) = Some(Arc::clone(&lease));
        lease
    }

    /// Does what is due. When the token's time is over there is nothing to keep, and the next one who asks logs in.
    async fn act(&mut self) {
        let now = self.transport.clock.now();
        let present = locked(&self.present).clone().filter(|lease| lease.is_good(now));
        let next = std::mem::replace(&mut self.next, Next::Nothing);
        match (present, next) {
            (Some(lease), Next::Renewal { .. }) => self.renew(&lease).await,
            (Some(_), Next::Login { failed, .. }) => self.replace(failed).await,
            _ => {}
        }
    }

    async fn renew(&mut self, lease: &Lease) {
        if !lease.renewable {
            return self.replace(0).await;
        }
        let transport = &self.transport;
        match transport.limited(transport.retrying(true, || renew(transport, lease))).await {
            Ok(Renewal::Renewed(lease)) => {
                let is_at_its_end = lease.is_capped() && self.can_be_replaced();
                tracing::debug!(number = lease.number, ends = ?lease.ends(), "renewed the token of vault");
                self.take(lease);
                if is_at_its_end {
                    self.replace(0).await;
                }
            }
            Ok(Renewal::Refused) => self.replace(0).await,
            Err(error) => {
                tracing::warn!(%error, "cannot renew the token of vault");
                self.next = Next::Login { at: self.after_failure(1), failed: 1 };
            }
        }
    }

    /// Another token instead of the present one.
    async fn replace(&mut self, failed: u32) {
        // A token that was given is looked up again, which tells whether it has got a longer life elsewhere.
        let failed = failed + 1;
        match self.log_in().await {
            Ok(lease) if !self.can_be_replaced() && !lease.renewable => self.next = Next::Nothing,
            Ok(_) => {}
            Err(error) if error.is_away() => self.next = Next::Login { at: self.after_failure(failed), failed },
            Err(_) => self.next = Next::Nothing,
        }
    }

    fn can_be_replaced(&self) -> bool {
        !matches!(*self.login, VaultLogin::Token(_))
    }

    fn after_failure(&self, failed: u32) -> Timestamp {
        let pause = FIRST_PAUSE * 2_u32.saturating_pow(failed - 1);
        after(self.transport.clock.now(), pause.min(LONGEST_PAUSE))
    }
}
