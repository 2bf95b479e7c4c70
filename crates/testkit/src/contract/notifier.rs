use lamplighter_core::async_trait;
use lamplighter_core::ports::{Notice, Notifier};
use lamplighter_core::words::{IssueNumber, Severity};

/// A notifier to be tested.
#[async_trait]
pub trait NotifierHarness: Send + Sync {
    /// The port under test.
    fn port(&self) -> &dyn Notifier;

    /// The titles of the notices that have arrived, the first one first.
    async fn arrived(&self) -> Vec<String>;

    /// Nobody can be reached from now on. `false` where that cannot be done.
    async fn cut_off(&self) -> bool {
        false
    }
}

/// Checks everything that [`Notifier`] promises.
pub async fn notifier(harness: &dyn NotifierHarness) {
    let notify = async |key: &str, title: &str| {
        let notice = Notice {
            title: title.to_owned(),
            body: "**Escalating to @owner**\r\n\r\n☂".to_owned(),
            severity: Some(Severity::Sev1),
            issue: IssueNumber(42),
        };
        harness.port().notify(key, &notice).await
    };
    for (key, title) in [("issue/42/escalate", "wiki is down"), ("issue/43/escalate", "files are down")] {
        notify(key, title).await.expect("notifying works");
    }
    notify("issue/42/escalate", "wiki is down").await.expect("notifying again works");
    let mut arrived = harness.arrived().await;
    arrived.dedup();
    arrived.truncate(2);
    assert_eq!(arrived, ["wiki is down", "files are down"], "every notice arrives");
    if harness.cut_off().await {
        let outcome = notify("issue/44/escalate", "lost").await;
        assert!(outcome.is_err(), "a notice that could not be delivered is an error");
    }
}
