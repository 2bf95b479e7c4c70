//! The Kubernetes API: from a request to an answer, without any I/O.

mod authorize;
mod discovery;
mod listing;
mod pods;
mod route;
mod selectors;
mod status;
mod workloads;

use serde_json::Value;

pub(super) use authorize::{Denial, TOKEN};
pub(super) use route::{RESOURCES, Resource};
pub(super) use status::Status;

use super::Ledger;
use super::cluster::Cluster;
use route::{Subresource, Target};

/// A request, taken apart.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Vec<(String, String)>,
    pub(super) token: Option<String>,
    pub(super) content_type: String,
    pub(super) body: Vec<u8>,
}

/// What is answered when nothing is wrong.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    Json(u16, Value),
    Text(String),
}

impl Call {
    /// The first value of a query parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn is_set(&self, name: &str) -> bool {
        matches!(self.parameter(name), Some("true" | "1"))
    }

    /// Whether the effect is to be left out (`dryRun=All`, in the query or in delete options).
    fn is_dry(&self) -> bool {
        self.parameter("dryRun") == Some("All")
    }

    /// The body as JSON; null where there is none.
    fn json(&self) -> Result<Value, Status> {
        if self.body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&self.body)
            .map_err(|error| Status::bad_request(format!("the request body is no JSON: {error}")))
    }
}

/// Answers a call.
pub(super) fn answer(
    cluster: &mut Cluster,
    ledger: &mut Ledger,
    denials: &[Denial],
    call: &Call,
) -> Result<Answer, Status> {
    if !authorize::is_known(call) {
        return Err(Status::unauthorized());
    }
    if let Some(document) = discovery::document(call) {
        return Ok(document);
    }
    let target = route::target(&call.path).ok_or_else(Status::no_such_path)?;
    let verb = verb(call, &target)?;
    if let Some(denied) = authorize::denied(denials, verb, &target) {
        return Err(denied);
    }
    match (verb, &target.subresource) {
        ("list", None) => listing::list(cluster, &target, call),
        ("get", None) => get(cluster, &target),
        ("delete", None) if target.resource == Resource::Pods => pods::delete(cluster, ledger, &target, call),
        ("get", Some(Subresource::Log)) => pods::log(cluster, &target, call),
        ("get", Some(Subresource::Scale)) => workloads::scale(cluster, &target),
        ("update" | "patch", Some(Subresource::Scale)) => workloads::set_scale(cluster, ledger, &target, call),
        ("update" | "patch", None) => workloads::change(cluster, ledger, &target, call),
        _ => Err(Status::method_not_allowed()),
    }
}

fn get(cluster: &mut Cluster, target: &Target) -> Result<Answer, Status> {
    cluster
        .object(target.resource, &target.key())
        .map(|object| Answer::Json(200, object))
        .ok_or_else(|| Status::not_found(target))
}

/// The verb as access rules name it.
fn verb(call: &Call, target: &Target) -> Result<&'static str, Status> {
    match (call.method.as_str(), &target.name) {
        ("GET" | "HEAD", None) if call.is_set("watch") => Err(Status::method_not_allowed()),
        ("GET" | "HEAD", None) => Ok("list"),
        ("GET" | "HEAD", Some(_)) => Ok("get"),
        ("DELETE", Some(_)) => Ok("delete"),
        ("PUT", Some(_)) => Ok("update"),
        ("PATCH", Some(_)) => Ok("patch"),
        _ => Err(Status::method_not_allowed()),
    }
}
