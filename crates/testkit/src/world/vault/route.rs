//! From a request to an answer.

use jiff::Timestamp;
use serde_json::json;

use super::answer::{Answer, Refusal, object};
use super::health::{self, Node};
use super::ledger::TokenWorth;
use super::login::{self, AuthMount, Login, Review};
use super::reviewer::ServiceAccount;
use super::state::{State, mounted};
use super::token::{Token, duration};

/// A request, taken apart.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) method: String,
    /// What comes after `/v1/`, decoded; `None` for anything else.
    pub(super) path: Option<String>,
    /// The path with its query, as it was sent.
    pub(super) target: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) token: Option<String>,
    pub(super) namespace: String,
    pub(super) body: Vec<u8>,
}

/// How far a request has come.
pub(super) enum Step {
    Done(Answer),
    /// The API server has to be asked.
    Review(Box<Review>),
}

/// What a path is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Read,
    List,
    Update,
    Delete,
}

impl Operation {
    const fn capability(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::List => "list",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

impl Call {
    fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn operation(&self) -> Option<Operation> {
        match self.method.as_str() {
            "GET" | "HEAD" if self.parameter("list") == Some("true") => Some(Operation::List),
            "GET" | "HEAD" => Some(Operation::Read),
            "LIST" => Some(Operation::List),
            "POST" | "PUT" => Some(Operation::Update),
            "DELETE" => Some(Operation::Delete),
            _ => None,
        }
    }

    /// A path with the namespace before it.
    fn within(&self, path: &str) -> String {
        match self.namespace.as_str() {
            "" => path.to_owned(),
            namespace => format!("{namespace}/{path}"),
        }
    }

    /// Whether this is a login, by its path alone.
    pub(super) fn is_login(&self) -> bool {
        self.path.as_deref().is_some_and(|path| path.starts_with("auth/") && path.ends_with("/login"))
    }
}

/// Answers a call, or says what has to be known first.
pub(super) fn answer(state: &mut State, call: &Call, now: Timestamp) -> Step {
    begin(state, call, now).unwrap_or_else(Step::Done)
}

fn begin(state: &mut State, call: &Call, now: Timestamp) -> Result<Step, Refusal> {
    let Some(path) = call.path.as_deref() else { return Err(Answer::error(404, "404 page not found")) };
    let operation = call.operation().ok_or_else(Answer::unsupported_operation)?;
    match (path, operation) {
        ("sys/health", Operation::Read) => return Ok(Step::Done(health::health(state, now, &call.query))),
        ("sys/seal-status", Operation::Read) => return Ok(Step::Done(health::seal_status(state))),
        ("sys/health" | "sys/seal-status", _) => return Err(Answer::unsupported_operation()),
        _ => {}
    }
    is_able(state, call)?;
    if let Some(step) = log_in(state, call, path, operation, now)? {
        return Ok(step);
    }
    let token = admit(state, call, path, operation, now)?;
    serve(state, call, path, operation, &token, now).map(Step::Done)
}

/// Whether the node answers requests at all.
fn is_able(state: &State, call: &Call) -> Result<(), Refusal> {
    let refusal = if state.sealed || !state.initialized {
        Answer::error(503, "Vault is sealed")
    } else if !call.namespace.is_empty() && !state.namespaces.contains(&call.namespace) {
        Answer::no_route(&call.within(call.path.as_deref().unwrap_or_default()))
    } else {
        match &state.node {
            Node::Active | Node::PerformanceStandby => return Ok(()),
            Node::Standby(Some(active)) => Answer::moved(format!("{active}{}", call.target)),
            Node::Standby(None) => Answer::error(500, "local node not active but active cluster node not found"),
            Node::DisasterRecovery => Answer::error(400, "path disabled in replication DR secondary mode"),
        }
    };
    Err(refusal)
}

/// A login, which needs no token. `None` when the call is something else.
fn log_in(
    state: &mut State,
    call: &Call,
    path: &str,
    operation: Operation,
    now: Timestamp,
) -> Result<Option<Step>, Refusal> {
    let Some(mount) = path.strip_prefix("auth/").and_then(|rest| rest.strip_suffix("/login")) else { return Ok(None) };
    let Some(mount) = state.auth.get_mut(&call.within(mount)) else { return Ok(None) };
    if operation != Operation::Update {
        return Err(Answer::unsupported_operation());
    }
    let body = object(&call.body)?;
    match mount {
        AuthMount::Kubernetes(roles) => login::kubernetes(roles, &body).map(|review| Some(Step::Review(review.into()))),
        AuthMount::AppRole(roles) => {
            let login = login::approle(roles, &body, now)?;
            Ok(Some(Step::Done(logged_in(state, call, login, now))))
        }
    }
}

/// The end of a login whose token was reviewed.
pub(super) fn reviewed(
    state: &mut State,
    call: &Call,
    review: Review,
    account: Option<ServiceAccount>,
    now: Timestamp,
) -> Answer {
    match review.decide(account) {
        Ok(login) => logged_in(state, call, login, now),
        Err(refusal) => refusal,
    }
}

fn logged_in(state: &mut State, call: &Call, login: Login, now: Timestamp) -> Answer {
    let path = call.path.as_deref().unwrap_or_default();
    let token = state.issue(login, &call.namespace, path, now);
    Answer::envelope(&state.fresh("request"), json!({ "auth": token.auth(now) }))
}

/// The token of a call that may do what it asks for.
fn admit(state: &mut State, call: &Call, path: &str, operation: Operation, now: Timestamp) -> Result<Token, Refusal> {
    let id = call.token.as_deref().ok_or_else(|| Answer::error(403, "permission denied"))?;
    let invalid = || Answer::errors(403, &["permission denied", "invalid token"]);
    if !matches!(state.worth(Some(id), now), TokenWorth::Good(_)) {
        return Err(invalid());
    }
    let (_, token) = state.tokens.get_mut(id).ok_or_else(invalid)?;
    let is_of = |namespace: &str| call.namespace == namespace || call.namespace.starts_with(&format!("{namespace}/"));
    if !token.namespace.is_empty() && !is_of(&token.namespace) {
        return Err(invalid());
    }
    if let Some(left) = &mut token.uses_left {
        *left = left.saturating_sub(1);
        token.revoked = *left == 0;
    }
    let token = token.clone();
    if state.permits(&token, path, operation.capability()) { Ok(token) } else { Err(Answer::denied()) }
}

fn serve(
    state: &mut State,
    call: &Call,
    path: &str,
    operation: Operation,
    token: &Token,
    now: Timestamp,
) -> Result<Answer, Refusal> {
    let request_id = state.fresh("request");
    if let Some(own) = path.strip_prefix("auth/token/") {
        return on_token(state, call, own, operation, token, now, &request_id);
    }
    let within = call.within(path);
    if within.strip_prefix("auth/").is_some_and(|rest| mounted(&state.auth, rest).is_some()) {
        return Ok(Answer::errors(404, &["unsupported path"]));
    }
    let Some((mount, rest)) = mounted(&state.stores, &within) else { return Ok(Answer::no_route(path)) };
    let store = state.stores.get(mount);
    Ok(match (store, operation) {
        (Some(store), Operation::Read) => store.read(&request_id, rest, call.parameter("version")),
        (Some(store), Operation::List) => store.list(&request_id, rest),
        _ => Answer::unsupported_operation(),
    })
}

/// What a token does with itself.
fn on_token(
    state: &mut State,
    call: &Call,
    path: &str,
    operation: Operation,
    token: &Token,
    now: Timestamp,
    request_id: &str,
) -> Result<Answer, Refusal> {
    let Some((_, kept)) = state.tokens.get_mut(&token.id) else { return Ok(Answer::denied()) };
    match (path, operation) {
        ("lookup-self", Operation::Read) => Ok(Answer::envelope(request_id, json!({ "data": kept.looked_up(now) }))),
        ("renew-self", Operation::Update) => {
            let body = object(&call.body)?;
            let increment = match body.get("increment").map(|value| (duration(value), value)) {
                Some((None, value)) if !value.is_null() => {
                    return Err(Answer::error(400, "error converting input for field \"increment\""));
                }
                increment => increment.and_then(|(increment, _)| increment),
            };
            let warnings = kept.extend(increment, now)?.map(|warning| vec![warning]);
            Ok(Answer::envelope(request_id, json!({ "auth": kept.auth(now), "warnings": warnings })))
        }
        ("revoke-self", Operation::Update) => {
            kept.revoked = true;
            Ok(Answer::no_content())
        }
        ("lookup-self" | "renew-self" | "revoke-self", _) => Ok(Answer::unsupported_operation()),
        _ => Ok(Answer::errors(404, &["unsupported path"])),
    }
}
