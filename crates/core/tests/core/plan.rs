//! The reader of plans: what it cannot read, it says.

use lamplighter_core::ErrorKind;
use lamplighter_core::plan::{Actions, Plan};
use proptest::prelude::*;
use serde_json::{Value, json};

fn parse(plan: &Value) -> Result<Plan, lamplighter_core::Error> {
    Plan::parse(plan.to_string().as_bytes())
}

fn with(field: &str, value: Value) -> Value {
    let mut plan = json!({"format_version": "1.2", "planned_values": {}, "resource_changes": []});
    plan[field] = value;
    plan
}

fn resource(actions: &Value) -> Value {
    json!({"address": "t.n", "mode": "managed", "type": "t", "name": "n", "change": {"actions": actions}})
}

#[test]
fn what_is_no_plan_is_refused_with_a_hint() {
    for (text, hint) in [
        ("", "show -json"),
        ("Terraform will perform the following actions", "show -json"),
        ("null", "show -json"),
        ("[]", "show -json"),
        ("{}", "format_version"),
        ("\u{feff}{}", "show -json"),
        (r#"{"format_version": "2.0", "resource_changes": []}"#, "2.0"),
        (r#"{"format_version": "", "resource_changes": []}"#, "version"),
        (r#"{"format_version": 1, "resource_changes": []}"#, "show -json"),
        (r#"{"format_version": "1.0", "values": {}}"#, "state"),
        (r#"{"format_version": "1.0", "resource_changes": {}}"#, "show -json"),
        (r#"{"format_version": "1.0", "resource_changes": [{}]}"#, "show -json"),
        (r#"{"format_version": "1.0", "resource_changes": [null]}"#, "show -json"),
        (r#"{"format_version": "1.0", "resource_changes": [], "errored": "no"}"#, "show -json"),
        (r#"{"format_version": "1.0", "resource_changes": [], "resource_changes": []}"#, "show -json"),
    ] {
        let error = Plan::parse(text.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{text}");
        assert!(error.to_string().contains(hint), "{text}: {error}");
    }
    assert!(Plan::parse(&[0xff, 0xfe, 0x00]).is_err());
    assert!(Plan::parse("[".repeat(100_000).as_bytes()).is_err(), "nested too deep");
}

#[test]
fn what_could_mean_a_change_and_is_not_known_is_said() {
    for (field, value, doubtful) in [
        ("nothing", Value::Null, false),
        ("errored", json!(false), false),
        ("errored", json!(true), true),
        ("complete", json!(true), false),
        ("complete", json!(false), true),
        ("applyable", json!(false), false),
        ("deferred_changes", json!([{}]), true),
        ("deferred_action_invocations", json!([{}]), true),
        ("action_invocations", json!([{}]), true),
        ("checks", json!([{"status": "pass"}]), false),
        ("checks", json!([{"status": "fail", "address": {"to_display": "check.x"}}]), true),
        ("checks", json!([{"status": "error"}]), true),
        ("resource_changes", json!([resource(&json!(["create"]))]), false),
        ("resource_changes", json!([resource(&json!(["obliterate"]))]), true),
        ("resource_changes", json!([resource(&json!([]))]), true),
        ("resource_changes", json!([resource(&json!(["delete", "delete"]))]), true),
        ("from_the_future", json!({"a": 1}), false),
    ] {
        let plan = parse(&with(field, value.clone())).unwrap();
        assert_eq!(!plan.incomplete_because.is_empty(), doubtful, "{field} {value}: {:?}", plan.incomplete_because);
    }
    let unlisted = json!({"format_version": "1.2", "planned_values": {"root_module": {"resources": []}}});
    assert!(!parse(&unlisted).unwrap().incomplete_because.is_empty());
    let mut inapplicable = with("applyable", json!(false));
    inapplicable["resource_changes"] = json!([resource(&json!(["update"]))]);
    assert!(!parse(&inapplicable).unwrap().incomplete_because.is_empty());
}

#[test]
fn actions_are_read_by_their_exact_words() {
    for (words, expected) in [
        (json!(["no-op"]), Actions::NoOp),
        (json!(["read"]), Actions::Read),
        (json!(["create"]), Actions::Create),
        (json!(["update"]), Actions::Update),
        (json!(["delete"]), Actions::Delete),
        (json!(["forget"]), Actions::Forget),
        (json!(["delete", "create"]), Actions::Replace { create_first: false }),
        (json!(["create", "delete"]), Actions::Replace { create_first: true }),
        (json!(["No-Op"]), Actions::Other(vec!["No-Op".to_owned()])),
        (json!(["no-op", "delete"]), Actions::Other(vec!["no-op".to_owned(), "delete".to_owned()])),
    ] {
        let plan = parse(&with("resource_changes", json!([resource(&words)]))).unwrap();
        assert_eq!(plan.resources[0].actions, expected);
        assert_eq!(plan.changes().count(), usize::from(!expected.is_harmless()));
    }
}

#[test]
fn a_summary_counts_like_terraform() {
    let all = ["create", "update", "delete", "forget", "no-op"].map(|word| resource(&json!([word])));
    let mut all = all.to_vec();
    all.push(resource(&json!(["delete", "create"])));
    let mut data = resource(&json!(["read"]));
    data["mode"] = json!("data");
    all.push(data);
    let plan = parse(&with("resource_changes", json!(all))).unwrap();
    assert_eq!(plan.headline(), "2 to add, 1 to change, 2 to destroy, 1 to forget");
    assert_eq!(plan.summary().len(), 5);
    assert!(!plan.is_empty());
}

#[test]
fn a_plan_survives_the_journal() {
    let plan = parse(&with("resource_changes", json!([resource(&json!(["delete", "create"]))]))).unwrap();
    let kept = serde_json::to_value(&plan).unwrap();
    assert_eq!(serde_json::from_value::<Plan>(kept).unwrap(), plan);
}

const FIELDS: [&str; 24] = [
    "format_version",
    "planned_values",
    "resource_changes",
    "resource_drift",
    "output_changes",
    "configuration",
    "root_module",
    "module_calls",
    "resources",
    "provisioners",
    "errored",
    "complete",
    "checks",
    "address",
    "mode",
    "type",
    "name",
    "change",
    "actions",
    "before",
    "after",
    "before_sensitive",
    "after_sensitive",
    "status",
];

/// JSON whose fields have the names that plans have.
fn planlike() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(json!("1.0")),
        Just(json!("managed")),
        Just(json!("create")),
        "\\PC{0,5}".prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(prop::sample::select(&FIELDS[..]), inner, 0..8)
                .prop_map(|fields| json!(fields)),
        ]
    })
}

fn plan() -> impl Strategy<Value = Value> {
    let change = (planlike(), planlike(), planlike(), planlike());
    let changes = prop::collection::vec((change, "\\PC{0,12}"), 0..4);
    (changes, planlike(), planlike(), any::<bool>()).prop_map(|(changes, configuration, extra, errored)| {
        let resources: Vec<Value> = changes
            .into_iter()
            .map(|((before, after, was, is), address)| {
                json!({"address": address, "mode": "managed", "type": "t", "name": "n", "change": {
                    "actions": ["create"], "before": before, "after": after, "before_sensitive": was, "after_sensitive": is,
                }})
            })
            .collect();
        json!({"format_version": "1.0", "planned_values": extra, "resource_changes": resources,
               "configuration": configuration, "errored": errored})
    })
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>) {
        let _ = Plan::parse(&bytes);
    }

    #[test]
    fn no_json_makes_it_panic(value in planlike()) {
        let _ = parse(&value);
    }

    #[test]
    fn no_plan_makes_it_panic_and_no_doubt_is_lost(value in plan()) {
        let plan = parse(&value).unwrap();
        let _ = (plan.headline(), plan.summary(), plan.counts(), plan.is_empty());
        prop_assert!(value["errored"] != json!(true) || !plan.incomplete_because.is_empty());
    }

    #[test]
    fn no_marked_value_is_kept(secret in "[a-z]{12}", depth in 0..5_usize) {
        let nest = |leaf: Value| (0..depth).fold(leaf, |inner, level| if level % 2 == 0 { json!({"a/b~": inner}) } else { json!([inner]) });
        let mut resource = resource(&json!(["update"]));
        for (field, value) in [
            ("before", nest(json!(secret))), ("after", nest(json!({"x": secret}))),
            ("before_sensitive", nest(json!(true))), ("after_sensitive", nest(json!(true))),
        ] {
            resource["change"][field] = value;
        }
        let plan = parse(&with("resource_changes", json!([resource]))).unwrap();
        let kept = format!("{plan:?}");
        prop_assert!(!kept.contains(&secret));
        prop_assert_ne!(&plan.resources[0].before, &plan.resources[0].after, "that it changes is still seen");
    }
}
