//! What is answered to those who ask for the status page in other ways than a browser that opens it.

use lamplighter_testkit::fakes::FakePublisher;

use crate::status::service;

const BROWSER: (&str, &str) = ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
const PROGRAM: (&str, &str) = ("Accept", "application/json");

#[tokio::test]
async fn whoever_has_it_by_its_time_is_told_so() {
    let (bench, _, _) = service(&FakePublisher::new()).await;
    for (since, expected) in [
        ("Sun, 01 Mar 2026 12:00:00 GMT", 304),
        ("Sun, 01 Mar 2026 12:30:00 GMT", 304),
        ("Sun, 01 Mar 2026 11:59:59 GMT", 200),
        ("yesterday", 200),
        ("", 200),
    ] {
        let answer = bench.ask("GET", "/status.json", &[("If-Modified-Since", since)], b"").await;
        assert_eq!((answer.status, answer.body.is_empty()), (expected, expected == 304), "{since}");
    }
    let both = [("If-None-Match", "\"x\""), ("If-Modified-Since", "Sun, 01 Mar 2026 12:00:00 GMT")];
    assert_eq!(bench.ask("GET", "/", &both, b"").await.status, 200, "a tag says more than a time");
}

#[tokio::test]
async fn a_folder_without_its_slash_leads_to_the_one_with_it() {
    let (bench, _, _) = service(&FakePublisher::new()).await;
    for (path, place) in [("/history", "./history/"), ("/history?a=b", "./history/?a=b")] {
        let answer = bench.get(path).await;
        assert_eq!(answer.status, 301, "{path}");
        assert!(answer.head.contains(&format!("location: {place}\r\n")), "{}", answer.head);
    }
    assert_eq!(bench.get("/history/").await.status, 200);
    assert_eq!(bench.get("/badges").await.status, 404, "it has no page");
}

#[tokio::test]
async fn what_would_change_something_is_told_what_is_allowed() {
    let (bench, _, _) = service(&FakePublisher::new()).await;
    for path in ["/", "/status.json", "/history"] {
        for method in ["POST", "PUT", "DELETE", "PATCH", "BREW"] {
            let answer = bench.ask(method, path, &[], b"").await;
            assert_eq!(answer.status, 405, "{method} {path}");
            assert!(answer.head.contains("allow: GET, HEAD, OPTIONS"), "{}", answer.head);
        }
        let asked = bench.ask("OPTIONS", path, &[], b"").await;
        assert_eq!((asked.status, asked.body.as_str()), (204, ""));
        assert!(asked.head.contains("allow: GET, HEAD, OPTIONS"), "{}", asked.head);
    }
    assert_eq!(bench.ask("POST", "/none", &[], b"").await.status, 404);
    let (got, head) = (bench.get("/").await, bench.ask("HEAD", "/", &[], b"").await);
    let length = |head: &str| head.lines().find(|line| line.starts_with("content-length")).unwrap().to_owned();
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(length(&head.head), length(&got.head));
}

#[tokio::test]
async fn where_there_is_nothing_people_get_a_page_and_programs_json() {
    let (bench, _, _) = service(&FakePublisher::new()).await;
    let is_json = "content-type: application/json";
    for (path, headers, expected) in [
        ("/none", vec![BROWSER], "text/html"),
        ("/none", vec![], "text/html"),
        ("/a/b/none", vec![("Accept", "*/*")], "text/html"),
        ("/none", vec![PROGRAM], "json"),
        ("/none.json", vec![], "json"),
        ("/api/v3/summary", vec![BROWSER], "json"),
        ("/../status.json", vec![], "json"),
    ] {
        let answer = bench.ask("GET", path, &headers, b"").await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.head.contains(is_json), expected == "json", "{path} {headers:?}: {}", answer.head);
        let body = if expected == "json" { "{\"error\":\"there is nothing here\"}" } else { "<!doctype html>" };
        assert!(answer.body.starts_with(body), "{path}: {}", answer.body);
    }
    let page = bench.ask("GET", "/a/b/none", &[BROWSER], b"").await;
    assert!(page.body.contains("href=\"./../../\"") && !page.body.contains("none\""), "{}", page.body);
    for expected in ["default-src 'none'", "x-content-type-options: nosniff", "cache-control: no-cache"] {
        assert!(page.head.contains(expected), "{expected}: {}", page.head);
    }
    let deep = bench.get(&"/x".repeat(2_000)).await;
    assert!(deep.status == 404 && deep.body.len() < 1_000);
}
