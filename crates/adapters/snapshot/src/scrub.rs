//! Secrets taken out of objects before they are written down.

use lamplighter_core::redact;
use serde_json::Value;

const GONE: &str = "[redacted]";
/// Where `kubectl apply` keeps what it was given, the values of a secret included.
const APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// Fields in which people and programs write whatever they like.
const FREE_TEXT: [&str; 4] = ["message", "command", "args", "path"];

/// The object without secrets: the data of a secret, and what looks like one in annotations, environment variables,
/// config maps, commands and messages. Names, labels and references stay, so that relations can still be followed.
pub(crate) fn scrub(kind: &str, object: &mut Value) {
    let Some(fields) = object.as_object_mut() else { return };
    if let Some(annotations) = fields.get_mut("metadata").and_then(|meta| meta.get_mut("annotations")) {
        for (name, value) in annotations.as_object_mut().into_iter().flatten() {
            if name == APPLIED { scrub_applied(value) } else { scrub_pair(name, value) }
        }
    }
    for field in ["data", "stringData", "binaryData"] {
        for (name, value) in fields.get_mut(field).and_then(Value::as_object_mut).into_iter().flatten() {
            match kind {
                "Secret" => *value = Value::String(String::new()),
                _ => scrub_pair(name, value),
            }
        }
    }
    for (name, value) in fields.iter_mut().filter(|(name, _)| *name != "metadata") {
        scrub_field(name, value);
    }
}

/// The same for what an annotation holds as text. What is no object is hidden whole.
fn scrub_applied(text: &mut Value) {
    let Some(before) = text.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok()) else {
        *text = GONE.into();
        return;
    };
    let mut after = before.clone();
    let kind = before.get("kind").and_then(Value::as_str).unwrap_or_default();
    scrub(kind, &mut after);
    if after != before {
        *text = after.to_string().into();
    }
}

fn scrub_field(name: &str, value: &mut Value) {
    match value {
        Value::String(text) if FREE_TEXT.contains(&name) => *text = redact(text),
        Value::Array(words) if FREE_TEXT.contains(&name) && words.iter().all(Value::is_string) => scrub_words(words),
        Value::Array(items) => items.iter_mut().for_each(|item| scrub_field("", item)),
        Value::Object(fields) => {
            scrub_variable(fields.get("name").and_then(Value::as_str).map(str::to_owned), fields.get_mut("value"));
            let template = fields.get_mut("metadata").and_then(|meta| meta.get_mut("annotations"));
            for (name, value) in template.and_then(Value::as_object_mut).into_iter().flatten() {
                if name == APPLIED { scrub_applied(value) } else { scrub_pair(name, value) }
            }
            fields.iter_mut().for_each(|(name, value)| scrub_field(name, value));
        }
        _ => {}
    }
}

/// An environment variable, or anything else with a name and a value.
fn scrub_variable(name: Option<String>, value: Option<&mut Value>) {
    if let (Some(name), Some(value)) = (name, value) {
        scrub_pair(&name, value);
    }
}

/// The words of a command: `--password=x`, and `--password` followed by `x`.
fn scrub_words(words: &mut [Value]) {
    let mut before = String::new();
    for word in words {
        let text = word.as_str().unwrap_or_default().to_owned();
        let flag = before.strip_prefix('-').filter(|flag| !flag.contains('='));
        match flag {
            Some(flag) if !text.starts_with('-') => scrub_pair(flag.trim_start_matches('-'), word),
            _ => *word = redact(&text).into(),
        }
        before = text;
    }
}

/// A value whose name may tell that it is secret: all of it is, then.
fn scrub_pair(name: &str, value: &mut Value) {
    let Value::String(text) = value else { return };
    if text.is_empty() {
        return;
    }
    let probe = format!("{name}=x");
    *text = if redact(&probe) == probe { redact(text) } else { GONE.to_owned() };
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(kind: &str, object: &Value, expect: &Value) {
        let mut scrubbed = object.clone();
        scrub(kind, &mut scrubbed);
        assert_eq!(scrubbed, *expect);
        scrub(kind, &mut scrubbed);
        assert_eq!(scrubbed, *expect, "again");
    }

    #[test]
    fn variables_and_commands_lose_their_secrets() {
        let container = |value: &str, words: [&str; 4]| {
            json!({"spec": {"template": {"spec": {"containers": [{
            "name": "api", "command": words, "env": [
                {"name": "DB_PASSWORD", "value": value},
                {"name": "DB_HOST", "value": "store:5432"},
                {"name": "DB_TOKEN", "valueFrom": {"secretKeyRef": {"name": "store", "key": "token"}}},
            ]}]}}}})
        };
        check(
            "Deployment",
            &container("hunter2\nrest", ["serve", "--token=abc", "--password", "hunter2"]),
            &container(GONE, ["serve", "--token=[redacted]", "--password", GONE]),
        );
    }

    #[test]
    fn the_data_of_a_secret_goes_and_its_keys_stay() {
        let applied = |data: &str| json!({"kind": "Secret", "stringData": {"plain": data}}).to_string();
        let secret = |data: &str, text: &str| json!({"metadata": {"annotations": {APPLIED: applied(text), "team": "x"}}, "data": {"plain": data}});
        check("Secret", &secret("aHVudGVyMg==", "hunter2"), &secret("", ""));
    }

    #[test]
    fn configuration_and_messages_are_looked_through() {
        let map = |password: &str, line: &str, applied: &str| {
            json!({"metadata": {"name": "sk-learn-worker", "annotations": {APPLIED: applied, "a/token": password}},
                "data": {"app.properties": line, "password": password, "empty-password": ""}})
        };
        let line = "user=ada\npassword=hunter2\n";
        check(
            "ConfigMap",
            &map("hunter2", line, "no json, password hunter2"),
            &map(GONE, "user=ada\npassword=[redacted]\n", GONE),
        );
        check(
            "Event",
            &json!({"message": "dial postgres://app:hunter2@db/x", "reason": "Failed"}),
            &json!({"message": "dial postgres://[redacted]@db/x", "reason": "Failed"}),
        );
    }

    #[test]
    fn what_was_applied_stays_as_it_was_written_where_it_has_no_secret() {
        let object = json!({"metadata": {"annotations": {APPLIED: "{ \"spec\" : {\"replicas\":2} }"}}});
        check("Deployment", &object, &object);
    }
}
