//! Scenes, and the rules that look at them.

use lamplighter_core::cluster::Observed;
use lamplighter_core::diagnosis::{
    Cause, Culprit, Examination, Likelihood, LogBook, LogGroup, LogStream, RootCause, Rule, Scene, Signal, Signals,
    Specialist, Subject,
};
use lamplighter_core::ports::{Sample, Series};
use lamplighter_testkit::fakes::FakeClock;
use lamplighter_testkit::objects::{cluster, deployment, service};
use lamplighter_testkit::scene::{scene, scene_of};
use serde_json::json;

#[test]
fn an_address_means_the_service_that_dns_would_find() {
    let scene = scene_of([
        json!({"kind": "Service", "metadata": {"namespace": "apps", "name": "store"}, "spec": {"clusterIP": "10.1.2.3"}}),
        json!({"kind": "Service", "metadata": {"namespace": "data", "name": "store"}}),
    ])
    .build();
    let at = |address: &str| {
        let (service, port) = scene.service_at("apps", address)?;
        Some((service.metadata.namespace().to_owned(), port))
    };
    let apps = |port| Some(("apps".to_owned(), port));
    let data = |port| Some(("data".to_owned(), port));
    let cases = [
        ("store", apps(None)),
        ("store:6379", apps(Some(6379))),
        ("http://store:80/path?x=1", apps(Some(80))),
        ("redis://:word@store:6379/0", apps(Some(6379))),
        ("tcp(store:3306)", apps(Some(3306))),
        ("10.1.2.3:6379", apps(Some(6379))),
        ("store.data", data(None)),
        ("store.data.svc:1", data(Some(1))),
        ("store.data.svc.cluster.local:1", data(Some(1))),
        ("store.example.org", None),
        ("store.data.example.org", None),
        ("store:notaport", None),
        ("", None),
        ("a sentence about a store", None),
        ("elsewhere", None),
    ];
    for (address, expected) in cases {
        assert_eq!(at(address), expected, "{address:?}");
    }
}

#[test]
fn workloads_call_what_they_are_configured_with() {
    let page = deployment("apps", "page").template(|pod| pod.env("STORE_URL", "http://store:80"));
    let state = cluster().workload(page).workload(deployment("apps", "store")).service(service("apps", "store"));
    let scene = scene(state).call("edge", "page").build();
    assert_eq!(scene.calls.iter().collect::<Vec<_>>(), [("edge", "page"), ("page", "store")]);
    assert!(scene.calls.depends_on("edge", "store"));
}

#[test]
fn lines_are_kept_by_app_and_in_kinds() {
    let stream = |previous, lines: &[&str]| LogStream {
        namespace: "apps".to_owned(),
        pod: "wiki-0".to_owned(),
        container: "web".to_owned(),
        previous,
        app: "wiki".to_owned(),
        lines: lines.iter().map(|line| (*line).to_owned()).collect(),
    };
    let group =
        LogGroup { namespace: "apps".to_owned(), service: "wiki".to_owned(), count: 70, sample: "refused".to_owned() };
    let book =
        LogBook::new(vec![stream(false, &["took 7 ms", "took 9 ms"]), stream(true, &["panic: nil"])], vec![group]);
    let said: Vec<_> = book.of_app("apps", "wiki").map(|said| (said.text, said.count, said.previous)).collect();
    assert_eq!(said, [("took 9 ms", 2, false), ("panic: nil", 1, true), ("refused", 70, false)]);
    assert_eq!(book.of_app("other", "wiki").count(), 0);
    assert_eq!(book.apps().collect::<Vec<_>>(), [("apps", "wiki")]);
}

#[test]
fn a_series_is_about_what_its_labels_say() {
    let cases = [
        (Signal::CpuUsage, json!({"service": "wiki", "namespace": "apps"}), app("apps", "wiki")),
        (Signal::CpuUsage, json!({"pod": "wiki-0", "namespace": "apps"}), app("apps", "wiki")),
        (Signal::CpuUsage, json!({"pod": "other-0", "namespace": "apps"}), app("apps", "other-0")),
        (Signal::NodeCpu, json!({"instance": "10.0.0.1:9100"}), Subject::Node("n1".to_owned())),
        (Signal::NodeCpu, json!({"instance": "n9"}), Subject::Node("n9".to_owned())),
        (
            Signal::VolumeUsed,
            json!({"persistentvolumeclaim": "pages", "namespace": "apps", "instance": "10.0.0.1:10250"}),
            Subject::Claim { namespace: "apps".to_owned(), name: "pages".to_owned() },
        ),
        (Signal::SecretStoreSealed, json!({"instance": "vault:8200"}), Subject::Target("vault:8200".to_owned())),
    ];
    for (signal, labels, expected) in cases {
        let labels = serde_json::from_value(labels).unwrap();
        let mut signals = Signals::default();
        let samples = vec![Sample { at: FakeClock::START, value: 1.0 }];
        let app_of_pod = |_: &str, pod: &str| (pod == "wiki-0").then(|| "wiki".to_owned());
        let node_at = |instance: &str| (instance == "10.0.0.1:9100").then(|| "n1".to_owned());
        signals.add(signal, vec![Series { labels, samples }], app_of_pod, node_at);
        assert_eq!(signals.of(signal).next().map(|series| &series.subject), Some(&expected));
    }
}

fn app(namespace: &str, name: &str) -> Subject {
    Subject::App { namespace: namespace.to_owned(), name: name.to_owned() }
}

/// A rule that names what it is told.
struct Says(&'static str, f64);

impl Rule for Says {
    fn name(&self) -> &'static str {
        self.0
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::OomKilled]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let culprit = Culprit::app("apps", "wiki");
        let finding = scene.finding(self.0, culprit.object());
        examination.name(RootCause::new(Cause::OomKilled, culprit, Likelihood::new(self.1), finding));
        if let Observed::Unknown(reason) = &scene.alerts {
            examination.gap(reason.as_str());
        }
    }
}

#[test]
fn a_cause_that_two_rules_name_is_named_once_and_is_the_likelier() {
    let specialist = Specialist::new("sre", vec![Box::new(Says("limit", 0.5)), Box::new(Says("event", 0.6))]);
    let report = specialist.examine(&scene(cluster()).build());
    let [cause] = report.causes.as_slice() else { panic!("named once: {:?}", report.causes) };
    assert!((cause.confidence.get() - 0.8).abs() < 1e-9);
    assert_eq!(cause.evidence.iter().map(|finding| finding.summary.as_str()).collect::<Vec<_>>(), ["limit", "event"]);
    assert_eq!(report.gaps, Vec::<String>::new());
}

#[test]
fn one_rule_that_names_a_cause_twice_is_not_the_surer_for_it() {
    let specialist = Specialist::new("sre", vec![Box::new(Says("limit", 0.5)), Box::new(Says("limit", 0.5))]);
    let report = specialist.examine(&scene(cluster()).build());
    assert!((report.causes[0].confidence.get() - 0.5).abs() < 1e-9);
    assert_eq!(report.causes[0].named_by, "sre/limit");
}
