use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use lamplighter_core::ports::MonitorStatus;
use lamplighter_core::words::{Health, ServiceCatalog, Severity, Triage, TriageInput, Trigger};
use lamplighter_core::{Agent, Context, Result};

use crate::TriageSettings;
use crate::domains::{domains, specialists};
use crate::evidence::{Scanned, of_facts, of_service, window};
use crate::facts::Facts;
use crate::health::answer;
use crate::question::Question;
use crate::service::{Impact, Service};
use crate::severity::reasons;
use crate::survey::{self, Survey};
use crate::trigger::trigger;

/// The agent: judges how bad it is.
///
/// It is a function of its input: it reads no clock and no port, spends nothing, and the same input gives the
/// same triage. It never fails; what nobody could look at makes the answer inconclusive.
#[derive(Debug, Clone)]
pub struct SevTriage {
    catalog: ServiceCatalog,
    settings: TriageSettings,
}

impl SevTriage {
    /// With the services that are known, and the default settings.
    #[must_use]
    pub fn new(catalog: ServiceCatalog) -> Self {
        Self { catalog, settings: TriageSettings::default() }
    }

    /// The same with these settings.
    #[must_use]
    pub fn with_settings(mut self, settings: TriageSettings) -> Self {
        self.settings = settings;
        self
    }

    /// The triage itself, for those who need no agent.
    #[must_use]
    pub fn triage(&self, input: &TriageInput) -> Triage {
        let survey = Survey::new(&input.scene.graph, &self.settings);
        let mut services = survey.services(&self.catalog, input.scene.monitors.items());
        let question = Question::of(input.report.as_ref(), &self.catalog, &services);
        expect_what_is_asked_about(&question, &mut services);
        let facts = Facts::of(&survey, &services);
        let is_fresh = |monitor: &MonitorStatus| survey.is_fresh(monitor);
        let answer = answer(&question, input, &services, &facts, is_fresh, self.settings.monitor_age());
        let found = reasons(&survey, &services, &facts, &input.health);

        let scanned = Scanned::new(&input.health);
        let affected = affected(&services);
        let domains = domains(&survey, &scanned, &affected, &facts);
        let mut critical_findings = of_facts(&survey, &facts);
        critical_findings.extend(affected.iter().flat_map(|service| of_service(&survey, &scanned, service)));
        Triage {
            health: answer.health,
            severity: found.iter().map(|(severity, _)| *severity).max(),
            reasons: all_reasons(found, answer.because, &services),
            services: affected.iter().map(|service| service.name.clone()).collect(),
            namespaces: namespaces(&affected),
            specialists: if answer.health == Health::Healthy { Vec::new() } else { specialists(&domains) },
            domains: domains.into_keys().collect(),
            window: window(&survey, &affected, &facts),
            trigger: if affected.is_empty() && facts.lost_nodes.is_empty() {
                Trigger::Unknown
            } else {
                trigger(&survey, &affected, &facts)
            },
            nodes: facts.nodes,
            critical_findings,
        }
    }
}

#[async_trait]
impl Agent for SevTriage {
    type Input = TriageInput;
    type Output = Triage;

    fn name(&self) -> &'static str {
        "sev-triage"
    }

    async fn run(&self, _cx: &Context, input: TriageInput) -> Result<Triage> {
        Ok(self.triage(&input))
    }
}

/// Somebody asks about it, so it should serve: what of it is scaled to 0 is down, unless another part of what is
/// asked about serves.
fn expect_what_is_asked_about(question: &Question, services: &mut [Service<'_>]) {
    let Question::Services(positions) = question else { return };
    let serves = |service: &Service<'_>| service.members.iter().any(|member| member.ready > 0);
    if positions.iter().filter_map(|position| services.get(*position)).any(serves) {
        return;
    }
    for position in positions {
        if let Some(service) = services.get_mut(*position) {
            survey::expect_to_serve(&mut service.members, "the report says that it should serve");
        }
    }
}

/// What is affected, the worst first.
fn affected<'s, 'a>(services: &'s [Service<'a>]) -> Vec<&'s Service<'a>> {
    let counted = services.iter().filter(|service| !service.known && service.impact() > Impact::None);
    let mut affected: Vec<_> = counted.collect();
    affected.sort_by_key(|service| std::cmp::Reverse((service.tier, service.impact())));
    affected
}

fn namespaces(affected: &[&Service<'_>]) -> Vec<String> {
    let members = affected.iter().flat_map(|service| &service.members);
    let namespaces: BTreeSet<_> = members.filter_map(|member| member.object.namespace.clone()).collect();
    namespaces.into_iter().collect()
}

/// Why this severity, why this health, and what is known and was not counted.
fn all_reasons(found: Vec<(Severity, String)>, because: Vec<String>, services: &[Service<'_>]) -> Vec<String> {
    let mut reasons: Vec<_> = found.into_iter().map(|(severity, reason)| format!("{severity}: {reason}")).collect();
    reasons.extend(because);
    let known: BTreeMap<_, _> = services
        .iter()
        .filter(|service| service.known && service.impact() > Impact::None)
        .map(|service| (service.name.as_str(), service.sentence()))
        .collect();
    reasons.extend(known.into_iter().map(|(name, sentence)| format!("known and not counted: {name}, {sentence}")));
    if reasons.is_empty() {
        reasons.push("nothing wrong was found, and nothing says that all is well".to_owned());
    }
    reasons
}
