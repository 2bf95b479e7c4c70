//! Choosing the pods whose logs are worth reading, and reading them.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt, stream};
use lamplighter_core::cluster::{Observed, Pod};
use lamplighter_core::diagnosis::{LogBook, LogStream, Scene};
use lamplighter_core::ports::{Logs, LogsRequest, Scope};
use lamplighter_core::{Context, ErrorKind, Usd};

use crate::settings::SurveySettings;

/// The lines of the pods that fail, and of those that they call and that call them.
pub(crate) async fn logs(
    cx: &Context,
    logs: Option<&dyn Logs>,
    scene: &Scene,
    scope: &Scope,
    settings: &SurveySettings,
) -> Observed<LogBook> {
    let Some(logs) = logs else {
        return Observed::Unknown("no source of logs is configured".to_owned());
    };
    let mut groups = match logs.groups().await {
        Ok(groups) => groups,
        Err(error) => {
            tracing::warn!(%error, "the log store could not be asked for groups");
            Vec::new()
        }
    };
    groups.retain(|group| group.namespace.is_empty() || scope.covers(&group.namespace));
    let wanted = wanted(scene, settings);
    let read = wanted.iter().map(|(pod, app)| read_pod(cx, logs, pod, app, settings.log_lines));
    let read: Vec<_> = stream::iter(read.collect::<Vec<_>>()).buffered(settings.at_once.max(1)).collect().await;
    let (mut streams, mut failure) = (Vec::new(), None);
    for outcome in read {
        match outcome {
            Ok(lines) => streams.extend(lines),
            Err(reason) => failure = Some(reason),
        }
    }
    match failure {
        Some(reason) if streams.is_empty() && groups.is_empty() => Observed::Unknown(reason),
        _ => Observed::Seen(LogBook::new(streams, groups)),
    }
}

/// The pods to read, with their apps, the most telling first.
fn wanted<'a>(scene: &'a Scene, settings: &SurveySettings) -> Vec<(&'a Pod, String)> {
    let graph = &scene.graph;
    let app = |pod: &Pod| graph.workload_of(pod).map_or_else(|| pod.metadata.name.clone(), |workload| workload.name);
    let failing: BTreeSet<String> = scene.state().pods.items().iter().filter(|pod| is_failing(pod)).map(app).collect();
    let beside: BTreeSet<&str> =
        failing.iter().flat_map(|app| scene.calls.callers(app).chain(scene.calls.callees(app))).collect();
    let mut ranked: BTreeMap<(u8, u32), Vec<(&Pod, String)>> = BTreeMap::new();
    let mut of_app: BTreeMap<String, u32> = BTreeMap::new();
    let readable = |pod: &&Pod| !pod.is_completed() && pod.spec.node_name.is_some() && !pod.spec.containers.is_empty();
    for pod in scene.state().pods.items().iter().filter(readable) {
        let app = app(pod);
        let rank = match (is_failing(pod), failing.contains(&app), beside.contains(app.as_str())) {
            (true, ..) => 0,
            (_, true, _) => 1,
            (.., true) => 2,
            _ => 3,
        };
        // One pod of each app before the second of any.
        let nth = of_app.entry(app.clone()).or_default();
        *nth += 1;
        ranked.entry((rank, *nth)).or_default().push((pod, app));
    }
    ranked.into_values().flatten().take(settings.log_pods).collect()
}

fn is_failing(pod: &Pod) -> bool {
    !pod.is_completed() && (!pod.is_ready() || pod.restarts() > 0)
}

/// The lines of all containers of a pod, and of their last instances where they were restarted.
async fn read_pod(cx: &Context, logs: &dyn Logs, pod: &Pod, app: &str, lines: u32) -> Result<Vec<LogStream>, String> {
    let mut streams = Vec::new();
    let mut failure = None;
    for container in pod.spec.init_containers.iter().chain(&pod.spec.containers) {
        let status = pod.all_container_statuses().find(|status| status.name == container.name);
        let restarted = status.is_some_and(|status| status.restart_count > 0 || status.last_state.terminated.is_some());
        for previous in [false, true] {
            if previous && !restarted {
                continue;
            }
            let request = LogsRequest {
                namespace: pod.metadata.namespace().to_owned(),
                pod: pod.metadata.name.clone(),
                container: Some(container.name.clone()),
                previous,
                lines,
            };
            match tail(cx, logs, &request).await {
                Ok(lines) if lines.is_empty() => {}
                Ok(lines) => streams.push(LogStream {
                    namespace: request.namespace,
                    pod: request.pod,
                    container: container.name.clone(),
                    previous,
                    app: app.to_owned(),
                    lines,
                }),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => failure = Some(format!("logs: {}", error.public_message())),
            }
        }
    }
    match failure {
        Some(reason) if streams.is_empty() => Err(reason),
        _ => Ok(streams),
    }
}

/// Log stores that bill are paid from the run's budget, once.
async fn tail(cx: &Context, logs: &dyn Logs, request: &LogsRequest) -> lamplighter_core::Result<Vec<String>> {
    let price = logs.price();
    if price == Usd::ZERO {
        return logs.tail(request).await;
    }
    let LogsRequest { namespace, pod, container, previous, .. } = request;
    let step = format!("logs/{namespace}/{pod}/{}/{previous}", container.as_deref().unwrap_or_default());
    cx.spend(&step, price, || async { Ok((logs.tail(request).await?, price)) }).await
}
