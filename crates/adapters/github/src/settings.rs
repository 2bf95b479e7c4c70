use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use lamplighter_core::Result;
use lamplighter_core::ports::{SecretPath, Secrets};
use lamplighter_core::words::Login;
use secrecy::SecretString;
use url::Url;

use crate::GithubError;

/// Which repository, and as whom.
///
/// ```
/// use lamplighter_github::{GithubAuth, GithubSecret, GithubSettings};
/// use secrecy::SecretString;
///
/// let token = GithubSecret::fixed(SecretString::from("ghp_hunter2"));
/// let settings = GithubSettings::new("home", "infra", GithubAuth::Token(token))
///     .with_url("https://github.example.org/api/v3");
/// assert!(!format!("{settings:?}").contains("hunter2"));
/// ```
#[derive(Clone)]
pub struct GithubSettings {
    url: String,
    owner: String,
    repository: String,
    pub(crate) auth: GithubAuth,
    pub(crate) login: Option<Login>,
    pub(crate) timeout: Duration,
    pub(crate) patience: Duration,
}

/// As whom GitHub is asked.
#[derive(Clone)]
pub enum GithubAuth {
    /// A token: a personal one, fine-grained or classic, or that of a workflow.
    Token(GithubSecret),
    /// A GitHub App, which is given a token of an hour for its installation, again and again.
    App {
        /// Its id.
        app_id: u64,
        /// Its private key, in PEM as GitHub lets it be downloaded.
        private_key: GithubSecret,
        /// Its installation; looked up by the repository where it is not given.
        installation: Option<u64>,
    },
}

/// A token or a private key: one that stays, or one in a store, which is read again when GitHub refuses it.
#[derive(Clone)]
pub struct GithubSecret(Source);

#[derive(Clone)]
enum Source {
    Fixed(SecretString),
    Stored(Arc<dyn Secrets>, SecretPath),
}

impl GithubSecret {
    /// One that stays as it is.
    #[must_use]
    pub fn fixed(secret: SecretString) -> Self {
        Self(Source::Fixed(secret))
    }

    /// One in a store, where somebody may put another one while we run.
    pub fn stored(secrets: Arc<dyn Secrets>, path: SecretPath) -> Self {
        Self(Source::Stored(secrets, path))
    }

    /// Whether another one may be there later.
    pub(crate) const fn can_change(&self) -> bool {
        matches!(self.0, Source::Stored(..))
    }

    pub(crate) async fn read(&self) -> Result<SecretString, GithubError> {
        match &self.0 {
            Source::Fixed(secret) => Ok(secret.clone()),
            Source::Stored(secrets, path) => secrets.get(path).await.map_err(GithubError::Credential),
        }
    }
}

impl fmt::Debug for GithubSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Fixed(_) => f.write_str("fixed"),
            Source::Stored(_, path) => write!(f, "stored at {path}"),
        }
    }
}

impl fmt::Debug for GithubAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(secret) => write!(f, "token, {secret:?}"),
            Self::App { app_id, private_key, installation } => {
                write!(f, "App {app_id} (installation {installation:?}), {private_key:?}")
            }
        }
    }
}

impl GithubSettings {
    /// This repository on github.com; ten seconds for each request, and two minutes of patience with rate limits.
    pub fn new(owner: impl Into<String>, repository: impl Into<String>, auth: GithubAuth) -> Self {
        Self {
            url: "https://api.github.com".to_owned(),
            owner: owner.into(),
            repository: repository.into(),
            auth,
            login: None,
            timeout: Duration::from_secs(10),
            patience: Duration::from_mins(2),
        }
    }

    /// The same on another server. For GitHub Enterprise Server the API is at `https://HOST/api/v3`.
    #[must_use]
    pub fn with_url(self, url: impl Into<String>) -> Self {
        Self { url: url.into(), ..self }
    }

    /// The same with another time limit for each request.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The same with another time that one request may wait, all in all, for rate limits to be over.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The same with the login that our comments have, which is asked of GitHub otherwise. The token of a workflow may
    /// not ask: it comments as `github-actions[bot]`.
    #[must_use]
    pub fn with_login(self, login: Login) -> Self {
        Self { login: Some(login), ..self }
    }

    /// `owner/name`.
    pub(crate) fn full_name(&self) -> Result<String, GithubError> {
        for name in [&self.owner, &self.repository] {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            let is_name = !name.is_empty() && name.len() <= 100 && name.chars().all(is_plain);
            // Either of these could lead a request elsewhere.
            if !is_name || name == "." || name == ".." {
                return Err(GithubError::Settings(format!("{name:?} is no name of an owner or a repository")));
            }
        }
        Ok(format!("{}/{}", self.owner, self.repository))
    }

    /// The API's URL without a slash at its end.
    pub(crate) fn base(&self) -> Result<Url, GithubError> {
        let refused = |what: String| GithubError::Settings(what);
        // A URL that cannot be read cannot be stripped of its secrets either, so it is not shown.
        let mut url = Url::parse(&self.url).map_err(|error| refused(format!("its URL is not one: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refused(format!("its URL begins with {}; http and https can be asked", url.scheme())));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("its URL has a login in it".to_owned()));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refused("its URL has a query or a fragment".to_owned()));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(url)
    }
}

impl fmt::Debug for GithubSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.base().map_or_else(|_| "…".to_owned(), |url| url.to_string());
        f.debug_struct("GithubSettings")
            .field("url", &url)
            .field("repository", &format_args!("{}/{}", self.owner, self.repository))
            .field("auth", &self.auth)
            .field("login", &self.login)
            .field("timeout", &self.timeout)
            .field("patience", &self.patience)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(owner: &str, url: &str) -> GithubSettings {
        let token = GithubSecret::fixed(SecretString::from("hunter2"));
        GithubSettings::new(owner, "infra", GithubAuth::Token(token)).with_url(url)
    }

    #[test]
    fn what_cannot_be_asked_is_refused() {
        for (url, says) in [
            ("api.github.com", "not one"),
            ("ftp://api.github.com", "begins with ftp"),
            ("http://maria:hunter2@api.github.com", "has a login"),
            ("http://api.github.com?hunter2", "query or a fragment"),
        ] {
            let error = settings("home", url).base().unwrap_err().to_string();
            assert!(error.contains(says) && !error.contains("hunter2"), "{url}: {error}");
        }
        assert_eq!(settings("home", "https://g.example/api/v3/").base().unwrap().as_str(), "https://g.example/api/v3");
        for owner in ["", "..", "a/b", "a b", "ä", "a?b"] {
            assert!(settings(owner, "https://api.github.com").full_name().is_err(), "{owner:?}");
        }
        assert_eq!(settings("a-b.c_d", "https://api.github.com").full_name().unwrap(), "a-b.c_d/infra");
    }

    #[test]
    fn secrets_are_never_shown() {
        for url in ["https://maria:hunter2@api.github.com", "hunter2", "http://a?hunter2", "https://api.github.com"] {
            let settings = settings("home", url);
            assert!(!format!("{settings:?}").contains("hunter2"), "{settings:?}");
        }
    }
}
