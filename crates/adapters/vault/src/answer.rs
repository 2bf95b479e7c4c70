//! What Vault's answers mean. Nothing of their text gets out of here, except the values that were asked for.

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::VaultError;

/// A status and a body.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    pub(crate) retry_after: Option<Duration>,
}

/// The `auth` of a login or a renewal.
#[derive(Deserialize)]
pub(crate) struct Auth {
    pub(crate) client_token: SecretToken,
    pub(crate) lease_duration: u64,
    #[serde(default)]
    pub(crate) renewable: bool,
}

/// The `data` of a look-up of a token by itself.
#[derive(Deserialize)]
pub(crate) struct OwnToken {
    /// In seconds; zero for a token that never ends.
    pub(crate) ttl: u64,
    #[serde(default)]
    pub(crate) expire_time: Option<String>,
    #[serde(default)]
    pub(crate) renewable: bool,
}

/// A token in an answer.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct SecretToken(String);

impl From<SecretToken> for SecretString {
    fn from(token: SecretToken) -> Self {
        token.0.into()
    }
}

/// The fields of a secret.
pub(crate) type Fields = BTreeMap<String, Field>;

/// A field of a secret.
pub(crate) enum Field {
    Text(SecretString),
    /// JSON that is no text, and what it is.
    Other(&'static str),
}

/// What reading a secret comes to where Vault does answer.
pub(crate) enum Reading {
    Found(Fields),
    Gone(&'static str),
    Denied,
}

#[derive(Deserialize)]
struct AuthEnvelope {
    auth: Auth,
}

#[derive(Deserialize)]
struct DataEnvelope<T> {
    data: T,
}

#[derive(Deserialize)]
struct Errors {
    errors: Vec<String>,
}

/// What a KV engine answers when it is asked for something that is neither `data/` nor `metadata/`.
#[derive(Deserialize)]
struct Warnings {
    #[serde(rename = "warnings")]
    _warnings: Vec<String>,
}

#[derive(Deserialize)]
struct Secret {
    data: Option<BTreeMap<String, Value>>,
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    destroyed: bool,
}

/// What Vault answers with 404 to a read below a mount that is not there.
const NO_ROUTE: &str = "no handler for route";

const DELETED: &str = "its latest version is deleted";

impl Answer {
    /// The token of a login or a renewal.
    pub(crate) fn auth(&self) -> Result<Auth, VaultError> {
        self.success()?;
        Ok(self.json::<AuthEnvelope>("it has no token in it")?.auth)
    }

    pub(crate) fn own_token(&self) -> Result<OwnToken, VaultError> {
        self.success()?;
        Ok(self.json::<DataEnvelope<OwnToken>>("it does not describe a token")?.data)
    }

    /// The fields of a KV v2 secret.
    pub(crate) fn secret(&self) -> Result<Reading, VaultError> {
        match self.status {
            403 if self.errors().is_some() => Ok(Reading::Denied),
            404 => self.gone(),
            _ => {
                self.success()?;
                let secret = self.json::<DataEnvelope<Secret>>("it is no secret of a KV engine of version 2")?.data;
                Ok(secret.data.map_or(Reading::Gone(DELETED), |fields| {
                    Reading::Found(fields.into_iter().map(|(name, value)| (name, Field::from(value))).collect())
                }))
            }
        }
    }

    fn gone(&self) -> Result<Reading, VaultError> {
        if self.says(NO_ROUTE) {
            return Ok(Reading::Gone("nothing is mounted there"));
        }
        if let Ok(DataEnvelope { data: Secret { metadata, .. } }) = serde_json::from_slice(&self.body) {
            let what = if metadata.destroyed { "its latest version is destroyed" } else { DELETED };
            return Ok(Reading::Gone(what));
        }
        if serde_json::from_slice::<Warnings>(&self.body).is_ok() {
            return Ok(Reading::Gone("the mount that is set is no mount; the engine's is shorter"));
        }
        match self.errors() {
            Some(_) => Ok(Reading::Gone("no such path")),
            None => Err(VaultError::not_vault("it answers 404 with something else than Vault's errors")),
        }
    }

    /// Whether one of the errors has this text in it.
    pub(crate) fn says(&self, text: &str) -> bool {
        self.errors().is_some_and(|errors| errors.iter().any(|error| error.contains(text)))
    }

    /// The errors, where the body is what Vault makes of them.
    pub(crate) fn errors(&self) -> Option<Vec<String>> {
        serde_json::from_slice::<Errors>(&self.body).ok().map(|body| body.errors)
    }

    fn success(&self) -> Result<(), VaultError> {
        if self.status == 200 { Ok(()) } else { Err(self.failure()) }
    }

    /// What an answer means that nobody expects.
    pub(crate) fn failure(&self) -> VaultError {
        match self.status {
            503 if self.says("Vault is sealed") => VaultError::Sealed,
            500 if self.says("active cluster node not found") => VaultError::Standby,
            400 if self.says("DR secondary") => VaultError::Standby,
            472 => VaultError::Standby,
            412 | 429 | 473 | 500..=599 => {
                VaultError::Unavailable { status: self.status, retry_after: self.retry_after }
            }
            status => VaultError::not_vault(format!("it answers {status}")),
        }
    }

    /// The parser's own words may quote what it read, so they are not used.
    fn json<T: DeserializeOwned>(&self, otherwise: &str) -> Result<T, VaultError> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Err(VaultError::not_vault("it answers 200 without a body"));
        }
        serde_json::from_slice(&self.body).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => VaultError::not_vault(otherwise),
            _ => VaultError::not_vault("it answers 200 with something else than JSON"),
        })
    }
}

impl From<Value> for Field {
    /// A number and a truth value are told as JSON writes them.
    fn from(value: Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text.into()),
            Value::Number(_) | Value::Bool(_) => Self::Text(value.to_string().into()),
            Value::Null => Self::Other("nothing"),
            Value::Array(_) => Self::Other("a list"),
            Value::Object(_) => Self::Other("an object"),
        }
    }
}
