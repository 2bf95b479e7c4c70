use lamplighter_core::diagnosis::{
    Cause, Examination, Likelihood, RootCause, Rule, Scene, Signal, SignalSeries, Subject,
};

use super::name_by_sayings;
use crate::clients::clients;
use crate::sayings::{Saying, Wording, sayings};
use crate::servers::{Engine, Server, Servers};

/// A database has no space left to write to.
///
/// Relied on: `ENOSPC` (errno 28) in the server's own log, `MySQL` errors 1114 and 1021, `PostgreSQL` SQLSTATE 53100,
/// the flood stage of Elasticsearch's disk watermark, each as their manuals have them; the kubelet's
/// `kubelet_volume_stats_*` of the claims that the server uses.
pub(super) struct Storage;

const FULL_DISK: [Wording; 10] = [
    (&["could not extend file"], Engine::Postgres),
    (&["could not write to file", "no space left"], Engine::Postgres),
    (&["sqlstate", "53100"], Engine::Postgres),
    (&["the table '", "' is full"], Engine::MySql),
    (&["disk full", "waiting for someone to free"], Engine::MySql),
    (&["disk is full writing"], Engine::MySql),
    (&["oserrno: 28"], Engine::MySql),
    (&["errcode: 28"], Engine::MySql),
    (&["flood stage disk watermark"], Engine::Other),
    (&["no space left on device"], Engine::Other),
];

/// Fuller than this, and a database that complains of space has the cause of it.
const FULL: f64 = 0.97;

impl Rule for Storage {
    fn name(&self) -> &'static str {
        "storage"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::DbStorageFull]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let servers = Servers::of(scene);
        let clients = clients(scene, &servers);
        let chain = |name: &str| {
            [
                format!("{name} has no space left on the volume of its data."),
                "It refuses to write, or stops, and those who ask it fail.".to_owned(),
            ]
        };
        let said = sayings(scene, &servers, &clients, &FULL_DISK);
        // The plain words of the system are about the disk of whoever says them.
        let of_databases: Vec<_> = said.into_iter().filter(|it| it.engine != Engine::Other || it.is_own()).collect();
        let stated = |saying: &Saying<'_>| super::stated(saying);
        name_by_sayings(scene, examination, Cause::DbStorageFull, &of_databases, stated, chain);
        for server in servers.iter().filter(|server| !server.is_up(scene)) {
            let Some((claim, used)) = full_claim(scene, server) else { continue };
            let app = server.culprit();
            let evidence = scene
                .finding(format!("claim {claim} of {} is full", app.name()), app.object())
                .with_evidence(format!("{:.1} % used", used * 100.0));
            let [what, effect] = chain(app.name());
            let cause = RootCause::new(Cause::DbStorageFull, app, Likelihood::SHOWN, evidence);
            examination.name(cause.then(what).then(effect));
        }
    }
}

/// A claim of a database that has no space left.
fn full_claim<'a>(scene: &'a Scene, server: &Server) -> Option<(&'a str, f64)> {
    let signals = scene.signals.seen()?;
    let volumes = scene.graph.pods_of(&server.workload).flat_map(|pod| &pod.spec.volumes);
    let claims: Vec<&str> =
        volumes.filter_map(|volume| Some(volume.persistent_volume_claim.as_ref()?.claim_name.as_str())).collect();
    let full = |series: &'a SignalSeries| {
        let Subject::Claim { namespace, name } = &series.subject else { return None };
        let mine = *namespace == server.workload.namespace && claims.contains(&name.as_str());
        let used = series.last()?.value;
        (mine && used >= FULL).then_some((name.as_str(), used))
    };
    signals.of(Signal::VolumeUsed).find_map(full)
}
