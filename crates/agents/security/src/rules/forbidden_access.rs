use std::collections::BTreeSet;

use lamplighter_core::cluster::PodSpec;
use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, LogBook, RootCause, Rule, Scene};

use crate::apps::{Unwell, app, app_of_event, said, told};
use crate::wording::{any_of, between};

/// How services other than the API server refuse those who may not: Istio, the big clouds, Vault, Kafka, libraries for
/// Kubernetes that do not pass on its words.
const REFUSED: &[&str] = &[
    "rbac: access denied",
    "is not authorized to perform",
    "accessdeniedexception",
    "code: accessdenied",
    "<code>accessdenied</code>",
    "authorizationfailed",
    "permission_denied",
    "permissiondenied desc",
    "caller does not have permission",
    "configured service account doesn't have access",
    "topicauthorizationexception",
    "topic authorization failed",
    "group authorization failed",
    "code: 403. errors",
    "failed with 403",
    "status code 403",
    "statuscode: 403",
    "403 forbidden",
    "http 403",
    "insufficient permissions",
];

/// A workload is refused what it asks for, and suffers from it.
///
/// RBAC allows what a role bound to the account says and nothing else; the API server answers 403 with `is forbidden: User
/// "system:serviceaccount:NS:NAME" cannot VERB resource "R"` (Kubernetes docs, Using RBAC Authorization). Other
/// services have words of their own. Many programs ask for more than they need, so without harm to the one who asks
/// it is only a finding.
pub(super) struct ForbiddenAccess;

impl Rule for ForbiddenAccess {
    fn name(&self) -> &'static str {
        "forbidden-access"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::AccessForbidden]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let unwell = Unwell::new(scene);
        let mut known: BTreeSet<(Culprit, String)> = BTreeSet::new();
        for line in scene.logs.seen().into_iter().flat_map(LogBook::all) {
            let (namespace, name) = line.app;
            let api = denial(line.text);
            if api.is_none() && !any_of(&line.text.to_ascii_lowercase(), REFUSED) {
                continue;
            }
            let what = api.as_ref().map_or_else(|| "what it asks of another service".to_owned(), Denial::words);
            let asker = api.as_ref().and_then(|denial| owner(scene, denial));
            let culprit = asker.unwrap_or_else(|| Culprit::app(namespace, name));
            if !known.insert((culprit.clone(), what.clone())) {
                continue;
            }
            let mut finding = said(scene, format!("{culprit} is refused {what}"), &line);
            if let Some(denial) = api.as_ref().filter(|denial| is_unbound(scene, denial)) {
                finding = finding.with_evidence(format!(
                    "no role binding of namespace {} names account {}",
                    denial.namespace, denial.account
                ));
            }
            if !unwell.has(&culprit) {
                examination.find(finding);
                continue;
            }
            let sure = if api.is_some() { Likelihood::SHOWN } else { Likelihood::LIKELY };
            examination.name(cause(culprit, sure, &what, finding));
        }
        for event in scene.state().events.items().iter().filter(|event| event.is_warning()) {
            let Some(denial) = denial(&event.message) else { continue };
            let culprit = owner(scene, &denial).unwrap_or_else(|| app_of_event(scene, event));
            if known.insert((culprit.clone(), denial.words())) {
                let finding = told(scene, format!("{culprit} is refused {}", denial.words()), event);
                let harmed = unwell.has(&culprit);
                if harmed && scene.graph.is_current(event) {
                    examination.name(cause(culprit, Likelihood::SHOWN, &denial.words(), finding));
                } else {
                    examination.find(finding);
                }
            }
        }
    }
}

fn cause(culprit: Culprit, sure: Likelihood, what: &str, finding: lamplighter_core::words::Finding) -> RootCause {
    let first = format!("{culprit} has no right to {what}, and asks for it.");
    RootCause::new(Cause::AccessForbidden, culprit, sure, finding)
        .then(first)
        .then("It is answered 403 and cannot do its work: its pods do not get ready, or end.")
}

/// What the API server refuses to a service account.
struct Denial<'a> {
    namespace: &'a str,
    account: &'a str,
    verb: &'a str,
    resource: &'a str,
}

impl Denial<'_> {
    fn words(&self) -> String {
        format!("{} {}", self.verb, self.resource)
    }
}

fn denial(text: &str) -> Option<Denial<'_>> {
    let (_, rest) = text.split_once("system:serviceaccount:")?;
    let (user, rest) = rest.split_once(['"', '\\', '\''])?;
    let (namespace, account) = user.split_once(':')?;
    let (_, rest) = rest.split_once("cannot ")?;
    let verb = rest.split_whitespace().next()?;
    let quoted = |before| between(rest, before, "\"").map(|name| name.trim_end_matches('\\'));
    let resource = quoted("resource \"").or_else(|| quoted("resource \\\"")).or_else(|| quoted("path \""));
    Some(Denial { namespace, account, verb, resource: resource.unwrap_or("resources") })
}

/// The one workload that runs as the account.
fn owner(scene: &Scene, denial: &Denial<'_>) -> Option<Culprit> {
    let in_namespace = scene.graph.workloads().filter(|it| it.workload.namespace == denial.namespace);
    let account = |spec: &PodSpec| spec.service_account_name.as_deref().unwrap_or("default") == denial.account;
    let mut of_it = in_namespace
        .filter(|it| scene.graph.template_of(&it.workload).is_some_and(|template| account(&template.spec)))
        .map(|it| app(&it.workload));
    let first = of_it.next()?;
    of_it.next().is_none().then_some(first)
}

/// Whether no role binding of its namespace is for the account. Cluster role bindings are not read.
fn is_unbound(scene: &Scene, denial: &Denial<'_>) -> bool {
    let of_namespace = |it: &&lamplighter_core::cluster::RoleBinding| it.metadata.namespace() == denial.namespace;
    scene.state().role_bindings.seen().is_some_and(|bindings| {
        bindings.iter().filter(of_namespace).flat_map(|it| &it.subjects).all(|subject| subject.name != denial.account)
    })
}

#[cfg(test)]
mod tests {
    use lamplighter_core::words::ObjectRef;
    use lamplighter_testkit::objects::{cluster, deployment, event};
    use lamplighter_testkit::scene::{SceneBuilder, scene};

    use super::*;
    use crate::rules::tests::{check_healthy, check_named};

    const DENIED: &str = "E0301 reflector.go: failed to list *v1.Node: nodes is forbidden: User \
                          \"system:serviceaccount:ops:watcher\" cannot list resource \"nodes\" in API group \"\" at the cluster scope";

    fn crashing(line: &str) -> SceneBuilder {
        let watcher = deployment("ops", "watcher").pods(|pod| pod.crash_looping(6));
        scene(cluster().workload(watcher)).said("ops", "watcher", &[line])
    }

    #[test]
    fn who_is_refused_and_fails_is_at_fault() {
        check_named(&ForbiddenAccess, &crashing(DENIED).build(), &[("access_forbidden", "app/watcher", 0.85)]);
        let escaped = DENIED.replace('"', "\\\"");
        check_named(&ForbiddenAccess, &crashing(&escaped).build(), &[("access_forbidden", "app/watcher", 0.85)]);
        for line in [
            "upstream answered 403: RBAC: access denied",
            "User: arn:aws:sts::1:assumed-role/x is not authorized to perform: s3:GetObject",
            "Forbidden!Configured service account doesn't have access. Service account may have been revoked.",
            "error getting secret: Code: 403. Errors: * permission denied",
        ] {
            check_named(&ForbiddenAccess, &crashing(line).build(), &[("access_forbidden", "app/watcher", 0.65)]);
        }
    }

    #[test]
    fn the_workload_of_the_account_is_at_fault_wherever_it_is_written() {
        let account = |name: &str| {
            serde_json::json!({"kind": "Deployment", "metadata": {"namespace": "ops", "name": name},
            "spec": {"replicas": 1, "template": {"spec": {"serviceAccountName": "watcher"}}}})
        };
        let proxy = || scene(cluster().workload(deployment("ops", "proxy"))).said("ops", "proxy", &[DENIED]);
        let one = proxy().object(account("eyes")).build();
        check_named(&ForbiddenAccess, &one, &[("access_forbidden", "app/eyes", 0.85)]);
        check_healthy(&ForbiddenAccess, &proxy().object(account("eyes")).object(account("ears")).build());
    }

    #[test]
    fn an_event_tells_as_well() {
        let about = ObjectRef::namespaced("Deployment", "ops", "watcher");
        let watcher = deployment("ops", "watcher").pods(|pod| pod.crash_looping(6));
        let state = cluster().workload(watcher).event(event(&about, "FailedGetResourceMetric", DENIED));
        check_named(&ForbiddenAccess, &scene(state).build(), &[("access_forbidden", "app/watcher", 0.85)]);
    }

    #[test]
    fn who_is_refused_and_runs_is_a_finding() {
        let running = scene(cluster().workload(deployment("ops", "watcher"))).said("ops", "watcher", &[DENIED]).build();
        check_healthy(&ForbiddenAccess, &running);
        let mut examination = Examination::default();
        ForbiddenAccess.examine(&running, &mut examination);
        assert_eq!(examination.findings()[0].summary, "app/watcher is refused list nodes");
        assert_eq!(examination.findings()[0].evidence[1], "no role binding of namespace ops names account watcher");
    }

    #[test]
    fn other_lines_are_healthy() {
        check_healthy(&ForbiddenAccess, &crashing("listening on 0.0.0.0:4030").build());
    }
}
