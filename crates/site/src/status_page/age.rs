//! How old the page is, and from when on it says nothing about now.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use lamplighter_core::words::status::{Renewal, STALE_AFTER, Status};
use serde::Serialize;

use super::words::Moment;

/// What the page and its script know of its age.
#[derive(Debug, Serialize)]
pub(super) struct Age {
    made: Moment,
    renewal: Renewal,
    /// From when on it is old for those who cannot learn of a later look.
    old: Moment,
    /// From when on a script says that nobody has looked, unless it learns better.
    stale: Moment,
    /// From when on nobody renews it any more.
    end: Moment,
}

impl Age {
    pub(super) fn of(status: &Status) -> Self {
        let made = status.generated_at;
        let old = made.checked_add(STALE_AFTER).unwrap_or(Timestamp::MAX);
        let end = if status.renewal == Renewal::EveryLook { old } else { day_after_next(made) };
        // A copy that changes leave behind is not wrong before its days are over.
        let stale = if status.renewal == Renewal::OnChange { end } else { old };
        let moment = |at| Moment::of(at, made);
        Self { made: moment(made), renewal: status.renewal, old: moment(old), stale: moment(stale), end: moment(end) }
    }
}

/// The begin of the day (UTC) on which a copy of the day before yesterday would be one.
fn day_after_next(made: Timestamp) -> Timestamp {
    let day = TimeZone::UTC.to_datetime(made).date().checked_add(2.days());
    let begin = day.ok().and_then(|day| day.to_zoned(TimeZone::UTC).ok()).map(|begin| begin.timestamp());
    begin.unwrap_or_else(|| made.checked_add(SignedDuration::from_hours(48)).unwrap_or(Timestamp::MAX))
}
