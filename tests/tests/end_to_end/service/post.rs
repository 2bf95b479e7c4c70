//! Posting deliveries as GitHub does, one connection each.

use std::fmt::Write as _;

use lamplighter_testkit::world::WebhookDelivery;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Posts a delivery; `None` where there was no answer.
pub(super) async fn post(address: &str, delivery: &WebhookDelivery) -> Option<u16> {
    let mut stream = TcpStream::connect(address).await.ok()?;
    let mut head = format!("POST /webhooks/github HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in &delivery.headers {
        if !["host", "content-length", "connection"].contains(&name.to_lowercase().as_str()) {
            let _ = write!(head, "{name}: {value}\r\n");
        }
    }
    let _ = write!(head, "Content-Length: {}\r\n\r\n", delivery.body.len());
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(&delivery.body).await.ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok()?;
    String::from_utf8_lossy(&answer).split(' ').nth(1)?.parse().ok()
}
