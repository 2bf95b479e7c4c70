//! GitHub's own description of its API, and whether somebody keeps to it.
//!
//! It is data that `./run setup` fetches (the npm package `@octokit/openapi`); where it is absent, the tests that need it
//! skip with a line that says so.
//!
//! ```
//! use std::sync::Arc;
//!
//! use lamplighter_testkit::fakes::FakeClock;
//! use lamplighter_testkit::openapi::GithubDescription;
//! use lamplighter_testkit::world::GithubWorld;
//!
//! let Some(description) = GithubDescription::load() else { return };
//! let github = GithubWorld::start(Arc::new(FakeClock::new())).expect("a port");
//! // … a client visits …
//! for exchange in github.exchanges() {
//!     assert_eq!(description.complaints(&exchange), Vec::<String>::new());
//! }
//! ```

#![expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a description that cannot be read fails the test")]

mod path;
mod schema;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value};

use crate::world::{GithubExchange, Outcome, WebhookDelivery};
use path::Operation;
use schema::{followed, schema};

/// The variable that names the folder of the npm package.
const FOLDER: &str = "LAMPLIGHTER_GITHUB_OPENAPI";

/// What any operation may answer, whether or not it says so, with a `basic-error` or a page of what stands before the API.
/// <https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api>
const ANYWHERE: [u16; 12] = [301, 304, 307, 400, 401, 403, 404, 410, 429, 500, 502, 503];

/// The headers that every answer has.
const ALWAYS: [&str; 7] = [
    "x-github-request-id",
    "x-github-media-type",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-used",
    "x-ratelimit-reset",
    "x-ratelimit-resource",
];

/// GitHub's description of its REST API and of its webhooks.
pub struct GithubDescription {
    document: Value,
    /// Schemas that were needed before, by what they are for.
    compiled: Mutex<BTreeMap<String, Arc<Validator>>>,
}

impl GithubDescription {
    /// The description, or `None` and a line that says that it is absent.
    #[must_use]
    #[expect(clippy::print_stdout, reason = "a test that skips says so")]
    pub fn load() -> Option<Self> {
        let Some(folder) = std::env::var_os(FOLDER) else {
            println!("skipped: {FOLDER} names no folder with @octokit/openapi (./run test gets it)");
            return None;
        };
        let file = Path::new(&folder).join("generated/api.github.com.json");
        let text = std::fs::read(&file).expect("the description can be read");
        let document = serde_json::from_slice(&text).expect("the description is JSON");
        Some(Self { document, compiled: Mutex::default() })
    }

    /// What is wrong with a request and its answer. An answer that was lost or broke off is looked at as it would have
    /// been; of a connection that was reset before anything was done, only the request is.
    #[must_use]
    pub fn complaints(&self, exchange: &GithubExchange) -> Vec<String> {
        let request = &exchange.request;
        let Some(operation) = Operation::find(&self.document, &request.method, &request.path) else {
            return match request.outcome {
                Outcome::Answered(404) => Vec::new(),
                _ => vec![format!("{} {} is not described", request.method, request.path)],
            };
        };
        // What GitHub refuses as wrong may be wrong.
        let is_refused = matches!(request.outcome, Outcome::Answered(400 | 422));
        let mut complaints = if is_refused { Vec::new() } else { self.of_request(&operation, exchange) };
        if let Outcome::Answered(status) | Outcome::AnswerLost(status) = request.outcome {
            complaints.extend(self.of_answer(&operation, exchange, status));
        }
        let target = format!("{} {}?{}", request.method, request.path, request.query);
        complaints.iter().map(|complaint| format!("{target}: {complaint}")).collect()
    }

    /// What is wrong with a delivery.
    #[must_use]
    pub fn delivery_complaints(&self, delivery: &WebhookDelivery) -> Vec<String> {
        let payload = delivery.payload();
        let action = payload.get("action").and_then(Value::as_str).unwrap_or_default();
        let name = format!("{}-{action}", delivery.event.replace('_', "-"));
        let Some(described) = self.document.pointer(&format!("/x-webhooks/{name}/post")) else {
            return vec![format!("the webhook {name} is not described")];
        };
        let parameters = described.get("parameters").and_then(Value::as_array).into_iter().flatten();
        let wanted = parameters.filter_map(|one| followed(&self.document, one).get("name")?.as_str());
        let mut complaints: Vec<String> = wanted
            .filter(|header| delivery.header(header).is_none() && *header != "X-Hub-Signature-256")
            .map(|header| format!("{name} lacks the header {header}"))
            .collect();
        let body = described.pointer("/requestBody/content/application~1json/schema");
        let body = body.expect("a webhook has a body");
        complaints.extend(self.check(&format!("webhook {name}"), body, &payload));
        complaints
    }

    fn of_request(&self, operation: &Operation<'_>, exchange: &GithubExchange) -> Vec<String> {
        let mut complaints = Vec::new();
        if exchange.header("user-agent").is_none_or(str::is_empty) && exchange.request.outcome != Outcome::Answered(403)
        {
            complaints.push("the request does not say what sends it".to_owned());
        }
        let parameters: Vec<&Value> = operation.parameters(&self.document).collect();
        let described = |place: &str, name: &str| {
            let is_it = |one: &&&Value| {
                one.get("in").and_then(Value::as_str) == Some(place)
                    && one.get("name").and_then(Value::as_str) == Some(name)
            };
            parameters.iter().find(is_it).copied()
        };
        let query = path::pairs(&exchange.request.query);
        let given = query.iter().map(|(name, value)| ("query", name, value));
        let given = given.chain(operation.arguments.iter().map(|(name, value)| ("path", name, value)));
        for (place, name, value) in given {
            match described(place, name).and_then(|one| one.get("schema")) {
                None => complaints.push(format!("the {place} parameter {name} is not described")),
                Some(schema) => {
                    let value = schema::read_as(followed(&self.document, schema), value);
                    complaints.extend(self.check(&format!("{} {place} {name}", operation.name), schema, &value));
                }
            }
        }
        complaints.extend(self.of_body(operation, exchange));
        complaints
    }

    fn of_body(&self, operation: &Operation<'_>, exchange: &GithubExchange) -> Vec<String> {
        let described = operation.value.get("requestBody").map(|body| followed(&self.document, body));
        let Some(described) = described else {
            return if exchange.body.is_empty() { Vec::new() } else { vec!["a body that is not described".to_owned()] };
        };
        if exchange.body.is_empty() {
            let is_required = described.get("required").and_then(Value::as_bool).unwrap_or_default();
            return if is_required { vec!["a body is required".to_owned()] } else { Vec::new() };
        }
        let content_type = exchange.header("content-type").unwrap_or_default();
        let Ok(body) = serde_json::from_slice::<Value>(&exchange.body) else {
            return vec!["the body is no JSON".to_owned()];
        };
        let Some(schema) = described.pointer("/content/application~1json/schema") else {
            return vec!["the body is not described as JSON".to_owned()];
        };
        let mut complaints = self.check(&format!("{} request", operation.name), schema, &body);
        if !content_type.starts_with("application/json") {
            complaints.push(format!("the body is called {content_type:?}"));
        }
        // The description lets anything in, so that a misspelt field would pass.
        let known = followed(&self.document, schema).get("properties").and_then(Value::as_object);
        if let (Some(known), Some(fields)) = (known, body.as_object()) {
            let unknown = fields.keys().filter(|field| !known.contains_key(*field));
            complaints.extend(unknown.map(|field| format!("the field {field} is not described")));
        }
        complaints
    }

    fn of_answer(&self, operation: &Operation<'_>, exchange: &GithubExchange, status: u16) -> Vec<String> {
        let responses = operation.value.get("responses").and_then(Value::as_object);
        let described = responses.and_then(|all| all.get(&status.to_string()));
        let described = described.map(|response| followed(&self.document, response));
        if described.is_none() && !ANYWHERE.contains(&status) {
            return vec![format!("the status {status} is not described")];
        }
        let content_type = exchange.answer_header("content-type").unwrap_or_default();
        let mut complaints = Vec::new();
        // What stands before the API answers pages of its own.
        if !(content_type.starts_with("text/html") && ANYWHERE.contains(&status)) {
            let lacking = ALWAYS.iter().filter(|name| exchange.answer_header(name).is_none());
            complaints.extend(lacking.map(|name| format!("the answer lacks the header {name}")));
        }
        let headers = described.and_then(|response| response.get("headers")).and_then(Value::as_object);
        let headers = headers.into_iter().flat_map(Map::keys).filter(|name| *name != "Link");
        let lacking = headers.filter(|name| exchange.answer_header(name).is_none());
        complaints.extend(lacking.map(|name| format!("the answer lacks the header {name}")));
        complaints.extend(self.of_content(operation, exchange, status, described));
        complaints
    }

    fn of_content(
        &self,
        operation: &Operation<'_>,
        exchange: &GithubExchange,
        status: u16,
        described: Option<&Value>,
    ) -> Vec<String> {
        let content_type = exchange.answer_header("content-type").unwrap_or_default();
        let basic = || self.document.pointer("/components/schemas/basic-error").expect("errors are described");
        let content = described.and_then(|response| response.get("content")).and_then(Value::as_object);
        let schema = match content {
            Some(content) => content.get("application/json").and_then(|content| content.get("schema")),
            None if described.is_some() || status == 304 => None,
            None => Some(basic()),
        };
        match schema {
            None if exchange.answer.is_empty() => Vec::new(),
            None => vec![format!("an answer of {status} has no body")],
            Some(_) if content_type.starts_with("text/html") && ANYWHERE.contains(&status) => Vec::new(),
            Some(_) if !content_type.starts_with("application/json") => {
                vec![format!("the answer is called {content_type:?}")]
            }
            Some(schema) => match serde_json::from_slice(&exchange.answer) {
                Ok(body) => self.check(&format!("{} {status}", operation.name), schema, &body),
                Err(error) => vec![format!("the answer is no JSON: {error}")],
            },
        }
    }

    /// Checks a value against a schema of the description.
    fn check(&self, name: &str, described: &Value, value: &Value) -> Vec<String> {
        let known = self.compiled.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        let validator = known.unwrap_or_else(|| {
            let options = jsonschema::options().with_draft(Draft::Draft4).should_validate_formats(true);
            let validator = options.build(&schema(&self.document, described)).expect("a described schema is one");
            let validator = Arc::new(validator);
            let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
            compiled.insert(name.to_owned(), Arc::clone(&validator));
            validator
        });
        let wrong = validator.iter_errors(value);
        wrong.map(|error| format!("{name}: {} at {}", error, error.instance_path())).collect()
    }
}

impl std::fmt::Debug for GithubDescription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GithubDescription").finish_non_exhaustive()
    }
}
