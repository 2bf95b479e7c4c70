//! Whatever happens in whatever order.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use lamplighter_core::async_trait;
use lamplighter_core::ports::Secrets;
use lamplighter_testkit::world::vault::{
    KnownTokens, PolicyRule, SecretIdRules, ServiceAccount, TokenReviewer, TokenRules, TokenWorth, VaultFault,
};
use lamplighter_vault::{VaultLogin, VaultSecrets};
use proptest::prelude::*;
use secrecy::ExposeSecret;

use crate::support::{HOUR, JWT, PASSWORD, Town, path};

const MINUTE: Duration = Duration::from_mins(1);

#[derive(Debug, Clone)]
enum Step {
    Advance(u32),
    Read(usize),
    Revoke,
    Expire,
    Seal,
    Unseal,
    Permit(bool),
    Fault { what: usize, times: usize, on: usize },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (1_u32..90).prop_map(Step::Advance),
        4 => (1_usize..12).prop_map(Step::Read),
        1 => Just(Step::Revoke),
        1 => Just(Step::Expire),
        1 => Just(Step::Seal),
        2 => Just(Step::Unseal),
        1 => any::<bool>().prop_map(Step::Permit),
        2 => (0_usize..9, 1_usize..4, 0_usize..4).prop_map(|(what, times, on)| Step::Fault { what, times, on }),
    ]
}

fn fault(what: usize, on: usize) -> VaultFault {
    let fault = match what {
        0 => VaultFault::status(500),
        1 => VaultFault::status(403),
        2 => VaultFault::status(400),
        3 => VaultFault::reset(),
        4 => VaultFault::lose_answer(),
        5 => VaultFault::empty(),
        6 => VaultFault::wrong_shape(),
        7 => VaultFault::zero_lease(),
        _ => VaultFault::status(429),
    };
    match on {
        0 => fault.on("POST", "/login"),
        1 => fault.on("POST", "/renew-self"),
        2 => fault.on("GET", "/data/"),
        _ => fault,
    }
}

/// A reviewer that takes its time, so that logins at the same time are seen to be.
struct Slow(KnownTokens);

#[async_trait]
impl TokenReviewer for Slow {
    async fn review(&self, jwt: &str, audience: &str) -> Option<ServiceAccount> {
        tokio::time::sleep(Duration::from_millis(1)).await;
        self.0.review(jwt, audience).await
    }
}

/// A reviewer that waits for a second login.
struct Pair(KnownTokens, tokio::sync::Barrier);

#[async_trait]
impl TokenReviewer for Pair {
    async fn review(&self, jwt: &str, audience: &str) -> Option<ServiceAccount> {
        self.1.wait().await;
        self.0.review(jwt, audience).await
    }
}

fn known() -> KnownTokens {
    KnownTokens::default().with(JWT, "ops", "lamplighter")
}

impl Town {
    async fn take(&self, secrets: &VaultSecrets, step: Step) {
        match step {
            Step::Advance(minutes) => self.clock.advance(MINUTE * minutes),
            Step::Read(readers) => self.read(secrets, readers).await,
            Step::Revoke => self.vault.revoke_tokens(),
            Step::Expire => self.vault.expire_tokens(),
            Step::Seal => self.vault.seal(),
            Step::Unseal => self.vault.unseal(),
            Step::Permit(true) => self.vault.set_policy("wiki", [PolicyRule::read("secret/data/wiki/*")]),
            Step::Permit(false) => self.vault.remove_policy("wiki"),
            Step::Fault { what, times, on } => self.vault.fault(fault(what, on).times(times)),
        }
    }

    /// Reads at the same time. It may fail, and is never wrong.
    async fn read(&self, secrets: &VaultSecrets, readers: usize) {
        let paths: Vec<_> = (0..readers).map(|number| path(&format!("wiki/{number}"), "password")).collect();
        for outcome in join_all(paths.iter().map(|path| secrets.get(path))).await {
            let value = outcome.map_or(PASSWORD.to_owned(), |value| value.expose_secret().to_owned());
            assert_eq!(value, PASSWORD);
        }
    }

    fn make_well(&self) {
        self.vault.heal();
        self.vault.unseal();
        self.vault.set_policy("wiki", [PolicyRule::read("secret/data/wiki/*")]);
    }

    /// One login at a time, and no read with a token whose time was over. That a token is expired before its time, only
    /// Vault knows; that it is told apart here is why [`Step::Expire`] revokes nothing else.
    fn assert_kept(&self, expired_early: bool) {
        assert!(self.vault.most_logins_at_once() <= 1);
        let requests = self.vault.requests();
        let mut reads = requests.iter().filter(|request| request.path.contains("/data/"));
        assert!(expired_early || reads.all(|read| read.token != TokenWorth::Expired));
    }
}

async fn play(town: &Town, secrets: &VaultSecrets, steps: Vec<Step>) {
    for number in 0..12 {
        town.vault.put("secret", &format!("wiki/{number}"), &[("password", PASSWORD)]);
    }
    let expired_early = steps.iter().any(|step| matches!(step, Step::Expire));
    for step in steps {
        town.take(secrets, step).await;
    }
    town.assert_kept(expired_early);
    // Once everything is well, so are reads, whatever was before.
    town.make_well();
    let value = secrets.get(&path("wiki/db", "password")).await.unwrap();
    assert_eq!(value.expose_secret(), PASSWORD);
    town.assert_kept(expired_early);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn there_is_one_login_at_a_time_and_no_read_with_an_expired_token(
        steps in prop::collection::vec(step(), 1..30),
        kind in 0..3,
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let town = Town::new();
        town.vault.review_with(Arc::new(Slow(known())));
        let rules = TokenRules::new(&["wiki"]);
        if kind == 1 {
            town.set_role(rules.clone().batch());
        }
        let login = if kind == 2 { town.approle(rules, SecretIdRules::default()) } else { town.kubernetes() };
        // A login that is given up may still be going on over there, so none is: no limit passes when the clock moves.
        let secrets = town.secrets_with(town.settings(login).with_timeout(HOUR * 10_000));
        runtime.block_on(play(&town, &secrets, steps));
    }
}

#[tokio::test]
async fn what_the_property_looks_for_is_seen_by_the_played_vault() {
    let town = Town::new();
    let token = town.vault.token(TokenRules::new(&["wiki"]));
    let first = town.secrets_as(VaultLogin::Token(token));
    town.vault.review_with(Arc::new(Pair(known(), tokio::sync::Barrier::new(2))));
    let (one, other) = (town.secrets(), town.secrets());
    let (one, other) = tokio::join!(one.connect(), other.connect());
    assert!(one.is_ok() && other.is_ok() && town.vault.most_logins_at_once() == 2, "two who do not know of each other");
    first.connect().await.unwrap();
    town.vault.expire_tokens();
    assert!(first.get(&path("wiki/db", "password")).await.is_err());
    let seen = town.vault.requests().iter().any(|request| request.token == TokenWorth::Expired);
    assert!(seen, "only Vault knew");
}
