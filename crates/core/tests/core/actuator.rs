//! A change is carried out exactly once, wherever the process dies.

use std::sync::Arc;

use lamplighter_core::ports::{AuditEvent, Knob, PlanOutcome, Repository, StackEdit, Stacks, Workspace};
use lamplighter_core::words::{
    Action, Change, CommitChange, DirectAction, MonitorAddition, ObjectRef, PodRestart, Scaling, StackName,
    WorkloadKind, WorkloadRef,
};
use lamplighter_core::{
    Actuator, CancellationToken, Carried, Context, Done, Error, ErrorKind, Guardrail, Guardrails, RefusalKind, Result,
    RunKey, Verdict, async_trait,
};
use lamplighter_testkit::ContextBuilder;
use lamplighter_testkit::fakes::{FakeAuditLog, FakeCluster, FakeJournal, FakeMonitors, FakeRepository, FakeStacks};
use lamplighter_testkit::objects::{PodBuilder, cluster, deployment};

use super::mortal::{Death, Life, Mortal};
use super::review::{allowing, change};

/// A world with a wiki that is broken in every way at once, and what one process after the other does in it.
struct World {
    cluster: FakeCluster,
    repository: FakeRepository,
    stacks: FakeStacks,
    monitors: FakeMonitors,
    journal: FakeJournal,
    audit: FakeAuditLog,
    workspace: Workspace,
    action: Action,
}

#[derive(Debug, Clone, Copy)]
enum Deed {
    Restart,
    Scale,
    Apply,
    Commit,
    AddMonitor,
}

const DEEDS: [Deed; 5] = [Deed::Restart, Deed::Scale, Deed::Apply, Deed::Commit, Deed::AddMonitor];

fn wiki() -> WorkloadRef {
    WorkloadRef::new(WorkloadKind::Deployment, "apps", "wiki")
}

fn memory() -> Knob {
    Knob::MemoryLimit { container: "wiki".to_owned() }
}

impl World {
    async fn new(deed: Deed) -> Self {
        let broken = deployment("apps", "wiki").replicas(1).pods(|pod| pod.crash_looping(12));
        let cluster = FakeCluster::new(cluster().workload(broken));
        let repository = FakeRepository::new();
        let stacks = FakeStacks::new(repository.clone()).setting("apps", &wiki(), &memory(), "128Mi");
        let workspace = repository.workspace(&RunKey::new("issue/1")).await.unwrap();
        let raise =
            StackEdit::Set { workload: wiki(), knob: memory(), from: "128Mi".to_owned(), to: "256Mi".to_owned() };
        let planned = stacks.plan(&workspace, &StackName::new("apps"), &[raise]).await.unwrap();
        let PlanOutcome::Planned(planned) = planned else { panic!("there is something to change") };
        let pod = cluster.now().pods.items()[0].clone();
        let action = match deed {
            Deed::Restart => Action::RestartPod(PodRestart {
                namespace: "apps".to_owned(),
                pod: pod.metadata.name.clone(),
                uid: pod.metadata.uid.clone(),
                workload: Some(wiki()),
                ready: false,
                ready_siblings: 0,
            }),
            Deed::Scale => {
                Action::Scale(Scaling { workload: wiki(), from: 1, to: 2, declared: Some(2), declared_in: None })
            }
            Deed::Apply => Action::ApplyPlan(Box::new(planned.apply)),
            Deed::Commit => Action::Commit(CommitChange {
                branch: workspace.branch.clone(),
                files: planned.apply.edited.clone(),
                message: "fix: more memory (fixes #1)".to_owned(),
                follows: None,
            }),
            Deed::AddMonitor => Action::AddMonitor(MonitorAddition {
                name: "wiki".to_owned(),
                url: "https://wiki.example.org".to_owned(),
                interval: 60,
                retries: 3,
            }),
        };
        let monitors = FakeMonitors::new();
        let (journal, audit) = (FakeJournal::new(), FakeAuditLog::new());
        Self { cluster, repository, stacks, monitors, journal, audit, workspace, action }
    }

    /// One process carries the change out, or dies trying.
    async fn process(&self, life: &Life) -> Option<Carried> {
        fn mortal<P: Clone>(life: &Life, port: &P) -> Mortal<P> {
            Mortal { life: life.clone(), port: port.clone() }
        }
        let actuator = Actuator::new(allowing(), Arc::new(mortal(life, &self.cluster)))
            .with_cluster(Arc::new(mortal(life, &self.cluster)))
            .with_stacks(Arc::new(mortal(life, &self.stacks)), Arc::new(mortal(life, &self.repository)))
            .with_monitors(Arc::new(mortal(life, &self.monitors)));
        let cx = ContextBuilder::new("issue/1")
            .apply()
            .journal(mortal(life, &self.journal))
            .audit(mortal(life, &self.audit))
            .build();
        let (change, workspace) = (change(self.action.clone()), self.workspace.clone());
        let outcome = life.live(async move { actuator.carry_out(&cx, change, Some(&workspace)).await }).await;
        outcome.and_then(Result::ok)
    }

    /// How often the port was asked, and how often something happened.
    fn deeds(&self, deed: Deed) -> (usize, usize) {
        match deed {
            Deed::Restart => (self.cluster.calls().of("restart_pod").len(), self.cluster.executed().len()),
            Deed::Scale => (self.cluster.calls().of("scale").len(), self.cluster.executed().len()),
            Deed::Apply => {
                let applied = self.stacks.applied("apps", &wiki(), &memory()).as_deref() == Some("256Mi");
                (self.stacks.calls().of("apply").len(), usize::from(applied))
            }
            Deed::Commit => {
                let ours = |message: &str| message.contains("Lamplighter-Change: issue/1/fix");
                let commits = self.repository.log().iter().filter(|commit| ours(&commit.message)).count();
                (self.repository.calls().of("commit").len(), commits)
            }
            Deed::AddMonitor => (self.monitors.calls().of("add").len(), self.monitors.added().len()),
        }
    }

    fn executed_entries(&self) -> usize {
        self.audit.events().iter().filter(|event| matches!(event, AuditEvent::Executed { .. })).count()
    }

    fn check(&self, deed: Deed, carried: Option<&Carried>, story: &str) {
        assert!(matches!(carried, Some(Carried::Done(_))), "{deed:?}, {story}: {carried:?}");
        assert_eq!(self.deeds(deed), (1, 1), "{deed:?}, {story}");
        assert_eq!(self.executed_entries(), 1, "{deed:?}, {story}");
    }
}

#[tokio::test]
async fn a_process_that_dies_anywhere_and_is_restarted_does_it_once() {
    for deed in DEEDS {
        for death in [Death::Dropped, Death::Panic] {
            let mut moments = 0;
            for fatal in 1.. {
                let world = World::new(deed).await;
                if world.process(&Life::until(fatal, death)).await.is_some() {
                    break;
                }
                assert!(fatal < 100, "{deed:?} never comes to its end");
                moments = fatal;
                let carried = world.process(&Life::until(0, death)).await;
                world.check(deed, carried.as_ref(), &format!("died by {death:?} at moment {fatal}"));
            }
            assert!(moments >= 14, "{deed:?}: only {moments} moments to die at");
        }
    }
}

#[tokio::test]
async fn a_process_that_dies_twice_does_it_once() {
    for deed in DEEDS {
        for first in 1..=24 {
            for second in 1..=24 {
                let world = World::new(deed).await;
                let mut carried = world.process(&Life::until(first, Death::Dropped)).await;
                if carried.is_none() {
                    carried = world.process(&Life::until(second, Death::Dropped)).await;
                }
                if carried.is_none() {
                    carried = world.process(&Life::until(0, Death::Dropped)).await;
                }
                world.check(deed, carried.as_ref(), &format!("died at {first} and {second}"));
            }
        }
    }
}

#[tokio::test]
async fn asked_again_the_answer_is_the_same_and_nothing_happens() {
    for deed in DEEDS {
        let world = World::new(deed).await;
        let first = world.process(&Life::until(0, Death::Dropped)).await;
        assert_eq!(world.process(&Life::until(0, Death::Dropped)).await, first);
        world.check(deed, first.as_ref(), "asked twice");
    }
}

#[tokio::test]
async fn a_failure_of_the_port_is_told_and_not_repeated() {
    let world = World::new(Deed::Restart).await;
    world.cluster.calls().fail_next("restart_pod", Error::new(ErrorKind::Permission, "10.0.0.1 says no"));
    for _ in 0..2 {
        let carried = world.process(&Life::until(0, Death::Dropped)).await;
        assert_eq!(carried, Some(Carried::Failed { reason: "a permission is missing".to_owned() }));
    }
    assert_eq!(world.deeds(Deed::Restart), (1, 0));
}

#[tokio::test]
async fn nothing_is_done_when_the_attempt_cannot_be_written_down() {
    for (log, method) in [("audit", "append"), ("journal", "record")] {
        let world = World::new(Deed::Restart).await;
        let faults = if log == "audit" { world.audit.calls() } else { world.journal.calls() };
        faults.fail_always(method, || Error::new(ErrorKind::Unavailable, "full"));
        let carried = world.process(&Life::until(0, Death::Dropped)).await;
        assert!(!matches!(carried, Some(Carried::Done(_))), "{log}: {carried:?}");
        assert_eq!(world.deeds(Deed::Restart).1, 0, "{log}");
    }
}

#[tokio::test]
async fn a_stopped_run_records_no_verdict_and_goes_on_later() {
    let world = World::new(Deed::Restart).await;
    let stop = CancellationToken::new();
    stop.cancel();
    let cx = ContextBuilder::new("issue/1").apply().journal(world.journal.clone()).cancellation(stop).build();
    let actuator = Actuator::new(allowing(), Arc::new(world.cluster.clone()));
    let error = actuator.carry_out(&cx, change(world.action.clone()), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_eq!(world.deeds(Deed::Restart), (0, 0));
    let carried = world.process(&Life::until(0, Death::Dropped)).await;
    world.check(Deed::Restart, carried.as_ref(), "started again");
}

#[tokio::test]
async fn the_rules_see_the_pod_as_it_is_now() {
    struct NotReady;

    #[async_trait]
    impl Guardrail<Change> for NotReady {
        fn name(&self) -> &'static str {
            "not-ready"
        }

        async fn check(&self, _cx: &Context, change: &Change) -> Result<Verdict> {
            Ok(match &change.action {
                Action::RestartPod(restart) if !restart.ready => Verdict::allow("it is not ready"),
                _ => Verdict::deny("it is ready"),
            })
        }
    }

    for recovers in [false, true] {
        let world = World::new(Deed::Restart).await;
        if recovers {
            let Action::RestartPod(restart) = &world.action else { unreachable!("it is a restart") };
            world.cluster.change_pod(&restart.namespace, &restart.pod, PodBuilder::running);
        }
        let rules = Guardrails::new(vec![Arc::new(NotReady) as Arc<dyn Guardrail<Change>>]);
        let cluster = Arc::new(world.cluster.clone());
        let actuator = Actuator::new(rules, cluster.clone()).with_cluster(cluster);
        let cx = ContextBuilder::new("issue/1").apply().build();
        let carried = actuator.carry_out(&cx, change(world.action.clone()), None).await.unwrap();
        assert_eq!(matches!(carried, Carried::Done(_)), !recovers, "{carried:?}");
    }
}

#[tokio::test]
async fn a_commit_that_met_a_moved_branch_does_not_count_as_executed() {
    let world = World::new(Deed::Commit).await;
    world.repository.push("README.md", "hello", "docs: say hello");
    let carried = world.process(&Life::until(0, Death::Dropped)).await;
    assert!(matches!(carried, Some(Carried::Done(Done::RemoteMoved { .. }))), "{carried:?}");
    assert_eq!((world.deeds(Deed::Commit), world.executed_entries()), ((1, 0), 0));
}

#[tokio::test]
async fn a_dry_run_carries_nothing_out() {
    for deed in DEEDS {
        let world = World::new(deed).await;
        let actuator = Actuator::new(allowing(), Arc::new(world.cluster.clone()))
            .with_cluster(Arc::new(world.cluster.clone()))
            .with_stacks(Arc::new(world.stacks.clone()), Arc::new(world.repository.clone()))
            .with_monitors(Arc::new(world.monitors.clone()));
        let cx = ContextBuilder::new("issue/1").audit(world.audit.clone()).build();
        let carried = actuator.carry_out(&cx, change(world.action.clone()), Some(&world.workspace)).await.unwrap();
        assert!(matches!(carried, Carried::Refused { kind: RefusalKind::DryRun, .. }), "{carried:?}");
        assert_eq!(world.deeds(deed), (0, 0));
    }
}

#[tokio::test]
async fn what_has_no_port_is_never_done_even_if_approved() {
    let world = World::new(Deed::Restart).await;
    let reads_only = Actuator::new(allowing(), Arc::new(world.cluster.clone()));
    let direct = Action::Direct(DirectAction {
        verb: "delete".to_owned(),
        object: ObjectRef::namespaced("persistentvolumeclaim", "apps", "data"),
    });
    let monitor = World::new(Deed::AddMonitor).await.action;
    for (run, action) in [("issue/1", direct), ("issue/2", world.action.clone()), ("issue/3", monitor)] {
        let cx = ContextBuilder::new(run).apply().build();
        let carried = reads_only.carry_out(&cx, change(action), None).await.unwrap();
        assert!(matches!(carried, Carried::Failed { .. }), "{carried:?}");
    }
    assert!(world.cluster.executed().is_empty());
}
