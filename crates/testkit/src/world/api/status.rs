//! `metav1.Status`, the body of every error.

use serde_json::{Value, json};

use super::super::json::put;
use super::route::Target;

/// An error as the API server answers it.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Status {
    pub(in super::super) code: u16,
    reason: &'static str,
    message: String,
    details: Value,
}

impl Status {
    fn new(code: u16, reason: &'static str, message: impl Into<String>) -> Self {
        Self { code, reason, message: message.into(), details: Value::Null }
    }

    /// An error with a code that somebody asked for.
    pub(in super::super) fn with_code(code: u16) -> Self {
        match code {
            401 => Self::unauthorized(),
            404 => Self::no_such_path(),
            405 => Self::method_not_allowed(),
            410 => Self::expired(),
            413 => Self::new(code, "RequestEntityTooLarge", "Request entity too large: limit is 1048576"),
            429 => Self {
                details: json!({ "retryAfterSeconds": 1 }),
                ..Self::new(code, "TooManyRequests", "Too many requests, please try again later.")
            },
            503 => Self::new(code, "ServiceUnavailable", "the server is currently unable to handle the request"),
            504 => Self::new(code, "Timeout", "Timeout: request did not complete within the allotted timeout"),
            _ => Self::new(code, "InternalError", "Internal error occurred: etcdserver: request timed out"),
        }
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(401, "Unauthorized", "Unauthorized")
    }

    pub(super) fn no_such_path() -> Self {
        Self::new(404, "NotFound", "the server could not find the requested resource")
    }

    pub(super) fn method_not_allowed() -> Self {
        Self::new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")
    }

    pub(super) fn expired() -> Self {
        let message = "The provided continue parameter is too old to display a consistent list result.";
        Self::new(410, "Expired", message)
    }

    pub(super) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message)
    }

    pub(super) fn unsupported_media_type(accepted: &str) -> Self {
        let message =
            format!("the body of the request was in an unknown format - accepted media types include: {accepted}");
        Self::new(415, "UnsupportedMediaType", message)
    }

    pub(super) fn not_found(target: &Target) -> Self {
        Self::about(404, "NotFound", target, "not found")
    }

    pub(super) fn conflict(target: &Target, why: &str) -> Self {
        let (resource, name) = (qualified(target), name(target));
        let message = format!("Operation cannot be fulfilled on {resource} \"{name}\": {why}");
        Self { message, ..Self::about(409, "Conflict", target, "") }
    }

    pub(super) fn invalid(target: &Target, field: &str, why: &str) -> Self {
        let description = target.description();
        let group = if description.group.is_empty() { String::new() } else { format!(".{}", description.group) };
        let message = format!("{}{group} \"{}\" is invalid: {field}: {why}", description.kind, name(target));
        let mut status = Self { message, ..Self::about(422, "Invalid", target, "") };
        put(&mut status.details, &["kind"], description.kind.into());
        put(
            &mut status.details,
            &["causes"],
            json!([{ "reason": "FieldValueInvalid", "message": why, "field": field }]),
        );
        status
    }

    pub(super) fn forbidden(target: &Target, user: &str, verb: &str) -> Self {
        let description = target.description();
        let part = target.subresource.map_or_else(String::new, |part| format!("/{}", part.as_str()));
        let place = match &target.namespace {
            Some(namespace) => format!("in the namespace \"{namespace}\""),
            None => "at the cluster scope".to_owned(),
        };
        let named = target.name.as_ref().map_or_else(String::new, |name| format!(" \"{name}\""));
        let message = format!(
            "{}{named} is forbidden: User \"{user}\" cannot {verb} resource \"{}{part}\" in API group \"{}\" {place}",
            qualified(target),
            description.plural,
            description.group,
        );
        Self { message, ..Self::about(403, "Forbidden", target, "") }
    }

    fn about(code: u16, reason: &'static str, target: &Target, what: &str) -> Self {
        let description = target.description();
        let message = format!("{} \"{}\" {what}", qualified(target), name(target));
        let mut details = json!({ "kind": description.plural });
        if let Some(name) = &target.name {
            put(&mut details, &["name"], name.as_str().into());
        }
        if !description.group.is_empty() {
            put(&mut details, &["group"], description.group.into());
        }
        Self { code, reason, message, details }
    }

    /// The body.
    pub(in super::super) fn body(&self) -> Value {
        let mut body = json!({
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "reason": self.reason,
            "code": self.code,
        });
        if !self.details.is_null() {
            put(&mut body, &["details"], self.details.clone());
        }
        body
    }
}

/// `pods`, `deployments.apps`.
fn qualified(target: &Target) -> String {
    let description = target.description();
    if description.group.is_empty() {
        description.plural.to_owned()
    } else {
        format!("{}.{}", description.plural, description.group)
    }
}

fn name(target: &Target) -> &str {
    target.name.as_deref().unwrap_or_default()
}
