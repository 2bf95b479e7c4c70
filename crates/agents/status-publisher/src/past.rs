//! The incidents that are over, for as long as their history is told.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lamplighter_core::Result;
use lamplighter_core::ports::ClosedIssue;
use lamplighter_core::trust::Vouching;
use lamplighter_core::words::status::{IssuesRead, PastIncidents, ResolvedIncident};
use lamplighter_core::words::{IssueNumber, Label, labels};

use crate::figures::DAY;
use crate::issues::{CommentsTold, IssueDesk, over_now};
use crate::timeline::timestamp;

/// How many are told, the last ones.
const MOST: usize = 1_000;
/// How often they are read. Those of the last days are, with each refresh.
const READ_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// The comments of how many of them are read with one refresh. Trackers have limits.
const COMMENTS_READ: usize = 200;

/// What is remembered of them.
#[derive(Debug, Default)]
pub(crate) struct Past {
    read_at: Option<Timestamp>,
    known: Option<PastIncidents>,
    /// What comments said, for as long as the issue was not altered since.
    comments: BTreeMap<IssueNumber, (Altered, CommentsTold)>,
}

/// The day (UTC) that a time is in, so that the same is told the whole day.
fn begin_of_day(at: Timestamp) -> Timestamp {
    timestamp(at.as_millisecond().div_euclid(DAY) * DAY).unwrap_or(at)
}

/// What shows that an issue was altered after its end: a post-mortem brings its label.
type Altered = (Timestamp, BTreeSet<Label>);

impl Past {
    /// Reads them where it is time to. What cannot be read stays as it is known; what was read is remembered also where it
    /// is broken off.
    pub(crate) async fn refresh(&mut self, desk: &IssueDesk<'_>, now: Timestamp, kept_for: Duration) -> Result<()> {
        let is_due = self.read_at.is_none_or(|read| now.duration_since(read) >= READ_EVERY);
        if is_due && self.read(desk, now, kept_for).await? {
            self.read_at = Some(now);
        }
        Ok(())
    }

    /// Whether all that is worth it has been read.
    async fn read(&mut self, desk: &IssueDesk<'_>, now: Timestamp, kept_for: Duration) -> Result<bool> {
        let Some(closed) = desk.closed else { return Ok(true) };
        let since = begin_of_day(now.checked_sub(kept_for).unwrap_or(Timestamp::UNIX_EPOCH));
        let mut over = closed.closed_issues(&[labels::INCIDENT.to_owned()].into(), since).await?;
        let is_cut_off = over.len() > MOST;
        over.truncate(MOST);
        let mut vouching = Vouching::new(desk.reader);
        let (mut left, mut is_whole, mut incidents) = (COMMENTS_READ, true, Vec::new());
        for ClosedIssue { issue, closed_at } in &over {
            let altered = (*closed_at, issue.labels.clone());
            let known = self.comments.get(&issue.number).filter(|(before, _)| *before == altered);
            // Without the label there is no post-mortem to be found, and the issue itself says what it was about.
            let is_worth_it = issue.labels.contains(labels::POSTMORTEM_DONE);
            let told = match known {
                Some((_, told)) => told.clone(),
                None if is_worth_it && left > 0 => {
                    left -= 1;
                    let told = desk.told_by_comments(issue.number, &mut vouching).await?;
                    self.comments.insert(issue.number, (altered, told.clone()));
                    told
                }
                None => {
                    is_whole &= !is_worth_it;
                    CommentsTold::default()
                }
            };
            let told = desk.told_by_issue(issue, told, &mut vouching).await?;
            incidents.push(over_now(issue, *closed_at, told));
        }
        let still: BTreeSet<IssueNumber> = over.iter().map(|one| one.issue.number).collect();
        self.comments.retain(|number, _| still.contains(number));
        self.known = Some(PastIncidents { since, incidents, is_cut_off });
        Ok(is_whole)
    }

    /// All of them, with those that the last look at the tracker told of.
    pub(crate) fn told(&self, issues: Option<&IssuesRead>) -> Option<PastIncidents> {
        let mut past = self.known.clone()?;
        let Some(issues) = issues else { return Some(past) };
        let newest = issues.resolved.as_deref().unwrap_or_default();
        let is_told: BTreeSet<IssueNumber> =
            newest.iter().map(|one| one.number).chain(issues.incidents.iter().map(|one| one.number)).collect();
        past.incidents.retain(|one| !is_told.contains(&one.number));
        past.incidents.extend(newest.iter().cloned());
        let order = |one: &ResolvedIncident| std::cmp::Reverse((one.resolved_at, one.number));
        past.incidents.sort_by_key(order);
        Some(past)
    }
}
