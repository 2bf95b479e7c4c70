use lamplighter_core::diagnosis::{Cause, Likelihood, Signal, Subject};
use lamplighter_testkit::scene::{SceneBuilder, scene_of};

use super::fixtures::{MARIA, MONGO, POSTGRES, REDIS, app, causes, check, codes, till_and};
use crate::Database;

const POOL: &str = "Till-Pool - Connection is not available, request timed out after 30000ms.";

fn used(scene: SceneBuilder, part: f64) -> SceneBuilder {
    scene.series(Signal::DbConnections, Subject::Target("store-0:9104".to_owned()), &[], &[0.2, part])
}

#[test]
fn a_database_that_refuses_more_connections_is_named_by_its_words() {
    let cases = [
        (
            MARIA,
            "java.sql.SQLNonTransientConnectionException: Data source rejected establishment: Too many connections",
        ),
        (MARIA, "ERROR 1040 (08004): Too many connections"),
        (MARIA, "User 'till' has exceeded the 'max_user_connections' resource (current value: 5)"),
        (POSTGRES, "FATAL: sorry, too many clients already"),
        (POSTGRES, "FATAL: remaining connection slots are reserved for roles with the SUPERUSER attribute"),
        (REDIS, "redis.exceptions.ConnectionError: max number of clients reached"),
        (MONGO, "connection refused because there are too many open connections"),
    ];
    for (image, line) in cases {
        let named =
            check(till_and(image, 3306).said("shop", "till", &[line]), Cause::DbConnectionExhaustion, "app/store");
        assert_eq!(named.confidence, Likelihood::STATED, "{line}");
        assert_eq!(named.affects[0].to_string(), "app/till");
        check(till_and(image, 3306).said("shop", "store", &[line]), Cause::DbConnectionExhaustion, "app/store");
    }
}

#[test]
fn a_database_outside_of_the_cluster_leaves_the_client_to_be_named() {
    let till = app("till", "registry.example.org/till:2", &[], "10.1.0.7");
    let scene = scene_of(till).said("shop", "till", &["ERROR 1040 (08004): Too many connections"]);
    assert_eq!(check(scene, Cause::DbConnectionExhaustion, "app/till").confidence, Likelihood::LIKELY);
}

#[test]
fn what_callers_pass_on_is_not_theirs() {
    let desk = app("desk", "registry.example.org/desk:2", &[], "10.1.0.8");
    let line = "Too many connections";
    let scene = desk.into_iter().fold(till_and(MARIA, 3306), SceneBuilder::object).call("desk", "till");
    let named = check(
        scene.said("shop", "till", &[line]).said("shop", "desk", &["upstream said: Too many connections"]),
        Cause::DbConnectionExhaustion,
        "app/store",
    );
    assert_eq!(named.affects.len(), 1);
}

#[test]
fn services_that_call_each_other_are_both_heard() {
    let line = "Too many connections";
    let scene = till_and(MARIA, 3306).call("desk", "till").call("till", "desk");
    let scene = scene.said("shop", "till", &[line]).said("shop", "desk", &[line]);
    assert_eq!(check(scene, Cause::DbConnectionExhaustion, "app/store").affects.len(), 2);
}

#[test]
fn an_empty_pool_counts_with_a_sign_of_the_server() {
    let waiting = || till_and(MARIA, 3306).said("shop", "till", &[POOL]);
    assert_eq!(check(waiting(), Cause::DbConnectionExhaustion, "app/store").confidence, Likelihood::POSSIBLE);
    let full = causes(used(waiting(), 0.99));
    assert!(full[0].confidence >= Likelihood::SHOWN);
    assert_eq!(causes(used(waiting(), 0.5))[0].confidence, Likelihood::POSSIBLE);
    let few = waiting().change(|state| {
        let mut sets = state.stateful_sets.items().to_vec();
        let store = sets.iter_mut().find(|set| set.metadata.name == "store").unwrap();
        store.spec.template.spec.containers[0].args = vec!["--max_connections=4".to_owned()];
        state.stateful_sets = lamplighter_core::cluster::Observed::Seen(sets);
    });
    assert_eq!(check(few, Cause::DbConnectionExhaustion, "app/store").confidence, Likelihood::SHOWN);
}

#[test]
fn a_full_database_that_nobody_suffers_from_is_a_finding() {
    let report = Database::new().examine(&used(till_and(MARIA, 3306), 0.99).build());
    assert_eq!((report.causes.len(), report.findings.len()), (0, 1));
}

#[test]
fn an_exporter_is_no_database() {
    let exporter = app("meter", "registry.example.org/mysqld-exporter:1", &[], "10.1.0.4");
    let scene = scene_of(exporter).said("shop", "meter", &["ready"]);
    assert!(codes(scene).is_empty());
    let scene = scene_of(app("meter", "registry.example.org/mysqld-exporter:1", &[], "10.1.0.4"));
    assert_eq!(crate::servers::Servers::of(&scene.build()).iter().count(), 0);
}
