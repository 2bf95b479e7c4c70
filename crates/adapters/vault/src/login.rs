//! Getting a token, and getting it a longer life.

use std::path::Path;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use tokio::io::AsyncReadExt;
use vaultrs::api::auth::approle::requests::LoginWithApproleRequest;
use vaultrs::api::auth::kubernetes::requests::LoginWithKubernetesRequest;
use vaultrs::api::token::requests::{LookupTokenSelfRequest, RenewTokenSelfRequest};

use crate::answer::{Answer, Auth};
use crate::lease::{Granted, Lease};
use crate::transport::Transport;
use crate::{VaultError, VaultLogin};

/// How much of a token file is read, in bytes.
const JWT_LIMIT: u64 = 64 << 10;

/// What Vault says to a login that it refuses, what that means, and whether a setting is wrong. Its own text is not
/// repeated: it could quote what was sent.
const REFUSALS: [(&str, &str, bool); 6] = [
    ("invalid role name", "there is no such role; create it, or correct its name", true),
    (
        "namespace not authorized",
        "the service account's namespace is not among the role's bound_service_account_namespaces",
        false,
    ),
    (
        "service account name not authorized",
        "the service account is not among the role's bound_service_account_names",
        false,
    ),
    ("audience", "the service-account token is for another audience than the role's", false),
    ("invalid role or secret ID", "the role ID or the secret ID is wrong, expired or used up; give new ones", false),
    ("no handler for route", "nothing is mounted there; enable the auth method, or correct mount and namespace", true),
];

/// Logs in once. A time limit is the caller's matter.
pub(crate) async fn log_in(transport: &Transport, login: &VaultLogin, number: u64) -> Result<Lease, VaultError> {
    match login {
        VaultLogin::Kubernetes { mount, role, jwt_path } => {
            let jwt = jwt(jwt_path).await?;
            let mut request = LoginWithKubernetesRequest::builder();
            let request = request.mount(mount).role(role).jwt(jwt.expose_secret()).build();
            let request = request.map_err(|_| VaultError::Settings("the login cannot be made".to_owned()))?;
            let asked = transport.clock.now();
            granted(login, number, asked, &transport.exchange(&request, None).await?)
        }
        VaultLogin::AppRole { mount, role_id, secret_id } => {
            let mut request = LoginWithApproleRequest::builder();
            let request = request.mount(mount).role_id(role_id).secret_id(secret_id.expose_secret().trim()).build();
            let request = request.map_err(|_| VaultError::Settings("the login cannot be made".to_owned()))?;
            let asked = transport.clock.now();
            granted(login, number, asked, &transport.exchange(&request, None).await?)
        }
        VaultLogin::Token(token) => look_up(transport, login, token, number).await,
    }
}

fn granted(login: &VaultLogin, number: u64, asked: Timestamp, answer: &Answer) -> Result<Lease, VaultError> {
    if matches!(answer.status, 400 | 403 | 404)
        && let Some(refusal) = refusal(login, answer)
    {
        return Err(refusal);
    }
    let Auth { client_token, lease_duration, renewable } = answer.auth()?;
    let granted = Granted::lasting(lease_duration).ok_or_else(|| VaultError::NoLease { who: login.who() })?;
    Ok(Lease::new(client_token.into(), number, asked, granted, renewable))
}

/// `None` when it is not Vault that refuses.
fn refusal(login: &VaultLogin, answer: &Answer) -> Option<VaultError> {
    answer.errors()?;
    if matches!(answer.failure(), VaultError::Standby) {
        return None;
    }
    let known = REFUSALS.iter().find(|(said, ..)| answer.says(said));
    let (what, misconfigured) = match known {
        Some((_, what, misconfigured)) => (*what, *misconfigured),
        None if answer.status == 403 => (
            "permission denied; is the auth method mounted there, and is the token of the service account valid?",
            false,
        ),
        None => ("it does not take this login; is another auth method mounted there?", true),
    };
    Some(VaultError::LoginRefused { who: login.who(), what, misconfigured })
}

/// The life that is left of a token that was given.
async fn look_up(
    transport: &Transport,
    login: &VaultLogin,
    token: &SecretString,
    number: u64,
) -> Result<Lease, VaultError> {
    let asked = transport.clock.now();
    let answer = transport.exchange(&LookupTokenSelfRequest {}, Some(token)).await?;
    if answer.status == 403 && answer.errors().is_some() {
        return Err(VaultError::TokenEnded);
    }
    let own = answer.own_token()?;
    let granted = match (own.ttl, &own.expire_time) {
        (0, None) => Granted::FOR_EVER,
        (ttl, _) => Granted::lasting(ttl).ok_or_else(|| VaultError::NoLease { who: login.who() })?,
    };
    Ok(Lease::new(token.clone(), number, asked, granted, own.renewable))
}

/// Whether Vault still knows a token.
pub(crate) async fn is_known(transport: &Transport, lease: &Lease) -> Result<bool, VaultError> {
    let answer = transport.exchange(&LookupTokenSelfRequest {}, Some(lease.token())).await?;
    if answer.status == 403 && answer.errors().is_some() {
        return Ok(false);
    }
    answer.own_token().map(|_| true)
}

/// What became of a renewal.
pub(crate) enum Renewal {
    Renewed(Lease),
    /// Vault says no, so that there is nothing left but a login.
    Refused,
}

/// Renews a token once.
pub(crate) async fn renew(transport: &Transport, lease: &Lease) -> Result<Renewal, VaultError> {
    let asked = transport.clock.now();
    let request = RenewTokenSelfRequest { increment: None };
    let answer = transport.exchange(&request, Some(lease.token())).await?;
    if matches!(answer.status, 400 | 403 | 404) && answer.errors().is_some() {
        let is_standby = matches!(answer.failure(), VaultError::Standby);
        return if is_standby { Err(VaultError::Standby) } else { Ok(Renewal::Refused) };
    }
    let auth = answer.auth()?;
    match Granted::lasting(auth.lease_duration) {
        Some(granted) => Ok(Renewal::Renewed(lease.renewed(asked, granted, auth.renewable))),
        None => Ok(Renewal::Refused),
    }
}

async fn jwt(path: &Path) -> Result<SecretString, VaultError> {
    let unreadable = |what: String| VaultError::Jwt { path: path.to_owned(), what };
    let mut text = String::new();
    let file = tokio::fs::File::open(path).await.map_err(|error| unreadable(error.to_string()))?;
    let read = file.take(JWT_LIMIT).read_to_string(&mut text).await;
    read.map_err(|error| unreadable(error.kind().to_string()))?;
    if text.trim().is_empty() {
        return Err(unreadable("it is empty".to_owned()));
    }
    Ok(text.trim().into())
}
