//! Values that are read anew, read together, and kept for when Vault is away.

use std::time::Duration;

use futures_util::future::join_all;
use lamplighter_core::ErrorKind::{NotFound, Permission, Timeout, Unavailable};
use lamplighter_testkit::world::vault::{PolicyRule, VaultFault};
use lamplighter_vault::VaultSecrets;
use secrecy::ExposeSecret;

use crate::support::{Town, assert_reads, failure, password};

const MINUTE: Duration = Duration::from_mins(1);

impl Town {
    fn patient(&self) -> VaultSecrets {
        self.secrets_with(self.settings(self.kubernetes()).with_patience(MINUTE * 15))
    }

    fn reads(&self) -> usize {
        self.vault.requests().iter().filter(|request| request.path.contains("/data/")).count()
    }
}

#[tokio::test]
async fn every_call_reads_the_latest_value() {
    let town = Town::still();
    for secrets in [town.secrets(), town.patient()] {
        for value in ["one", "two", "three"] {
            town.vault.put("secret", "wiki/db", &[("password", value)]);
            assert_eq!(password(&secrets).await.unwrap().expose_secret(), value);
        }
    }
}

#[tokio::test]
async fn those_who_read_the_same_at_the_same_time_share_one_answer() {
    let town = Town::still();
    let secrets = town.secrets();
    join_all((0..100).map(|_| password(&secrets))).await.into_iter().for_each(assert_reads);
    assert_eq!((town.reads(), town.vault.logins()), (1, 1));
    town.vault.fault(VaultFault::status(403).times(2).on("GET", "/data/"));
    for outcome in join_all((0..100).map(|_| password(&secrets))).await {
        failure(outcome, Permission, "may not read");
    }
    assert_eq!(town.reads(), 3);
    assert_reads(password(&secrets).await);
}

#[tokio::test]
async fn an_answer_that_somebody_has_not_taken_yet_is_no_news_to_others() {
    let town = Town::still();
    let secrets = town.secrets();
    let mut slow = Box::pin(password(&secrets));
    assert!(futures_util::poll!(&mut slow).is_pending());
    assert_reads(password(&secrets).await);
    town.vault.put("secret", "wiki/db", &[("password", "new")]);
    assert_eq!(password(&secrets).await.unwrap().expose_secret(), "new");
    assert_reads(slow.await);
    assert_eq!(town.reads(), 2);
}

#[tokio::test]
async fn one_who_gives_up_does_not_take_the_answer_from_the_others() {
    let town = Town::still();
    let secrets = town.secrets();
    secrets.connect().await.unwrap();
    town.vault.set_latency(Duration::from_secs(1));
    let reading = || {
        let secrets = secrets.clone();
        tokio::spawn(async move { password(&secrets).await })
    };
    let (first, second) = (reading(), reading());
    // The keeper, two calls, and the request on its way.
    town.clock.until_sleeping(4).await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    town.clock.advance(Duration::from_secs(1));
    assert_reads(second.await.unwrap());
    assert_eq!(town.reads(), 1);
}

#[tokio::test]
async fn a_kept_value_is_given_while_vault_is_away_and_not_for_longer_than_was_said() {
    let town = Town::still();
    let secrets = town.patient();
    assert_reads(password(&secrets).await);
    town.vault.seal();
    for _ in 0..3 {
        town.clock.advance(MINUTE * 5);
        assert_reads(password(&secrets).await);
    }
    town.clock.advance(MINUTE);
    failure(password(&secrets).await, Unavailable, "unseal it");
    town.vault.unseal();
    town.vault.put("secret", "wiki/db", &[("password", "new")]);
    assert_eq!(password(&secrets).await.unwrap().expose_secret(), "new");
}

#[tokio::test]
async fn a_kept_value_is_given_whatever_way_vault_is_away() {
    for fault in [
        VaultFault::status(500),
        VaultFault::status(503),
        VaultFault::reset(),
        VaultFault::hang(),
        VaultFault::not_json(),
        VaultFault::huge(16 << 20),
    ] {
        let town = Town::new();
        let (patient, hurried) = (town.patient(), town.secrets());
        assert_reads(password(&patient).await);
        assert_reads(password(&hurried).await);
        town.vault.fault(fault.lasting());
        assert_reads(password(&patient).await);
        let error = password(&hurried).await.unwrap_err();
        assert!(matches!(error.kind(), Unavailable | Timeout), "{error}");
    }
}

#[tokio::test]
async fn what_vault_does_say_is_never_hidden_by_a_kept_value() {
    let town = Town::still();
    let secrets = town.patient();
    assert_reads(password(&secrets).await);
    town.vault.remove_policy("wiki");
    failure(password(&secrets).await, Permission, "may not read");
    town.vault.seal();
    failure(password(&secrets).await, Unavailable, "unseal it");
    town.vault.unseal();
    town.vault.set_policy("wiki", [PolicyRule::read("secret/data/wiki/*")]);
    assert_reads(password(&secrets).await);
    town.vault.delete("secret", "wiki/db");
    failure(password(&secrets).await, NotFound, "deleted");
    town.vault.seal();
    failure(password(&secrets).await, Unavailable, "unseal it");
}

#[tokio::test]
async fn a_kept_value_does_not_hide_that_the_login_is_refused() {
    let town = Town::still();
    let secrets = town.patient();
    assert_reads(password(&secrets).await);
    std::fs::write(town.jwt_path(), "forged").unwrap();
    town.vault.revoke_tokens();
    failure(password(&secrets).await, Permission, "permission denied");
}
