use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use lamplighter_core::diagnosis::{Diagnosis, DiagnosisRequest, Scene};
use lamplighter_core::ports::{Alert, Archive, ArchiveWriter, ArchivedDocument, Journal, Repository};
use lamplighter_core::runs::newest_answer;
use lamplighter_core::words::{
    Detection, Finding, History, HistoryQuestion, Incident, IssueNumber, ObjectRef, ServiceCatalog, Source, Triage,
    Window, WrittenPostMortem,
};
use lamplighter_core::{Agent, AgentExt, BoxAgent, Clock, Context, Error, ErrorKind, Result, RunKey};
use lamplighter_issue_responder::{PostMortemSite, PostMortems};
use lamplighter_post_mortem::{PostMortem, PostMortemRequest, StageWatcher};
use lamplighter_sev_historian::SevHistorian;
use lamplighter_sev_report_writer::SevReportWriter;

use crate::{Diagnostics, Lamplighter};

/// Makes the historian of an archive.
pub type HistorianMaker =
    Box<dyn FnOnce(Arc<dyn Archive>, &ServiceCatalog) -> BoxAgent<HistoryQuestion, History> + Send>;

/// Where post-mortems are kept.
#[derive(Clone)]
pub struct PostMortemShelf {
    /// The folder of the repository that they are committed to, where there is a repository.
    pub folder: String,
    /// The archive of past ones, and where new ones go, where there is no repository or it does not take them.
    pub archive: Arc<dyn Archive>,
    /// The same, for writing.
    pub writer: Arc<dyn ArchiveWriter>,
    /// What it is called for people: a path.
    pub name: String,
    /// The site that they are published on.
    pub site: Option<PostMortemSite>,
    /// The address of the site, or of the documents where there is none.
    pub address: Option<String>,
}

/// Of what a post-mortem is asked for by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostMortemOf {
    /// The incident that was answered on an issue.
    Issue(IssueNumber),
    /// What was wrong in a window of time (UTC), as it can still be seen. Where nothing can, there is no document: a window
    /// says where to look, and not that anything failed when it begins or worked again when it ends.
    Window {
        /// Its begin.
        from: Timestamp,
        /// Its end.
        to: Timestamp,
    },
    /// What is wrong now, or was when a dump was made.
    Now,
}

impl Lamplighter {
    /// Writes a post-mortem by hand. It is not kept and nothing is said on an issue: the document is the answer.
    ///
    /// # Idempotency
    /// Each call that ends is one of its own. One that was interrupted goes on where it was.
    ///
    /// # Errors
    /// [`NotFound`](ErrorKind::NotFound) when no incident was confirmed on the issue; those of the journal; for what is not an
    /// issue, when the cluster cannot be read at all.
    pub async fn post_mortem(&self, of: &PostMortemOf, watcher: Option<StageWatcher>) -> Result<WrittenPostMortem> {
        let historian = self.historian.clone();
        let name = match of {
            PostMortemOf::Issue(number) => format!("post-mortem/issue/{}", number.0),
            PostMortemOf::Window { from, to } => format!("post-mortem/{from}/{to}"),
            PostMortemOf::Now => "post-mortem/now".to_owned(),
        };
        let run = self.unfinished(&name).await?;
        let _lease = self.journal.lease(&run).await?;
        let cx = self.context(run);
        let PostMortemOf::Issue(number) = of else {
            return self.diagnostics.post_mortem(&cx, of, self.options.catalog.clone(), historian, watcher).await;
        };
        let answer = newest_answer(&*self.journal, *number).await?.unwrap_or_else(|| RunKey::of_issue(*number, 1));
        let mut incident = self.responder.incident(&self.context(answer), *number).await?.ok_or_else(|| {
            let message =
                format!("no incident was confirmed on issue {number}; answer it first, or name a window of time");
            Error::new(ErrorKind::NotFound, message.clone()).with_public(message)
        })?;
        incident.written_at = self.clock.now();
        let mut agent = PostMortem::new(SevReportWriter::new().boxed());
        if let Some(historian) = historian {
            agent = agent.with_historian(historian);
        }
        if let Some(watcher) = watcher {
            agent = agent.on_stage(watcher);
        }
        agent.run(&cx, PostMortemRequest::new(incident)).await
    }

    /// The first run of this name that has not ended.
    async fn unfinished(&self, name: &str) -> Result<RunKey> {
        let mut number: u32 = 1;
        loop {
            let run = RunKey::new(format!("{name}/{number}"));
            if self.journal.recorded(&run, WRITER).await?.is_none() {
                return Ok(run);
            }
            number += 1;
        }
    }
}

/// The last step of a post-mortem that is asked for by hand.
const WRITER: &str = "writer";

impl Diagnostics {
    /// Writes the post-mortem of what can be seen.
    ///
    /// # Errors
    /// When the cluster cannot be read at all, and those of the journal.
    pub async fn post_mortem(
        &self,
        cx: &Context,
        of: &PostMortemOf,
        catalog: ServiceCatalog,
        historian: Option<BoxAgent<HistoryQuestion, History>>,
        watcher: Option<StageWatcher>,
    ) -> Result<WrittenPostMortem> {
        let window = match of {
            PostMortemOf::Window { from, to } => Some(Window { from: *from, to: Some(*to) }),
            PostMortemOf::Issue(_) | PostMortemOf::Now => None,
        };
        let look = DiagnosisRequest { at: window.and_then(|window| window.to), ..DiagnosisRequest::default() };
        let scene = self.survey(cx, look.clone()).await?;
        self.check_that_something_was_wrong(cx, &look, window, &scene).await?;
        // What is written of a dump is the same document whenever that is.
        let written_at = scene.state().taken_at;
        let incident = Incident { detection: detection(&scene), catalog, written_at, ..Incident::default() };
        let mut agent = PostMortem::new(SevReportWriter::new().boxed())
            .with_triage(TriageOf(self.clone(), Arc::clone(&scene)).boxed())
            .with_specialists(DiagnosisOf(self.clone(), scene).boxed());
        if let Some(historian) = historian {
            agent = agent.with_historian(historian);
        }
        if let Some(watcher) = watcher {
            agent = agent.on_stage(watcher);
        }
        agent.run(cx, PostMortemRequest::new(incident).looking_at(look)).await
    }

    /// A triage or a diagnosis that fails here is told of in the document.
    async fn check_that_something_was_wrong(
        &self,
        cx: &Context,
        look: &DiagnosisRequest,
        window: Option<Window>,
        scene: &Arc<Scene>,
    ) -> Result<()> {
        let nothing = |message: String| Error::new(ErrorKind::NotFound, message.clone()).with_public(message);
        let Ok(triage) = self.triage(cx, None, Arc::clone(scene)).await else { return Ok(()) };
        if triage.severity.is_none()
            && triage.critical_findings.is_empty()
            && let Ok(diagnosis) = self.diagnose_scene(cx, look, Arc::clone(scene)).await
            && diagnosis.causes.is_empty()
        {
            return Err(nothing("nothing is seen to be wrong, so that there is no incident to write of".to_owned()));
        }
        let began = triage.window.map_or(scene.state().taken_at, |seen| seen.from);
        match window {
            Some(Window { from, to: Some(to) }) if began > to => Err(nothing(format!(
                "nothing is seen to have been wrong from {from} to {to}; the earliest that is seen is of {began}"
            ))),
            _ => Ok(()),
        }
    }
}

/// What the monitors and the alerts say in a scene.
fn detection(scene: &Scene) -> Detection {
    let source = Source::new("alerts");
    let finding = |alert: &Alert| {
        let name = alert.labels.get("alertname").map_or("without a name", String::as_str);
        Finding::new(format!("alert {name} fires"), ObjectRef::global("alert", name), source.clone(), alert.since)
    };
    let alerts = scene.alerts.as_result().ok().map(|alerts| alerts.iter().map(finding).collect());
    Detection { monitors: scene.monitors.as_result().ok().cloned(), alerts, ..Detection::default() }
}

/// The triage of a scene that was surveyed before.
struct TriageOf(Diagnostics, Arc<Scene>);

#[async_trait]
impl Agent for TriageOf {
    type Input = DiagnosisRequest;
    type Output = Triage;

    fn name(&self) -> &'static str {
        "sev-triage"
    }

    async fn run(&self, cx: &Context, request: DiagnosisRequest) -> Result<Triage> {
        self.0.triage(cx, request.report, Arc::clone(&self.1)).await
    }
}

/// The diagnosis of a scene that was surveyed before.
struct DiagnosisOf(Diagnostics, Arc<Scene>);

#[async_trait]
impl Agent for DiagnosisOf {
    type Input = DiagnosisRequest;
    type Output = Diagnosis;

    fn name(&self) -> &'static str {
        "diagnostician"
    }

    async fn run(&self, cx: &Context, request: DiagnosisRequest) -> Result<Diagnosis> {
        self.0.diagnose_scene(cx, &request, Arc::clone(&self.1)).await
    }
}

/// The post-mortem of an incident whose facts are known.
pub(crate) struct FromFacts(pub(crate) PostMortem);

#[async_trait]
impl Agent for FromFacts {
    type Input = Incident;
    type Output = WrittenPostMortem;

    fn name(&self) -> &'static str {
        "post-mortem"
    }

    async fn run(&self, cx: &Context, incident: Incident) -> Result<WrittenPostMortem> {
        self.0.run(cx, PostMortemRequest::new(incident)).await
    }
}

/// Who remembers, who writes, and where it goes.
#[derive(Default)]
pub(crate) struct Remembering {
    pub(crate) historian: Option<BoxAgent<HistoryQuestion, History>>,
    pub(crate) post_mortems: Option<PostMortems>,
}

impl Remembering {
    /// With a repository the past is what was committed; the folder of the shelf holds what could not be.
    pub(crate) fn of(
        shelf: PostMortemShelf,
        repository: Option<Arc<dyn Repository>>,
        make_historian: Option<HistorianMaker>,
        catalog: &ServiceCatalog,
        (journal, clock): (Arc<dyn Journal>, Arc<dyn Clock>),
    ) -> Self {
        let archive: Arc<dyn Archive> = match repository {
            None => Arc::clone(&shelf.archive),
            Some(repository) => {
                Arc::new(RepositoryArchive { repository, folder: shelf.folder.clone(), journal, clock })
            }
        };
        let historian = match make_historian {
            Some(make) => make(Arc::clone(&archive), catalog),
            None => SevHistorian::new(Arc::clone(&archive)).with_catalog(catalog.clone()).boxed(),
        };
        let agent = PostMortem::new(SevReportWriter::new().boxed()).with_historian(historian.clone());
        let post_mortems = PostMortems {
            agent: FromFacts(agent).boxed(),
            folder: shelf.folder,
            archive: shelf.archive,
            writer: shelf.writer,
            archive_name: shelf.name,
            site: shelf.site,
            address: shelf.address,
        };
        Self { historian: Some(historian), post_mortems: Some(post_mortems) }
    }
}

/// The archive in a folder of the repository, at the newest commit.
pub(crate) struct RepositoryArchive {
    pub(crate) repository: Arc<dyn Repository>,
    pub(crate) folder: String,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// How often another reader is waited for.
const TRIES: u32 = 50;

/// How long each time.
const WAIT: Duration = Duration::from_millis(200);

#[async_trait]
impl Archive for RepositoryArchive {
    async fn documents(&self) -> Result<Vec<ArchivedDocument>> {
        // One working copy for all readers, in this process and in others.
        let run = RunKey::new("archive");
        let mut tries = 0;
        let _lease = loop {
            match self.journal.lease(&run).await {
                Err(error) if error.kind() == ErrorKind::Conflict && tries < TRIES => {
                    tries += 1;
                    self.clock.sleep(WAIT).await;
                }
                lease => break lease?,
            }
        };
        let workspace = self.repository.workspace(&run).await?;
        self.repository.documents(&workspace, &self.folder).await
    }
}
