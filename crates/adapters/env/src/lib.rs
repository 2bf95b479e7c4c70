//! Secrets in environment variables.
//!
//! [`EnvSecrets`] implements [`Secrets`] over variables that its maker gives it.
//!
//! ```
//! use lamplighter_core::ports::{SecretPath, Secrets};
//! use lamplighter_env::EnvSecrets;
//! use secrecy::ExposeSecret;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> lamplighter_core::Result<()> {
//! let variables = [("GITHUB_TOKEN", "hunter2")]; // in a program: std::env::vars()
//! let secrets = EnvSecrets::new(variables);
//! let path = SecretPath { path: "GITHUB_TOKEN".to_owned(), field: String::new() };
//! assert_eq!(secrets.get(&path).await?.expose_secret(), "hunter2");
//! # Ok(())
//! # }
//! ```
//!
//! # Names
//! The path is the variable's name. With a field, the name is path and field with a `_` between them. A variable that is
//! called so is taken as it is; otherwise the one that is called so in capitals, with a `_` for whatever is no letter of
//! ASCII and no digit. So `wiki/db` and its field `password` are `WIKI_DB_PASSWORD`, as are others that differ in such
//! signs only.
//!
//! What it deliberately does not do: it reads no environment itself, since what a library reads in secret nobody can
//! test, and it does not see a variable that is set later.
//!
//! [`Secrets`]: lamplighter_core::ports::Secrets

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;
use lamplighter_core::ports::{SecretPath, Secrets};
use lamplighter_core::{Error, ErrorKind, Result};
use secrecy::SecretString;

/// Secrets in variables.
#[derive(Clone, Default)]
pub struct EnvSecrets(BTreeMap<String, SecretString>);

/// What can go wrong with variables.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum EnvError {
    /// There is no such variable.
    #[error("there is no secret {path}: set the variable {variable}")]
    NoVariable {
        /// Which secret.
        path: SecretPath,
        /// The variable that would be it.
        variable: String,
    },
}

impl From<EnvError> for Error {
    fn from(error: EnvError) -> Self {
        Self::new(ErrorKind::NotFound, error.to_string()).with_source(error)
    }
}

impl EnvSecrets {
    /// These variables, by their names.
    pub fn new<K: Into<String>, V: Into<SecretString>>(variables: impl IntoIterator<Item = (K, V)>) -> Self {
        Self(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

#[async_trait]
impl Secrets for EnvSecrets {
    async fn get(&self, path: &SecretPath) -> Result<SecretString> {
        let written = match path.field.as_str() {
            "" => path.path.clone(),
            field => format!("{}_{field}", path.path),
        };
        let variable = in_capitals(&written);
        let value = self.0.get(&written).or_else(|| self.0.get(&variable));
        Ok(value.cloned().ok_or_else(|| EnvError::NoVariable { path: path.clone(), variable })?)
    }
}

/// Not even the names are shown: there may be a thousand.
impl fmt::Debug for EnvSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnvSecrets").field("variables", &self.0.len()).finish()
    }
}

fn in_capitals(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}
