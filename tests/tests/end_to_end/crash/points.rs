use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The folder that the child answers the issue of.
pub(super) const FOLDER: &str = "LAMPLIGHTER_TEST_FOLDER";
/// The point that the child dies at, counted from 1.
pub(super) const CRASH_AT: &str = "LAMPLIGHTER_TEST_CRASH_AT";

/// Counts the points at which the process may die, and kills it at the chosen one.
#[derive(Clone)]
pub(super) struct Points {
    passed: Arc<AtomicUsize>,
    die_at: Option<usize>,
}

impl Points {
    pub(super) fn from_environment() -> Self {
        let die_at = std::env::var(CRASH_AT).ok().map(|point| point.parse().unwrap());
        Self { passed: Arc::default(), die_at }
    }

    /// A point: dies here with SIGKILL, which no handler and no destructor sees, or goes on.
    pub(super) fn pass(&self) {
        let point = self.passed.fetch_add(1, Ordering::SeqCst) + 1;
        if self.die_at == Some(point) {
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL).unwrap();
            loop {
                std::thread::park();
            }
        }
    }

    /// Something with a point before it and a point after it.
    pub(super) async fn around<T>(&self, work: impl Future<Output = T>) -> T {
        self.pass();
        let output = work.await;
        self.pass();
        output
    }
}
