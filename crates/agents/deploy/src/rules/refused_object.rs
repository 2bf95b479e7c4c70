use std::collections::BTreeSet;

use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene};

use crate::refusals::{Refusal, standing};
use crate::wording::{any_of, between};

/// Pods are missing because the API server refuses them by a policy, a webhook or a rule of validation.
///
/// Admission can refuse any object: webhooks (`admission webhook "x" denied the request`), Pod Security Standards
/// (`violates PodSecurity`), limit ranges (`maximum cpu usage per Container is`), quotas for pods that do not say what
/// they need (`must specify`), and priority classes that do not exist (Kubernetes docs, Admission Controllers
/// Reference; Dynamic Admission Control). A webhook that does not answer and has `failurePolicy: Fail` refuses all
/// (`failed calling webhook`): there its service is at fault. Quotas that are exceeded and service accounts that do not
/// exist have causes and rules of their own.
pub(super) struct RefusedObject;

impl Rule for RefusedObject {
    fn name(&self) -> &'static str {
        "refused-object"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::AdmissionDenied, Cause::ContainerConfigInvalid]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let mut known = BTreeSet::new();
        for refusal in standing(scene) {
            let Some((cause, culprit, why)) = judge(scene, &refusal) else { continue };
            let first = known.insert((cause, culprit.clone()));
            if !first && culprit == refusal.app {
                continue;
            }
            let root = RootCause::new(cause, culprit, Likelihood::STATED, refusal.finding(scene))
                .then(format!("The API server refuses what {} wants to make: {why}.", refusal.owner))
                .then(format!("{} has fewer pods than it should.", refusal.app))
                .affecting(refusal.app.clone());
            examination.name(root);
        }
    }
}

fn judge(scene: &Scene, refusal: &Refusal<'_>) -> Option<(Cause, Culprit, String)> {
    let message = refusal.message;
    let lower = message.to_ascii_lowercase();
    let denied = |why: &str| Some((Cause::AdmissionDenied, refusal.app.clone(), why.to_owned()));
    let others =
        ["exceeded quota", "serviceaccount \"", "service account", "being terminated", "not yet ready to handle"];
    if any_of(&lower, &others) {
        return None;
    }
    if any_of(&lower, &["failed calling webhook", "failed to call webhook"]) {
        let webhook = between(message, "webhook \"", "\"").unwrap_or("of admission");
        let culprit = webhook_app(scene, message).unwrap_or_else(|| refusal.app.clone());
        return Some((Cause::AdmissionDenied, culprit, format!("webhook {webhook} does not answer as it should")));
    }
    if lower.contains("admission webhook") || lower.contains("denied the request") {
        let webhook = between(message, "webhook \"", "\"").unwrap_or("of admission");
        return denied(&format!("webhook {webhook} denies it"));
    }
    if any_of(&lower, &["podsecurity", "pod security policy", "security context constraint", "podsecuritypolicy"]) {
        return denied("it violates the namespace's security policy");
    }
    if lower.contains("failed quota") {
        return denied("a quota wants it to say what it needs");
    }
    if any_of(&lower, &["maximum ", "minimum "])
        && any_of(&lower, &["per container", "per pod", "per persistentvolumeclaim"])
    {
        return denied("it is outside of the namespace's limit range");
    }
    if lower.contains("max limit to request ratio") {
        return denied("it is outside of the namespace's limit range");
    }
    if lower.contains("no priorityclass") {
        return denied("its priority class does not exist");
    }
    if lower.contains("is invalid:") {
        return Some((Cause::ContainerConfigInvalid, refusal.app.clone(), "it is not valid".to_owned()));
    }
    let refused = lower.contains("is forbidden") || lower.contains("validatingadmissionpolicy");
    refused.then(|| denied("an admission rule forbids it")).flatten()
}

/// The app behind the address that a webhook is called at: `https://NAME.NAMESPACE.svc:443/path` (Kubernetes docs,
/// Dynamic Admission Control, Service reference).
fn webhook_app(scene: &Scene, message: &str) -> Option<Culprit> {
    let address = between(message, "\"https://", "\"")?;
    let host = address.split(['/', ':', '?']).next()?;
    let mut labels = host.split('.');
    let (name, namespace) = (labels.next()?, labels.next()?);
    labels.next().filter(|label| *label == "svc")?;
    let app = scene.graph.service(namespace, name).map_or(name, |service| scene.graph.app_of_service(service));
    Some(Culprit::app(namespace, app))
}

#[cfg(test)]
mod tests {
    use lamplighter_core::words::ObjectRef;
    use lamplighter_testkit::objects::{cluster, deployment, event, service, stateful_set};
    use lamplighter_testkit::scene::scene;

    use super::*;
    use crate::rules::tests::{check_healthy, check_named};

    fn refused(message: &str) -> Scene {
        let about = ObjectRef::namespaced("StatefulSet", "shop", "store");
        let guard = deployment("policy", "guard-server");
        let state = cluster().workload(stateful_set("shop", "store").without_pods(1)).workload(guard);
        let mut guard: lamplighter_core::cluster::Service = service("policy", "guard").into();
        guard.spec.selector = [("app.kubernetes.io/name".to_owned(), "guard-server".to_owned())].into();
        scene(state.service(guard).event(event(&about, "FailedCreate", message))).build()
    }

    #[test]
    fn policies_and_limits_deny() {
        for message in [
            "create Pod store-0 in StatefulSet store failed error: admission webhook \"check.example\" denied the request: no",
            "Error creating: pods \"store-0\" is forbidden: violates PodSecurity \"restricted:latest\": privileged",
            "pods \"store-0\" is forbidden: unable to validate against any security context constraint: []",
            "pods \"store-0\" is forbidden: failed quota: team: must specify limits.cpu for: store",
            "pods \"store-0\" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi",
            "pods \"store-0\" is forbidden: [minimum cpu usage per Pod is 100m, but request is 10m]",
            "pods \"store-0\" is forbidden: cpu max limit to request ratio per Container is 2, but provided ratio is 4",
            "pods \"store-0\" is forbidden: no PriorityClass with name vip was found",
            "pods \"store-0\" is forbidden: ValidatingAdmissionPolicy 'x' with binding 'y' denied request",
        ] {
            check_named(&RefusedObject, &refused(message), &[("admission_denied", "app/store", 0.95)]);
        }
    }

    #[test]
    fn a_webhook_that_does_not_answer_is_its_services_fault() {
        let message = "Internal error occurred: failed calling webhook \"check.example\": failed to call webhook: Post \
                       \"https://guard.policy.svc:443/check?timeout=10s\": no endpoints available for service \"guard\"";
        check_named(&RefusedObject, &refused(message), &[("admission_denied", "app/guard-server", 0.95)]);
        let outside = "failed calling webhook \"check.example\": Post \"https://guard.example/check\": EOF";
        check_named(&RefusedObject, &refused(outside), &[("admission_denied", "app/store", 0.95)]);
    }

    #[test]
    fn a_pod_that_is_not_valid_is_a_matter_of_its_configuration() {
        let message = "Pod \"store-0\" is invalid: spec.containers[0].resources.requests: must be less than limit";
        check_named(&RefusedObject, &refused(message), &[("container_config_invalid", "app/store", 0.95)]);
    }

    #[test]
    fn what_has_rules_of_its_own_is_left_to_them() {
        for message in [
            "pods \"store-0\" is forbidden: exceeded quota: team, requested: pods=1, used: pods=1, limited: pods=1",
            "pods \"store-0\" is forbidden: error looking up service account shop/store: serviceaccount \"store\" not found",
            "pods \"store-0\" is forbidden: unable to create new content in namespace shop because it is being terminated",
            "etcdserver: request timed out",
        ] {
            check_healthy(&RefusedObject, &refused(message));
        }
        let about = ObjectRef::namespaced("StatefulSet", "shop", "store");
        let denied = event(&about, "FailedCreate", "admission webhook \"check.example\" denied the request: no");
        let complete = cluster().workload(stateful_set("shop", "store")).event(denied);
        check_healthy(&RefusedObject, &scene(complete).build());
    }
}
