use std::collections::BTreeMap;

use lamplighter_core::diagnosis::{Cause, Examination, Rule, Scene, Shift, Signal, SignalSeries, Subject};
use lamplighter_core::words::{Finding, Source};

use crate::subjects::object_of;

/// Every series that has left its own level, as a finding.
///
/// Relied on: a window that begins before the incident holds the baseline of each series in itself, so that no level
/// has to be known from before. Levels are medians, and a change counts where noise does not explain it ([`Shift`]).
pub(super) struct Anomalies;

impl Rule for Anomalies {
    fn name(&self) -> &'static str {
        "anomalies"
    }

    fn causes(&self) -> &'static [Cause] {
        &[]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let signals = match scene.signals.as_result() {
            Ok(signals) => signals,
            Err(reason) => return examination.gap(format!("metrics could not be looked at: {reason}")),
        };
        for signal in Signal::ALL {
            let mut most: BTreeMap<&Subject, (f64, &SignalSeries, Shift)> = BTreeMap::new();
            for series in signals.of(signal) {
                let Some(shift) = series.shift().filter(|shift| is_unusual(signal, shift)) else { continue };
                let size = shift.ratio().ln().abs();
                let known = most.entry(&series.subject).or_insert((size, series, shift));
                if size > known.0 {
                    *known = (size, series, shift);
                }
            }
            for (subject, (_, series, shift)) in most {
                let object = object_of(subject);
                let direction = if shift.after > shift.before { "rises" } else { "falls" };
                let quantile = series.label("quantile");
                let quantile = if quantile.is_empty() { String::new() } else { format!(" (quantile {quantile})") };
                let what = describe(signal);
                let summary = format!("{what}{quantile} of {} {direction}", object.name);
                let finding = Finding::new(summary, object, Source::new("metrics"), shift.at)
                    .with_evidence(format!("{:.4} before, {:.4} after", shift.before, shift.after));
                examination.find(finding);
            }
        }
        for series in signals.of(Signal::Reachable) {
            if let Some(last) = series.last().filter(|last| last.value <= 0.0) {
                let object = object_of(&series.subject);
                let node = series.label("probe_node");
                let from = if node.is_empty() { String::new() } else { format!(" from {node}") };
                let summary = format!("{} does not answer{from}", object.name);
                let finding = Finding::new(summary, object, Source::new("metrics"), last.at);
                examination.find(finding.with_evidence(format!("probe_success {}", last.value)));
            }
        }
    }
}

fn is_unusual(signal: Signal, shift: &Shift) -> bool {
    match signal {
        Signal::Latency | Signal::CpuUsage => shift.grew(2.0),
        Signal::CpuThrottled => shift.grew(3.0) && shift.after >= 0.05,
        Signal::MemoryWorkingSet => shift.grew(1.5),
        Signal::RequestRate | Signal::PacketsReceived | Signal::PacketsSent => shift.grew(3.0) || shift.fell(1.4),
        Signal::SuccessRatio | Signal::DnsAnswers => shift.fell(1.03),
        Signal::NodeCpu | Signal::NodeMemory => shift.grew(1.5) && shift.after >= 0.5,
        Signal::NodeRetransmits => shift.grew(3.0) && shift.after >= 1.0,
        Signal::VolumeUsed | Signal::DbConnections => shift.grew(1.2) && shift.after >= 0.8,
        Signal::DbReplicationLag => shift.grew(3.0) && shift.after >= 30.0,
        _ => false,
    }
}

fn describe(signal: Signal) -> &'static str {
    match signal {
        Signal::CpuUsage | Signal::NodeCpu => "CPU use",
        Signal::CpuThrottled => "the time held back for CPU",
        Signal::MemoryWorkingSet | Signal::NodeMemory => "memory use",
        Signal::RequestRate => "the rate of requests",
        Signal::SuccessRatio => "the part of requests that succeed",
        Signal::Latency => "latency",
        Signal::PacketsReceived => "the rate of packets in",
        Signal::PacketsSent => "the rate of packets out",
        Signal::NodeRetransmits => "the rate of segments sent again",
        Signal::VolumeUsed => "used space",
        Signal::DnsAnswers => "DNS answers",
        Signal::DbConnections => "the part of connections in use",
        Signal::DbReplicationLag => "the distance of a replica",
        _ => "a measure",
    }
}
