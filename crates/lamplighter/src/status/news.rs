//! What of a status is news, and what can wait for the next.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use lamplighter_core::words::status::{Renewal, Status, Uptimes};

/// How old the figures of a copy get at the most, where somebody looks.
const FIGURES: SignedDuration = SignedDuration::from_hours(1);

/// Whether a copy that says this still stands for a later look: it says the same, or no news is missing in it and its
/// figures are young enough.
pub(super) fn still_stands(copy: &Status, look: &Status) -> bool {
    let day = |status: &Status| TimeZone::UTC.to_datetime(status.generated_at).date();
    let is_young = day(copy) == day(look) && look.generated_at.duration_since(copy.generated_at) < FIGURES;
    copy.says_the_same_as(look) || (is_young && news(copy) == news(look))
}

/// The status without what slides while nothing happens, and without what only words something in another way: figures,
/// times of looks, notes. What is added to a status one day is news until it is left out here.
fn news(status: &Status) -> Status {
    let mut news =
        Status { generated_at: Timestamp::UNIX_EPOCH, renewal: Renewal::default(), past: None, ..status.clone() };
    for source in &mut news.sources {
        source.last_look = None;
    }
    if let Some(issues) = &mut news.issues {
        issues.read_at = Timestamp::UNIX_EPOCH;
    }
    // Since when, two who publish to one place know as far back as each of them remembers.
    for outage in &mut news.outages {
        outage.since = None;
    }
    for service in news.groups.iter_mut().flat_map(|group| &mut group.services) {
        service.since = None;
        service.last_look = None;
        service.note = None;
        service.uptime = Uptimes::default();
        service.latency.clear();
        service.days.clear();
    }
    news
}
