use std::collections::BTreeSet;

use lamplighter_core::cluster::PodSpec;
use lamplighter_core::diagnosis::{Cause, Examination, Likelihood, RootCause, Rule, Scene};
use lamplighter_core::words::{ObjectRef, WorkloadRef};

use crate::apps::app;
use crate::wording::any_of;

/// What a program calls what it misses.
const SETTINGS: &[&str] =
    &["environment variable", "env var", "env variable", "envvar", "environment", "placeholder", "keyerror"];

/// How a program says that it misses it.
const MISSING: &[&str] = &[
    "not set",
    "unset",
    "isn't set",
    "missing",
    "required",
    "undefined",
    "not found",
    "must be set",
    "is empty",
    "not defined",
    "not specified",
    "not provided",
    "must specify",
    "need to specify",
    "could not resolve",
    "unbound variable",
    "parameter not set",
    "parameter null",
    "keyerror",
    "not present",
    "is not configured",
    "must be provided",
    "must be defined",
];

/// Words in capitals that are no settings.
const LEVELS: &[&str] = &[
    "ERROR",
    "FATAL",
    "PANIC",
    "WARN",
    "WARNING",
    "INFO",
    "CRITICAL",
    "EXCEPTION",
    "DEBUG",
    "NOTICE",
    "MUST",
    "REQUIRED",
];

/// What the names of secret settings have in them.
const SECRETIVE: &[&str] = &["PASS", "SECRET", "TOKEN", "KEY", "CREDENTIAL", "AUTH", "DSN", "CERT", "PRIVATE"];

/// A container ends because a setting is missing that no one binds to it.
///
/// A pod without a reference is as valid as one with it: the container starts, and its program says that it lacks an
/// environment variable. So the program's words count, and that the template neither has the variable nor takes it
/// over with `envFrom` (Kubernetes docs, Define Environment Variables for a Container), while its pods do not get
/// ready. A secret or config map with a key of that name, or a template that was applied with it, says what is unbound.
pub(super) struct UnboundSetting;

impl Rule for UnboundSetting {
    fn name(&self) -> &'static str {
        "unbound-setting"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::MissingSecretBinding]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        for status in scene.graph.workloads().filter(|status| status.ready < status.desired) {
            let workload = &status.workload;
            let Some(template) = scene.graph.template_of(workload) else { continue };
            let mut known = BTreeSet::new();
            for said in scene.said_by(workload) {
                for name in settings_missed(said.text) {
                    if is_given(scene, workload, &template.spec, name) || !known.insert(name.to_owned()) {
                        continue;
                    }
                    let (sure, why) = judge(scene, workload, name);
                    let object =
                        said.pod.map_or_else(|| workload.object(), |pod| ObjectRef::pod(&workload.namespace, pod));
                    let finding = scene.finding(format!("{} misses {name}", workload.name), object);
                    let finding =
                        finding.with_evidence(said.text).with_evidence(format!("{name} is not in the pod's template"));
                    let root = RootCause::new(Cause::MissingSecretBinding, app(workload), sure, finding)
                        .then(format!("{workload} does not get {name}: {why}."))
                        .then("Its program ends without it, and its pods do not get ready.");
                    examination.name(root);
                }
            }
        }
    }
}

/// The settings that a line says are missing.
fn settings_missed(line: &str) -> Vec<&str> {
    let lower = line.to_ascii_lowercase();
    // Images of databases name the settings that they want, without calling them so.
    let told = lower.contains("you must specify") || lower.contains("you need to specify");
    let shell =
        lower.contains("unbound variable") || lower.contains("parameter not set") || lower.contains("parameter null");
    if !(told || shell || any_of(&lower, SETTINGS)) || !any_of(&lower, MISSING) {
        return Vec::new();
    }
    let words = line.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let is_setting = |word: &&str| {
        word.len() >= 4
            && word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
            && (word.contains('_') || lower.contains("variable") || lower.contains("keyerror"))
            && !LEVELS.contains(word)
    };
    words.filter(is_setting).take(3).collect()
}

/// Whether a template gives a variable to one of its containers, or may do so by a source that was not read.
fn is_given(scene: &Scene, workload: &WorkloadRef, spec: &PodSpec, name: &str) -> bool {
    let namespace = workload.namespace.as_str();
    spec.containers.iter().chain(&spec.init_containers).any(|container| {
        let sources = container.env_from.iter().any(|from| {
            let key = name.strip_prefix(from.prefix.as_deref().unwrap_or_default()).unwrap_or(name);
            let secret = from.secret_ref.as_ref().is_some_and(|it| {
                scene.graph.secret(namespace, &it.name).is_none_or(|secret| secret.keys.contains(key))
            });
            let config_map = from.config_map_ref.as_ref().is_some_and(|it| {
                scene.graph.config_map(namespace, &it.name).is_none_or(|map| map.data.contains_key(key))
            });
            secret || config_map
        });
        sources || container.env.iter().any(|env| env.name == name)
    })
}

/// How sure it is that a binding is missing, and why.
fn judge(scene: &Scene, workload: &WorkloadRef, name: &str) -> (Likelihood, String) {
    if was_applied(scene, workload, name) {
        return (Likelihood::SHOWN, "it was applied with it, and has lost it".to_owned());
    }
    let namespace = workload.namespace.as_str();
    let secrets = scene.state().secrets.items().iter().filter(|it| it.metadata.namespace() == namespace);
    let secret = secrets.into_iter().find(|it| it.keys.contains(name)).map(|it| format!("secret {}", it.metadata.name));
    let maps = scene.state().config_maps.items().iter().filter(|it| it.metadata.namespace() == namespace);
    let map =
        maps.into_iter().find(|it| it.data.contains_key(name)).map(|it| format!("config map {}", it.metadata.name));
    match secret.or(map) {
        Some(source) => (Likelihood::new(0.75), format!("{source} has it, and nothing binds it")),
        None if any_of(name, SECRETIVE) => (Likelihood::LIKELY, "nothing binds it".to_owned()),
        None => (Likelihood::POSSIBLE, "nothing binds it".to_owned()),
    }
}

fn was_applied(scene: &Scene, workload: &WorkloadRef, name: &str) -> bool {
    let Some(manifests) = scene.manifests.seen() else { return false };
    let is_it =
        |meta: &lamplighter_core::cluster::Meta| meta.name == workload.name && meta.namespace() == workload.namespace;
    let deployments = manifests.deployments.items().iter().filter(|it| is_it(&it.metadata)).map(|it| &it.spec.template);
    let sets = manifests.stateful_sets.items().iter().filter(|it| is_it(&it.metadata)).map(|it| &it.spec.template);
    let mut containers = deployments.chain(sets).flat_map(|template| &template.spec.containers);
    containers.any(|container| container.env.iter().any(|env| env.name == name))
}

#[cfg(test)]
mod tests {
    use lamplighter_testkit::objects::{WorkloadBuilder, cluster, deployment};
    use lamplighter_testkit::scene::{SceneBuilder, scene};
    use serde_json::json;

    use super::*;
    use crate::rules::tests::{check_healthy, check_named};

    fn crashing() -> WorkloadBuilder {
        deployment("shop", "till").pods(|pod| pod.crash_looping(5))
    }

    fn saying(line: &str) -> SceneBuilder {
        scene(cluster().workload(crashing())).said_before("shop", "till", &[line])
    }

    #[test]
    fn programs_say_what_they_miss() {
        for line in [
            "panic: environment variable \"DB_PASSWORD\" not set",
            "Error: Missing required environment variable: DB_PASSWORD",
            "KeyError: 'DB_PASSWORD'",
            "./start.sh: line 3: DB_PASSWORD: unbound variable",
            "Could not resolve placeholder 'DB_PASSWORD' in value \"${DB_PASSWORD}\"",
            "You must specify DB_PASSWORD to a non-empty value for the superuser.",
            "FATAL env var DB_PASSWORD is required",
        ] {
            check_named(&UnboundSetting, &saying(line).build(), &[("missing_secret_binding", "app/till", 0.65)]);
        }
    }

    #[test]
    fn what_has_the_setting_makes_it_surer() {
        let line = "environment variable DB_PASSWORD is not set";
        let secret =
            json!({"kind": "Secret", "metadata": {"namespace": "shop", "name": "db"}, "data": {"DB_PASSWORD": ""}});
        let scene = saying(line).object(secret).build();
        check_named(&UnboundSetting, &scene, &[("missing_secret_binding", "app/till", 0.75)]);
        let applied = json!({"kind": "Deployment", "metadata": {"namespace": "shop", "name": "till"}, "spec": {"template":
            {"spec": {"containers": [{"name": "till", "env": [{"name": "DB_PASSWORD", "value": ""}]}]}}}});
        let scene = saying(line).applied(applied).build();
        check_named(&UnboundSetting, &scene, &[("missing_secret_binding", "app/till", 0.85)]);
        let scene = saying("environment variable MODE_OF_WORK is not set").build();
        check_named(&UnboundSetting, &scene, &[("missing_secret_binding", "app/till", 0.35)]);
    }

    #[test]
    fn a_setting_that_is_given_and_other_words_are_no_cause() {
        let line = "environment variable DB_PASSWORD is not set";
        let given = crashing().template(|pod| pod.env("DB_PASSWORD", "x"));
        check_healthy(&UnboundSetting, &scene(cluster().workload(given)).said("shop", "till", &[line]).build());
        for line in ["ERROR file not found in environment", "connection to DB_PRIMARY refused", "KeyError: 'total'"] {
            check_healthy(&UnboundSetting, &saying(line).build());
        }
    }

    #[test]
    fn who_runs_without_it_does_not_need_it() {
        let line = "environment variable DB_PASSWORD is not set";
        let running = scene(cluster().workload(deployment("shop", "till"))).said("shop", "till", &[line]);
        check_healthy(&UnboundSetting, &running.build());
    }
}
