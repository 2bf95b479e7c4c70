//! Schemas of `OpenAPI` 3.0 made JSON Schema.

use serde_json::{Map, Value, json};

/// What a reference refers to, or the value itself.
pub(super) fn followed<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value.get("$ref").and_then(Value::as_str).and_then(|reference| target(document, reference)) {
        Some(target) => followed(document, target),
        None => value,
    }
}

fn target<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    document.pointer(reference.strip_prefix('#')?)
}

/// A schema with its references written out, and `nullable` in JSON Schema's words.
pub(super) fn schema(document: &Value, described: &Value) -> Value {
    written_out(document, described, &mut Vec::new())
}

fn written_out<'a>(document: &'a Value, value: &'a Value, within: &mut Vec<&'a str>) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| written_out(document, item, within)).collect(),
        Value::Object(fields) => match fields.get("$ref").and_then(Value::as_str) {
            // What is within itself is not looked at again.
            Some(reference) if within.contains(&reference) => json!({}),
            Some(reference) => {
                within.push(reference);
                let written = target(document, reference).map(|target| written_out(document, target, within));
                within.pop();
                written.unwrap_or_default()
            }
            None => nullable(&object(document, fields, within)),
        },
        other => other.clone(),
    }
}

fn object<'a>(document: &'a Value, fields: &'a Map<String, Value>, within: &mut Vec<&'a str>) -> Map<String, Value> {
    // An example may look like a schema and is none.
    let kept = fields.iter().filter(|(name, value)| {
        !matches!(name.as_str(), "example" | "examples" | "default" | "externalDocs") || is_schema(value)
    });
    kept.map(|(name, value)| (name.clone(), written_out(document, value, within))).collect()
}

/// A property that happens to be called `default` or `example` has a schema.
fn is_schema(value: &Value) -> bool {
    ["type", "$ref", "oneOf", "anyOf", "allOf"].iter().any(|word| value.get(word).is_some())
}

fn nullable(fields: &Map<String, Value>) -> Value {
    let mut fields = fields.clone();
    if fields.remove("nullable") != Some(Value::Bool(true)) {
        return Value::Object(fields);
    }
    json!({ "anyOf": [{ "type": "null" }, fields] })
}

/// A text of a path or a query, as the type that its schema has.
pub(super) fn read_as(schema: &Value, text: &str) -> Value {
    let read = match schema.get("type").and_then(Value::as_str) {
        Some("integer" | "number" | "boolean") => serde_json::from_str(text).ok(),
        _ => None,
    };
    read.unwrap_or_else(|| text.into())
}
