use std::sync::Arc;

use lamplighter_cluster_health::Repairer;
use lamplighter_commander::Commander;
use lamplighter_core::delivery::Delivery;
use lamplighter_core::ports::{
    Archive, AuditLog, ClosedIssues, ClusterReader, ClusterWriter, Heartbeats, Inbox, IssueReader, IssueWriter,
    Journal, LastBeats, Logs, Manifests, Metrics, Monitors, NodeUnits, Notifier, Repository, Stacks, StopSwitch,
    Topology, UptimeHistory,
};
use lamplighter_core::words::{History, HistoryQuestion, ServiceCatalog};
use lamplighter_core::{Actuator, BoxAgent, CancellationToken, Clock, Error, Result, Usd};
use lamplighter_diagnostician::Sources;
use lamplighter_guardrails::guardrails;
use lamplighter_health_filer::HealthFiler;
use lamplighter_issue_responder::{IssueResponder, Ports, Settings, Tracker};
use lamplighter_status_publisher::StatusPublisher;
use lamplighter_todo_resolver::TodoResolver;

use crate::diagnostics::{Agents, Diagnostics};
use crate::pinned::PinnedIssues;
use crate::post_mortems::{HistorianMaker, PostMortemShelf, Remembering};
use crate::status::StatusLook;
use crate::stop::{AnyStop, StopLabel};
use crate::watched::{StepWatcher, WatchedJournal};
use crate::{Lamplighter, Options, SystemClock, status};

/// Puts a [`Lamplighter`] together from ports.
///
/// A tracker, a cluster with its logs, a journal, an audit log and a stop switch are needed; the rest may be
/// left out, and what it would do is then handed to a person.
#[derive(Default)]
pub struct Builder {
    options: Options,
    tracker: Option<Tracker>,
    cluster: Option<Arc<dyn ClusterReader>>,
    logs: Option<Arc<dyn Logs>>,
    cluster_writer: Option<Arc<dyn ClusterWriter>>,
    monitors: Option<Arc<dyn Monitors>>,
    metrics: Option<Arc<dyn Metrics>>,
    topology: Option<Arc<dyn Topology>>,
    units: Option<Arc<dyn NodeUnits>>,
    manifests: Option<Arc<dyn Manifests>>,
    delivery: Option<Delivery>,
    notifier: Option<Arc<dyn Notifier>>,
    journal: Option<Arc<dyn Journal>>,
    audit: Option<Arc<dyn AuditLog>>,
    inbox: Option<Arc<dyn Inbox>>,
    heartbeats: Vec<Arc<dyn Heartbeats>>,
    uptime: Option<Arc<dyn UptimeHistory>>,
    closed: Option<Arc<dyn ClosedIssues>>,
    stop: Vec<Arc<dyn StopSwitch>>,
    shelf: Option<PostMortemShelf>,
    historian: Option<HistorianMaker>,
    clock: Option<Arc<dyn Clock>>,
    cancellation: CancellationToken,
}

impl Builder {
    /// How it behaves.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// The tracker.
    #[must_use]
    pub fn tracker(mut self, reader: Arc<dyn IssueReader>, writer: Arc<dyn IssueWriter>) -> Self {
        self.tracker = Some(Tracker { reader, writer });
        self
    }

    /// The cluster and its logs.
    #[must_use]
    pub fn cluster(mut self, reader: Arc<dyn ClusterReader>, logs: Arc<dyn Logs>) -> Self {
        self.cluster = Some(reader);
        self.logs = Some(logs);
        self
    }

    /// What restarts pods and scales.
    #[must_use]
    pub fn cluster_writer(mut self, writer: Arc<dyn ClusterWriter>) -> Self {
        self.cluster_writer = Some(writer);
        self
    }

    /// The monitors that watch from outside.
    #[must_use]
    pub fn monitors(mut self, monitors: Arc<dyn Monitors>) -> Self {
        self.monitors = Some(monitors);
        self
    }

    /// The metrics and alerts.
    #[must_use]
    pub fn metrics(mut self, metrics: Arc<dyn Metrics>) -> Self {
        self.metrics = Some(metrics);
        self
    }

    /// Who calls whom.
    #[must_use]
    pub fn topology(mut self, topology: Arc<dyn Topology>) -> Self {
        self.topology = Some(topology);
        self
    }

    /// The systemd units of the nodes.
    #[must_use]
    pub fn units(mut self, units: Arc<dyn NodeUnits>) -> Self {
        self.units = Some(units);
        self
    }

    /// The objects as they were applied.
    #[must_use]
    pub fn manifests(mut self, manifests: Arc<dyn Manifests>) -> Self {
        self.manifests = Some(manifests);
        self
    }

    /// Terraform and the repository that it is in.
    #[must_use]
    pub fn delivery(mut self, stacks: Arc<dyn Stacks>, repository: Arc<dyn Repository>) -> Self {
        self.delivery = Some(Delivery { stacks, repository });
        self
    }

    /// Where post-mortems are kept. Without it none is written, and their label stays on the issues.
    #[must_use]
    pub fn post_mortems(mut self, place: PostMortemShelf) -> Self {
        self.shelf = Some(place);
        self
    }

    /// Another one who remembers than [`SevHistorian`](crate::agents::SevHistorian), made from the archive of post-mortems.
    #[must_use]
    pub fn historian(
        mut self,
        make: impl FnOnce(Arc<dyn Archive>, &ServiceCatalog) -> BoxAgent<HistoryQuestion, History> + Send + 'static,
    ) -> Self {
        self.historian = Some(Box::new(make));
        self
    }

    /// Who is called when a person is needed.
    #[must_use]
    pub fn notifier(mut self, notifier: Arc<dyn Notifier>) -> Self {
        self.notifier = Some(notifier);
        self
    }

    /// The memory of runs and the audit log.
    #[must_use]
    pub fn journal(mut self, journal: Arc<dyn Journal>, audit: Arc<dyn AuditLog>) -> Self {
        self.journal = Some(journal);
        self.audit = Some(audit);
        self
    }

    /// Where messages and jobs are kept, for a [`Dispatcher`](crate::Dispatcher). The words that signed messages bring are
    /// then the words of their issues.
    #[must_use]
    pub fn inbox(mut self, inbox: Arc<dyn Inbox>) -> Self {
        self.inbox = Some(inbox);
        self
    }

    /// Where it is remembered what monitors saw, for the status page.
    #[must_use]
    pub fn uptime_history(mut self, history: Arc<dyn UptimeHistory>) -> Self {
        self.uptime = Some(history);
        self
    }

    /// Monitors of the status page, with their looks. There may be several, each of another name; where there are none the
    /// [monitors](Builder::monitors) are shown by their last looks.
    #[must_use]
    pub fn heartbeats(mut self, source: Arc<dyn Heartbeats>) -> Self {
        self.heartbeats.push(source);
        self
    }

    /// What tells the status page of incidents that are over.
    #[must_use]
    pub fn closed_issues(mut self, closed: Arc<dyn ClosedIssues>) -> Self {
        self.closed = Some(closed);
        self
    }

    /// A global stop switch. There may be several: everything is stopped while one of them says so or cannot be read. A label
    /// on an open issue is always one.
    #[must_use]
    pub fn stop_switch(mut self, stop: Arc<dyn StopSwitch>) -> Self {
        self.stop.push(stop);
        self
    }

    /// The clock; the machine's where none is given.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Told of every step that is recorded, for progress on a screen.
    #[must_use]
    pub fn on_step(self, watcher: StepWatcher) -> Self {
        self.layer_journal(|journal| Arc::new(WatchedJournal::new(journal, watcher)))
    }

    /// The journal with something around it. A layer on a part that is not there does nothing.
    #[must_use]
    pub fn layer_journal(mut self, layer: impl FnOnce(Arc<dyn Journal>) -> Arc<dyn Journal>) -> Self {
        self.journal = self.journal.map(layer);
        self
    }

    /// The writing half of the tracker with something around it.
    #[must_use]
    pub fn layer_issue_writer(mut self, layer: impl FnOnce(Arc<dyn IssueWriter>) -> Arc<dyn IssueWriter>) -> Self {
        self.tracker = self.tracker.map(|Tracker { reader, writer }| Tracker { reader, writer: layer(writer) });
        self
    }

    /// The writing half of the cluster with something around it.
    #[must_use]
    pub fn layer_cluster_writer(
        mut self,
        layer: impl FnOnce(Arc<dyn ClusterWriter>) -> Arc<dyn ClusterWriter>,
    ) -> Self {
        self.cluster_writer = self.cluster_writer.map(layer);
        self
    }

    /// The stacks with something around them.
    #[must_use]
    pub fn layer_stacks(mut self, layer: impl FnOnce(Arc<dyn Stacks>) -> Arc<dyn Stacks>) -> Self {
        self.delivery =
            self.delivery.map(|Delivery { stacks, repository }| Delivery { stacks: layer(stacks), repository });
        self
    }

    /// The repository with something around it.
    #[must_use]
    pub fn layer_repository(mut self, layer: impl FnOnce(Arc<dyn Repository>) -> Arc<dyn Repository>) -> Self {
        self.delivery =
            self.delivery.map(|Delivery { stacks, repository }| Delivery { stacks, repository: layer(repository) });
        self
    }

    /// Stops every run when it is cancelled; they go on where they were when they are started again.
    #[must_use]
    pub fn cancellation(mut self, cancellation: CancellationToken) -> Self {
        self.cancellation = cancellation;
        self
    }

    /// Puts it together.
    ///
    /// # Errors
    /// [`InvalidInput`](lamplighter_core::ErrorKind::InvalidInput) naming the part that is missing.
    pub fn build(self) -> Result<Lamplighter> {
        let cluster = needed(self.cluster, "cluster")?;
        let logs = needed(self.logs, "cluster")?;
        if self.stop.is_empty() {
            return needed(None, "stop_switch");
        }
        let audit = needed(self.audit, "journal")?;
        let journal = needed(self.journal, "journal")?;
        let mut tracker = needed(self.tracker, "tracker")?;
        let mut switches = self.stop;
        switches.push(Arc::new(StopLabel(Arc::clone(&tracker.reader))));
        let stop: Arc<dyn StopSwitch> = Arc::new(AnyStop(switches));
        let commander = Commander::new(Arc::clone(&tracker.reader), Arc::clone(&tracker.writer), Arc::clone(&stop));
        let mut actuator = Actuator::new(guardrails(self.options.policy.clone(), stop), Arc::clone(&cluster));
        if let Some(writer) = self.cluster_writer {
            actuator = actuator.with_cluster(writer);
        }
        if let Some(delivery) = &self.delivery {
            actuator = actuator.with_stacks(Arc::clone(&delivery.stacks), Arc::clone(&delivery.repository));
        }
        let resolver = todo_resolver(self.delivery.as_ref(), self.shelf.as_ref(), &actuator, &self.options.catalog);
        let filer = HealthFiler::new(Arc::clone(&tracker.reader), Arc::clone(&tracker.writer));
        let repairer = Repairer::new(self.options.health.clone(), actuator.clone());
        let mut sources = Sources::new(Arc::clone(&cluster));
        // Logs that cost are read by the responder, which knows whose and how many.
        if logs.price() == Usd::ZERO {
            sources = sources.with_logs(Arc::clone(&logs));
        }
        if let Some(monitors) = &self.monitors {
            sources = sources.with_monitors(Arc::clone(monitors));
        }
        if let Some(metrics) = self.metrics {
            sources = sources.with_metrics(metrics);
        }
        if let Some(topology) = self.topology {
            sources = sources.with_topology(topology);
        }
        if let Some(units) = self.units {
            sources = sources.with_units(units);
        }
        if let Some(manifests) = self.manifests {
            sources = sources.with_manifests(manifests);
        }
        if let Some(inbox) = &self.inbox {
            tracker.reader = Arc::new(PinnedIssues { tracker: tracker.reader, inbox: Arc::clone(inbox) });
        }
        let diagnostics = Diagnostics::new(sources, &self.options);
        let Agents { health, triage, diagnosis } = diagnostics.agents();
        let reader = Arc::clone(&tracker.reader);
        let status = self.uptime.map(|history| {
            let tracker = (Arc::clone(&reader), self.closed);
            status_look(history, &self.options, tracker, self.heartbeats, self.monitors.as_ref())
        });
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock));
        let repository = self.delivery.as_ref().map(|delivery| Arc::clone(&delivery.repository));
        let Remembering { historian, post_mortems } = match self.shelf {
            None => Remembering::default(),
            Some(place) => {
                let catalog = &self.options.catalog;
                Remembering::of(place, repository, self.historian, catalog, (Arc::clone(&journal), Arc::clone(&clock)))
            }
        };
        let ports = Ports {
            tracker,
            cluster: Arc::clone(&cluster),
            logs,
            monitors: self.monitors.clone(),
            delivery: self.delivery,
            notifier: self.notifier,
            health,
            triage,
            diagnosis: Some(diagnosis),
            post_mortems,
            actuator,
        };
        Ok(Lamplighter {
            responder: IssueResponder::new(ports, settings(&self.options)),
            commander,
            inbox: self.inbox,
            diagnostics,
            historian,
            resolver,
            repairer,
            filer: filer.with_settings(self.options.filer.clone()),
            status,
            tracker: reader,
            cluster,
            journal,
            audit,
            clock,
            cancellation: self.cancellation,
            options: self.options,
        })
    }
}

/// How issues are answered.
fn settings(options: &Options) -> Settings {
    Settings {
        owner: options.owner.clone(),
        catalog: options.catalog.clone(),
        job_limit: options.job_limit,
        patience: options.patience,
        approval_patience: options.approval_patience,
        recovery_window: options.recovery_window,
        recovery_poll: options.recovery_poll,
        memory_ceiling: options.memory_ceiling,
        log_lines: options.log_lines,
        self_service: options.self_service.clone(),
    }
}

/// Who looks for the status page. Monitors that tell their last look only are asked where no others are.
fn status_look(
    history: Arc<dyn UptimeHistory>,
    options: &Options,
    (tracker, closed): (Arc<dyn IssueReader>, Option<Arc<dyn ClosedIssues>>),
    mut heartbeats: Vec<Arc<dyn Heartbeats>>,
    monitors: Option<&Arc<dyn Monitors>>,
) -> StatusLook {
    if let Some(monitors) = monitors.filter(|_| heartbeats.is_empty()) {
        heartbeats.push(Arc::new(LastBeats(Arc::clone(monitors))));
    }
    let publisher = StatusPublisher::new(history, status::settings(options)).with_tracker(tracker);
    let publisher = closed.into_iter().fold(publisher, StatusPublisher::with_closed_issues);
    StatusLook::new(heartbeats.into_iter().fold(publisher, StatusPublisher::with_monitors))
}

/// Who does action items: needs a repository that has the post-mortems.
fn todo_resolver(
    delivery: Option<&Delivery>,
    shelf: Option<&PostMortemShelf>,
    actuator: &Actuator,
    catalog: &ServiceCatalog,
) -> Option<TodoResolver> {
    let folder = shelf?.folder.clone();
    Some(TodoResolver::new(delivery?.clone(), Arc::new(actuator.clone()), folder, catalog.clone()))
}

fn needed<T>(part: Option<T>, name: &str) -> Result<T> {
    part.ok_or_else(|| Error::invalid(format!("a Lamplighter needs a {name}: call Builder::{name}")))
}
