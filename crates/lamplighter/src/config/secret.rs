//! Secrets that the configuration names: where they are, never what they are.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use lamplighter_core::ports::{SecretPath, Secrets};
use lamplighter_core::{Error, Result};
use lamplighter_env::EnvSecrets;
use secrecy::SecretString;
use serde::Deserialize;

/// The field that is read where none is named.
const FIELD: &str = "value";

/// Where a secret is, by one of three: `{ env = "NAME" }`, `{ file = "PATH" }` or `{ vault = "PATH", field = "FIELD" }`.
///
/// A file and Vault are read again when the secret is needed anew, so that it can be changed while Lamplighter runs; an
/// environment is as it was at the start.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretConfig {
    /// The environment variable that holds it.
    #[serde(default)]
    pub env: Option<String>,
    /// The file that holds it and nothing else; a line break at its end does not belong to it.
    #[serde(default)]
    pub file: Option<PathBuf>,
    /// Its path in the KV engine of `[vault]`.
    #[serde(default)]
    pub vault: Option<String>,
    /// The field at that path. Default: `value`.
    #[serde(default)]
    pub field: Option<String>,
    /// What the environment holds, since nobody else looks there.
    #[serde(skip)]
    from_env: Option<SecretString>,
}

impl fmt::Debug for SecretConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.env, &self.file, &self.vault) {
            (Some(name), ..) => write!(f, "environment variable {name}"),
            (_, Some(file), _) => write!(f, "file {}", file.display()),
            (.., Some(path)) => write!(f, "{path}#{} in vault", self.field.as_deref().unwrap_or(FIELD)),
            _ => f.write_str("nowhere"),
        }
    }
}

impl SecretConfig {
    /// Whether exactly one place is named.
    pub(super) fn check(&self, key: &str) -> Result<(), String> {
        let places = [self.env.is_some(), self.file.is_some(), self.vault.is_some()];
        if places.into_iter().filter(|named| *named).count() != 1 {
            return Err(format!(
                "{key} is one of {{ env = \"NAME\" }}, {{ file = \"PATH\" }} and {{ vault = \"PATH\", field = \"FIELD\" }}"
            ));
        }
        if self.field.is_some() && self.vault.is_none() {
            return Err(format!("{key}.field goes with {key}.vault"));
        }
        Ok(())
    }

    pub(super) fn resolve(&mut self, folder: &Path) {
        if let Some(file) = &mut self.file {
            *file = folder.join(&*file);
        }
    }

    /// Takes what it needs from the environment.
    pub(super) fn take_from(&mut self, environment: &[(String, String)]) {
        let Some(name) = &self.env else { return };
        let value = environment.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim());
        self.from_env = value.filter(|value| !value.is_empty()).map(SecretString::from);
    }

    /// The store that it is in, and where in that store. Its errors name the key of the configuration.
    ///
    /// # Errors
    /// [`InvalidInput`](lamplighter_core::ErrorKind::InvalidInput) when it is in Vault and there is none.
    pub(super) fn source(
        &self,
        key: &'static str,
        vault: Option<&Arc<dyn Secrets>>,
    ) -> Result<(Arc<dyn Secrets>, SecretPath)> {
        let at = |path: &str, field: &str| SecretPath { path: path.to_owned(), field: field.to_owned() };
        let (store, path): (Arc<dyn Secrets>, _) = match (&self.vault, &self.file, &self.env) {
            (Some(path), ..) => {
                let vault = vault.ok_or_else(|| Error::invalid(format!("{key}: {self:?}: there is no [vault]")))?;
                (Arc::clone(vault), at(path, self.field.as_deref().unwrap_or(FIELD)))
            }
            (None, Some(file), _) => (Arc::new(InFile(file.clone())), at(&file.to_string_lossy(), "")),
            (None, None, name) => {
                let name = name.as_deref().unwrap_or_default();
                let variables = self.from_env.clone().map(|value| (name, value));
                (Arc::new(EnvSecrets::new(variables)), at(name, ""))
            }
        };
        Ok((Arc::new(Named { key, store }), path))
    }
}

/// A secret by the key that names it, so that who reads an error knows what to change.
struct Named {
    key: &'static str,
    store: Arc<dyn Secrets>,
}

#[async_trait]
impl Secrets for Named {
    async fn get(&self, path: &SecretPath) -> Result<SecretString> {
        self.store.get(path).await.map_err(|error| error.context(self.key))
    }
}

/// A file of its own, wherever it is.
struct InFile(PathBuf);

#[async_trait]
impl Secrets for InFile {
    async fn get(&self, _: &SecretPath) -> Result<SecretString> {
        let file = self.0.clone();
        tokio::task::spawn_blocking(move || read_secret(&file))
            .await
            .map_err(|error| Error::internal("a file could not be read").with_source(error))?
    }
}

/// What is in a file, without the line break that editors leave at its end.
///
/// # Errors
/// [`InvalidInput`](lamplighter_core::ErrorKind::InvalidInput) when it cannot be read or is empty.
pub(super) fn read_secret(file: &Path) -> Result<SecretString> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Error::invalid(format!("cannot read {}", file.display())).with_source(error))?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err(Error::invalid(format!("{} is empty", file.display())));
    }
    Ok(SecretString::from(text))
}
