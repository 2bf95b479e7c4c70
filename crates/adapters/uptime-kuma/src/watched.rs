//! A monitor as the socket knows it.

use lamplighter_core::words::MonitorAddition;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::UptimeKumaError;

/// An entry of the `monitorList` event, as far as it is looked at.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Watched {
    pub(crate) id: u64,
    pub(crate) name: String,
    #[serde(default, rename = "type")]
    kind: String,
    url: Option<String>,
    hostname: Option<String>,
    /// A number, or a text with one.
    #[serde(default)]
    port: Value,
    /// A truth value, or 0 and 1.
    #[serde(default)]
    active: Value,
    #[serde(default)]
    maintenance: Value,
}

impl Watched {
    /// What it watches, as an address.
    pub(crate) fn address(&self) -> String {
        if self.kind == "port" {
            let host = self.hostname.as_deref().unwrap_or_default();
            let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
            let port = self.port.as_str().map_or_else(|| self.port.to_string(), str::to_owned);
            format!("tcp://{host}:{port}")
        } else {
            self.url.clone().unwrap_or_default()
        }
    }

    pub(crate) fn is_paused(&self) -> bool {
        matches!(&self.active, Value::Bool(false)) || self.active == 0
    }

    pub(crate) fn is_in_maintenance(&self) -> bool {
        matches!(&self.maintenance, Value::Bool(true)) || self.maintenance == 1
    }
}

/// The object that the `add` event takes. Uptime Kuma stores what it is given by its name, and refuses what it has no
/// column for, so a version is given only what it knows (`server/server.js`).
pub(crate) fn object(addition: &MonitorAddition, major: u32) -> Result<Value, UptimeKumaError> {
    let MonitorAddition { name, url, interval, retries } = addition;
    let mut object = json!({
        "name": name,
        "interval": interval,
        "retryInterval": interval,
        "maxretries": retries,
        "resendInterval": 0,
        "active": true,
        "upsideDown": false,
        "notificationIDList": {},
        "accepted_statuscodes": ["200-299"],
    });
    let more = match url.split_once("://") {
        Some(("http" | "https", _)) => json!({
            "type": "http", "url": url, "method": "GET", "ignoreTls": false, "maxredirects": 10,
            "expiryNotification": false,
        }),
        Some(("tcp", address)) => {
            let (host, port) = host_and_port(address)?;
            json!({"type": "port", "hostname": host, "port": port})
        }
        _ => return Err(UptimeKumaError::Monitor("only http, https and tcp are watched".to_owned())),
    };
    let of_this_version = if major >= 2 { json!({"conditions": []}) } else { json!({}) };
    for fields in [more, of_this_version] {
        if let (Value::Object(object), Value::Object(fields)) = (&mut object, fields) {
            object.extend(fields);
        }
    }
    Ok(object)
}

fn host_and_port(address: &str) -> Result<(&str, u16), UptimeKumaError> {
    let unusable = || UptimeKumaError::Monitor("a tcp address is a host and a port".to_owned());
    let (host, port) = address.trim_end_matches('/').rsplit_once(':').ok_or_else(unusable)?;
    let port = port.parse().map_err(|_| unusable())?;
    let host = host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(host);
    if host.is_empty() { Err(unusable()) } else { Ok((host, port)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watched(json: Value) -> Watched {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_monitor_is_known_by_what_it_watches() {
        for (json, address) in [
            (json!({"id": 1, "name": "a", "type": "http", "url": "https://a/"}), "https://a/"),
            (
                json!({"id": 1, "name": "a", "type": "port", "url": "https://", "hostname": "db", "port": 5432}),
                "tcp://db:5432",
            ),
            (
                json!({"id": 1, "name": "a", "type": "port", "hostname": "fd12::7", "port": "5432"}),
                "tcp://[fd12::7]:5432",
            ),
            (json!({"id": 1, "name": "a", "type": "push", "url": null, "unheardOf": []}), ""),
        ] {
            assert_eq!(watched(json).address(), address);
        }
        for (active, paused) in [(json!(true), false), (json!(1), false), (json!(false), true), (json!(0), true)] {
            assert_eq!(watched(json!({"id": 1, "name": "a", "active": active})).is_paused(), paused);
        }
    }

    #[test]
    fn what_cannot_be_watched_is_refused() {
        for url in ["", "wiki", "gopher://x/", "tcp://", "tcp://db", "tcp://:1", "tcp://db:x", "tcp://db:70000"] {
            let addition = MonitorAddition { name: "a".to_owned(), url: url.to_owned(), interval: 60, retries: 1 };
            assert!(matches!(object(&addition, 2), Err(UptimeKumaError::Monitor(_))), "{url}");
        }
    }
}
