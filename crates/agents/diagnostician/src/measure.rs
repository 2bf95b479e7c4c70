//! Asking for what is measured.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use lamplighter_core::cluster::{ClusterGraph, Observed};
use lamplighter_core::diagnosis::{Signal, Signals};
use lamplighter_core::ports::Metrics;
use lamplighter_core::words::Window;
use lamplighter_core::{Error, ErrorKind};

use crate::settings::SurveySettings;
use crate::surveyor::app_of;

/// Every signal that the source of metrics knows. One question that cannot be answered leaves its signal out; when
/// none can be, the signals are unknown. A source that does not answer the first questions is not asked the others:
/// each may take as long as it is waited for.
pub(crate) async fn signals(
    metrics: Option<&dyn Metrics>,
    graph: &ClusterGraph,
    at: Timestamp,
    settings: &SurveySettings,
) -> Observed<Signals> {
    let Some(metrics) = metrics else {
        return Observed::Absent("no source of metrics is configured".to_owned());
    };
    let window = Window { from: at - settings.window, to: Some(at) };
    let (has_answered, is_gone) = (&AtomicBool::new(false), &AtomicBool::new(false));
    let ask = |signal: Signal| async move {
        let mut failure = None;
        for query in signal.queries() {
            if is_gone.load(Ordering::Relaxed) {
                break;
            }
            let answer = metrics.range(query, window, settings.step).await;
            if !answer.as_ref().is_err_and(is_silence) {
                has_answered.store(true, Ordering::Relaxed);
            } else if !has_answered.load(Ordering::Relaxed) {
                // One question may be too much for a source that answers others; this one has answered none.
                is_gone.store(true, Ordering::Relaxed);
            }
            match answer {
                Ok(series) if series.is_empty() => {}
                Ok(series) => return (signal, Ok(series)),
                // A source that reads less than PromQL was asked in its own words first.
                Err(error) if error.kind() == ErrorKind::InvalidInput => {
                    tracing::debug!(%error, query, "a query was refused");
                }
                Err(error) => failure = Some(error),
            }
        }
        (signal, failure.map_or(Ok(Vec::new()), Err))
    };
    let answers: Vec<_> = stream::iter(Signal::ALL.map(ask)).buffered(settings.at_once.max(1)).collect().await;
    let nodes = node_addresses(graph);
    let (mut signals, mut failure) = (Signals::default(), None);
    for (signal, answer) in answers {
        match answer {
            Ok(series) => {
                signals.add(signal, series, |namespace, pod| app_of(graph, namespace, pod), |at| node_at(&nodes, at));
            }
            Err(error) => {
                tracing::warn!(%error, ?signal, "metrics could not be read");
                failure = Some(error);
            }
        }
    }
    match failure {
        Some(error) if signals.is_empty() => Observed::Unknown(format!("metrics: {}", error.public_message())),
        _ => Observed::Seen(signals),
    }
}

/// Whether a source has not answered the question at all.
fn is_silence(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::Permission)
}

/// The names of the nodes by name and by every address.
fn node_addresses(graph: &ClusterGraph) -> HashMap<&str, &str> {
    let nodes = graph.state().nodes.items();
    let mut names = HashMap::new();
    for node in nodes {
        names.insert(node.metadata.name.as_str(), node.metadata.name.as_str());
        for address in &node.status.addresses {
            names.entry(address.address.as_str()).or_insert(node.metadata.name.as_str());
        }
    }
    names
}

/// The node that an `instance` is: `n1`, `n1:9100`, `10.0.0.5:9100`, `[fd00::5]:9100`.
fn node_at(nodes: &HashMap<&str, &str>, instance: &str) -> Option<String> {
    let host = instance
        .rsplit_once(':')
        .map_or(instance, |(host, port)| if port.bytes().all(|byte| byte.is_ascii_digit()) { host } else { instance });
    let host = host.trim_start_matches('[').trim_end_matches(']');
    nodes.get(instance).or_else(|| nodes.get(host)).map(|name| (*name).to_owned())
}
