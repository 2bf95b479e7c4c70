//! The stages: what each knows, who is lost, and where a restart goes on.

#![expect(clippy::unwrap_used, reason = "a failing test says where")]

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use lamplighter_core::agent::{Agent, AgentExt};
use lamplighter_core::diagnosis::{Cause, Culprit, Diagnosis, DiagnosisRequest, Likelihood, RootCause};
use lamplighter_core::words::{
    Domain, Finding, Health, History, HistoryQuestion, Incident, LostMember, ObjectRef, Severity, Source, Triage,
    Trigger, Window, WrittenPostMortem,
};
use lamplighter_core::{BoxAgent, Context, Error, ErrorKind, Result, async_trait};
use lamplighter_post_mortem::{PostMortem, PostMortemRequest, StageState};
use lamplighter_testkit::context;

/// An agent that does what it is told, and counts.
struct Told<I, O> {
    name: &'static str,
    asked: Arc<Mutex<Vec<I>>>,
    answer: Box<dyn Fn() -> Result<O> + Send + Sync>,
}

#[async_trait]
impl<I: Send + 'static, O: Send + 'static> Agent for Told<I, O> {
    type Input = I;
    type Output = O;

    fn name(&self) -> &str {
        self.name
    }

    async fn run(&self, _: &Context, input: I) -> Result<O> {
        self.asked.lock().unwrap().push(input);
        (self.answer)()
    }
}

/// One that never answers.
struct Hangs;

#[async_trait]
impl Agent for Hangs {
    type Input = HistoryQuestion;
    type Output = History;

    fn name(&self) -> &'static str {
        "sev-historian"
    }

    async fn run(&self, _: &Context, _: HistoryQuestion) -> Result<History> {
        std::future::pending().await
    }
}

type Asked<I> = Arc<Mutex<Vec<I>>>;

fn told<I: Send + 'static, O: Send + 'static>(
    name: &'static str,
    answer: impl Fn() -> Result<O> + Send + Sync + 'static,
) -> (BoxAgent<I, O>, Asked<I>) {
    let asked = Asked::default();
    (Told { name, asked: Arc::clone(&asked), answer: Box::new(answer) }.boxed(), asked)
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn triage() -> Triage {
    Triage {
        health: Health::Down,
        severity: Some(Severity::Sev1),
        reasons: vec!["the database is down".to_owned()],
        services: vec!["ledger".to_owned()],
        namespaces: Vec::new(),
        domains: vec![Domain::Database],
        window: Some(Window { from: at(86_400), to: None }),
        trigger: Trigger::Deploy,
        nodes: Vec::new(),
        critical_findings: Vec::new(),
        specialists: Vec::new(),
    }
}

fn diagnosis() -> Diagnosis {
    let finding = Finding::new("no space left", ObjectRef::pod("office", "db-0"), Source::new("logs"), at(86_500));
    Diagnosis {
        verdict: Health::Down,
        severity: Some(Severity::Sev1),
        reasons: Vec::new(),
        causes: vec![RootCause::new(Cause::VolumeFull, Culprit::app("office", "db"), Likelihood::STATED, finding)],
        taken_at: at(86_600),
        source: Source::new("test"),
        gaps: vec!["network could not look: panicked".to_owned(), "alerts: refused".to_owned()],
        lost: vec![LostMember { member: "network".to_owned(), why: "panicked".to_owned() }],
        triage: triage(),
        reports: Vec::new(),
    }
}

fn document() -> WrittenPostMortem {
    WrittenPostMortem { name: "x.md".to_owned(), title: "x".to_owned(), text: "x\n".to_owned() }
}

fn request() -> PostMortemRequest {
    PostMortemRequest::new(Incident::default()).looking_at(DiagnosisRequest::default())
}

fn writer() -> (BoxAgent<Incident, WrittenPostMortem>, Asked<Incident>) {
    told("sev-report-writer", || Ok(document()))
}

#[tokio::test]
async fn each_stage_hands_on_what_it_knows() {
    let (triage, _) = told("sev-triage", || Ok(triage()));
    let (specialists, _) = told("diagnostician", || Ok(diagnosis()));
    let (historian, questions) = told("sev-historian", || Ok(History { searched: 3, ..History::default() }));
    let (writer, written) = writer();
    let agent = PostMortem::new(writer).with_triage(triage).with_specialists(specialists).with_historian(historian);
    assert_eq!(agent.run(&context("pm"), request()).await.unwrap(), document());

    let question = questions.lock().unwrap().remove(0);
    assert_eq!(question.services, ["db", "ledger"]);
    assert_eq!(question.cause.as_deref(), Some("volume_full"));
    assert_eq!(question.trigger.as_deref(), Some("deploy"));
    assert_eq!(question.domains, ["database"]);
    assert_eq!(question.before.map(|day| day.to_string()).as_deref(), Some("1970-01-03"), "its own day counts");
    let mark = written.lock().unwrap()[0].mark();
    assert_eq!(question.mark.as_deref(), Some(mark.as_str()), "by which the writer marks the document");
    assert!(question.symptoms.contains("no space left"));
    let facts = written.lock().unwrap().remove(0);
    assert_eq!(facts.severity, Some(Severity::Sev1));
    assert_eq!(facts.history.unwrap().searched, 3);
    assert_eq!(facts.lost, [LostMember { member: "network".to_owned(), why: "panicked".to_owned() }]);
    assert_eq!(facts.gaps, ["alerts: refused"], "who is lost is told once");
}

#[tokio::test]
async fn what_is_known_is_not_looked_for_again() {
    let (triager, asked_triage) = told("sev-triage", || Ok(triage()));
    let (specialists, asked_specialists) = told("diagnostician", || Ok(diagnosis()));
    let (writer, _) = writer();
    let agent = PostMortem::new(writer).with_triage(triager).with_specialists(specialists);
    let mut request = request();
    request.incident.triage = Some(triage());
    request.incident.causes = diagnosis().causes;
    agent.run(&context("pm"), request).await.unwrap();
    assert!(asked_triage.lock().unwrap().is_empty() && asked_specialists.lock().unwrap().is_empty());
}

#[tokio::test]
async fn whoever_is_lost_is_named_and_the_others_are_heard() {
    let (triage, _) =
        told::<DiagnosisRequest, Triage>("sev-triage", || Err(Error::internal("x").with_public("no cluster")));
    let (specialists, _) = told::<DiagnosisRequest, Diagnosis>("diagnostician", || panic!("a defect"));
    let (writer, written) = writer();
    let states = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&states);
    let agent = PostMortem::new(writer)
        .with_triage(triage)
        .with_specialists(specialists)
        .with_historian(Hangs.boxed())
        .on_stage(Arc::new(move |progress| seen.lock().unwrap().push((progress.stage, progress.state))));
    agent.run(&context("pm"), request()).await.unwrap();
    let facts = written.lock().unwrap().remove(0);
    let lost: Vec<&str> = facts.lost.iter().map(|lost| lost.member.as_str()).collect();
    assert_eq!(lost, ["sev-triage", "diagnostician", "sev-historian"]);
    assert_eq!(facts.lost[0].why, "no cluster");
    assert_eq!(facts.history, None);
    let states = states.lock().unwrap();
    assert!(matches!(&states[..2], [("triage", StageState::Began), ("triage", StageState::Lost(_))]), "{states:?}");
    assert_eq!(states.last().unwrap(), &("writer", StageState::Done));
}

#[tokio::test]
async fn without_a_writer_there_is_no_post_mortem() {
    let (writer, _) = told::<Incident, WrittenPostMortem>("sev-report-writer", || Err(Error::internal("a defect")));
    let error = PostMortem::new(writer).run(&context("pm"), request()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Internal);
}

#[tokio::test]
async fn a_restart_goes_on_with_the_stage_that_had_not_ended() {
    let (specialists, asked) = told("diagnostician", || Ok(diagnosis()));
    let broken = Arc::new(Mutex::new(true));
    let flag = Arc::clone(&broken);
    let (writer, written) =
        told(
            "sev-report-writer",
            move || {
                if *flag.lock().unwrap() { Err(Error::internal("killed")) } else { Ok(document()) }
            },
        );
    let agent = PostMortem::new(writer).with_specialists(specialists);
    let cx = context("pm");
    agent.run(&cx, request()).await.unwrap_err();
    *broken.lock().unwrap() = false;
    agent.run(&cx, request()).await.unwrap();
    agent.run(&cx, request()).await.unwrap();
    assert_eq!(asked.lock().unwrap().len(), 1, "the specialists were asked once");
    let written = written.lock().unwrap();
    assert_eq!(written.len(), 2, "and what was written is not written again");
    assert_eq!(written[0], written[1], "from the same facts");
}

#[tokio::test]
async fn a_run_that_is_stopped_loses_nobody() {
    let (specialists, _) =
        told::<DiagnosisRequest, Diagnosis>("diagnostician", || Err(Error::new(ErrorKind::Cancelled, "stopped")));
    let (writer, written) = writer();
    let error = PostMortem::new(writer).with_specialists(specialists).run(&context("pm"), request()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert!(written.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_stage_spends_no_more_than_it_may() {
    /// One that wants more.
    struct Spends;

    #[async_trait]
    impl Agent for Spends {
        type Input = HistoryQuestion;
        type Output = History;

        fn name(&self) -> &'static str {
            "sev-historian"
        }

        async fn run(&self, cx: &Context, _: HistoryQuestion) -> Result<History> {
            let price = lamplighter_core::Usd::dollars(2);
            cx.spend("model", price, || async { Ok((History::default(), price)) }).await
        }
    }
    let (writer, written) = writer();
    let cx = context("pm").with_budget(lamplighter_core::Budget::new(lamplighter_core::Usd::dollars(10)));
    PostMortem::new(writer).with_historian(Spends.boxed()).run(&cx, request()).await.unwrap();
    assert_eq!(written.lock().unwrap()[0].lost[0].member, "sev-historian");
}
