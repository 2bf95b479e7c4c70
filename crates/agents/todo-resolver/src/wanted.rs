//! What an action item asks for, where its words leave nothing open.

use lamplighter_core::cluster::Quantity;
use lamplighter_core::ports::{Knob, Monitoring};
use lamplighter_core::words::{ServiceCatalog, WorkloadKind, WorkloadRef};
use lamplighter_documents::{ActionItem, ActionKind};
use url::Url;

/// Something that can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// A monitor that watches an address.
    Monitor(Monitoring),
    /// A setting of a workload.
    Setting { workload: WorkloadRef, knob: Knob, to: String },
}

/// What is asked for, or why a person has to look.
pub(crate) fn wanted(item: &ActionItem, catalog: &ServiceCatalog) -> Result<Wanted, String> {
    let kind = item.kind.ok_or("its type is not known")?;
    if !kind.is_safe() {
        return Err(format!("{kind:?} is no type that is done without a person"));
    }
    if !item.is_safe() {
        return Err("its words speak of data, of secrets or of what cannot be undone".to_owned());
    }
    match kind {
        ActionKind::Monitor => monitor(item, catalog),
        ActionKind::Config => setting(item, catalog),
        _ => Err("an alert is a draft for a person to put in its place".to_owned()),
    }
}

fn monitor(item: &ActionItem, catalog: &ServiceCatalog) -> Result<Wanted, String> {
    let mut urls = words(item).filter_map(address);
    let url = urls.next().ok_or("it names no address to watch")?;
    if urls.any(|other| other != url) {
        return Err("it names more than one address".to_owned());
    }
    let service = catalog.find_by_url(url.as_str()).map(|service| service.name.clone());
    let name = service.or_else(|| url.host_str().map(str::to_owned)).ok_or("its address has no host")?;
    Ok(Wanted::Monitor(Monitoring { name, url: url.to_string() }))
}

/// An address of the web, without anything that would be a secret.
fn address(word: &str) -> Option<Url> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/');
    let url = Url::parse(word).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    (url.username().is_empty() && url.password().is_none() && url.query().is_none()).then_some(url)
}

fn setting(item: &ActionItem, catalog: &ServiceCatalog) -> Result<Wanted, String> {
    let said = words(item).collect::<Vec<_>>();
    let lower: Vec<String> = said.iter().map(|word| plain(word).to_lowercase()).collect();
    let after_to = lower.iter().position(|word| word == "to").and_then(|at| said.get(at + 1)).map(|word| plain(word));
    let to = after_to.ok_or("it does not say to what value (\u{201c}to 512Mi\u{201d})")?.to_owned();
    let workload = workload(&said, catalog)?;
    let container = || {
        let named = lower.iter().position(|word| word == "container").and_then(|at| said.get(at + 1));
        named.map_or_else(|| workload.name.clone(), |name| plain(name).to_owned())
    };
    let says = |words: &[&str]| {
        lower.windows(words.len()).any(|window| window.iter().zip(words).all(|(said, word)| said == word))
    };
    let knob = if says(&["memory", "limit"]) {
        Knob::MemoryLimit { container: container() }
    } else if says(&["memory", "request"]) {
        Knob::MemoryRequest { container: container() }
    } else if says(&["cpu", "limit"]) {
        Knob::CpuLimit { container: container() }
    } else if says(&["replicas"]) {
        Knob::Replicas
    } else {
        return Err(
            "it names no setting that is known: a memory limit, a memory request, a CPU limit, replicas".to_owned()
        );
    };
    let is_value = match &knob {
        Knob::Replicas => to.parse::<u16>().is_ok_and(|replicas| replicas > 0),
        _ => to.parse::<Quantity>().is_ok(),
    };
    if !is_value {
        return Err("its value is none that the setting can have".to_owned());
    }
    Ok(Wanted::Setting { workload, knob, to })
}

/// Whether a value is more than another one: lowering is left to people.
pub(crate) fn is_raise(from: &str, to: &str) -> bool {
    let amount = |value: &str| value.parse::<Quantity>().ok();
    match (amount(from), amount(to)) {
        (Some(from), Some(to)) => to.millis() > from.millis(),
        _ => false,
    }
}

/// The one workload that is meant: `deployment apps/wiki`, or a service of the catalog that consists of one.
fn workload(said: &[&str], catalog: &ServiceCatalog) -> Result<WorkloadRef, String> {
    let mut found: Vec<WorkloadRef> = Vec::new();
    for pair in said.windows(2) {
        let [kind, name] = pair else { continue };
        let kind = match plain(kind).to_lowercase().as_str() {
            "deployment" => WorkloadKind::Deployment,
            "statefulset" => WorkloadKind::StatefulSet,
            "daemonset" => WorkloadKind::DaemonSet,
            _ => continue,
        };
        if let Some((namespace, name)) = plain(name).split_once('/') {
            found.push(WorkloadRef { kind, namespace: namespace.to_owned(), name: name.to_owned() });
        }
    }
    if found.is_empty() {
        let services = said.iter().filter_map(|word| catalog.find(plain(word)));
        found.extend(services.flat_map(|service| service.workloads.iter().cloned()));
    }
    found.sort();
    found.dedup();
    match found.as_slice() {
        [workload] => Ok(workload.clone()),
        [] => {
            Err("it names no workload (\u{201c}deployment apps/wiki\u{201d}) and no service of the catalog".to_owned())
        }
        _ => Err("it names more than one workload".to_owned()),
    }
}

fn words(item: &ActionItem) -> impl Iterator<Item = &str> {
    item.action.split_whitespace().chain(item.details.split_whitespace())
}

/// A word without the marks around it.
fn plain(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use lamplighter_core::words::CatalogedService;
    use lamplighter_documents::PostMortem;

    use super::*;

    fn check(action: &str, kind: &str, expected: Result<&str, &str>) {
        let text = format!("| Action | Type | Status |\n|---|---|---|\n| {action} | {kind} | TODO |\n");
        let item = PostMortem::read("a.md", &text).action_items.remove(0);
        let wiki =
            WorkloadRef { kind: WorkloadKind::Deployment, namespace: "apps".to_owned(), name: "wiki".to_owned() };
        let service: CatalogedService = serde_json_of(&wiki);
        let catalog = ServiceCatalog::new(vec![service]);
        let said = match wanted(&item, &catalog) {
            Ok(Wanted::Monitor(monitor)) => Ok(format!("{} {}", monitor.name, monitor.url)),
            Ok(Wanted::Setting { workload, knob, to }) => Ok(format!("{workload} {knob:?} {to}")),
            Err(why) => Err(why),
        };
        match (said, expected) {
            (Ok(said), Ok(expected)) => assert_eq!(said, expected, "{action}"),
            (Err(why), Err(expected)) => assert!(why.contains(expected), "{action}: {why}"),
            (said, expected) => panic!("{action}: {said:?} and not {expected:?}"),
        }
    }

    fn serde_json_of(workload: &WorkloadRef) -> CatalogedService {
        CatalogedService {
            name: "Wiki".to_owned(),
            aliases: Vec::new(),
            tier: lamplighter_core::words::Tier::default(),
            workloads: vec![workload.clone()],
            monitors: Vec::new(),
            stack: None,
            depends_on: Vec::new(),
            urls: vec!["https://wiki.example.org/".to_owned()],
        }
    }

    #[test]
    fn only_what_leaves_nothing_open_is_done() {
        let limit = "deployment apps/wiki MemoryLimit { container: \"wiki\" } 512Mi";
        check("Raise the memory limit of deployment `apps/wiki` to 512Mi", "Config", Ok(limit));
        check("Raise the memory limit of the wiki to `512Mi`.", "Config", Ok(limit));
        check(
            "Raise the CPU limit of container web of deployment apps/wiki to 500m",
            "Config",
            Ok("deployment apps/wiki CpuLimit { container: \"web\" } 500m"),
        );
        check("Set the replicas of the wiki to 3", "Config", Ok("deployment apps/wiki Replicas 3"));
        check("Watch https://wiki.example.org/login", "Monitor", Ok("Wiki https://wiki.example.org/login"));
        check("Watch <https://mail.example.org>", "Monitor", Ok("mail.example.org https://mail.example.org/"));
        for (action, kind, why) in [
            ("Raise the memory limit of the wiki", "Config", "to what value"),
            ("Raise the memory limit of the shop to 512Mi", "Config", "no workload"),
            ("Raise the memory limit of deployment a/b and deployment a/c to 1Gi", "Config", "more than one workload"),
            ("Raise the pool of the wiki to 50", "Config", "no setting"),
            ("Set the replicas of the wiki to 0", "Config", "none that the setting"),
            ("Set the memory limit of the wiki to lots", "Config", "none that the setting"),
            ("Watch it", "Monitor", "no address"),
            ("Watch https://a.example and https://b.example", "Monitor", "more than one address"),
            ("Watch https://user:pw@a.example/", "Monitor", "no address"),
            ("Watch file:///etc/passwd", "Monitor", "no address"),
            ("Page somebody", "Alert", "draft"),
            ("Two clusters", "Architecture", "no type that is done"),
            ("Delete the wiki and watch https://wiki.example.org", "Monitor", "cannot be undone"),
            ("Buy disks", "", "type is not known"),
        ] {
            check(action, kind, Err(why));
        }
        assert!(is_raise("256Mi", "1Gi") && is_raise("2", "3") && !is_raise("1Gi", "512Mi") && !is_raise("2", "2"));
    }
}
