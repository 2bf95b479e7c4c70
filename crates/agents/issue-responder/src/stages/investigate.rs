use lamplighter_core::cluster::ClusterState;
use lamplighter_core::ports::LogsRequest;
use lamplighter_core::words::{Finding, ObjectRef, Source, WorkloadRef};
use lamplighter_core::{Agent, Context, Error, ErrorKind, Flow, Result, async_trait};

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
        let services = affected(&survey.triage.services, settings);
        let state = read_cluster(ports).await?;
        for (service, workloads) in services {
            for workload in workloads_of(&state, &service, workloads) {
                let on_it: Vec<Finding> =
                    survey.health.findings().filter(|f| concerns(f, &state, &workload)).cloned().collect();
                case.suspects.extend(suspect(&state, &service, &workload, on_it));
            }
        }
        for suspect in &mut case.suspects {
            match read_logs(&self.0, cx, &state, &suspect.workload, &mut suspect.evidence).await {
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

/// The affected services with the workloads that the catalog knows for them, those first that others need.
fn affected(names: &[String], settings: &Settings) -> Vec<(String, Vec<WorkloadRef>)> {
    let catalog = &settings.catalog;
    let mut services: Vec<_> = names.iter().map(|name| (name.clone(), catalog.find(name))).collect();
    let needed_by = |name: &str| {
        let needs =
            |service: &&str| catalog.find(service).is_some_and(|s| s.depends_on.iter().any(|need| need == name));
        names.iter().map(String::as_str).filter(needs).count()
    };
    services.sort_by_key(|(name, entry)| {
        let tier = entry.map(|service| service.tier);
        std::cmp::Reverse((needed_by(name), tier))
    });
    services.into_iter().map(|(name, entry)| (name, entry.map(|s| s.workloads.clone()).unwrap_or_default())).collect()
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
            let lines =
                cx.spend(&step, price, || async { Ok((read_or_nothing(ports, &request).await?, price)) }).await?;
            if let Some(last) = lines.iter().rev().find(|line| !line.trim().is_empty()) {
                let object = ObjectRef::pod(&request.namespace, &request.pod);
                let summary = format!("the last line of container {} of {object}", status.name);
                let source = Source::new(format!("logs of {object}"));
                findings.push(
                    Finding::new(summary, object, source, state.taken_at).with_evidence(lamplighter_core::redact(last)),
                );
            }
        }
    }
    Ok(())
}

/// Logs that are not there, or may not be read, are a missing piece of evidence and no reason to stop.
async fn read_or_nothing(ports: &Ports, request: &LogsRequest) -> Result<Vec<String>> {
    match ports.logs.tail(request).await {
        Ok(lines) => Ok(lines),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidInput | ErrorKind::Permission) => {
            tracing::info!(%error, pod = request.pod, "no logs");
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}
