//! Image references, and how near two of them are.

use std::collections::{BTreeMap, BTreeSet};

use lamplighter_core::diagnosis::Scene;
use lamplighter_core::words::WorkloadKind;

/// Names that differ in so few letters are taken for one that was mistyped.
const MISTYPED: usize = 2;

/// Shorter names differ in so few letters by chance.
const SHORTEST: usize = 5;

/// A reference to an image, in the parts of the reference grammar (`distribution/reference`): an optional registry with a
/// dot, a port or `localhost`, a path, an optional tag and digest. Without a registry Docker Hub is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Image<'a> {
    /// The registry's host; `docker.io` where none is written.
    pub(crate) registry: &'a str,
    /// The path without tag and digest.
    pub(crate) path: &'a str,
}

impl<'a> Image<'a> {
    /// The parts of a reference.
    pub(crate) fn of(reference: &'a str) -> Self {
        let untagged = reference.split('@').next().unwrap_or_default();
        let untagged = match untagged.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => name,
            _ => untagged,
        };
        let is_host = |first: &str| first.contains(['.', ':']) || first == "localhost";
        match untagged.split_once('/').filter(|(first, _)| is_host(first)) {
            Some(("index.docker.io" | "registry-1.docker.io", path)) => Self { registry: "docker.io", path },
            Some((registry, path)) => Self { registry, path },
            None => Self { registry: "docker.io", path: untagged },
        }
    }

    /// Whether it is one of Docker Hub's official images, which everybody may pull.
    pub(crate) fn is_official(&self) -> bool {
        self.registry == "docker.io" && (!self.path.contains('/') || self.path.starts_with("library/"))
    }

    /// What its path starts with: whose image it is.
    pub(crate) fn project(&self) -> Option<&'a str> {
        self.path.rsplit_once('/').map(|(project, _)| project)
    }

    fn name(&self) -> &'a str {
        self.path.rsplit('/').next().unwrap_or(self.path)
    }
}

/// The images that have been pulled somewhere in the cluster: those of containers that have run, and those of older
/// templates of a deployment.
#[derive(Debug, Default)]
pub(crate) struct Pulled<'a> {
    /// Paths by registry, with whether a pod that runs one of them has pull secrets.
    by_registry: BTreeMap<&'a str, BTreeMap<&'a str, bool>>,
}

/// What another image says about one that cannot be pulled.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Likeness<'a> {
    /// The same path has been pulled: only the tag or digest differs.
    Same,
    /// A path has been pulled, or is called like its app, from which it differs in one or two letters.
    Near(&'a str),
    /// Nothing like it is known.
    Unlike,
}

impl<'a> Pulled<'a> {
    /// The images that have been pulled in this scene.
    pub(crate) fn new(scene: &'a Scene) -> Self {
        let mut pulled = Self::default();
        for pod in scene.state().pods.items() {
            let secrets = !pod.spec.image_pull_secrets.is_empty();
            for status in pod.all_container_statuses() {
                let ran =
                    status.state.running.is_some() || status.state.terminated.is_some() || status.restart_count > 0;
                let mut containers = pod.spec.containers.iter().chain(&pod.spec.init_containers);
                let container = containers.find(|container| container.name == status.name);
                if let Some(container) = container.filter(|it| ran && !it.image.is_empty()) {
                    pulled.insert(&Image::of(&container.image), secrets);
                }
            }
        }
        for status in scene.graph.workloads().filter(|it| it.workload.kind == WorkloadKind::Deployment) {
            let mut sets: Vec<_> = scene.graph.replica_sets_of(&status.workload).collect();
            sets.pop();
            for spec in sets.iter().map(|set| &set.spec.template.spec) {
                let secrets = !spec.image_pull_secrets.is_empty();
                for container in spec.containers.iter().filter(|container| !container.image.is_empty()) {
                    pulled.insert(&Image::of(&container.image), secrets);
                }
            }
        }
        pulled
    }

    fn insert(&mut self, image: &Image<'a>, secrets: bool) {
        *self.by_registry.entry(image.registry).or_default().entry(image.path).or_default() |= secrets;
    }

    /// What the other images say about this one, whose app or container has one of these names.
    pub(crate) fn likeness(&self, image: &Image<'a>, names: &[&'a str]) -> Likeness<'a> {
        let known = self.by_registry.get(image.registry);
        if known.is_some_and(|paths| paths.contains_key(image.path)) {
            return Likeness::Same;
        }
        if let Some(near) = known.into_iter().flatten().find(|(path, _)| mistyped(image.path, path)) {
            return Likeness::Near(near.0);
        }
        // Images of one project are often called like the apps that they are for.
        let projects: BTreeSet<Option<&str>> =
            known.into_iter().flatten().map(|(path, _)| Image { registry: image.registry, path }.project()).collect();
        let near = names.iter().find(|name| projects.contains(&image.project()) && mistyped(image.name(), name));
        near.map_or(Likeness::Unlike, |name| Likeness::Near(name))
    }

    /// Whether other pods need pull secrets for images of the same project.
    pub(crate) fn needs_secrets(&self, image: &Image<'_>) -> bool {
        let paths = self.by_registry.get(image.registry);
        paths
            .into_iter()
            .flatten()
            .any(|(path, secrets)| *secrets && Image { registry: image.registry, path }.project() == image.project())
    }
}

fn mistyped(a: &str, b: &str) -> bool {
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().len();
    let comparable = name(a) >= SHORTEST && name(b) >= SHORTEST && a.len().abs_diff(b.len()) <= MISTYPED;
    comparable && a != b && strsim::osa_distance(a, b) <= MISTYPED
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_taken_apart() {
        for (reference, registry, path) in [
            ("nginx", "docker.io", "nginx"),
            ("nginx:1.27", "docker.io", "nginx"),
            ("team/wiki:2", "docker.io", "team/wiki"),
            ("index.docker.io/team/wiki", "docker.io", "team/wiki"),
            ("registry.example:5000/team/wiki", "registry.example:5000", "team/wiki"),
            ("localhost/wiki@sha256:00", "localhost", "wiki"),
            ("registry.example/a/b/c:v1@sha256:00", "registry.example", "a/b/c"),
        ] {
            assert_eq!(Image::of(reference), Image { registry, path }, "{reference}");
        }
    }

    #[test]
    fn a_mistyped_path_is_near_and_another_one_is_not() {
        let mut pulled = Pulled::default();
        pulled.insert(&Image::of("registry.example/team/basket:1"), false);
        for (reference, names, expected) in [
            ("registry.example/team/basket:2", vec![], Likeness::Same),
            ("registry.example/team/baskte:1", vec![], Likeness::Near("team/basket")),
            ("registry.example/taem/basket:1", vec![], Likeness::Near("team/basket")),
            ("registry.example/team/chekout:1", vec!["checkout"], Likeness::Near("checkout")),
            ("registry.example/team/checkout:1", vec!["checkout"], Likeness::Unlike),
            ("registry.example/other/chekout:1", vec!["checkout"], Likeness::Unlike),
            ("other.example/team/basket:1", vec![], Likeness::Unlike),
        ] {
            assert_eq!(pulled.likeness(&Image::of(reference), &names), expected, "{reference}");
        }
    }

    #[test]
    fn only_images_of_docker_hub_itself_are_official() {
        for (reference, official) in
            [("redis:7", true), ("library/redis", true), ("team/redis", false), ("r.example/redis", false)]
        {
            assert_eq!(Image::of(reference).is_official(), official, "{reference}");
        }
    }
}
