//! A connection to Uptime Kuma's socket.

use futures_util::{SinkExt, StreamExt};
use lamplighter_core::markdown::shorten;
use reqwest::header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
use reqwest::{StatusCode, Upgraded};
use serde_json::Value;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error as WebSocketError, Message};

use crate::UptimeKumaError;
use crate::api::{Api, LIMIT};
use crate::packet::{CONNECT, Incoming, PONG, event};

/// One connection, used by one call.
pub(crate) struct Socket<'a> {
    api: &'a Api,
    stream: WebSocketStream<Upgraded>,
    asked: u64,
}

/// What the server says next.
pub(crate) enum Said {
    /// An event.
    Event(String, Vec<Value>),
    /// The answer to what was [asked](Socket::ask) last.
    Answer(Value),
}

impl<'a> Socket<'a> {
    /// Opens the transport and the namespace. Nothing may be asked before the server's first event has come.
    pub(crate) async fn connect(api: &'a Api) -> Result<Self, UptimeKumaError> {
        let stream = upgrade(api).await?;
        let mut socket = Self { api, stream, asked: 0 };
        match socket.packet().await? {
            Incoming::Open => socket.send(CONNECT.to_owned()).await?,
            other => return Err(api.not_the_api(format!("its socket begins with {}", named(&other)))),
        }
        loop {
            match socket.packet().await? {
                Incoming::Connected => return Ok(socket),
                Incoming::Other => {}
                other => {
                    return Err(api.not_the_api(format!("its socket answers a connection with {}", named(&other))));
                }
            }
        }
    }

    /// Sends an event whose answer is then [said](Self::hear).
    pub(crate) async fn ask(&mut self, name: &str, arguments: &[Value]) -> Result<(), UptimeKumaError> {
        self.asked += 1;
        self.send(event(self.asked, name, arguments)).await
    }

    /// What the server says next.
    pub(crate) async fn hear(&mut self) -> Result<Said, UptimeKumaError> {
        loop {
            match self.packet().await? {
                Incoming::Event { name, arguments } => return Ok(Said::Event(name, arguments)),
                Incoming::Ack { id, mut arguments } if id == self.asked => {
                    let answer = if arguments.is_empty() { Value::Null } else { arguments.remove(0) };
                    return Ok(Said::Answer(answer));
                }
                Incoming::Closed => return Err(self.broken("the server closed the connection")),
                Incoming::Open
                | Incoming::Ping
                | Incoming::Connected
                | Incoming::Refused
                | Incoming::Ack { .. }
                | Incoming::Other => {}
            }
        }
    }

    /// The next packet. Those that only keep the connection alive are answered here.
    async fn packet(&mut self) -> Result<Incoming, UptimeKumaError> {
        loop {
            let message = match self.stream.next().await {
                Some(Ok(message)) => message,
                Some(Err(WebSocketError::Capacity(_))) => {
                    return Err(UptimeKumaError::TooLarge { server: self.api.server.clone(), limit: LIMIT });
                }
                Some(Err(error)) => return Err(self.api.unreachable(&error)),
                None => return Err(self.broken("the connection ended")),
            };
            match message {
                Message::Text(text) => match Incoming::parse(&text) {
                    Some(Incoming::Ping) => self.send(PONG.to_owned()).await?,
                    Some(packet) => return Ok(packet),
                    None => return Err(self.api.unreadable("a frame of its socket is no packet")),
                },
                Message::Close(_) => return Err(self.broken("the server closed the connection")),
                Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            }
        }
    }

    async fn send(&mut self, packet: String) -> Result<(), UptimeKumaError> {
        self.stream.send(Message::text(packet)).await.map_err(|error| self.api.unreachable(&error))
    }

    fn broken(&self, message: &str) -> UptimeKumaError {
        UptimeKumaError::Unreachable { server: self.api.server.clone(), message: message.to_owned() }
    }
}

/// The opening handshake of RFC 6455, by the HTTP client.
async fn upgrade(api: &Api) -> Result<WebSocketStream<Upgraded>, UptimeKumaError> {
    let url = api.url("socket.io/?EIO=4&transport=websocket")?;
    let key = generate_key();
    let request = api.client.get(url).header(CONNECTION, "Upgrade").header(UPGRADE, "websocket");
    let request = request.header(SEC_WEBSOCKET_VERSION, "13").header(SEC_WEBSOCKET_KEY, &key);
    let answer = request.send().await.map_err(|error| api.unreachable(&error))?;
    api.check(&answer)?;
    let accepted =
        answer.headers().get(SEC_WEBSOCKET_ACCEPT).is_some_and(|got| *got == derive_accept_key(key.as_bytes()));
    if answer.status() != StatusCode::SWITCHING_PROTOCOLS || !accepted {
        return Err(api.not_the_api("there is no WebSocket below socket.io/"));
    }
    let connection = answer.upgrade().await.map_err(|error| api.unreachable(&error))?;
    let config = WebSocketConfig::default().max_message_size(Some(LIMIT)).max_frame_size(Some(LIMIT));
    Ok(WebSocketStream::from_raw_socket(connection, Role::Client, Some(config)).await)
}

fn named(packet: &Incoming) -> String {
    match packet {
        Incoming::Event { name, .. } => format!("the event {:?}", shorten(name, 40)),
        Incoming::Refused => "a refusal".to_owned(),
        Incoming::Closed => "its end".to_owned(),
        _ => "something else".to_owned(),
    }
}
