use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use lamplighter_core::ports::{SecretPath, Secrets};
use lamplighter_core::{Error, ErrorKind, Result, async_trait};
use secrecy::SecretString;

use super::{Calls, locked};

/// A store of secrets in memory.
#[derive(Clone, Default)]
pub struct FakeSecrets(Arc<Inner>);

#[derive(Default)]
struct Inner {
    values: Mutex<BTreeMap<(String, String), Option<SecretString>>>,
    calls: Calls,
}

impl FakeSecrets {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with a secret.
    #[must_use]
    pub fn with(self, path: &str, field: &str, value: &str) -> Self {
        locked(&self.0.values).insert((path.to_owned(), field.to_owned()), Some(value.into()));
        self
    }

    /// The same with a secret that we may not read.
    #[must_use]
    pub fn forbidden(self, path: &str, field: &str) -> Self {
        locked(&self.0.values).insert((path.to_owned(), field.to_owned()), None);
        self
    }

    /// What it was asked, and what it is to fail at.
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.0.calls
    }
}

#[async_trait]
impl Secrets for FakeSecrets {
    async fn get(&self, path: &SecretPath) -> Result<SecretString> {
        self.0.calls.begin("get", path)?;
        match locked(&self.0.values).get(&(path.path.clone(), path.field.clone())) {
            Some(Some(value)) => Ok(value.clone()),
            Some(None) => Err(Error::new(ErrorKind::Permission, format!("{path} may not be read; grant read on it"))),
            None => Err(Error::new(ErrorKind::NotFound, format!("there is no secret {path}"))),
        }
    }
}
