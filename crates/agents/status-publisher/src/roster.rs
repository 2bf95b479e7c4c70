//! Which monitors a source has, and what each of them is remembered by and called.
//!
//! A monitor is remembered by its name. Where that is blank, or another one has it already, what its system tells it apart by
//! stands after it, on a line of its own; so the key of a monitor stays as it is, whatever monitors come and go beside it.

use std::collections::{BTreeMap, BTreeSet};

use lamplighter_core::markdown::line;
use lamplighter_core::ports::{Heartbeat, KnownMonitor};

/// A name is cut after so many characters.
pub(crate) const LONGEST_NAME: usize = 80;

/// Who is told of now, in the order of telling. Who was there before keeps its key.
pub(crate) fn roster(told: &[Heartbeat], before: &[KnownMonitor]) -> Vec<KnownMonitor> {
    let known: BTreeMap<&str, &str> =
        before.iter().filter_map(|one| Some((one.id.as_deref()?, one.key.as_str()))).collect();
    let kept = |one: &Heartbeat| {
        let key = *known.get(one.id.as_deref()?)?;
        (name_of(key) == plain(&one.name)).then(|| key.to_owned())
    };
    let mut keys: Vec<Option<String>> = told.iter().map(kept).collect();
    let mut taken: BTreeSet<String> = keys.iter().flatten().cloned().collect();
    for (key, one) in keys.iter_mut().zip(told).filter(|(key, _)| key.is_none()) {
        let name = plain(&one.name);
        let first = (!name.is_empty()).then(|| name.clone());
        let by_id = one.id.as_ref().map(|id| format!("{name}\n{}", plain(id)));
        let by_number = (1_u32..).map(|number| format!("{name}\n{number}")).skip(usize::from(first.is_some()));
        let free = first.into_iter().chain(by_id).chain(by_number).find(|key| !taken.contains(key));
        taken.extend(free.clone());
        *key = free;
    }
    let known = |(key, one): (Option<String>, &Heartbeat)| KnownMonitor {
        key: key.unwrap_or_default(),
        id: one.id.clone(),
        group: one.group.clone(),
    };
    keys.into_iter().zip(told).map(known).collect()
}

/// The name that its system has for it, on one line. Blank: it has none that could be read.
fn plain(name: &str) -> String {
    if line(name, LONGEST_NAME).is_empty() { String::new() } else { name.replace('\n', " ") }
}

/// The name in a key, by which the configuration calls the monitor.
pub(crate) fn name_of(key: &str) -> &str {
    key.split('\n').next().unwrap_or_default()
}

/// What people may call the monitor of a key, where this is what they call its name.
pub(crate) fn label(key: &str, name: &str) -> String {
    match key.split_once('\n') {
        None => name.to_owned(),
        Some(("", id)) => format!("Monitor {id}"),
        Some((_, id)) => format!("{name} ({id})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(monitors: &[(Option<&str>, &str)]) -> Vec<Heartbeat> {
        let one = |(id, name): &(Option<&str>, &str)| Heartbeat {
            id: id.map(str::to_owned),
            name: (*name).to_owned(),
            group: None,
            beats: Vec::new(),
            day: None,
        };
        monitors.iter().map(one).collect()
    }

    #[test]
    fn monitors_are_told_apart_whatever_they_are_called_and_keep_their_keys() {
        let mut before = Vec::new();
        for (monitors, keys) in [
            (vec![(Some("3"), "mail")], vec!["mail"]),
            (vec![(Some("9"), "mail"), (Some("3"), "mail"), (Some("4"), " \u{202e}")], vec!["mail\n9", "mail", "\n4"]),
            (vec![(Some("4"), ""), (Some("9"), "mail")], vec!["\n4", "mail\n9"]),
            // A new one of the old name goes on where that one ended; one that is renamed begins anew.
            (vec![(Some("11"), "mail"), (Some("9"), "post")], vec!["mail", "post"]),
            (
                vec![(None, "a"), (None, "a"), (None, ""), (None, ""), (None, "a\n2")],
                vec!["a", "a\n2", "\n1", "\n2", "a 2"],
            ),
        ] {
            before = roster(&told(&monitors), &before);
            assert_eq!(before.iter().map(|one| one.key.as_str()).collect::<Vec<_>>(), keys);
        }
        for (key, called) in [("mail", "Post"), ("mail\n9", "Post (9)"), ("\n4", "Monitor 4")] {
            assert_eq!(label(key, "Post"), called);
        }
    }
}
