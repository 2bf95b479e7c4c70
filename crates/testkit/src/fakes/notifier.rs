use std::sync::{Arc, Mutex};

use lamplighter_core::ports::{Notice, Notifier};
use lamplighter_core::{Result, async_trait};

use super::{Calls, locked};

/// A pager in memory.
#[derive(Clone, Default)]
pub struct FakeNotifier(Arc<Inner>);

#[derive(Default)]
struct Inner {
    notices: Mutex<Vec<(String, Notice)>>,
    calls: Calls,
}

impl FakeNotifier {
    /// A pager that has not rung.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What it was asked, and what it is to fail at.
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.0.calls
    }

    /// The notices that have arrived, the first one first.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        locked(&self.0.notices).iter().map(|(_, notice)| notice.clone()).collect()
    }
}

#[async_trait]
impl Notifier for FakeNotifier {
    async fn notify(&self, key: &str, notice: &Notice) -> Result<()> {
        self.0.calls.begin("notify", format_args!("{key} {}", notice.title))?;
        let mut notices = locked(&self.0.notices);
        if !notices.iter().any(|(known, _)| known == key) {
            notices.push((key.to_owned(), notice.clone()));
        }
        drop(notices);
        self.0.calls.end("notify")
    }
}
