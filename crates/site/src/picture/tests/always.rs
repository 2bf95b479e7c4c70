use lamplighter_core::diagnosis::{Cause, Culprit, Scene};
use lamplighter_core::words::Source;
use lamplighter_testkit::objects::{PodBuilder, cluster, deployment, node};
use lamplighter_testkit::scene::scene;
use proptest::prelude::*;
use roxmltree::{Document, Node};

use super::*;
use crate::Picture;
use crate::svg::Area;
use crate::text::width;

/// Font sizes by class, as the style sheet has them, with what bold adds.
const SIZES: [(&str, f64); 5] = [("name", 14.5), ("words", 12.0), ("label", 13.4), ("soft", 12.0), ("title", 15.8)];

#[test]
fn the_same_cluster_gives_the_same_bytes() {
    let draw = || {
        let scene = shop().build();
        let diagnosis = diagnosis(&scene, Cause::OomKilled, Culprit::app("shop", "store"));
        Picture::new(&scene).with_diagnosis(&diagnosis).svg()
    };
    assert_eq!(draw(), draw());
}

#[test]
fn an_empty_cluster_one_app_and_a_circle_are_drawn() {
    check(&scene(cluster()).build(), 0);
    check(&scene(cluster().workload(deployment("a", "only"))).build(), 1);
    let circle = cluster().workload(deployment("a", "x")).workload(deployment("a", "y"));
    check(&scene(circle).call("x", "y").call("y", "x").call("x", "x").build(), 2);
}

#[test]
fn the_description_and_the_title_are_there_for_those_who_do_not_see() {
    let scene = shop().build();
    let diagnosis = diagnosis(&scene, Cause::OomKilled, Culprit::app("shop", "store"));
    let svg = Picture::new(&scene).with_diagnosis(&diagnosis).svg();
    let document = Document::parse(&svg).unwrap();
    let root = document.root_element();
    assert_eq!(root.attribute("role"), Some("img"));
    let labels: Vec<&str> = root.attribute("aria-labelledby").unwrap().split(' ').collect();
    let told = |id: &str| root.children().find(|child| child.attribute("id") == Some(id)).and_then(|it| it.text());
    assert!(told(labels[0]).unwrap().starts_with("Down, SEV2: "));
    let description = told(labels[1]).unwrap();
    for said in ["oom_killed", "95 %", "Nobody pays.", "store in shop: down", "1 app down"] {
        assert!(description.contains(said), "{said}: {description}");
    }
}

fn area(node: &Node<'_, '_>) -> Area {
    let [x, y, width, height] = ["x", "y", "width", "height"].map(|name| number(node, name));
    Area { x, y, width, height }
}

fn overlap(a: Area, b: Area) -> bool {
    a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
}

/// Everything that holds of every picture.
fn check(scene: &Scene, apps: usize) {
    for most in [0, 5, 80] {
        let svg = Picture::new(scene).showing_at_most(most).svg();
        let document = Document::parse(&svg).unwrap_or_else(|error| panic!("{error}: {svg}"));
        let whole = document.root_element();
        let (wide, high) = (number(&whole, "width"), number(&whole, "height"));

        assert!(!document.descendants().any(|it| it.has_tag_name("script") || it.has_tag_name("image")));
        let loads =
            |it: Node<'_, '_>| it.attributes().any(|it| it.name().contains("href") || it.name().starts_with("on"));
        assert!(!document.descendants().any(loads) && !svg.contains("url(") && !svg.contains("@import"));

        let boxes: Vec<Area> = with_class(&document, "box").iter().map(area).collect();
        for (at, a) in boxes.iter().enumerate() {
            assert!(a.x >= 0.0 && a.y >= 0.0 && a.right() <= wide && a.bottom() <= high, "{a:?} is inside");
            assert!(boxes.iter().skip(at + 1).all(|b| !overlap(*a, *b)), "{a:?} overlaps");
        }
        for tile in with_class(&document, "tile") {
            let around = area(&tile.children().find(|it| it.attribute("class") == Some("box")).unwrap());
            for text in tile.children().filter(|it| it.has_tag_name("text")) {
                let class = text.attribute("class").unwrap();
                let Some((_, size)) = SIZES.iter().find(|(name, _)| class.starts_with(name)) else { continue };
                let end = number(&text, "x") + width(text.text().unwrap_or_default(), *size);
                assert!(end <= around.right() + 0.5, "{:?} ends at {end}, its box at {}", text.text(), around.right());
                assert!(number(&text, "y") < around.bottom());
            }
        }

        let drawn = with_class(&document, "app").len();
        let counted = |it: &Node<'_, '_>| it.attribute("data-counted")?.parse::<usize>().ok();
        let counted: usize = with_class(&document, "panel").iter().filter_map(counted).sum();
        assert!(drawn <= most);
        assert_eq!(drawn + counted, apps, "every app is drawn or counted");
    }
}

fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z][a-z0-9-]{0,60}",
        any::<String>(),
        Just("]]>&amp;<script>alert(1)</script>".to_owned()),
        Just("\" onload=\"x\u{0}\u{202e}\u{ffff}".to_owned()),
        Just("W".repeat(200)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_cluster_with_any_names_is_drawn_whole(
        names in proptest::collection::btree_set((any_name(), any_name()), 0..14),
        states in proptest::collection::vec(0..4_u32, 14),
        calls in proptest::collection::vec((0..14_usize, 0..14_usize), 0..30),
        (node_name, source) in (any_name(), any_name()),
    ) {
        let mut all = cluster().node(node(&node_name)).change(|state| state.source = Source::new(source));
        let names: Vec<_> = names.into_iter().collect();
        for ((namespace, name), state) in names.iter().zip(states) {
            let app = deployment(namespace, name);
            all = all.workload(match state {
                0 => app,
                1 => app.replicas(2).pod(0, PodBuilder::not_ready),
                2 => app.pods(PodBuilder::image_pull_failing),
                _ => app.replicas(0),
            });
        }
        let mut scene = scene(all);
        for (from, to) in calls {
            if let (Some(from), Some(to)) = (names.get(from), names.get(to)) {
                scene = scene.call(&from.1, &to.1);
            }
        }
        let scene = scene.build();
        let apps = names.len();
        check(&scene, apps);
        if let Some((namespace, name)) = names.first() {
            let diagnosis = diagnosis(&scene, Cause::ServiceEnvVarAddressMismatch, Culprit::app(namespace, name));
            let svg = Picture::new(&scene).with_diagnosis(&diagnosis).svg();
            prop_assert!(Document::parse(&svg).is_ok());
        }
    }
}
