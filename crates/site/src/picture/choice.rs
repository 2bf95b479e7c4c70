//! Which apps are drawn when there are too many, and which are counted.

use std::collections::{BTreeMap, BTreeSet};

use super::board::{Board, Key};
use super::standing::State;

/// The apps of a namespace: those that are drawn, and how many of the others are in which state.
#[derive(Debug, Default)]
pub(super) struct Chosen<'b> {
    pub(super) drawn: Vec<&'b Key>,
    pub(super) others: BTreeMap<State, usize>,
}

impl Chosen<'_> {
    /// How many of its apps are not drawn.
    pub(super) fn counted(&self) -> usize {
        self.others.values().sum()
    }
}

/// At most this many apps: the named ones and the way from the first cause, what is broken, the worst first, then the
/// callers and callees of these. Where nothing is broken, those that the most calls begin and end at.
pub(super) fn choose<'b>(board: &'b Board<'_>, most: usize) -> BTreeMap<&'b str, Chosen<'b>> {
    let drawn = if board.apps.len() <= most { board.apps.keys().collect() } else { the_most_telling(board, most) };
    let mut namespaces: BTreeMap<&str, Chosen<'_>> = BTreeMap::new();
    for (key, app) in &board.apps {
        let namespace = namespaces.entry(key.0.as_str()).or_default();
        if drawn.contains(key) {
            namespace.drawn.push(key);
        } else {
            *namespace.others.entry(app.standing.state).or_default() += 1;
        }
    }
    namespaces
}

fn the_most_telling<'b>(board: &'b Board<'_>, most: usize) -> BTreeSet<&'b Key> {
    let mut chosen: BTreeSet<&Key> = BTreeSet::new();
    let mut take = |key: &'b Key| {
        if chosen.len() < most {
            chosen.insert(key);
        }
    };
    let by = |wanted: fn(&super::board::App) -> bool| board.apps.iter().filter(move |(_, app)| wanted(app));
    by(|app| app.cause.is_some()).for_each(|(key, _)| take(key));
    board.way.iter().for_each(|(from, to)| {
        take(to);
        take(from);
    });
    by(|app| app.standing.state == State::Down).for_each(|(key, _)| take(key));
    by(|app| app.standing.state == State::Degraded || app.suffers).for_each(|(key, _)| take(key));
    let telling = chosen.clone();
    let mut ties: BTreeMap<&Key, usize> = BTreeMap::new();
    for (from, to) in &board.calls {
        for (end, other) in [(from, to), (to, from)] {
            if telling.is_empty() || telling.contains(other) {
                *ties.entry(end).or_default() += 1;
            }
        }
    }
    let mut near: Vec<(&Key, usize)> = ties.into_iter().collect();
    near.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    for (key, _) in near {
        if chosen.len() < most {
            chosen.insert(key);
        }
    }
    chosen
}
