use lamplighter_core::diagnosis::{Cause, Examination, Likelihood, Rule, Scene};

use super::name_by_sayings;
use crate::clients::clients;
use crate::sayings::{Saying, Wording, sayings};
use crate::servers::{Engine, Servers};

/// A database refuses to write.
///
/// Relied on: `MySQL` errors 1290 (with `--read-only` or `--super-read-only`), 1836 and 1792, `PostgreSQL` SQLSTATE
/// 25006, Redis' `READONLY` of a replica and `MISCONF` of a server that cannot persist, `MongoDB`'s
/// `NotWritablePrimary`, each as their manuals have them. A transaction that the client itself began as read-only
/// says 1792 as well, and a driver's own refusal never reaches the server; both count less.
pub(super) struct ReadOnly;

const REFUSALS: [Wording; 20] = [
    (&["--read-only option"], Engine::MySql),
    (&["--super-read-only option"], Engine::MySql),
    (&["running with the read_only option"], Engine::MySql),
    (&["running in read-only mode"], Engine::MySql),
    (&["innodb is in read only mode"], Engine::MySql),
    (&["er_option_prevents_statement"], Engine::MySql),
    (&["cannot execute", "in a read-only transaction"], Engine::Postgres),
    (&["sqlstate", "25006"], Engine::Postgres),
    (&["readonly you can't write"], Engine::Redis),
    (&["misconf redis is configured to save"], Engine::Redis),
    (&["misconf valkey is configured to save"], Engine::Redis),
    (&["misconf errors writing to the aof"], Engine::Redis),
    (&["readonlyerror"], Engine::Redis),
    (&["command cannot be issued to a replica"], Engine::Redis),
    (&["requires writable - not eligible for replica"], Engine::Redis),
    (&["notwritableprimary"], Engine::Mongo),
    (&["not primary and secondaryok=false"], Engine::Mongo),
    (&["not master and slaveok=false"], Engine::Mongo),
    (&["index read-only / allow delete"], Engine::Other),
    (&["read only transaction"], Engine::MySql),
];

const BY_DRIVER: [Wording; 2] = [
    (&["connection is read-only. queries leading to data modification"], Engine::Other),
    (&["attempt to write a readonly database"], Engine::Other),
];

impl Rule for ReadOnly {
    fn name(&self) -> &'static str {
        "read-only"
    }

    fn causes(&self) -> &'static [Cause] {
        &[Cause::DbReadOnly]
    }

    fn examine(&self, scene: &Scene, examination: &mut Examination) {
        let servers = Servers::of(scene);
        let clients = clients(scene, &servers);
        let chain = |name: &str| {
            [
                format!("{name} answers reads and refuses to write."),
                "Whatever is to be saved fails, while pages that only show things still work.".to_owned(),
            ]
        };
        let refused = sayings(scene, &servers, &clients, &REFUSALS);
        let confidence = |saying: &Saying<'_>| {
            // A client may begin such a transaction by itself.
            if saying.said.text.to_lowercase().contains("read only transaction") {
                Likelihood::SHOWN
            } else {
                super::stated(saying)
            }
        };
        name_by_sayings(scene, examination, Cause::DbReadOnly, &refused, confidence, chain);
        let by_driver = sayings(scene, &servers, &clients, &BY_DRIVER);
        let possible = |_: &Saying<'_>| Likelihood::POSSIBLE;
        name_by_sayings(scene, examination, Cause::DbReadOnly, &by_driver, possible, chain);
    }
}
