//! Taking messages in: all that come while one batch is written to the disk are the next batch, and share its commit.

use std::sync::{Arc, Mutex, PoisonError};

use lamplighter_core::ports::{Message, Receipt};
use tokio::sync::oneshot;

use crate::batch::BATCH;
use crate::{SqliteError, SqliteStore};

/// How often others get a turn before a batch is written, as long as more messages come of it.
const GATHERED: usize = 8;

/// Messages that wait for the next commit.
#[derive(Default)]
pub(crate) struct Arrivals(Mutex<Queue>);

#[derive(Default)]
struct Queue {
    waiting: Vec<Arrival>,
    is_written: bool,
}

struct Arrival {
    message: Message,
    receipt: oneshot::Sender<Result<Receipt, Arc<SqliteError>>>,
}

impl SqliteStore {
    /// Takes a message in. It is written by a task of its own, so that a caller who goes away takes nobody else's message
    /// with him.
    pub(crate) async fn take_in(&self, message: Message) -> Result<Receipt, Arc<SqliteError>> {
        let (receipt, answer) = oneshot::channel();
        if self.arrivals().push(Arrival { message, receipt }) {
            let writer = Writer { store: self.clone(), has_ended: false };
            tokio::spawn(writer.write());
        }
        answer.await.unwrap_or_else(|_closed| Err(Arc::new(SqliteError::Interrupted)))
    }
}

/// Who writes what has come. When he is broken off, as at the end of his runtime, those who wait are told so, and the next
/// who comes sends another.
struct Writer {
    store: SqliteStore,
    has_ended: bool,
}

impl Writer {
    async fn write(mut self) {
        while let Some(batch) = self.next_batch().await {
            let (messages, receipts): (Vec<_>, Vec<_>) =
                batch.into_iter().map(|arrival| (arrival.message, arrival.receipt)).unzip();
            let outcome = self.store.write_batch(&messages).await.map_err(Arc::new);
            for (index, receipt) in receipts.into_iter().enumerate() {
                let answer = outcome.as_ref().map_err(Arc::clone);
                let answer = answer.map(|all| all.get(index).copied().unwrap_or(Receipt::Repeated));
                // Nobody waits for it any more, and it was taken in all the same.
                let _ = receipt.send(answer);
            }
        }
        self.has_ended = true;
    }

    /// Whoever is ready to send now is part of it, and so are those who become ready meanwhile.
    async fn next_batch(&self) -> Option<Vec<Arrival>> {
        let arrivals = self.store.arrivals();
        for _ in 0..GATHERED {
            let waiting = arrivals.waiting();
            tokio::task::yield_now().await;
            if arrivals.waiting() == waiting {
                break;
            }
        }
        arrivals.next_batch()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if !self.has_ended {
            self.store.arrivals().give_up();
        }
    }
}

impl Arrivals {
    /// Adds one, and says whether somebody has to be sent to write.
    fn push(&self, arrival: Arrival) -> bool {
        let mut queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        queue.waiting.push(arrival);
        !std::mem::replace(&mut queue.is_written, true)
    }

    /// How many wait.
    fn waiting(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).waiting.len()
    }

    /// The next batch; without one, nobody writes any more.
    fn next_batch(&self) -> Option<Vec<Arrival>> {
        let mut queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let size = queue.waiting.len().min(BATCH);
        queue.is_written = size > 0;
        (size > 0).then(|| queue.waiting.drain(..size).collect())
    }

    /// Nobody writes any more, and those who wait are told so by the end of their channels.
    fn give_up(&self) {
        let mut queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        queue.waiting.clear();
        queue.is_written = false;
    }
}
