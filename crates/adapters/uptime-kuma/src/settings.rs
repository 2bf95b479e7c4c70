use std::fmt;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use crate::UptimeKumaError;

/// Which Uptime Kuma, and which way in.
///
/// ```
/// use lamplighter_uptime_kuma::{UptimeKumaSettings, Way};
/// use secrecy::SecretString;
///
/// let way = Way::socket("maria", SecretString::from("hunter2"));
/// let settings = UptimeKumaSettings::new("https://status.example.org", way);
/// assert!(!format!("{settings:?}").contains("hunter2"));
/// ```
#[derive(Clone)]
pub struct UptimeKumaSettings {
    url: String,
    pub(crate) way: Way,
    pub(crate) timeout: Duration,
}

impl UptimeKumaSettings {
    /// This Uptime Kuma, and thirty seconds for each call. The URL is that of its dashboard without `/dashboard`:
    /// `http://uptime-kuma.monitoring:3001`.
    pub fn new(url: impl Into<String>, way: Way) -> Self {
        Self { url: url.into(), way, timeout: Duration::from_secs(30) }
    }

    /// The same with another time limit for a call, its retries included.
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The URL with a slash at its end, so that paths are below it.
    pub(crate) fn base(&self) -> Result<Url, UptimeKumaError> {
        let refused = |what: String| UptimeKumaError::Settings(what);
        // A URL that cannot be read cannot be stripped of its secrets either, so it is not shown.
        let mut url = Url::parse(&self.url).map_err(|error| refused(format!("its URL is not one: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refused(format!("its URL begins with {}; http and https can be asked", url.scheme())));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("its URL has a login in it; give it as one".to_owned()));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(refused("its URL has a query or a fragment".to_owned()));
        }
        let path = format!("{}/", url.path().trim_end_matches('/'));
        url.set_path(&path);
        if let Access::Page { slug } = &self.way.0 {
            // What Uptime Kuma allows a slug to be; anything else could lead the request elsewhere.
            let is_slug = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if slug.is_empty() || !slug.chars().all(is_slug) {
                return Err(refused("the slug of a status page has lower-case letters, digits and dashes".to_owned()));
            }
        }
        Ok(url)
    }
}

impl fmt::Debug for UptimeKumaSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.base().map_or_else(|_| "…".to_owned(), |url| url.as_str().trim_end_matches('/').to_owned());
        f.debug_struct("UptimeKumaSettings")
            .field("url", &url)
            .field("way", &self.way)
            .field("timeout", &self.timeout)
            .finish()
    }
}

/// One of the ways into Uptime Kuma; see the [crate's documentation](crate).
#[derive(Clone)]
pub struct Way(pub(crate) Access);

#[derive(Clone)]
pub(crate) enum Access {
    Metrics { user: String, password: SecretString },
    Page { slug: String },
    Login { user: String, password: SecretString },
    Token { token: SecretString },
}

impl Way {
    /// Its metrics, with an API key (Settings, API Keys).
    #[must_use]
    pub fn metrics(api_key: SecretString) -> Self {
        Self(Access::Metrics { user: String::new(), password: api_key })
    }

    /// Its metrics, with the login: version 1, for as long as it has no API keys.
    pub fn metrics_with_login(user: impl Into<String>, password: SecretString) -> Self {
        Self(Access::Metrics { user: user.into(), password })
    }

    /// A public status page, by the slug in its address: `/status/<slug>`.
    pub fn status_page(slug: impl Into<String>) -> Self {
        Self(Access::Page { slug: slug.into() })
    }

    /// The socket, with the login.
    pub fn socket(user: impl Into<String>, password: SecretString) -> Self {
        Self(Access::Login { user: user.into(), password })
    }

    /// The socket, with the token that Uptime Kuma gives to who has logged in. For accounts with a second factor, which
    /// nobody is there to type.
    #[must_use]
    pub fn socket_with_token(token: SecretString) -> Self {
        Self(Access::Token { token })
    }
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Access::Metrics { .. } => f.write_str("metrics"),
            Access::Page { slug } => write!(f, "status page {slug:?}"),
            Access::Login { .. } | Access::Token { .. } => f.write_str("socket"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> SecretString {
        SecretString::from("hunter2")
    }

    #[test]
    fn secrets_are_never_shown() {
        let ways = || {
            [
                Way::metrics(secret()),
                Way::metrics_with_login("maria", secret()),
                Way::socket("maria", secret()),
                Way::socket_with_token(secret()),
            ]
        };
        for url in
            ["https://status.example.org", "https://maria:hunter2@status.example.org", "hunter2", "http://a?hunter2"]
        {
            for way in ways() {
                let settings = UptimeKumaSettings::new(url, way);
                let shown = format!("{settings:?} {:?}", settings.base().err().map(|error| error.to_string()));
                assert!(!shown.contains("hunter2"), "{shown}");
            }
        }
    }

    #[test]
    fn what_cannot_be_asked_is_refused() {
        for (url, slug, says) in [
            ("status.example.org", "home", "not one"),
            ("ftp://status.example.org", "home", "begins with ftp"),
            ("http://maria@status.example.org", "home", "has a login"),
            ("http://status.example.org?x", "home", "query or a fragment"),
            ("http://status.example.org", "", "slug"),
            ("http://status.example.org", "../users", "slug"),
            ("http://status.example.org", "a?b", "slug"),
            ("http://status.example.org", "Home", "slug"),
        ] {
            let error = UptimeKumaSettings::new(url, Way::status_page(slug)).base().unwrap_err().to_string();
            assert!(error.contains(says), "{url}: {error}");
        }
        let fine = UptimeKumaSettings::new("http://status.example.org/kuma/", Way::status_page("home-2"));
        assert_eq!(fine.base().unwrap().as_str(), "http://status.example.org/kuma/");
    }
}
