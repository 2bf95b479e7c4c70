use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::UptimeKumaVersion;
use crate::fakes::FakeClock;

/// The columns that both versions have, of those that clients set (`db/`).
const COLUMNS: &[&str] = &[
    "name",
    "type",
    "url",
    "method",
    "hostname",
    "port",
    "interval",
    "retryInterval",
    "resendInterval",
    "maxretries",
    "active",
    "upsideDown",
    "ignoreTls",
    "maxredirects",
    "accepted_statuscodes",
    "expiryNotification",
    "keyword",
    "description",
    "timeout",
    "body",
    "headers",
    "parent",
    "packetSize",
    "notificationIDList",
];

/// The columns that came with version 2.
const COLUMNS_OF_V2: &[&str] = &["conditions"];

/// The least seconds between two looks (`src/util.ts`).
const MIN_INTERVAL: u64 = 20;

#[derive(Debug)]
pub(super) struct State {
    pub(super) version: UptimeKumaVersion,
    pub(super) monitors: BTreeMap<u64, Played>,
    pub(super) pages: BTreeMap<String, Vec<u64>>,
    pub(super) asked: Vec<String>,
    pub(super) has_api_keys: bool,
    pub(super) has_second_factor: bool,
    now: Timestamp,
}

#[derive(Debug)]
pub(super) struct Played {
    pub(super) stored: Value,
    pub(super) beats: Vec<Beat>,
}

#[derive(Debug)]
pub(super) struct Beat {
    pub(super) status: u8,
    pub(super) message: String,
    pub(super) at: Timestamp,
}

impl State {
    pub(super) fn new(version: UptimeKumaVersion) -> Self {
        let (monitors, pages) = (BTreeMap::new(), BTreeMap::new());
        let now = FakeClock::START;
        Self { version, monitors, pages, asked: Vec::new(), has_api_keys: true, has_second_factor: false, now }
    }

    /// What `info` tells of the version.
    pub(super) const fn number(&self) -> &'static str {
        match self.version {
            UptimeKumaVersion::V1 => "1.23.16",
            UptimeKumaVersion::V2 => "2.0.2",
        }
    }

    pub(super) fn add(&mut self, mut monitor: Value) -> u64 {
        let id = self.monitors.keys().last().map_or(1, |last| last + 1);
        if let Value::Object(fields) = &mut monitor {
            fields.insert("id".to_owned(), id.into());
        }
        self.monitors.insert(id, Played { stored: monitor, beats: Vec::new() });
        id
    }

    /// Adds what a client has sent, or says why not in the server's words.
    pub(super) fn add_from_client(&mut self, monitor: &Value) -> Result<u64, String> {
        let Value::Object(fields) = monitor else { return Err("Cannot read properties of undefined".to_owned()) };
        let has_strings = |value: &Value| value.as_array().is_some_and(|codes| codes.iter().all(Value::is_string));
        match fields.get("accepted_statuscodes") {
            None => return Err("Cannot read properties of undefined (reading 'every')".to_owned()),
            Some(codes) if !has_strings(codes) => return Err("Accepted status codes are not all strings".to_owned()),
            Some(_) => {}
        }
        let is_v2 = self.version == UptimeKumaVersion::V2;
        let is_column = |name: &str| COLUMNS.contains(&name) || (is_v2 && COLUMNS_OF_V2.contains(&name));
        if let Some(unknown) = fields.keys().find(|name| !is_column(name)) {
            return Err(format!("insert into `monitor` - SQLITE_ERROR: table monitor has no column named {unknown}"));
        }
        if is_v2 && !fields.contains_key("conditions") {
            return Err(
                "insert into `monitor` - SQLITE_CONSTRAINT: NOT NULL constraint failed: monitor.conditions".to_owned()
            );
        }
        if fields.get("interval").and_then(Value::as_u64).is_none_or(|seconds| seconds < MIN_INTERVAL) {
            return Err(format!("Interval cannot be less than {MIN_INTERVAL} seconds"));
        }
        if !fields.get("name").is_some_and(Value::is_string) {
            return Err("SQLITE_CONSTRAINT: NOT NULL constraint failed: monitor.name".to_owned());
        }
        let has = |name: &str| fields.get(name).is_some_and(|value| !value.is_null());
        match fields.get("type").and_then(Value::as_str) {
            Some("http") if has("url") => {}
            Some("port") if has("hostname") && has("port") => {}
            _ => return Err("Unknown Monitor Type".to_owned()),
        }
        Ok(self.add(monitor.clone()))
    }

    pub(super) fn beat(&mut self, name: &str, status: u8, message: &str) {
        let at = self.now;
        self.now += SignedDuration::from_secs(1);
        self.named(name).beats.push(Beat { status, message: message.to_owned(), at });
    }

    pub(super) const fn set_time(&mut self, at: Timestamp) {
        self.now = at;
    }

    pub(super) fn set(&mut self, name: &str, field: &str, value: Value) {
        if let Value::Object(fields) = &mut self.named(name).stored {
            fields.insert(field.to_owned(), value);
        }
    }

    pub(super) fn publish(&mut self, slug: &str, monitors: &[&str]) {
        let ids = monitors.iter().map(|name| self.id(name)).collect();
        self.pages.insert(slug.to_owned(), ids);
    }

    fn id(&self, name: &str) -> u64 {
        let found = self.monitors.iter().find(|(_, monitor)| *monitor.field("name") == *name);
        *found.expect("there is a monitor of that name").0
    }

    fn named(&mut self, name: &str) -> &mut Played {
        let id = self.id(name);
        self.monitors.get_mut(&id).expect("a monitor of that number was just found")
    }
}

impl Played {
    pub(super) fn field(&self, name: &str) -> &Value {
        self.stored.get(name).unwrap_or(&Value::Null)
    }

    pub(super) fn is_active(&self) -> bool {
        *self.field("active") != false && *self.field("active") != 0
    }
}

impl Beat {
    /// As the database writes it, in UTC.
    pub(super) fn time(&self) -> String {
        self.at.strftime("%Y-%m-%d %H:%M:%S.000").to_string()
    }

    pub(super) fn ping(&self) -> Value {
        if self.status == 1 { json!(34) } else { Value::Null }
    }
}
