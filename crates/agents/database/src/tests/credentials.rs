use lamplighter_core::diagnosis::{Cause, Likelihood};

use super::fixtures::{MARIA, MONGO, POSTGRES, REDIS, causes, check, codes, till_and, till_desk_and, unready};

const DENIED: &str = "ERROR 1045 (28000): Access denied for user 'till'@'10.1.0.7' (using password: YES)";
const CAUSE: Cause = Cause::MysqlInvalidCredentials;

#[test]
fn the_client_that_alone_is_refused_is_configured_wrongly() {
    let scene = unready(till_desk_and(MARIA, 3306).said("shop", "till", &[DENIED]), "till");
    assert_eq!(check(scene, CAUSE, "app/till").confidence, Likelihood::STATED);
    let only = till_and(MARIA, 3306).said("shop", "till", &[DENIED, "x", DENIED, DENIED]);
    assert_eq!(check(only, CAUSE, "app/till").confidence, Likelihood::STATED);
    let once = till_and(MARIA, 3306).said("shop", "till", &[DENIED]);
    assert_eq!(check(once, CAUSE, "app/till").confidence, Likelihood::LIKELY);
}

#[test]
fn a_database_that_refuses_all_its_clients_was_changed() {
    let scene = till_desk_and(MARIA, 3306).said("shop", "till", &[DENIED]).said("shop", "desk", &[DENIED]);
    let named = check(unready(scene, "till"), CAUSE, "app/store");
    assert_eq!(named.affects.iter().map(ToString::to_string).collect::<Vec<_>>(), ["app/desk", "app/till"]);
}

#[test]
fn a_third_client_that_is_served_clears_the_database() {
    let scene = till_desk_and(MARIA, 3306).call("clerk", "store");
    let scene = scene.said("shop", "till", &[DENIED]).said("shop", "desk", &[DENIED]);
    let named: Vec<_> = causes(scene).iter().map(|cause| cause.culprit.to_string()).collect();
    assert_eq!(named, ["app/desk", "app/till"]);
}

#[test]
fn the_log_of_the_database_names_the_client_by_its_address() {
    let scene = || till_desk_and(MARIA, 3306).said("shop", "store", &[DENIED]);
    check(unready(scene(), "till"), CAUSE, "app/till");
    assert!(codes(scene()).is_empty(), "somebody tried, and nobody suffers");
}

#[test]
fn other_servers_refuse_in_their_own_words() {
    let cases = [
        (POSTGRES, "FATAL: password authentication failed for user \"till\""),
        (REDIS, "WRONGPASS invalid username-password pair or user is disabled."),
        (REDIS, "NOAUTH Authentication required."),
        (MONGO, "MongoServerError: Authentication failed. code AuthenticationFailed"),
    ];
    for (image, line) in cases {
        let scene = unready(till_and(image, 3306).said("shop", "till", &[line]), "till");
        assert_eq!(check(scene, CAUSE, "app/till").confidence, Likelihood::SHOWN, "{line}");
    }
}

#[test]
fn an_application_that_denies_access_itself_is_no_database() {
    let scene = till_and(MARIA, 3306).said("shop", "till", &["access denied for user 42 to page admin"]);
    assert!(codes(scene).is_empty());
}
