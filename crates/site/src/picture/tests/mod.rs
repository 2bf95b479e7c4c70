//! What a picture shows, and what it never does.

mod always;
mod shows;

use lamplighter_core::diagnosis::{Cause, Culprit, Diagnosis, Likelihood, RootCause, Scene};
use lamplighter_core::words::{Health, ObjectRef, Severity, Triage, Trigger};
use lamplighter_testkit::objects::{ClusterBuilder, PodBuilder, cluster, deployment, node};
use lamplighter_testkit::scene::{SceneBuilder, scene};

/// A diagnosis of one cause.
fn diagnosis(scene: &Scene, cause: Cause, culprit: Culprit) -> Diagnosis {
    let evidence = scene.finding("seen", ObjectRef::global("test", "test"));
    let cause =
        RootCause::new(cause, culprit, Likelihood::STATED, evidence).then("The store ends.").then("Nobody pays.");
    let triage = Triage {
        health: Health::Down,
        severity: Some(Severity::Sev2),
        reasons: Vec::new(),
        services: Vec::new(),
        namespaces: Vec::new(),
        domains: Vec::new(),
        window: None,
        trigger: Trigger::Unknown,
        nodes: Vec::new(),
        critical_findings: Vec::new(),
        specialists: Vec::new(),
    };
    Diagnosis {
        verdict: Health::Down,
        severity: Some(Severity::Sev2),
        reasons: Vec::new(),
        causes: vec![cause],
        taken_at: scene.taken_at(),
        source: scene.source(),
        gaps: vec!["metrics: were not read".to_owned()],
        lost: Vec::new(),
        triage,
        reports: Vec::new(),
    }
}

/// A till that calls a basket that calls a store which runs out of memory, and a mailer that nothing calls.
fn shop() -> SceneBuilder {
    scene(shop_cluster()).call("till", "basket").call("basket", "store").call("till", "clock")
}

fn shop_cluster() -> ClusterBuilder {
    cluster()
        .node(node("n1"))
        .node(node("n2").under("MemoryPressure"))
        .workload(deployment("shop", "till"))
        .workload(deployment("shop", "basket").replicas(2).pod(1, PodBuilder::not_ready))
        .workload(deployment("shop", "store").pods(|pod| pod.out_of_memory(7)))
        .workload(deployment("mail", "mailer"))
}

/// The elements of a picture with a class.
fn with_class<'a>(document: &'a roxmltree::Document<'_>, class: &'a str) -> Vec<roxmltree::Node<'a, 'a>> {
    let has = |node: &roxmltree::Node<'_, '_>| {
        node.attribute("class").is_some_and(|classes| classes.split(' ').any(|one| one == class))
    };
    document.root().descendants().filter(has).collect()
}

fn number(node: &roxmltree::Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).unwrap_or("0").parse().unwrap()
}

/// The upper left corner of an app's box.
fn corner(document: &roxmltree::Document<'_>, app: &str) -> (f64, f64) {
    let tiles = with_class(document, "app");
    let named = |tile: &&roxmltree::Node<'_, '_>| {
        tile.children().any(|node| node.attribute("class") == Some("name") && node.text() == Some(app))
    };
    let tile = tiles.iter().find(named).unwrap_or_else(|| panic!("{app} is drawn"));
    let rect = tile.children().find(|node| node.attribute("class") == Some("box")).unwrap();
    (number(&rect, "x"), number(&rect, "y"))
}
