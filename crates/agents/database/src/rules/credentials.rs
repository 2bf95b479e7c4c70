use std::collections::{BTreeMap, BTreeSet};

use lamplighter_core::diagnosis::{Cause, Culprit, Examination, Likelihood, RootCause, Rule, Scene};

use crate::clients::{Client, clients};
use crate::sayings::{Saying, Wording, sayings};
use crate::servers::{Engine, Server, Servers};

/// A database refuses a client's name or password.
///
/// Relied on: `MySQL` errors 1045 (SQLSTATE 28000), 1044 and 1130, `PostgreSQL` SQLSTATE 28P01 and 28000, Redis'
/// `WRONGPASS` and `NOAUTH`, `MongoDB` error 18, each as their manuals have them.
///
/// Where one client fails and another does not, the one that fails is configured wrongly. Where all of several fail, it
/// is the database that was changed. A database that writes of it itself names the client by its address.
pub(super) struct Credentials;

const REFUSALS: [Wording; 17] = [
    (&["access denied for user '"], Engine::MySql),
    (&["er_access_denied_error"], Engine::MySql),
    (&["is not allowed to connect to this mysql server"], Engine::MySql),
    (&["is not allowed to connect to this mariadb server"], Engine::MySql),
    (&["password authentication failed for user"], Engine::Postgres),
    (&["no pg_hba.conf entry for host"], Engine::Postgres),
    (&["28p01"], Engine::Postgres),
    (&["role \"", "\" does not exist"], Engine::Postgres),
    (&["no password supplied"], Engine::Postgres),
    (&["the server requested password-based authentication"], Engine::Postgres),
    (&["wrongpass "], Engine::Redis),
    (&["noauth authentication required"], Engine::Redis),
    (&["err invalid password"], Engine::Redis),
    (&["without any password configured for the default user"], Engine::Redis),
    (&["scram", "authentication failed"], Engine::Mongo),
    (&["mongo", "authentication failed"], Engine::Mongo),
    (&["authenticationfailed"], Engine::Mongo),
];

/// Fewer lines than this of an app that is well are somebody's mistyping.
const OFTEN: u64 = 3;

impl Rule for Credentials {
    fn name(&self) -> &'static str {
        "credentials"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::MysqlInvalidCredentials]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let servers = Servers::of(scene);
        let clients = clients(scene, &servers);
        let sayings = sayings(scene, &servers, &clients, &REFUSALS);
        let mut refused: BTreeMap<Option<Culprit>, Vec<(&Saying<'_>, Culprit)>> = BTreeMap::new();
        for saying in &sayings {
            let who = if saying.is_own() { client_in(scene, saying.said.text) } else { Some(saying.sayer()) };
            let who = who.unwrap_or_else(|| saying.sayer());
            refused.entry(saying.server.map(Server::culprit)).or_default().push((saying, who));
        }
        for (database, lines) in refused {
            let failing: BTreeSet<&Culprit> =
                lines.iter().map(|(_, who)| who).filter(|who| Some(*who) != database.as_ref()).collect();
            let everyone = database.as_ref().is_some_and(|it| all_fail(scene, &clients, it, &failing));
            let culprits: Vec<&Culprit> = match &database {
                Some(database) if everyone || failing.is_empty() => vec![database],
                _ => failing.iter().copied().collect(),
            };
            for culprit in culprits {
                let about = lines.iter().filter(|(_, who)| everyone || failing.is_empty() || who == culprit);
                if let Some(cause) = named(scene, culprit, about, database.as_ref()) {
                    examination.name(
                        failing.iter().fold(
                            cause,
                            |cause, who| {
                                if everyone { cause.affecting((*who).clone()) } else { cause }
                            },
                        ),
                    );
                }
            }
        }
    }
}

fn named<'a>(
    scene: &Scene,
    culprit: &Culprit,
    lines: impl Iterator<Item = &'a (&'a Saying<'a>, Culprit)>,
    database: Option<&Culprit>,
) -> Option<RootCause> {
    let lines: Vec<&Saying<'_>> = lines.map(|(saying, _)| *saying).collect();
    let count: u64 = lines.iter().map(|saying| saying.said.count).sum();
    let suffers = lines.iter().any(|saying| is_unwell(scene, &saying.sayer()));
    let of_mysql = lines.iter().any(|saying| saying.engine == Engine::MySql);
    // Whoever tries a door is in the log of the door; it is of no account while nobody suffers.
    if lines.iter().all(|saying| saying.is_own()) && !is_unwell(scene, culprit) {
        return None;
    }
    let confidence = match (of_mysql, suffers || count >= OFTEN) {
        (true, true) => Likelihood::STATED,
        (false, true) => Likelihood::SHOWN,
        (_, false) => Likelihood::LIKELY,
    };
    let mut findings = lines.iter().take(4).map(|saying| saying.finding(scene));
    let name = database.map_or("the database", Culprit::name);
    let cause = RootCause::new(Cause::MysqlInvalidCredentials, culprit.clone(), confidence, findings.next()?)
        .then(if Some(culprit) == database {
            format!("{name} does not know the name or the password that its clients have.")
        } else {
            format!("{} has a name or a password that {name} does not know.", culprit.name())
        })
        .then("It gets no connection, and whatever needs the data fails.");
    Some(findings.fold(cause, RootCause::and))
}

/// Whether every client of a database that is known fails, and there are several.
fn all_fail(scene: &Scene, clients: &[Client<'_>], database: &Culprit, failing: &BTreeSet<&Culprit>) -> bool {
    let configured = clients.iter().filter(|client| client.server.culprit() == *database);
    let mut known: BTreeSet<&str> = configured.map(|client| client.workload.name.as_str()).collect();
    known.extend(scene.calls.callers(database.name()));
    failing.len() > 1 && known.iter().all(|name| failing.iter().any(|who| who.name() == *name))
}

/// The client in the words of a server: `'me'@'10.1.0.7'`, `connection from host "10.1.0.7"`.
fn client_in(scene: &Scene, text: &str) -> Option<Culprit> {
    let words = text.split(|c: char| !(c.is_ascii_hexdigit() || matches!(c, '.' | ':')));
    let addresses: Vec<&str> = words.filter(|word| word.parse::<core::net::IpAddr>().is_ok()).collect();
    let pods = scene.state().pods.items().iter();
    let mut mine = pods.filter(|pod| pod.status.pod_ip.as_deref().is_some_and(|ip| addresses.contains(&ip)));
    let workload = scene.graph.workload_of(mine.next()?)?;
    Some(Culprit::app(workload.namespace, workload.name))
}

/// Whether an app has a pod that is not ready or was restarted.
fn is_unwell(scene: &Scene, app: &Culprit) -> bool {
    let namespace = app.in_namespace().unwrap_or_default();
    let mine = scene
        .graph
        .workloads()
        .filter(|status| status.workload.name == app.name() && status.workload.namespace == namespace);
    let mut pods = mine.flat_map(|status| scene.graph.pods_of(&status.workload));
    pods.any(|pod| !pod.is_ready() || pod.restarts() > 0)
}
