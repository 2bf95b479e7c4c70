use lamplighter_core::diagnosis::{Cause, Examination, Likelihood, RootCause, Rule, Scene, Signal, Subject};

use super::name_by_sayings;
use crate::clients::clients;
use crate::sayings::{Saying, Wording, sayings};
use crate::servers::{Engine, Servers};

/// A replica does not follow its primary.
///
/// Relied on: the error logs of `MySQL`'s replication threads (`Replica SQL`, `Replica I/O`, `Slave …` before 8.0.26),
/// `PostgreSQL`'s WAL receiver, Redis' `MASTERDOWN` and its `SYNC`, and `MongoDB`'s `RECOVERING`, each as their manuals
/// have them. A replica that is behind is normal; one whose distance only grows does not follow.
pub(super) struct Replication;

const BROKEN: [Wording; 15] = [
    (&["replica sql", "error"], Engine::MySql),
    (&["slave sql", "error"], Engine::MySql),
    (&["replica i/o", "error"], Engine::MySql),
    (&["slave i/o", "error"], Engine::MySql),
    (&["error connecting to master"], Engine::MySql),
    (&["error connecting to source"], Engine::MySql),
    (&["could not find first log file name in binary log index"], Engine::MySql),
    (&["requested wal segment", "has already been removed"], Engine::Postgres),
    (&["could not receive data from wal stream"], Engine::Postgres),
    (&["could not connect to the primary server"], Engine::Postgres),
    (&["could not start wal streaming"], Engine::Postgres),
    (&["masterdown link with master is down"], Engine::Redis),
    (&["error condition on socket for sync"], Engine::Redis),
    (&["master aborted replication"], Engine::Redis),
    (&["too stale to catch up"], Engine::Mongo),
];

/// Further behind than this, in seconds, and no nearer, is not following.
const FAR: f64 = 300.0;

impl Rule for Replication {
    fn name(&self) -> &'static str {
        "replication"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::DbReplicationBroken]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let servers = Servers::of(scene);
        let clients = clients(scene, &servers);
        let chain = |name: &str| {
            [
                format!("A replica of {name} does not follow its primary any more."),
                "Whoever reads from it sees old data, and it cannot take over.".to_owned(),
            ]
        };
        let said = sayings(scene, &servers, &clients, &BROKEN);
        // Others may speak of sources and of errors, too.
        let own: Vec<_> = said.into_iter().filter(|it| it.is_own() || it.said.text.contains("MASTERDOWN")).collect();
        name_by_sayings(
            scene,
            examination,
            Cause::DbReplicationBroken,
            &own,
            |_: &Saying<'_>| Likelihood::SHOWN,
            chain,
        );
        for series in scene.signals.seen().into_iter().flat_map(|signals| signals.of(Signal::DbReplicationLag)) {
            let finite = || series.samples.iter().map(|sample| sample.value).filter(|value| value.is_finite());
            let (Some(first), Some(last)) = (finite().next(), finite().next_back()) else { continue };
            let growing = last > FAR && last > first && series.shift().is_none_or(|shift| shift.after > shift.before);
            if !growing {
                continue;
            }
            let server = servers.iter().find(|server| match &series.subject {
                Subject::Target(target) => server.is_target(scene, target),
                Subject::App { name, .. } => server.is_target(scene, name),
                _ => false,
            });
            let Some(server) = server else { continue };
            let app = server.culprit();
            let evidence = scene
                .finding(format!("a replica of {} falls behind", app.name()), app.object())
                .with_evidence(format!("{first:.0} s behind at first, {last:.0} s at the end"));
            let [what, effect] = chain(app.name());
            let cause = RootCause::new(Cause::DbReplicationBroken, app, Likelihood::LIKELY, evidence);
            examination.name(cause.then(what).then(effect));
        }
    }
}
