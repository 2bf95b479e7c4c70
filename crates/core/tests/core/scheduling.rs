//! How pods and nodes fit, as the Kubernetes docs say.

use lamplighter_core::cluster::{Node, NodeSelector, Taint, Toleration};
use serde_json::json;

fn taint(key: &str, value: Option<&str>, effect: &str) -> Taint {
    Taint { key: key.to_owned(), value: value.map(str::to_owned), effect: effect.to_owned() }
}

#[test]
fn a_toleration_tolerates_what_it_names() {
    let gpu = taint("hardware", Some("gpu"), "NoSchedule");
    let cases = [
        (json!({"key": "hardware", "value": "gpu", "effect": "NoSchedule"}), true),
        (json!({"key": "hardware", "operator": "Equal", "value": "gpu"}), true),
        (json!({"key": "hardware", "operator": "Equal", "value": "cpu"}), false),
        (json!({"key": "hardware", "operator": "Exists"}), true),
        (json!({"key": "hardware", "operator": "Exists", "effect": "NoExecute"}), false),
        (json!({"operator": "Exists"}), true),
        (json!({"key": "hard", "operator": "Exists"}), false),
        (json!({}), false),
    ];
    for (toleration, tolerates) in cases {
        let name = toleration.to_string();
        let toleration: Toleration = serde_json::from_value(toleration).unwrap();
        assert_eq!(toleration.tolerates(&gpu), tolerates, "{name}");
    }
}

#[test]
fn a_node_selector_selects_by_one_of_its_terms() {
    let node: Node =
        serde_json::from_value(json!({"metadata": {"name": "n1", "labels": {"zone": "a", "cores": "16"}}})).unwrap();
    let cases = [
        (json!([{"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a", "b"]}]}]), true),
        (json!([{"matchExpressions": [{"key": "zone", "operator": "In", "values": ["c"]}]}]), false),
        (json!([{"matchExpressions": [{"key": "zone", "operator": "NotIn", "values": ["a"]}]}]), false),
        (json!([{"matchExpressions": [{"key": "rack", "operator": "NotIn", "values": ["a"]}]}]), true),
        (json!([{"matchExpressions": [{"key": "rack", "operator": "DoesNotExist"}]}]), true),
        (json!([{"matchExpressions": [{"key": "cores", "operator": "Gt", "values": ["8"]}]}]), true),
        (json!([{"matchExpressions": [{"key": "cores", "operator": "Lt", "values": ["8"]}]}]), false),
        (json!([{"matchExpressions": [{"key": "zone", "operator": "Gt", "values": ["8"]}]}]), false),
        (json!([{"matchExpressions": [{"key": "zone", "operator": "Smells"}]}]), false),
        (json!([{"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n1"]}]}]), true),
        (
            json!([
                {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["c"]}]},
                {"matchExpressions": [{"key": "zone", "operator": "Exists"}]},
            ]),
            true,
        ),
        (
            json!([{"matchExpressions": [{"key": "zone", "operator": "Exists"}, {"key": "rack", "operator": "Exists"}]}]),
            false,
        ),
        (json!([{}]), false),
        (json!([]), false),
    ];
    for (terms, matches) in cases {
        let name = terms.to_string();
        let selector: NodeSelector = serde_json::from_value(json!({"nodeSelectorTerms": terms})).unwrap();
        assert_eq!(selector.matches(&node), matches, "{name}");
    }
}
