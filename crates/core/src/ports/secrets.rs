use std::fmt;

use async_trait::async_trait;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::Result;

/// Where a secret is: the path and the field in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SecretPath {
    /// The path, in the words of the store.
    pub path: String,
    /// The field.
    pub field: String,
}

impl fmt::Display for SecretPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field.as_str() {
            "" => f.write_str(&self.path),
            field => write!(f, "{}#{field}", self.path),
        }
    }
}

/// Reading secrets. There is no way to write one.
#[async_trait]
pub trait Secrets: Send + Sync {
    /// The value. It never appears in a log, an error or a journal.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) naming the path and the field,
    /// [`Permission`](crate::ErrorKind::Permission).
    async fn get(&self, path: &SecretPath) -> Result<SecretString>;
}
