use lamplighter_core::async_trait;
use lamplighter_core::ports::StopSwitch;

/// A stop switch to be tested, that is off.
#[async_trait]
pub trait StopSwitchHarness: Send + Sync {
    /// The port under test.
    fn port(&self) -> &dyn StopSwitch;

    /// Turns it on.
    async fn stop(&self, reason: &str);

    /// Turns it off.
    async fn resume(&self);

    /// Makes it unreadable for good. `false` where that cannot be done.
    async fn break_it(&self) -> bool {
        false
    }
}

/// Checks everything that [`StopSwitch`] promises.
pub async fn stop_switch(harness: &dyn StopSwitchHarness) {
    let stopped = async || harness.port().stopped().await.expect("reading works");
    assert_eq!(stopped().await, None, "nothing is stopped at first");
    harness.stop("maintenance until noon").await;
    let reason = stopped().await.expect("the switch is on");
    assert!(reason.contains("maintenance until noon"), "the reason is given: {reason:?}");
    harness.resume().await;
    assert_eq!(stopped().await, None, "the switch is off again");
    harness.stop("").await;
    assert!(stopped().await.is_some(), "a switch is on without a reason too");
    harness.resume().await;
    if harness.break_it().await {
        let outcome = harness.port().stopped().await;
        assert!(outcome.is_err(), "a switch that cannot be read is an error: {outcome:?}");
    }
}
