use std::sync::Arc;

use lamplighter_core::cluster::{ClusterState, Observed};
use lamplighter_core::diagnosis::Scene;
use lamplighter_core::words::{Change, KnownIssue};
use lamplighter_core::{Actuator, Agent, Carried, Context, Guardrail, Guardrails, Result, Verdict, async_trait};
use lamplighter_testkit::ContextBuilder;
use lamplighter_testkit::fakes::FakeCluster;
use lamplighter_testkit::objects::{PodBuilder, cluster, deployment, pod};

use crate::{HealthSettings, Repairer, Repairs};

/// The rules themselves are tested where they are; here they allow everything.
struct Anything;

#[async_trait]
impl Guardrail<Change> for Anything {
    fn name(&self) -> &'static str {
        "anything"
    }

    async fn check(&self, _: &Context, _: &Change) -> Result<Verdict> {
        Ok(Verdict::allow("a test"))
    }
}

async fn repair_with(state: ClusterState, settings: HealthSettings, apply: bool) -> (Repairs, usize) {
    let fake = Arc::new(FakeCluster::new(state.clone()));
    let guardrails = Guardrails::new(vec![Arc::new(Anything) as Arc<dyn Guardrail<Change>>]);
    let actuator = Actuator::new(guardrails, fake.clone()).with_cluster(fake.clone());
    let cx = ContextBuilder::new("health/repairs");
    let cx = if apply { cx.apply() } else { cx }.build();
    let scene = Arc::new(Scene::new(Arc::new(state)));
    let repairs = Repairer::new(settings, actuator).run(&cx, scene).await.unwrap();
    (repairs, fake.executed().len())
}

async fn repair(state: ClusterState) -> (Repairs, usize) {
    repair_with(state, HealthSettings::default(), true).await
}

fn wiki(edit: impl Fn(PodBuilder) -> PodBuilder + Clone + Send + 'static) -> ClusterState {
    cluster().workload(deployment("apps", "wiki").pods(edit)).build()
}

#[tokio::test]
async fn the_remains_of_evicted_and_failed_pods_are_deleted() {
    for state in [wiki(PodBuilder::evicted), wiki(PodBuilder::failed)] {
        let (repairs, executed) = repair(state).await;
        assert_eq!((repairs.repairs.len(), executed), (1, 1), "{repairs:#?}");
        assert!(repairs.repairs[0].is_done() && repairs.left_alone.is_empty());
        assert!(repairs.repairs[0].what.contains("it has failed"), "{repairs:#?}");
    }
}

#[tokio::test]
async fn a_pod_is_restarted_after_more_than_ten_crashes() {
    for (crashes, expected) in [(10, 0), (11, 1)] {
        let (repairs, executed) = repair(wiki(move |pod| pod.crash_looping(crashes))).await;
        assert_eq!((repairs.repairs.len(), executed), (expected, expected), "{crashes}: {repairs:#?}");
    }
}

#[tokio::test]
async fn what_works_or_is_on_its_way_out_is_left_alone() {
    for state in [wiki(|pod| pod), wiki(|pod| pod.restarted(40)), wiki(|pod| pod.crash_looping(40).terminating())] {
        assert_eq!(repair(state).await, (Repairs::default(), 0));
    }
    let unread = ClusterState { pods: Observed::default(), ..wiki(PodBuilder::evicted) };
    assert_eq!(repair(unread).await.1, 0);
}

#[tokio::test]
async fn what_nothing_recreates_is_left_alone_with_the_reason() {
    let by_hand = cluster().pod(pod("apps", "by-hand").failed()).build();
    let of_job = cluster().pod(pod("apps", "backup-1").failed().owned_by("Job", "backup", "u-job")).build();
    for state in [by_hand, of_job] {
        let (repairs, executed) = repair(state).await;
        assert_eq!((repairs.repairs.len(), executed), (0, 0));
        assert!(repairs.left_alone[0].contains("no workload would recreate it"), "{repairs:#?}");
    }
}

#[tokio::test]
async fn a_dry_run_says_what_it_would_do() {
    let (repairs, executed) = repair_with(wiki(PodBuilder::evicted), HealthSettings::default(), false).await;
    assert_eq!(executed, 0);
    assert!(repairs.repairs[0].would_be_done() && !repairs.repairs[0].is_done(), "{repairs:#?}");
    assert!(matches!(repairs.repairs[0].outcome, Carried::Refused { .. }));
}

#[tokio::test]
async fn what_is_known_or_ignored_is_not_touched() {
    let known =
        HealthSettings { known_issues: vec![KnownIssue::new("wiki", "is broken on purpose")], ..Default::default() };
    let ignored = HealthSettings { ignored_namespaces: vec!["apps".to_owned()], ..Default::default() };
    for settings in [known, ignored] {
        assert_eq!(repair_with(wiki(PodBuilder::evicted), settings, true).await.1, 0);
    }
}
