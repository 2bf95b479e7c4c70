//! The site of post-mortems as files.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failing test says where")]

#[path = "support/atom.rs"]
mod atom;
mod support;

use std::collections::BTreeSet;
use std::path::Path;

use lamplighter_core::ports::SiteFile;
use lamplighter_site::PostMortems;
use support::{archive, page, site};

const WIKI: &str = "post-mortems/2025-11-14-search-oom/index.html";

fn text<'a>(files: &'a [SiteFile], path: &str) -> &'a str {
    let file = files.iter().find(|file| file.path == path);
    let file = file.unwrap_or_else(|| panic!("there is no {path}"));
    std::str::from_utf8(&file.content).unwrap()
}

fn html_files(files: &[SiteFile]) -> impl Iterator<Item = &SiteFile> {
    files.iter().filter(|file| Path::new(&file.path).extension().is_some_and(|end| end == "html"))
}

#[test]
fn every_document_has_a_page_and_a_card_and_a_place_in_its_lists() {
    let files = site(&archive());
    let pages = files.iter().filter(|file| file.path.starts_with("post-mortems/")).count();
    // Two have one name, which is a page that leads to both.
    assert_eq!(pages, archive().len() + 1);
    let index = text(&files, "index.html");
    assert_eq!(index.matches("<article").count(), archive().len());
    for said in
        ["Search was killed for memory while it indexed", "20 January 2026", "3 h 12 min", "No date", "Kalender waren"]
    {
        assert!(index.contains(said), "{said}");
    }
    for list in [
        "severity/sev1",
        "severity/sev2",
        "service/wiki",
        "service/kalender",
        "cause/out-of-memory",
        "severity",
        "service",
        "cause",
    ] {
        text(&files, &format!("{list}/index.html"));
    }
    let memory = text(&files, "cause/out-of-memory/index.html");
    assert_eq!(memory.matches("<article").count(), 2);
}

#[test]
fn the_newest_come_first_and_those_without_a_date_last() {
    let files = site(&archive());
    let index = text(&files, "index.html");
    let at = |said: &str| index.find(said).unwrap_or_else(|| panic!("{said}"));
    assert!(at("Wiki returned 502") < at("no names were resolved"));
    assert!(at("no names were resolved") < at("The backup was never restored"));
}

#[test]
fn incidents_that_name_one_another_are_linked_both_ways_and_those_that_are_alike_as_well() {
    let pages = archive();
    let related = vec![("no-date.md".to_owned(), vec!["hostile.md".to_owned(), "gone.md".to_owned()])];
    let files = PostMortems::new(&pages).related(&related).files().unwrap();
    let dns = text(&files, "post-mortems/2026-01-20-resolver-loop/index.html");
    assert!(dns.contains("Names this post-mortem") && dns.contains("2025-09-09-certificate/index.html"), "{dns}");
    let search = text(&files, WIKI);
    assert!(search.contains("href=\"../2026-01-20-resolver-loop/index.html\">DNS outage</a>"), "{search}");
    let copy = text(&files, "post-mortems/no-date/index.html");
    assert!(copy.contains("Alike") && copy.contains("post-mortems/hostile/index.html"), "{copy}");
}

#[test]
fn every_link_of_the_site_leads_to_a_file_of_it_and_to_a_place_in_that() {
    let files = site(&archive());
    let mut checked = 0;
    for file in html_files(&files) {
        let html = text(&files, &file.path);
        for link in html.split(" href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            if link.starts_with("https://") || link.starts_with("data:") {
                continue;
            }
            let (target, place) = link.split_once('#').unwrap_or((link, ""));
            let target = if target.is_empty() { file.path.clone() } else { beside(&file.path, target) };
            let html = text(&files, &target);
            assert!(place.is_empty() || html.contains(&format!(" id=\"{place}\"")), "{}: {link}", file.path);
            checked += 1;
        }
    }
    assert!(checked > 200, "{checked} links were checked");
}

fn beside(from: &str, target: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        if part == ".." {
            parts.pop().unwrap();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

#[test]
fn nothing_runs_and_nothing_is_loaded_but_the_style_sheet() {
    let files = site(&archive());
    for file in html_files(&files) {
        let html = text(&files, &file.path);
        for bad in
            ["<script", "<iframe", "<img", "<object", "<form", "javascript:", " src=", "url(", "<base", "@import"]
        {
            assert!(!html.contains(bad), "{}: {bad}", file.path);
        }
        // Attributes that begin with `on`, within tags.
        for tag in html.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
            let names: Vec<_> = tag.split('"').step_by(2).collect();
            assert!(!names.iter().any(|name| name.contains(" on") || name.contains(" style=")), "{}: {tag}", file.path);
        }
        assert_eq!(html.matches("<link rel=\"stylesheet\"").count(), 1);
    }
    assert!(!text(&files, "style.css").contains("url("));
}

#[test]
fn ids_are_not_given_twice() {
    let files = site(&archive());
    for file in html_files(&files) {
        let mut seen = BTreeSet::new();
        for id in text(&files, &file.path).split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(seen.insert(id), "{}: {id}", file.path);
        }
    }
}

#[test]
fn templates_are_ours_and_what_looks_like_one_in_a_document_is_text() {
    let files = site(&archive());
    let html = text(&files, "post-mortems/hostile/index.html");
    assert!(html.contains("{{ 77 }} {% raw %}"), "{html}");
}

#[test]
fn the_head_of_a_document_is_shown_once() {
    let files = site(&archive());
    let html = text(&files, "post-mortems/2025-11-14-search-oom/index.html");
    assert!(!html.contains("title: Search") && html.matches("<h1>").count() == 1, "{html}");
    let dns = text(&files, "post-mortems/2026-01-20-resolver-loop/index.html");
    assert!(!dns.contains("<strong>Severity"), "{dns}");
    let photos = text(&files, "post-mortems/2024-07-03-disk-full-html/index.html");
    assert_eq!(photos.matches("about 1 day").count(), 1, "{photos}");
}

#[test]
fn raw_data_is_folded_and_long_code_as_well() {
    let code = format!("# A\n\n```\n{}```\n\n## Raw data\n\nx\n\n## Lessons\n\ny", "line\n".repeat(100));
    let files = site(&[page("a.md", &code)]);
    let html = text(&files, "post-mortems/a/index.html");
    assert!(html.contains("<summary>Show 100 lines</summary>"), "{html}");
    let raw = html.find("<summary>Show the raw data</summary>").unwrap();
    let rest = &html[raw..];
    assert!(rest.find("</details>") < rest.find("id=\"lessons\""), "{html}");
}

#[test]
fn the_same_documents_give_the_same_bytes() {
    let mut pages = archive();
    let first = site(&pages);
    pages.reverse();
    let paths = |files: &[SiteFile]| files.iter().map(|file| file.path.clone()).collect::<Vec<_>>();
    let second = site(&pages);
    assert_eq!(paths(&first), paths(&second));
    assert!(first == second, "the order in which documents are given matters");
}

#[test]
fn documents_with_the_same_name_have_pages_of_their_own() {
    let pages = [
        page("a/x.md", "# One"),
        page("b/x.md", "# Two"),
        page("c/README.md", "# Three"),
        page("d/README.md", "# Four"),
    ];
    let files = site(&pages);
    let folders: Vec<_> =
        files.iter().filter(|file| file.path.starts_with("post-mortems/")).map(|file| &file.path).collect();
    assert_eq!(folders.len(), 5, "{folders:?}");
    text(&files, "post-mortems/c/index.html");
    // Where the one was before the other came leads to both.
    let both = text(&files, "post-mortems/x/index.html");
    assert!(both.contains(">One<") && both.contains(">Two<") && !both.contains("Three"), "{both}");
    let one = files.iter().find(|file| file.path.starts_with("post-mortems/x-")).unwrap();
    assert!(text(&files, &one.path).contains("href=\"../../post-mortems/x/index.html\""));
}

#[test]
fn a_long_list_has_pages() {
    let pages: Vec<_> =
        (0..250).map(|n| page(&format!("{n}.md"), &format!("# Number {n}\n\n**Severity:** SEV3\n"))).collect();
    let files = site(&pages);
    assert_eq!(text(&files, "index.html").matches("<article").count(), 100);
    assert_eq!(text(&files, "page/3/index.html").matches("<article").count(), 50);
    assert!(
        text(&files, "severity/sev3/page/2/index.html")
            .contains("href=\"../../../../severity/sev3/index.html\" rel=\"prev\"")
    );
}

#[test]
fn an_archive_without_documents_is_a_site() {
    let files = site(&[]);
    assert!(text(&files, "index.html").contains("0 post-mortems."));
    text(&files, "feed.xml");
}

#[test]
fn a_very_long_document_is_survived() {
    let points: Vec<_> = (0..10_000).map(|n| format!("- {:02}:{:02} point {n}", n / 60 % 24, n % 60)).collect();
    let body = format!("# Long\n\n## Timeline\n\n{}\n", points.join("\n"));
    let files = site(&[
        page("long.md", &body),
        page("wide.md", &format!("# {}\n\n{}", "w".repeat(10_000), "|".repeat(50_000))),
    ]);
    assert!(text(&files, "post-mortems/long/index.html").contains("point 9999"));
}

#[test]
fn the_feed_has_whole_addresses_where_the_site_has_one() {
    let pages = archive();
    let files = PostMortems::new(&pages).at("https://status.example/pm/").files().unwrap();
    let feed = text(&files, "feed.xml");
    assert!(
        feed.contains("href=\"https://status.example/pm/post-mortems/2026-01-20-resolver-loop/index.html\""),
        "{feed}"
    );
    assert!(feed.contains("rel=\"self\"") && !feed.contains("hostile"), "{feed}");
    atom::check(feed, true);
    atom::check(text(&self::site(&archive()), "feed.xml"), false);
}
