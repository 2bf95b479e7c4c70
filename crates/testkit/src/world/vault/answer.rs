//! What goes back: a status, and the envelope that Vault puts every answer in.

use serde_json::{Map, Value, json};

/// An answer before it is written.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) code: u16,
    /// `None` for an answer without a body.
    pub(super) body: Option<Value>,
    /// Where the active node is.
    pub(super) location: Option<String>,
}

impl Answer {
    pub(super) fn new(code: u16, body: Value) -> Self {
        Self { code, body: Some(body), location: None }
    }

    /// 200 with these fields in the envelope.
    pub(super) fn envelope(request_id: &str, fields: Value) -> Self {
        let mut body = json!({
            "request_id": request_id, "lease_id": "", "renewable": false, "lease_duration": 0,
            "data": null, "wrap_info": null, "warnings": null, "auth": null, "mount_type": "",
        });
        if let (Some(body), Value::Object(fields)) = (body.as_object_mut(), fields) {
            body.extend(fields);
        }
        Self::new(200, body)
    }

    pub(super) fn with_code(self, code: u16) -> Self {
        Self { code, ..self }
    }

    pub(super) fn error(code: u16, message: &str) -> Self {
        Self::new(code, json!({ "errors": [message] }))
    }

    /// The form of several errors in one, which Vault gives to what its request handling refuses.
    pub(super) fn errors(code: u16, messages: &[&str]) -> Self {
        let count = messages.len();
        let plural = if count == 1 { "error" } else { "errors" };
        let list = messages.join("\n\t* ");
        Self::error(code, &format!("{count} {plural} occurred:\n\t* {list}\n\n"))
    }

    /// Vault says no more than this of what is not there.
    pub(super) fn not_found() -> Self {
        Self::new(404, json!({ "errors": [] }))
    }

    pub(super) fn no_content() -> Self {
        Self { code: 204, body: None, location: None }
    }

    pub(super) fn no_route(path: &str) -> Self {
        Self::error(404, &format!("no handler for route \"{path}\". route entry not found."))
    }

    pub(super) fn denied() -> Self {
        Self::errors(403, &["permission denied"])
    }

    pub(super) fn unsupported_operation() -> Self {
        Self::errors(405, &["unsupported operation"])
    }

    pub(super) fn moved(location: String) -> Self {
        Self { code: 307, body: None, location: Some(location) }
    }
}

/// Why a request came to nothing: the answer that says so.
pub(super) type Refusal = Answer;

/// Reads a body as a JSON object; one that is empty is an empty object.
pub(super) fn object(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    serde_json::from_slice(body).map_err(|_| Answer::error(400, "error parsing JSON"))
}
