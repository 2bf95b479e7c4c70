use lamplighter_core::cluster::NodeSelectorRequirement;
use lamplighter_core::diagnosis::Likelihood;

use super::site::affinity;
use super::{Hurdle, Place, Site, Unplaced, Words};

/// What of a pod or of its nodes is in the way.
#[derive(Debug, Clone)]
pub(crate) struct Blame {
    /// What.
    pub(crate) hurdle: Hurdle,
    /// How likely it is that this, and nothing else, is wrong.
    pub(crate) likelihood: Likelihood,
    /// The nodes that it alone keeps the pod from; where there are none, those that it and others keep it from.
    pub(crate) nodes: Vec<String>,
    /// Whether the scheduler says so too.
    pub(crate) said: bool,
}

type Found<'s, 'a> = (&'s Place<'a>, Vec<Hurdle>);

/// Who is to blame that a pod is on no node, the likeliest first; nobody where a node would take it.
///
/// The question is which hurdle, taken away alone, would let the pod be placed. Where the pod chooses nodes and
/// they exist, only they are asked about: what it chose it meant. Where none exists, the choice is wrong. Nodes that
/// are reserved for the control plane are left aside, unless the pod asks for them.
pub(crate) fn blame(site: &Site<'_>, pod: &Unplaced<'_>) -> Vec<Blame> {
    let words = pod.words();
    let choice = if pod.spec.node_selector.is_empty() && affinity(pod.spec).is_some() {
        Hurdle::Affinity
    } else {
        Hurdle::Selector
    };
    let mut found = open(site, pod);
    if found.is_empty() {
        return by_words(&words, choice);
    }
    if found.iter().any(|(_, hurdles)| hurdles.is_empty()) {
        // Not everything that is on the nodes was recorded, or the hurdle is of a kind that is not looked at here.
        let unseen: Vec<Hurdle> = words
            .hurdles(choice)
            .map(|(hurdle, _)| hurdle)
            .filter(|hurdle| !matches!(hurdle, Hurdle::Cordon | Hurdle::Taint | Hurdle::Trouble))
            .filter(|hurdle| !found.iter().any(|(_, hurdles)| hurdles.contains(hurdle)))
            .collect();
        for (_, hurdles) in found.iter_mut().filter(|(_, hurdles)| hurdles.is_empty()) {
            hurdles.extend(unseen.first());
        }
    }
    if found.iter().any(|(_, hurdles)| hurdles.is_empty()) {
        return Vec::new();
    }
    let chosen: Vec<&Found<'_, '_>> =
        found.iter().filter(|(_, hurdles)| !hurdles.iter().any(|hurdle| hurdle.is_choice())).collect();
    let mut blames = if chosen.is_empty() { wrong_choice(pod, &found) } else { in_the_way(&chosen) };
    for blame in &mut blames {
        blame.said = words.say(blame.hurdle);
        if blame.said && blame.likelihood >= Likelihood::SHOWN {
            blame.likelihood = Likelihood::STATED;
        } else if !blame.said && !words.is_empty() {
            // What the scheduler has looked at was different.
            blame.likelihood = blame.likelihood.times(0.8);
        }
    }
    blames.sort_by(|a, b| b.likelihood.get().total_cmp(&a.likelihood.get()));
    blames
}

/// The nodes that a pod may count on.
fn open<'s, 'a>(site: &'s Site<'a>, pod: &Unplaced<'_>) -> Vec<Found<'s, 'a>> {
    let all = site.hurdles(pod);
    let reserved = |place: &Place<'_>| Site::is_reserved(place, pod.spec);
    let open: Vec<Found<'_, '_>> = all.iter().filter(|(place, _)| !reserved(place)).cloned().collect();
    let meets = |hurdles: &[Hurdle]| !hurdles.iter().any(|hurdle| hurdle.is_choice());
    if open.is_empty() || open.iter().any(|(_, hurdles)| meets(hurdles)) {
        return if open.is_empty() { all } else { open };
    }
    let asked: Vec<Found<'_, '_>> =
        all.into_iter().filter(|(place, hurdles)| meets(hurdles) && asks_for(pod, place, &open)).collect();
    if asked.is_empty() { open } else { asked }
}

/// Whether a pod asks for a node by something that the others do not have, and not only avoids them.
fn asks_for(pod: &Unplaced<'_>, place: &Place<'_>, others: &[Found<'_, '_>]) -> bool {
    let rare = |has: &dyn Fn(&Place<'_>) -> bool| has(place) && !others.iter().all(|(other, _)| has(other));
    let label =
        |key: &String, value: &String| rare(&|place: &Place<'_>| place.node.metadata.labels.get(key) == Some(value));
    let requirement = |requirement: &NodeSelectorRequirement| {
        matches!(requirement.operator.as_str(), "In" | "Exists" | "Gt" | "Lt")
            && rare(&|place: &Place<'_>| requirement.matches(&place.node.metadata.labels))
    };
    let terms = affinity(pod.spec).map_or(&[][..], |affinity| &affinity.node_selector_terms);
    pod.spec.node_selector.iter().any(|(key, value)| label(key, value))
        || terms.iter().any(|term| {
            term.match_expressions.iter().any(requirement)
                || (!term.match_fields.is_empty() && term.matches(place.node))
        })
}

/// No node is as the pod wants it.
fn wrong_choice(pod: &Unplaced<'_>, found: &[Found<'_, '_>]) -> Vec<Blame> {
    let everywhere = |hurdle: Hurdle| found.iter().all(|(_, hurdles)| hurdles.contains(&hurdle));
    let blame = |hurdle, likelihood| {
        let only = |hurdles: &[Hurdle]| hurdles.iter().all(|other| *other == hurdle);
        let mut nodes = names(found.iter().filter(|(_, hurdles)| only(hurdles)));
        if nodes.is_empty() {
            nodes = names(found.iter().filter(|(_, hurdles)| hurdles.contains(&hurdle)));
        }
        Blame { hurdle, likelihood, nodes, said: false }
    };
    match (everywhere(Hurdle::Selector), everywhere(Hurdle::Affinity)) {
        (true, true) => vec![blame(Hurdle::Selector, Likelihood::LIKELY), blame(Hurdle::Affinity, Likelihood::LIKELY)],
        (true, false) => vec![blame(Hurdle::Selector, Likelihood::SHOWN)],
        (false, true) => vec![blame(Hurdle::Affinity, Likelihood::SHOWN)],
        // Each is met somewhere, and together nowhere: with the volume's place, or with each other.
        (false, false) => {
            let mut blames = Vec::new();
            if affinity(pod.spec).is_some() {
                blames.push(blame(Hurdle::Affinity, Likelihood::LIKELY));
            }
            if !pod.spec.node_selector.is_empty() {
                blames.push(blame(Hurdle::Selector, Likelihood::LIKELY));
            }
            if blames.is_empty() {
                blames.push(blame(Hurdle::VolumePlace, Likelihood::LIKELY));
            }
            blames
        }
    }
}

/// Nodes are as the pod wants them, and something is in the way on each.
fn in_the_way(chosen: &[&Found<'_, '_>]) -> Vec<Blame> {
    let mut alone: Vec<(Hurdle, Vec<String>)> = Vec::new();
    for (place, hurdles) in chosen.iter().copied() {
        if let [only] = hurdles.as_slice() {
            let name = place.node.metadata.name.clone();
            match alone.iter_mut().find(|(hurdle, _)| hurdle == only) {
                Some((_, nodes)) => nodes.push(name),
                None => alone.push((*only, vec![name])),
            }
        }
    }
    if alone.is_empty() {
        return on_every(chosen);
    }
    alone.sort_by_key(|(hurdle, nodes)| std::cmp::Reverse(nodes.len() * hurdle.weight()));
    let only_one = alone.len() == 1;
    let ranked = alone.into_iter().enumerate().map(|(rank, (hurdle, nodes))| {
        let likelihood = match rank {
            0 if only_one => Likelihood::SHOWN,
            0 => Likelihood::SHOWN.times(0.9),
            _ => Likelihood::POSSIBLE,
        };
        Blame { hurdle, likelihood, nodes, said: false }
    });
    ranked.collect()
}

/// Each node has several hurdles: what all of them have in common must go, whatever else must.
fn on_every(chosen: &[&Found<'_, '_>]) -> Vec<Blame> {
    let Some((_, first)) = chosen.first() else { return Vec::new() };
    let common = |hurdle: &&Hurdle| chosen.iter().all(|(_, hurdles)| hurdles.contains(hurdle));
    let mut common: Vec<Hurdle> = first.iter().filter(common).copied().collect();
    common.sort_by_key(|hurdle| std::cmp::Reverse(hurdle.weight()));
    let nodes = names(chosen.iter().copied());
    let blame = |hurdle| Blame { hurdle, likelihood: Likelihood::LIKELY, nodes: nodes.clone(), said: false };
    common.into_iter().map(blame).collect()
}

/// No node was recorded: the scheduler's word alone. It counts every node once, by the first filter that it fails. Where
/// some of the nodes that the pod chose are left, the others do not matter; one that is cordoned while there is
/// something else is often the control plane's.
fn by_words(words: &Words, choice: Hurdle) -> Vec<Blame> {
    let all: Vec<(Hurdle, usize)> = words.hurdles(choice).collect();
    let others = all.len() > 1;
    let left = |(hurdle, count): (Hurdle, usize)| {
        (hurdle, if others && hurdle == Hurdle::Cordon { count.saturating_sub(1) } else { count })
    };
    let mut said: Vec<(Hurdle, usize)> = all.into_iter().map(left).filter(|(_, count)| *count > 0).collect();
    said.sort_by_key(|(hurdle, count)| (hurdle.is_choice(), std::cmp::Reverse(count * hurdle.weight())));
    let likelihood = |rank| if rank == 0 { Likelihood::LIKELY } else { Likelihood::POSSIBLE };
    let blame = |(rank, (hurdle, _))| Blame { hurdle, likelihood: likelihood(rank), nodes: Vec::new(), said: true };
    said.into_iter().enumerate().map(blame).collect()
}

fn names<'f, 's: 'f, 'a: 's>(found: impl Iterator<Item = &'f Found<'s, 'a>>) -> Vec<String> {
    found.map(|(place, _)| place.node.metadata.name.clone()).collect()
}
