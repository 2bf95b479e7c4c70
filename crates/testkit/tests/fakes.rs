//! What the fakes do beyond the promises of their ports: what a test of an agent tells them to.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a helper is a part of a test")]

use std::sync::{Arc, Mutex};

use lamplighter_core::ports::{
    ClusterReader, ClusterWriter, IssueReader, IssueWriter, Journal, Knob, Model, PlanOutcome, Prompt, Repository,
    StackEdit, Stacks,
};
use lamplighter_core::words::{PodRestart, Scaling, StackName, WorkloadKind, WorkloadRef};
use lamplighter_core::{Error, ErrorKind, RunKey, Usd};
use lamplighter_testkit::fakes::{
    ExecutedChange, FakeCluster, FakeIssues, FakeJournal, FakeModel, FakeRepository, FakeStacks,
};
use lamplighter_testkit::objects::{cluster, daemon_set, deployment, service, stateful_set};
use lamplighter_testkit::{approve_plan, approve_restart, approve_scaling};

fn unavailable() -> Error {
    Error::new(ErrorKind::Unavailable, "nobody answers")
}

fn web() -> WorkloadRef {
    WorkloadRef::new(WorkloadKind::Deployment, "apps", "web")
}

async fn restart(cluster: &FakeCluster, workload: &WorkloadRef) {
    let state = cluster.now();
    let pod = state.pods_of(workload)[0];
    let restart = PodRestart {
        namespace: "apps".to_owned(),
        pod: pod.metadata.name.clone(),
        uid: pod.metadata.uid.clone(),
        workload: Some(workload.clone()),
        ready: pod.is_ready(),
        ready_siblings: 0,
    };
    cluster.restart_pod(approve_restart(restart).await).await.unwrap();
}

#[tokio::test]
async fn failures_are_used_up_in_their_order_and_noted_as_calls() {
    let (journal, run) = (FakeJournal::new(), RunKey::new("issue/42"));
    journal.calls().fail_next("record", unavailable());
    journal.calls().fail_next("record", Error::new(ErrorKind::Conflict, "locked"));
    assert!(journal.recorded(&run, "a").await.is_ok(), "another method is not concerned");
    let mut kinds = Vec::new();
    for _ in 0..3 {
        kinds.push(journal.record(&run, "a", 1.into()).await.map_err(|error| error.kind()).err());
    }
    assert_eq!(kinds, [Some(ErrorKind::Unavailable), Some(ErrorKind::Conflict), None]);
    assert_eq!(journal.calls().of("record").len(), 3);
    journal.calls().clear();
    journal.calls().fail_next_call(unavailable());
    assert!(journal.steps(&run).await.is_err(), "whichever is next");
    assert_eq!(journal.calls().made(), ["steps issue/42"]);
}

#[tokio::test]
async fn a_lasting_failure_ends_when_it_is_taken_back() {
    let tracker = FakeIssues::new().collaborator("maria");
    let number = tracker.open("maria", "Wiki is down", "", []);
    tracker.calls().fail_always("issue", unavailable);
    for _ in 0..3 {
        assert!(tracker.issue(number).await.is_err());
    }
    tracker.calls().recover();
    assert!(tracker.issue(number).await.is_ok());
}

#[tokio::test]
async fn an_answer_can_be_lost_after_the_effect() {
    let tracker = FakeIssues::new();
    let number = tracker.open("maria", "Wiki is down", "", []);
    tracker.calls().fail_after_next("comment", unavailable());
    assert!(tracker.comment(number, "ack", "looking").await.is_err());
    assert_eq!(tracker.said(number), ["looking"], "it was said all the same");
    tracker.comment(number, "ack", "looking").await.unwrap();
    assert_eq!(tracker.said(number), ["looking"], "and is not said twice");
}

#[tokio::test]
async fn what_comes_after_a_restarted_pod_is_for_the_test_to_say() {
    for (name, helps) in [("web", true), ("web", false)] {
        let ill = deployment("apps", name).replicas(2).pod(0, |pod| pod.crash_looping(7));
        let mut fake = FakeCluster::new(cluster().workload(ill).service(service("apps", name)));
        if !helps {
            fake = fake.restarts_do_not_help();
        }
        let before = fake.now().workload(&web()).unwrap();
        assert_eq!((before.desired, before.ready), (2, 1));
        restart(&fake, &web()).await;
        let state = fake.now();
        let ready = if helps { 2 } else { 1 };
        assert_eq!(state.workload(&web()).unwrap().ready, ready, "counts follow the pods");
        assert_eq!(state.endpoints.items()[0].ready(), usize::try_from(ready).unwrap(), "endpoints too");
        assert!(matches!(fake.executed().as_slice(), [ExecutedChange::Restarted(_)]));
    }
    let orphan = FakeCluster::new(cluster().workload(deployment("apps", "web"))).on_restart(|_, _| None);
    restart(&orphan, &web()).await;
    assert_eq!(orphan.now().workload(&web()).unwrap().ready, 0, "nothing may come, too");
}

#[tokio::test]
async fn a_successor_keeps_its_name_where_its_controller_gives_it_the_same() {
    for (kind, workload, keeps) in [
        (WorkloadKind::StatefulSet, stateful_set("apps", "web"), true),
        (WorkloadKind::Deployment, deployment("apps", "web"), false),
        (WorkloadKind::DaemonSet, daemon_set("apps", "web"), false),
    ] {
        let (fake, of) = (FakeCluster::new(cluster().workload(workload)), WorkloadRef::new(kind, "apps", "web"));
        let old = fake.now().pods_of(&of)[0].clone();
        restart(&fake, &of).await;
        let new = fake.now().pods_of(&of)[0].clone();
        assert_ne!(new.metadata.uid, old.metadata.uid);
        assert_eq!(new.metadata.name == old.metadata.name, keeps, "{kind}");
        assert_eq!(new.spec.node_name, old.spec.node_name);
        assert_eq!(new.spec.containers, old.spec.containers);
    }
}

#[tokio::test]
async fn scaling_up_makes_pods_by_the_template() {
    let fake = FakeCluster::new(cluster().workload(deployment("apps", "web").replicas(0).memory_limit("128Mi")));
    let scaling = Scaling { workload: web(), from: 0, to: 3, declared: Some(3), declared_in: None };
    fake.scale(approve_scaling(scaling.clone()).await).await.unwrap();
    fake.scale(approve_scaling(scaling.clone()).await).await.unwrap();
    assert_eq!(fake.replicas(&web()).await.unwrap(), Some(3));
    let state = fake.now();
    assert_eq!(state.workload(&web()).unwrap().ready, 3);
    let limit = |pod: &&lamplighter_core::cluster::Pod| pod.spec.containers[0].resources.limits["memory"].to_string();
    assert_eq!(state.pods_of(&web()).iter().map(limit).collect::<Vec<_>>(), ["128Mi"; 3]);
    assert_eq!(fake.executed(), [ExecutedChange::Scaled(scaling)], "what has no effect is not executed");
}

#[tokio::test]
async fn a_plan_can_be_made_to_replace_something_and_an_apply_to_have_consequences() {
    let knob = Knob::MemoryLimit { container: "web".to_owned() };
    let (repository, applied) = (FakeRepository::new(), Arc::new(Mutex::new(Vec::new())));
    let stacks = FakeStacks::new(repository.clone())
        .setting("apps", &web(), &knob, "128Mi")
        .replaces("apps", "random_password.db")
        .on_apply({
            let applied = Arc::clone(&applied);
            move |stack| applied.lock().unwrap().push(stack.clone())
        });
    let workspace = repository.workspace(&RunKey::new("issue/42")).await.unwrap();
    let edit = StackEdit::Set { workload: web(), knob, from: "128Mi".to_owned(), to: "256Mi".to_owned() };
    let outcome = stacks.plan(&workspace, &StackName::new("apps"), &[edit]).await.unwrap();
    let PlanOutcome::Planned(planned) = outcome else { panic!("there is a plan: {outcome:?}") };
    assert_eq!(planned.apply.plan.headline(), "1 to add, 1 to change, 1 to destroy");
    assert_eq!(planned.diff.lines().filter(|line| line.starts_with(['+', '-'])).count(), 4, "{}", planned.diff);
    stacks.apply(&workspace, approve_plan(planned.apply).await).await.unwrap();
    assert_eq!(*applied.lock().unwrap(), [StackName::new("apps")]);
}

#[tokio::test]
async fn a_model_answers_by_its_script_and_then_no_more() {
    let model = FakeModel::scripted(["first", "second"]).priced(Usd::cents(5), Usd::cents(3));
    let prompt = Prompt { instructions: "a".to_owned(), material: "b".to_owned(), max_tokens: 9 };
    for expected in ["first", "second"] {
        let completion = model.complete(&prompt).await.unwrap();
        assert_eq!((completion.text.as_str(), completion.cost), (expected, Usd::cents(3)));
    }
    assert_eq!(model.complete(&prompt).await.unwrap_err().kind(), ErrorKind::Unavailable);
    assert_eq!(model.prompts(), [prompt.clone(), prompt.clone(), prompt]);
}
