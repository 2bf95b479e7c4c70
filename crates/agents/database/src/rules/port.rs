use std::collections::BTreeSet;

use lamplighter_core::diagnosis::{
    Cause, ConnectionFailure, ConnectionFailureKind, Culprit, Examination, Likelihood, RootCause, Rule, Scene,
    Utterance,
};
use lamplighter_core::words::{Finding, Source};

use crate::clients::{Client, clients};
use crate::sayings::{Saying, Wording, sayings};
use crate::servers::{Engine, Server, Servers};

/// A client asks for a database on a port on which it does not listen.
///
/// Relied on: a service takes connections on the ports that it lists and on no others (Kubernetes docs, Service); what
/// is sent to its address on another port is refused or lost. `MySQL`'s drivers then say `Communications link failure`
/// (Connector/J), error 2003 or 2002 (libmysqlclient), or pass on the refusal of the system. The client is the one
/// whose configuration is wrong.
pub(super) struct Port;

impl Rule for Port {
    fn name(&self) -> &'static str {
        "port"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::MysqlInvalidPort]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let servers = Servers::of(scene);
        let clients = clients(scene, &servers);
        let mut named: BTreeSet<(Culprit, Culprit)> = BTreeSet::new();
        for client in clients.iter().filter(|client| is_sql(client.server)) {
            let Some(port) = client.port.filter(|port| !takes(client.server, client.service, *port)) else { continue };
            if service_is_off(&clients, client.server, client.service, port) {
                continue;
            }
            let app = Culprit::app(&client.workload.namespace, &client.workload.name);
            let Some(effect) = effect(scene, client, port) else { continue };
            if named.insert((app.clone(), client.server.culprit())) {
                let setting = scene
                    .finding(format!("{} is configured with port {port}", app.name()), app.object())
                    .with_evidence(&client.setting)
                    .with_evidence(ports(client.server, client.service));
                let confidence = of_engine(client.server, 0.93);
                examination.name(cause(app, client.server, port, confidence, effect).and(setting));
            }
        }
        for said in scene.logs.seen().into_iter().flat_map(lamplighter_core::diagnosis::LogBook::all) {
            let Some((server, service, port)) = wrong_address(scene, &servers, said) else { continue };
            if service_is_off(&clients, server, service, port) {
                continue;
            }
            let app = Culprit::app(said.app.0, said.app.1);
            let is_caller = scene.calls.callees(said.app.1).any(|callee| callee == server.workload.name);
            let passes_on = !is_caller && scene.calls.depends_on(said.app.1, &server.workload.name);
            if !passes_on && named.insert((app.clone(), server.culprit())) {
                let finding = line(scene, said).with_evidence(ports(server, service));
                examination.name(cause(app, server, port, of_engine(server, 0.88), finding));
            }
        }
        let cut_off = cut_off(scene, &servers, &clients)
            .filter(|(app, server, _)| !named.iter().any(|(other, its)| other == app || *its == server.culprit()));
        if let Some((app, server, finding)) = cut_off {
            let what = format!("{} does not reach {} where it looks for it.", app.name(), server.workload.name);
            let cause = RootCause::new(Cause::MysqlInvalidPort, app, Likelihood::new(0.55), finding);
            let effect = "It gets no connection, and whatever needs the data fails, while others are served.";
            examination.name(cause.then(what).then(effect));
        }
    }
}

/// Whether it is the service that is off: the port that it does not take is the one on which its database listens, and
/// nobody is configured with a port that it takes.
fn service_is_off(clients: &[Client<'_>], server: &Server, service: &str, port: u16) -> bool {
    let of_it = clients.iter().filter(|it| it.server.workload == server.workload && it.service == service);
    let content = of_it.filter_map(|it| it.port).any(|asked| takes(server, service, asked));
    server.listens.contains(&port) && !content
}

/// The one client that cannot connect to a `MySQL` that is up and named, with a port that is not known: it is written
/// in a secret. Where more than one fails, or the port is the right one, it is something on the way.
fn cut_off<'a>(
    scene: &'a Scene,
    servers: &'a Servers,
    clients: &[Client<'a>],
) -> Option<(Culprit, &'a Server, Finding)> {
    let failing: Vec<Saying<'_>> = sayings(scene, servers, clients, &NO_LINK);
    let first = failing.first()?;
    let app = first.sayer();
    let server = first.server.filter(|server| server.is_up(scene) && !first.is_own())?;
    let alone = failing.iter().all(|saying| saying.sayer() == app);
    let known = clients.iter().any(|client| {
        client.workload.name == app.name() && client.server.culprit() == server.culprit() && client.port.is_some()
    });
    let elsewhere = failing.iter().filter_map(|saying| ConnectionFailure::in_line(saying.said.text));
    let resolves = !elsewhere.into_iter().any(|failure| failure.kind.is_resolution());
    let said_port =
        failing.iter().any(|saying| ConnectionFailure::in_line(saying.said.text).is_some_and(|it| it.port.is_some()));
    (alone && !known && resolves && !said_port).then(|| (app, server, line(scene, first.said)))
}

/// What drivers say when nothing of the protocol came about.
const NO_LINK: [Wording; 8] = [
    (&["communications link failure"], Engine::MySql),
    (&["can't connect to mysql server"], Engine::MySql),
    (&["can't connect to server on"], Engine::MySql),
    (&["could not create connection to database server"], Engine::MySql),
    // PDO, mysqli, Python and .NET.
    (&["[2002]", "refused"], Engine::MySql),
    (&["hy000/2002", "refused"], Engine::MySql),
    (&["(2002, ", "connect"], Engine::MySql),
    (&["specified mysql hosts"], Engine::MySql),
];

fn cause(app: Culprit, server: &Server, port: u16, confidence: Likelihood, finding: Finding) -> RootCause {
    let (client, name) = (app.name().to_owned(), &server.workload.name);
    RootCause::new(Cause::MysqlInvalidPort, app, confidence, finding)
        .then(format!("{client} asks for {name} on port {port}, on which {name} does not listen."))
        .then("It gets no connection, and whatever needs the data fails.")
}

/// The name of the cause is of `MySQL`; of other servers an address that is wrong is as good a name.
fn of_engine(server: &Server, confidence: f64) -> Likelihood {
    Likelihood::new(if server.engine == Engine::MySql { confidence } else { 0.5 })
}

fn is_sql(server: &Server) -> bool {
    matches!(server.engine, Engine::MySql | Engine::Postgres)
}

/// Whether a service takes connections on a port. Of one whose ports are not recorded nobody knows.
fn takes(server: &Server, service: &str, port: u16) -> bool {
    server.ports.get(service).is_none_or(|ports| ports.is_empty() || ports.contains(&port))
}

fn ports(server: &Server, service: &str) -> String {
    let ports = server.ports.get(service).into_iter().flatten().map(u16::to_string).collect::<Vec<_>>();
    format!("service {service} takes connections on {}", ports.join(", "))
}

/// What shows that a wrong port does harm: a failed connection in the client's log, or a pod that does not get ready.
fn effect(scene: &Scene, client: &Client<'_>, port: u16) -> Option<Finding> {
    let said = scene.said_by(client.workload).find(|said| {
        let failure = ConnectionFailure::in_line(said.text);
        let fits = |failure: &ConnectionFailure| {
            is_of_a_port(failure.kind)
                && failure.port.is_none_or(|other| other == port)
                && failure.host.as_deref().is_none_or(|host| host.starts_with(client.service))
        };
        failure.as_ref().is_some_and(fits) || says_no_database(said.text)
    });
    if let Some(said) = said {
        return Some(line(scene, said));
    }
    let unwell = scene.graph.pods_of(client.workload).find(|pod| !pod.is_ready() || pod.restarts() > 0)?;
    let object = lamplighter_core::words::ObjectRef::pod(unwell.metadata.namespace(), &unwell.metadata.name);
    let restarts = unwell.restarts();
    Some(
        scene
            .finding(format!("pod {} is not ready or was restarted", unwell.metadata.name), object)
            .with_evidence(format!("ready {}, restarts {restarts}", unwell.is_ready())),
    )
}

fn is_of_a_port(kind: ConnectionFailureKind) -> bool {
    use ConnectionFailureKind::{NoRoute, NotConnected, Refused, Reset, TimedOut};
    matches!(kind, Refused | TimedOut | NotConnected | NoRoute | Reset)
}

/// The words of drivers that do not say where they could not connect.
fn says_no_database(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words =
        ["communications link failure", "can't connect to mysql server", "unable to obtain connection from database"];
    words.iter().any(|words| lower.contains(words))
}

/// A failed connection to the address of a database, on a port that its service does not take.
fn wrong_address<'a>(
    scene: &'a Scene,
    servers: &'a Servers,
    said: Utterance<'_>,
) -> Option<(&'a Server, &'a str, u16)> {
    let failure = ConnectionFailure::in_line(said.text).filter(|failure| is_of_a_port(failure.kind))?;
    let (server, service) = servers.at(scene, said.app.0, &failure.peer()?)?;
    let port = failure.port.filter(|port| is_sql(server) && !takes(server, service, *port))?;
    let own = (server.workload.namespace.as_str(), server.workload.name.as_str()) == said.app;
    (!own).then_some((server, service, port))
}

fn line(scene: &Scene, said: Utterance<'_>) -> Finding {
    let object = Culprit::app(said.app.0, said.app.1).object();
    let summary = format!("{} cannot connect to a database", said.app.1);
    Finding::new(summary, object, Source::new("logs"), scene.taken_at()).with_evidence(said.text)
}
