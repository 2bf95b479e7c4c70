//! A played GitHub and a client, and the words that the tests speak.

use std::sync::Arc;

use lamplighter_testkit::fakes::FakeClock;
use lamplighter_testkit::world::{GithubRole, GithubWorld};
use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

pub(crate) const REPO: &str = "home/infra";

pub(crate) struct Visit {
    pub(crate) world: GithubWorld,
    pub(crate) clock: FakeClock,
    client: reqwest::Client,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) code: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a header in ASCII"))
    }
}

impl Visit {
    /// A private repository with maria (write), tom (triage) and rita (read), and a token for each: `maria-token`.
    pub(crate) fn new() -> Self {
        let clock = FakeClock::new();
        let world = GithubWorld::start(Arc::new(clock.clone())).expect("a port");
        world.add_repository(REPO);
        for (login, role) in [("maria", GithubRole::Write), ("tom", GithubRole::Triage), ("rita", GithubRole::Read)] {
            world.set_role(REPO, login, role);
            world.add_token(login, &format!("{login}-token"));
        }
        world.add_token("home", "home-token");
        world.add_token("mallory", "mallory-token");
        let client = reqwest::Client::builder()
            .user_agent("a test")
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .expect("a client");
        Self { world, clock, client }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.world.url()))
    }

    /// Asks as somebody.
    pub(crate) fn by(&self, login: &str, method: Method, path: &str) -> RequestBuilder {
        self.request(method, path).bearer_auth(format!("{login}-token"))
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer {
        let answer = request.send().await.expect("an answer");
        let (code, headers) = (answer.status().as_u16(), answer.headers().clone());
        let text = answer.text().await.expect("a whole answer");
        let body =
            serde_json::from_str(&text).unwrap_or_else(|_| if text.is_empty() { Value::Null } else { text.into() });
        Answer { code, headers, body }
    }

    pub(crate) async fn get(&self, login: &str, path: &str) -> Answer {
        self.send(self.by(login, Method::GET, path)).await
    }

    pub(crate) async fn put(&self, login: &str, method: Method, path: &str, body: &Value) -> Answer {
        self.send(self.by(login, method, path).json(body)).await
    }

    /// Maria files an issue.
    pub(crate) fn issue(&self) -> u64 {
        self.world.open_issue(REPO, "maria", "Wiki is down", "502 since 14:00", ["user-report"])
    }
}
