//! Log lines of one kind, found by what they have in common.
//!
//! Lines are split into words; words that hold a digit, a quoted text or an address are taken as values from the
//! start; lines with the same number of words that agree in most of the others are of one kind, and where they
//! differ the kind has a hole. It is the approach of fixed-depth tree parsers such as Drain (He et al., ICWS 2017),
//! with a map from length and first words in the tree's place.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// A hole in a template.
const HOLE: &str = "<*>";

/// Two lines are of one kind when at least this part of their words is equal.
const ALIKE: f64 = 0.5;

/// Words beyond these do not make a line another one.
const LONGEST: usize = 60;

/// A kind of line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// What its lines have in common, with `<*>` for what differs.
    pub pattern: String,
    /// How many lines are of it.
    pub count: u64,
    /// The last of them, as it was written.
    pub sample: String,
}

/// The kinds of these lines, the most frequent first. Empty lines have none.
///
/// ```
/// use lamplighter_core::diagnosis::mine;
///
/// let kinds = mine(["user 17 logged in", "disk is full", "user 4 logged in"]);
/// assert_eq!(kinds[0].pattern, "user <*> logged in");
/// assert_eq!(kinds[0].count, 2);
/// ```
#[must_use]
pub fn mine<'a>(lines: impl IntoIterator<Item = &'a str>) -> Vec<Template> {
    let mut kinds: Vec<(Vec<&'a str>, u64, &'a str)> = Vec::new();
    let mut by_shape: HashMap<(usize, &'a str), Vec<usize>> = HashMap::new();
    for line in lines.into_iter().filter(|line| !line.trim().is_empty()) {
        let words: Vec<&str> = line.split_whitespace().take(LONGEST).map(masked).collect();
        let first = words.iter().copied().find(|word| *word != HOLE).unwrap_or(HOLE);
        let known = by_shape.entry((words.len(), first)).or_default();
        let nearest = known.iter().copied().max_by(|a, b| {
            let alike = |at: &usize| kinds.get(*at).map_or(0.0, |(kind, ..)| likeness(kind, &words));
            alike(a).total_cmp(&alike(b))
        });
        let fitting = nearest.and_then(|at| kinds.get_mut(at)).filter(|(kind, ..)| likeness(kind, &words) >= ALIKE);
        if let Some((kind, count, sample)) = fitting {
            for (known, _) in kind.iter_mut().zip(&words).filter(|(known, word)| known != word) {
                *known = HOLE;
            }
            *count += 1;
            *sample = line;
        } else {
            known.push(kinds.len());
            kinds.push((words, 1, line));
        }
    }
    let mut templates: Vec<Template> = kinds
        .into_iter()
        .map(|(words, count, sample)| Template { pattern: words.join(" "), count, sample: sample.to_owned() })
        .collect();
    templates.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.pattern.cmp(&b.pattern)));
    templates
}

/// Words with a digit differ from line to line.
fn masked(word: &str) -> &str {
    if word.bytes().any(|byte| byte.is_ascii_digit()) { HOLE } else { word }
}

/// The part of the words that are equal; holes fit anything and count half, so that a kind of holes alone draws in
/// nothing.
fn likeness(kind: &[&str], words: &[&str]) -> f64 {
    if kind.len() != words.len() || kind.is_empty() {
        return 0.0;
    }
    let score = |(a, b): (&&str, &&str)| match (a == b, *a == HOLE || *b == HOLE) {
        (true, false) => 1.0,
        (_, true) => 0.5,
        (false, false) => 0.0,
    };
    let total: f64 = kind.iter().zip(words).map(score).sum();
    #[expect(clippy::cast_precision_loss, reason = "at most sixty")]
    let length = kind.len() as f64;
    total / length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_differ_in_values_are_of_one_kind() {
        let lines = [
            "2026-01-02T03:04:05Z ERROR cannot reach store at 10.0.0.4:5432",
            "2026-01-02T03:04:06Z ERROR cannot reach store at 10.0.0.5:5432",
            "2026-01-02T03:04:07Z INFO listening",
        ];
        let kinds = mine(lines);
        assert_eq!(kinds.len(), 2);
        assert_eq!(kinds[0].pattern, "<*> ERROR cannot reach store at <*>");
        assert_eq!((kinds[0].count, kinds[0].sample.as_str()), (2, lines[1]));
    }

    #[test]
    fn words_that_differ_become_holes() {
        let kinds = mine(["user ann logged in from home", "user bob logged in from work"]);
        assert_eq!(kinds.len(), 1);
        assert_eq!(kinds[0].pattern, "user <*> logged in from <*>");
    }

    #[test]
    fn different_messages_stay_apart() {
        let kinds = mine(["connection refused by peer", "certificate has expired today", "out of memory now"]);
        assert_eq!(kinds.len(), 3);
    }

    #[test]
    fn hostile_lines_are_survived() {
        let long = "x ".repeat(100_000);
        let lines = ["", "   ", "\u{0}\u{202e}", "ü ".trim(), long.as_str(), "1 2 3 4"];
        assert_eq!(mine(lines).iter().map(|kind| kind.count).sum::<u64>(), 4);
    }
}
