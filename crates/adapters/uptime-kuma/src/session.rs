//! The way through the socket: a login, and what Uptime Kuma sends after it.

use std::collections::BTreeMap;

use lamplighter_core::markdown::shorten;
use lamplighter_core::ports::{self, Heartbeat, MonitorState, MonitorStatus};
use lamplighter_core::words::MonitorAddition;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::UptimeKumaError;
use crate::api::Api;
use crate::beat::{Beat, described};
use crate::settings::Access;
use crate::socket::{Said, Socket};
use crate::watched::{Watched, object};

/// How much of Uptime Kuma's own words is repeated, in characters.
const LONGEST_MESSAGE: usize = 200;

/// A connection that is logged in, and what has come over it so far.
pub(crate) struct Session<'a> {
    api: &'a Api,
    socket: Socket<'a>,
    major: Option<u32>,
    monitors: Option<BTreeMap<String, Watched>>,
    /// Those of each monitor; none for one that has never looked.
    beats: BTreeMap<u64, Vec<Beat>>,
}

/// The answer to an event of ours (`{ok, msg, …}`).
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Answer {
    ok: bool,
    msg: Option<String>,
    token_required: bool,
}

impl<'a> Session<'a> {
    /// Connects and logs in, and returns when the monitors are known.
    pub(crate) async fn begin(api: &'a Api, access: &Access) -> Result<Self, UptimeKumaError> {
        let socket = Socket::connect(api).await?;
        let mut session = Self { api, socket, major: None, monitors: None, beats: BTreeMap::new() };
        // Uptime Kuma hears nothing before it has sent something itself.
        if session.hear().await?.is_some() {
            return Err(api.not_the_api("its socket answers what was not asked"));
        }
        let answer = match access {
            Access::Login { user, password } => {
                let login = json!({"username": user, "password": password.expose_secret(), "token": ""});
                session.ask("login", &[login]).await?
            }
            Access::Token { token } => session.ask("loginByToken", &[Value::from(token.expose_secret())]).await?,
            Access::Metrics { .. } | Access::Page { .. } => return Err(UptimeKumaError::NeedsLogin),
        };
        if !answer.ok {
            let message = if answer.token_required {
                "the account has a second factor; use a token of the login".to_owned()
            } else {
                said(answer.msg)
            };
            return Err(UptimeKumaError::Refused { server: api.server.clone(), message });
        }
        while session.monitors.is_none() {
            session.hear().await?;
        }
        Ok(session)
    }

    /// What every monitor says, once each has sent its heartbeats; those of a monitor that never has are an empty list.
    pub(crate) async fn statuses(mut self) -> Result<Vec<MonitorStatus>, UptimeKumaError> {
        let monitors = self.hear_all().await?;
        let now = self.api.clock.now();
        let status = |monitor: Watched| {
            let unknown = |detail: &str| MonitorStatus {
                name: monitor.name.clone(),
                state: MonitorState::Unknown,
                at: now,
                detail: detail.to_owned(),
            };
            match self.beats.get(&monitor.id).and_then(|beats| Beat::newest(beats)) {
                _ if monitor.is_paused() => unknown("it is paused"),
                _ if monitor.is_in_maintenance() => {
                    MonitorStatus { state: MonitorState::Maintenance, ..unknown(described(MonitorState::Maintenance)) }
                }
                Some(beat) => beat.status(monitor.name.clone(), now),
                None => unknown("it has not looked yet"),
            }
        };
        Ok(monitors.into_values().map(status).collect())
    }

    /// The looks of every monitor, as [`statuses`](Self::statuses).
    pub(crate) async fn heartbeats(mut self) -> Result<Vec<Heartbeat>, UptimeKumaError> {
        let monitors = self.hear_all().await?;
        let now = self.api.clock.now();
        let heartbeat = |monitor: Watched| {
            let mut beats = Beat::looks(self.beats.get(&monitor.id).map(Vec::as_slice).unwrap_or_default(), now);
            // What is so now stands in the monitor and not in its looks.
            let over = if monitor.is_paused() {
                Some(MonitorState::Unknown)
            } else {
                monitor.is_in_maintenance().then_some(MonitorState::Maintenance)
            };
            beats.extend(over.map(|state| ports::Beat { at: now, state, millis: None }));
            Heartbeat { id: Some(monitor.id.to_string()), name: monitor.name, group: None, beats, day: None }
        };
        let mut monitors: Vec<Watched> = monitors.into_values().collect();
        monitors.sort_by_key(|monitor| monitor.id);
        Ok(monitors.into_iter().map(heartbeat).collect())
    }

    /// The monitors, once each has sent its heartbeats.
    async fn hear_all(&mut self) -> Result<BTreeMap<String, Watched>, UptimeKumaError> {
        let monitors = self.monitors.clone().unwrap_or_default();
        while !monitors.values().all(|monitor| self.beats.contains_key(&monitor.id)) {
            self.hear().await?;
        }
        Ok(monitors)
    }

    /// Whether there is a monitor of that name for that address.
    pub(crate) fn has(&self, addition: &MonitorAddition) -> bool {
        self.watched().any(|monitor| addition.is(&monitor.name, &monitor.address()))
    }

    /// Adds a monitor, unless it is there. Sent once.
    pub(crate) async fn add(mut self, addition: &MonitorAddition) -> Result<(), UptimeKumaError> {
        if self.has(addition) {
            return Ok(());
        }
        if self.watched().any(|monitor| monitor.name == addition.name) {
            return Err(UptimeKumaError::Taken { name: addition.name.clone() });
        }
        let major = loop {
            match self.major {
                Some(major) => break major,
                None => drop(self.hear().await?),
            }
        };
        let answer = self.ask("add", &[object(addition, major)?]).await?;
        if answer.ok { Ok(()) } else { Err(UptimeKumaError::Monitor(said(answer.msg))) }
    }

    fn watched(&self) -> impl Iterator<Item = &Watched> {
        self.monitors.iter().flat_map(BTreeMap::values)
    }

    async fn ask(&mut self, name: &str, arguments: &[Value]) -> Result<Answer, UptimeKumaError> {
        self.socket.ask(name, arguments).await?;
        loop {
            if let Some(answer) = self.hear().await? {
                return serde_json::from_value(answer).map_err(|error| self.api.unreadable(error.to_string()));
            }
        }
    }

    /// Takes in what is said next; `Some` when it is the answer to what was asked.
    async fn hear(&mut self) -> Result<Option<Value>, UptimeKumaError> {
        let (name, arguments) = match self.socket.hear().await? {
            Said::Answer(answer) => return Ok(Some(answer)),
            Said::Event(name, arguments) => (name, arguments),
        };
        let mut arguments = arguments.into_iter();
        match (name.as_str(), arguments.next()) {
            ("info", Some(info)) => {
                let version = info.get("version").and_then(Value::as_str);
                let major = version.and_then(|version| version.split('.').next()).and_then(|major| major.parse().ok());
                self.major = major.or(self.major);
            }
            ("monitorList", Some(list)) => {
                self.monitors =
                    Some(serde_json::from_value(list).map_err(|error| self.api.unreadable(error.to_string()))?);
            }
            // The first is a monitor's number, as a text in some versions.
            ("heartbeatList", Some(id)) => {
                let id = id.as_u64().or_else(|| id.as_str().and_then(|id| id.parse().ok()));
                let (beats, malformed) = Beat::list(&arguments.next().unwrap_or_default());
                self.api.left_out("heartbeats", malformed);
                if let Some(id) = id {
                    self.beats.insert(id, beats);
                }
            }
            _ => {}
        }
        Ok(None)
    }
}

/// Uptime Kuma's own words: a sentence, or the key of one.
fn said(message: Option<String>) -> String {
    let message = message.unwrap_or_else(|| "no reason given".to_owned());
    let line: String = message.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    shorten(&line, LONGEST_MESSAGE)
}
