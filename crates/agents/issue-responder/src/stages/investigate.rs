use std::collections::BTreeSet;

use lamplighter_core::cluster::ClusterState;
use lamplighter_core::diagnosis::DiagnosisRequest;
use lamplighter_core::ports::LogsRequest;
use lamplighter_core::words::{Finding, LostMember, ObjectRef, Report, ServiceCatalog, Source, WorkloadRef};
use lamplighter_core::{Agent, Context, Error, ErrorKind, Flow, Result, async_trait, redact};
use serde::{Deserialize, Serialize};

use crate::case::{Case, Outcome};
use crate::desk::Desk;
use crate::diagnosis::suspect;
use crate::ports::{Ports, Settings};
use crate::survey::read_cluster;

/// Why is it down? Reads the pods, the events and the logs of what is affected.
pub(crate) struct Investigate(pub(crate) Desk);

#[async_trait]
impl Agent for Investigate {
    type Input = Case;
    type Output = Flow<Case, Outcome>;

    fn name(&self) -> &'static str {
        "investigate"
    }

    async fn run(&self, cx: &Context, mut case: Case) -> Result<Self::Output> {
        let Desk { ports, settings } = &self.0;
        let survey = case.survey.as_ref().ok_or_else(|| Error::internal("investigated before it was verified"))?;
        let services = affected(&survey.triage.services, &case.report, settings);
        let state = read_cluster(ports).await?;
        for (service, workloads) in services {
            for workload in workloads_of(&state, &service, workloads) {
                let on_it: Vec<Finding> =
                    survey.health.findings().filter(|f| concerns(f, &state, &workload)).cloned().collect();
                case.suspects.extend(suspect(&state, &service, &workload, on_it));
            }
        }
        root_causes(ports, cx, &mut case).await?;
        for suspect in &mut case.suspects {
            let mut evidence = Vec::new();
            let read = read_logs(&self.0, cx, &state, &suspect.workload, &mut evidence).await;
            // What a program says of itself is worth more to a reader than what is said about it.
            evidence.append(&mut suspect.evidence);
            suspect.evidence = evidence;
            match read {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::BudgetExceeded => {
                    case.cut_short = Some(format!("the budget of this issue is used up: {}", error.public_message()));
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Flow::Next(case))
    }
}

/// What the specialists name. A diagnosis that fails leaves what the pods say.
async fn root_causes(ports: &Ports, cx: &Context, case: &mut Case) -> Result<()> {
    let Some(diagnosis) = &ports.diagnosis else { return Ok(()) };
    let request = DiagnosisRequest { report: Some(case.report.clone()), ..DiagnosisRequest::default() };
    match diagnosis.run(cx, request).await {
        Ok(diagnosis) => {
            let is_lost =
                |gap: &String| diagnosis.lost.iter().any(|lost| gap.starts_with(&format!("{} ", lost.member)));
            case.gaps = diagnosis.gaps.iter().filter(|gap| !is_lost(gap)).cloned().collect();
            case.lost = diagnosis.lost;
            case.causes = diagnosis.causes;
        }
        Err(error) if error.kind() == ErrorKind::Cancelled => return Err(error),
        Err(error) => {
            tracing::warn!(parent: cx.span(), %error, "the diagnosis failed");
            let why = error.public_message().to_owned();
            case.lost.push(LostMember { member: diagnosis.name().to_owned(), why });
        }
    }
    Ok(())
}

/// The affected services with the workloads that the catalog knows for them, those first that others need.
///
/// Where the report names a service, only that one and what it needs: whatever else is broken is in the findings,
/// and nobody has asked here for it to be touched.
fn affected(names: &[String], report: &Report, settings: &Settings) -> Vec<(String, Vec<WorkloadRef>)> {
    let catalog = &settings.catalog;
    let asked = report.service.as_deref().and_then(|name| catalog.find(name));
    let asked = asked.or_else(|| report.url.as_deref().and_then(|url| catalog.find_by_url(url)));
    let wanted = asked.map(|service| with_what_it_needs(catalog, &service.name));
    let is_wanted = |name: &&String| wanted.as_ref().is_none_or(|wanted| wanted.contains(name.as_str()));
    let needed_by = |name: &str| {
        let needs =
            |service: &&str| catalog.find(service).is_some_and(|s| s.depends_on.iter().any(|need| need == name));
        names.iter().map(String::as_str).filter(needs).count()
    };
    let mut services: Vec<_> = names.iter().filter(is_wanted).map(|name| (name.clone(), catalog.find(name))).collect();
    services.sort_by_key(|(name, entry)| std::cmp::Reverse((needed_by(name), entry.map(|service| service.tier))));
    services.into_iter().map(|(name, entry)| (name, entry.map(|s| s.workloads.clone()).unwrap_or_default())).collect()
}

/// A service and, through all levels, the services that it cannot work without.
fn with_what_it_needs(catalog: &ServiceCatalog, name: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![name.to_owned()];
    while let Some(name) = open.pop() {
        if let Some(service) = catalog.find(&name)
            && found.insert(service.name.clone())
        {
            open.extend(service.depends_on.iter().cloned());
        }
    }
    found
}

/// The catalog's workloads, or those that carry the service's name.
fn workloads_of(state: &ClusterState, service: &str, known: Vec<WorkloadRef>) -> Vec<WorkloadRef> {
    if !known.is_empty() {
        return known;
    }
    let name = service.rsplit('/').next().unwrap_or(service);
    state.workloads().into_iter().map(|status| status.workload).filter(|workload| workload.name == name).collect()
}

fn concerns(finding: &Finding, state: &ClusterState, workload: &WorkloadRef) -> bool {
    let is_pod = |pod: &&lamplighter_core::cluster::Pod| {
        finding.object == ObjectRef::pod(pod.metadata.namespace(), &pod.metadata.name)
    };
    finding.object == workload.object() || state.pods_of(workload).iter().any(is_pod)
}

/// The last lines of the containers that are not ready, those of the instance before where one has ended. What
/// was read before an error is kept.
async fn read_logs(
    desk: &Desk,
    cx: &Context,
    state: &ClusterState,
    workload: &WorkloadRef,
    findings: &mut Vec<Finding>,
) -> Result<()> {
    let Desk { ports, settings } = desk;
    let pods = state.pods_of(workload);
    for pod in pods.into_iter().filter(|pod| !pod.is_ready()) {
        for status in pod.status.container_statuses.iter().filter(|status| !status.ready) {
            let request = LogsRequest {
                namespace: pod.metadata.namespace().to_owned(),
                pod: pod.metadata.name.clone(),
                container: Some(status.name.clone()),
                previous: status.state.running.is_none() && status.restart_count > 0,
                lines: settings.log_lines,
            };
            let step = format!("logs:{}/{}/{}", request.namespace, pod.metadata.uid, status.name);
            let price = ports.logs.price();
            let last = cx.spend(&step, price, || async { Ok((last_line(ports, &request).await?, price)) }).await?;
            let object = ObjectRef::pod(&request.namespace, &request.pod);
            let source = Source::new(format!("logs of {object}"));
            findings.extend(match last {
                Said::Nothing => None,
                Said::Unreadable(why) => {
                    let summary = format!("the logs of container {} of {object} could not be read: {why}", status.name);
                    Some(Finding::new(summary, object, source, state.taken_at))
                }
                Said::Line(line) => {
                    let summary = format!("the last line of container {} of {object}", status.name);
                    Some(Finding::new(summary, object, source, state.taken_at).with_evidence(line))
                }
            });
        }
    }
    Ok(())
}

/// What a container said last, without what looks like a secret.
#[derive(Serialize, Deserialize)]
enum Said {
    Line(String),
    Nothing,
    Unreadable(String),
}

/// Logs that cannot be read are a missing piece of evidence and no reason to stop: a node that is away takes its
/// logs with it.
async fn last_line(ports: &Ports, request: &LogsRequest) -> Result<Said> {
    match ports.logs.tail(request).await {
        Ok(lines) => {
            let last = lines.iter().rev().find(|line| !line.trim().is_empty());
            Ok(last.map_or(Said::Nothing, |line| Said::Line(redact(line))))
        }
        Err(error) if matches!(error.kind(), ErrorKind::BudgetExceeded | ErrorKind::Cancelled) => Err(error),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Said::Nothing),
        Err(error) => Ok(Said::Unreadable(error.public_message().to_owned())),
    }
}
