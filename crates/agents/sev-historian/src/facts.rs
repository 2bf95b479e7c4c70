//! What a post-mortem itself says about how bad it was.

use lamplighter_core::words::{ServiceCatalog, Severity, Tier};
use lamplighter_documents::{Part, PostMortem};
use serde::{Deserialize, Serialize};

/// Words that say that something did not work at all.
const DOWN: [&str; 22] = [
    "outage",
    "was down",
    "were down",
    "went down",
    "is down",
    "complete loss",
    "unavailable",
    "unreachable",
    "not reachable",
    "could not be reached",
    "502",
    "503",
    "504",
    "offline",
    "inaccessible",
    "could not access",
    "no longer responded",
    "stopped responding",
    "total failure",
    "crash",
    "hard down",
    "not available",
];

/// Words that say that it worked badly.
const DEGRADED: [&str; 14] = [
    "degraded",
    "slow",
    "latency",
    "partial",
    "some users",
    "some requests",
    "intermittent",
    "elevated error",
    "delayed",
    "a subset",
    "small number",
    "increased error",
    "timeouts",
    "stale",
];

/// Words that say that nobody was stopped.
const MINOR: [&str; 14] = [
    "no user impact",
    "no customer impact",
    "no user-facing impact",
    "no impact on users",
    "no impact to users",
    "cosmetic",
    "no visible impact",
    "without user impact",
    "not user-facing",
    "users were not affected",
    "internal only",
    "no downtime",
    "nobody noticed",
    "no users were affected",
];

/// Words that say that data is lost or in danger.
const DATA: [&str; 9] = [
    "data was lost",
    "lost data",
    "data loss",
    "data corruption",
    "corrupted data",
    "corrupt data",
    "lost writes",
    "records were lost",
    "permanently deleted",
];

/// The same, denied.
const NO_DATA: [&str; 10] = [
    "no data loss",
    "no data was lost",
    "data loss: none",
    "data loss: no",
    "without data loss",
    "no lost data",
    "data loss none",
    "no data corruption",
    "data loss | none",
    "no evidence of data loss",
];

/// Words that say that a machine is gone.
const NODE: [&str; 10] = [
    "node was unreachable",
    "node unreachable",
    "node was not ready",
    "node notready",
    "node not ready",
    "node went down",
    "node was down",
    "nodes were down",
    "lost a node",
    "node failed",
];

/// Words that say that most of everything is affected.
const MOST: [&str; 13] = [
    "all services",
    "all users",
    "all customers",
    "every service",
    "every user",
    "entire cluster",
    "whole cluster",
    "entire site",
    "all applications",
    "complete outage",
    "total outage",
    "full outage",
    "site-wide",
];

/// What others depend on, by the words of its name.
const CRITICAL: [&str; 16] = [
    "dns",
    "coredns",
    "ingress",
    "traefik",
    "auth",
    "authentik",
    "keycloak",
    "sso",
    "tunnel",
    "cloudflared",
    "gateway",
    "load balancer",
    "postgres",
    "database",
    "vault",
    "etcd",
];

/// What it says about how bad it was.
#[expect(clippy::struct_excessive_bools, reason = "each is a thing that is said or not")]
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Facts {
    is_down: bool,
    is_degraded: bool,
    is_minor: bool,
    is_data_at_risk: bool,
    is_node_lost: bool,
    is_most: bool,
    services: Vec<String>,
}

impl Facts {
    pub(crate) fn of(document: &PostMortem) -> Self {
        let told = |part: Part| document.sections.iter().filter(move |section| section.part == Some(part));
        let mut text = format!("{}\n", document.title);
        for part in [Part::Summary, Part::Impact] {
            for section in told(part) {
                text.push_str(&section.text);
                text.push('\n');
            }
        }
        for field in document.metadata.iter().filter(|field| field.name.to_lowercase().contains("impact")) {
            text.push_str(&field.value);
        }
        if document.sections.iter().all(|section| !matches!(section.part, Some(Part::Summary | Part::Impact))) {
            for section in document.sections.iter().filter(|section| section.part.is_none()).take(2) {
                text.push_str(&section.text);
            }
        }
        let text = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        let says = |words: &[&str]| words.iter().any(|words| text.contains(words));
        Self {
            is_down: says(&DOWN),
            is_degraded: says(&DEGRADED),
            is_minor: says(&MINOR),
            is_data_at_risk: says(&DATA) && !says(&NO_DATA),
            is_node_lost: says(&NODE),
            is_most: says(&MOST),
            services: document.services.clone(),
        }
    }

    /// How bad it was by SPEC §4, and why; `None` where it says too little.
    pub(crate) fn ruled(&self, catalog: &ServiceCatalog) -> Option<(Severity, Vec<String>)> {
        let mut reasons = Vec::new();
        if self.is_data_at_risk {
            reasons.push((Severity::Sev1, "it says that data was lost or in danger".to_owned()));
        }
        if self.is_node_lost {
            reasons.push((Severity::Sev1, "it says that a node was lost".to_owned()));
        }
        if self.is_most && (self.is_down || !self.is_degraded) {
            reasons.push((Severity::Sev1, "it says that everything or everybody was affected".to_owned()));
        }
        let matter: Vec<_> = self.services.iter().filter(|name| tier(catalog, name) >= Tier::Important).collect();
        if self.is_down && !self.is_degraded && matter.len() >= 3 {
            reasons.push((Severity::Sev1, format!("{} services that matter were down", matter.len())));
        }
        for name in &self.services {
            reasons.extend(self.of_service(name, tier(catalog, name)));
        }
        if self.services.is_empty() && (self.is_down || self.is_degraded) {
            reasons.push((Severity::Sev2, "it says that something was down or degraded".to_owned()));
        }
        if self.is_minor && !self.is_data_at_risk {
            return Some((Severity::Sev3, vec!["it says that users were not affected".to_owned()]));
        }
        let severity = reasons.iter().map(|(severity, _)| *severity).max()?;
        reasons.retain(|(worth, _)| *worth == severity);
        Some((severity, reasons.into_iter().map(|(_, reason)| reason).collect()))
    }

    fn of_service(&self, name: &str, tier: Tier) -> Option<(Severity, String)> {
        // Said both ways, it was not simply down.
        let (down, degraded) = (self.is_down && !self.is_degraded, self.is_degraded);
        match tier {
            Tier::Critical if down => Some((Severity::Sev1, format!("{name}, on which others depend, was down"))),
            Tier::Critical if degraded => {
                Some((Severity::Sev2, format!("{name}, on which others depend, was degraded")))
            }
            Tier::Important if down || degraded => Some((Severity::Sev2, format!("{name} was down or badly degraded"))),
            Tier::Optional if down || degraded => Some((Severity::Sev3, format!("{name} is optional"))),
            _ => None,
        }
    }
}

fn tier(catalog: &ServiceCatalog, name: &str) -> Tier {
    if let Some(service) = catalog.find(name) {
        return service.tier;
    }
    let name = name.to_lowercase();
    let is_critical = CRITICAL.iter().any(|word| {
        name.split(|c: char| !c.is_alphanumeric()).any(|part| part == *word)
            || (word.contains(' ') && name.contains(word))
    });
    if is_critical { Tier::Critical } else { Tier::Important }
}
