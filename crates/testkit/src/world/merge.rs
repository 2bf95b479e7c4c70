//! Patches of JSON objects.

use serde_json::Value;

/// Merges a patch into a value as RFC 7386 says: null removes, objects merge, all else replaces.
pub(super) fn merge(value: &mut Value, patch: &Value) {
    merge_with(value, patch, &|_, _| false);
}

/// The same as a strategic merge patch, as far as it goes for pods: lists of things with names merge by name.
pub(super) fn merge_strategically(value: &mut Value, patch: &Value) {
    merge_with(value, patch, &merge_by_name);
}

fn merge_with(value: &mut Value, patch: &Value, lists: &dyn Fn(&mut Value, &Value) -> bool) {
    let Value::Object(fields) = patch else {
        if !lists(value, patch) {
            *value = patch.clone();
        }
        return;
    };
    if !value.is_object() {
        *value = Value::Object(serde_json::Map::new());
    }
    let Some(object) = value.as_object_mut() else { return };
    for (name, field) in fields {
        if field.is_null() {
            object.remove(name);
        } else {
            merge_with(object.entry(name.clone()).or_insert(Value::Null), field, lists);
        }
    }
}

fn merge_by_name(value: &mut Value, patch: &Value) -> bool {
    let (Some(items), Some(patches)) = (value.as_array_mut(), patch.as_array()) else { return false };
    if !patches.iter().all(|patch| patch.get("name").is_some()) {
        return false;
    }
    for patch in patches {
        match items.iter_mut().find(|item| item.get("name") == patch.get("name")) {
            Some(item) => merge_strategically(item, patch),
            None => items.push(patch.clone()),
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_merge_patch_merges_objects_and_replaces_the_rest() {
        let cases = [
            (json!({"a": 1}), json!({"a": 2}), json!({"a": 2})),
            (json!({"a": {"b": 1, "c": 2}}), json!({"a": {"b": null}}), json!({"a": {"c": 2}})),
            (json!({"a": [1, 2]}), json!({"a": [3]}), json!({"a": [3]})),
            (json!({"a": "x"}), json!({"a": {"b": null, "c": 1}}), json!({"a": {"c": 1}})),
            (json!({}), json!({}), json!({})),
        ];
        for (mut value, patch, expect) in cases {
            merge(&mut value, &patch);
            assert_eq!(value, expect);
        }
    }

    #[test]
    fn a_strategic_patch_merges_containers_by_name() {
        let mut value = json!({"containers": [{"name": "a", "image": "1"}, {"name": "b", "image": "1"}]});
        merge_strategically(&mut value, &json!({"containers": [{"name": "b", "image": "2"}, {"name": "c"}]}));
        let expect = json!({"containers": [{"name": "a", "image": "1"}, {"name": "b", "image": "2"}, {"name": "c"}]});
        assert_eq!(value, expect);
    }
}
