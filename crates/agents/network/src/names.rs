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

/// Without the endings that services and workloads of one app have, too, the number of a version among them.
pub(crate) fn stem(name: &str) -> String {
    const ENDINGS: [&str; 9] =
        ["-service", "-svc", "-deployment", "-deploy", "-headless", "-lb", "-external", "-internal", "service"];
    let name = unversioned(name);
    let cut = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).filter(|cut| !cut.is_empty());
    plain(cut.unwrap_or(name))
}

/// `orders` of `orders-v2`.
fn unversioned(name: &str) -> &str {
    let version = |end: &str| end.strip_prefix('v').is_some_and(|number| number.bytes().all(|b| b.is_ascii_digit()));
    match name.rsplit_once('-') {
        Some((name, end)) if end.len() > 1 && version(end) => name,
        _ => name,
    }
}

/// What routes and people call a service: its name, its stem, and both without the word with which the names of
/// most services of its namespace begin.
pub(crate) fn spoken(scene: &Scene, service: &Service) -> [String; 4] {
    let name = service.metadata.name.as_str();
    let namespace = service.metadata.namespace();
    let short = name.split_once('-').filter(|(first, _)| is_everybodys(scene, namespace, first));
    let short = short.map_or(name, |(_, rest)| rest);
    [plain(name), stem(name), plain(short), stem(short)]
}

/// Whether the names of most services of a namespace begin with this word.
fn is_everybodys(scene: &Scene, namespace: &str, word: &str) -> bool {
    let services = scene.state().services.items().iter().filter(|service| service.metadata.namespace() == namespace);
    let (mut all, mut with) = (0_usize, 0_usize);
    for service in services {
        all += 1;
        with += usize::from(service.metadata.name.split_once('-').is_some_and(|(first, _)| first == word));
    }
    with > 2 && with * 2 > all
}

/// Whether an app passes requests on: by its name, or by the server in its images.
pub(crate) fn is_gateway(scene: &Scene, namespace: &str, app: &str) -> bool {
    const WORDS: [&str; 11] =
        ["gateway", "gw", "nginx", "openresty", "envoy", "traefik", "haproxy", "kong", "apisix", "zuul", "caddy"];
    let has_word = |text: &str| {
        let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
        words.any(|word| WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)))
    };
    let templates = workload_named(scene, namespace, app).and_then(|status| scene.graph.template_of(&status.workload));
    let mut images = templates.into_iter().flat_map(|template| &template.spec.containers).map(|it| it.image.as_str());
    has_word(app) || images.any(has_word)
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
