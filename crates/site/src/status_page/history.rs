//! What is over, by month. Nothing here depends on when the page was made: a month that is over is not written again.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use lamplighter_core::ports::SiteFile;
use lamplighter_core::words::Severity;
use lamplighter_core::words::status::{PastIncidents, ResolvedIncident};
use serde::Serialize;

use super::told::{Resolved, Teller};
use super::words::Moment;
use crate::SiteError;
use crate::layout::{Head, Layout};
use crate::text::counted;

/// The page of all months.
pub(super) const INDEX: &str = "history/index.html";

/// A month's incidents, the last first.
struct Month<'a> {
    first: Date,
    incidents: Vec<&'a ResolvedIncident>,
}

#[derive(Debug, Serialize)]
struct Index {
    since: Moment,
    is_cut_off: bool,
    months: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    name: String,
    /// From the root.
    page: String,
    count: usize,
    /// SEV1, SEV2, SEV3 and those without a severity.
    grades: [usize; 4],
    /// How much of the most there were in a month, in percent.
    share: usize,
}

#[derive(Debug, Serialize)]
struct MonthPage {
    name: String,
    told: String,
    incidents: Vec<Resolved>,
    newer: Option<Link>,
    older: Option<Link>,
}

#[derive(Debug, Serialize)]
struct Link {
    name: String,
    page: String,
}

/// The pages: all months, and each of them.
pub(super) fn files(
    layout: &Layout<'_>,
    past: &PastIncidents,
    teller: &Teller<'_>,
) -> Result<Vec<SiteFile>, SiteError> {
    let months = months(&past.incidents);
    let mut files = vec![index(layout, past, &months)?];
    for (at, month) in months.iter().enumerate() {
        let link = |month: &Month<'_>| Link { name: month.name(), page: month.page() };
        let page = MonthPage {
            name: month.name(),
            told: counted(month.incidents.len(), "incident", "incidents"),
            incidents: month.incidents.iter().map(|incident| teller.resolved(incident)).collect(),
            newer: at.checked_sub(1).and_then(|at| months.get(at)).map(link),
            older: months.get(at + 1).map(link),
        };
        let title = format!("Incidents of {}", month.name());
        files.push(layout.page("month.html", &Head { path: &month.page(), title: &title, description: "" }, page)?);
    }
    Ok(files)
}

fn index(layout: &Layout<'_>, past: &PastIncidents, months: &[Month<'_>]) -> Result<SiteFile, SiteError> {
    let most = months.iter().map(|month| month.incidents.len()).max().unwrap_or(1);
    let row = |month: &Month<'_>| {
        let count = |wanted: Option<Severity>| month.incidents.iter().filter(|one| one.severity == wanted).count();
        let [critical, major, minor] = Severity::ALL.map(|severity| count(Some(severity)));
        Row {
            name: month.name(),
            page: month.page(),
            count: month.incidents.len(),
            grades: [critical, major, minor, count(None)],
            share: month.incidents.len() * 100 / most,
        }
    };
    let page = Index {
        since: Moment::of(past.since, Timestamp::UNIX_EPOCH),
        is_cut_off: past.is_cut_off,
        months: months.iter().map(row).collect(),
    };
    layout.page("history.html", &Head { path: INDEX, title: "Past incidents", description: "" }, page)
}

fn months(incidents: &[ResolvedIncident]) -> Vec<Month<'_>> {
    let mut months: BTreeMap<Date, Vec<&ResolvedIncident>> = BTreeMap::new();
    for incident in incidents {
        let first = TimeZone::UTC.to_datetime(incident.resolved_at).date().first_of_month();
        months.entry(first).or_default().push(incident);
    }
    let mut months: Vec<Month<'_>> = months.into_iter().map(|(first, incidents)| Month { first, incidents }).collect();
    for month in &mut months {
        month.incidents.sort_by_key(|incident| (std::cmp::Reverse(incident.resolved_at), incident.number));
    }
    months.reverse();
    months
}

impl Month<'_> {
    fn name(&self) -> String {
        self.first.strftime("%B %Y").to_string()
    }

    fn page(&self) -> String {
        format!("history/{}/index.html", self.first.strftime("%Y-%m"))
    }
}
