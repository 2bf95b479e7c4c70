use lamplighter_core::cluster::Observed;
use lamplighter_core::diagnosis::{Cause, Culprit};
use lamplighter_testkit::objects::{PodBuilder, cluster, deployment, node};
use lamplighter_testkit::scene::{scene, scene_of};
use roxmltree::Document;
use serde_json::json;

use super::*;
use crate::Picture;

#[test]
fn a_cluster_with_a_cause_looks_like_this() {
    let scene = shop().build();
    let diagnosis = diagnosis(&scene, Cause::OomKilled, Culprit::app("shop", "store"));
    let svg = Picture::new(&scene).with_diagnosis(&diagnosis).svg();
    let (before, rest) = svg.split_once("<style>").unwrap();
    let (_, after) = rest.split_once("</style>").unwrap();
    insta::assert_snapshot!(format!("{before}<style/>{after}"));
}

#[test]
fn callers_stand_left_of_what_they_call() {
    let svg = Picture::new(&shop().build()).svg();
    let document = Document::parse(&svg).unwrap();
    let x = |app: &str| corner(&document, app).0;
    assert!(x("till") < x("basket") && x("basket") < x("store"));
}

#[test]
fn the_way_from_the_cause_to_what_people_notice_is_strong() {
    let scene = shop().build();
    let diagnosis = diagnosis(&scene, Cause::OomKilled, Culprit::app("shop", "store"));
    let svg = Picture::new(&scene).with_diagnosis(&diagnosis).svg();
    let document = Document::parse(&svg).unwrap();
    let strong: Vec<&str> = with_class(&document, "line")
        .iter()
        .filter(|line| line.descendants().any(|part| part.attribute("class") == Some("call way")))
        .filter_map(|line| line.first_element_child()?.text())
        .collect();
    // The basket is broken; the till is not, and nobody says that it suffers.
    assert_eq!(strong, ["basket calls store"]);
    let first = with_class(&document, "first");
    assert_eq!(first.len(), 1);
    assert!(first[0].first_element_child().unwrap().text().unwrap().contains("Root cause, 95 %"));
}

#[test]
fn what_suffers_is_at_the_end_of_the_way() {
    let scene = shop().build();
    let mut diagnosis = diagnosis(&scene, Cause::OomKilled, Culprit::app("shop", "store"));
    let cause = diagnosis.causes.remove(0).affecting(Culprit::app("shop", "till"));
    diagnosis.causes.push(cause);
    let svg = Picture::new(&scene).with_diagnosis(&diagnosis).svg();
    let document = Document::parse(&svg).unwrap();
    // One in the legend, and a line and its head for each call.
    let strong = with_class(&document, "way").iter().filter(|part| !part.has_children()).count();
    assert_eq!(strong, 2 + 2 * 2);
}

#[test]
fn each_state_has_a_sign_and_words_of_its_own() {
    let scene = scene(
        cluster()
            .workload(deployment("a", "fine"))
            .workload(deployment("a", "half").replicas(2).pod(0, PodBuilder::not_ready))
            .workload(deployment("a", "none").pods(PodBuilder::image_pull_failing))
            .workload(deployment("a", "idle").replicas(0)),
    )
    .call("fine", "elsewhere")
    .build();
    let svg = Picture::new(&scene).svg();
    let document = Document::parse(&svg).unwrap();
    for (state, words) in [
        ("works", "1/1 ready"),
        ("degraded", "1/2 ready"),
        ("down", "0/1 ready"),
        ("off", "wants no pods"),
        ("unknown", "not seen"),
    ] {
        let class = format!("tile {state} app");
        let tiles: Vec<_> =
            with_class(&document, "app").into_iter().filter(|it| it.attribute("class") == Some(&class)).collect();
        assert_eq!(tiles.len(), 1, "{state}");
        let said: String = tiles[0].descendants().filter_map(|node| node.text()).collect();
        assert!(said.contains(words), "{state}: {said}");
        assert!(tiles[0].children().any(|it| it.attribute("class") == Some(&format!("sign {state}"))), "{state}");
    }
}

#[test]
fn ready_pods_that_no_service_leads_to_are_down() {
    let pods = json!({"metadata": {"labels": {"app": "wiki"}}, "spec": {"containers": []}});
    let objects = |subsets: serde_json::Value| {
        [
            json!({"kind": "Deployment", "metadata": {"namespace": "a", "name": "wiki"},
                "spec": {"replicas": 1, "template": pods}, "status": {"readyReplicas": 1}}),
            json!({"kind": "Service", "metadata": {"namespace": "a", "name": "wiki"},
                "spec": {"selector": {"app": "wiki"}}}),
            json!({"kind": "Endpoints", "metadata": {"namespace": "a", "name": "wiki"}, "subsets": subsets}),
        ]
    };
    let state_of = |subsets| {
        let svg = Picture::new(&scene_of(objects(subsets)).build()).svg();
        let document = Document::parse(&svg).unwrap();
        with_class(&document, "app")[0].attribute("class").unwrap().to_owned()
    };
    assert_eq!(state_of(json!([])), "tile down app");
    assert_eq!(state_of(json!([{"addresses": [{"ip": "10.0.0.1"}]}])), "tile works app");
}

#[test]
fn a_node_at_fault_is_marked_where_it_stands() {
    let scene = scene(cluster().node(node("n1")).node(node("n2").not_ready())).build();
    let diagnosis = diagnosis(&scene, Cause::KubeletUnavailable, Culprit::node("n2"));
    let svg = Picture::new(&scene).with_diagnosis(&diagnosis).svg();
    let document = Document::parse(&svg).unwrap();
    let marked = with_class(&document, "first");
    assert!(marked[0].first_element_child().unwrap().text().unwrap().starts_with("node n2, not ready"));
}

#[test]
fn a_namespace_at_fault_is_marked_where_it_stands() {
    let scene = shop().build();
    let diagnosis = diagnosis(&scene, Cause::NamespaceCpuQuotaExceeded, Culprit::namespace("mail"));
    let svg = Picture::new(&scene).with_diagnosis(&diagnosis).svg();
    let document = Document::parse(&svg).unwrap();
    let frames = with_class(&document, "frame");
    assert_eq!(frames.iter().filter(|frame| frame.attribute("class") == Some("frame cause")).count(), 1);
}

#[test]
fn a_culprit_that_was_not_seen_is_drawn_all_the_same() {
    let scene = scene(cluster()).build();
    let diagnosis = diagnosis(&scene, Cause::AdmissionDenied, Culprit::app("shop", "ghost"));
    let svg = Picture::new(&scene).with_diagnosis(&diagnosis).svg();
    corner(&Document::parse(&svg).unwrap(), "ghost");
}

#[test]
fn what_could_not_be_read_is_said() {
    let scene = scene(cluster().change(|state| state.pods = Observed::Unknown("forbidden".to_owned()))).build();
    assert!(Picture::new(&scene).svg().contains("pods: forbidden"));
}

#[test]
fn pods_that_do_not_serve_are_named_on_their_node() {
    let svg = Picture::new(&shop().build()).svg();
    assert!(svg.contains("OOMKilled, in back-off:</text>") && svg.contains(">store-"), "{svg}");
}

#[test]
fn a_large_cluster_is_what_is_broken_and_its_neighbours() {
    let mut all = cluster();
    for at in 0..500 {
        let app = deployment(&format!("team-{:02}", at / 10), &format!("app-{at}"));
        all = all.workload(if at % 100 == 7 { app.pods(PodBuilder::image_pull_failing) } else { app });
    }
    let mut scene = scene(all);
    for at in 1..500 {
        scene = scene.call(&format!("app-{}", at - 1), &format!("app-{at}"));
    }
    let svg = Picture::new(&scene.build()).svg();
    let document = Document::parse(&svg).unwrap();
    // Five broken ones with a caller and a callee each.
    assert_eq!(with_class(&document, "app").len(), 15);
    assert!(svg.contains("and 7 others that work"), "of each namespace with a broken app");
    assert!(svg.contains("450 other apps in 45 namespaces, not drawn"));
    assert!(svg.len() < 200_000, "{} bytes", svg.len());
}
