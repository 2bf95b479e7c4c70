//! Numbers, and which way they go.

use lamplighter_core::cluster::Quantity;
use serde_json::Value;

use super::difference::Difference;
use super::names::words;

/// The value of a number or a Kubernetes quantity in thousandths.
pub(crate) fn amount(value: &Value) -> Option<i128> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    text.parse::<Quantity>().ok()?.millis()
}

/// Whether both are amounts and the second is larger.
pub(crate) fn goes_up(before: &Value, after: &Value) -> bool {
    matches!((amount(before), amount(after)), (Some(before), Some(after)) if after > before)
}

impl Difference<'_> {
    /// Whether it is a number of replicas.
    pub(crate) fn is_count(&self) -> bool {
        words(self.attribute()).iter().any(|word| word == "replicas" || word == "replica")
    }

    /// Whether it is a number of replicas or a limit of memory or CPU.
    pub(crate) fn is_capacity(&self) -> bool {
        let own = words(self.attribute());
        let is = |wanted: &[&str]| own.iter().any(|word| wanted.contains(&word.as_str()));
        let around = self.path.iter().flat_map(|step| words(step));
        let limit = around.into_iter().any(|word| word == "limits" || word == "limit");
        self.is_count() || (is(&["memory", "cpu"]) && limit && !is(&["request", "requests"]))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::difference::Kind;
    use super::*;

    #[test]
    fn amounts_are_compared_by_their_value() {
        for (before, after, up) in [
            (json!("128Mi"), json!("256Mi"), true),
            (json!("1Gi"), json!("512Mi"), false),
            (json!("1000m"), json!("1"), false),
            (json!("900m"), json!(1), true),
            (json!(1), json!(2), true),
            (json!(2), json!(0), false),
            (json!("1G"), json!("1Gi"), true),
            (json!("x"), json!("1"), false),
            (json!(null), json!(1), false),
            (json!(-1), json!(1), true),
            (json!("1e999"), json!("2"), false),
        ] {
            assert_eq!(goes_up(&before, &after), up, "{before} → {after}");
        }
    }

    #[test]
    fn capacities_are_counts_and_limits() {
        for (path, capacity) in [
            (&["spec", "[0]", "replicas"][..], true),
            (&["container", "[web]", "resources", "[0]", "limits", "memory"], true),
            (&["resources", "[0]", "requests", "memory"], false),
            (&["input", "memory_limit"], true),
            (&["input", "memory_request"], false),
            (&["input", "limit"], false),
            (&["image"], false),
        ] {
            let path = path.iter().map(|&step| step.to_owned()).collect();
            assert_eq!(Difference { path, kind: Kind::Lost }.is_capacity(), capacity);
        }
    }
}
