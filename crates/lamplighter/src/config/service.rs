//! What `lamplighter serve` needs: GitHub, Vault, and the secrets of both.

use std::sync::Arc;
use std::time::Duration;

use lamplighter_core::ports::Secrets;
use lamplighter_core::{Clock, Result};
use lamplighter_github::{GithubAuth, GithubIssues, GithubSecret, GithubSettings};
use lamplighter_vault::{VaultLogin, VaultSecrets, VaultSettings};
use secrecy::SecretString;

use super::{Config, GithubConfig, SecretConfig, ServeConfig, VaultConfig, VaultLoginConfig};

/// How long a secret that was read from Vault is used when Vault is away.
const PATIENCE: Duration = Duration::from_hours(1);

/// The keys of the secrets for GitHub.
const TOKEN: &str = "tracker.token";
const PRIVATE_KEY: &str = "tracker.private_key";

impl Config {
    /// Vault, where it is configured. Nothing is asked of it yet.
    ///
    /// # Errors
    /// When its settings make no sense, or its own login cannot be read.
    pub async fn vault(&self, clock: &Arc<dyn Clock>) -> Result<Option<Arc<dyn Secrets>>> {
        let Some(config) = &self.vault else { return Ok(None) };
        let vault = VaultSecrets::new(vault_settings(config).await?, Arc::clone(clock))?;
        Ok(Some(Arc::new(vault)))
    }

    /// The webhook secrets and the API tokens of `[server]`, read now, the present ones first.
    ///
    /// # Errors
    /// Of the one that cannot be read.
    pub async fn server_secrets(
        &self,
        vault: Option<&Arc<dyn Secrets>>,
    ) -> Result<(Vec<SecretString>, Vec<SecretString>)> {
        let server = &self.server;
        let [webhook_secret, webhook_before, api_token, api_before] = server.secrets();
        let webhook = read_all([webhook_secret, webhook_before], vault).await?;
        let api = read_all([api_token, api_before], vault).await?;
        Ok((webhook, api))
    }

    pub(super) fn check_secrets(&self) -> Result<(), String> {
        let mut secrets = self.server.secrets().to_vec();
        if let super::TrackerConfig::Github(github) = &self.tracker {
            secrets.extend([(TOKEN, &github.token), (PRIVATE_KEY, &github.private_key)]);
        }
        for (key, secret) in secrets {
            let Some(secret) = secret else { continue };
            secret.check(key)?;
            if key.starts_with("server.webhook") && !matches!(self.tracker, super::TrackerConfig::Github(_)) {
                return Err(format!("{key} goes with tracker.kind = \"github\": its messages are about issues there"));
            }
            if secret.vault.is_some() && self.vault.is_none() {
                return Err(format!("{key} is in Vault, and there is no [vault]"));
            }
        }
        let login = self.vault.as_ref().map(|vault| &vault.login);
        if let Some(VaultLoginConfig::Approle { secret_id: secret, .. } | VaultLoginConfig::Token { token: secret }) =
            login
        {
            secret.check("vault.login")?;
            if secret.vault.is_some() {
                return Err("vault.login cannot be read from the Vault that it is for".to_owned());
            }
        }
        Ok(())
    }

    /// Every secret that is named anywhere.
    pub(super) fn each_secret(&mut self, mut visit: impl FnMut(&mut SecretConfig)) {
        let server = &mut self.server;
        let mut secrets: Vec<&mut SecretConfig> = [
            &mut server.webhook_secret,
            &mut server.webhook_secret_before,
            &mut server.api_token,
            &mut server.api_token_before,
        ]
        .into_iter()
        .flatten()
        .collect();
        if let super::TrackerConfig::Github(github) = &mut self.tracker {
            secrets.extend(github.token.iter_mut().chain(&mut github.private_key));
        }
        match self.vault.as_mut().map(|vault| &mut vault.login) {
            Some(VaultLoginConfig::Approle { secret_id: secret, .. } | VaultLoginConfig::Token { token: secret }) => {
                secrets.push(secret);
            }
            Some(VaultLoginConfig::Kubernetes { .. }) | None => {}
        }
        secrets.into_iter().for_each(&mut visit);
    }
}

impl ServeConfig {
    /// Its secrets, by their keys.
    fn secrets(&self) -> [(&'static str, &Option<SecretConfig>); 4] {
        [
            ("server.webhook_secret", &self.webhook_secret),
            ("server.webhook_secret_before", &self.webhook_secret_before),
            ("server.api_token", &self.api_token),
            ("server.api_token_before", &self.api_token_before),
        ]
    }

    /// With nothing of one of these nothing would ever be done, and nobody told why.
    pub(super) fn check(&self) -> Result<(), String> {
        let none_of = [
            ("server.concurrency", self.concurrency == Some(0)),
            ("server.body_limit", self.body_limit == Some(0)),
            ("server.request_seconds", self.request_seconds == Some(0)),
            ("server.requests_per_second", self.requests_per_second == Some(0)),
        ];
        match none_of.into_iter().find(|(_, is_none)| *is_none) {
            Some((key, _)) => Err(format!("{key} must be at least 1")),
            None => Ok(()),
        }
    }
}

impl GithubConfig {
    pub(super) fn check(&self) -> Result<(), String> {
        if self.repository.split('/').filter(|part| !part.is_empty()).count() != 2 {
            return Err(format!("tracker.repository is \"owner/name\", and {:?} is not", self.repository));
        }
        match (&self.token, self.app_id, &self.private_key) {
            (Some(_), None, None) | (None, Some(_), Some(_)) => Ok(()),
            _ => Err("tracker takes a token, or app_id and private_key together".to_owned()),
        }
    }

    /// The tracker. Nothing is asked of it yet.
    pub(super) fn open(
        &self,
        vault: Option<&Arc<dyn Secrets>>,
        timeout: Duration,
        clock: Arc<dyn Clock>,
    ) -> Result<GithubIssues> {
        let stored = |key, secret: &SecretConfig| -> Result<GithubSecret> {
            let (secrets, path) = secret.source(key, vault)?;
            Ok(GithubSecret::stored(secrets, path))
        };
        let auth = match (&self.token, self.app_id, &self.private_key) {
            (None, Some(app_id), Some(key)) => {
                GithubAuth::App { app_id, private_key: stored(PRIVATE_KEY, key)?, installation: self.installation }
            }
            (Some(token), ..) => GithubAuth::Token(stored(TOKEN, token)?),
            _ => {
                return Err(lamplighter_core::Error::invalid(
                    "tracker takes a token, or app_id and private_key together",
                ));
            }
        };
        let (owner, name) = self.repository.split_once('/').unwrap_or_default();
        let mut settings = GithubSettings::new(owner, name, auth).with_timeout(timeout);
        if let Some(url) = &self.api_url {
            settings = settings.with_url(url);
        }
        if let Some(login) = &self.login {
            settings = settings.with_login(login.clone());
        }
        if let Some(patience) = self.rate_limit_patience_seconds {
            settings = settings.with_patience(Duration::from_secs(patience));
        }
        Ok(GithubIssues::new(settings, clock)?)
    }
}

async fn vault_settings(config: &VaultConfig) -> Result<VaultSettings> {
    let login = match &config.login {
        VaultLoginConfig::Kubernetes { role, mount, jwt_file } => match VaultLogin::kubernetes(role) {
            VaultLogin::Kubernetes { mount: usual_mount, role, jwt_path } => VaultLogin::Kubernetes {
                mount: mount.clone().unwrap_or(usual_mount),
                role,
                jwt_path: jwt_file.clone().unwrap_or(jwt_path),
            },
            login => login,
        },
        VaultLoginConfig::Approle { role_id, mount, secret_id } => VaultLogin::AppRole {
            mount: mount.clone().unwrap_or_else(|| "approle".to_owned()),
            role_id: role_id.clone(),
            secret_id: read("vault.login.secret_id", secret_id, None).await?,
        },
        VaultLoginConfig::Token { token } => VaultLogin::Token(read("vault.login.token", token, None).await?),
    };
    let mut settings = VaultSettings::new(&config.address, login)
        .with_patience(config.patience_seconds.map_or(PATIENCE, Duration::from_secs));
    if let Some(namespace) = &config.namespace {
        settings = settings.with_namespace(namespace);
    }
    if let Some(file) = &config.ca_file {
        settings = settings.with_ca_file(file);
    }
    if let Some(mount) = &config.mount {
        settings = settings.with_mount(mount);
    }
    Ok(settings)
}

async fn read(key: &'static str, secret: &SecretConfig, vault: Option<&Arc<dyn Secrets>>) -> Result<SecretString> {
    let (store, path) = secret.source(key, vault)?;
    store.get(&path).await
}

async fn read_all(
    secrets: [(&'static str, &Option<SecretConfig>); 2],
    vault: Option<&Arc<dyn Secrets>>,
) -> Result<Vec<SecretString>> {
    let mut values = Vec::new();
    for (key, secret) in secrets {
        if let Some(secret) = secret {
            values.push(read(key, secret, vault).await?);
        }
    }
    Ok(values)
}
