use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::VaultError;

/// How one logs in to Vault.
#[derive(Clone)]
#[non_exhaustive]
pub enum VaultLogin {
    /// With the token of the pod's service account.
    Kubernetes {
        /// Where the auth method is mounted, without `auth/`.
        mount: String,
        /// The role.
        role: String,
        /// The file that the token is in. It is read anew at each login, because the kubelet replaces it.
        jwt_path: PathBuf,
    },
    /// With the two halves of an AppRole.
    AppRole {
        /// Where the auth method is mounted, without `auth/`.
        mount: String,
        /// The public half.
        role_id: String,
        /// The secret half.
        secret_id: SecretString,
    },
    /// With a token that somebody else has got. It is renewed where it can be, and cannot be replaced.
    Token(SecretString),
}

impl VaultLogin {
    /// As this role, at `auth/kubernetes`, with the token where the kubelet puts it.
    pub fn kubernetes(role: impl Into<String>) -> Self {
        Self::Kubernetes {
            mount: "kubernetes".to_owned(),
            role: role.into(),
            jwt_path: PathBuf::from("/var/run/secrets/kubernetes.io/serviceaccount/token"),
        }
    }

    /// As this AppRole, at `auth/approle`.
    pub fn approle(role_id: impl Into<String>, secret_id: SecretString) -> Self {
        Self::AppRole { mount: "approle".to_owned(), role_id: role_id.into(), secret_id }
    }

    /// Who that is, in an error. A role ID is not told: it is half of a login.
    pub(crate) fn who(&self) -> String {
        match self {
            Self::Kubernetes { mount, role, .. } => format!("the role {role} of auth/{mount}"),
            Self::AppRole { mount, .. } => format!("the AppRole of auth/{mount}"),
            Self::Token(_) => "the token".to_owned(),
        }
    }

    /// Whether a login may be sent again when nobody knows what became of it. A secret ID can be used up.
    pub(crate) const fn is_repeatable(&self) -> bool {
        !matches!(self, Self::AppRole { .. })
    }

    fn check(&self) -> Result<(), VaultError> {
        let (mount, named) = match self {
            Self::Kubernetes { mount, role, .. } => (mount.as_str(), !role.is_empty()),
            Self::AppRole { mount, role_id, secret_id } => {
                (mount.as_str(), !role_id.is_empty() && !secret_id.expose_secret().trim().is_empty())
            }
            Self::Token(token) => {
                let token = token.expose_secret().trim();
                ("token", !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()))
            }
        };
        if !named {
            return Err(VaultError::Settings(format!("{} is empty or cannot be one", self.who())));
        }
        is_mount(mount)
    }
}

impl fmt::Debug for VaultLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kubernetes { mount, role, jwt_path } => f
                .debug_struct("Kubernetes")
                .field("mount", mount)
                .field("role", role)
                .field("jwt_path", jwt_path)
                .finish(),
            Self::AppRole { mount, .. } => f.debug_struct("AppRole").field("mount", mount).finish_non_exhaustive(),
            Self::Token(_) => f.write_str("Token(…)"),
        }
    }
}

/// Which Vault, and how it is asked.
///
/// ```
/// use lamplighter_vault::{VaultLogin, VaultSettings};
///
/// let settings = VaultSettings::new("https://vault.example.org:8200", VaultLogin::kubernetes("lamplighter"))
///     .with_mount("kv")
///     .with_namespace("platform");
/// assert!(format!("{settings:?}").contains("lamplighter"));
/// ```
#[derive(Clone)]
pub struct VaultSettings {
    pub(crate) address: String,
    pub(crate) login: VaultLogin,
    pub(crate) namespace: Option<String>,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) mount: String,
    pub(crate) timeout: Duration,
    pub(crate) patience: Duration,
}

impl VaultSettings {
    /// The Vault at this URL, which is what comes before `/v1`; the KV engine at `secret`; ten seconds for a call; no
    /// patience with a Vault that is away.
    pub fn new(address: impl Into<String>, login: VaultLogin) -> Self {
        Self {
            address: address.into(),
            login,
            namespace: None,
            ca_file: None,
            mount: "secret".to_owned(),
            timeout: Duration::from_secs(10),
            patience: Duration::ZERO,
        }
    }

    /// The same in a namespace of Vault Enterprise or OpenBao.
    #[must_use]
    pub fn with_namespace(self, namespace: impl Into<String>) -> Self {
        Self { namespace: Some(namespace.into()), ..self }
    }

    /// The same where the CA certificates of this PEM file are trusted, and no others.
    #[must_use]
    pub fn with_ca_file(self, file: impl Into<PathBuf>) -> Self {
        Self { ca_file: Some(file.into()), ..self }
    }

    /// The same with the KV engine, version 2, at another mount.
    #[must_use]
    pub fn with_mount(self, mount: impl Into<String>) -> Self {
        Self { mount: mount.into(), ..self }
    }

    /// The same with another time limit for a call, its login and its retries included.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The same, where a value that was read is given again for so long when Vault is away.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The address with a slash at its end, once everything makes sense.
    pub(crate) fn checked(&self) -> Result<Url, VaultError> {
        let refused = |what: &str| Err(VaultError::Settings(what.to_owned()));
        // An address that cannot be read cannot be stripped of its secrets either, so it is not shown.
        let Ok(mut address) = Url::parse(&self.address) else { return refused("its address is no URL") };
        if !matches!(address.scheme(), "http" | "https") || address.cannot_be_a_base() {
            return refused("its address begins with neither http:// nor https://");
        }
        if !address.username().is_empty() || address.password().is_some() {
            return refused("its address has a login in it");
        }
        if address.query().is_some() || address.fragment().is_some() {
            return refused("its address has a query or a fragment; it ends before /v1");
        }
        if self.timeout.is_zero() {
            return refused("a timeout of zero lets no call succeed");
        }
        if self.namespace.as_deref().is_some_and(|name| !name.bytes().all(|byte| byte.is_ascii_graphic())) {
            return refused("its namespace has characters that a header cannot hold");
        }
        is_mount(&self.mount)?;
        self.login.check()?;
        let path = format!("{}/", address.path().trim_end_matches('/'));
        address.set_path(&path);
        Ok(address)
    }
}

impl fmt::Debug for VaultSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address =
            self.checked().map_or_else(|_| "…".to_owned(), |url| url.as_str().trim_end_matches('/').to_owned());
        f.debug_struct("VaultSettings")
            .field("address", &address)
            .field("login", &self.login)
            .field("namespace", &self.namespace)
            .field("ca_file", &self.ca_file)
            .field("mount", &self.mount)
            .field("timeout", &self.timeout)
            .field("patience", &self.patience)
            .finish()
    }
}

fn is_mount(mount: &str) -> Result<(), VaultError> {
    if mount.split('/').all(crate::path::is_segment) {
        return Ok(());
    }
    Err(VaultError::Settings(format!("{mount:?} is no mount; write it without slashes at its ends")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_never_shown() {
        let secret = || SecretString::from("hunter2");
        for settings in [
            VaultSettings::new("https://vault.example.org", VaultLogin::Token(secret())),
            VaultSettings::new("https://vault.example.org", VaultLogin::approle("hunter2", secret())),
            VaultSettings::new("https://maria:hunter2@vault.example.org", VaultLogin::kubernetes("r")),
            VaultSettings::new("https://vault.example.org?token=hunter2", VaultLogin::kubernetes("r")),
            VaultSettings::new("hunter2", VaultLogin::kubernetes("r")),
            VaultSettings::new("http://v", VaultLogin::Token(SecretString::from("hunter2 hunter2"))),
        ] {
            let shown = format!("{settings:?} {:?} {:?}", settings.checked().err(), settings.login);
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }

    #[test]
    fn settings_that_make_no_sense_are_refused() {
        let good = || VaultSettings::new("http://vault:8200/prefix//", VaultLogin::kubernetes("r"));
        assert_eq!(good().checked().unwrap().as_str(), "http://vault:8200/prefix/");
        let at = |address: &str| VaultSettings::new(address, VaultLogin::kubernetes("r"));
        let as_one = |login| VaultSettings::new("http://vault", login);
        for (settings, says) in [
            (at("vault:8200"), "neither http"),
            (at("vault"), "no URL"),
            (at("http://m@vault"), "a login in it"),
            (at("http://vault/?x"), "query or a fragment"),
            (good().with_mount("/secret"), "no mount"),
            (good().with_mount("a/../b"), "no mount"),
            (good().with_namespace("a\nb"), "namespace"),
            (good().with_timeout(Duration::ZERO), "timeout"),
            (as_one(VaultLogin::kubernetes("")), "is empty"),
            (as_one(VaultLogin::Token("a\nb".into())), "cannot be one"),
            (as_one(VaultLogin::Token("".into())), "is empty"),
            (as_one(VaultLogin::approle("", "x".into())), "is empty"),
            (as_one(VaultLogin::approle("x", " ".into())), "is empty"),
        ] {
            let error = settings.checked().unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
        assert!(as_one(VaultLogin::Token("hvs.a\n".into())).checked().is_ok(), "files end in a line end");
    }
}
