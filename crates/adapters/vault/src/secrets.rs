use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::FutureExt;
use futures_util::future::{Shared, WeakShared};
use jiff::Timestamp;
use lamplighter_core::ports::{SecretPath, Secrets};
use lamplighter_core::{Clock, Result};
use secrecy::SecretString;

use crate::answer::{Field, Fields};
use crate::path::KvPath;
use crate::reader::{Missing, Reader};
use crate::session::locked;
use crate::transport::since;
use crate::{VaultError, VaultSettings};

/// The secrets in a KV engine, version 2, of a Vault. Clones share their login.
#[derive(Clone)]
pub struct VaultSecrets(Arc<Inner>);

struct Inner {
    reader: Arc<Reader>,
    mount: String,
    patience: Duration,
    clock: Arc<dyn Clock>,
    going_on: Mutex<HashMap<KvPath, WeakShared<Going>>>,
    kept: Mutex<HashMap<KvPath, Kept>>,
}

type Found = std::result::Result<Arc<Fields>, Missing>;
type Going = Pin<Box<dyn Future<Output = Found> + Send>>;

/// What was read last.
struct Kept {
    fields: Arc<Fields>,
    at: Timestamp,
}

impl VaultSecrets {
    /// Nothing is asked yet: the first read logs in, or [`connect`](Self::connect).
    ///
    /// # Errors
    /// [`VaultError::Settings`], [`VaultError::CaFile`], [`VaultError::Client`].
    pub fn new(settings: VaultSettings, clock: Arc<dyn Clock>) -> std::result::Result<Self, VaultError> {
        let reader = Arc::new(Reader::new(&settings, Arc::clone(&clock))?);
        let VaultSettings { mount, patience, .. } = settings;
        let (going_on, kept) = (Mutex::default(), Mutex::default());
        Ok(Self(Arc::new(Inner { reader, mount, patience, clock, going_on, kept })))
    }

    /// Logs in, unless there is a token already. From then on the token is renewed in time, for as long as this or a
    /// clone of it lives.
    ///
    /// # Errors
    /// Why Vault cannot be logged in to, within the time limit of a call.
    pub async fn connect(&self) -> std::result::Result<(), VaultError> {
        self.0.reader.connect().await
    }

    /// Whether there is a token whose time is not over. Vault is not asked.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.0.reader.is_connected()
    }
}

impl Inner {
    async fn get(&self, path: &SecretPath) -> std::result::Result<SecretString, VaultError> {
        let at = KvPath::of(path, &self.mount)?;
        let outcome = match self.reader.limited(self.read(&at)).await {
            Ok(fields) => Ok(fields),
            Err(Missing::Failed(error)) if error.is_away() => self.last_good(&at, &error).ok_or(Missing::Failed(error)),
            Err(missing) => Err(missing),
        };
        let fields = outcome.map_err(|missing| self.reader.named(missing, path, &at))?;
        match fields.get(&path.field) {
            Some(Field::Text(value)) => Ok(value.clone()),
            Some(Field::Other(what)) => Err(VaultError::NotText { path: path.clone(), what }),
            None => Err(VaultError::NotFound { path: path.clone(), what: "it has no such field" }),
        }
    }

    /// Reads, together with those who read the same at the same time.
    async fn read(&self, at: &KvPath) -> Found {
        let outcome = self.going(at).await;
        if self.patience.is_zero() {
            return outcome;
        }
        match &outcome {
            Ok(fields) => {
                let kept = Kept { fields: Arc::clone(fields), at: self.clock.now() };
                locked(&self.kept).insert(at.clone(), kept);
            }
            Err(Missing::Failed(error)) if error.is_away() => {}
            // What Vault says is not there any more, or not ours to read, is not kept either.
            Err(_) => drop(locked(&self.kept).remove(at)),
        }
        outcome
    }

    fn going(&self, at: &KvPath) -> Shared<Going> {
        let mut going_on = locked(&self.going_on);
        // One that is done is no news to somebody who comes after it.
        let going = going_on.get(at).and_then(WeakShared::upgrade).filter(|going| going.peek().is_none());
        going.unwrap_or_else(|| {
            let (reader, path) = (Arc::clone(&self.reader), at.clone());
            let going: Going = Box::pin(async move { reader.read(&path).await.map(Arc::new) });
            let going = going.shared();
            going_on.retain(|_, going| going.upgrade().is_some());
            going_on.extend(going.downgrade().map(|weak| (at.clone(), weak)));
            going
        })
    }

    /// What was read last, if that is not too long ago.
    fn last_good(&self, at: &KvPath, error: &VaultError) -> Option<Arc<Fields>> {
        let kept = locked(&self.kept);
        let last = kept.get(at)?;
        let age = since(last.at, self.clock.now());
        if age > self.patience {
            return None;
        }
        tracing::warn!(%error, ?age, "vault is away; a value that was read before is used");
        Some(Arc::clone(&last.fields))
    }
}

#[async_trait]
impl Secrets for VaultSecrets {
    async fn get(&self, path: &SecretPath) -> Result<SecretString> {
        Ok(self.0.get(path).await?)
    }
}

impl fmt::Debug for VaultSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VaultSecrets").field("mount", &self.0.mount).finish_non_exhaustive()
    }
}
