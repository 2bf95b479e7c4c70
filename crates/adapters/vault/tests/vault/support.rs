//! A Vault with a secret, roles that may read it, and the adapter.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lamplighter_core::ports::{SecretPath, Secrets};
use lamplighter_core::{Error, ErrorKind};
use lamplighter_testkit::fakes::FakeClock;
use lamplighter_testkit::world::VaultWorld;
use lamplighter_testkit::world::vault::{KnownTokens, KubernetesRole, PolicyRule, SecretIdRules, TokenRules};
use lamplighter_vault::{VaultLogin, VaultSecrets, VaultSettings};
use secrecy::{ExposeSecret, SecretString};
use tempfile::TempDir;

/// The service-account token. Nobody may see it.
pub(crate) const JWT: &str = "eyJhbGciOiJub25lIn0.the-jwt-that-nobody-may-see";
/// The value of the secret. Nobody may see it but who asks for it.
pub(crate) const PASSWORD: &str = "tr0ub4dor";

pub(crate) const TIMEOUT: Duration = Duration::from_secs(10);
pub(crate) const HOUR: Duration = Duration::from_hours(1);

/// A Vault, its clock, and the folder with the token of a service account.
pub(crate) struct Town {
    pub(crate) vault: VaultWorld,
    pub(crate) clock: FakeClock,
    folder: TempDir,
}

impl Town {
    /// With a clock that moves by itself when somebody waits.
    pub(crate) fn new() -> Self {
        Self::by(FakeClock::auto())
    }

    /// With a clock that stands still until it is moved.
    pub(crate) fn still() -> Self {
        Self::by(FakeClock::new())
    }

    fn by(clock: FakeClock) -> Self {
        let vault = VaultWorld::start(Arc::new(clock.clone())).unwrap();
        vault.put("secret", "wiki/db", &[("password", PASSWORD), ("user", "wiki")]);
        vault.set_policy("wiki", [PolicyRule::read("secret/data/wiki/*")]);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("token"), format!("{JWT}\n")).unwrap();
        vault.review_with(Arc::new(KnownTokens::default().with(JWT, "ops", "lamplighter")));
        let town = Self { vault, clock, folder };
        town.set_role(TokenRules::new(&["wiki"]));
        town
    }

    /// What a service-account login gives from now on.
    pub(crate) fn set_role(&self, token: TokenRules) {
        let role = KubernetesRole::new("ops", "lamplighter", token);
        self.vault.set_kubernetes_role("kubernetes", "lamplighter", role);
    }

    pub(crate) fn jwt_path(&self) -> PathBuf {
        self.folder.path().join("token")
    }

    pub(crate) fn kubernetes(&self) -> VaultLogin {
        let (mount, role) = ("kubernetes".to_owned(), "lamplighter".to_owned());
        VaultLogin::Kubernetes { mount, role, jwt_path: self.jwt_path() }
    }

    pub(crate) fn approle(&self, token: TokenRules, limits: SecretIdRules) -> VaultLogin {
        let role_id = self.vault.set_approle("approle", "wiki", token);
        VaultLogin::approle(role_id, self.vault.secret_id("approle", "wiki", limits).unwrap())
    }

    pub(crate) fn settings(&self, login: VaultLogin) -> VaultSettings {
        VaultSettings::new(self.vault.url(), login).with_timeout(TIMEOUT)
    }

    pub(crate) fn secrets_with(&self, settings: VaultSettings) -> VaultSecrets {
        VaultSecrets::new(settings, Arc::new(self.clock.clone())).unwrap()
    }

    /// The adapter with a service-account login.
    pub(crate) fn secrets(&self) -> VaultSecrets {
        self.secrets_with(self.settings(self.kubernetes()))
    }

    pub(crate) fn secrets_as(&self, login: VaultLogin) -> VaultSecrets {
        self.secrets_with(self.settings(login))
    }
}

pub(crate) fn path(path: &str, field: &str) -> SecretPath {
    SecretPath { path: path.to_owned(), field: field.to_owned() }
}

pub(crate) async fn password(secrets: &VaultSecrets) -> Result<SecretString, Error> {
    secrets.get(&path("wiki/db", "password")).await
}

/// Reads the password, which is there.
#[track_caller]
pub(crate) fn assert_reads(outcome: Result<SecretString, Error>) {
    assert_eq!(outcome.map(|value| value.expose_secret().to_owned()).unwrap(), PASSWORD);
}

/// The error of a read, which says nothing that it must not.
#[track_caller]
pub(crate) fn failure<T>(outcome: Result<T, Error>, kind: ErrorKind, says: &str) -> Error {
    let error = outcome.err().unwrap();
    let said = format!("{error:?} {} {}", error.chain(), error.public_message());
    assert!(error.kind() == kind && said.contains(says), "{kind:?}, {says}: {said}");
    for secret in [JWT, PASSWORD, "hvs.", "hvb."] {
        assert!(!said.contains(secret), "{said}");
    }
    let public = error.public_message();
    assert!(!public.contains("127.0.0.1") && !public.contains("wiki") && !public.contains('/'), "{public}");
    error
}

/// Waits until something has come about in another task or thread.
pub(crate) async fn until(has_come_about: impl Fn() -> bool) {
    while !has_come_about() {
        tokio::task::yield_now().await;
    }
}
