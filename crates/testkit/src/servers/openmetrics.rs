use std::collections::BTreeMap;
use std::fmt::Write;

use lamplighter_core::ports::Series;

/// Series as `OpenMetrics` text with timestamps, which is what a Prometheus' history is made from.
///
/// Series of one name are put together, as the format asks for. One without a `__name__` has no place in it.
#[must_use]
pub fn openmetrics(series: &[Series]) -> String {
    let mut families: BTreeMap<&str, String> = BTreeMap::new();
    for series in series {
        let name = series.labels.get("__name__").expect("a series has a name");
        let labels = series.labels.iter().filter(|(label, _)| *label != "__name__");
        let labels: Vec<_> = labels.map(|(label, value)| format!("{label}=\"{}\"", escaped(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let lines = families.entry(name).or_default();
        for sample in &series.samples {
            let milliseconds = sample.at.as_millisecond();
            let (seconds, rest) = (milliseconds.div_euclid(1_000), milliseconds.rem_euclid(1_000));
            let _ = writeln!(lines, "{name}{labels} {} {seconds}.{rest:03}", number(sample.value));
        }
    }
    let mut text: String = families.into_values().collect();
    text.push_str("# EOF\n");
    text
}

fn number(value: f64) -> String {
    if value.is_nan() {
        "NaN".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned()
    } else {
        value.to_string()
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
