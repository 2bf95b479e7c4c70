//! The suites can fail: each case is an implementation that breaks one promise, and the suite that has to say so.

#![expect(clippy::expect_used, reason = "a harness is a part of a test")]

mod cluster;
mod delivery;
mod issues;
mod publisher;
mod records;

use std::future::Future;

/// Checks that a suite panics, and that its words are about what is broken.
async fn check(broken: &str, suite: impl Future<Output = ()> + Send + 'static) {
    let outcome = tokio::spawn(suite).await;
    let panic = outcome.expect_err("the suite has not seen what is broken").into_panic();
    let said = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    let said = said.unwrap_or_default();
    assert!(said.contains(broken), "the suite fails, and not for {broken:?}: {said}");
}
