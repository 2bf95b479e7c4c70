use lamplighter_core::diagnosis::{Cause, Examination, Likelihood, RootCause, Rule, Scene};
use lamplighter_core::words::Finding;

use crate::apps::pod_object;
use crate::images::{Image, Likeness, Pulled};
use crate::pulls::{Complaint, Pull, failing};

/// As many of the kubelet's words are quoted.
const QUOTED: usize = 3;

/// A container does not start because its image cannot be pulled.
///
/// The kubelet waits with `ErrImagePull` and `ImagePullBackOff` and passes on what runtime and registry say (Kubernetes
/// docs, Images). Registries do not tell an image that is secret from one that does not exist: `denied` and 401 come
/// for both (Docker Registry HTTP API). There the cluster decides: pull secrets that are named and do not exist, a
/// path that differs by a letter or two from one that was pulled, pods of the same project that have pull secrets.
pub(super) struct ImagePull;

impl Rule for ImagePull {
    fn name(&self) -> &'static str {
        "image-pull"
    }

    fn causes(&self) -> &'static [Cause] {
        &[
            Cause::IncorrectImageReference,
            Cause::MissingImagePullSecret,
            Cause::ImageRegistryDnsFailure,
            Cause::ContainerConfigInvalid,
        ]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let pulls = failing(scene);
        if pulls.is_empty() {
            return;
        }
        let pulled = Pulled::new(scene);
        for pull in &pulls {
            let judged = judge(pull, &pulled);
            if judged.is_empty() {
                examination.find(evidence(scene, pull, "The registry does not serve it"));
            }
            for Judgement { cause, sure, because } in judged {
                let root = RootCause::new(cause, pull.app.clone(), sure, evidence(scene, pull, &because))
                    .then(format!("{because}."))
                    .then(format!("Container {} cannot start without its image {}.", pull.container, pull.image))
                    .then(format!("{} has a pod less that serves.", pull.app));
                examination.name(root);
            }
        }
    }
}

fn evidence(scene: &Scene, pull: &Pull<'_>, because: &str) -> Finding {
    let last = pull.words.iter().skip(1).map(|(_, at)| *at).max().unwrap_or_else(|| scene.taken_at());
    let summary = format!("Image {} of container {} cannot be pulled: {because}", pull.image, pull.container);
    let finding = Finding::new(summary, pod_object(pull.pod), scene.source(), last);
    let telling = pull.words.iter().rev().filter(|(words, _)| words.len() > "Error: ImagePullBackOff".len());
    telling.take(QUOTED).fold(finding, |finding, (words, _)| finding.with_evidence(words.clone()))
}

struct Judgement {
    cause: Cause,
    sure: Likelihood,
    because: String,
}

/// What is wrong with a pull, the likelier first. What is only slow or throttled is no cause.
fn judge(pull: &Pull<'_>, pulled: &Pulled<'_>) -> Vec<Judgement> {
    let (incorrect, secret) = (Cause::IncorrectImageReference, Cause::MissingImagePullSecret);
    let image = Image::of(pull.image);
    let names = [pull.app.name(), pull.container];
    let likeness = pulled.likeness(&image, &names);
    let judgement = |cause, sure, because: String| Judgement { cause, sure, because };
    let nearness = match likeness {
        Likeness::Near(near) => format!(", and its name is nearly that of {near}"),
        _ => String::new(),
    };
    let absent = |sure| judgement(incorrect, sure, format!("The registry has no {}{nearness}", pull.image));
    let refused = |sure| judgement(secret, sure, refusal(pull, &image));
    match pull.complaint {
        Complaint::UnknownHost => {
            let because = format!("The name of registry {} does not resolve", image.registry);
            vec![judgement(Cause::ImageRegistryDnsFailure, Likelihood::STATED, because)]
        }
        Complaint::Absent => vec![absent(Likelihood::STATED)],
        Complaint::Invalid => {
            vec![judgement(
                incorrect,
                Likelihood::STATED,
                format!("{:?} is no valid reference to an image", pull.image),
            )]
        }
        Complaint::NeverPulled => {
            let because = format!("{} is not on the node, and the pull policy Never keeps it away", pull.image);
            vec![judgement(Cause::ContainerConfigInvalid, Likelihood::SHOWN, because)]
        }
        // It does not exist: no secret is missing for a name with a letter too many.
        Complaint::Denied | Complaint::AbsentOrSecret if !pull.missing_secrets.is_empty() => {
            vec![refused(Likelihood::STATED)]
        }
        Complaint::Denied | Complaint::AbsentOrSecret if matches!(likeness, Likeness::Near(_)) => {
            vec![absent(Likelihood::SHOWN), refused(Likelihood::POSSIBLE)]
        }
        Complaint::Denied if image.is_official() => vec![absent(Likelihood::LIKELY), refused(Likelihood::POSSIBLE)],
        Complaint::Denied if pull.secrets.is_empty() => vec![refused(Likelihood::SHOWN)],
        Complaint::Denied => vec![refused(Likelihood::LIKELY)],
        Complaint::AbsentOrSecret => ambiguous(pull, pulled, &image, &absent, &refused),
        Complaint::TooMany if pull.secrets.is_empty() => vec![judgement(
            secret,
            Likelihood::POSSIBLE,
            format!("Registry {} limits those who pull without credentials", image.registry),
        )],
        Complaint::Unsaid if !pull.missing_secrets.is_empty() => vec![refused(Likelihood::LIKELY)],
        Complaint::Unsaid if matches!(likeness, Likeness::Near(_)) => vec![absent(Likelihood::LIKELY)],
        Complaint::Unsaid if likeness == Likeness::Same => vec![absent(Likelihood::new(0.5))],
        Complaint::Unsaid => vec![absent(Likelihood::POSSIBLE)],
        Complaint::Unreachable | Complaint::Untrusted | Complaint::TooMany => Vec::new(),
    }
}

/// The registry does not say whether the image is absent or secret, and no name gives it away.
fn ambiguous(
    pull: &Pull<'_>,
    pulled: &Pulled<'_>,
    image: &Image<'_>,
    absent: &dyn Fn(Likelihood) -> Judgement,
    refused: &dyn Fn(Likelihood) -> Judgement,
) -> Vec<Judgement> {
    if image.is_official() {
        return vec![absent(Likelihood::SHOWN)];
    }
    if pull.secrets.is_empty() && pulled.needs_secrets(image) {
        return vec![refused(Likelihood::SHOWN)];
    }
    if pull.secrets.is_empty() && image.registry != "docker.io" {
        return vec![refused(Likelihood::LIKELY), absent(Likelihood::POSSIBLE)];
    }
    // Most of what lies on Docker Hub is public, and who has pull secrets is mostly let in.
    vec![absent(Likelihood::LIKELY), refused(Likelihood::POSSIBLE)]
}

fn refusal(pull: &Pull<'_>, image: &Image<'_>) -> String {
    let list = |names: &mut dyn Iterator<Item = &str>| names.collect::<Vec<_>>().join(", ");
    let credentials = if !pull.missing_secrets.is_empty() {
        format!("pull secret {} does not exist", list(&mut pull.missing_secrets.iter().map(String::as_str)))
    } else if pull.secrets.is_empty() {
        "the pod has no pull secret".to_owned()
    } else {
        format!("pull secret {} does not open it", list(&mut pull.secrets.iter().copied()))
    };
    format!("Registry {} refuses {} without the right credentials, and {credentials}", image.registry, image.path)
}

#[cfg(test)]
mod tests {
    use lamplighter_core::words::ObjectRef;
    use lamplighter_testkit::objects::{ClusterBuilder, WorkloadBuilder, cluster, deployment, event};
    use lamplighter_testkit::scene::{SceneBuilder, scene};
    use serde_json::json;

    use super::*;
    use crate::rules::tests::{check_healthy, check_named};

    const INCORRECT: &str = "incorrect_image_reference";
    const SECRET: &str = "missing_image_pull_secret";
    const DENIED: &str = "failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized";
    const AMBIGUOUS: &str = "pull access denied, repository does not exist or may require authorization: \
                             server message: insufficient_scope: authorization failed";

    fn wiki(image: &str, message: &str) -> WorkloadBuilder {
        let message = message.to_owned();
        deployment("docs", "wiki").image(image).pods(move |pod| pod.waiting("ImagePullBackOff", &message))
    }

    fn with(workload: WorkloadBuilder) -> SceneBuilder {
        scene(beside(workload))
    }

    /// A healthy neighbour whose image has been pulled.
    fn beside(workload: WorkloadBuilder) -> ClusterBuilder {
        cluster().workload(deployment("docs", "search").image("registry.example/docs/search:3")).workload(workload)
    }

    #[test]
    fn what_the_registry_says_plainly_is_stated() {
        for (message, cause) in [
            ("failed to resolve reference \"registry.example/docs/wiki:99\": not found", INCORRECT),
            ("manifest for registry.example/docs/wiki:99 not found: manifest unknown", INCORRECT),
            ("Failed to apply default image tag: couldn't parse image name: invalid reference format", INCORRECT),
            ("dial tcp: lookup registry.example on 10.1.0.10:53: no such host", "image_registry_dns_failure"),
        ] {
            let scene = with(wiki("registry.example/docs/wiki:99", message)).build();
            check_named(&ImagePull, &scene, &[(cause, "app/wiki", 0.95)]);
        }
    }

    #[test]
    fn events_tell_where_the_state_does_not() {
        let state = cluster().workload(wiki("registry.example/docs/wiki:99", "")).build();
        let pod = ObjectRef::namespaced("Pod", "docs", &state.pods.items()[0].metadata.name);
        let image =
            "Failed to pull image \"registry.example/docs/wiki:99\": rpc error: code = NotFound desc = not found";
        let told = |about: &ObjectRef, message| {
            let mut event = event(about, "Failed", message).build();
            event.involved_object.uid.clear();
            scene(cluster().workload(wiki("registry.example/docs/wiki:99", "")).event(event)).build()
        };
        check_named(&ImagePull, &told(&pod, image), &[(INCORRECT, "app/wiki", 0.95)]);
        let gone = ObjectRef::namespaced("Pod", "docs", "wiki-gone");
        check_named(&ImagePull, &told(&gone, image), &[(INCORRECT, "app/wiki", 0.35)]);
        let other = "Failed to pull image \"registry.example/docs/proxy:1\": code = NotFound";
        check_named(&ImagePull, &told(&pod, other), &[(INCORRECT, "app/wiki", 0.35)]);
    }

    #[test]
    fn a_refusal_is_for_want_of_a_secret_unless_the_name_is_mistyped() {
        let scene = with(wiki("registry.example/private/wiki:1", DENIED)).build();
        check_named(&ImagePull, &scene, &[(SECRET, "app/wiki", 0.85)]);
        for image in ["registry.example/docs/serach:1", "registry.example/docs/seach:1"] {
            let scene = with(wiki(image, DENIED)).build();
            check_named(&ImagePull, &scene, &[(INCORRECT, "app/wiki", 0.85), (SECRET, "app/wiki", 0.35)]);
        }
    }

    #[test]
    fn a_pull_secret_that_does_not_exist_is_stated() {
        let with_secret = |scene: SceneBuilder| {
            scene.change(|state| {
                if let lamplighter_core::cluster::Observed::Seen(pods) = &mut state.pods {
                    let name = lamplighter_core::cluster::LocalReference { name: "registry-key".to_owned() };
                    for pod in pods {
                        pod.spec.image_pull_secrets = vec![name.clone()];
                    }
                }
            })
        };
        for message in [DENIED, AMBIGUOUS] {
            let named = with_secret(with(wiki("registry.example/private/wiki:1", message)));
            check_named(&ImagePull, &named.build(), &[(SECRET, "app/wiki", 0.95)]);
        }
        let there = json!({"kind": "Secret", "metadata": {"namespace": "docs", "name": "registry-key"}});
        let wrong = with_secret(with(wiki("registry.example/private/wiki:1", DENIED))).object(there);
        check_named(&ImagePull, &wrong.build(), &[(SECRET, "app/wiki", 0.65)]);
    }

    #[test]
    fn the_secrets_of_the_service_account_count() {
        let account = json!({"kind": "ServiceAccount", "metadata": {"namespace": "docs", "name": "default"},
            "imagePullSecrets": [{"name": "registry-key"}]});
        let scene = with(wiki("registry.example/private/wiki:1", DENIED)).object(account).build();
        check_named(&ImagePull, &scene, &[(SECRET, "app/wiki", 0.95)]);
    }

    #[test]
    fn where_the_registry_does_not_tell_the_image_decides() {
        for (image, expected) in [
            ("ngnix", vec![(INCORRECT, "app/wiki", 0.85)]),
            ("team/wiki", vec![(INCORRECT, "app/wiki", 0.65), (SECRET, "app/wiki", 0.35)]),
            ("registry.example/private/wiki", vec![(SECRET, "app/wiki", 0.65), (INCORRECT, "app/wiki", 0.35)]),
            ("registry.example/docs/serach", vec![(INCORRECT, "app/wiki", 0.85), (SECRET, "app/wiki", 0.35)]),
        ] {
            check_named(&ImagePull, &with(wiki(image, AMBIGUOUS)).build(), &expected);
        }
    }

    #[test]
    fn neighbours_with_pull_secrets_tell_that_one_is_missing() {
        let scene = with(wiki("registry.example/docs/wiki:1", AMBIGUOUS)).change(|state| {
            if let lamplighter_core::cluster::Observed::Seen(pods) = &mut state.pods {
                let name = lamplighter_core::cluster::LocalReference { name: "registry-key".to_owned() };
                for pod in pods.iter_mut().filter(|pod| pod.is_ready()) {
                    pod.spec.image_pull_secrets = vec![name.clone()];
                }
            }
        });
        check_named(&ImagePull, &scene.build(), &[(SECRET, "app/wiki", 0.85)]);
    }

    #[test]
    fn a_registry_that_does_not_answer_is_seen_and_is_no_cause() {
        let scene = with(wiki("registry.example/docs/wiki:1", "dial tcp 192.0.2.9:443: i/o timeout")).build();
        check_healthy(&ImagePull, &scene);
        let mut examination = Examination::default();
        ImagePull.examine(&scene, &mut examination);
        assert_eq!(examination.findings().len(), 1);
    }

    #[test]
    fn a_limit_and_a_policy_are_told_apart_from_names() {
        let limited = with(wiki("team/wiki:1", "toomanyrequests: You have reached your pull rate limit")).build();
        check_named(&ImagePull, &limited, &[(SECRET, "app/wiki", 0.35)]);
        let never = deployment("docs", "wiki").pods(|pod| pod.waiting("ErrImageNeverPull", ""));
        check_named(&ImagePull, &with(never).build(), &[("container_config_invalid", "app/wiki", 0.85)]);
    }

    #[test]
    fn a_pod_that_starts_or_goes_is_healthy() {
        check_healthy(&ImagePull, &with(deployment("docs", "wiki")).build());
        let starting = deployment("docs", "wiki").pods(|pod| pod.waiting("ContainerCreating", ""));
        check_healthy(&ImagePull, &with(starting).build());
        let going = deployment("docs", "wiki").pods(|pod| pod.waiting("ErrImagePull", "not found").terminating());
        check_healthy(&ImagePull, &with(going).build());
    }
}
