//! The feed: incidents, what is said of them, and their ends.
//!
//! Nothing in it depends on the minute in which the page was made, so that it is written anew only when there is news.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use lamplighter_core::words::Severity;
use lamplighter_core::words::status::{ActiveIncident, ResolvedIncident, Status};

use super::StatusPageSettings;
use super::told::title;
use super::words;
use crate::feed::{Feed, FeedEntry};

/// How many entries the feed has.
const FED: usize = 50;

/// The feed as XML.
pub(super) fn xml(status: &Status, settings: &StatusPageSettings) -> String {
    let issues = status.issues.as_ref();
    let open = issues.into_iter().flat_map(|issues| &issues.incidents);
    let over: &[ResolvedIncident] = match (&status.past, issues.and_then(|issues| issues.resolved.as_deref())) {
        (Some(past), _) => &past.incidents,
        (None, recent) => recent.unwrap_or_default(),
    };
    let mut entries: Vec<FeedEntry> = open.flat_map(|incident| told(incident, settings)).collect();
    entries.extend(over.iter().map(|incident| resolved(incident, settings)));
    entries.sort_by(|one, other| other.at.cmp(&one.at).then_with(|| one.identity.cmp(&other.identity)));
    tell_apart(&mut entries);
    entries.truncate(FED);
    let base = settings.base();
    let feed = Feed {
        title: &status.title,
        identity: base.as_deref().unwrap_or(&status.title),
        page: settings.address("index.html"),
        address: settings.address("feed.xml"),
        begun: begin_of_day(status.generated_at),
        entries,
    };
    feed.xml()
}

/// Two things of one kind may be said of an incident in one second: a reader shows only one of two with the same identity.
fn tell_apart(entries: &mut [FeedEntry]) {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for entry in entries {
        let count = seen.entry(entry.identity.clone()).or_default();
        *count += 1;
        if *count > 1 {
            entry.identity = format!("{} {count}", entry.identity);
        }
    }
}

/// A feed in which nothing was told yet is of the day of its page, so that it is not written anew with each copy of that.
fn begin_of_day(at: Timestamp) -> Timestamp {
    let day = TimeZone::UTC.to_datetime(at).date().to_zoned(TimeZone::UTC);
    day.map_or(at, |day| day.timestamp())
}

/// An incident that is open: that it is, and each thing that was said. What has no time is not news.
fn told(incident: &ActiveIncident, settings: &StatusPageSettings) -> Vec<FeedEntry> {
    let number = incident.number.0;
    let name = named(incident.title.as_deref(), incident.severity, number);
    let page = settings.address(&format!("index.html#incident-{number}"));
    let entry = |what: String, title: String, at: Timestamp, summary: String| FeedEntry {
        title,
        identity: format!("status incident {number} {what}"),
        page: page.clone(),
        at,
        summary,
        categories: incident.services.clone(),
    };
    let opened = incident.opened_at.map(|at| {
        let services: Vec<&str> = incident.services.iter().map(String::as_str).collect();
        let affected =
            if services.is_empty() { String::new() } else { format!(" Affected: {}.", words::list(&services)) };
        entry("opened".to_owned(), format!("Open: {name}"), at, format!("An incident was opened.{affected}"))
    });
    let lines = incident.timeline.iter().filter_map(|line| {
        let at = line.at?;
        let what = format!("{} {}", line.word.as_str(), at.as_second());
        Some(entry(what, format!("{}: {name}", line.word.as_str()), at, line.text.clone()))
    });
    opened.into_iter().chain(lines).collect()
}

fn resolved(incident: &ResolvedIncident, settings: &StatusPageSettings) -> FeedEntry {
    let number = incident.number.0;
    let took = incident.opened_at.and_then(|from| words::duration(from, incident.resolved_at));
    FeedEntry {
        title: format!("Closed: {}", named(incident.title.as_deref(), incident.severity, number)),
        identity: format!("status incident {number} resolved {}", incident.resolved_at.as_second()),
        page: settings.address("index.html#resolved"),
        at: incident.resolved_at,
        summary: took.map_or_else(|| "The incident is over.".to_owned(), |took| format!("The incident took {took}.")),
        categories: incident.services.clone(),
    }
}

fn named(name: Option<&str>, severity: Option<Severity>, number: u64) -> String {
    let name = title(name, number);
    severity.map_or_else(|| name.clone(), |severity| format!("{severity}: {name}"))
}
