//! The post-mortem at the end of a serious incident.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

use lamplighter_core::ports::ArchivedDocument;
use lamplighter_core::words::{Incident, Noticer, SEVERITY_SIGNAL, WrittenPostMortem};
use lamplighter_issue_responder::{PostMortems, own_post_mortem};
use lamplighter_testkit::fakes::FakeArchive;

use super::*;

/// A writer of few words, or one that fails.
#[derive(Clone)]
struct Writes(Option<ErrorKind>, Arc<std::sync::Mutex<Vec<Incident>>>);

#[async_trait]
impl Agent for Writes {
    type Input = Incident;
    type Output = WrittenPostMortem;

    fn name(&self) -> &'static str {
        "post-mortem"
    }

    async fn run(&self, _: &Context, incident: Incident) -> Result<WrittenPostMortem> {
        if let Some(kind) = self.0 {
            return Err(Error::new(kind, "it cannot write").with_public("no ink"));
        }
        let title = incident.title.clone();
        self.1.lock().unwrap().push(incident);
        Ok(WrittenPostMortem { name: "2026-03-01-wiki.md".to_owned(), text: format!("# {title}\n"), title })
    }
}

struct Desk {
    stage: Stage,
    archive: FakeArchive,
    writes: Writes,
}

impl Desk {
    fn new(severity: Severity, failure: Option<ErrorKind>) -> Self {
        let (archive, writes) = (FakeArchive::new(), Writes(failure, Arc::default()));
        let mut stage = Stage::new(stuck(), Health::Down, Some(severity));
        stage.post_mortems = Some(PostMortems {
            agent: BoxAgent::new(writes.clone()),
            folder: "docs/post-mortems".to_owned(),
            archive: Arc::new(archive.clone()),
            writer: Arc::new(archive.clone()),
            archive_name: "archive".to_owned(),
            site: None,
            address: Some("https://status.example.org/".to_owned()),
        });
        Self { stage, archive, writes }
    }

    async fn documents(&self) -> Vec<ArchivedDocument> {
        lamplighter_core::ports::Archive::documents(&self.archive).await.unwrap()
    }
}

#[tokio::test]
async fn a_serious_incident_ends_with_its_post_mortem() {
    let desk = Desk::new(Severity::Sev2, None);
    let issue = desk.stage.file("maria", FORM);
    let cx = apply();
    let outcome = desk.stage.answer(issue, &cx).await.unwrap();
    let link = "https://status.example.org/2026-03-01-wiki.md";
    assert_eq!(outcome.post_mortem.as_deref(), Some(link));
    assert_eq!(desk.stage.issues.labels(issue), ["incident", "postmortem-done", "sev2", "user-report"]);
    let said = desk.stage.issues.said(issue);
    assert_eq!(said.last().unwrap(), &format!("**Postmortem:** [Wiki is down]({link})"));
    let documents = desk.documents().await;
    assert_eq!(own_post_mortem(&documents, issue), Some("2026-03-01-wiki.md"));

    let facts = desk.writes.1.lock().unwrap()[0].clone();
    assert_eq!(facts.detection.by, Noticer::Person("maria".to_owned()));
    assert!(facts.is_over() && facts.recovery.len() == 2, "{facts:?}");
    assert_eq!((facts.actions.len(), facts.severity), (1, Some(Severity::Sev2)));
    assert!(facts.events.iter().any(|event| event.what.starts_with("began restart-pod")), "{:?}", facts.events);

    assert_eq!(desk.stage.answer(issue, &cx).await.unwrap(), outcome, "answered again, it is the same");
    assert_eq!(desk.stage.issues.said(issue), said);
}

#[tokio::test]
async fn what_is_minor_or_healthy_needs_none() {
    let minor = Desk::new(Severity::Sev3, None);
    let issue = minor.stage.file("maria", FORM);
    assert_eq!(minor.stage.answer(issue, &apply()).await.unwrap().post_mortem, None);
    let mut healthy_one = Desk::new(Severity::Sev2, None);
    healthy_one.stage.cluster = FakeCluster::new(healthy());
    healthy_one.stage.health = Health::Healthy;
    let issue = healthy_one.stage.file("maria", FORM);
    assert_eq!(healthy_one.stage.answer(issue, &apply()).await.unwrap().post_mortem, None);
    assert!(minor.documents().await.is_empty() && healthy_one.documents().await.is_empty());
}

#[tokio::test]
async fn the_severity_that_a_person_has_set_says_whether_one_is_needed() {
    let desk = Desk::new(Severity::Sev2, None);
    let issue = desk.stage.file("maria", FORM);
    let cx = apply();
    cx.journal().signal(cx.run(), SEVERITY_SIGNAL, "sev3".into()).await.unwrap();
    assert_eq!(desk.stage.answer(issue, &cx).await.unwrap().post_mortem, None);
}

#[tokio::test]
async fn one_that_cannot_be_written_does_not_undo_the_answer_and_stays_required() {
    let desk = Desk::new(Severity::Sev2, Some(ErrorKind::Internal));
    let issue = desk.stage.file("maria", FORM);
    let outcome = desk.stage.answer(issue, &apply()).await.unwrap();
    assert_eq!((outcome.resolution, outcome.post_mortem), (Resolution::Resolved, None));
    assert!(desk.stage.issues.said(issue).last().unwrap().contains("it could not be written: no ink"));
    assert!(desk.stage.issues.labels(issue).contains(&"postmortem-required".to_owned()));
}

#[tokio::test]
async fn one_that_is_stopped_goes_on_when_it_is_started_again() {
    let mut desk = Desk::new(Severity::Sev1, Some(ErrorKind::Cancelled));
    let issue = desk.stage.file("maria", FORM);
    let cx = apply();
    assert_eq!(desk.stage.answer(issue, &cx).await.unwrap_err().kind(), ErrorKind::Cancelled);
    desk.stage.post_mortems.as_mut().unwrap().agent = BoxAgent::new(Writes(None, Arc::default()));
    assert!(desk.stage.answer(issue, &cx).await.unwrap().post_mortem.is_some());
    let said = desk.stage.issues.said(issue);
    assert_eq!(said.iter().filter(|body| body.starts_with("**Postmortem:**")).count(), 1, "{said:#?}");
}

#[tokio::test]
async fn the_document_of_somebody_else_is_never_overwritten() {
    let desk = Desk::new(Severity::Sev2, None);
    desk.archive.put("2026-03-01-wiki.md", "# By hand\n");
    let issue = desk.stage.file("maria", FORM);
    desk.stage.answer(issue, &apply()).await.unwrap();
    let documents = desk.documents().await;
    assert_eq!(own_post_mortem(&documents, issue), Some("2026-03-01-wiki-2.md"));
    assert!(documents.iter().any(|document| document.text == "# By hand\n"));
}
