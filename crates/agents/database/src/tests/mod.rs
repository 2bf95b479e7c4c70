//! What the rules say of databases that fail and of those that only look so.

mod connections;
mod credentials;
mod fixtures;
mod port;
mod refusals;

use std::sync::Arc;

use lamplighter_core::Agent;
use lamplighter_core::diagnosis::SpecialistReport;
use lamplighter_testkit::context;

use self::fixtures::{MARIA, REDIS, codes, till_and};
use crate::Database;

#[test]
fn a_healthy_database_has_no_causes() {
    let scene = till_and(MARIA, 3306)
        .said("shop", "store", &["ready for connections. Version: '11.4' port: 3306"])
        .said("shop", "till", &["connected to store:3306", "read-only mode is off", "GET /orders 200 in 3 ms"]);
    assert!(codes(scene).is_empty());
    assert!(codes(till_and(REDIS, 6379).said("shop", "till", &["cache is warm"])).is_empty());
}

#[tokio::test(flavor = "current_thread")]
async fn it_is_an_agent_whose_report_can_be_sent() {
    let scene = till_and(MARIA, 3306).said("shop", "till", &["Error 1040: Too many connections"]).build();
    let report = Database::new().run(&context("example"), Arc::new(scene)).await.unwrap();
    assert_eq!((report.specialist.as_str(), report.causes.len()), ("database", 1));
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<SpecialistReport>(&json).unwrap(), report);
}
