//! What names tell.

use lamplighter_core::cluster::Service;
use lamplighter_core::cluster::WorkloadStatus;
use lamplighter_core::diagnosis::Scene;
use lamplighter_core::words::{WorkloadKind, WorkloadRef};

/// Longer names are not compared letter by letter; the API allows 63 (RFC 1035 labels).
const LONGEST: usize = 63;

/// Without what people write differently: case, dashes, dots, underscores.
pub(crate) fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Without the endings that services and workloads of one app have, too.
pub(crate) fn stem(name: &str) -> String {
    const ENDINGS: [&str; 9] =
        ["-service", "-svc", "-deployment", "-deploy", "-headless", "-lb", "-external", "-internal", "service"];
    let cut = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).filter(|cut| !cut.is_empty());
    plain(cut.unwrap_or(name))
}

/// Whether one name may be meant where the other is written: they differ by two letters at most, by spelling, or by
/// a usual ending.
pub(crate) fn is_alike(one: &str, other: &str) -> bool {
    if one.len() > LONGEST || other.len() > LONGEST || one == other {
        return false;
    }
    if plain(one) == plain(other) || stem(one) == stem(other) {
        return true;
    }
    let allowed = if one.len().min(other.len()) < 5 { 1 } else { 2 };
    one.len().abs_diff(other.len()) <= allowed && distance(one.as_bytes(), other.as_bytes()) <= allowed
}

/// Levenshtein's distance.
fn distance(one: &[u8], other: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, a) in one.iter().enumerate() {
        let mut diagonal = at;
        let mut left = at + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(other) {
            let above = *cell;
            let changed = diagonal + usize::from(a != b);
            *cell = changed.min(above + 1).min(left + 1);
            (diagonal, left) = (above, *cell);
        }
        if let Some(first) = row.first_mut() {
            *first = at + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

/// The workload of a name, of whichever kind.
pub(crate) fn workload_named<'a>(scene: &'a Scene, namespace: &str, name: &str) -> Option<&'a WorkloadStatus> {
    let kinds = [WorkloadKind::Deployment, WorkloadKind::StatefulSet, WorkloadKind::DaemonSet];
    kinds.into_iter().find_map(|kind| scene.graph.workload(&WorkloadRef::new(kind, namespace, name)))
}

/// Whether a service leads to a `MySQL` server, by its images.
pub(crate) fn is_database(scene: &Scene, service: &Service) -> bool {
    let templates = scene.graph.workloads_behind(service).into_iter().filter_map(|of| scene.graph.template_of(of));
    let mut images = templates.flat_map(|template| &template.spec.containers).map(|container| container.image.as_str());
    images.any(|image| ["mysql", "mariadb", "percona"].iter().any(|server| image.contains(server)))
}

#[cfg(test)]
mod tests {
    use super::{distance, is_alike};

    #[test]
    fn slips_of_the_pen_are_alike_and_other_names_are_not() {
        assert!(is_alike("ledger", "ledgr") && is_alike("ledger", "legder") && is_alike("ledger-api", "ledger_api"));
        assert!(is_alike("ledger", "ledger-svc") && is_alike("ledgerservice", "ledger"));
        assert!(!is_alike("ledger", "invoices") && !is_alike("api", "web") && !is_alike("ledger", "ledger"));
        assert!(!is_alike(&"a".repeat(1_000_000), "a"));
    }

    #[test]
    fn distances() {
        assert_eq!(distance(b"kitten", b"sitting"), 3);
        assert_eq!((distance(b"", b"abc"), distance(b"abc", b"")), (3, 3));
    }
}
