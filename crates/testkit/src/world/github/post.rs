//! The thread that posts deliveries to somebody's webhook.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::super::WorldError;
use super::delivery::WebhookDelivery;

/// How long GitHub waits for an answer.
/// <https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks#respond-within-10-seconds>
const PATIENCE: Duration = Duration::from_secs(10);

/// Posts each delivery once. It ends when nobody can send it any more.
pub(super) struct Poster(Arc<Mutex<Vec<Posted>>>);

/// A delivery's GUID, and the HTTP status of the answer.
pub(super) type Posted = (String, Option<u16>);

impl Poster {
    pub(super) fn start(url: &str) -> Result<(Self, Sender<WebhookDelivery>), WorldError> {
        let refused =
            || WorldError::Spec(format!("{url} is no http://HOST:PORT/PATH that deliveries can be posted to"));
        let (host, path) = match url.strip_prefix("http://").ok_or_else(refused)?.split_once('/') {
            Some((host, path)) => (host.to_owned(), format!("/{path}")),
            None => return Err(refused()),
        };
        let posted = Arc::new(Mutex::new(Vec::new()));
        let (sender, deliveries): (_, Receiver<WebhookDelivery>) = channel();
        let results = Arc::clone(&posted);
        let work = move || {
            for delivery in deliveries {
                let status = post(&host, &path, &delivery).ok();
                results.lock().unwrap_or_else(PoisonError::into_inner).push((delivery.guid, status));
            }
        };
        std::thread::Builder::new().name("webhooks".to_owned()).spawn(work).map_err(WorldError::Serve)?;
        Ok((Self(posted), sender))
    }

    pub(super) fn posted(&self) -> Vec<Posted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// In version 1.0, which knows no chunks.
fn post(host: &str, path: &str, delivery: &WebhookDelivery) -> std::io::Result<u16> {
    let mut connection = TcpStream::connect(host)?;
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    let headers: Vec<String> = delivery.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let headers = headers.concat();
    let length = delivery.body.len();
    let head = format!("POST {path} HTTP/1.0\r\nHost: {host}\r\nContent-Length: {length}\r\n{headers}\r\n");
    connection.write_all(head.as_bytes())?;
    connection.write_all(&delivery.body)?;
    let mut answer = [0; 16];
    connection.read_exact(&mut answer)?;
    let status = String::from_utf8_lossy(&answer).split(' ').nth(1).and_then(|status| status.parse().ok());
    status.ok_or_else(|| std::io::ErrorKind::InvalidData.into())
}
