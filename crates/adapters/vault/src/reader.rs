//! Reading a secret with whatever token is good.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use lamplighter_core::Clock;
use lamplighter_core::ports::SecretPath;
use vaultrs::api::kv2::requests::ReadSecretRequest;

use crate::answer::{Fields, Reading};
use crate::lease::Lease;
use crate::login::is_known;
use crate::path::KvPath;
use crate::session::{Session, locked};
use crate::transport::{Transport, since};
use crate::{VaultError, VaultSettings};

/// For how long a refusal that a new login did not change is taken for one that no login changes.
const REFUSAL_HOLDS: Duration = Duration::from_mins(5);

/// Reads from one mount.
pub(crate) struct Reader {
    transport: Arc<Transport>,
    session: Session,
    mount: String,
    /// When a new login last changed nothing about a refusal.
    refused: Mutex<Option<Timestamp>>,
}

/// Why there is no secret, before it has a name.
#[derive(Debug, Clone)]
pub(crate) enum Missing {
    Gone(&'static str),
    Denied,
    Failed(VaultError),
}

impl From<VaultError> for Missing {
    fn from(error: VaultError) -> Self {
        Self::Failed(error)
    }
}

impl Reader {
    pub(crate) fn new(settings: &VaultSettings, clock: Arc<dyn Clock>) -> Result<Self, VaultError> {
        let transport = Arc::new(Transport::new(settings, clock)?);
        let session = Session::new(Arc::clone(&transport), settings.login.clone());
        Ok(Self { transport, session, mount: settings.mount.clone(), refused: Mutex::new(None) })
    }

    pub(crate) async fn connect(&self) -> Result<(), VaultError> {
        self.transport.limited(async { self.session.lease(None).await.map(drop) }).await
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.session.present(self.transport.clock.now()).is_some()
    }

    /// Within the time limit of a call.
    pub(crate) async fn limited<T: Send>(
        &self,
        work: impl Future<Output = Result<T, Missing>> + Send,
    ) -> Result<T, Missing> {
        let inside = async { Ok(work.await) };
        self.transport.limited(inside).await?
    }

    /// Reads the fields. A refusal may mean that the token was revoked, so it is tried once with another one.
    pub(crate) async fn read(&self, path: &KvPath) -> Result<Fields, Missing> {
        let (reading, lease) = self.ask(path, None).await?;
        let reading = match reading {
            Reading::Denied if !self.is_lasting(&lease).await? => {
                let (reading, _) = self.ask(path, Some(lease.number)).await?;
                if matches!(reading, Reading::Denied) {
                    *locked(&self.refused) = Some(self.transport.clock.now());
                }
                reading
            }
            reading => reading,
        };
        match reading {
            Reading::Found(fields) => Ok(fields),
            Reading::Gone(what) => Err(Missing::Gone(what)),
            Reading::Denied => Err(Missing::Denied),
        }
    }

    /// Whether a login would change nothing about a refusal: the last one did not, and this token is alive.
    async fn is_lasting(&self, lease: &Lease) -> Result<bool, VaultError> {
        let last = *locked(&self.refused);
        let now = self.transport.clock.now();
        if last.is_none_or(|at| since(at, now) >= REFUSAL_HOLDS) || !lease.is_good(now) {
            return Ok(false);
        }
        is_known(&self.transport, lease).await
    }

    /// Asks once, or a few times when Vault stumbles, and says with which token.
    async fn ask(&self, path: &KvPath, refused: Option<u64>) -> Result<(Reading, Arc<Lease>), VaultError> {
        let mut request = ReadSecretRequest::builder();
        let request = request.mount(&self.mount).path(&path.0).build();
        let request = request.map_err(|_| VaultError::Settings("a read cannot be made".to_owned()))?;
        loop {
            let lease = self.session.lease(refused).await?;
            let (lease, request) = (&lease, &request);
            let attempt = || async move {
                // Between two attempts its time may have passed.
                if !lease.is_good(self.transport.clock.now()) {
                    return Ok(None);
                }
                self.transport.exchange(request, Some(lease.token())).await?.secret().map(Some)
            };
            if let Some(reading) = self.transport.retrying(true, attempt).await? {
                return Ok((reading, Arc::clone(lease)));
            }
        }
    }

    /// The error of a secret that has a name.
    pub(crate) fn named(&self, missing: Missing, path: &SecretPath, at: &KvPath) -> VaultError {
        match missing {
            Missing::Gone(what) => VaultError::NotFound { path: path.clone(), what },
            Missing::Denied => VaultError::Forbidden {
                who: self.session.login().who(),
                path: path.clone(),
                mount: self.mount.clone(),
                below: at.0.clone(),
            },
            Missing::Failed(error) => error,
        }
    }
}
