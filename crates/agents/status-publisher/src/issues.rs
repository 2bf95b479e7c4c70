//! What the tracker tells.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use lamplighter_core::markdown::line;
use lamplighter_core::ports::{ClosedIssue, ClosedIssues, IssueReader};
use lamplighter_core::trust::{Vouching, chosen};
use lamplighter_core::words::status::{
    ActiveIncident, IssuesRead, OpenReport, OpenReports, ResolvedIncident, TimelineEntry,
};
use lamplighter_core::words::{FiledIssue, IssueNumber, ServiceCatalog, Severity, labels};
use lamplighter_core::{Error, ErrorKind, Result};

use crate::words::{affected, entry, post_mortem};

/// How many incidents of each kind are read, and how many reports are shown.
const INCIDENTS: usize = 50;
const REPORTS: usize = 20;
const LONGEST_TITLE: usize = 120;
/// How long an incident that is over is shown.
const SHOWN_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Reads the tracker for a page.
pub(crate) struct IssueDesk<'a> {
    pub(crate) reader: &'a dyn IssueReader,
    pub(crate) closed: Option<&'a dyn ClosedIssues>,
    pub(crate) catalog: &'a ServiceCatalog,
    /// What the page calls a service of the catalog, for those that are on it.
    pub(crate) shown: &'a BTreeMap<String, String>,
}

/// What was said of an issue, by whom it counts.
pub(crate) struct Told {
    title: Option<String>,
    services: BTreeSet<String>,
    timeline: Vec<TimelineEntry>,
    post_mortem: Option<String>,
}

/// What comments said of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct CommentsTold {
    /// Services, as they were called.
    named: Vec<String>,
    timeline: Vec<TimelineEntry>,
    post_mortem: Option<String>,
}

impl IssueDesk<'_> {
    /// What there is now. All of it or nothing: an incident that could not be read is not one less.
    pub(crate) async fn read(&self, now: Timestamp) -> Result<IssuesRead> {
        if let Some(first) = self.reader.left_out().await?.first() {
            let public = "an issue there cannot be read";
            return Err(Error::new(ErrorKind::InvalidInput, format!("{public}: {first}")).with_public(public));
        }
        let mut vouching = Vouching::new(self.reader);
        let mut open = self.reader.open_issues(&[labels::INCIDENT.to_owned()].into()).await?;
        open.sort_by_key(|issue| (std::cmp::Reverse(severity(issue)), issue.created_at, issue.number));
        open.truncate(INCIDENTS);
        let mut incidents = Vec::new();
        for issue in &open {
            let told = self.told(issue, &mut vouching).await?;
            incidents.push((issue.key.clone(), active(issue, told)));
        }
        let reports = self.reader.open_issues(&[labels::USER_REPORT.to_owned()].into()).await?;
        let resolved = match self.closed {
            None => None,
            Some(closed) => {
                let since = now.checked_sub(SHOWN_FOR).unwrap_or(Timestamp::MIN);
                let mut over = closed.closed_issues(&[labels::INCIDENT.to_owned()].into(), since).await?;
                over.truncate(INCIDENTS);
                let mut resolved = Vec::new();
                for ClosedIssue { issue, closed_at } in &over {
                    let told = self.told(issue, &mut vouching).await?;
                    resolved.push(over_now(issue, *closed_at, told));
                }
                Some(resolved)
            }
        };
        Ok(IssuesRead { read_at: now, incidents: merged(incidents), reports: self.reports(reports), resolved })
    }

    async fn told(&self, issue: &FiledIssue, vouching: &mut Vouching<'_>) -> Result<Told> {
        let comments = self.told_by_comments(issue.number, vouching).await?;
        self.told_by_issue(issue, comments, vouching).await
    }

    /// What the issue itself says, beside its comments.
    pub(crate) async fn told_by_issue(
        &self,
        issue: &FiledIssue,
        comments: CommentsTold,
        vouching: &mut Vouching<'_>,
    ) -> Result<Told> {
        let CommentsTold { mut named, timeline, post_mortem } = comments;
        let title = vouching.issue(issue).await?.map(|text| line(&text.get().title, LONGEST_TITLE));
        named.extend(title.iter().flat_map(|title| self.named_in(title)));
        named.extend(chosen(&issue.text, self.catalog).service);
        named.extend(issue.key.as_deref().and_then(|key| self.service_of_key(key)));
        let services = named.iter().filter_map(|name| self.shown_as(name)).collect();
        Ok(Told { title: title.filter(|title| !title.is_empty()), services, timeline, post_mortem })
    }

    pub(crate) async fn told_by_comments(
        &self,
        number: IssueNumber,
        vouching: &mut Vouching<'_>,
    ) -> Result<CommentsTold> {
        let mut told = CommentsTold::default();
        for comment in self.reader.comments(number).await? {
            let at = comment.at;
            let Some(body) = vouching.comment(comment).await? else { continue };
            told.named.extend(affected(body.get()));
            told.post_mortem = post_mortem(body.get()).or(told.post_mortem);
            told.timeline.extend(entry(body.get()).map(|(word, text)| TimelineEntry { at, word, text }));
        }
        Ok(told)
    }

    fn shown_as(&self, name: &str) -> Option<String> {
        let cataloged = self.catalog.find(name).map_or(name, |service| &service.name);
        self.shown.get(cataloged).cloned()
    }

    /// The services that a title names as words of their own.
    fn named_in(&self, title: &str) -> Vec<String> {
        let plain = |text: &str| {
            let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
            format!(" {} ", words.map(str::to_lowercase).collect::<Vec<_>>().join(" "))
        };
        let title = plain(title);
        let is_named = |name: &String| plain(name).len() > 2 && title.contains(&plain(name));
        let services = self.catalog.services().iter();
        services
            .filter(|one| is_named(&one.name) || one.aliases.iter().any(is_named))
            .map(|one| one.name.clone())
            .collect()
    }

    /// The service whose workload a condition is of, by the key that its issue was filed with: `…/deployment/apps/wiki`.
    fn service_of_key(&self, key: &str) -> Option<String> {
        let mut parts = key.rsplit('/');
        let (name, namespace, kind) = (parts.next()?, parts.next()?, parts.next()?);
        let is_it = |workload: &lamplighter_core::words::WorkloadRef| {
            workload.name == name && workload.namespace == namespace && workload.kind.as_str() == kind
        };
        self.catalog.services().iter().find(|one| one.workloads.iter().any(is_it)).map(|one| one.name.clone())
    }

    fn reports(&self, mut open: Vec<FiledIssue>) -> OpenReports {
        // Confirmed, it is an incident and told as one.
        open.retain(|issue| !issue.labels.contains(labels::INCIDENT));
        open.sort_by_key(|issue| std::cmp::Reverse((issue.created_at, issue.number)));
        let report = |issue: &FiledIssue| {
            let chosen = chosen(&issue.text, self.catalog);
            OpenReport {
                number: issue.number,
                opened_at: issue.created_at,
                service: chosen.service.and_then(|name| self.shown_as(&name)),
                error: chosen.error,
                scope: chosen.scope,
            }
        };
        OpenReports { total: open.len(), newest: open.iter().take(REPORTS).map(report).collect() }
    }
}

fn severity(issue: &FiledIssue) -> Option<Severity> {
    // Trackers take labels of another case for the same.
    let has = |wanted: &str| issue.labels.iter().any(|label| label.eq_ignore_ascii_case(wanted));
    Severity::ALL.into_iter().find(|severity| has(severity.label()))
}

fn active(issue: &FiledIssue, told: Told) -> ActiveIncident {
    ActiveIncident {
        number: issue.number,
        also: Vec::new(),
        title: told.title,
        severity: severity(issue),
        opened_at: issue.created_at,
        services: told.services.into_iter().collect(),
        timeline: told.timeline,
    }
}

/// An incident that is over.
pub(crate) fn over_now(issue: &FiledIssue, resolved_at: Timestamp, told: Told) -> ResolvedIncident {
    let is_written = issue.labels.contains(labels::POSTMORTEM_DONE);
    ResolvedIncident {
        number: issue.number,
        title: told.title,
        severity: severity(issue),
        opened_at: issue.created_at,
        resolved_at,
        services: told.services.into_iter().collect(),
        post_mortem: told.post_mortem.filter(|_| is_written),
    }
}

/// One incident for each condition: those of the same key, and those of exactly the same services. The worst and oldest
/// stands for them.
fn merged(all: Vec<(Option<String>, ActiveIncident)>) -> Vec<ActiveIncident> {
    let mut kept: Vec<(Option<String>, ActiveIncident)> = Vec::new();
    for (key, incident) in all {
        let is_same = |(known, other): &&mut (Option<String>, ActiveIncident)| {
            let same_services = !incident.services.is_empty() && other.services == incident.services;
            (key.is_some() && *known == key) || same_services
        };
        match kept.iter_mut().find(is_same) {
            Some((_, other)) => {
                other.also.push(incident.number);
                other.opened_at = other.opened_at.min(incident.opened_at).or(other.opened_at).or(incident.opened_at);
                other.timeline.extend(incident.timeline);
                other.timeline.sort_by_key(|entry| entry.at);
            }
            None => kept.push((key, incident)),
        }
    }
    kept.into_iter().map(|(_, incident)| incident).collect()
}
