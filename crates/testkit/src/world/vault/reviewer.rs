//! Who a service-account token is.

use std::collections::BTreeMap;

use lamplighter_core::async_trait;

/// Says whose service-account token it is, as the API server does for a `TokenReview`
/// (`authentication.k8s.io/v1`).
#[async_trait]
pub trait TokenReviewer: Send + Sync {
    /// The account, or `None` when the token is not valid, has expired, or is for another audience. An empty
    /// `audience` is the API server's own.
    async fn review(&self, jwt: &str, audience: &str) -> Option<ServiceAccount>;
}

/// A service account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceAccount {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its UID.
    pub uid: String,
}

/// A reviewer that knows the tokens that it was told of.
#[derive(Debug, Clone, Default)]
pub struct KnownTokens(BTreeMap<String, (ServiceAccount, String)>);

impl KnownTokens {
    /// The same with a token of this account, for the API server's own audience.
    #[must_use]
    pub fn with(self, jwt: &str, namespace: &str, name: &str) -> Self {
        self.with_audience(jwt, namespace, name, "")
    }

    /// The same with a token for this audience.
    #[must_use]
    pub fn with_audience(mut self, jwt: &str, namespace: &str, name: &str, audience: &str) -> Self {
        let uid = super::super::ids::uid(&["serviceaccount", namespace, name]);
        let account = ServiceAccount { namespace: namespace.to_owned(), name: name.to_owned(), uid };
        self.0.insert(jwt.to_owned(), (account, audience.to_owned()));
        self
    }
}

#[async_trait]
impl TokenReviewer for KnownTokens {
    async fn review(&self, jwt: &str, audience: &str) -> Option<ServiceAccount> {
        self.0.get(jwt).filter(|(_, meant)| meant == audience).map(|(account, _)| account.clone())
    }
}
