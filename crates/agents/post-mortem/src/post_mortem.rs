use async_trait::async_trait;
use lamplighter_core::diagnosis::{Diagnosis, DiagnosisRequest};
use lamplighter_core::words::{History, HistoryQuestion, Incident, Triage as Triaged, WrittenPostMortem};
use lamplighter_core::{Agent, BoxAgent, Context, Pipeline, Result};

use crate::member::{Member, StageWatcher};
use crate::request::PostMortemRequest;
use crate::settings::{PostMortemSettings, StageLimits};
use crate::stages::{Historian, Specialists, Triage, Writer};

/// The agent that has a post-mortem written, stage by stage.
///
/// # Errors
/// [`Cancelled`](lamplighter_core::ErrorKind::Cancelled) when the run is stopped, those of the journal, and those of the
/// writer. Every other failure is told in the report.
pub struct PostMortem {
    triage: Option<BoxAgent<DiagnosisRequest, Triaged>>,
    specialists: Option<BoxAgent<DiagnosisRequest, Diagnosis>>,
    historian: Option<BoxAgent<HistoryQuestion, History>>,
    writer: BoxAgent<Incident, WrittenPostMortem>,
    settings: PostMortemSettings,
    watcher: Option<StageWatcher>,
}

impl PostMortem {
    /// With a writer and nobody else.
    #[must_use]
    pub fn new(writer: BoxAgent<Incident, WrittenPostMortem>) -> Self {
        let settings = PostMortemSettings::default();
        Self { triage: None, specialists: None, historian: None, writer, settings, watcher: None }
    }

    /// The same with triage.
    #[must_use]
    pub fn with_triage(mut self, triage: BoxAgent<DiagnosisRequest, Triaged>) -> Self {
        self.triage = Some(triage);
        self
    }

    /// The same with specialists, who survive the loss of any of them.
    #[must_use]
    pub fn with_specialists(mut self, specialists: BoxAgent<DiagnosisRequest, Diagnosis>) -> Self {
        self.specialists = Some(specialists);
        self
    }

    /// The same with a historian.
    #[must_use]
    pub fn with_historian(mut self, historian: BoxAgent<HistoryQuestion, History>) -> Self {
        self.historian = Some(historian);
        self
    }

    /// The same with these limits.
    #[must_use]
    pub fn with_settings(mut self, settings: PostMortemSettings) -> Self {
        self.settings = settings;
        self
    }

    /// The same, telling of its progress.
    #[must_use]
    pub fn on_stage(mut self, watcher: StageWatcher) -> Self {
        self.watcher = Some(watcher);
        self
    }

    fn pipeline(&self) -> Pipeline<PostMortemRequest, WrittenPostMortem> {
        let settings = &self.settings;
        Pipeline::new("post-mortem")
            .stage(Triage(self.member("triage", self.triage.as_ref(), settings.triage)))
            .stage(Specialists(self.member("specialists", self.specialists.as_ref(), settings.specialists)))
            .stage(Historian(self.member("historian", self.historian.as_ref(), settings.historian)))
            .stage(Writer(Member {
                stage: "writer",
                agent: self.writer.clone(),
                limits: settings.writer,
                watcher: self.watcher.clone(),
            }))
    }

    fn member<I: Send + 'static, O: Send + 'static>(
        &self,
        stage: &'static str,
        agent: Option<&BoxAgent<I, O>>,
        limits: StageLimits,
    ) -> Option<Member<I, O>> {
        let agent = agent?.clone();
        Some(Member { stage, agent, limits, watcher: self.watcher.clone() })
    }
}

#[async_trait]
impl Agent for PostMortem {
    type Input = PostMortemRequest;
    type Output = WrittenPostMortem;

    fn name(&self) -> &'static str {
        "post-mortem"
    }

    async fn run(&self, cx: &Context, request: PostMortemRequest) -> Result<WrittenPostMortem> {
        let purse = cx.budget().child(self.settings.money);
        self.pipeline().run(&cx.clone().with_budget(purse), request).await
    }
}
