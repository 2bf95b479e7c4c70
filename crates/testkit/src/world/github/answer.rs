//! What goes back to the client, and what is wrong when something is.

use serde_json::{Value, json};

/// An answer: status, headers of its own, and a body or none.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Body,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Body {
    Empty,
    Json(Value),
    Text(String),
}

/// What a handler gives back. A refusal is an answer too.
pub(super) type Outcome = Result<Answer, Answer>;

impl Answer {
    pub(super) const fn json(status: u16, body: Value) -> Self {
        Self { status, headers: Vec::new(), body: Body::Json(body) }
    }

    pub(super) const fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Body::Empty }
    }

    pub(super) fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        match &self.body {
            Body::Empty => Vec::new(),
            Body::Json(value) => value.to_string().into_bytes(),
            Body::Text(text) => text.clone().into_bytes(),
        }
    }
}

const DOCUMENTATION: &str = "https://docs.github.com/rest";

/// An error as the API answers it.
pub(super) fn problem(status: u16, message: &str) -> Answer {
    Answer::json(
        status,
        json!({ "message": message, "documentation_url": DOCUMENTATION, "status": status.to_string() }),
    )
}

pub(super) fn not_found() -> Answer {
    problem(404, "Not Found")
}

pub(super) fn bad_credentials() -> Answer {
    problem(401, "Bad credentials")
}

/// `422` about one field.
pub(super) fn invalid(resource: &str, field: &str, code: &str, message: &str) -> Answer {
    let mut error = json!({ "resource": resource, "field": field, "code": code });
    if let (Some(error), false) = (error.as_object_mut(), message.is_empty()) {
        error.insert("message".to_owned(), message.into());
    }
    Answer::json(
        422,
        json!({
            "message": "Validation Failed",
            "errors": [error],
            "documentation_url": DOCUMENTATION,
            "status": "422",
        }),
    )
}

/// `422` about a field that should have been there.
pub(super) fn missing(field: &str) -> Answer {
    problem(422, &format!("Invalid request.\n\n\"{field}\" wasn't supplied."))
}

/// An error of GitHub's own, or of what stands before it.
pub(super) fn failure(status: u16) -> Answer {
    match status {
        500 => problem(500, "Server Error"),
        502 => Answer {
            status,
            headers: Vec::new(),
            body: Body::Text("<html><head><title>502 Bad Gateway</title></head></html>".to_owned()),
        },
        503 => problem(503, "Service Unavailable"),
        401 => bad_credentials(),
        403 => problem(403, "Resource not accessible by integration"),
        404 => not_found(),
        410 => problem(410, "This issue was deleted"),
        429 => problem(429, "You have exceeded a secondary rate limit.").with("retry-after", "1".to_owned()),
        _ => problem(status, "Error"),
    }
}
