use lamplighter_core::diagnosis::{
    Cause, Examination, Likelihood, RootCause, Rule, Scene, Signal, SignalSeries, Subject,
};

use super::name_by_sayings;
use crate::clients::clients;
use crate::sayings::{Saying, Wording, sayings};
use crate::servers::{Engine, Server, Servers};

/// A database has no connections left.
///
/// Relied on: `MySQL` error 1040 (SQLSTATE 08004) and 1203, `PostgreSQL` SQLSTATE 53300, the refusals of Redis at
/// `maxclients` and of `MongoDB` at `maxIncomingConnections`, each as their manuals have them. A client's pool that
/// gives none out in time (`HikariCP`, `SQLAlchemy`, knex, ADO.NET) may be too small or leak itself, so that it counts
/// only with a sign of the server's.
pub(super) struct Connections;

const REFUSALS: [Wording; 13] = [
    (&["too many connections for role"], Engine::Postgres),
    (&["too many connections for database"], Engine::Postgres),
    (&["too many clients already"], Engine::Postgres),
    (&["remaining connection slots are reserved"], Engine::Postgres),
    (&["no more connections allowed"], Engine::Postgres),
    (&["max number of clients reached"], Engine::Redis),
    (&["too many open connections"], Engine::Mongo),
    (&["max_user_connections"], Engine::MySql),
    (&["max_connections", "exceeded"], Engine::MySql),
    (&["too many connections"], Engine::MySql),
    (&["er_con_count_error"], Engine::MySql),
    (&["sqlstate", "53300"], Engine::Postgres),
    (&["blocked because of many connection errors"], Engine::MySql),
];

const POOLS: [Wording; 9] = [
    (&["connection is not available, request timed out"], Engine::Other),
    (&["queuepool limit"], Engine::Other),
    (&["timeout acquiring a connection"], Engine::Other),
    (&["obtaining a connection from the pool"], Engine::Other),
    (&["unable to acquire jdbc connection"], Engine::Other),
    (&["could not open jdbc connection", "pool"], Engine::Other),
    (&["connection pool exhausted"], Engine::Other),
    (&["connection pool timeout"], Engine::Redis),
    (&["timed out while checking out a connection from connection pool"], Engine::Mongo),
];

/// From here on the next client is the last.
const FULL: f64 = 0.95;

/// A server that takes fewer than this was set up so by mistake, or to try something.
const FEW: u32 = 20;

/// So many refusals of a pool are more than a peak.
const OFTEN: u64 = 10;

impl Rule for Connections {
    fn name(&self) -> &'static str {
        "connections"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::DbConnectionExhaustion]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let servers = Servers::of(scene);
        let clients = clients(scene, &servers);
        let cause = Cause::DbConnectionExhaustion;
        let chain = |name: &str| {
            [
                format!("{name} has as many connections as it takes, and refuses more."),
                "Those who ask it wait for a connection or fail, and so do their callers.".to_owned(),
            ]
        };
        let refused = sayings(scene, &servers, &clients, &REFUSALS);
        let stated = |saying: &Saying<'_>| super::stated(saying);
        name_by_sayings(scene, examination, cause, &refused, stated, chain);
        let waiting = sayings(scene, &servers, &clients, &POOLS);
        name_by_sayings(
            scene,
            examination,
            cause,
            &waiting,
            |saying: &Saying<'_>| match saying.server {
                Some(server) if is_full(scene, server).is_some() || takes_few(scene, server).is_some() => {
                    Likelihood::SHOWN
                }
                // Again and again, while the server itself is up.
                Some(server) if saying.said.count >= OFTEN && server.is_up(scene) => Likelihood::new(0.5),
                _ => Likelihood::POSSIBLE,
            },
            chain,
        );
        for server in servers.iter() {
            let Some((used, at)) = is_full(scene, server) else { continue };
            let app = server.culprit();
            let summary = format!("{} uses {:.0} % of its connections", app.name(), used * 100.0);
            let finding = scene.finding(summary, app.object()).with_evidence(format!("{used:.3} at {at}"));
            let suffers = refused.iter().chain(&waiting).any(|saying| saying.culprit() == app);
            if !suffers {
                examination.find(finding);
                continue;
            }
            let [what, effect] = chain(app.name());
            examination.name(RootCause::new(cause, app, Likelihood::SHOWN, finding).then(what).then(effect));
        }
    }
}

/// The part of its connections that a database uses, where that is nearly all.
fn is_full(scene: &Scene, server: &Server) -> Option<(f64, jiff::Timestamp)> {
    let series = scene.signals.seen()?.of(Signal::DbConnections);
    let mine = series.filter(|series| match &series.subject {
        Subject::App { name, .. } => *name == server.workload.name || server.ports.contains_key(name),
        Subject::Target(target) => server.is_target(scene, target),
        _ => false,
    });
    let last = mine.filter_map(SignalSeries::last).filter(|last| last.value >= FULL);
    last.map(|sample| (sample.value, sample.at)).max_by(|a, b| a.0.total_cmp(&b.0))
}

/// The setting by which a database takes very few connections.
fn takes_few(scene: &Scene, server: &Server) -> Option<String> {
    let template = scene.graph.template_of(&server.workload)?;
    let words = template.spec.containers.iter().flat_map(|container| container.command.iter().chain(&container.args));
    let joined: Vec<&str> = words.map(String::as_str).collect();
    let text = joined.join(" ");
    ["max_connections", "max-connections", "maxclients", "maxConns", "max_user_connections"].iter().find_map(|name| {
        let (_, rest) = text.split_once(name)?;
        let rest = rest.trim_start_matches(['=', ' ']);
        let number: u32 = rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
        (number <= FEW).then(|| format!("{name} {number}"))
    })
}
