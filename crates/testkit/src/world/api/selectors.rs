//! `labelSelector` and `fieldSelector`.

use serde_json::Value;

use super::Status;

/// One requirement: `key=value`, `key!=value`, `key`, `!key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Requirement {
    key: String,
    want: Want,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Want {
    Equal(String),
    NotEqual(String),
    Present,
    Absent,
}

/// Reads a selector of equalities. Sets (`key in (a, b)`) are refused.
pub(super) fn parse(text: &str) -> Result<Vec<Requirement>, Status> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| requirement(part).ok_or_else(|| unreadable(part))).collect()
}

fn unreadable(part: &str) -> Status {
    Status::bad_request(format!("unable to parse requirement: found {part:?}, expected an equality"))
}

fn requirement(part: &str) -> Option<Requirement> {
    let (key, want) = if let Some((key, value)) = part.split_once("!=") {
        (key, Want::NotEqual(value.trim().to_owned()))
    } else if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
        (key, Want::Equal(value.trim().to_owned()))
    } else if let Some(key) = part.strip_prefix('!') {
        (key, Want::Absent)
    } else {
        (part, Want::Present)
    };
    let key = key.trim();
    let is_plain = !key.is_empty() && !key.contains(|c: char| c.is_whitespace() || "()!=".contains(c));
    is_plain.then(|| Requirement { key: key.to_owned(), want })
}

impl Requirement {
    fn holds(&self, value: Option<&str>) -> bool {
        match &self.want {
            Want::Equal(wanted) => value == Some(wanted),
            Want::NotEqual(unwanted) => value != Some(unwanted),
            Want::Present => value.is_some(),
            Want::Absent => value.is_none(),
        }
    }

    /// Whether an object's labels meet it.
    pub(super) fn label_holds(&self, object: &Value) -> bool {
        let labels = object.pointer("/metadata/labels");
        self.holds(labels.and_then(|labels| labels.get(&self.key)).and_then(Value::as_str))
    }

    /// Whether an object's field meets it: `metadata.name`, `spec.nodeName`. A field that is not there is empty.
    pub(super) fn field_holds(&self, object: &Value) -> bool {
        let path = format!("/{}", self.key.replace('.', "/"));
        let value = object.pointer(&path).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        self.holds(Some(value.as_deref().unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn labels_and_fields_are_compared() {
        let object = json!({ "metadata": { "name": "p", "labels": { "app": "wiki", "a/b": "" } }, "n": 3 });
        let labels = [
            ("app=wiki", true),
            ("app==wiki", true),
            ("app = wiki , a/b=", true),
            ("app!=wiki", false),
            ("tier!=db", true),
            ("app", true),
            ("!tier", true),
            ("tier", false),
            ("", true),
        ];
        for (text, expect) in labels {
            let holds = parse(text).unwrap().iter().all(|requirement| requirement.label_holds(&object));
            assert_eq!(holds, expect, "{text}");
        }
        for (text, expect) in [("metadata.name=p", true), ("metadata.name!=p", false), ("n=3", true), ("x=", true)] {
            let holds = parse(text).unwrap().iter().all(|requirement| requirement.field_holds(&object));
            assert_eq!(holds, expect, "{text}");
        }
    }

    #[test]
    fn what_is_no_equality_is_refused() {
        for text in ["app in (a, b)", "=x", "a b", "!"] {
            assert_eq!(parse(text).unwrap_err().code, 400, "{text}");
        }
    }
}
