use std::collections::BTreeSet;

use lamplighter_core::cluster::Event;
use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene};
use lamplighter_core::words::{Finding, WorkloadRef};

use crate::apps::{app, app_of_event, told};
use crate::wording::between;

/// Pods are missing because they name a service account that does not exist.
///
/// The service account admission plugin refuses a pod whose `serviceAccountName` names none: `error looking up service
/// account NS/X: serviceaccount "X" not found`; the controller tries again and records `FailedCreate` each time
/// (Kubernetes docs, Configure Service Accounts for Pods; Managing Service Accounts). Accounts that are made a moment
/// after their workload leave such events behind, so what counts is that pods are missing and the account still is.
pub(super) struct MissingAccount;

impl Rule for MissingAccount {
    fn name(&self) -> &'static str {
        "missing-account"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::MissingServiceAccount]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        for status in scene.graph.workloads() {
            let workload = &status.workload;
            if lacks_pods(scene, workload, status.desired) {
                judge(scene, workload, examination);
            }
        }
        jobs(scene, examination);
        tokens(scene, examination);
    }
}

/// Jobs are no workloads: their events alone tell.
fn jobs(scene: &Scene, examination: &mut Examination) {
    let mut known = BTreeSet::new();
    for event in scene.state().events.items() {
        let object = &event.involved_object;
        let about_job = event.reason == "FailedCreate" && object.kind == "Job";
        let Some(account) = about_job.then(|| refused_account(&event.message)).flatten() else { continue };
        let namespace = object.namespace.as_deref().unwrap_or_default();
        let job = scene
            .state()
            .jobs
            .items()
            .iter()
            .find(|it| it.metadata.name == object.name && it.metadata.namespace() == namespace);
        let idle = job.is_some_and(|job| job.status.active + job.status.succeeded + job.status.failed == 0);
        if idle && !is_there(scene, namespace, account) && known.insert((namespace, object.name.as_str())) {
            let owner = job.and_then(|job| job.metadata.controller()).filter(|owner| owner.kind == "CronJob");
            let culprit = Culprit::app(namespace, owner.map_or(&object.name, |owner| &owner.name));
            examination.name(cause(&culprit, account, Likelihood::STATED, event_finding(scene, event, account)));
        }
    }
}

/// A pod whose account was taken away gets no token: `failed to fetch token: serviceaccounts "x" not found`.
fn tokens(scene: &Scene, examination: &mut Examination) {
    for event in scene.state().events.items().iter().filter(|event| event.reason == "FailedMount") {
        let Some(account) = between(&event.message, "serviceaccounts \"", "\" not found") else { continue };
        let object = &event.involved_object;
        let namespace = object.namespace.as_deref().unwrap_or_default();
        let waits = scene.graph.pod(namespace, &object.name).is_some_and(|pod| !pod.is_ready());
        if waits && scene.graph.is_current(event) && !is_there(scene, namespace, account) {
            let culprit = app_of_event(scene, event);
            examination.name(cause(&culprit, account, Likelihood::STATED, event_finding(scene, event, account)));
        }
    }
}

/// Whether pods of a workload could not be made: there are fewer than it is set to have, or its newest replica set has
/// fewer, while those of the one before still run.
fn lacks_pods(scene: &Scene, workload: &WorkloadRef, desired: u32) -> bool {
    let pods = scene.graph.pods_of(workload).filter(|pod| !pod.is_terminating() && pod.status.phase != "Failed");
    let desired = usize::try_from(desired).unwrap_or(usize::MAX);
    let newest = scene.graph.replica_sets_of(workload).last();
    let stuck = newest.is_some_and(|set| set.spec.replicas.unwrap_or(1) > set.status.replicas);
    let read = scene.state().pods.seen().is_some();
    (read && pods.take(desired).count() < desired) || stuck
}

fn judge(scene: &Scene, workload: &WorkloadRef, examination: &mut Examination) {
    let namespace = workload.namespace.as_str();
    let refusals: Vec<&Event> =
        scene.graph.events_of(workload).filter(|event| event.reason == "FailedCreate").collect();
    let accounts = scene.state().service_accounts.as_result();
    let template = scene.graph.template_of(workload);
    let named = template.and_then(|template| template.spec.service_account_name.as_deref());
    let last = refusals.last().and_then(|event| Some((*event, refused_account(&event.message)?)));
    if let Err(reason) = accounts {
        match last {
            Some((event, account)) => {
                examination.name(cause(
                    &app(workload),
                    account,
                    Likelihood::STATED,
                    event_finding(scene, event, account),
                ));
            }
            None if refusals.is_empty() && named.is_some() => {
                examination.gap(format!(
                    "service accounts: {reason}; {workload} lacks pods, and a missing one would explain it"
                ));
            }
            None => {}
        }
        return;
    }
    let about = |account: &str| {
        let said = refusals.iter().rev().find(|event| refused_account(&event.message) == Some(account));
        said.map(|event| event_finding(scene, event, account))
    };
    let wanted = named.or(last.map(|(_, account)| account));
    let Some(account) = wanted.filter(|account| !account.is_empty() && !is_there(scene, namespace, account)) else {
        return;
    };
    // Every namespace has `default`; a recording may leave it out, so that is not known from its absence alone.
    let finding = match about(account) {
        Some(finding) => Some((Likelihood::STATED, finding)),
        // What was refused last for another reason is held up by that.
        None if !refusals.is_empty() || account == "default" => None,
        None => {
            let summary = format!("{workload} lacks pods and names service account {account}, which is not there");
            let finding = scene.finding(summary, workload.object());
            Some((
                Likelihood::SHOWN,
                finding.with_evidence(format!("spec.template.spec.serviceAccountName: {account}")),
            ))
        }
    };
    if let Some((sure, finding)) = finding {
        examination.name(cause(&app(workload), account, sure, finding));
    }
}

fn is_there(scene: &Scene, namespace: &str, account: &str) -> bool {
    scene.graph.service_account(namespace, account).is_some()
}

/// The service account that a refusal says does not exist, in the wordings of several releases
/// (`plugin/pkg/admission/serviceaccount`).
fn refused_account(message: &str) -> Option<&str> {
    if let Some(account) = between(message, "serviceaccount \"", "\" not found") {
        return Some(account);
    }
    let account = between(message, "service account ", " was not found")?;
    Some(account.rsplit_once('/').map_or(account, |(_, name)| name))
}

fn event_finding(scene: &Scene, event: &Event, account: &str) -> Finding {
    told(scene, format!("The API server does not know service account {account}"), event)
}

fn cause(culprit: &Culprit, account: &str, sure: Likelihood, finding: Finding) -> RootCause {
    RootCause::new(Cause::MissingServiceAccount, culprit.clone(), sure, finding)
        .then(format!("The pods of {culprit} name service account {account}, which does not exist."))
        .then("The API server refuses them.")
        .then(format!("{culprit} has fewer pods than it should, or none."))
}

#[cfg(test)]
mod tests {
    use lamplighter_core::cluster::Observed;
    use lamplighter_testkit::scene::{SceneBuilder, scene_of};
    use serde_json::{Value, json};

    use super::*;
    use crate::rules::tests::{check_healthy, check_named};

    const REFUSED: &str = "Error creating: pods \"till-5d-\" is forbidden: error looking up service account shop/tills: \
                           serviceaccount \"tills\" not found";
    const NAMED: &[(&str, &str, f64)] = &[("missing_service_account", "app/till", 0.95)];

    /// A deployment whose replica set has made so many of its pods.
    fn till(made: u32) -> SceneBuilder {
        let pods = (0..made).map(|at| {
            json!({"kind": "Pod", "metadata": {"namespace": "shop", "name": format!("till-5d-{at}"), "uid": "u1",
                    "labels": {"pod-template-hash": "5d"},
                    "ownerReferences": [{"kind": "ReplicaSet", "name": "till-5d", "controller": true}]},
                "status": {"phase": "Running"}})
        });
        scene_of(pods.chain([
            json!({"kind": "Deployment", "metadata": {"namespace": "shop", "name": "till"}, "spec": {"replicas": 2,
                "template": {"spec": {"serviceAccountName": "tills"}}}}),
            json!({"kind": "ReplicaSet", "metadata": {"namespace": "shop", "name": "till-5d",
                    "ownerReferences": [{"kind": "Deployment", "name": "till", "controller": true}]},
                "spec": {"replicas": 2}, "status": {"replicas": made}}),
        ]))
    }

    fn event(kind: &str, name: &str, reason: &str, message: &str) -> Value {
        json!({"kind": "Event", "metadata": {"namespace": "shop", "name": "e"}, "reason": reason, "message": message,
            "type": "Warning", "involvedObject": {"kind": kind, "namespace": "shop", "name": name}})
    }

    fn account() -> Value {
        json!({"kind": "ServiceAccount", "metadata": {"namespace": "shop", "name": "tills"}})
    }

    #[test]
    fn the_api_server_says_which_account_it_does_not_know() {
        for message in [
            REFUSED,
            "pods \"till-5d-\" is forbidden: service account shop/tills was not found, retry after the service account is created",
        ] {
            check_named(
                &MissingAccount,
                &till(0).object(event("ReplicaSet", "till-5d", "FailedCreate", message)).build(),
                NAMED,
            );
        }
    }

    #[test]
    fn the_state_alone_shows_it() {
        check_named(&MissingAccount, &till(1).build(), &[("missing_service_account", "app/till", 0.85)]);
    }

    #[test]
    fn the_event_alone_states_it_where_accounts_were_not_read() {
        let unread =
            |scene: SceneBuilder| scene.change(|state| state.service_accounts = Observed::Unknown("no".into()));
        let refused = event("ReplicaSet", "till-5d", "FailedCreate", REFUSED);
        check_named(&MissingAccount, &unread(till(0)).object(refused).build(), NAMED);
        let mut examination = Examination::default();
        MissingAccount.examine(&unread(till(0)).build(), &mut examination);
        assert_eq!((examination.causes().len(), examination.gaps().len()), (0, 1));
    }

    #[test]
    fn an_account_that_was_made_later_is_no_cause() {
        let refused = || event("ReplicaSet", "till-5d", "FailedCreate", REFUSED);
        check_healthy(&MissingAccount, &till(2).object(refused()).object(account()).build());
        check_healthy(&MissingAccount, &till(2).object(refused()).build());
        check_healthy(&MissingAccount, &till(1).object(refused()).object(account()).build());
    }

    #[test]
    fn what_is_refused_for_another_reason_is_another_matter() {
        let quota =
            "pods \"till-5d-\" is forbidden: exceeded quota: team, requested: pods=1, used: pods=1, limited: pods=1";
        check_healthy(&MissingAccount, &till(1).object(event("ReplicaSet", "till-5d", "FailedCreate", quota)).build());
    }

    #[test]
    fn a_job_is_refused_too() {
        let refused = event("Job", "import-1", "FailedCreate", &REFUSED.replace("till-5d-", "import-1-"));
        let job = |status: Value| {
            json!({"kind": "Job", "metadata": {"namespace": "shop", "name": "import-1",
            "ownerReferences": [{"kind": "CronJob", "name": "import", "controller": true}]}, "status": status})
        };
        let scene = |status| scene_of([job(status), refused.clone()]).build();
        check_named(&MissingAccount, &scene(json!({})), &[("missing_service_account", "app/import", 0.95)]);
        check_healthy(&MissingAccount, &scene(json!({"succeeded": 1})));
    }

    #[test]
    fn a_pod_that_gets_no_token_is_without_its_account() {
        let message = "MountVolume.SetUp failed for volume \"kube-api-access-x\" : failed to fetch token: serviceaccounts \
                       \"tills\" not found";
        let mount = || event("Pod", "till-5d-0", "FailedMount", message);
        check_named(&MissingAccount, &till(2).object(mount()).build(), NAMED);
        check_healthy(&MissingAccount, &till(2).object(mount()).object(account()).build());
    }
}
