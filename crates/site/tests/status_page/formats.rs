//! What programs read.

use lamplighter_core::words::status::Status;
use lamplighter_site::{StatusPage, StatusPageSettings};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::any::status;
use crate::atom;
use crate::files::{site, text};
use crate::world::{blind, busy, hostile, many, nothing, one, quiet};

fn read(status: &Status, path: &str) -> Value {
    serde_json::from_str(text(&site(status), path)).unwrap()
}

/// The schema, as strict as it can be: what it does not name is not allowed.
fn strict() -> jsonschema::Validator {
    let mut schema = read(&nothing(), "status.schema.json");
    close(&mut schema);
    jsonschema::draft202012::new(&schema).unwrap()
}

fn close(schema: &mut Value) {
    if let Some(object) = schema.as_object_mut() {
        if object.get("type") == Some(&json!("object")) {
            object.insert("additionalProperties".to_owned(), json!(false));
        }
        object.values_mut().for_each(close);
    }
}

fn check(schema: &jsonschema::Validator, json: &Value) {
    let errors: Vec<String> =
        schema.iter_errors(json).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn the_schema_names_all_that_is_there() {
    let schema = strict();
    for status in [quiet(), busy(), blind(), one(), nothing(), many(120), hostile()] {
        check(&schema, &read(&status, "status.json"));
    }
}

#[test]
fn the_schema_refuses_what_is_not_so() {
    let schema = strict();
    let good = read(&busy(), "status.json");
    for (place, wrong) in [
        ("/state", json!("fine")),
        ("/groups/0/services/0/state", json!("operational")),
        ("/groups/0/services/0/id", json!("../x")),
        ("/groups/0/services/0/uptime/day/ratio", json!(1.01)),
        ("/generated_at", json!("yesterday")),
        ("/issues/incidents/0/severity", json!("sev0")),
        ("/version", json!(2)),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(place).unwrap() = wrong;
        assert!(!schema.is_valid(&bad), "{place}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(96) })]

    #[test]
    fn whatever_is_told_is_as_the_schema_says(status in status()) {
        check(&strict(), &read(&status, "status.json"));
        atom::check(text(&site(&status), "feed.xml"), true);
    }
}

#[test]
fn what_is_told_reads_back_as_it_was() {
    let status = busy();
    let back: Status = serde_json::from_value(read(&status, "status.json")).unwrap();
    assert!(back == Status { past: None, ..status }, "what came back is not what was told");
}

#[test]
fn readers_of_upptime_find_what_they_expect_and_what_is_not_known_is_not_made_up() {
    let summary = read(&busy(), "history/summary.json");
    let of = |name: &str| summary.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone();
    let cloud = of("Nextcloud");
    assert_eq!(
        (&cloud["slug"], &cloud["status"], &cloud["state"]),
        (&json!("nextcloud"), &json!("down"), &json!("down"))
    );
    assert_eq!((&cloud["uptimeDay"], &cloud["uptimeYear"]), (&json!("99.65%"), &json!("unknown")));
    assert_eq!(cloud["url"], "https://status.example.org/#s-nextcloud");
    assert_eq!(cloud["icon"], "https://status.example.org/badges/nextcloud.svg");
    assert_eq!(cloud["dailyMinutesDown"]["2026-11-15"], 562, "39 % of a day, rounded up");
    assert_eq!(cloud["dailyMinutesDown"]["2026-11-28"], 8, "of the 848 minutes of today so far");
    assert_eq!((&cloud["observedDay"], &cloud["observedMonth"]), (&json!("100%"), &json!("100%")));
    let speed = of("Speedtest");
    assert_eq!(
        (&speed["status"], &speed["state"], &speed["time"]),
        (&json!("degraded"), &json!("unknown"), &Value::Null)
    );
    assert_eq!(speed["uptimeDay"], "unknown");
    assert!(of("Wiki")["time"].is_u64() && of("Wiki")["timeDay"].is_u64());
}

#[test]
fn widgets_for_statuspage_find_what_they_expect() {
    let page = read(&busy(), "api/v2/summary.json");
    assert_eq!(
        page["page"],
        json!({"id": "status", "name": "Home lab", "url": "https://status.example.org/",
        "time_zone": "Etc/UTC", "updated_at": "2026-11-28T14:07:30Z"})
    );
    assert_eq!(page["status"], json!({"indicator": "major", "description": "Partial System Outage"}));
    let of =
        |name: &str| page["components"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone();
    for (name, status) in [
        ("Wiki", "operational"),
        ("Nextcloud", "major_outage"),
        ("Immich", "degraded_performance"),
        ("Frigate", "degraded_performance"),
        ("Speedtest", "degraded_performance"),
        ("Registry", "under_maintenance"),
    ] {
        assert_eq!(of(name)["status"], status, "{name}");
    }
    assert_eq!(of("Speedtest")["description"], "Unknown: its monitor has not looked for too long");
    let group = of("Platform");
    assert!(group["group"] == true && group["components"].as_array().unwrap().contains(&json!("registry")));
    assert_eq!(of("Registry")["group_id"], group["id"]);
    let incident = &page["incidents"][0];
    assert_eq!((&incident["status"], &incident["impact"]), (&json!("investigating"), &json!("major")));
    assert_eq!(incident["shortlink"], "https://code.example.org/infra/issues/412");
    assert_eq!(incident["incident_updates"][0]["created_at"], "2026-11-28T14:06:30Z", "the newest first");
    assert_eq!(incident["incident_updates"][1]["status"], "identified");
    assert_eq!(incident["components"][0]["id"], "nextcloud");
    let planned = page["scheduled_maintenances"].as_array().unwrap();
    assert_eq!((&planned[0]["status"], &planned[1]["status"]), (&json!("in_progress"), &json!("scheduled")));
    assert_eq!(planned[1]["components"].as_array().unwrap().len(), 40, "without names all are meant");
    assert_eq!(read(&busy(), "api/v2/status.json"), json!({"page": page["page"], "status": page["status"]}));
    assert_eq!(read(&blind(), "api/v2/status.json")["status"]["description"], "Service State Unknown");
}

#[test]
fn a_feed_is_one_whatever_there_is_to_tell_and_with_and_without_an_address() {
    for status in [quiet(), busy(), blind(), one(), nothing(), many(120), hostile()] {
        let bare = StatusPage::new(&status, StatusPageSettings::default()).files().unwrap();
        for (files, is_whole) in [(site(&status), true), (bare, false)] {
            let updated = atom::check(text(&files, "feed.xml"), is_whole);
            assert!(updated <= status.generated_at, "{updated}");
            assert!(status.generated_at.duration_since(updated).as_hours() < 24 * 90, "{updated}");
        }
    }
}

#[test]
fn the_feed_tells_incidents_what_is_said_of_them_and_their_ends_and_changes_only_with_them() {
    let feed = |status: &Status| text(&site(status), "feed.xml").to_owned();
    let xml = feed(&busy());
    for told in [
        "<title>Escalating: SEV2: Nextcloud returns 502 at its public address</title>",
        "<title>Open: SEV2: Nextcloud returns 502 at its public address</title>",
        "<title>Open: Incident #409</title>",
        "<title>Closed: SEV3: Wiki was killed for memory</title>",
        "href=\"https://status.example.org/index.html#incident-412\"",
        "<updated>2026-11-28T14:06:30Z</updated>",
    ] {
        assert!(xml.contains(told), "{told}: {xml}");
    }
    let ids = xml.matches("<id>").count();
    let different: std::collections::BTreeSet<&str> =
        xml.split("<id>").skip(1).filter_map(|rest| rest.split('<').next()).collect();
    assert_eq!(ids, different.len());
    let mut later = busy();
    later.generated_at += jiff::SignedDuration::from_mins(5);
    later.groups.clear();
    assert_eq!(feed(&later), xml);
}
