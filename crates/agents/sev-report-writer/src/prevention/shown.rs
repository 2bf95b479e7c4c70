//! What the evidence of a cause shows of settings: names, ports, values. What it does not show word for word is not known.

use lamplighter_core::diagnosis::RootCause;

use super::Names;

/// The longest name or value that is taken from a line.
const LONGEST: usize = 253;

/// What is shown of a cause.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown<'a> {
    pub(super) cause: &'a RootCause,
    pub(super) names: &'a Names,
    /// Whether the culprit is known to be a deployment.
    pub(super) is_deployment: bool,
}

impl<'a> Shown<'a> {
    pub(crate) fn new(cause: &'a RootCause, names: &'a Names, is_deployment: bool) -> Self {
        Self { cause, names, is_deployment }
    }

    /// The lines that the cause rests on, and what was seen.
    pub(super) fn lines(&self) -> impl Iterator<Item = &'a str> {
        self.cause.evidence.iter().flat_map(|finding| {
            std::iter::once(finding.summary.as_str()).chain(finding.evidence.iter().map(String::as_str))
        })
    }

    /// What stands between these two in the only line that has both; `None` where several differ.
    pub(super) fn only(&self, before: &str, after: &str) -> Option<&'a str> {
        one(self.lines().filter_map(|line| between(line, before, after)))
    }

    /// The steps that the rule gave.
    pub(super) fn steps(&self) -> impl Iterator<Item = &'a str> {
        self.cause.chain.iter().map(String::as_str)
    }
}

/// What stands between the first `before` and the next `after`; to the end of the line where `after` is empty.
pub(super) fn between<'a>(line: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(before)?;
    if after.is_empty() { Some(rest.trim()) } else { Some(rest.split_once(after)?.0.trim()) }
}

/// The only one of several, which may be said more than once.
pub(super) fn one<'a>(mut all: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let first = all.next()?;
    all.all(|other| other == first).then_some(first)
}

/// The same where it can stand between quotes: a name, a label, a quantity.
pub(super) fn plain(value: &str) -> Option<&str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._/:".contains(c);
    (!value.is_empty() && value.len() <= LONGEST && value.chars().all(is_plain)).then_some(value)
}

/// A port by number.
pub(super) fn port(value: &str) -> Option<u16> {
    value.trim().parse().ok().filter(|port| *port > 0)
}

/// The sum of two quantities of Kubernetes of one unit.
pub(super) fn sum(one: &str, other: &str) -> Option<String> {
    let ((one, unit), (other, other_unit)) = (quantity(one)?, quantity(other)?);
    match (one, other) {
        (0, other) => Some(format!("{other}{other_unit}")),
        (one, 0) => Some(format!("{one}{unit}")),
        (one, other) => (unit == other_unit).then_some(format!("{}{unit}", one.checked_add(other)?)),
    }
}

fn quantity(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    let is_unit = matches!(unit, "" | "m" | "k" | "M" | "G" | "T" | "Ki" | "Mi" | "Gi" | "Ti");
    is_unit.then_some((number.parse().ok()?, unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_of_one_unit_are_added() {
        for (one, other, expected) in [
            ("10", "1", Some("11")),
            ("3000Mi", "500Mi", Some("3500Mi")),
            ("0", "2Gi", Some("2Gi")),
            ("1", "500m", None),
            ("1e3", "1", None),
        ] {
            assert_eq!(sum(one, other).as_deref(), expected, "{one} {other}");
        }
    }

    #[test]
    fn what_could_leave_its_quotes_is_not_plain() {
        assert_eq!(plain("app.example/name-1"), Some("app.example/name-1"));
        for value in ["", "a\"b", "${x}", "a b", "a\nb", "%{x}"] {
            assert_eq!(plain(value), None, "{value:?}");
        }
    }
}
