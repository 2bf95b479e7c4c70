//! Nothing is said to be up that is not, and nothing that comes in does anything, whatever it is.

use std::collections::BTreeSet;

use lamplighter_core::ports::SiteFile;
use lamplighter_core::words::status::{OverallState, ServiceState, Status};
use proptest::prelude::*;
use serde_json::Value;

use crate::any::status;
use crate::files::{site, text};
use crate::world::{blind, busy, hostile, many, nothing, one, quiet};

/// Whether all is well, as the words of a status define it.
fn is_well(status: &Status) -> bool {
    let open = status.issues.iter().flat_map(|issues| &issues.incidents).count();
    let all_up = status.services().all(|service| service.state == ServiceState::Up);
    status.state == OverallState::Operational && status.services().count() > 0 && all_up && open == 0
}

const fn word(state: ServiceState) -> &'static str {
    match state {
        ServiceState::Up => "Up",
        ServiceState::Maintenance => "Maintenance",
        ServiceState::Pending => "Checking",
        ServiceState::Unknown => "Unknown",
        ServiceState::Degraded => "Degraded",
        ServiceState::Down => "Down",
    }
}

/// What stands between two marks, everywhere. Names hold neither: what begins a tag is never in one.
fn between<'a>(html: &'a str, begin: &'a str, end: &'a str) -> Vec<&'a str> {
    html.split(begin).skip(1).filter_map(|rest| rest.split(end).next()).collect()
}

fn says_only_what_is_so(status: &Status, files: &[SiteFile]) {
    let expected: Vec<ServiceState> = status.services().map(|service| service.state).collect();
    let html = text(files, "index.html");

    // Its rows, one for each service in order, by class and by word.
    let rows = between(html, "<tr id=s-", "<td>");
    let classes: Vec<&str> = rows.iter().map(|row| between(row, " class=", ">")[0]).collect();
    assert_eq!(classes, expected.iter().map(|state| state.as_str()).collect::<Vec<_>>());
    assert_eq!(between(html, "<td><b>", "</b>"), expected.iter().map(|state| word(*state)).collect::<Vec<_>>());

    // Its first sentence, and how many are up.
    let class = between(html, "<section class=\"verdict ", "\"")[0];
    assert_eq!(class == "up", is_well(status), "{class}");
    let headline = between(html, "<h1 id=\"verdict\">", "</h1>")[0];
    assert!(headline != "All services are up" || is_well(status));
    let up = expected.iter().filter(|state| **state == ServiceState::Up).count();
    let told = between(html, "<li class=\"up\"><i class=\"shape\"></i>", "</li>");
    assert_eq!(told, if up == 0 { Vec::new() } else { vec![format!("{up} Up")] });

    // Its groups: never better than their worst.
    let shapes = between(html, "<summary><i class=\"shape ", "\"");
    for (shape, group) in shapes.iter().zip(&status.groups) {
        let all_up = !group.services.is_empty() && group.services.iter().all(|one| one.state == ServiceState::Up);
        assert_eq!(*shape == "up", all_up);
    }
    assert_eq!(shapes.len(), status.groups.len());
}

fn programs_are_told_the_same(status: &Status, files: &[SiteFile]) {
    let expected: Vec<ServiceState> = status.services().map(|service| service.state).collect();
    let read = |path: &str| serde_json::from_str::<Value>(text(files, path)).unwrap();
    let own: Status = serde_json::from_str(text(files, "status.json")).unwrap();
    assert_eq!(own.services().map(|service| service.state).collect::<Vec<_>>(), expected);
    assert_eq!(own.state == OverallState::Operational, is_well(status));
    assert!(own.state >= status.state);

    let upptime = read("history/summary.json");
    let up: Vec<bool> = upptime.as_array().unwrap().iter().map(|one| one["status"] == "up").collect();
    assert_eq!(up, expected.iter().map(|state| *state == ServiceState::Up).collect::<Vec<_>>());

    let page = read("api/v2/summary.json");
    let components = page["components"].as_array().unwrap();
    let of_services = components.iter().filter(|one| one["group"] == false).map(|one| one["status"] == "operational");
    assert_eq!(of_services.collect::<Vec<_>>(), up);
    for one in components.iter().filter(|one| one["group"] == true && one["status"] == "operational") {
        assert!(!one["components"].as_array().unwrap().is_empty());
    }
    let groups = components.iter().filter(|one| one["group"] == true);
    for (one, group) in groups.zip(&status.groups) {
        let all_up = !group.services.is_empty() && group.services.iter().all(|one| one.state == ServiceState::Up);
        assert_eq!(one["status"] == "operational", all_up);
    }
    for answer in [&page, &read("api/v2/status.json")] {
        assert_eq!(answer["status"]["indicator"] == "none", is_well(status));
        assert_eq!(answer["status"]["description"] == "All Systems Operational", is_well(status));
    }
    for incident in page["incidents"].as_array().unwrap() {
        assert!(!["resolved", "postmortem"].contains(&incident["status"].as_str().unwrap()));
        assert_ne!(incident["impact"], "none");
    }

    for (service, state) in own.services().zip(expected) {
        let badge = text(files, &format!("badges/{}.svg", service.id));
        let svg = roxmltree::Document::parse(badge).unwrap();
        let said = svg.descendants().rfind(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "text")));
        assert_eq!(said.unwrap().text(), Some(word(state)));
        assert_eq!(badge.contains("#2a7347"), state == ServiceState::Up, "only what is up is green");
    }
}

fn nothing_does_anything(files: &[SiteFile]) {
    let mut paths = BTreeSet::new();
    for file in files {
        assert!(paths.insert(&file.path), "{} is there twice", file.path);
        assert!(file.path.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "/.-".contains(c)));
        assert!(file.path.len() < 120 && !file.path.split('/').any(|part| part.trim_matches('.').is_empty()));
        let content = std::str::from_utf8(&file.content).unwrap();
        let unseen = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
        assert!(!content.contains(unseen), "{}: characters that are not seen", file.path);
        let end = file.path.rsplit('.').next().unwrap();
        match end {
            "html" => html_is_inert(&file.path, content),
            "svg" | "xml" => {
                let xml = roxmltree::Document::parse(content).unwrap();
                let names: Vec<&str> = xml.descendants().map(|node| node.tag_name().name()).collect();
                assert!(!names.contains(&"script") && !names.contains(&"a") && !names.contains(&"foreignObject"));
                for node in xml.descendants() {
                    assert!(node.attributes().all(|attribute| !attribute.name().starts_with("on")));
                }
            }
            "json" => drop(serde_json::from_str::<Value>(content).unwrap()),
            "css" => {}
            _ => panic!("{}: what is that?", file.path),
        }
    }
}

fn html_is_inert(path: &str, html: &str) {
    assert_eq!(html.matches("<script").count(), usize::from(path == "index.html"), "{path}");
    assert_eq!(html.matches("<link rel=\"stylesheet\"").count(), 1);
    let mut ids = BTreeSet::new();
    for tag in html.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
        let name = tag.split(|c: char| c.is_whitespace()).next().unwrap_or_default().trim_start_matches('/');
        assert!(!["img", "iframe", "object", "embed", "form", "base", "style"].contains(&name), "{path}: {tag}");
        let names: Vec<&str> = tag.split('"').step_by(2).collect();
        assert!(!names.iter().any(|name| name.contains(" on") || name.contains(" style=") || name.contains(" src=")));
        for link in between(tag, " href=\"", "\"") {
            let leads = ["https://", "data:image/svg+xml,", "#"].iter().any(|begin| link.starts_with(begin));
            let is_own = !link.contains(':') && !link.starts_with('/');
            assert!(leads || is_own, "{path}: {link}");
        }
        let id = between(tag, " id=\"", "\"").first().copied();
        let id = id.or_else(|| between(tag, " id=", " ").first().filter(|_| !tag.contains(" id=\"")).copied());
        assert!(id.is_none_or(|id| ids.insert(id)), "{path}: the id of {tag} is given twice");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(192) })]

    #[test]
    fn nothing_is_said_to_be_up_that_is_not(status in status()) {
        let files = site(&status);
        says_only_what_is_so(&status, &files);
        programs_are_told_the_same(&status, &files);
    }

    #[test]
    fn whatever_comes_in_does_nothing_and_gives_the_same_bytes(status in status()) {
        let files = site(&status);
        nothing_does_anything(&files);
        prop_assert!(files == site(&status));
    }
}

#[test]
fn the_worlds_of_the_tests_are_told_as_they_are() {
    for status in [quiet(), busy(), blind(), one(), nothing(), many(120)] {
        let files = site(&status);
        says_only_what_is_so(&status, &files);
        programs_are_told_the_same(&status, &files);
        nothing_does_anything(&files);
    }
}

#[test]
fn names_that_mean_harm_are_shown_and_do_nothing() {
    let mut status = hostile();
    // What operators write is Markdown, and theirs.
    status.self_service.clear();
    let files = site(&status);
    nothing_does_anything(&files);
    let html = text(&files, "index.html");
    assert!(html.contains("{{ 7 * 7 }} {% raw %}") && html.contains("&lt;script&gt;window.owned"), "{html}");
}
