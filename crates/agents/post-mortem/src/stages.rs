//! The four stages. Each adds to the case what it knows, or that it could not look.

use async_trait::async_trait;
use jiff::Timestamp;
use lamplighter_core::diagnosis::{Diagnosis, DiagnosisRequest};
use lamplighter_core::words::{
    Finding, History, HistoryQuestion, Incident, LostMember, Triage as Triaged, Window, WrittenPostMortem,
};
use lamplighter_core::{Agent, Context, Flow, Result};

use crate::member::{Member, StageState};
use crate::question::history_question;
use crate::request::PostMortemRequest;

/// A post-mortem while it is made.
pub(crate) type Case = PostMortemRequest;

/// How bad, and where.
pub(crate) struct Triage(pub(crate) Option<Member<DiagnosisRequest, Triaged>>);

#[async_trait]
impl Agent for Triage {
    type Input = Case;
    type Output = Flow<Case, WrittenPostMortem>;

    fn name(&self) -> &'static str {
        "triage"
    }

    async fn run(&self, cx: &Context, mut case: Case) -> Result<Self::Output> {
        if case.incident.written_at == Timestamp::default() {
            case.incident.written_at = cx.now();
        }
        if let Some(member) = &self.0 {
            match case.look.clone().filter(|_| case.incident.triage.is_none()) {
                None => member.tell(StageState::Skipped),
                Some(look) => match member.ask(cx, look).await? {
                    Ok(triage) => take_triage(&mut case.incident, triage),
                    Err(lost) => case.incident.lost.push(lost),
                },
            }
        }
        Ok(Flow::Next(case))
    }
}

/// Why.
pub(crate) struct Specialists(pub(crate) Option<Member<DiagnosisRequest, Diagnosis>>);

#[async_trait]
impl Agent for Specialists {
    type Input = Case;
    type Output = Flow<Case, WrittenPostMortem>;

    fn name(&self) -> &'static str {
        "specialists"
    }

    async fn run(&self, cx: &Context, mut case: Case) -> Result<Self::Output> {
        if let Some(member) = &self.0 {
            match case.look.clone().filter(|_| case.incident.causes.is_empty()) {
                None => member.tell(StageState::Skipped),
                Some(look) => match member.ask(cx, look).await? {
                    Ok(diagnosis) => take_diagnosis(&mut case.incident, diagnosis),
                    Err(lost) => case.incident.lost.push(lost),
                },
            }
        }
        Ok(Flow::Next(case))
    }
}

/// Whether it has happened before.
pub(crate) struct Historian(pub(crate) Option<Member<HistoryQuestion, History>>);

#[async_trait]
impl Agent for Historian {
    type Input = Case;
    type Output = Flow<Case, WrittenPostMortem>;

    fn name(&self) -> &'static str {
        "historian"
    }

    async fn run(&self, cx: &Context, mut case: Case) -> Result<Self::Output> {
        match &self.0 {
            Some(member) => {
                let question = history_question(&case.incident);
                match member.ask(cx, question).await? {
                    Ok(history) => case.incident.history = Some(history),
                    Err(lost) => case.incident.lost.push(lost),
                }
            }
            None if case.incident.history.is_none() => {
                let why = "no archive is configured".to_owned();
                case.incident.lost.push(LostMember { member: "sev-historian".to_owned(), why });
            }
            None => {}
        }
        Ok(Flow::Next(case))
    }
}

/// The document. Without it there is no post-mortem, so its failure is one.
pub(crate) struct Writer(pub(crate) Member<Incident, WrittenPostMortem>);

#[async_trait]
impl Agent for Writer {
    type Input = Case;
    type Output = Flow<Case, WrittenPostMortem>;

    fn name(&self) -> &'static str {
        "writer"
    }

    async fn run(&self, cx: &Context, case: Case) -> Result<Self::Output> {
        self.0.try_ask(cx, case.incident).await.map(Flow::Done)
    }
}

fn take_triage(incident: &mut Incident, triage: Triaged) {
    incident.severity = incident.severity.or(triage.severity);
    incident.window = incident.window.or(triage.window);
    incident.triage = Some(triage);
}

fn take_diagnosis(incident: &mut Incident, diagnosis: Diagnosis) {
    incident.severity = incident.severity.or(diagnosis.severity);
    incident.looked_at = incident.looked_at.or(Some(diagnosis.taken_at));
    incident.causes = diagnosis.causes;
    for finding in diagnosis.reports.into_iter().flat_map(|report| report.findings) {
        if !incident.findings.contains(&finding) {
            incident.findings.push(finding);
        }
    }
    let is_lost = |gap: &String| diagnosis.lost.iter().any(|lost| gap.starts_with(&format!("{} ", lost.member)));
    incident.gaps.extend(diagnosis.gaps.iter().filter(|gap| !is_lost(gap)).cloned());
    incident.lost.extend(diagnosis.lost);
    if incident.triage.is_none() {
        take_triage(incident, diagnosis.triage);
    }
    if incident.window.is_none() {
        let seen = incident.causes.first().into_iter().flat_map(|cause| &cause.evidence);
        let first: Option<&Finding> = seen.min_by_key(|finding| finding.at);
        incident.window = first.map(|finding| Window { from: finding.at, to: None });
    }
}
