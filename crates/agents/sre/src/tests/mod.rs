//! What the rules say of broken workloads and of those that only look so.

mod crashes;
mod fixtures;
mod load;
mod memory;
mod probes;

#[tokio::test(flavor = "current_thread")]
async fn it_is_an_agent_whose_report_can_be_sent() {
    use std::sync::Arc;

    use lamplighter_core::Agent;
    use lamplighter_core::diagnosis::SpecialistReport;
    use lamplighter_testkit::context;

    let scene = fixtures::ledger(&serde_json::json!({}), &fixtures::restarted(4, 137, "OOMKilled")).build();
    let report = crate::Sre::new().run(&context("example"), Arc::new(scene)).await.unwrap();
    assert_eq!((report.specialist.as_str(), report.causes.len()), ("sre", 1));
    let json = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<SpecialistReport>(&json).unwrap(), report);
}
