use lamplighter_core::cluster::Observed;
use lamplighter_core::ports::MonitorState;
use lamplighter_core::words::{CheckStatus, Finding, KnownIssue, ObjectRef, Severity, Source, Tier};
use lamplighter_testkit::fakes::FakeClock;
use lamplighter_testkit::objects::{
    PodBuilder, WorkloadBuilder, claim, cluster, deployment, event, job, node, pod, service, stateful_set,
};

use super::{Case, entry, result, town};
use crate::TriageSettings;

#[track_caller]
fn check(case: &Case, severity: impl Into<Option<Severity>>, because: &str) {
    let triage = case.triage();
    assert_eq!(triage.severity, severity.into(), "{triage:#?}");
    assert!(triage.reasons.iter().any(|reason| reason.contains(because)), "{because}: {:#?}", triage.reasons);
}

fn wiki() -> WorkloadBuilder {
    deployment("apps", "wiki")
}

fn down(name: &str) -> WorkloadBuilder {
    deployment("apps", name).pods(|pod| pod.crash_looping(9))
}

#[test]
fn nothing_wrong_has_no_severity() {
    check(&Case::of(town()), None, "nothing confirms it");
}

#[test]
fn one_service_is_judged_by_its_tier_and_by_how_much_of_it_is_gone() {
    let broken =
        |unready: u32| (0..unready).fold(wiki().replicas(4), |wiki, index| wiki.pod(index, |pod| pod.crash_looping(3)));
    for (tier, unready, severity) in [
        (Tier::Optional, 4, Severity::Sev3),
        (Tier::Optional, 1, Severity::Sev3),
        (Tier::Important, 4, Severity::Sev2),
        (Tier::Important, 2, Severity::Sev2),
        (Tier::Important, 1, Severity::Sev3),
        (Tier::Critical, 4, Severity::Sev1),
        (Tier::Critical, 1, Severity::Sev2),
    ] {
        let case = Case::of(town().workload(broken(unready))).cataloged(entry("wiki", tier));
        check(&case, severity, "wiki");
    }
    // What is in no catalog is important.
    check(&Case::of(town().workload(broken(4))), Severity::Sev2, "apps/wiki is down");
}

#[test]
fn several_services_down_are_sev1() {
    let two = town().workload(down("wiki")).workload(down("shop"));
    check(&Case::of(two), Severity::Sev1, "2 services that matter are down: apps/shop, apps/wiki");
    let optional =
        Case::of(town().workload(down("wiki")).workload(down("shop"))).cataloged(entry("shop", Tier::Optional));
    check(&optional, Severity::Sev2, "wiki is down");
    let settings = TriageSettings { several_services: 3, ..TriageSettings::default() };
    let case = Case::of(town().workload(down("wiki")).workload(down("shop")));
    assert_eq!(case.agent().with_settings(settings).triage(&case.input()).severity, Some(Severity::Sev2));
}

#[test]
fn what_others_depend_on_is_known_by_well_known_labels() {
    for (key, value, role) in [
        ("k8s-app", "kube-dns", "cluster DNS"),
        ("app.kubernetes.io/name", "traefik", "an ingress controller"),
        ("app.kubernetes.io/name", "ingress-nginx", "an ingress controller"),
        ("gateway.networking.k8s.io/gateway-name", "any", "an ingress controller"),
        ("app.kubernetes.io/name", "authentik", "the sign-on"),
        ("app.kubernetes.io/name", "cloudflared", "a tunnel"),
    ] {
        let labelled =
            deployment("apps", "some-name").template(|pod| pod.label(key, value)).pods(|pod| pod.crash_looping(2));
        check(&Case::of(town().workload(labelled)), Severity::Sev1, role);
    }
}

#[test]
fn the_catalog_knows_better_than_labels() {
    let dns =
        deployment("apps", "wiki").template(|pod| pod.label("k8s-app", "kube-dns")).pods(|pod| pod.crash_looping(2));
    check(&Case::of(town().workload(dns)).cataloged(entry("wiki", Tier::Optional)), Severity::Sev3, "wiki");
}

#[test]
fn a_static_pod_of_the_control_plane_is_critical() {
    let api = pod("kube-system", "kube-apiserver-n1")
        .label("tier", "control-plane")
        .label("component", "kube-apiserver")
        .owned_by("Node", "n1", "u")
        .not_ready();
    check(&Case::of(town().pod(api)), Severity::Sev1, "the control plane");
}

#[test]
fn a_node_that_is_not_ready_or_not_heard_of_is_sev1() {
    check(&Case::of(town().node(node("n2").not_ready())), Severity::Sev1, "n2");
    check(&Case::of(town().node(node("n2").unreachable())), Severity::Sev1, "n2");
    let triage = Case::of(town().node(node("n2").cordoned())).triage();
    assert_eq!(triage.severity, None);
    assert_eq!(triage.nodes.len(), 1, "a cordoned node is mentioned: {triage:#?}");
}

#[test]
fn data_at_risk_is_sev1() {
    check(&Case::of(town().claim(claim("apps", "data").lost())), Severity::Sev1, "data is at risk");

    let database = |image: &str| {
        let pod = |pod: PodBuilder| pod.claim("data").waiting("ContainerCreating", "");
        stateful_set("apps", "db").image(image).pods(pod)
    };
    let stranded = |image: &str| Case::of(town().workload(database(image)).claim(claim("apps", "data").pending()));
    check(&stranded("registry.example/library/postgres:17"), Severity::Sev1, "waits for its storage");
    check(&stranded("postgres@sha256:0123"), Severity::Sev1, "waits for its storage");
    check(&stranded("registry.example/postgres-exporter:1"), Severity::Sev2, "is down");
    let mounted = Case::of(town().workload(database("postgres:17")).claim(claim("apps", "data")));
    check(&mounted, Severity::Sev2, "is down");
    let about = ObjectRef::pod("apps", "db-0");
    let unattached =
        town().workload(database("postgres:17")).event(event(&about, "FailedAttachVolume", "multi-attach"));
    check(&Case::of(unattached), Severity::Sev1, "FailedAttachVolume: multi-attach");
}

#[test]
fn over_half_of_the_pods_unhealthy_is_sev1() {
    let degraded =
        |name: &str| deployment("apps", name).replicas(3).pod(0, PodBuilder::not_ready).pod(1, PodBuilder::not_ready);
    check(
        &Case::of(cluster().node(node("n1")).workload(degraded("wiki")).workload(degraded("shop"))),
        Severity::Sev1,
        "4 of 6 pods",
    );
    // Too few to be a majority of anything.
    check(&Case::of(cluster().node(node("n1")).workload(degraded("wiki"))), Severity::Sev2, "badly degraded");
    // One service, and large enough.
    let large = deployment("apps", "wiki").replicas(5).without_pods(3);
    check(&Case::of(cluster().node(node("n1")).workload(large)), Severity::Sev1, "3 of 5 pods");
    // Exactly half.
    let half = cluster().node(node("n1")).workload(deployment("apps", "wiki").replicas(3));
    let half = half.workload(deployment("apps", "shop").replicas(3).pods(PodBuilder::not_ready));
    check(&Case::of(half), Severity::Sev2, "shop is down");
}

#[test]
fn pods_that_were_never_created_count_as_unhealthy() {
    check(
        &Case::of(cluster().node(node("n1")).workload(wiki().replicas(6).without_pods(4))),
        Severity::Sev1,
        "4 of 6 pods",
    );
}

#[test]
fn what_should_serve_and_is_scaled_to_zero_or_gone_counts_as_unhealthy() {
    let four = || {
        cluster()
            .node(node("n1"))
            .workload(wiki().replicas(4).pod(0, PodBuilder::not_ready).pod(1, PodBuilder::not_ready))
    };
    let off = four().workload(deployment("apps", "shop").replicas(0));
    check(&Case::of(off).cataloged(entry("shop", Tier::Optional)), Severity::Sev1, "3 of 5 pods");
    check(&Case::of(four()).cataloged(entry("shop", Tier::Optional)), Severity::Sev1, "3 of 5 pods");
}

#[test]
fn a_failed_job_is_sev3_by_its_scan() {
    let object = ObjectRef::namespaced("job", "apps", "backup");
    let finding = Finding::new("job apps/backup has failed", object, Source::new("test"), FakeClock::START);
    let failed = result("jobs-failed", CheckStatus::Fail, Some(Severity::Sev3), vec![finding]);
    check(&Case::of(town().job(job("apps", "backup").failed(3))).checked(failed), Severity::Sev3, "jobs-failed");
}

#[test]
fn what_the_scan_says_of_parts_of_services_is_judged_by_their_tier() {
    let finding = Finding::new("has no ready pod", wiki_object(), Source::new("test"), FakeClock::START);
    let scan = result("deployments", CheckStatus::Fail, Some(Severity::Sev2), vec![finding]);
    let case = Case::of(town().workload(down("wiki"))).cataloged(entry("wiki", Tier::Optional)).checked(scan);
    check(&case, Severity::Sev3, "which is optional");
}

fn wiki_object() -> ObjectRef {
    ObjectRef::namespaced("deployment", "apps", "wiki")
}

#[test]
fn pods_of_jobs_and_completed_ones_count_for_nothing() {
    let pods = (0..30).fold(town(), |cluster, n| {
        let completed = pod("apps", &format!("done-{n}")).completed();
        let failed = pod("apps", &format!("failed-{n}")).owned_by("Job", "backup", "u").failed();
        cluster.pod(completed).pod(failed)
    });
    check(&Case::of(pods), None, "nothing confirms it");
}

#[test]
fn remains_of_evicted_pods_count_for_nothing() {
    let wiki = wiki().replicas(2);
    let state = town().workload(wiki).change(|state| {
        let Observed::Seen(pods) = &mut state.pods else { panic!("pods were seen") };
        let template = pods.iter().find(|pod| pod.metadata.namespace() == "apps").unwrap().clone();
        for n in 0..20 {
            let mut evicted = template.clone();
            evicted.metadata.name = format!("evicted-{n}");
            evicted.status = pod("apps", "any").evicted().build().status;
            pods.push(evicted);
        }
    });
    check(&Case::of(state), None, "nothing confirms it");
}

#[test]
fn a_monitor_down_counts_though_the_cluster_sees_nothing() {
    let site =
        |tier, state| Case::of(town().workload(wiki())).cataloged(entry("wiki", tier)).monitor("wiki site", state);
    check(&site(Tier::Important, MonitorState::Down), Severity::Sev2, "seen down from outside");
    check(&site(Tier::Optional, MonitorState::Down), Severity::Sev3, "wiki");
    check(&site(Tier::Important, MonitorState::Pending), Severity::Sev3, "comes and goes");
    check(&site(Tier::Important, MonitorState::Maintenance), None, "in maintenance");
    check(&site(Tier::Important, MonitorState::Unknown), None, "unknown");
    let all = site(Tier::Important, MonitorState::Down).monitor("somewhere else", MonitorState::Down);
    check(&all, Severity::Sev1, "2 services that matter are down");
}

#[test]
fn known_issues_and_ignored_namespaces_do_not_count() {
    let case = Case::of(town().workload(down("wiki")));
    let with = |settings: TriageSettings| case.agent().with_settings(settings).triage(&case.input());
    let known = KnownIssue::new("wiki", "is being moved").in_namespace("apps");
    let triage = with(TriageSettings { known_issues: vec![known], ..Default::default() });
    assert_eq!(triage.severity, None);
    assert!(triage.reasons.iter().any(|reason| reason.starts_with("known and not counted: apps/wiki")), "{triage:#?}");
    let triage = with(TriageSettings { ignored_namespaces: vec!["apps".to_owned()], ..Default::default() });
    assert_eq!(triage.severity, None);
}

#[test]
fn a_service_that_leads_nowhere_is_down_though_its_pods_are_ready() {
    let lost = town().workload(wiki()).service(service("apps", "wiki").selecting("wikii"));
    check(&Case::of(lost), Severity::Sev2, "does not lead to");
    let found = town().workload(wiki()).service(service("apps", "wiki"));
    check(&Case::of(found), None, "nothing confirms it");
}
