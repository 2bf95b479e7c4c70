//! Tokens over simulated hours and days, and who keeps them.

use std::time::Duration;

use futures_util::future::join_all;
use lamplighter_core::Clock;
use lamplighter_core::ErrorKind::{InvalidInput, Unavailable};
use lamplighter_testkit::fakes::FakeClock;
use lamplighter_testkit::world::vault::{PolicyRule, SecretIdRules, TokenRules, TokenWorth, VaultFault};
use lamplighter_vault::VaultLogin;

use crate::support::{HOUR, Town, assert_reads, failure, password, path, until};

const MINUTE: Duration = Duration::from_mins(1);

impl Town {
    /// Passes two thirds of an hour, at which a token of an hour is due, and waits until something is done for it.
    async fn pass_what_is_due(&self) {
        let done = || self.vault.renewals() + self.vault.logins();
        let before = done();
        self.clock.advance(MINUTE * 41);
        until(|| done() > before).await;
    }

    /// Every read came with a token that was good.
    fn assert_good_reads(&self, count: usize) {
        let requests = self.vault.requests();
        let reads: Vec<_> = requests.iter().filter(|request| request.path.contains("/data/")).collect();
        assert_eq!(reads.len(), count);
        assert!(reads.iter().all(|read| matches!(read.token, TokenWorth::Good(_)) && read.status == Some(200)));
    }
}

#[tokio::test]
async fn a_token_is_renewed_for_days_and_replaced_at_the_end_of_its_renewals() {
    let town = Town::still();
    let secrets = town.secrets();
    let steps = 72 * 12;
    for _ in 0..steps {
        assert_reads(password(&secrets).await);
        assert_reads(password(&secrets).await);
        town.clock.advance(MINUTE * 5);
    }
    town.assert_good_reads(2 * steps);
    // In three days a token of at most one is given four times or so.
    assert!((3..=6).contains(&town.vault.logins()), "{}", town.vault.logins());
    assert!((72..=144).contains(&town.vault.renewals()), "{}", town.vault.renewals());
}

#[tokio::test]
async fn a_token_that_comes_near_the_end_of_its_renewals_is_replaced_at_once() {
    let town = Town::still();
    town.set_role(TokenRules::new(&["wiki"]).living(HOUR, MINUTE * 90));
    let secrets = town.secrets();
    secrets.connect().await.unwrap();
    town.pass_what_is_due().await;
    assert_reads(password(&secrets).await);
    // 49 minutes were left then, and 16 are now.
    town.clock.advance(MINUTE * 33);
    until(|| town.vault.renewals() + town.vault.logins() == 4).await;
    assert_eq!((town.vault.renewals(), town.vault.logins()), (2, 2));
    assert_reads(password(&secrets).await);
}

#[tokio::test]
async fn a_renewal_is_neither_early_nor_late() {
    let town = Town::still();
    town.secrets_as(town.kubernetes()).connect().await.unwrap();
    let secrets = town.secrets();
    secrets.connect().await.unwrap();
    until(|| town.clock.sleepers() == 1).await;
    town.clock.advance(MINUTE * 34);
    assert_reads(password(&secrets).await);
    assert_eq!(town.vault.renewals(), 0, "more than two fifths are left");
    town.clock.advance(MINUTE * 7);
    until(|| town.vault.renewals() == 1).await;
}

#[tokio::test]
async fn a_token_that_cannot_be_renewed_is_replaced_in_time() {
    let town = Town::still();
    town.set_role(TokenRules::new(&["wiki"]).batch());
    let secrets = town.secrets();
    assert_reads(password(&secrets).await);
    for _ in 0..10 {
        town.pass_what_is_due().await;
        assert_reads(password(&secrets).await);
    }
    town.assert_good_reads(11);
    assert_eq!((town.vault.logins(), town.vault.renewals()), (11, 0));
}

#[tokio::test]
async fn a_renewal_that_is_refused_leads_to_a_login() {
    let town = Town::still();
    town.vault.set_policy("default", [PolicyRule::deny("auth/token/renew-self")]);
    let secrets = town.secrets();
    secrets.connect().await.unwrap();
    for logins in 2..5 {
        town.clock.advance(MINUTE * 41);
        until(|| town.vault.logins() == logins).await;
        assert_reads(password(&secrets).await);
    }
    town.assert_good_reads(3);
}

#[tokio::test]
async fn a_renewal_that_fails_leads_to_a_login_before_the_token_ends() {
    let town = Town::new();
    let secrets = town.secrets();
    secrets.connect().await.unwrap();
    town.vault.fault(VaultFault::status(500).lasting().on("POST", "renew-self"));
    until(|| town.vault.logins() == 2).await;
    assert_eq!(town.vault.renewals(), 3, "it was tried again twice");
    assert!(town.clock.now() < FakeClock::START + HOUR);
    assert_reads(password(&secrets).await);
}

#[tokio::test]
async fn a_vault_that_is_away_for_hours_is_found_again() {
    let town = Town::still();
    let secrets = town.secrets();
    assert_reads(password(&secrets).await);
    town.vault.seal();
    town.pass_what_is_due().await;
    for _ in 0..180 {
        town.clock.advance(MINUTE);
        tokio::task::yield_now().await;
    }
    failure(password(&secrets).await, Unavailable, "unseal it");
    let asked = town.vault.requests().len();
    town.clock.advance(HOUR * 10);
    tokio::task::yield_now().await;
    assert_eq!(town.vault.requests().len(), asked, "for a token that has ended nothing is done unasked");
    town.vault.unseal();
    assert_reads(password(&secrets).await);
}

#[tokio::test]
async fn a_token_that_was_given_is_renewed_and_a_longer_life_is_found() {
    let town = Town::still();
    let token = town.vault.token(TokenRules::new(&["wiki"]).living(HOUR, HOUR * 12));
    let secrets = town.secrets_as(VaultLogin::Token(token));
    for _ in 0..16 {
        assert_reads(password(&secrets).await);
        let renewals = town.vault.renewals();
        town.clock.advance(MINUTE * 41);
        until(|| town.vault.renewals() > renewals).await;
    }
    town.assert_good_reads(16);
    assert_eq!(town.vault.logins(), 0);
}

#[tokio::test]
async fn a_lease_of_zero_is_an_error_and_no_endless_login() {
    let town = Town::new();
    town.vault.fault(VaultFault::zero_lease().lasting());
    let secrets = town.secrets();
    let error = failure(password(&secrets).await, InvalidInput, "lease of zero; set its token_ttl");
    assert!(!error.is_retryable());
    assert_eq!(town.vault.logins(), 1);
    let given = town.secrets_as(VaultLogin::Token(town.vault.token(TokenRules::new(&["wiki"]))));
    failure(password(&given).await, InvalidInput, "lease of zero");
}

#[tokio::test]
async fn a_hundred_who_come_with_an_expired_token_make_one_login() {
    let town = Town::still();
    for number in 0..100 {
        town.vault.put("secret", &format!("wiki/{number}"), &[("password", "tr0ub4dor")]);
    }
    let secrets = town.secrets();
    assert_reads(password(&secrets).await);
    town.vault.fault(VaultFault::status(403).on("POST", "renew-self"));
    town.clock.advance(HOUR * 2);
    let paths: Vec<_> = (0..100).map(|number| path(&format!("wiki/{number}"), "password")).collect();
    let read = |path| lamplighter_core::ports::Secrets::get(&secrets, path);
    join_all(paths.iter().map(read)).await.into_iter().for_each(assert_reads);
    assert_eq!((town.vault.logins(), town.vault.most_logins_at_once()), (2, 1));
    town.vault.revoke_tokens();
    join_all(paths.iter().map(read)).await.into_iter().for_each(assert_reads);
    assert_eq!((town.vault.logins(), town.vault.most_logins_at_once()), (3, 1), "nor with one that was revoked");
}

#[tokio::test]
async fn a_hundred_who_wait_for_a_login_get_what_comes_of_it() {
    let town = Town::new();
    town.vault.fault(VaultFault::status(400).lasting());
    let secrets = town.secrets();
    let paths: Vec<_> = (0..100).map(|number| path(&format!("wiki/{number}"), "password")).collect();
    let read = |path| lamplighter_core::ports::Secrets::get(&secrets, path);
    for outcome in join_all(paths.iter().map(read)).await {
        failure(outcome, InvalidInput, "does not take this login");
    }
    assert_eq!(town.vault.logins(), 1);
}

#[tokio::test]
async fn whoever_gives_up_does_not_take_the_login_from_others() {
    let town = Town::still();
    town.vault.set_latency(Duration::from_secs(1));
    let secrets = town.secrets();
    let (first, second) = (secrets.clone(), secrets.clone());
    let first = tokio::spawn(async move { password(&first).await });
    let second = tokio::spawn(async move { second.connect().await });
    // Two calls and the login have their limits, and the login waits on the way.
    town.clock.until_sleeping(4).await;
    first.abort();
    town.clock.advance(Duration::from_secs(1));
    second.await.unwrap().unwrap();
    assert!(secrets.is_connected());
    assert_eq!(town.vault.logins(), 1);
}

#[tokio::test]
async fn the_task_ends_with_the_last_clone_whatever_it_is_doing() {
    let town = Town::still();
    let secrets = town.secrets();
    secrets.connect().await.unwrap();
    until(|| town.clock.sleepers() == 1).await;
    let clone = secrets.clone();
    drop(secrets);
    town.pass_what_is_due().await;
    assert_reads(password(&clone).await);
    drop(clone);
    until(|| town.clock.sleepers() == 0).await;

    town.vault.fault(VaultFault::hang().lasting());
    let secrets = town.secrets();
    let waiting = tokio::spawn(async move { password(&secrets).await });
    until(|| town.clock.sleepers() == 2).await;
    waiting.abort();
    until(|| town.clock.sleepers() == 0).await;
}

#[test]
fn a_runtime_that_ends_takes_nothing_with_it() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let town = Town::still();
    let secrets = town.secrets();
    runtime().block_on(async { assert_reads(password(&secrets).await) });
    runtime().block_on(async {
        assert_reads(password(&secrets).await);
        town.clock.advance(HOUR);
        assert_reads(password(&secrets).await);
    });
    assert_eq!(town.vault.logins(), 2);
}

#[tokio::test]
async fn an_approle_with_few_secret_ids_left_is_renewed_without_them() {
    let town = Town::still();
    let login = town.approle(TokenRules::new(&["wiki"]), SecretIdRules { uses: 1, ..SecretIdRules::default() });
    let secrets = town.secrets_as(login);
    for _ in 0..20 {
        assert_reads(password(&secrets).await);
        town.pass_what_is_due().await;
    }
    assert_eq!(town.vault.logins(), 1);
}

#[tokio::test]
async fn a_clock_that_was_set_back_hurts_nobody() {
    let town = Town::still();
    let secrets = town.secrets();
    assert_reads(password(&secrets).await);
    town.clock.set(jiff::Timestamp::UNIX_EPOCH);
    assert_reads(password(&secrets).await);
    town.clock.set(FakeClock::START);
    town.pass_what_is_due().await;
    assert_reads(password(&secrets).await);
}
