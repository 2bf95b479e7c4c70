use std::collections::BTreeMap;

use lamplighter_core::words::Severity;
use serde::{Deserialize, Serialize};

use crate::causes::Concept;
use crate::index::Index;
use crate::services;

/// An archive in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Stats {
    /// How many incidents it tells of.
    pub incidents: usize,
    /// How many documents it has that tell of none: lists, indexes, templates.
    pub other_documents: usize,
    /// Incidents by month, as `2026-03`; without those whose day nobody says.
    pub by_month: BTreeMap<String, usize>,
    /// Incidents by severity, as `sev1`; `unknown` where it is not said.
    pub by_severity: BTreeMap<String, usize>,
    /// Incidents by cause, as concluded from their words; `unknown` where there are none for it.
    pub by_cause: BTreeMap<String, usize>,
    /// Incidents by service.
    pub by_service: BTreeMap<String, usize>,
    /// Action items that are not done, as far as the documents say.
    pub open_items: usize,
    /// The reports that claim another severity than our rules give for what they tell.
    pub disagreements: Vec<Disagreement>,
    /// How many reports say too little for our rules, or no severity.
    pub not_compared: usize,
}

/// A report that claims another severity than our rules give (SPEC §4) for what it tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disagreement {
    /// Its path within the archive.
    pub path: String,
    /// What it claims.
    pub claimed: Severity,
    /// What our rules give.
    pub ruled: Severity,
    /// Why, one sentence each.
    pub reasons: Vec<String>,
}

impl Index {
    /// What tells of an incident, by path, each with the code of its cause as concluded from its words.
    pub fn causes(&self) -> impl Iterator<Item = (&str, Option<&'static str>)> {
        self.entries().map(|(_, entry)| {
            let (code, family) = entry.said.concluded();
            (entry.path.as_str(), code.or(family).map(Concept::code))
        })
    }

    /// The archive in numbers.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let mut stats =
            Stats { incidents: self.len(), other_documents: self.library.len() - self.len(), ..Stats::default() };
        for (_, entry) in self.entries() {
            if let Some(date) = entry.date {
                *stats.by_month.entry(format!("{:04}-{:02}", date.year(), date.month())).or_default() += 1;
            }
            let severity = entry.severity.map_or("unknown", Severity::label);
            *stats.by_severity.entry(severity.to_owned()).or_default() += 1;
            let (code, family) = entry.said.concluded();
            let cause = code.or(family).map_or("unknown", Concept::code);
            *stats.by_cause.entry(cause.to_owned()).or_default() += 1;
            for service in services::canonical(&entry.services, &self.catalog) {
                *stats.by_service.entry(service).or_default() += 1;
            }
            stats.open_items += entry.open_items.len();
            match (entry.severity, entry.facts.ruled(&self.catalog)) {
                (Some(claimed), Some((ruled, reasons))) if claimed != ruled => {
                    stats.disagreements.push(Disagreement { path: entry.path.clone(), claimed, ruled, reasons });
                }
                (Some(_), Some(_)) => {}
                _ => stats.not_compared += 1,
            }
        }
        stats
    }
}
