use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

/// That one service calls another, by the names of their apps.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Call {
    /// Who calls.
    pub from: String,
    /// Who is called.
    pub to: String,
}

/// Who calls whom: what a mesh has seen, what is declared, and what workloads are configured with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calls {
    callees: BTreeMap<String, BTreeSet<String>>,
    callers: BTreeMap<String, BTreeSet<String>>,
}

impl Calls {
    /// These calls. A service that calls itself is left out.
    pub fn new(calls: impl IntoIterator<Item = Call>) -> Self {
        let mut all = Self::default();
        for Call { from, to } in calls.into_iter().filter(|call| call.from != call.to) {
            all.callees.entry(from.clone()).or_default().insert(to.clone());
            all.callers.entry(to).or_default().insert(from);
        }
        all
    }

    /// Whether none are known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.callees.is_empty()
    }

    /// Every call, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.callees.iter().flat_map(|(from, to)| to.iter().map(|to| (from.as_str(), to.as_str())))
    }

    /// Whom an app calls.
    pub fn callees(&self, app: &str) -> impl Iterator<Item = &str> {
        self.callees.get(app).into_iter().flatten().map(String::as_str)
    }

    /// Who calls an app.
    pub fn callers(&self, app: &str) -> impl Iterator<Item = &str> {
        self.callers.get(app).into_iter().flatten().map(String::as_str)
    }

    /// Whether `app` needs `dependency`, directly or through others. Nothing needs itself.
    #[must_use]
    pub fn depends_on(&self, app: &str, dependency: &str) -> bool {
        app != dependency && Self::reachable(&self.callees, app).contains(dependency)
    }

    /// Every app that needs `app`, directly or through others.
    #[must_use]
    pub fn dependants(&self, app: &str) -> BTreeSet<&str> {
        Self::reachable(&self.callers, app)
    }

    fn reachable<'a>(along: &'a BTreeMap<String, BTreeSet<String>>, app: &str) -> BTreeSet<&'a str> {
        let mut seen = BTreeSet::new();
        let mut queue: VecDeque<&str> = along.get(app).into_iter().flatten().map(String::as_str).collect();
        while let Some(next) = queue.pop_front() {
            if next != app && seen.insert(next) {
                queue.extend(along.get(next).into_iter().flatten().map(String::as_str));
            }
        }
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(edges: &[(&str, &str)]) -> Calls {
        let call = |(from, to): &(&str, &str)| Call { from: (*from).to_owned(), to: (*to).to_owned() };
        Calls::new(edges.iter().map(call))
    }

    #[test]
    fn dependencies_are_followed_through_others() {
        let calls = calls(&[("shop", "basket"), ("basket", "store"), ("shop", "shop")]);
        assert!(calls.depends_on("shop", "store"));
        assert!(!calls.depends_on("store", "shop"));
        assert!(!calls.depends_on("shop", "shop"));
        assert_eq!(calls.dependants("store"), ["basket", "shop"].into());
    }

    #[test]
    fn a_circle_ends() {
        let calls = calls(&[("a", "b"), ("b", "c"), ("c", "a")]);
        assert_eq!(calls.dependants("a"), ["b", "c"].into());
    }
}
