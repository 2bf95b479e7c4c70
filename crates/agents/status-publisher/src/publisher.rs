use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::join_all;
use futures_util::lock::Mutex;
use jiff::Timestamp;
use lamplighter_core::ports::{
    ClosedIssues, Heartbeat, Heartbeats, HistoryUpdate, IssueReader, KnownMonitor, SourceHistory, UptimeHistory,
};
use lamplighter_core::words::Source;
use lamplighter_core::words::status::{
    IssuesRead, Outage, Renewal, STATUS_VERSION, ServiceGroup, ServiceState, ServiceStatus, SourceState, SourceStatus,
    Status, source_title,
};
use lamplighter_core::{Agent, Context, Error, Result, redact};

use crate::figures::{DAY, Exempt, HOUR, dates};
use crate::issues::IssueDesk;
use crate::layout::{Entry, Group, layout, shown_names};
use crate::looked::{Looked, away, hours_of};
use crate::maintenance::{concerned, planned};
use crate::memory::{Memory, SourceMemory, complete, latency_floor};
use crate::names::unmatched;
use crate::roster::roster;
use crate::service::{Frame, Watched, group, overall, service};
use crate::timeline::{Doubt, Known, Timeline, timestamp};
use crate::{ClusterVerdict, StatusSettings};

/// The agent: looks at everything that there is and says how it stands.
///
/// It remembers what monitors saw, in an [`UptimeHistory`], and in itself what the tracker told last. Keep one for as long
/// as the process runs; refreshes are made one after the other.
///
/// # Idempotency
/// A refresh writes to nothing but the history, and there only what changed. It may be dropped and repeated at any time.
pub struct StatusPublisher {
    sources: Vec<Arc<dyn Heartbeats>>,
    history: Arc<dyn UptimeHistory>,
    reader: Option<Arc<dyn IssueReader>>,
    closed: Option<Arc<dyn ClosedIssues>>,
    settings: StatusSettings,
    memory: Mutex<Memory>,
}

impl StatusPublisher {
    /// A publisher that remembers in this history, and looks at nothing yet.
    #[must_use]
    pub fn new(history: Arc<dyn UptimeHistory>, settings: StatusSettings) -> Self {
        Self { sources: Vec::new(), history, reader: None, closed: None, settings, memory: Mutex::default() }
    }

    /// The same with more monitors. Each source has another name.
    #[must_use]
    pub fn with_monitors(mut self, source: Arc<dyn Heartbeats>) -> Self {
        self.sources.push(source);
        self
    }

    /// The same with a tracker.
    #[must_use]
    pub fn with_tracker(mut self, reader: Arc<dyn IssueReader>) -> Self {
        self.reader = Some(reader);
        self
    }

    /// The same with what tells of issues that are closed.
    #[must_use]
    pub fn with_closed_issues(mut self, closed: Arc<dyn ClosedIssues>) -> Self {
        self.closed = Some(closed);
        self
    }

    /// Writes down until when everything was seen. Called before the process ends, so that nothing of it is forgotten.
    ///
    /// # Errors
    /// Those of the history.
    pub async fn settle(&self) -> Result<()> {
        let memory = self.memory.lock().await;
        for (source, kept) in &memory.sources {
            let seen_until = kept.seen_until.and_then(timestamp);
            self.history.remember(source, &HistoryUpdate { seen_until, ..HistoryUpdate::default() }).await?;
        }
        Ok(())
    }

    /// What the operator should know of the last look, and the page does not tell everybody: why something could not be
    /// looked at, in full but for secrets, and names in the configuration that are of nothing.
    pub async fn remarks(&self) -> Vec<String> {
        self.memory.lock().await.remarks.clone()
    }

    /// What a source tells, and what is remembered of it; what is new is written down.
    async fn look(
        &self,
        (source, looks_again): (Source, bool),
        told: Result<Vec<Heartbeat>>,
        history: Option<&SourceHistory>,
        kept: &mut SourceMemory,
        now: i64,
    ) -> (Looked, Result<()>) {
        let nothing = SourceHistory::default();
        let known = history.unwrap_or(&nothing);
        let seen_until = known.seen_until.map(Timestamp::as_millisecond).max(kept.seen_until);
        let told = match told {
            Ok(told) => told,
            Err(error) => {
                let reason = error.public_message().to_owned();
                return (away(&source, reason, known, kept, now), Ok(()));
            }
        };
        let (mut update, mut watched) = (HistoryUpdate::default(), Vec::new());
        let floor = latency_floor(known, now);
        let roster =
            roster(&told, kept.told.as_ref().or(known.monitors.as_ref()).map(Vec::as_slice).unwrap_or_default());
        update.monitors = (known.monitors.as_ref() != Some(&roster)).then(|| roster.clone());
        kept.told = Some(roster.clone());
        for (Heartbeat { beats, day, .. }, monitor) in told.into_iter().zip(roster) {
            let key = &monitor.key;
            let changes = known.changes.get(key).map(Vec::as_slice).unwrap_or_default();
            let mut timeline =
                Timeline::of(Known { changes, seen_until }, &beats, now, millis(self.settings.stale_after));
            timeline.present.looks_again = looks_again;
            if let Some(news) = timeline.news() {
                update.changes.insert(key.clone(), news);
            }
            if timeline.present.doubt != Some(Doubt::ClockAhead) {
                kept.take(key, &beats, floor);
            }
            watched.push((monitor, Watched { timeline, day, latency: Vec::new() }));
        }
        // A monitor that is not told of any more was not seen any more.
        let seen: HashSet<&String> = watched.iter().map(|(monitor, _)| &monitor.key).collect();
        for (key, changes) in known.changes.iter().filter(|(key, _)| !seen.contains(key)) {
            let timeline = Timeline::unseen(Known { changes, seen_until }, now, Doubt::NotToldAnyMore);
            update.changes.extend(timeline.news().map(|news| (key.clone(), news)));
        }
        update.latency = kept.whole_hours(now);
        let mut latency = hours_of(&known.latency);
        latency.extend(hours_of(&update.latency));
        for (monitor, watched) in &mut watched {
            let of_it = latency.iter().filter_map(|(hour, all)| Some((*hour, *all.get(&monitor.key)?)));
            watched.latency = of_it.collect();
        }
        kept.seen_until = Some(now);
        let written = match history {
            Some(_) => {
                let update = complete(update, known, now, millis(self.settings.write_every));
                self.history.remember(&source, &update).await
            }
            // What is not known cannot be continued.
            None => Ok(()),
        };
        if written.is_ok() && history.is_some() {
            kept.written(now);
        }
        let is_ahead = watched.iter().any(|(_, watched)| watched.timeline.present.doubt == Some(Doubt::ClockAhead));
        let (state, reason) = if is_ahead {
            (SourceState::ClockSkewed, Some("its clock is ahead of ours".to_owned()))
        } else {
            (SourceState::Reached, None)
        };
        let status = SourceStatus { name: source.to_string(), state, last_look: timestamp(now), reason };
        (Looked { status, watched }, written)
    }

    /// The services of a page.
    fn services(
        &self,
        looked: &[Looked],
        groups: Vec<Group<'_>>,
        cluster: &ClusterVerdict,
        inside_seen: &mut BTreeMap<String, Timestamp>,
        now: Timestamp,
    ) -> Vec<ServiceGroup> {
        let mut by_key: BTreeMap<&str, Vec<&Watched>> = BTreeMap::new();
        for (monitor, watched) in looked.iter().flat_map(|looked| &looked.watched) {
            by_key.entry(&monitor.key).or_default().push(watched);
        }
        let at = now.as_millisecond();
        let this_hour = at.div_euclid(HOUR) * HOUR;
        let (dates, hours) =
            (dates(at), (1..=DAY / HOUR).rev().map(|back| this_hour - back * HOUR).collect::<Vec<_>>());
        let frame = Frame { now, dates: &dates, hours: &hours };
        let mut put_together = |entry: &Entry<'_>| {
            // A monitor that is configured and that nobody tells of is one that cannot say, and not one less.
            let found: Vec<&Watched> =
                entry.monitors.iter().filter_map(|key| by_key.get(key.as_str())).flatten().copied().collect();
            let is_whole = entry.monitors.iter().all(|key| by_key.contains_key(key.as_str()));
            let windows = self.settings.maintenance.iter().filter(|window| entry.is_concerned_by(window));
            let in_maintenance = windows.clone().any(|window| window.is_under_way(now));
            let exempt =
                Exempt::new(windows.map(|window| (window.from.as_millisecond(), window.to.as_millisecond())).collect());
            let inside = entry.service.and_then(|service| cluster.of(service, now, self.settings.stale_after));
            if inside.is_some_and(|inside| inside != ServiceState::Unknown) {
                inside_seen.insert(entry.name.clone(), now);
            }
            let missing = Watched {
                timeline: Timeline::unseen(Known { changes: &[], seen_until: None }, at, Doubt::NotToldAnyMore),
                day: None,
                latency: Vec::new(),
            };
            let mut monitors = found;
            if !is_whole && !monitors.is_empty() {
                monitors.push(&missing);
            }
            let inside = (inside, inside_seen.get(&entry.name).copied());
            service(entry, &monitors, inside, in_maintenance, &exempt, &frame)
        };
        groups.into_iter().map(|one| group(one.name, one.entries.iter().map(&mut put_together).collect())).collect()
    }

    /// What the tracker tells, or told last.
    async fn issues(
        &self,
        cx: &Context,
        shown: &BTreeMap<String, String>,
        memory: &mut Memory,
        now: Timestamp,
    ) -> Option<(SourceStatus, Option<IssuesRead>, Option<Error>)> {
        let reader = self.reader.as_deref()?;
        let desk = IssueDesk { reader, closed: self.closed.as_deref(), catalog: &self.settings.catalog, shown };
        let name = "tracker".to_owned();
        let patience = self.settings.patience;
        Some(match cx.within(patience, desk.read(now)).await {
            Ok(issues) => {
                let past = memory.past.refresh(&desk, now, self.settings.past_for);
                // What is over has time until the next look.
                let _ = cx.within(patience, past).await;
                memory.issues = Some(issues.clone());
                let status = SourceStatus { name, state: SourceState::Reached, last_look: Some(now), reason: None };
                (status, Some(issues), None)
            }
            Err(error) => {
                let last_look = memory.issues.as_ref().map(|issues| issues.read_at);
                let reason = Some(error.public_message().to_owned());
                let status = SourceStatus { name, state: SourceState::Unreachable, last_look, reason };
                (status, memory.issues.clone(), Some(error))
            }
        })
    }

    fn cluster(&self, verdict: &ClusterVerdict, memory: &mut Memory, now: Timestamp) -> Option<SourceStatus> {
        let name = "cluster".to_owned();
        let away = |last_look, reason: &str| SourceStatus {
            name: "cluster".to_owned(),
            state: SourceState::Unreachable,
            last_look,
            reason: Some(reason.to_owned()),
        };
        match verdict {
            ClusterVerdict::NotAsked => None,
            ClusterVerdict::Unreadable { reason } => Some(away(memory.cluster, reason)),
            ClusterVerdict::Scanned { report } if verdict.is_fresh(now, self.settings.stale_after) => {
                memory.cluster = Some(report.taken_at);
                Some(SourceStatus { name, state: SourceState::Reached, last_look: Some(now), reason: None })
            }
            ClusterVerdict::Scanned { report } => {
                Some(away(Some(report.taken_at).filter(|at| *at <= now), "its scan is not of now"))
            }
        }
    }
}

#[async_trait]
impl Agent for StatusPublisher {
    type Input = ClusterVerdict;
    type Output = Status;

    fn name(&self) -> &'static str {
        "status-publisher"
    }

    /// What cannot be looked at is unknown on the page and no error.
    ///
    /// # Errors
    /// [`Cancelled`](lamplighter_core::ErrorKind::Cancelled) and [`Timeout`](lamplighter_core::ErrorKind::Timeout) of the run.
    async fn run(&self, cx: &Context, cluster: ClusterVerdict) -> Result<Status> {
        cx.go_on()?;
        let mut memory = self.memory.lock().await;
        let patience = self.settings.patience;
        let ask = |source: &Arc<dyn Heartbeats>| {
            let source = Arc::clone(source);
            async move {
                let told = cx.within(patience, source.heartbeats()).await;
                // Who has just not answered is not asked anything else.
                let work = if told.is_ok() { Some(cx.within(patience, source.planned_work()).await) } else { None };
                (told, work)
            }
        };
        let told = join_all(self.sources.iter().map(ask)).await;
        let recalled = self.history.recall().await;
        // After the answers: what they tell of is not in the future then.
        let now = timestamp(cx.now().as_millisecond()).unwrap_or_else(|| cx.now());
        let mut remarks: Vec<String> =
            recalled.as_ref().err().map(|error| remark("history", error)).into_iter().collect();
        let mut failure = recalled.as_ref().err().map(|error| error.public_message().to_owned());
        let mut recalled = recalled.ok();
        let mut looked = Vec::new();
        for (asked, (told, work)) in self.sources.iter().zip(told) {
            let source = asked.source();
            let history = recalled.as_mut().map(|all| all.remove(&source).unwrap_or_default());
            let kept = memory.sources.entry(source.clone()).or_default();
            remarks.extend(told.as_ref().err().map(|error| remark(&source_title(source.as_str()), error)));
            // What was planned stays so while nobody can be asked.
            match work {
                Some(Ok(work)) => kept.planned = work,
                Some(Err(error)) => {
                    remarks.push(remark(&format!("the maintenance of {}", source_title(source.as_str())), &error));
                }
                None => {}
            }
            let (one, written) =
                self.look((source, asked.looks_again()), told, history.as_ref(), kept, now.as_millisecond()).await;
            looked.push(one);
            remarks.extend(written.as_ref().err().map(|error| remark("history", error)));
            failure = failure.or(written.err().map(|error| error.public_message().to_owned()));
        }
        let monitors: Vec<&KnownMonitor> =
            looked.iter().flat_map(|one| one.watched.iter().map(|(monitor, _)| monitor)).collect();
        let groups = layout(&self.settings, &monitors);
        if looked.iter().all(|one| one.status.state != SourceState::Unreachable) {
            remarks.extend(unmatched(&self.settings, &groups, &monitors));
        }
        let shown = shown_names(&groups);
        let concerned = concerned(&self.settings.maintenance, &groups);
        let services = self.services(&looked, groups, &cluster, &mut memory.inside, now);
        let mut sources: Vec<SourceStatus> = looked.into_iter().map(|one| one.status).collect();
        if let Some(reason) = failure {
            let (name, state) = ("history".to_owned(), SourceState::Unreachable);
            sources.push(SourceStatus { name, state, last_look: None, reason: Some(reason) });
        }
        sources.extend(self.cluster(&cluster, &mut memory, now));
        let mut issues = None;
        if let Some((status, read, failure)) = self.issues(cx, &shown, &mut memory, now).await {
            remarks.extend(failure.map(|error| remark("tracker", &error)));
            sources.push(status);
            issues = read;
        }
        let past = memory.past.told(issues.as_ref());
        memory.remarks = remarks;
        let told = memory.sources.iter().map(|(source, kept)| (source, kept.planned.as_slice()));
        Ok(Status {
            version: STATUS_VERSION,
            title: self.settings.title.clone(),
            generated_at: now,
            renewal: Renewal::default(),
            state: overall(&services, issues.as_ref()),
            sources,
            outages: outages(&services, issues.as_ref()),
            groups: services,
            issues,
            maintenance: planned(&self.settings.maintenance, concerned, told, now),
            self_service: self.settings.self_service.clone(),
            past,
        })
    }
}

/// Why something could not be looked at, for the operator.
fn remark(what: &str, error: &Error) -> String {
    redact(&format!("{what}: {}", error.chain()))
}

/// One for each service that is down, the longest first.
fn outages(groups: &[ServiceGroup], issues: Option<&IssuesRead>) -> Vec<Outage> {
    let is_outage = |service: &&ServiceStatus| service.state == ServiceState::Down && !service.is_unconfirmed;
    let down = groups.iter().flat_map(|group| &group.services).filter(is_outage);
    let outage = |service: &ServiceStatus| {
        let incidents = issues.map(|issues| &*issues.incidents).unwrap_or_default();
        let told = incidents.iter().find(|incident| incident.services.contains(&service.name));
        Outage { service: service.name.clone(), since: service.since, incident: told.map(|incident| incident.number) }
    };
    let mut outages: Vec<Outage> = down.map(outage).collect();
    outages.sort_by_key(|outage| outage.since);
    outages
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
