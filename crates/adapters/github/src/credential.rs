//! The token that requests are sent with, and whose it is.

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use lamplighter_core::Clock;
use lamplighter_core::words::Login;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::api::Wire;
use crate::transport::Ask;
use crate::{GithubAuth, GithubError, GithubSecret};

/// How long before its end a token is renewed.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);
/// How long a JSON web token is valid; ten minutes are the most that GitHub takes.
const JWT_LIFE: SignedDuration = SignedDuration::from_mins(9);
/// How far GitHub's clock may be behind ours.
const DRIFT: SignedDuration = SignedDuration::from_mins(1);

/// A token as it is used, for as long as it is.
pub(crate) struct Credential {
    auth: GithubAuth,
    /// The login that was given, so that nobody need be asked.
    login: Option<Login>,
    repository: String,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    token: Option<Token>,
    login: Option<Login>,
    installation: Option<u64>,
}

#[derive(Clone)]
struct Token {
    secret: SecretString,
    /// Until when it is used (UTC); `None` until somebody refuses it.
    until: Option<Timestamp>,
}

#[derive(Serialize)]
struct Claims {
    iss: String,
    iat: i64,
    exp: i64,
}

#[derive(Deserialize)]
struct App {
    slug: String,
}

#[derive(Deserialize)]
struct User {
    login: String,
}

#[derive(Deserialize)]
struct Installation {
    id: u64,
}

#[derive(Deserialize)]
struct AccessToken {
    token: String,
    expires_at: Option<String>,
}

impl Credential {
    pub(crate) fn new(auth: GithubAuth, login: Option<Login>, repository: String) -> Self {
        Self { auth, login, repository, held: Mutex::default() }
    }

    /// A token that is good now. Whoever asks while it is being renewed waits for it.
    pub(crate) async fn token(&self, wire: &Wire) -> Result<SecretString, GithubError> {
        let mut held = self.held.lock().await;
        let now = wire.clock.now();
        if let Some(token) = held.token.as_ref().filter(|token| token.until.is_none_or(|until| now < until)) {
            return Ok(token.secret.clone());
        }
        let token = match &self.auth {
            GithubAuth::Token(secret) => Token { secret: secret.read().await?, until: None },
            GithubAuth::App { app_id, private_key, installation } => {
                let jwt = json_web_token(*app_id, private_key, wire.clock.as_ref()).await?;
                let id = match installation.or(held.installation) {
                    Some(id) => id,
                    None => self.installation(wire, &jwt).await?,
                };
                held.installation = Some(id);
                access_token(wire, &jwt, id).await?
            }
        };
        held.token = Some(token.clone());
        Ok(token.secret)
    }

    /// Lets go of a token that was refused. `false` where there is no other to be had.
    pub(crate) async fn drop_refused(&self, refused: &SecretString) -> bool {
        let mut held = self.held.lock().await;
        let is_it = |token: &Token| token.secret.expose_secret() == refused.expose_secret();
        // Somebody else may have renewed it meanwhile.
        if held.token.as_ref().is_some_and(is_it) {
            // The next one may be somebody else's.
            *held = Held { installation: held.installation, ..Held::default() };
        }
        self.auth.can_change()
    }

    /// The login by which our comments are known.
    pub(crate) async fn login(&self, wire: &Wire) -> Result<Login, GithubError> {
        let known = self.login.clone().or(self.held.lock().await.login.clone());
        if let Some(login) = known {
            return Ok(login);
        }
        let what = "who we are";
        let login = match &self.auth {
            GithubAuth::Token(_) => {
                let token = self.token(wire).await?;
                let answer = wire.send(&Ask::get("/user", what), &token).await?;
                if answer.status == 401 && self.drop_refused(&token).await {
                    let token = self.token(wire).await?;
                    wire.send(&Ask::get("/user", what), &token).await?
                } else {
                    answer
                }
                .success("read", what)?
                .read::<User>(200, what)?
                .login
            }
            GithubAuth::App { app_id, private_key, .. } => {
                let jwt = json_web_token(*app_id, private_key, wire.clock.as_ref()).await?;
                let answer = wire.send(&Ask::get("/app", what), &jwt).await?.success("read", what)?;
                format!("{}[bot]", answer.read::<App>(200, what)?.slug)
            }
        };
        let login = Login::new(login);
        self.held.lock().await.login = Some(login.clone());
        Ok(login)
    }

    /// <https://docs.github.com/en/rest/apps/apps#get-a-repository-installation-for-the-authenticated-app>
    async fn installation(&self, wire: &Wire, jwt: &SecretString) -> Result<u64, GithubError> {
        let what = "installation of the App on the repository";
        let ask = Ask::get(format!("/repos/{}/installation", self.repository), what);
        let answer = wire.send(&ask, jwt).await?.success("read", what)?;
        Ok(answer.read::<Installation>(200, what)?.id)
    }
}

impl GithubAuth {
    fn can_change(&self) -> bool {
        match self {
            Self::Token(secret) => secret.can_change(),
            Self::App { .. } => true,
        }
    }
}

/// <https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app>
async fn access_token(wire: &Wire, jwt: &SecretString, installation: u64) -> Result<Token, GithubError> {
    let what = "token for the App's installation";
    let target = format!("/app/installations/{installation}/access_tokens");
    // A token more does no harm.
    let ask = Ask { is_repeatable: true, ..Ask::make(target, "make a", what) };
    let given: AccessToken = wire.send(&ask, jwt).await?.success("make a", what)?.read(201, what)?;
    let now = wire.clock.now();
    let expires_at = given.expires_at.and_then(|text| text.parse::<Timestamp>().ok());
    let until = expires_at.unwrap_or(now + SignedDuration::from_hours(1)) - MARGIN;
    Ok(Token { secret: SecretString::from(given.token), until: Some(until) })
}

/// <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app>
async fn json_web_token(app_id: u64, key: &GithubSecret, clock: &dyn Clock) -> Result<SecretString, GithubError> {
    let pem = key.read().await?;
    // The library's error could quote the key.
    let unusable = |_| GithubError::Settings("the App's private key is no RSA key in PEM".to_owned());
    let key = EncodingKey::from_rsa_pem(pem.expose_secret().trim().as_bytes()).map_err(unusable)?;
    let now = clock.now();
    let claims = Claims { iss: app_id.to_string(), iat: (now - DRIFT).as_second(), exp: (now + JWT_LIFE).as_second() };
    jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &key).map(SecretString::from).map_err(unusable)
}
