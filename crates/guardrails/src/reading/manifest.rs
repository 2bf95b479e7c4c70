//! Which Kubernetes objects a value describes.

use serde_json::Value;

/// The kinds of all Kubernetes manifests in a value, each with its API group (`v1 Secret`): objects with an
/// `apiVersion` and a `kind` at any depth, and `kind:` lines of YAML or JSON in strings.
///
/// `kubernetes_manifest` has the manifest as an object in `manifest`; `kubectl_manifest` has it as text in
/// `yaml_body`; a Helm release may carry some in `values`.
pub(crate) fn manifest_kinds(value: &Value) -> Vec<String> {
    let mut kinds = Vec::new();
    collect(value, &mut kinds);
    kinds
}

fn collect(value: &Value, kinds: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(kind) = text_of(fields, "kind") {
                let group = text_of(fields, "apiversion").or_else(|| text_of(fields, "api_version"));
                kinds.push(format!("{} {kind}", group.unwrap_or_default()));
            }
            fields.values().for_each(|inner| collect(inner, kinds));
        }
        Value::Array(items) => items.iter().for_each(|inner| collect(inner, kinds)),
        Value::String(text) => kinds.extend(text.split(['\n', ',', '{']).filter_map(kind_in_line)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn text_of<'a>(fields: &'a serde_json::Map<String, Value>, key: &str) -> Option<&'a str> {
    fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).and_then(|(_, value)| value.as_str())
}

fn kind_in_line(line: &str) -> Option<String> {
    let unquoted = |text: &str| text.trim_matches(|c: char| c.is_whitespace() || "\"'-{},?[]".contains(c)).to_owned();
    let (key, value) = line.split_once(':')?;
    let value = value.split('#').next().unwrap_or(value);
    (unquoted(key).eq_ignore_ascii_case("kind") && !unquoted(value).is_empty()).then(|| format!(" {}", unquoted(value)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn manifests_are_found_wherever_they_are() {
        let cases = [
            (json!({"manifest": {"apiVersion": "v1", "kind": "Secret"}}), "v1 Secret"),
            (json!({"yaml_body": "apiVersion: v1\r\nkind: \"Secret\" # x\r\n"}), " Secret"),
            (json!({"values": ["a: 1\n---\n- kind: Namespace\n"]}), " Namespace"),
            (json!({"raw": "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"data\":{}}"}), " Secret"),
            (json!({"items": [{"kind": "PersistentVolume"}]}), " PersistentVolume"),
            (json!({"kindness": "Secret", "note": "kind regards: Secret"}), ""),
            (json!(null), ""),
        ];
        for (value, expected) in cases {
            assert_eq!(manifest_kinds(&value).join("|"), expected, "{value}");
        }
    }
}
