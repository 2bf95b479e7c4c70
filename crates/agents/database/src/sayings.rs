//! Lines of logs that tell of a database, and which database they tell of.

use std::collections::BTreeSet;

use lamplighter_core::diagnosis::{ConnectionFailure, Culprit, Scene, Utterance};
use lamplighter_core::words::{Finding, Source};

use crate::clients::Client;
use crate::servers::{Engine, Server, Servers};

/// Words of a server or of its client, in lower case: all of them are in the line.
pub(crate) type Wording = (&'static [&'static str], Engine);

/// A kind of line that tells of a database.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Saying<'a> {
    pub said: Utterance<'a>,
    /// The database, where it is known which.
    pub server: Option<&'a Server>,
    pub engine: Engine,
}

/// Every kind of line with one of these wordings. A line that only passes on what another service said is left out
/// where that one says it itself.
pub(crate) fn sayings<'a>(
    scene: &'a Scene,
    servers: &'a Servers,
    clients: &[Client<'a>],
    wordings: &[Wording],
) -> Vec<Saying<'a>> {
    let mut sayings = Vec::new();
    for said in scene.logs.seen().into_iter().flat_map(lamplighter_core::diagnosis::LogBook::all) {
        let lower = said.text.to_lowercase();
        let Some((_, engine)) = wordings.iter().find(|(words, _)| words.iter().all(|word| lower.contains(word))) else {
            continue;
        };
        sayings.push(Saying { said, server: meant(scene, servers, clients, said, *engine), engine: *engine });
    }
    let is_server = |app: (&str, &str)| servers.named(app.0, app.1).is_some();
    let sayers: BTreeSet<&str> =
        sayings.iter().map(|saying| saying.said.app).filter(|app| !is_server(*app)).map(|(_, app)| app).collect();
    let above: BTreeSet<&str> = sayers.iter().flat_map(|app| scene.calls.dependants(app)).collect();
    // In a circle of calls each is above the other, and nobody passes anything on.
    if sayers.is_subset(&above) {
        return sayings;
    }
    sayings.retain(|saying| is_server(saying.said.app) || !above.contains(saying.said.app.1));
    sayings
}

/// The database that a line is about: the one that says it, the one that it names, the one that its app is
/// configured with or seen to call, the only one of its kind.
fn meant<'a>(
    scene: &'a Scene,
    servers: &'a Servers,
    clients: &[Client<'a>],
    said: Utterance<'a>,
    engine: Engine,
) -> Option<&'a Server> {
    let (namespace, app) = said.app;
    let fits = |server: &&Server| engine == Engine::Other || server.engine == engine;
    if let Some(own) = servers.named(namespace, app).filter(fits) {
        return Some(own);
    }
    let failure = ConnectionFailure::in_line(said.text);
    let named = failure.and_then(|failure| Some(servers.at(scene, namespace, &failure.peer()?)?.0));
    let configured = || {
        let mine = clients.iter().filter(|it| it.workload.namespace == namespace && it.workload.name == app);
        only(mine.map(|client| client.server).filter(fits))
    };
    let called = || {
        let called = scene.calls.callees(app).filter_map(|callee| servers.named(namespace, callee));
        only(called.filter(fits))
    };
    let alone = || only(servers.iter().filter(|server| server.workload.namespace == namespace).filter(fits));
    let anywhere = || only(servers.iter().filter(fits));
    named.filter(fits).or_else(configured).or_else(called).or_else(alone).or_else(anywhere)
}

/// The one thing that all of these are.
fn only<'a>(servers: impl Iterator<Item = &'a Server>) -> Option<&'a Server> {
    let mut only = None;
    for server in servers {
        match only {
            None => only = Some(server),
            Some(known) if std::ptr::eq(known, server) => {}
            Some(_) => return None,
        }
    }
    only
}

impl Saying<'_> {
    /// Who says it.
    pub(crate) fn sayer(&self) -> Culprit {
        Culprit::app(self.said.app.0, self.said.app.1)
    }

    /// Whether the database says it itself.
    pub(crate) fn is_own(&self) -> bool {
        self.server
            .is_some_and(|server| (server.workload.namespace.as_str(), server.workload.name.as_str()) == self.said.app)
    }

    /// The database, or who speaks of it where it is not known or not in the cluster.
    pub(crate) fn culprit(&self) -> Culprit {
        self.server.map_or_else(|| self.sayer(), Server::culprit)
    }

    /// The line, as evidence.
    pub(crate) fn finding(&self, scene: &Scene) -> Finding {
        let times = if self.said.count == 1 { "once".to_owned() } else { format!("{} times", self.said.count) };
        let summary = format!("{} logs, {times}, that a database fails it", self.said.app.1);
        let object = self.sayer().object();
        Finding::new(summary, object, Source::new("logs"), scene.taken_at()).with_evidence(self.said.text)
    }
}
