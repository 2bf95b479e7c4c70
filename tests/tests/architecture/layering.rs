//! Folders are layers: who may depend on whom.

use cargo_metadata::{Dependency, DependencyKind, Metadata, MetadataCommand, Package};

use crate::files::{nothing_to_complain_about, root};

/// A layer of the workspace, by folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layer {
    Core,
    Documents,
    Rules,
    Testkit,
    Agent,
    Adapter,
    Server,
    Facade,
    Scenarios,
    Binary,
    Outermost,
}

impl Layer {
    /// `None` for a folder that the architecture does not know.
    fn of(folder: &str) -> Option<Self> {
        Some(match folder {
            "crates/core" => Self::Core,
            "crates/documents" => Self::Documents,
            "crates/guardrails" | "crates/site" => Self::Rules,
            "crates/testkit" => Self::Testkit,
            "crates/server" => Self::Server,
            "crates/lamplighter" => Self::Facade,
            "crates/scenarios" => Self::Scenarios,
            "crates/cli" => Self::Binary,
            "examples" | "tests" | "benches" => Self::Outermost,
            _ if is_child(folder, "crates/agents/") => Self::Agent,
            _ if is_child(folder, "crates/adapters/") => Self::Adapter,
            _ => return None,
        })
    }

    /// Whether a crate of this layer may use one of `other`.
    fn may_use(self, other: Self, kind: DependencyKind) -> bool {
        match self {
            _ if matches!(other, Self::Binary | Self::Outermost) => false,
            Self::Server | Self::Facade if other == Self::Scenarios => false,
            Self::Server | Self::Facade | Self::Scenarios | Self::Binary | Self::Outermost => true,
            _ if kind == DependencyKind::Development && other == Self::Testkit => true,
            Self::Core => false,
            Self::Rules | Self::Agent => matches!(other, Self::Core | Self::Documents),
            Self::Documents | Self::Testkit | Self::Adapter => other == Self::Core,
        }
    }

    /// Whether it decides only, and leaves the outside world to others.
    fn is_pure(self) -> bool {
        matches!(self, Self::Core | Self::Documents | Self::Rules | Self::Agent)
    }
}

fn is_child(folder: &str, parent: &str) -> bool {
    folder.strip_prefix(parent).is_some_and(|name| !name.is_empty() && !name.contains('/'))
}

/// What a pure crate has no use for: clients, servers, databases, processes, files.
const NOT_FOR_PURE_CRATES: &[&str] = &[
    "anyhow",
    "axum",
    "chrono",
    "hcl-edit",
    "http",
    "hyper",
    "k8s-openapi",
    "kube",
    "octocrab",
    "reqwest",
    "restate-sdk",
    "rusqlite",
    "rustix",
    "sqlx",
    "tempfile",
    "tower-http",
    "tracing-subscriber",
    "vaultrs",
];

#[test]
fn every_package_has_a_layer_and_the_name_of_its_folder() {
    let mut complaints = Vec::new();
    for package in &workspace().packages {
        let folder = folder_of(package);
        if Layer::of(&folder).is_none() {
            complaints.push(format!("{folder} is in no layer: see DESIGN, \"Folders are layers\""));
        }
        let last = folder.rsplit('/').next().unwrap_or(&folder);
        let expected = if last == "lamplighter" { last.to_owned() } else { format!("lamplighter-{last}") };
        if package.name.as_str() != expected {
            complaints.push(format!("{folder} is called {}, not {expected}", package.name));
        }
    }
    nothing_to_complain_about(&complaints);
}

#[test]
fn dependencies_point_inwards() {
    let workspace = workspace();
    let mut complaints = Vec::new();
    for package in &workspace.packages {
        let Some(layer) = Layer::of(&folder_of(package)) else { continue };
        for (dependency, other) in ours(&workspace, package) {
            if !layer.may_use(other, dependency.kind) {
                complaints.push(format!(
                    "{} ({layer:?}) must not use {} ({other:?}) as a {} dependency",
                    package.name, dependency.name, dependency.kind
                ));
            }
        }
    }
    nothing_to_complain_about(&complaints);
}

#[test]
fn a_pure_crate_has_no_way_to_the_outside() {
    let mut complaints = Vec::new();
    for package in &workspace().packages {
        if !Layer::of(&folder_of(package)).is_some_and(Layer::is_pure) {
            continue;
        }
        for dependency in package.dependencies.iter().filter(|d| d.kind != DependencyKind::Development) {
            if NOT_FOR_PURE_CRATES.contains(&dependency.name.as_str()) {
                complaints.push(format!("{} must not use {}: that is for adapters", package.name, dependency.name));
            }
            if dependency.name == "tokio" {
                complaints.extend(runtime_features(dependency).map(|feature| {
                    format!("{} must not use tokio's {feature}: a pure crate brings no runtime", package.name)
                }));
            }
        }
    }
    nothing_to_complain_about(&complaints);
}

/// Synchronisation is not a runtime; everything else of tokio is.
fn runtime_features(tokio: &Dependency) -> impl Iterator<Item = &str> {
    let defaults = tokio.uses_default_features.then_some("default features");
    defaults.into_iter().chain(tokio.features.iter().map(String::as_str).filter(|&feature| feature != "sync"))
}

#[test]
fn only_a_binary_uses_anyhow() {
    let mut complaints = Vec::new();
    for package in &workspace().packages {
        let is_binary = matches!(Layer::of(&folder_of(package)), Some(Layer::Binary | Layer::Outermost));
        if !is_binary && package.dependencies.iter().any(|d| d.name == "anyhow") {
            complaints.push(format!("{} is a library: give it an error enum of its own", package.name));
        }
    }
    nothing_to_complain_about(&complaints);
}

#[test]
fn a_manifest_takes_versions_and_lints_from_the_workspace() {
    let mut complaints = Vec::new();
    for package in &workspace().packages {
        let manifest = std::fs::read_to_string(&package.manifest_path).expect("a manifest can be read");
        for inherited in ["[lints]\nworkspace = true", "version.workspace = true", "edition.workspace = true"] {
            if !manifest.contains(inherited) {
                complaints.push(format!("{} lacks {inherited:?}", package.manifest_path));
            }
        }
        let dependencies = manifest.split("\n[").filter(|section| section.contains("dependencies]"));
        let lines = dependencies.flat_map(|section| section.lines().skip(1));
        for line in lines.filter(|line| line.contains('=') && !line.starts_with('#')) {
            if !line.contains("workspace = true") {
                complaints.push(format!("{}: `{line}` belongs to [workspace.dependencies]", package.manifest_path));
            }
        }
    }
    nothing_to_complain_about(&complaints);
}

#[test]
fn the_table_is_what_the_design_says() {
    use DependencyKind::{Development, Normal};
    use Layer::{Adapter, Agent, Binary, Core, Facade, Outermost, Rules, Scenarios, Testkit};
    let cases = [
        (Core, Agent, Normal, false),
        (Core, Testkit, Normal, false),
        (Core, Testkit, Development, true),
        (Rules, Core, Normal, true),
        (Rules, Testkit, Normal, false),
        (Testkit, Core, Normal, true),
        (Testkit, Adapter, Normal, false),
        (Agent, Core, Normal, true),
        (Agent, Agent, Normal, false),
        (Agent, Agent, Development, false),
        (Agent, Adapter, Development, false),
        (Agent, Rules, Normal, false),
        (Agent, Testkit, Development, true),
        (Adapter, Core, Normal, true),
        (Adapter, Adapter, Normal, false),
        (Adapter, Agent, Normal, false),
        (Adapter, Facade, Development, false),
        (Facade, Agent, Normal, true),
        (Facade, Binary, Normal, false),
        (Facade, Scenarios, Development, false),
        (Scenarios, Facade, Normal, true),
        (Binary, Scenarios, Normal, true),
        (Binary, Testkit, Normal, true),
        (Outermost, Binary, Development, false),
        (Outermost, Outermost, Normal, false),
    ];
    for (from, to, kind, allowed) in cases {
        assert_eq!(from.may_use(to, kind), allowed, "{from:?} -> {to:?} ({kind})");
    }
    assert_eq!(Layer::of("crates/agents/sev-triage"), Some(Agent));
    assert_eq!(Layer::of("crates/agents/sev-triage/more"), None);
    assert_eq!(Layer::of("crates/surprise"), None);
}

fn workspace() -> Metadata {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo metadata describes the workspace");
    assert!(metadata.packages.len() > 10, "only {} packages were found", metadata.packages.len());
    metadata
}

/// The dependencies of a package on crates of this workspace, with their layers.
fn ours<'a>(workspace: &'a Metadata, package: &'a Package) -> impl Iterator<Item = (&'a Dependency, Layer)> {
    package.dependencies.iter().filter_map(|dependency| {
        let other = workspace.packages.iter().find(|other| other.name.as_str() == dependency.name)?;
        Some((dependency, Layer::of(&folder_of(other))?))
    })
}

/// The package's folder from the repository's root.
fn folder_of(package: &Package) -> String {
    let folder = package.manifest_path.parent().expect("a manifest is in a folder");
    let folder = folder.as_std_path().strip_prefix(root()).expect("a member is in the repository");
    folder.to_string_lossy().replace('\\', "/")
}
