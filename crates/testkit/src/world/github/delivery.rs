//! Webhook deliveries: what GitHub sends when something happens.
//! <https://docs.github.com/en/webhooks/webhook-events-and-payloads>

use std::collections::VecDeque;
use std::fmt;
use std::sync::mpsc::Sender;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use super::super::ids;
use super::render;
use super::state::{State, User};

/// The number of the one hook that there is.
const HOOK: u64 = 30;

/// The hook of the repositories.
#[derive(Default)]
pub(super) struct Hook {
    pub(super) secret: Option<String>,
    /// Deliveries that no test has taken yet.
    pub(super) queue: VecDeque<WebhookDelivery>,
    /// All of them.
    pub(super) sent: Vec<WebhookDelivery>,
    /// Where the thread that posts them takes them from.
    pub(super) poster: Option<Sender<WebhookDelivery>>,
}

/// A delivery, as it goes over the wire.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookDelivery {
    /// `X-GitHub-Event`: `issues`, `issue_comment`.
    pub event: String,
    /// `X-GitHub-Delivery`.
    pub guid: String,
    /// All headers, these two among them.
    pub headers: Vec<(String, String)>,
    /// The body, byte for byte as it was signed.
    pub body: Vec<u8>,
}

impl WebhookDelivery {
    /// A header, whatever its case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    #[must_use]
    pub fn payload(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl fmt::Debug for WebhookDelivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let action = self.payload().get("action").cloned().unwrap_or_default();
        write!(f, "WebhookDelivery({} {} {action})", self.guid, self.event)
    }
}

/// What happened to an issue or a comment, in the words of a payload.
pub(super) struct Event<'a> {
    pub(super) action: &'static str,
    pub(super) number: u64,
    /// The comment that it happened to.
    pub(super) comment: Option<Value>,
    /// Fields of this event alone: `label`, `changes`, `assignee`.
    pub(super) more: Vec<(&'static str, Value)>,
    pub(super) sender: &'a User,
}

impl State {
    /// Makes the delivery of something that has just happened.
    pub(super) fn tell(&mut self, repository: usize, event: Event<'_>) {
        let Some(one) = self.repositories.get(repository) else { return };
        let Some(issue) = one.issues.get(&event.number) else { return };
        let name = if event.comment.is_some() { "issue_comment" } else { "issues" };
        let mut payload = Map::new();
        payload.insert("action".to_owned(), event.action.into());
        payload.insert("issue".to_owned(), render::issue(self, one, issue));
        payload.extend(event.comment.map(|comment| ("comment".to_owned(), comment)));
        payload.extend(event.more.into_iter().map(|(field, value)| (field.to_owned(), value)));
        payload.insert("repository".to_owned(), render::short_repository(self, one));
        payload.insert("sender".to_owned(), render::user(self, event.sender));
        let app = self.apps.iter().find(|app| app.repositories.contains(&one.id));
        if let Some(app) = app {
            let node_id = format!("MDIzOkludGVncmF0aW9u{}", app.installation);
            payload.insert("installation".to_owned(), json!({ "id": app.installation, "node_id": node_id }));
        }
        let id = one.id;
        let body = Value::Object(payload).to_string().into_bytes();
        let guid = ids::uid(&["delivery", &self.hook.sent.len().to_string()]);
        let delivery = signed(name, guid, id, body, self.hook.secret.as_deref());
        self.hook.sent.push(delivery.clone());
        self.hook.queue.push_back(delivery.clone());
        self.post(delivery);
    }

    /// Hands a delivery to the thread that posts, where there is one.
    pub(super) fn post(&mut self, delivery: WebhookDelivery) {
        if let Some(poster) = &self.hook.poster {
            // A thread that has ended posts nothing.
            drop(poster.send(delivery));
        }
    }
}

pub(super) fn signed(
    event: &str,
    guid: String,
    repository: u64,
    body: Vec<u8>,
    secret: Option<&str>,
) -> WebhookDelivery {
    let mut headers: Vec<(String, String)> = [
        ("Accept", "*/*".to_owned()),
        ("Content-Type", "application/json".to_owned()),
        ("User-Agent", "GitHub-Hookshot/0000000".to_owned()),
        ("X-GitHub-Delivery", guid.clone()),
        ("X-GitHub-Event", event.to_owned()),
        ("X-GitHub-Hook-ID", HOOK.to_string()),
        ("X-GitHub-Hook-Installation-Target-ID", repository.to_string()),
        ("X-GitHub-Hook-Installation-Target-Type", "repository".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    if let Some(secret) = secret {
        headers.push(("X-Hub-Signature-256".to_owned(), signature(secret, &body)));
    }
    WebhookDelivery { event: event.to_owned(), guid, headers, body }
}

/// `sha256=…`, the HMAC of the body.
/// <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>
#[expect(clippy::expect_used, reason = "an HMAC takes a key of any length")]
fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.update(body);
    format!("sha256={}", ids::in_hex(&mac.finalize().into_bytes()))
}
