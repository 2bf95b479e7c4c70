//! Programs that a plan would run beside its changes.
//!
//! A `provisioner` of a resource runs when the resource is created or destroyed, and what it does is nowhere in
//! `resource_changes`. It stands in `configuration`, with the address of its resource without instance keys.

use serde_json::Value;

use super::{Actions, ResourceChange};

/// One doubt for each resource whose creation or destruction would run programs.
pub(super) fn doubts(configuration: &Value, resources: &[ResourceChange]) -> Vec<String> {
    let mut provisioned = Vec::new();
    if let Some(root) = configuration.get("root_module") {
        collect(root, "", &mut provisioned);
    }
    let runs = |resource: &&ResourceChange| match resource.actions {
        Actions::NoOp | Actions::Read | Actions::Update | Actions::Forget => false,
        Actions::Create | Actions::Delete | Actions::Replace { .. } | Actions::Other(_) => {
            provisioned.contains(&without_keys(&resource.address))
        }
    };
    resources
        .iter()
        .filter(runs)
        .map(|resource| {
            format!("{} has a provisioner, which would run a program that is not in the plan", resource.address)
        })
        .collect()
}

fn collect(module: &Value, prefix: &str, found: &mut Vec<String>) {
    for resource in module.get("resources").and_then(Value::as_array).into_iter().flatten() {
        let has_some = resource.get("provisioners").and_then(Value::as_array).is_some_and(|some| !some.is_empty());
        if let (true, Some(address)) = (has_some, resource.get("address").and_then(Value::as_str)) {
            found.push(format!("{prefix}{address}"));
        }
    }
    for (name, call) in module.get("module_calls").and_then(Value::as_object).into_iter().flatten() {
        if let Some(inner) = call.get("module") {
            collect(inner, &format!("{prefix}module.{name}."), found);
        }
    }
}

/// An address without the keys of `count` and `for_each`: `module.a["x"].t.n[0]` is `module.a.t.n`.
fn without_keys(address: &str) -> String {
    let (mut plain, mut in_key, mut in_quotes, mut escaped) = (String::new(), false, false, false);
    for c in address.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_quotes => escaped = true,
            '"' if in_key => in_quotes = !in_quotes,
            '[' if !in_key => in_key = true,
            ']' if in_key && !in_quotes => in_key = false,
            c if !in_key => plain.push(c),
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::plan::Plan;

    #[test]
    fn a_program_that_would_run_makes_a_plan_doubtful() {
        let provisioners = json!([{"type": "local-exec"}]);
        let configuration = json!({"root_module": {
            "resources": [{"address": "t.runs", "provisioners": provisioners}, {"address": "t.plain"}],
            "module_calls": {"m": {"module": {"resources": [{"address": "t.inner", "provisioners": provisioners}]}}},
        }});
        for (address, name, actions, runs) in [
            ("t.runs", "runs", json!(["create"]), true),
            ("t.runs[0]", "runs", json!(["delete"]), true),
            ("t.runs[\"a\"]", "runs", json!(["delete", "create"]), true),
            ("t.runs", "runs", json!(["update"]), false),
            ("t.runs", "runs", json!(["no-op"]), false),
            ("t.plain", "plain", json!(["create"]), false),
            ("module.m[\"a.]\\\"b\"].t.inner[0]", "inner", json!(["create"]), true),
            ("module.other.t.inner", "inner", json!(["create"]), false),
        ] {
            let plan = json!({
                "format_version": "1.2", "planned_values": {}, "configuration": configuration,
                "resource_changes": [
                    {"address": address, "mode": "managed", "type": "t", "name": name, "change": {"actions": actions}}
                ],
            });
            let plan = Plan::parse(plan.to_string().as_bytes()).unwrap();
            assert_eq!(!plan.incomplete_because.is_empty(), runs, "{address} {actions}");
        }
    }
}
