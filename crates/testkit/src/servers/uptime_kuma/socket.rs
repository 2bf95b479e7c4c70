//! The socket: engine.io 4 and socket.io on it, and what Uptime Kuma does over them (`server/server.js`).

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use serde_json::{Map, Value, json};

use super::{Shared, UptimeKuma, UptimeKumaVersion, locked};

/// How long Uptime Kuma takes to register for a new connection's events. What comes before is lost.
const DEAF: Duration = Duration::from_millis(30);

const OPEN: &str = r#"0{"sid":"e1","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;

/// Talks with one client until either has had enough.
pub(super) async fn converse(state: Arc<Shared>, mut socket: WebSocket) {
    let mut conversation = Conversation { state, is_logged_in: false };
    // An error is a client that has gone.
    let _ = conversation.run(&mut socket).await;
}

struct Conversation {
    state: Arc<Shared>,
    is_logged_in: bool,
}

impl Conversation {
    async fn run(&mut self, socket: &mut WebSocket) -> Result<(), axum::Error> {
        send(socket, OPEN.to_owned()).await?;
        // A transport that is not connected in time is closed; whatever else comes first is an error of the client.
        if receive(socket).await.as_deref() != Some("40") {
            return send(socket, "1".to_owned()).await;
        }
        send(socket, r#"40{"sid":"s1"}"#.to_owned()).await?;
        send(socket, "2".to_owned()).await?;
        let deaf = tokio::time::sleep(DEAF);
        tokio::pin!(deaf);
        loop {
            tokio::select! {
                () = &mut deaf => break,
                frame = receive(socket) => match frame.as_deref() {
                    None => return Ok(()),
                    Some("3") => {}
                    Some(lost) => locked(&self.state).asked.push(format!("lost {}", event_of(lost).1)),
                },
            }
        }
        self.emit(socket, "info", &[json!({"primaryBaseURL": null, "serverTimezone": "UTC"})]).await?;
        self.emit(socket, "loginRequired", &[]).await?;
        while let Some(frame) = receive(socket).await {
            if frame == "3" {
                continue;
            }
            if !frame.starts_with("42") {
                return send(socket, "1".to_owned()).await;
            }
            self.hear(socket, &frame).await?;
        }
        Ok(())
    }

    async fn hear(&mut self, socket: &mut WebSocket, frame: &str) -> Result<(), axum::Error> {
        let (id, name, argument) = event_of(frame);
        locked(&self.state).asked.push(name.clone());
        let answer = match name.as_str() {
            "login" => self.login(socket, &argument).await?,
            "loginByToken" if argument == UptimeKuma::TOKEN => {
                self.after_login(socket).await?;
                json!({"ok": true})
            }
            "loginByToken" => json!({"ok": false, "msg": self.key("authInvalidToken", "Invalid token.")}),
            "add" if !self.is_logged_in => json!({"ok": false, "msg": "You are not logged in."}),
            "add" => self.add(socket, &argument).await?,
            // Nobody has registered for it, and nobody answers.
            _ => return Ok(()),
        };
        match id {
            Some(id) => send(socket, format!("43{id}{}", json!([answer]))).await,
            None => Ok(()),
        }
    }

    async fn login(&mut self, socket: &mut WebSocket, argument: &Value) -> Result<Value, axum::Error> {
        let (user, password) = UptimeKuma::LOGIN;
        if argument["username"] != user || argument["password"] != password {
            let message = self.key("authIncorrectCreds", "Incorrect username or password.");
            return Ok(json!({"ok": false, "msg": message}));
        }
        let has_second_factor = locked(&self.state).has_second_factor;
        if has_second_factor {
            return Ok(json!({"tokenRequired": true}));
        }
        self.after_login(socket).await?;
        Ok(json!({"ok": true, "token": UptimeKuma::TOKEN}))
    }

    /// Version 2 answers with keys of its translations.
    fn key(&self, key: &'static str, words: &'static str) -> &'static str {
        if locked(&self.state).version == UptimeKumaVersion::V2 { key } else { words }
    }

    /// Everything that a client is sent once it is known.
    async fn after_login(&mut self, socket: &mut WebSocket) -> Result<(), axum::Error> {
        self.is_logged_in = true;
        let (list, info) = {
            let state = locked(&self.state);
            let list = state.monitors.iter().map(|(id, monitor)| (id.to_string(), monitor.stored.clone()));
            (Value::Object(list.collect()), json!({"version": state.number(), "serverTimezone": "UTC"}))
        };
        self.emit(socket, "monitorList", &[list]).await?;
        self.emit(socket, "notificationList", &[json!([])]).await?;
        self.emit(socket, "info", &[info]).await?;
        for (id, beats) in self.beats() {
            // The number of a monitor is a key of an object in its sources, and so a text.
            self.emit(socket, "heartbeatList", &[id.to_string().into(), beats, false.into()]).await?;
        }
        Ok(())
    }

    fn beats(&self) -> Vec<(u64, Value)> {
        let state = locked(&self.state);
        let beat = |id: u64, beat: &super::state::Beat| {
            json!({
                "monitorID": id, "status": beat.status, "time": beat.time(), "msg": beat.message, "ping": beat.ping(),
                "important": false, "duration": 60,
            })
        };
        let of = |(id, monitor): (&u64, &super::state::Played)| {
            (*id, monitor.beats.iter().map(|one| beat(*id, one)).collect::<Value>())
        };
        state.monitors.iter().map(of).collect()
    }

    async fn add(&self, socket: &mut WebSocket, monitor: &Value) -> Result<Value, axum::Error> {
        let (added, version) = {
            let mut state = locked(&self.state);
            (state.add_from_client(monitor), state.version)
        };
        let id = match added {
            Ok(id) => id,
            Err(message) => return Ok(json!({"ok": false, "msg": message})),
        };
        let (event, list) = {
            let state = locked(&self.state);
            let of = |id: &u64| state.monitors.get(id).map(|monitor| (id.to_string(), monitor.stored.clone()));
            match version {
                UptimeKumaVersion::V1 => ("monitorList", state.monitors.keys().filter_map(of).collect::<Map<_, _>>()),
                UptimeKumaVersion::V2 => ("updateMonitorIntoList", [id].iter().filter_map(of).collect()),
            }
        };
        self.emit(socket, event, &[Value::Object(list)]).await?;
        let message = self.key("successAdded", "Added Successfully.");
        Ok(json!({"ok": true, "msg": message, "monitorID": id}))
    }

    async fn emit(&self, socket: &mut WebSocket, name: &str, arguments: &[Value]) -> Result<(), axum::Error> {
        let all: Vec<Value> = std::iter::once(Value::from(name)).chain(arguments.iter().cloned()).collect();
        send(socket, format!("42{}", Value::Array(all))).await
    }
}

/// The number, the name and the first argument of an event; all empty where it is none.
fn event_of(frame: &str) -> (Option<u64>, String, Value) {
    let rest = frame.strip_prefix("42").unwrap_or_default();
    let (digits, payload) = rest.split_at(rest.find('[').unwrap_or(rest.len()));
    let mut arguments = serde_json::from_str::<Vec<Value>>(payload).unwrap_or_default().into_iter();
    let name = arguments.next().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default();
    (digits.parse().ok(), name, arguments.next().unwrap_or_default())
}

/// The next text; `None` when the client has gone.
async fn receive(socket: &mut WebSocket) -> Option<String> {
    loop {
        match socket.recv().await?.ok()? {
            Message::Text(text) => return Some(text.to_string()),
            Message::Close(_) => return None,
            Message::Binary(_) | Message::Ping(_) | Message::Pong(_) => {}
        }
    }
}

async fn send(socket: &mut WebSocket, frame: String) -> Result<(), axum::Error> {
    socket.send(Message::text(frame)).await
}
