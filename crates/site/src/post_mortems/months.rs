//! The picture of incidents per month.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::ToSpan as _;
use jiff::civil::Date;
use lamplighter_core::words::Severity;

use super::entry::Entry;
use crate::svg::{Area, Elements, Inline, Number};
use crate::text::counted;

/// How many months are drawn, the last ones, for a desk and for a phone.
const WIDE: (f64, usize) = (860.0, 24);
const NARROW: (f64, usize) = (300.0, 12);

const TOP: f64 = 18.0;
const BARS: f64 = 90.0;

/// Incidents by severity in one month, the worst first and those without a severity last.
type Counts = [usize; 4];

const NAMES: [&str; 4] = ["SEV1", "SEV2", "SEV3", "no severity"];
const FILLS: [&str; 4] = ["fill1", "fill2", "fill3", "fill0"];

/// A figure of incidents per month: empty where there are not two months to compare.
pub(super) fn figure(entries: &[&Entry]) -> String {
    let months = months(entries);
    if months.len() < 2 {
        return String::new();
    }
    let mut html = String::from("<figure class=\"panel\">\n<h2>Incidents per month</h2>\n");
    for ((width, most), name, class) in [(WIDE, "months", "wide"), (NARROW, "months-narrow", "narrow")] {
        html.push_str(&picture(&months, name, class, width, most));
    }
    html.push_str("<figcaption><ul class=\"key\">\n");
    let sum = |at: usize| entries.iter().filter(|entry| column(entry.severity) == at).count();
    for (at, (name, class)) in NAMES.iter().zip(["sev1", "sev2", "sev3", ""]).enumerate() {
        let count = sum(at);
        if count > 0 {
            _ = writeln!(html, "<li class=\"{class}\">{name}: {count}</li>");
        }
    }
    let undated = entries.iter().filter(|entry| entry.date.is_none()).count();
    if undated > 0 {
        _ = writeln!(html, "<li class=\"plain\">{undated} without a date</li>");
    }
    html.push_str("</ul></figcaption>\n</figure>\n");
    html
}

/// Every month from the first incident to the last.
fn months(entries: &[&Entry]) -> Vec<(Date, Counts)> {
    let mut counted: BTreeMap<Date, Counts> = BTreeMap::new();
    for entry in entries {
        let Some(date) = entry.date else { continue };
        if let Some(count) = counted.entry(date.first_of_month()).or_default().get_mut(column(entry.severity)) {
            *count += 1;
        }
    }
    let (Some(first), Some(last)) = (counted.keys().next().copied(), counted.keys().next_back().copied()) else {
        return Vec::new();
    };
    // Going back from the last month: a first one that is a slip of the pen is centuries away.
    let mut months = Vec::new();
    let mut month = last;
    while month >= first && months.len() < WIDE.1 {
        months.push((month, counted.get(&month).copied().unwrap_or_default()));
        let Ok(before) = month.checked_sub(1.month()) else { break };
        month = before;
    }
    months.reverse();
    months
}

fn column(severity: Option<Severity>) -> usize {
    severity.map_or(3, |severity| Severity::ALL.iter().position(|other| *other == severity).unwrap_or(3))
}

#[expect(clippy::cast_precision_loss, reason = "counts of incidents are small")]
fn picture(months: &[(Date, Counts)], name: &str, class: &str, width: f64, most: usize) -> String {
    let months = months.get(months.len().saturating_sub(most)..).unwrap_or_default();
    let highest = months.iter().map(|(_, counts)| counts.iter().sum::<usize>()).max().unwrap_or(0).max(1);
    let step = width / months.len().max(6) as f64;
    let bar = (step * 0.62).min(36.0);
    let unit = BARS / highest as f64;
    let base = TOP + BARS;
    let mut elements = Elements::default();
    elements.path("axis", &format!("M0 {base}H{}", Number(width)));
    for (at, (month, counts)) in months.iter().enumerate() {
        let middle = step * (at as f64 + 0.5);
        let total: usize = counts.iter().sum();
        let mut bottom = base;
        elements.group("", &told(*month, counts), |elements| {
            for (count, fill) in counts.iter().zip(FILLS).rev().filter(|(count, _)| **count > 0) {
                let height = unit * *count as f64;
                bottom -= height;
                elements.rect(
                    fill,
                    Area { x: middle - bar / 2.0, y: bottom, width: bar, height: (height - 1.0).max(1.0) },
                    1.0,
                );
            }
        });
        if total > 0 {
            elements.centred("strong", middle, bottom - 4.0, &total.to_string());
        }
        let is_year = at == 0 || month.month() == 1;
        // Names of months that would touch are left out but for every third.
        if step >= 26.0 || at % 3 == 0 {
            elements.centred("soft", middle, base + 15.0, &month.strftime("%b").to_string());
        }
        if is_year {
            elements.centred("soft", middle.max(16.0), base + 30.0, &month.year().to_string());
        }
    }
    let description: Vec<String> = months
        .iter()
        .filter(|(_, counts)| counts.iter().sum::<usize>() > 0)
        .map(|(month, counts)| told(*month, counts))
        .collect();
    let title = match (months.first(), months.last()) {
        (Some((first, _)), Some((last, _))) => {
            format!("Incidents per month from {} to {}", first.strftime("%B %Y"), last.strftime("%B %Y"))
        }
        _ => "Incidents per month".to_owned(),
    };
    Inline { name, class, title: &title, description: &description.join(". "), width, height: base + 36.0 }
        .around(elements)
}

/// `March 2026: 3 incidents, 1 SEV1, 2 SEV2`
fn told(month: Date, counts: &Counts) -> String {
    let mut told = format!("{}: {}", month.strftime("%B %Y"), counted(counts.iter().sum(), "incident", "incidents"));
    for (count, name) in counts.iter().zip(NAMES).filter(|(count, _)| **count > 0) {
        _ = write!(told, ", {count} {name}");
    }
    told
}
