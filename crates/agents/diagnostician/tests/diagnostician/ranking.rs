use lamplighter_core::Error;
use lamplighter_core::diagnosis::{Cause, Culprit, Likelihood, RootCause, SpecialistReport};
use lamplighter_core::words::Health;
use lamplighter_testkit::objects::{cluster, deployment, node};
use lamplighter_testkit::scene::{SceneBuilder, scene};

use crate::{app, cause, diagnose, finding, gives, says, triage};

/// A page that calls a basket that calls a store, each with a pod on `n1`.
fn town() -> SceneBuilder {
    let on = |name| deployment("apps", name).pods(|pod| pod.on("n1"));
    let state = cluster().node(node("n1")).node(node("n2"));
    let state = state.workload(on("page")).workload(on("basket")).workload(on("store"));
    scene(state).call("page", "basket").call("basket", "store")
}

async fn ranked(named: Vec<RootCause>) -> Vec<String> {
    let diagnosis = diagnose(town().build(), triage(Health::Down, None), vec![says("sre", named)]).await;
    diagnosis.causes.iter().map(|cause| format!("{} {}", cause.culprit, cause.cause)).collect()
}

#[tokio::test]
async fn the_cause_comes_before_what_it_brings_about_however_loud_that_is() {
    let (shown, stated) = (Likelihood::SHOWN, Likelihood::STATED);
    let cases = [
        // What a service suffers from is in the one that it calls, directly or not.
        (cause(Cause::OomKilled, app("store"), shown), cause(Cause::ServerErrors, app("page"), stated)),
        (cause(Cause::PodCpuOverload, app("store"), shown), cause(Cause::PodNetworkDelay, app("page"), stated)),
        // A node takes its pods with it.
        (
            cause(Cause::KubeletUnavailable, Culprit::node("n1"), shown),
            cause(Cause::ReadinessProbeIncorrectPort, app("basket"), stated),
        ),
        (
            cause(Cause::KubeletUnavailable, Culprit::node("n1"), shown),
            cause(Cause::NodeUnavailable, Culprit::node("n1"), stated),
        ),
        // Nothing is placed without a scheduler.
        (
            cause(Cause::KubeSchedulerUnavailable, Culprit::node("n2"), shown),
            cause(Cause::CpuCapacityMismatch, app("store"), stated),
        ),
        // What was never admitted cannot be found.
        (
            cause(Cause::NamespaceServiceQuotaExceeded, Culprit::namespace("apps"), shown),
            cause(Cause::ServiceDnsResolutionFailure, app("store"), stated),
        ),
        // That it fails is less than why.
        (
            cause(Cause::VolumeMountPermissionDenied, app("store"), Likelihood::LIKELY),
            cause(Cause::ApplicationCrash, app("store"), shown),
        ),
        // What says itself whom it hurts.
        (
            cause(Cause::MissingSecretBinding, app("page"), shown).affecting(app("store")),
            cause(Cause::PodNetworkDelay, app("store"), stated),
        ),
    ];
    for (root, symptom) in cases {
        let expected = format!("{} {}", root.culprit, root.cause);
        for order in [vec![root.clone(), symptom.clone()], vec![symptom, root]] {
            let ranked = ranked(order).await;
            assert_eq!(ranked.first(), Some(&expected), "{ranked:?}");
            assert_eq!(ranked.len(), 2, "what is explained is still said: {ranked:?}");
        }
    }
}

#[tokio::test]
async fn what_has_nothing_to_do_with_it_is_not_pushed_down() {
    let cases = [
        // The store does not call the page.
        (
            cause(Cause::OomKilled, app("page"), Likelihood::SHOWN),
            cause(Cause::ServerErrors, app("store"), Likelihood::STATED),
        ),
        // Nothing of the basket runs there.
        (
            cause(Cause::KubeletUnavailable, Culprit::node("n2"), Likelihood::SHOWN),
            cause(Cause::OomKilled, app("basket"), Likelihood::STATED),
        ),
        // A guess explains nothing.
        (
            cause(Cause::OomKilled, app("store"), Likelihood::POSSIBLE),
            cause(Cause::ServerErrors, app("page"), Likelihood::LIKELY),
        ),
    ];
    for (other, likelier) in cases {
        let expected = format!("{} {}", likelier.culprit, likelier.cause);
        assert_eq!(ranked(vec![other, likelier]).await.first(), Some(&expected));
    }
}

#[tokio::test]
async fn specialists_that_agree_are_believed_more_than_one_that_is_surer() {
    let one = cause(Cause::OomKilled, app("store"), Likelihood::new(0.7));
    let mut other = one.clone();
    other.evidence = vec![finding("working set at its limit", &one.culprit)];
    let surer = cause(Cause::CertificateExpired, app("basket"), Likelihood::new(0.8));
    let specialists = vec![says("sre", vec![one]), says("observability", vec![other]), says("security", vec![surer])];
    let diagnosis = diagnose(town().build(), triage(Health::Down, None), specialists).await;
    let first = &diagnosis.causes[0];
    assert_eq!(first.cause, Cause::OomKilled);
    assert_eq!((first.evidence.len(), diagnosis.causes.len()), (2, 2), "said once, with the evidence of both");
    assert!(first.confidence > Likelihood::new(0.9));
}

#[tokio::test]
async fn a_specialist_that_fails_is_a_gap_and_the_others_are_heard() {
    let fails = gives("network", |_| Err::<SpecialistReport, _>(Error::internal("out of its depth")));
    let panics = gives("database", |_| -> lamplighter_core::Result<SpecialistReport> { panic!("a bug") });
    let named = cause(Cause::OomKilled, app("store"), Likelihood::STATED);
    let specialists = vec![fails, panics, says("sre", vec![named])];
    let diagnosis = diagnose(town().build(), triage(Health::Down, None), specialists).await;
    assert_eq!(diagnosis.causes.len(), 1);
    for member in ["network", "database"] {
        assert!(diagnosis.gaps.iter().any(|gap| gap.starts_with(member)), "{:?}", diagnosis.gaps);
    }
}

#[tokio::test]
async fn the_same_names_in_any_order_give_the_same_answer() {
    let named = vec![
        cause(Cause::OomKilled, app("store"), Likelihood::SHOWN),
        cause(Cause::OomKilled, app("basket"), Likelihood::SHOWN),
        cause(Cause::ImageRegistryDnsFailure, app("page"), Likelihood::SHOWN),
    ];
    let mut reversed = named.clone();
    reversed.reverse();
    assert_eq!(ranked(named).await, ranked(reversed).await);
}
