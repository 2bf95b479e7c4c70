//! `/metrics` (`server/prometheus.js`).

use std::fmt::Write;

use serde_json::Value;

use super::UptimeKumaVersion;
use super::state::{Played, State};

/// The text, with what every program says of itself before it.
pub(super) fn text(state: &State) -> String {
    let version = state.number();
    let mut text = format!(
        "# HELP process_cpu_user_seconds_total Total user CPU time spent in seconds.\n\
         # TYPE process_cpu_user_seconds_total counter\nprocess_cpu_user_seconds_total 12.3\n\n\
         # HELP app_version The service version by package.json\n# TYPE app_version gauge\n\
         app_version{{version=\"{version}\",major=\"{}\"}} 1\n\n",
        &version[..1]
    );
    metric(
        &mut text,
        state,
        "monitor_response_time",
        "Monitor Response Time (ms)",
        |status| if status == 1 { 34 } else { -1 },
    );
    metric(
        &mut text,
        state,
        "monitor_status",
        "Monitor Status (1 = UP, 0= DOWN, 2= PENDING, 3= MAINTENANCE)",
        i64::from,
    );
    text
}

fn metric(text: &mut String, state: &State, name: &str, help: &str, value: impl Fn(u8) -> i64) {
    let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n");
    for (id, monitor) in &state.monitors {
        // A monitor that is paused is taken out, and one that has not looked is not there yet.
        if let Some(beat) = monitor.beats.last().filter(|_| monitor.is_active()) {
            let _ = writeln!(text, "{name}{{{}}} {}", labels(state.version, *id, monitor), value(beat.status));
        }
    }
    text.push('\n');
}

fn labels(version: UptimeKumaVersion, id: u64, monitor: &Played) -> String {
    let mut labels = Vec::new();
    if version == UptimeKumaVersion::V2 {
        labels.push(format!("monitor_id=\"{id}\""));
    }
    for field in ["name", "type", "url", "hostname", "port"] {
        let value = match monitor.field(field) {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let value = value.replace('\\', "\\\\").replace('\n', "\\n").replace('"', "\\\"");
        labels.push(format!("monitor_{field}=\"{value}\""));
    }
    labels.join(",")
}
