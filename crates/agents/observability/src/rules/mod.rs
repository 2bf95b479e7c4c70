//! One file for each thing that alerts, metrics and monitors tell.

mod alerts;
mod anomalies;
mod detection_gaps;
mod error_origin;
mod latency_origin;
mod monitors;
mod saturation_alerts;

use lamplighter_core::diagnosis::Rule;

/// Every rule.
pub(crate) fn rules() -> Vec<Box<dyn Rule>> {
    vec![
        Box::new(alerts::Alerts),
        Box::new(anomalies::Anomalies),
        Box::new(error_origin::ErrorOrigin),
        Box::new(latency_origin::LatencyOrigin),
        Box::new(saturation_alerts::SaturationAlerts),
        Box::new(monitors::Monitors),
        Box::new(detection_gaps::DetectionGaps),
    ]
}
