//! Maintenance, as a status page tells of it (`server/model/maintenance.js`, and `maintenance_timeslot.js` of the first
//! releases that had it).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use lamplighter_core::ports::PlannedWork;
use serde::Deserialize;
use serde_json::Value;

/// An entry of `maintenanceList`, as far as it is looked at. What is not in it is not known.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Maintenance {
    title: String,
    /// A truth value, or 0 and 1.
    active: Value,
    /// `scheduled`, `under-maintenance`, `inactive`, `ended` or `unknown`. The first releases do not say.
    status: Option<String>,
    /// `+01:00`: what times without one are in. Absent in the first releases, which tell UTC.
    timezone_offset: Option<String>,
    timeslot_list: Vec<Slot>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Slot {
    start_date: Option<String>,
    end_date: Option<String>,
    /// Only the first releases tell it; their dates are UTC.
    server_timezone_offset: Option<String>,
}

impl Maintenance {
    /// Its times, where it has some and is not paused or over. One that is switched on and off by hand has none.
    pub(crate) fn planned(&self) -> Vec<PlannedWork> {
        let is_paused = matches!(&self.active, Value::Bool(false)) || self.active == 0;
        if is_paused || matches!(self.status.as_deref(), Some("inactive" | "ended")) {
            return Vec::new();
        }
        let offset = self.timezone_offset.as_deref().and_then(offset).unwrap_or(Offset::UTC);
        let planned = self.timeslot_list.iter().filter_map(|slot| {
            let offset = if slot.server_timezone_offset.is_some() { Offset::UTC } else { offset };
            let (from, to) = (at(slot.start_date.as_deref()?, offset)?, at(slot.end_date.as_deref()?, offset)?);
            (from < to).then(|| PlannedWork { title: self.title.clone(), from, to })
        });
        planned.collect()
    }
}

/// `2026-03-01T11:00:00.000Z`, or `2026-03-01 11:00:00` at an offset.
fn at(date: &str, offset: Offset) -> Option<Timestamp> {
    let local = || date.parse::<DateTime>().ok()?.to_zoned(TimeZone::fixed(offset)).ok().map(|at| at.timestamp());
    date.parse().ok().or_else(local)
}

fn offset(text: &str) -> Option<Offset> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    Offset::from_seconds(sign * (hours.checked_mul(60)?.checked_add(minutes)?).checked_mul(60)?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn planned(json: Value) -> Vec<(String, String)> {
        let planned = serde_json::from_value::<Maintenance>(json).unwrap().planned();
        planned.into_iter().map(|one| (one.from.to_string(), one.to.to_string())).collect()
    }

    fn slot(from: &str, to: &str) -> Value {
        json!([{"startDate": from, "endDate": to}])
    }

    #[test]
    fn times_are_read_in_the_shapes_of_all_versions() {
        let utc = vec![("2026-03-01T11:00:00Z".to_owned(), "2026-03-01T13:00:00Z".to_owned())];
        let local = slot("2026-03-01 12:00:00", "2026-03-01 14:00");
        for json in [
            json!({"title": "x", "active": true, "status": "scheduled", "timezoneOffset": "+05:30",
                "timeslotList": slot("2026-03-01T11:00:00.000Z", "2026-03-01T13:00:00.000Z")}),
            json!({"title": "x", "active": 1, "status": "under-maintenance", "timezoneOffset": "+01:00", "timeslotList": local}),
            json!({"timezoneOffset": "-02:30", "timeslotList": slot("2026-03-01T08:30", "2026-03-01T10:30:00")}),
            json!({"timeslotList": [{"id": 3, "startDate": "2026-03-01 11:00:00", "endDate": "2026-03-01 13:00:00",
                "startDateServerTimezone": "2026-03-01 12:00:00", "serverTimezoneOffset": "+01:00"}]}),
        ] {
            assert_eq!(planned(json.clone()), utc, "{json}");
        }
    }

    #[test]
    fn what_is_paused_over_or_has_no_times_is_not_planned() {
        let times = slot("2026-03-01T11:00:00Z", "2026-03-01T13:00:00Z");
        for json in [
            json!({"active": false, "timeslotList": times}),
            json!({"active": 0, "timeslotList": times}),
            json!({"status": "ended", "timeslotList": times}),
            json!({"status": "inactive", "timeslotList": times}),
            json!({"status": "under-maintenance", "strategy": "manual", "timeslotList": []}),
            json!({"timeslotList": slot("tomorrow", "later")}),
            json!({"timeslotList": slot("2026-03-01T13:00:00Z", "2026-03-01T11:00:00Z")}),
            json!({"timeslotList": [{"startDate": null}]}),
            json!({}),
        ] {
            assert_eq!(planned(json.clone()), [], "{json}");
        }
        for text in ["", "+", "01:00", "+1", "+a:b", "+99:00", "+99999999999:00"] {
            assert_eq!(offset(text), None, "{text}");
        }
    }
}
