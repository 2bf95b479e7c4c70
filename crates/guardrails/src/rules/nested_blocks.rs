//! Escalates an update that takes something out of a resource (SPEC §6, "removal of a nested block (an env block
//! lost inside an "update") → escalate").
//!
//! Terraform facts: nested blocks are lists of objects in the values of `show -json`; an update shows the whole
//! resource before and after, and says in `after_unknown` what will only be known when applied. Elements with a
//! name are compared by their name, so that a new order is no loss. A structure that becomes unknown as a whole
//! may lose anything, unless it is computed from an attribute that is known.

use lamplighter_core::Verdict;
use lamplighter_core::markdown::code;
use lamplighter_core::plan::{Actions, Plan, ResourceChange};
use lamplighter_core::words::Change;

use super::{PureRule, plan_of, verdict};
use crate::reading::{Kind, differences};

pub(super) struct NoNestedBlockLost;

impl PureRule for NoNestedBlockLost {
    const NAME: &'static str = "nested-blocks";

    fn judge(&self, change: &Change) -> Verdict {
        let objections = plan_of(change).map(losses).unwrap_or_default();
        verdict("no update takes anything out of a resource", Verdict::escalate, objections)
    }
}

fn losses(plan: &Plan) -> Vec<String> {
    plan.resources.iter().filter(|resource| resource.actions == Actions::Update).flat_map(lost_in).collect()
}

fn lost_in(resource: &ResourceChange) -> Vec<String> {
    let address = code(&resource.address);
    differences(resource)
        .iter()
        .filter_map(|difference| match difference.kind {
            Kind::Lost => Some(format!("the update of {address} loses {}", code(&difference.place()))),
            Kind::UnknownStructure => Some(format!(
                "what the update of {address} leaves of {} is not known before it is applied",
                code(&difference.place())
            )),
            Kind::Added | Kind::Changed { .. } | Kind::Unknown => None,
        })
        .collect()
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "values written in place read better than references to them")]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::fixtures::{planned, update, with, word};
    use super::*;

    fn deployment(containers: Value) -> Value {
        json!({
            "id": "apps/wiki",
            "metadata": [{"name": "wiki", "namespace": "apps", "labels": {"app": "wiki"}, "annotations": null}],
            "spec": [{"replicas": "2", "template": [{"spec": [{"container": containers, "volume": []}]}]}],
        })
    }

    fn container(memory: &str, env: &[(&str, &str)]) -> Value {
        let env: Vec<Value> = env.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        json!({"name": "wiki", "image": "wiki:1", "env": env, "resources": [{"limits": {"memory": memory}}]})
    }

    fn check(before: Value, after: Value, lost: Option<&str>) {
        let said = NoNestedBlockLost.judge(&planned(&[update("kubernetes_deployment_v1", before, after)]));
        assert_eq!(word(&said), if lost.is_some() { "escalate" } else { "allow" }, "{said:?}");
        assert!(said.reason().contains(lost.unwrap_or_default()), "{said:?}");
    }

    #[test]
    fn an_env_block_lost_in_an_update_is_escalated() {
        let two = || deployment(json!([container("128Mi", &[("A", "1"), ("B", "2")])]));
        let raised = |env: &[(&str, &str)]| deployment(json!([container("256Mi", env)]));
        check(two(), raised(&[("A", "1"), ("B", "2")]), None);
        check(two(), raised(&[("B", "2"), ("A", "1")]), None);
        check(two(), raised(&[("A", "1"), ("B", "3"), ("C", "4")]), None);
        check(two(), raised(&[("A", "1")]), Some("container[wiki].env[B]"));
        check(two(), raised(&[("A", "1"), ("C", "2")]), Some("env[B]"));
        check(two(), raised(&[]), Some("env[A]"));
    }

    #[test]
    fn whatever_else_goes_is_escalated_too() {
        for (before, after, lost) in [
            (json!({"a": 1}), json!({}), Some("a")),
            (json!({"a": 1}), json!({"a": null}), Some("a")),
            (json!({"a": null}), json!({}), None),
            (json!({"a": []}), json!({"a": null}), None),
            (json!({"a": {}}), json!({}), None),
            (json!({"a": [{}]}), json!({"a": []}), Some("a")),
            (json!({"a": [1, 2]}), json!({"a": [2, 1]}), None),
            (json!({"a": [1, 2]}), json!({"a": [1, 3]}), Some("a[1]")),
            (json!({"a": [1, 1]}), json!({"a": [1]}), Some("a[1]")),
            (json!({"a": [1]}), json!({"a": [2]}), None),
            (json!({"a": {"b": {"c": "x"}}}), json!({"a": {"b": {}}}), Some("a.b.c")),
            (json!({"a": {"b": 1}}), json!({"a": "b"}), Some("a")),
            (json!({"a": "b"}), json!({"a": {"b": 1}}), Some("a")),
            (json!({"a": [{"x": 1}, {"x": 2}]}), json!({"a": [{"x": 1}, {"x": 3}]}), Some("a[1]")),
            (json!({"a": [{"name": "x"}]}), json!({"a": [{"name": "y"}]}), Some("a[x]")),
            (
                json!({"m": [{"name": "d", "mount_path": "/a"}, {"name": "d", "mount_path": "/b"}]}),
                json!({"m": [{"name": "d", "mount_path": "/b"}]}),
                Some("m[/a]"),
            ),
            (json!({"values": ["a: 1\nb: 2\n"]}), json!({"values": ["a: 9\nb: 2\nc: 3\n"]}), None),
            (json!({"values": ["a: 1\nb: 2\n"]}), json!({"values": ["a: 1\n"]}), Some("values[0]")),
            (json!({"v": "env:\n- name: A\n- name: B\n"}), json!({"v": "env:\n- name: A\n- name: C\n"}), Some("v")),
            (json!({"v": "{\"a\":1,\"b\":2}"}), json!({"v": "{\"b\":3,\"a\":1}"}), None),
            (json!({"v": "{\"a\":1,\"b\":2}"}), json!({"v": "{\"a\":1}"}), Some("v")),
            (json!({"v": "[1,2]"}), json!({"v": "none"}), Some("v")),
            (json!({"v": "one"}), json!({"v": "two"}), None),
        ] {
            check(before, after, lost);
        }
    }

    #[test]
    fn what_becomes_unknown_may_be_lost() {
        let known = json!({"input": {"env": ["a", "b"]}, "output": {"env": ["a", "b"]}, "n": 1});
        for (resource_type, unknown, expected) in [
            ("terraform_data", json!({"output": true}), "allow"),
            ("terraform_data", json!({"input": true, "output": true}), "escalate"),
            ("terraform_data", json!({"input": {"env": [true, false]}, "output": true}), "escalate"),
            ("other", json!({"output": true}), "escalate"),
            ("other", json!({"n": true}), "allow"),
            ("other", json!({}), "escalate"),
        ] {
            let mut after = known.clone();
            for gone in unknown.as_object().unwrap().keys() {
                after.as_object_mut().unwrap().remove(gone);
            }
            if resource_type == "other" && unknown == json!({}) {
                after.as_object_mut().unwrap().remove("output");
            }
            let resource = with(update(resource_type, known.clone(), after), "after_unknown", unknown.clone());
            let said = NoNestedBlockLost.judge(&planned(&[resource]));
            assert_eq!(word(&said), expected, "{resource_type} {unknown}: {said:?}");
        }
    }

    #[test]
    fn elements_are_not_named_where_something_is_sensitive() {
        let (before, after) = (json!({"env": [{"name": "s3cr3t"}]}), json!({"env": []}));
        let marked = with(update("x", before, after), "before_sensitive", json!({"env": [{"name": true}]}));
        let said = NoNestedBlockLost.judge(&planned(&[marked]));
        assert_eq!(word(&said), "escalate");
        assert!(!said.reason().contains("s3cr3t"), "{said:?}");
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<bool>().prop_map(Value::from),
            any::<u8>().prop_map(Value::from),
            "[a-z]{1,4}".prop_map(Value::from)
        ];
        leaf.prop_recursive(5, 40, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 1..4).prop_map(Value::from),
                prop::collection::btree_map("[a-d]", inner, 1..4).prop_map(|fields| json!(fields)),
            ]
        })
    }

    /// All places in a value that something can be taken out of.
    fn places(value: &Value, at: String, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => fields.iter().for_each(|(key, inner)| {
                found.push(format!("{at}/{key}"));
                places(inner, format!("{at}/{key}"), found);
            }),
            Value::Array(items) => items.iter().enumerate().for_each(|(index, inner)| {
                found.push(format!("{at}/{index}"));
                places(inner, format!("{at}/{index}"), found);
            }),
            _ => {}
        }
    }

    fn take_out(value: &mut Value, place: &str) {
        let (parent, key) = place.rsplit_once('/').unwrap();
        match value.pointer_mut(parent).unwrap() {
            Value::Object(fields) => drop(fields.remove(key)),
            Value::Array(items) => drop(items.remove(key.parse().unwrap())),
            _ => unreachable!("a place has a parent"),
        }
    }

    proptest! {
        #[test]
        fn never_a_loss_however_deep(before in value(), which: prop::sample::Index) {
            let before = json!({"block": before});
            let mut all = Vec::new();
            places(&before, String::new(), &mut all);
            let mut after = before.clone();
            take_out(&mut after, &all[which.index(all.len())]);
            let said = NoNestedBlockLost.judge(&planned(&[update("x", before.clone(), after.clone())]));
            prop_assert!(!said.is_allow(), "{before} → {after}");
        }

        #[test]
        fn the_same_loses_nothing(before in value()) {
            let said = NoNestedBlockLost.judge(&planned(&[update("x", json!({"b": before.clone()}), json!({"b": before}))]));
            prop_assert!(said.is_allow());
        }
    }
}
