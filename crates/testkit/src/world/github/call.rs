//! A request, taken apart.

use serde_json::{Map, Value};

use super::answer::{Answer, invalid, problem};

#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) method: String,
    /// As it was sent.
    pub(super) path: String,
    pub(super) raw_query: String,
    pub(super) query: Vec<(String, String)>,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Call {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The path below the API's root, each part decoded. `None` for what is no text.
    pub(super) fn segments(&self, root: &str) -> Option<Vec<String>> {
        let below = self.path.strip_prefix(root)?.strip_prefix('/')?;
        below.split('/').map(decoded).collect()
    }

    /// The body as a JSON object.
    pub(super) fn object(&self) -> Result<Map<String, Value>, Answer> {
        if self.body.is_empty() {
            return Ok(Map::new());
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(fields)) => Ok(fields),
            Ok(_) => Err(problem(400, "Body should be a JSON object")),
            Err(_) => Err(problem(400, "Problems parsing JSON")),
        }
    }
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            let (high, low) = (digit()?, digit()?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// A text in a body. `None` where it is not given.
pub(super) fn text(fields: &Map<String, Value>, resource: &str, name: &str) -> Result<Option<String>, Answer> {
    match fields.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(invalid(resource, name, "invalid", "")),
    }
}

/// A list of texts in a body, or of objects with a name.
pub(super) fn names(fields: &Map<String, Value>, resource: &str, field: &str) -> Result<Option<Vec<String>>, Answer> {
    let refused = || invalid(resource, field, "invalid", "");
    let Some(value) = fields.get(field) else { return Ok(None) };
    let name = |value: &Value| {
        let name = value.as_str().or_else(|| value.get("name")?.as_str());
        name.map(str::to_owned).ok_or_else(refused)
    };
    value.as_array().ok_or_else(refused)?.iter().map(name).collect::<Result<_, _>>().map(Some)
}
