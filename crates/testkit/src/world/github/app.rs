//! GitHub Apps: their keys, their installations and the tokens of these.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

/// How far ahead a JSON web token may expire.
/// <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app>
const LONGEST: SignedDuration = SignedDuration::from_mins(10);
/// How far the clocks of two machines may be apart.
const DRIFT: SignedDuration = SignedDuration::from_mins(1);
/// What of a PKCS#8 document stands before the PKCS#1 key of 2048 bits in it.
const PKCS8_HEADER: usize = 26;

/// An App as the played GitHub knows it.
pub(super) struct App {
    pub(super) id: u64,
    pub(super) slug: String,
    pub(super) owner: String,
    pub(super) installation: u64,
    /// The repositories that it is installed on, by their ids.
    pub(super) repositories: Vec<u64>,
    /// Whether it may write issues, or only read them.
    pub(super) may_write: bool,
    pub(super) created_at: Timestamp,
    public_key: Vec<u8>,
}

/// What an installation was given to speak with.
#[derive(Debug, Clone)]
pub(super) struct InstallationToken {
    pub(super) app: u64,
    pub(super) expires_at: Timestamp,
}

/// An App for a client to use.
#[derive(Clone)]
pub struct GithubApp {
    /// Its id.
    pub id: u64,
    /// The id of its installation.
    pub installation: u64,
    /// The login of its comments: `<slug>[bot]`.
    pub login: String,
    /// Its private key, as GitHub lets it be downloaded: PKCS#1 in PEM.
    pub private_key: String,
    /// The same key in PKCS#8.
    pub private_key_pkcs8: String,
}

impl std::fmt::Debug for GithubApp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GithubApp").field("id", &self.id).field("login", &self.login).finish_non_exhaustive()
    }
}

/// A new pair of keys.
pub(super) struct Keys {
    pub(super) pkcs1: String,
    pub(super) pkcs8: String,
    pub(super) public: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Deserialize)]
struct Claims {
    iat: i64,
    exp: i64,
    iss: Issuer,
}

/// The id of an App, which clients write either way.
#[derive(Deserialize)]
#[serde(untagged)]
enum Issuer {
    Number(u64),
    Text(String),
}

impl App {
    pub(super) fn new(id: u64, slug: &str, owner: &str, installation: u64, now: Timestamp, keys: &Keys) -> Self {
        Self {
            id,
            slug: slug.to_owned(),
            owner: owner.to_owned(),
            installation,
            repositories: Vec::new(),
            may_write: true,
            created_at: now,
            public_key: keys.public.clone(),
        }
    }

    pub(super) fn login(&self) -> String {
        format!("{}[bot]", self.slug)
    }
}

impl Keys {
    #[expect(clippy::expect_used, reason = "a world without randomness is none")]
    pub(super) fn generate() -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key can be made");
        let private: Pkcs8V1Der<'_> = pair.as_der().expect("a private key can be encoded");
        let public: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("a public key can be encoded");
        let pkcs1 = private.as_ref().get(PKCS8_HEADER..).unwrap_or_default();
        Self {
            pkcs1: pem("RSA PRIVATE KEY", pkcs1),
            pkcs8: pem("PRIVATE KEY", private.as_ref()),
            public: public.as_ref().to_vec(),
        }
    }
}

/// Which App made a JSON web token, or GitHub's words for what is wrong with it.
pub(super) fn authenticate<'a>(apps: &'a [App], token: &str, now: Timestamp) -> Result<&'a App, &'static str> {
    const UNDECODABLE: &str = "A JSON web token could not be decoded";
    let (signed, signature) = token.rsplit_once('.').ok_or(UNDECODABLE)?;
    let (header, claims) = signed.split_once('.').ok_or(UNDECODABLE)?;
    let part = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| UNDECODABLE);
    let header: Header = serde_json::from_slice(&part(header)?).map_err(|_| UNDECODABLE)?;
    let claims: Claims = serde_json::from_slice(&part(claims)?).map_err(|_| UNDECODABLE)?;
    if header.alg != "RS256" {
        return Err(UNDECODABLE);
    }
    let app = apps.iter().find(|app| claims.iss.is(app)).ok_or("Integration not found")?;
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &app.public_key)
        .verify(signed.as_bytes(), &part(signature)?)
        .map_err(|_| UNDECODABLE)?;
    let at = |seconds| Timestamp::from_second(seconds).map_err(|_| UNDECODABLE);
    let (issued, expires) = (at(claims.iat)?, at(claims.exp)?);
    if expires > now + LONGEST {
        return Err("'Expiration time' claim ('exp') is too far in the future");
    }
    if expires <= now {
        return Err(
            "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
        );
    }
    if issued > now + DRIFT {
        return Err("'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued");
    }
    Ok(app)
}

/// Whether a token looks like a JSON web token at all.
pub(super) fn is_json_web_token(token: &str) -> bool {
    token.matches('.').count() == 2
}

impl Issuer {
    fn is(&self, app: &App) -> bool {
        match self {
            Self::Number(id) => *id == app.id,
            Self::Text(text) => *text == app.id.to_string(),
        }
    }
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = (0..text.len()).step_by(64).filter_map(|at| text.get(at..text.len().min(at + 64))).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
