//! Who is slow, who fails, and what of it is the CPU's doing.

use std::collections::{BTreeMap, BTreeSet};

use lamplighter_core::diagnosis::{Scene, Shift, Signal, SignalSeries, Signals, Subject};
use lamplighter_core::ports::Alert;
use lamplighter_core::words::{Finding, ObjectRef};

/// Latency that grows by less than this factor is the daily up and down.
const SLOWER: f64 = 3.0;

/// Nobody notices less than this, in seconds.
const NOTICEABLE: f64 = 0.005;

/// CPU use that grows by this factor is a cause of slowness itself.
const HOT: f64 = 1.5;

/// More segments sent again per second than this are more than late answers explain.
const LOSSY: f64 = 2.0;

/// Who is held back for so much of the time is slow by it.
const MUCH_HELD: f64 = 0.3;

/// What is so many times what is usual elsewhere stands out.
const OUTSTANDING: f64 = 5.0;

/// An app by namespace and name.
pub(crate) type App = (String, String);

/// How the apps and the nodes do.
#[derive(Debug, Default)]
pub(crate) struct Slowness {
    /// The apps whose responses take longer than before, with what shows it.
    pub(crate) slow: BTreeMap<App, Finding>,
    /// How long, in seconds, the slowest of their responses that are measured take.
    pub(crate) takes: BTreeMap<App, f64>,
    /// The apps whose requests fail more often than before, with what shows it.
    pub(crate) failing: BTreeMap<App, Finding>,
    /// The apps that use more CPU, or are throttled more, than before.
    pub(crate) hot: BTreeSet<App>,
    /// The nodes that send segments again, how many per second, and what shows it.
    pub(crate) resending: BTreeMap<String, (f64, Finding)>,
}

impl Slowness {
    pub(crate) fn of(scene: &Scene) -> Self {
        let mut all = Self::default();
        all.measured(scene);
        for alert in scene.alerts.items() {
            all.alerted(scene, alert);
        }
        all
    }

    /// The nodes that send much again.
    pub(crate) fn lossy(&self) -> impl Iterator<Item = (&str, &Finding)> {
        let much = self.resending.iter().filter(|(_, (rate, _))| *rate >= LOSSY);
        much.map(|(node, (_, finding))| (node.as_str(), finding))
    }

    fn measured(&mut self, scene: &Scene) {
        let Some(signals) = scene.signals.seen() else { return };
        let shifts = |signal| {
            signals.of(signal).filter_map(|series| Some((&series.subject, series.label("quantile"), series.shift()?)))
        };
        for (app, quantile, shift) in
            shifts(Signal::Latency).filter_map(|(subject, q, shift)| Some((app(subject)?, q, shift)))
        {
            if shift.grew(SLOWER) && shift.after - shift.before >= NOTICEABLE {
                let of = quantile.parse::<f64>().map_or_else(|_| String::new(), |q| format!("p{:.0} ", q * 100.0));
                let says = format!(
                    "{of}latency of {} has gone from {} to {}",
                    app.1,
                    millis(shift.before),
                    millis(shift.after)
                );
                let finding = Finding::new(says, object(&app), scene.source(), shift.at);
                let takes = self.takes.entry(app.clone()).or_default();
                *takes = takes.max(shift.after);
                self.slow.entry(app).or_insert(finding);
            }
        }
        for (app, _, shift) in
            shifts(Signal::SuccessRatio).filter_map(|(subject, q, shift)| Some((app(subject)?, q, shift)))
        {
            if shift.before > 0.5 && shift.fell(1.1) {
                let says = format!(
                    "{:.0} % of the requests to {} succeed, {:.0} % before",
                    shift.after * 100.0,
                    app.1,
                    shift.before * 100.0
                );
                let finding = Finding::new(says, object(&app), scene.source(), shift.at);
                self.failing.entry(app).or_insert(finding);
            }
        }
        let hot =
            shifts(Signal::CpuUsage).chain(shifts(Signal::CpuThrottled).filter(|(.., shift)| is_throttled(shift)));
        self.hot.extend(hot.filter(|(.., shift)| shift.grew(HOT)).filter_map(|(subject, ..)| app(subject)));
        for (subject, _, shift) in shifts(Signal::NodeRetransmits) {
            if let Subject::Node(node) = subject
                && shift.grew(SLOWER)
            {
                let says = format!(
                    "node {node} sends {:.1} TCP segments again per second, {:.1} before",
                    shift.after, shift.before
                );
                let finding = Finding::new(says, ObjectRef::global("node", node), scene.source(), shift.at);
                self.resending.insert(node.clone(), (shift.after, finding));
            }
        }
        self.stands_out(scene, signals);
    }

    /// What began before the window, or has too few samples for a history, is seen beside the others.
    fn stands_out(&mut self, scene: &Scene, signals: &Signals) {
        let held = outstanding(signals, Signal::CpuThrottled).filter(|(_, level)| *level >= MUCH_HELD);
        self.hot.extend(held.filter_map(|(series, _)| app(&series.subject)));
        for (series, level) in outstanding(signals, Signal::NodeRetransmits).filter(|(_, level)| *level >= LOSSY) {
            if let Subject::Node(node) = &series.subject {
                let says = format!("node {node} sends {level:.1} TCP segments again per second, other nodes few");
                let finding = scene.finding(says, ObjectRef::global("node", node));
                self.resending.entry(node.clone()).or_insert((level, finding));
            }
        }
    }

    /// What alerts say, by the words that people use for it, about the app or the node of their labels.
    fn alerted(&mut self, scene: &Scene, alert: &Alert) {
        let label = |names: &[&str]| names.iter().find_map(|name| alert.labels.get(*name)).map(String::as_str);
        let name = label(&["alertname"]).unwrap_or_default();
        let words: Vec<&str> = std::iter::once(name).chain(alert.annotations.values().map(String::as_str)).collect();
        let words = words.join(" ");
        let text = words.to_ascii_lowercase();
        let says = |all: &[&str]| all.iter().any(|word| text.contains(word));
        let finding = |object| {
            Finding::new(format!("alert {name} fires"), object, scene.source(), alert.since).with_evidence(&words)
        };
        if says(&["retrans", "packet loss", "packet drop", "dropped packets"]) {
            let node = label(&["node", "instance"]).map(|node| node.split(':').next().unwrap_or(node));
            if let Some(node) = node.filter(|node| scene.graph.node(node).is_some()) {
                // An alert without a number is taken at its word.
                let rate = current_value(&text).unwrap_or(LOSSY);
                let found = (rate, finding(ObjectRef::global("node", node)));
                self.resending.entry(node.to_owned()).or_insert(found);
            }
            return;
        }
        let Some(service) = label(&["service", "app", "deployment", "destination_service_name"]) else { return };
        let app: App = (label(&["namespace"]).unwrap_or_default().to_owned(), service.to_owned());
        if says(&["throttl", "cpu"]) {
            self.hot.insert(app);
        } else if says(&["latency", "slow", "response time", "duration"]) {
            self.slow.entry(app.clone()).or_insert_with(|| finding(object(&app)));
        } else if says(&["success", "error", "5xx", "fail"]) {
            self.failing.entry(app.clone()).or_insert_with(|| finding(object(&app)));
        }
    }
}

/// The series of a signal that are far above the middle of all, with their level.
fn outstanding(signals: &Signals, signal: Signal) -> impl Iterator<Item = (&SignalSeries, f64)> {
    let level = |series: &SignalSeries| middle(series.samples.iter().rev().take(5).map(|it| it.value).collect());
    let levels: Vec<(&SignalSeries, f64)> = signals.of(signal).map(|series| (series, level(series))).collect();
    let usual = middle(levels.iter().map(|(_, level)| *level).collect());
    let alone = levels.len() < 3;
    levels.into_iter().filter(move |(_, level)| !alone && *level >= OUTSTANDING * usual)
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// A tenth of a second per second is felt.
fn is_throttled(shift: &Shift) -> bool {
    shift.after >= 0.1
}

fn app(subject: &Subject) -> Option<App> {
    match subject {
        Subject::App { namespace, name } => Some((namespace.clone(), name.clone())),
        _ => None,
    }
}

fn object((namespace, name): &App) -> ObjectRef {
    ObjectRef::namespaced("app", namespace, name)
}

fn millis(seconds: f64) -> String {
    format!("{:.1} ms", seconds * 1000.0)
}

/// The number after `current`, `now` or `value` in the text of an alert, as most templates word it.
fn current_value(text: &str) -> Option<f64> {
    let after = ["current", "now", "value"].iter().find_map(|word| text.split_once(word).map(|(_, rest)| rest))?;
    let start = after.find(|c: char| c.is_ascii_digit())?;
    let number = after.get(start..)?;
    let end = number.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(number.len());
    number.get(..end)?.trim_end_matches('.').parse().ok()
}
