//! A cluster that does not exist, as `kubectl cluster-info dump` would write it.

mod fault;
mod objects;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize as _;
use serde_json::{Value, json};

use crate::random::Random;
pub use fault::Fault;
use objects::Writer;

/// How many services a namespace has.
const SERVICES_PER_NAMESPACE: usize = 20;

/// How many pods a node has.
const PODS_PER_NODE: usize = 50;

/// Kinds that a dump holds and that this cluster has none of.
const EMPTY: [(&str, &str); 12] = [
    ("StatefulSetList", "statefulsets.json"),
    ("DaemonSetList", "daemonsets.json"),
    ("JobList", "jobs.json"),
    ("CronJobList", "cronjobs.json"),
    ("PersistentVolumeClaimList", "persistentvolumeclaims.json"),
    ("ResourceQuotaList", "resourcequotas.json"),
    ("LimitRangeList", "limitranges.json"),
    ("IngressList", "ingresses.json"),
    ("NetworkPolicyList", "networkpolicies.json"),
    ("RoleBindingList", "rolebindings.json"),
    ("HorizontalPodAutoscalerList", "horizontalpodautoscalers.json"),
    ("PodDisruptionBudgetList", "poddisruptionbudgets.json"),
];

/// A cluster of services that call each other, with a fault of each kind. The same settings give the same bytes.
#[derive(Debug, Clone)]
#[must_use = "nothing is made until it is written"]
pub struct SyntheticCluster {
    pods: usize,
    services: usize,
    events: usize,
    seed: u64,
    healthy: bool,
    compact: bool,
}

/// What was written.
#[derive(Debug, Clone, Default)]
pub struct Dump {
    /// The JSON files of the dump.
    pub files: Vec<PathBuf>,
    /// How many bytes they have together.
    pub bytes: usize,
    /// What is wrong: namespace, app and fault.
    pub faults: Vec<(String, String, Fault)>,
    compact: bool,
}

/// An app of the cluster.
struct App {
    namespace: String,
    name: String,
    calls: Option<String>,
    fault: Option<Fault>,
    pods: usize,
    events: usize,
}

impl SyntheticCluster {
    /// A cluster of this many pods, with a service for each twenty of them and two events for each.
    pub fn of_pods(pods: usize) -> Self {
        Self { pods, services: pods.div_ceil(20), events: pods * 2, seed: 1, healthy: false, compact: false }
    }

    /// The same with this many services.
    pub fn services(mut self, services: usize) -> Self {
        self.services = services.max(1);
        self
    }

    /// The same with this many events.
    pub fn events(mut self, events: usize) -> Self {
        self.events = events;
        self
    }

    /// The same with other names and numbers.
    pub fn seeded(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The same without faults.
    pub fn healthy(mut self) -> Self {
        self.healthy = true;
        self
    }

    /// The same without white space, as the API server sends it. Otherwise it is indented as kubectl prints it.
    pub fn compact(mut self) -> Self {
        self.compact = true;
        self
    }

    /// Writes it into a folder that is there.
    ///
    /// # Errors
    /// When a file or a folder cannot be written.
    pub fn write(&self, dir: &Path) -> io::Result<Dump> {
        let mut random = Random::new(self.seed);
        let taken_at = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(490_000);
        let mut dump = Dump { compact: self.compact, ..Dump::default() };
        let apps = self.apps(&mut random);
        let namespaces: Vec<&[App]> = apps.chunks(SERVICES_PER_NAMESPACE).collect();
        let nodes = self.pods.div_ceil(PODS_PER_NODE).max(3);

        let mut writer = Writer::new(random, taken_at, nodes);
        dump.put(dir, "snapshot.json", &json!({"collected_at": taken_at.to_string()}))?;
        let items: Vec<Value> = (0..nodes).map(|at| writer.node(at)).collect();
        dump.list(dir, "nodes.json", "NodeList", &items)?;
        let named = |apps: &&[App]| apps.first().map_or_else(String::new, |app| app.namespace.clone());
        let items: Vec<Value> = namespaces.iter().map(|apps| writer.namespace(&named(apps))).collect();
        dump.list(dir, "namespaces.json", "NamespaceList", &items)?;
        let call = |app: &App| app.calls.as_ref().map(|to| json!({"from": app.name, "to": to}));
        let edges: Vec<Value> = apps.iter().filter_map(call).collect();
        dump.put(dir, "dependencies.json", &json!({"edges": edges}))?;
        for apps in namespaces {
            Self::namespace(&mut dump, dir, &mut writer, &named(&apps), apps)?;
        }
        Ok(dump)
    }

    fn apps(&self, random: &mut Random) -> Vec<App> {
        let mut apps: Vec<App> = Vec::with_capacity(self.services);
        for at in 0..self.services {
            let share = |all: usize| all / self.services + usize::from(at < all % self.services);
            let namespace = format!("team-{:03}", at / SERVICES_PER_NAMESPACE);
            // A tree in each namespace, whose first app is the entry.
            let within = at % SERVICES_PER_NAMESPACE;
            let callee = at + 1 + usize::try_from(random.below(3)).unwrap_or(0);
            let calls = (within + 4 < SERVICES_PER_NAMESPACE && callee < self.services).then(|| name(callee));
            apps.push(App {
                namespace,
                name: name(at),
                calls,
                fault: None,
                pods: share(self.pods),
                events: share(self.events),
            });
        }
        if !self.healthy {
            let step = (self.services / Fault::ALL.len()).max(1);
            for (app, fault) in apps.iter_mut().skip(step / 2).step_by(step).zip(Fault::ALL) {
                app.fault = Some(fault);
            }
        }
        apps
    }

    fn namespace(dump: &mut Dump, dir: &Path, writer: &mut Writer, namespace: &str, apps: &[App]) -> io::Result<()> {
        let folder = dir.join(namespace);
        fs::create_dir_all(&folder)?;
        let mut lists: [(&str, &str, Vec<Value>); 6] = [
            ("DeploymentList", "deployments.json", Vec::new()),
            ("ReplicaSetList", "replicasets.json", Vec::new()),
            ("PodList", "pods.json", Vec::new()),
            ("ServiceList", "services.json", Vec::new()),
            ("EndpointsList", "endpoints.json", Vec::new()),
            ("EventList", "events.json", Vec::new()),
        ];
        for app in apps {
            let mut made = writer.app(app);
            for ((.., items), more) in lists.iter_mut().zip(made.in_order()) {
                items.extend(more);
            }
            for (pod, lines) in made.logs {
                fs::create_dir_all(folder.join(&pod))?;
                fs::write(folder.join(&pod).join("logs.txt"), lines)?;
            }
            dump.faults.extend(app.fault.map(|fault| (namespace.to_owned(), app.name.clone(), fault)));
        }
        for (kind, file, items) in lists {
            dump.list(&folder, file, kind, &items)?;
        }
        dump.list(&folder, "serviceaccounts.json", "ServiceAccountList", &[writer.service_account(namespace)])?;
        dump.list(&folder, "configmaps.json", "ConfigMapList", &[writer.root_certificate(namespace)])?;
        dump.list(&folder, "secrets.json", "SecretList", &[])?;
        for (kind, file) in EMPTY {
            dump.list(&folder, file, kind, &[])?;
        }
        Ok(())
    }
}

/// The name of an app by its number.
fn name(at: usize) -> String {
    const WHAT: [&str; 20] = [
        "portal",
        "ledger",
        "basket",
        "search",
        "mailer",
        "tariff",
        "stock",
        "ranking",
        "invoice",
        "thumbs",
        "audit",
        "feed",
        "profile",
        "session",
        "geocoder",
        "archive",
        "metering",
        "voucher",
        "translator",
        "scheduler",
    ];
    format!("{}-{at}", WHAT.get(at % WHAT.len()).copied().unwrap_or("app"))
}

impl Dump {
    fn list(&mut self, folder: &Path, file: &str, kind: &str, items: &[Value]) -> io::Result<()> {
        let version = match kind {
            "DeploymentList" | "ReplicaSetList" | "StatefulSetList" | "DaemonSetList" => "apps/v1",
            _ => "v1",
        };
        self.put(folder, file, &json!({"kind": kind, "apiVersion": version, "metadata": {}, "items": items}))
    }

    /// Writes JSON, indented by four where it is not compact.
    fn put(&mut self, folder: &Path, file: &str, value: &Value) -> io::Result<()> {
        let bytes = if self.compact {
            serde_json::to_vec(value)?
        } else {
            let mut bytes = Vec::new();
            let format = serde_json::ser::PrettyFormatter::with_indent(b"    ");
            value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, format))?;
            bytes
        };
        let path = folder.join(file);
        fs::write(&path, &bytes)?;
        self.bytes += bytes.len();
        self.files.push(path);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn read(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files.extend(read(&path));
            } else {
                files.insert(path.strip_prefix(dir).unwrap().to_owned(), fs::read(&path).unwrap());
            }
        }
        files
    }

    #[test]
    fn the_same_settings_give_the_same_bytes_and_another_seed_gives_others() {
        let written = |seed: u64| {
            let dir = tempfile::tempdir().unwrap();
            SyntheticCluster::of_pods(60).seeded(seed).write(dir.path()).unwrap();
            read(dir.path())
        };
        assert_eq!(written(1), written(1));
        assert_ne!(written(1), written(2));
    }

    #[test]
    fn there_are_as_many_of_everything_as_were_asked_for() {
        let dir = tempfile::tempdir().unwrap();
        let dump =
            SyntheticCluster::of_pods(300).services(30).events(700).healthy().compact().write(dir.path()).unwrap();
        let count = |file: &str| -> usize {
            let of = |path: &&PathBuf| path.ends_with(file);
            let items = |path: &PathBuf| {
                let list: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
                list["items"].as_array().unwrap().len()
            };
            dump.files.iter().filter(of).map(items).sum()
        };
        assert_eq!((count("pods.json"), count("services.json"), count("events.json")), (300, 30, 700));
        assert!(dump.faults.is_empty());
        let pods: u64 = dump
            .files
            .iter()
            .filter(|path| path.ends_with("pods.json"))
            .map(|path| fs::metadata(path).unwrap().len())
            .sum();
        assert!((3_000..5_000).contains(&(pods / 300)), "{} bytes for each pod", pods / 300);
    }

    #[test]
    fn each_fault_is_there_once() {
        let dir = tempfile::tempdir().unwrap();
        let dump = SyntheticCluster::of_pods(400).write(dir.path()).unwrap();
        let mut faults: Vec<Fault> = dump.faults.iter().map(|(.., fault)| *fault).collect();
        faults.sort_unstable();
        assert_eq!(faults, Fault::ALL);
    }
}
