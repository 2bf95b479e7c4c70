use std::fmt;
use std::time::Duration;

use reqwest::RequestBuilder;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::PrometheusError;

/// Where a server is, and how one logs in to it.
///
/// ```
/// use lamplighter_prometheus::Endpoint;
/// use secrecy::SecretString;
///
/// let endpoint = Endpoint::new("https://metrics.example.org/prometheus").with_token(SecretString::from("hunter2"));
/// assert_eq!(format!("{endpoint:?}"), r#"Endpoint { url: "https://metrics.example.org/prometheus", login: "token" }"#);
/// ```
#[derive(Clone)]
pub struct Endpoint {
    url: String,
    login: Login,
}

#[derive(Clone)]
enum Login {
    None,
    Token(SecretString),
    Basic { user: String, password: SecretString },
}

impl Endpoint {
    /// A server that lets everybody in. The URL is what comes before `/api`: `http://prometheus.monitoring:9090`,
    /// `https://example.org/prometheus`.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), login: Login::None }
    }

    /// The same with a bearer token.
    #[must_use]
    pub fn with_token(self, token: SecretString) -> Self {
        Self { login: Login::Token(token), ..self }
    }

    /// The same with a user and a password (basic authentication).
    #[must_use]
    pub fn with_login(self, user: impl Into<String>, password: SecretString) -> Self {
        Self { login: Login::Basic { user: user.into(), password }, ..self }
    }

    /// Adds the credentials to a request. The client marks them as not to be shown.
    pub(crate) fn authorize(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.login {
            Login::None => request,
            Login::Token(token) => request.bearer_auth(token.expose_secret()),
            Login::Basic { user, password } => request.basic_auth(user, Some(password.expose_secret())),
        }
    }

    /// The URL with a slash at its end, so that paths are below it.
    pub(crate) fn base(&self, server: &'static str) -> Result<Url, PrometheusError> {
        let refused = |what: String| PrometheusError::Settings { server, what };
        // A URL that cannot be read cannot be stripped of its secrets either, so it is not shown.
        let mut url = Url::parse(&self.url).map_err(|error| refused(format!("its URL is not one: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refused(format!("its URL begins with {}; http and https can be asked", url.scheme())));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("its URL has a login in it; give it as one".to_owned()));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refused("its URL has a query or a fragment; it ends before /api".to_owned()));
        }
        let path = format!("{}/", url.path().trim_end_matches('/'));
        url.set_path(&path);
        Ok(url)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.base("").map_or_else(|_| "…".to_owned(), |url| url.as_str().trim_end_matches('/').to_owned());
        let login = match &self.login {
            Login::None => "none",
            Login::Token(_) => "token",
            Login::Basic { .. } => "basic",
        };
        f.debug_struct("Endpoint").field("url", &url).field("login", &login).finish()
    }
}

/// Which Prometheus, and how it is asked.
#[derive(Debug, Clone)]
pub struct PrometheusSettings {
    pub(crate) prometheus: Endpoint,
    pub(crate) alertmanager: Option<Endpoint>,
    pub(crate) timeout: Duration,
}

impl PrometheusSettings {
    /// This Prometheus, no Alertmanager, and thirty seconds for each call.
    #[must_use]
    pub fn new(prometheus: Endpoint) -> Self {
        Self { prometheus, alertmanager: None, timeout: Duration::from_secs(30) }
    }

    /// The same with an Alertmanager, which is asked for the alerts then.
    #[must_use]
    pub fn with_alertmanager(self, alertmanager: Endpoint) -> Self {
        Self { alertmanager: Some(alertmanager), ..self }
    }

    /// The same with another time limit for a call, its retries included.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_never_shown() {
        let secret = || SecretString::from("hunter2");
        for endpoint in [
            Endpoint::new("https://metrics.example.org").with_token(secret()),
            Endpoint::new("https://metrics.example.org").with_login("maria", secret()),
            Endpoint::new("https://maria:hunter2@metrics.example.org"),
            Endpoint::new("https://hunter2@metrics.example.org"),
            Endpoint::new("https://metrics.example.org?token=hunter2"),
            Endpoint::new("https://metrics.example.org/#hunter2"),
            Endpoint::new("hunter2"),
        ] {
            let settings = PrometheusSettings::new(endpoint.clone()).with_alertmanager(endpoint.clone());
            let shown = format!("{settings:?} {:?}", endpoint.base("Prometheus").err().map(|error| error.to_string()));
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }

    #[test]
    fn a_url_that_cannot_be_asked_is_refused() {
        for (url, says) in [
            ("metrics.example.org", "not one"),
            ("", "not one"),
            ("ftp://metrics.example.org", "begins with ftp"),
            ("http://maria@metrics.example.org", "has a login"),
            ("http://:hunter2@metrics.example.org", "has a login"),
            ("http://metrics.example.org?x", "query or a fragment"),
            ("http://metrics.example.org#x", "query or a fragment"),
        ] {
            let error = Endpoint::new(url).base("Alertmanager").unwrap_err().to_string();
            assert!(error.starts_with("Alertmanager") && error.contains(says), "{url}: {error}");
        }
    }

    #[test]
    fn paths_are_below_the_url() {
        for (url, expected) in [
            ("http://metrics.example.org", "http://metrics.example.org/api/v1/x"),
            ("http://metrics.example.org:9090/", "http://metrics.example.org:9090/api/v1/x"),
            ("https://example.org/prometheus", "https://example.org/prometheus/api/v1/x"),
            ("https://example.org/a/b//", "https://example.org/a/b/api/v1/x"),
        ] {
            let url = Endpoint::new(url).base("Prometheus").unwrap().join("api/v1/x").unwrap();
            assert_eq!(url.as_str(), expected);
        }
    }
}
