//! The webhooks that GitHub sends.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpListener;

use lamplighter_testkit::world::WebhookDelivery;
use reqwest::Method;
use serde_json::{Value, json};

use crate::visit::{REPO, Visit};

fn told(deliveries: &[WebhookDelivery]) -> Vec<String> {
    let one = |delivery: &WebhookDelivery| {
        let payload = delivery.payload();
        format!(
            "{} {} by {}",
            delivery.event,
            payload["action"].as_str().unwrap_or("?"),
            payload["sender"]["login"].as_str().unwrap_or("?")
        )
    };
    deliveries.iter().map(one).collect()
}

#[tokio::test]
async fn whatever_happens_is_told_whoever_did_it() {
    let visit = Visit::new();
    let number = visit.issue();
    visit.world.edit_issue(REPO, number, "rita", "503 since 14:00");
    let comment = visit.world.comment(REPO, number, "tom", "me too");
    visit.world.edit_comment(REPO, comment, "tom", "me too!");
    visit.world.delete_comment(REPO, comment, "maria");
    visit.put("maria", Method::POST, "/repos/home/infra/issues/1/labels", &json!({ "labels": ["sev2"] })).await;
    visit.world.unlabel(REPO, number, "tom", "sev2");
    visit.world.assign(REPO, number, "maria", "tom");
    visit.world.close(REPO, number, "maria");
    visit.world.reopen(REPO, number, "tom");
    visit.world.delete_issue(REPO, number, "home");
    let deliveries = visit.world.take_deliveries();
    assert_eq!(
        told(&deliveries),
        [
            "issues opened by maria",
            "issues labeled by maria",
            "issues edited by rita",
            "issue_comment created by tom",
            "issue_comment edited by tom",
            "issue_comment deleted by maria",
            "issues labeled by maria",
            "issues unlabeled by tom",
            "issues assigned by maria",
            "issues closed by maria",
            "issues reopened by tom",
            "issues deleted by home",
        ]
    );
    assert_eq!(deliveries[2].payload()["changes"], json!({ "body": { "from": "502 since 14:00" } }));
    assert_eq!(deliveries[6].payload()["label"]["name"], "sev2");
    assert!(visit.world.take_deliveries().is_empty(), "what was taken is gone");
    assert_eq!(visit.world.deliveries().len(), 12);
}

#[tokio::test]
async fn a_delivery_is_signed_and_says_what_it_is() {
    let visit = Visit::new();
    visit.issue();
    let unsigned = visit.world.take_deliveries();
    assert_eq!(unsigned[0].header("X-Hub-Signature-256"), None, "without a secret there is no signature");
    // The example of GitHub's documentation of validating deliveries would need its exact bytes; length and form do here,
    // and the adapter verifies the signature with code of its own.
    visit.world.set_webhook_secret("s3cret");
    visit.world.add_app("lamplighter", REPO);
    visit.world.comment(REPO, 1, "maria", "more");
    let delivery = visit.world.take_deliveries().remove(0);
    let signature = delivery.header("x-hub-signature-256").expect("a signature");
    assert!(signature.starts_with("sha256=") && signature.len() == 71, "{signature}");
    assert_eq!(delivery.header("X-GitHub-Event"), Some("issue_comment"));
    assert_eq!(delivery.header("X-GitHub-Delivery"), Some(delivery.guid.as_str()));
    assert!(delivery.payload()["installation"]["id"].is_u64());
}

#[tokio::test]
async fn deliveries_are_posted_once_and_again_when_somebody_asks() {
    let visit = Visit::new();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/webhook", listener.local_addr().expect("an address"));
    visit.world.post_deliveries_to(&url).expect("a thread");
    let number = visit.world.open_issue(REPO, "maria", "Wiki is down", "", []);
    let first = received(&listener, 500);
    assert!(first.starts_with("POST /webhook HTTP/1.0\r\n") && first.contains("\"opened\""), "{first}");
    visit.world.close(REPO, number, "maria");
    assert!(received(&listener, 202).contains("\"closed\""), "the first is not repeated although it has failed");
    let guid = visit.world.deliveries()[0].guid.clone();
    assert!(visit.world.redeliver(&guid));
    assert_eq!(received(&listener, 202), first, "byte for byte the same");
    assert!(!visit.world.redeliver("unknown"));
    assert!(visit.world.post_deliveries_to("https://example.org/").is_err());
}

/// Takes one request and answers it.
fn received(listener: &TcpListener, status: u16) -> String {
    let (mut connection, _) = listener.accept().expect("a delivery");
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).expect("a length");
            if body.len() >= length.parse::<usize>().expect("a number") {
                break;
            }
        }
        let read = connection.read(&mut chunk).expect("the rest of it");
        assert_ne!(read, 0, "the delivery breaks off");
        bytes.extend_from_slice(&chunk[..read]);
    }
    write!(connection, "HTTP/1.0 {status} X\r\ncontent-length: 0\r\n\r\n").expect("an answer");
    String::from_utf8(bytes).expect("a text")
}

/// Every field that GitHub's examples of an action all have, ours has too.
#[tokio::test]
async fn payloads_have_the_fields_of_githubs_own_examples() {
    let Some(folder) = std::env::var_os("LAMPLIGHTER_WEBHOOK_EXAMPLES").map(std::path::PathBuf::from) else {
        println!("skipped: LAMPLIGHTER_WEBHOOK_EXAMPLES names no folder with @octokit/webhooks-examples");
        return;
    };
    let text = std::fs::read(folder.join("api.github.com/index.json")).expect("the examples");
    let examples: Vec<Value> = serde_json::from_slice(&text).expect("JSON");
    let visit = Visit::new();
    let number = visit.issue();
    visit.world.edit_issue(REPO, number, "rita", "503");
    visit.world.unlabel(REPO, number, "tom", "user-report");
    visit.world.assign(REPO, number, "maria", "tom");
    visit.world.close(REPO, number, "maria");
    visit.world.reopen(REPO, number, "tom");
    let comment = visit.world.comment(REPO, number, "tom", "me too");
    visit.world.edit_comment(REPO, comment, "tom", "me too!");
    visit.world.delete_comment(REPO, comment, "maria");
    let mut compared = 0;
    for delivery in visit.world.take_deliveries() {
        let (payload, event) = (delivery.payload(), delivery.event.as_str());
        let of_event =
            examples.iter().filter(|one| one["name"] == event).filter_map(|one| one["examples"].as_array()).flatten();
        let same: Vec<BTreeSet<String>> =
            of_event.filter(|one| one["action"] == payload["action"]).map(|one| fields(one, "")).collect();
        let Some(shared) = same.into_iter().reduce(|one, other| &one & &other) else { continue };
        compared += 1;
        let ours = fields(&payload, "");
        // What an issue may have or not, and what the examples had before it was taken out of the description.
        let is_by_chance =
            |field: &&String| ["milestone", "assignee", "installation", "draft"].iter().any(|one| field.contains(one));
        let lacking: Vec<_> = shared.difference(&ours).filter(|field| !is_by_chance(field)).collect();
        assert!(lacking.is_empty(), "{delivery:?} lacks {lacking:?}");
    }
    assert!(compared >= 7, "{compared} deliveries were compared");
}

/// The paths of all fields; the members of a list are one.
fn fields(value: &Value, below: &str) -> BTreeSet<String> {
    match value {
        Value::Object(all) => {
            let one = |(name, value): (&String, &Value)| {
                let path = format!("{below}/{name}");
                let mut paths = fields(value, &path);
                paths.insert(path);
                paths
            };
            all.iter().flat_map(one).collect()
        }
        _ => BTreeSet::new(),
    }
}
