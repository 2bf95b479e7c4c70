//! One request over the wire, and its answer.

use std::error::Error as StdError;
use std::time::Duration;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, IF_NONE_MATCH};
use http::{HeaderValue, Method, Request, Uri};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use octocrab::Octocrab;
use octocrab::service::middleware::retry::RetryConfig;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::OnceCell;
use url::Url;

use crate::GithubError;
use crate::answer::Answer;

/// The version of the API that this is written for.
/// <https://docs.github.com/en/rest/about-the-rest-api/api-versions>
const VERSION: &str = "2022-11-28";
/// How much of an answer is read, in bytes.
const LIMIT: usize = 32 << 20;

/// A request, still without a credential.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    /// The path below the API's root, with the query.
    pub(crate) target: String,
    pub(crate) body: Option<serde_json::Value>,
    /// Whether it comes to the same to send it twice.
    pub(crate) is_repeatable: bool,
    /// What is to be done, for messages: `read`.
    pub(crate) verb: &'static str,
    /// And with what: `issue #12`.
    pub(crate) what: String,
}

/// The SDK's client, under a time limit.
pub(crate) struct Transport {
    /// Made when it is first used: it needs a runtime.
    client: OnceCell<Octocrab>,
    base: Url,
    timeout: Duration,
}

impl Ask {
    pub(crate) fn get(target: impl Into<String>, what: impl Into<String>) -> Self {
        let (target, what) = (target.into(), what.into());
        Self { method: Method::GET, target, body: None, is_repeatable: true, verb: "read", what }
    }

    /// A request that changes something to a state that it names, so that it may be repeated.
    pub(crate) fn set(method: Method, target: String, verb: &'static str, what: impl Into<String>) -> Self {
        Self { method, target, body: None, is_repeatable: true, verb, what: what.into() }
    }

    /// A request that makes something, which it would make twice.
    pub(crate) fn make(target: String, verb: &'static str, what: impl Into<String>) -> Self {
        Self { method: Method::POST, target, body: None, is_repeatable: false, verb, what: what.into() }
    }

    pub(crate) fn with(self, body: serde_json::Value) -> Self {
        Self { body: Some(body), ..self }
    }
}

impl Transport {
    pub(crate) const fn new(base: Url, timeout: Duration) -> Self {
        Self { client: OnceCell::const_new(), base, timeout }
    }

    /// Sends a request once.
    pub(crate) async fn send(&self, ask: &Ask, token: &SecretString, tag: Option<&str>) -> Result<Answer, GithubError> {
        let request = self.request(ask, token, tag)?;
        match tokio::time::timeout(self.timeout, self.exchange(request)).await {
            Ok(answer) => answer,
            Err(_elapsed) => Err(GithubError::TimedOut { after: self.timeout }),
        }
    }

    async fn exchange(&self, request: Request<String>) -> Result<Answer, GithubError> {
        let client = self.client.get_or_try_init(|| async { self.client() }).await?;
        let answer = client.execute(request).await.map_err(|error| unreachable(&error))?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, LIMIT).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() {
                GithubError::NotTheApi(format!("an answer of more than {LIMIT} bytes"))
            } else {
                unreachable(error.as_ref())
            }
        })?;
        Ok(Answer::new(head.status.as_u16(), &head.headers, body.to_bytes()))
    }

    /// The SDK's own retries are off: it would send a POST again, too.
    fn client(&self) -> Result<Octocrab, GithubError> {
        let failed = |error: octocrab::Error| GithubError::Client(innermost(&error));
        Octocrab::builder()
            .base_uri(self.base.as_str())
            .map_err(failed)?
            .add_retry_config(RetryConfig::None)
            .set_connect_timeout(Some(self.timeout))
            .build()
            .map_err(failed)
    }

    fn request(&self, ask: &Ask, token: &SecretString, tag: Option<&str>) -> Result<Request<String>, GithubError> {
        let unusable = |what: &str| GithubError::Settings(format!("{what} cannot be sent"));
        let url = format!("{}{}", self.base.as_str().trim_end_matches('/'), ask.target);
        let uri: Uri = url.parse().map_err(|_| unusable("this path"))?;
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret().trim()))
            .map_err(|_| unusable("a token with line ends in it"))?;
        bearer.set_sensitive(true);
        let mut request = Request::builder()
            .method(ask.method.clone())
            .uri(uri)
            .header(ACCEPT, "application/vnd.github+json")
            .header("x-github-api-version", VERSION)
            .header(AUTHORIZATION, bearer);
        if let Some(tag) = tag {
            request = request.header(IF_NONE_MATCH, tag);
        }
        let body = match &ask.body {
            Some(body) => {
                request = request.header(CONTENT_TYPE, "application/json");
                body.to_string()
            }
            None => String::new(),
        };
        request.body(body).map_err(|_| unusable("this request"))
    }

    /// What is below the API's root in a URL that GitHub gave us. `None` for one that leads elsewhere, where our
    /// credentials have no business.
    pub(crate) fn target(&self, url: &str) -> Option<String> {
        let url = self.base.join(url).ok()?;
        if url.origin() != self.base.origin() || !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        let below = url.path().strip_prefix(self.base.path().trim_end_matches('/'))?;
        let query = url.query().map_or_else(String::new, |query| format!("?{query}"));
        below.starts_with('/').then(|| format!("{below}{query}"))
    }
}

fn unreachable(error: &(dyn StdError + 'static)) -> GithubError {
    GithubError::Unreachable { message: innermost(error) }
}

/// What the operating system or TLS said. The layers above only say that a request has failed, and where.
fn innermost(error: &(dyn StdError + 'static)) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_below_the_api_is_followed() {
        let transport = |base: &str| Transport::new(Url::parse(base).unwrap(), Duration::from_secs(1));
        let (public, enterprise) = (transport("https://api.github.com"), transport("https://g.example/api/v3"));
        for (transport, url, target) in [
            (&public, "https://api.github.com/repositories/1/issues?page=2", Some("/repositories/1/issues?page=2")),
            (&public, "/repositories/1", Some("/repositories/1")),
            (&public, "https://evil.example/repositories/1", None),
            (&public, "http://api.github.com/repositories/1", None),
            (&public, "https://api.github.com:444/repositories/1", None),
            (&public, "https://maria@api.github.com/", None),
            (&enterprise, "https://g.example/api/v3/repositories/1", Some("/repositories/1")),
            (&enterprise, "https://g.example/api/v30/x", None),
            (&enterprise, "https://g.example/login", None),
            (&enterprise, "not a url \u{0}", None),
        ] {
            assert_eq!(transport.target(url).as_deref(), target, "{url}");
        }
    }

    #[test]
    fn a_request_never_shows_its_token() {
        let transport = Transport::new(Url::parse("https://api.github.com").unwrap(), Duration::from_secs(1));
        let ask = Ask::get("/user", "us");
        let request = transport.request(&ask, &SecretString::from("hunter2\n"), Some("\"t\"")).unwrap();
        assert!(!format!("{request:?}").contains("hunter2"), "{request:?}");
        assert_eq!(request.headers()[AUTHORIZATION], "Bearer hunter2");
        let error = transport.request(&ask, &SecretString::from("hunter2\nx: y"), None).unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}
