//! One file for each way in which a database fails those who ask it.

mod connections;
mod credentials;
mod port;
mod read_only;
mod replication;
mod storage;

use std::collections::BTreeMap;

use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene};

use crate::sayings::Saying;

/// Every rule.
pub(crate) fn rules() -> Vec<Box<dyn Rule>> {
    vec![
        Box::new(connections::Connections),
        Box::new(credentials::Credentials),
        Box::new(port::Port),
        Box::new(read_only::ReadOnly),
        Box::new(replication::Replication),
        Box::new(storage::Storage),
    ]
}

/// How likely it is that the words of a refusal mean what they say: of a database that is not in the cluster, or not
/// known, they may be anybody's.
fn stated(saying: &Saying<'_>) -> Likelihood {
    if saying.server.is_some() { Likelihood::STATED } else { Likelihood::LIKELY }
}

/// Names a cause for each database that lines tell of, with the lines of all who say so, who then suffer from it.
fn name_by_sayings(
    scene: &Scene,
    examination: &mut Examination,
    cause: Cause,
    sayings: &[Saying<'_>],
    confidence: impl Fn(&Saying<'_>) -> Likelihood,
    chain: impl Fn(&str) -> [String; 2],
) {
    let mut by_culprit: BTreeMap<Culprit, Vec<&Saying<'_>>> = BTreeMap::new();
    for saying in sayings {
        by_culprit.entry(saying.culprit()).or_default().push(saying);
    }
    for (culprit, mut sayings) in by_culprit {
        sayings.sort_by_key(|saying| std::cmp::Reverse(saying.said.count));
        let most = sayings.iter().map(|saying| confidence(saying).get()).fold(0.0, f64::max);
        let mut findings = sayings.iter().take(4).map(|saying| saying.finding(scene));
        let Some(first) = findings.next() else { continue };
        let [what, effect] = chain(culprit.name());
        let named = RootCause::new(cause, culprit, Likelihood::new(most), first).then(what).then(effect);
        let named = findings.fold(named, RootCause::and);
        let affected = sayings.iter().map(|saying| saying.sayer());
        examination.name(affected.fold(named, RootCause::affecting));
    }
}
