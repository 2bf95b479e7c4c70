//! A Vault that is sealed, slow, broken or lying.

use std::time::Duration;

use lamplighter_core::Clock;
use lamplighter_core::ErrorKind::{InvalidInput, Timeout, Unavailable};
use lamplighter_core::ports::Secrets;
use lamplighter_testkit::fakes::FakeClock;
use lamplighter_testkit::world::vault::{Node, SecretIdRules, TokenRules, TokenWorth, VaultFault};

use crate::support::{TIMEOUT, Town, assert_reads, failure, password, path};

/// A fault, what comes of it, whether a retry may help, and how often Vault was asked.
type Case = (VaultFault, lamplighter_core::ErrorKind, &'static str, bool, usize);

fn cases() -> Vec<Case> {
    vec![
        (VaultFault::status(500), Unavailable, "not able to answer: 500", true, 3),
        (VaultFault::status(502), Unavailable, "not able to answer: 502", true, 3),
        (VaultFault::status(429), Unavailable, "not able to answer: 429", true, 3),
        (VaultFault::status(412), Unavailable, "not able to answer: 412", true, 3),
        (VaultFault::status(503), Unavailable, "vault is sealed; unseal it", true, 1),
        (VaultFault::status(302), Unavailable, "not vault's API: it answers 302", false, 1),
        (VaultFault::status(401), Unavailable, "not vault's API: it answers 401", false, 1),
        (VaultFault::reset(), Unavailable, "the connection to vault broke", true, 3),
        (VaultFault::lose_answer(), Unavailable, "the connection to vault broke", true, 3),
        (VaultFault::empty(), Unavailable, "200 without a body", false, 1),
        (VaultFault::not_json(), Unavailable, "something else than JSON", false, 1),
        (VaultFault::huge(16 << 20), Unavailable, "larger than 4194304 bytes", false, 1),
        (VaultFault::hang(), Timeout, "no answer from vault within 10s", true, 1),
        (VaultFault::stalled(), Timeout, "no answer from vault within 10s", true, 1),
    ]
}

#[tokio::test]
async fn a_login_that_goes_wrong_says_how_and_never_takes_longer_than_it_may() {
    for (fault, kind, says, retryable, requests) in cases() {
        let town = Town::new();
        town.vault.fault(fault.lasting().on("POST", "/login"));
        let secrets = town.secrets();
        let error = failure(password(&secrets).await, kind, says);
        assert_eq!((error.is_retryable(), town.vault.logins()), (retryable, requests), "{error}");
        assert!(town.clock.now() <= FakeClock::START + TIMEOUT, "{error}");
        town.vault.heal();
        if kind == Timeout {
            // Whoever comes while a login is being given up shares its failure.
            drop(password(&secrets).await);
        }
        assert_reads(password(&secrets).await);
    }
}

#[tokio::test]
async fn a_read_that_goes_wrong_says_how_and_never_takes_longer_than_it_may() {
    for (fault, kind, says, retryable, requests) in cases() {
        let town = Town::new();
        let secrets = town.secrets();
        secrets.connect().await.unwrap();
        let begin = town.clock.now();
        town.vault.fault(fault.lasting().on("GET", "/data/"));
        let error = failure(password(&secrets).await, kind, says);
        let asked = town.vault.requests().iter().filter(|request| request.path.contains("/data/")).count();
        assert_eq!((error.is_retryable(), asked), (retryable, requests), "{error}");
        assert!(town.clock.now() <= begin + TIMEOUT, "{error}");
        town.vault.heal();
        assert_reads(password(&secrets).await);
        assert_eq!(town.vault.logins(), 1, "none of this is the token's fault");
    }
}

#[tokio::test]
async fn what_stumbles_once_is_asked_again() {
    for fault in [429, 500, 502, 503].map(VaultFault::status).into_iter().chain([VaultFault::reset()]) {
        let town = Town::new();
        let is_sealed = format!("{fault:?}").contains("503");
        town.vault.fault(fault.clone().times(2).on("POST", "/login"));
        town.vault.fault(fault.times(2).on("GET", "/data/"));
        let outcome = password(&town.secrets()).await;
        if is_sealed { drop(failure(outcome, Unavailable, "unseal")) } else { assert_reads(outcome) }
    }
}

#[tokio::test]
async fn an_answer_of_the_wrong_shape_is_not_quoted() {
    let town = Town::new();
    let secrets = town.secrets();
    town.vault.fault(VaultFault::wrong_shape().on("POST", "/login"));
    failure(password(&secrets).await, Unavailable, "it has no token in it");
    town.vault.fault(VaultFault::wrong_shape().on("GET", "/data/"));
    failure(password(&secrets).await, Unavailable, "it is no secret of a KV engine of version 2");
    assert_reads(password(&secrets).await);
}

#[tokio::test]
async fn a_secret_id_is_not_spent_twice_for_one_login() {
    let town = Town::new();
    let limits = SecretIdRules { uses: 3, ..SecretIdRules::default() };
    let secrets = town.secrets_as(town.approle(TokenRules::new(&["wiki"]), limits));
    town.vault.fault(VaultFault::lose_answer().on("POST", "/login"));
    failure(password(&secrets).await, Unavailable, "the connection to vault broke");
    assert_eq!(town.vault.logins(), 1);
    assert_reads(password(&secrets).await);
}

#[tokio::test]
async fn a_sealed_or_leaderless_vault_says_so() {
    let town = Town::new();
    let secrets = town.secrets();
    assert_reads(password(&secrets).await);
    town.vault.seal();
    failure(password(&secrets).await, Unavailable, "vault is sealed; unseal it");
    failure(town.secrets().connect().await.map_err(Into::into), Unavailable, "vault is sealed; unseal it");
    town.vault.unseal();
    town.vault.set_initialized(false);
    failure(password(&secrets).await, Unavailable, "vault is sealed; unseal it");
    town.vault.set_initialized(true);
    for node in [Node::Standby(None), Node::DisasterRecovery] {
        town.vault.become_node(node);
        failure(password(&secrets).await, Unavailable, "look at the cluster's leader");
        failure(town.secrets().connect().await.map_err(Into::into), Unavailable, "look at the cluster's leader");
    }
    town.vault.become_node(Node::PerformanceStandby);
    assert_reads(password(&secrets).await);
}

#[tokio::test]
async fn a_standby_leads_to_the_active_node() {
    let (town, active) = (Town::new(), Town::new());
    town.vault.become_node(Node::Standby(Some(active.vault.url())));
    let secrets = town.secrets();
    assert_reads(password(&secrets).await);
    assert_eq!((town.vault.requests().len(), active.vault.requests().len()), (2, 2));
    assert!(matches!(active.vault.requests()[1].token, TokenWorth::Good(_)));
    // Two standbys that lead to each other are no leader.
    active.vault.become_node(Node::Standby(Some(town.vault.url())));
    failure(password(&secrets).await, Unavailable, "it answers 307");
    // A place that is no node of it gets no token.
    for elsewhere in ["/elsewhere?", "/elsewhere#", "/v1/secret/data/shop/db#"] {
        town.vault.become_node(Node::Standby(Some(format!("{}{elsewhere}", active.vault.url()))));
        let asked = active.vault.requests().len();
        failure(password(&secrets).await, Unavailable, "no node of it");
        assert_eq!(active.vault.requests().len(), asked);
    }
}

#[tokio::test]
async fn a_slow_vault_is_waited_for_as_long_as_a_call_may_take() {
    let town = Town::new();
    let secrets = town.secrets();
    town.vault.set_latency(Duration::from_secs(4));
    assert_reads(password(&secrets).await);
    town.vault.set_latency(Duration::from_secs(11));
    failure(password(&secrets).await, Timeout, "no answer from vault within 10s");
}

#[tokio::test]
async fn a_vault_that_is_not_there_is_told_apart_from_one_that_breaks() {
    let town = Town::new();
    let secrets = town.secrets();
    assert_reads(password(&secrets).await);
    let clock = town.clock.clone();
    drop(town);
    let begin = clock.now();
    let error = failure(password(&secrets).await, Unavailable, "vault cannot be reached");
    assert!(error.is_retryable() && clock.now() <= begin + TIMEOUT, "{error}");
}

#[tokio::test]
async fn settings_and_certificates_that_cannot_be_used_are_refused_at_once() {
    let town = Town::new();
    let refused = |settings| {
        let made = lamplighter_vault::VaultSecrets::new(settings, std::sync::Arc::new(town.clock.clone()));
        made.map(drop).map_err(lamplighter_core::Error::from)
    };
    let settings = || town.settings(town.kubernetes());
    failure(refused(settings().with_ca_file("/no/such/file")), InvalidInput, "/no/such/file");
    failure(refused(settings().with_ca_file(town.jwt_path())), InvalidInput, "there is none in it");
    failure(refused(settings().with_mount("")), InvalidInput, "no mount");
    let secrets = town.secrets();
    failure(secrets.get(&path("a//b", "password")).await, InvalidInput, "a//b");
}
