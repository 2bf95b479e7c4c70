//! Forbids a plan that cannot be judged as a whole (SPEC §6, "errored, incomplete or unparsable plan → no" and
//! "apply exactly the plan file that was judged (by digest)").
//!
//! Beside what the reader of the plan found missing, a plan that contradicts itself is refused: a `no-op` with
//! two values, an `update` of nothing, an address that names another resource than its type does. Terraform
//! writes none of these (documentation of its JSON output format, `resource_changes`), so somebody else did.

use lamplighter_core::Verdict;
use lamplighter_core::markdown::{code, inert};
use lamplighter_core::plan::{Actions, Plan, ResourceChange, ResourceMode};
use lamplighter_core::words::{Action, Change};

use super::{PureRule, verdict};

pub(super) struct OnlyReadablePlans;

impl PureRule for OnlyReadablePlans {
    const NAME: &'static str = "readable-plan";

    fn judge(&self, change: &Change) -> Verdict {
        let apply = match &change.action {
            Action::ApplyPlan(apply) => apply,
            Action::RestartPod(_)
            | Action::Scale(_)
            | Action::Commit(_)
            | Action::AddMonitor(_)
            | Action::Direct(_) => {
                return Verdict::allow("no plan is applied");
            }
        };
        let mut objections: Vec<String> = apply.plan.incomplete_because.iter().map(|doubt| inert(doubt)).collect();
        if !is_digest(apply.digest.as_str()) {
            objections.push("the plan file has no digest to know it by".to_owned());
        }
        objections.extend(contradictions(&apply.plan));
        verdict("the plan says all that it would do", Verdict::deny, objections)
    }
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn contradictions(plan: &Plan) -> Vec<String> {
    let mut found = Vec::new();
    if plan.format_version.split('.').next() != Some("1") {
        found.push("its format version is not 1".to_owned());
    }
    for resource in &plan.resources {
        if let Some(what) = contradiction(resource) {
            found.push(format!("{} {what}", code(&resource.address)));
        }
    }
    for output in &plan.outputs {
        if let Actions::Other(_) = output.actions {
            found.push(format!("output {} has an unknown action", code(&output.name)));
        }
    }
    found
}

fn contradiction(resource: &ResourceChange) -> Option<&'static str> {
    let plain = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
    if !plain(&resource.resource_type) {
        return Some("has a type that no provider has");
    }
    let named = format!("{}.{}", resource.resource_type, resource.name);
    let without_key = resource.address.split_once(&named).map(|(_, rest)| rest);
    if !without_key.is_some_and(|rest| rest.is_empty() || rest.starts_with('[')) {
        return Some("is not the resource that its type and name say");
    }
    if resource.module_address.as_ref().is_some_and(|module| !resource.address.starts_with(&format!("{module}."))) {
        return Some("is not in the module that it says");
    }
    match &resource.mode {
        ResourceMode::Managed => {}
        ResourceMode::Data if resource.actions.is_harmless() => return None,
        ResourceMode::Data => return Some("is a data source that would be changed"),
        ResourceMode::Other(_) => return Some("is of an unknown mode"),
    }
    let (before, after) = (!resource.before.is_null(), !resource.after.is_null());
    match &resource.actions {
        Actions::NoOp if resource.before != resource.after => Some("would be kept and changed at once"),
        Actions::Read => Some("is managed and would only be read"),
        Actions::Create if before => Some("would be created and is there already"),
        Actions::Update if !before || !after => Some("would be updated and has nothing before or after"),
        Actions::Update if !resource.replace_paths.is_empty() => Some("would be updated and replaced at once"),
        Actions::Delete | Actions::Forget if after => Some("would be gone and there at once"),
        Actions::Other(_) => Some("has an unknown action"),
        Actions::NoOp
        | Actions::Create
        | Actions::Update
        | Actions::Delete
        | Actions::Forget
        | Actions::Replace { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::fixtures::{apply, applying, change, planned, resource, update, with, word};
    use super::*;

    fn check(change: &Change, expected: &str) {
        let said = OnlyReadablePlans.judge(change);
        assert_eq!(word(&said), expected, "{said:?}");
    }

    fn field(mut resource: Value, field: &str, value: Value) -> Value {
        resource[field] = value;
        resource
    }

    #[test]
    fn a_plan_that_terraform_doubts_is_refused() {
        for (marker, value, expected) in [
            ("errored", json!(false), "allow"),
            ("errored", json!(true), "deny"),
            ("complete", json!(false), "deny"),
            ("deferred_changes", json!([{}]), "deny"),
            ("action_invocations", json!([{}]), "deny"),
            ("checks", json!([{"status": "fail"}]), "deny"),
            ("some_future_field", json!({"x": 1}), "allow"),
        ] {
            let mut plan = json!({"format_version": "1.2", "planned_values": {}, "resource_changes": []});
            plan[marker] = value;
            check(&applying(&plan), expected);
        }
    }

    #[test]
    fn a_plan_that_contradicts_itself_is_refused() {
        let fine = || update("terraform_data", json!({"input": 1}), json!({"input": 2}));
        check(&planned(&[fine()]), "allow");
        for hostile in [
            resource("terraform_data", &["no-op"], json!({"a": 1}), json!({})),
            resource("terraform_data", &["create"], json!({"a": 1}), json!({"a": 1})),
            resource("terraform_data", &["update"], Value::Null, json!({})),
            resource("terraform_data", &["update"], json!({}), Value::Null),
            resource("terraform_data", &["delete"], json!({}), json!({})),
            resource("terraform_data", &["delete", "update"], json!({}), json!({})),
            resource("terraform_data", &[], json!({}), json!({})),
            resource("terraform_data", &["read"], json!({}), json!({})),
            resource("kubernetes_s\u{435}cret", &["create"], Value::Null, json!({})),
            resource("", &["create"], Value::Null, json!({})),
            field(fine(), "mode", json!("data")),
            field(fine(), "mode", json!("ephemeral")),
            field(fine(), "address", json!("kubernetes_deployment.x")),
            field(fine(), "address", json!("terraform_data.xy")),
            field(fine(), "module_address", json!("module.a")),
            with(fine(), "replace_paths", json!([["input"]])),
        ] {
            check(&planned(std::slice::from_ref(&hostile)), "deny");
        }
    }

    #[test]
    fn a_plan_file_is_known_by_its_digest() {
        let plan = json!({"format_version": "1.2", "planned_values": {}, "resource_changes": []});
        for digest in ["\"\"", "\"abc\"", &format!("\"{}\"", "Z".repeat(64))] {
            let mut nameless = apply(&plan);
            nameless.digest = serde_json::from_str(digest).unwrap();
            check(&change(Action::ApplyPlan(Box::new(nameless))), "deny");
        }
    }

    #[test]
    fn a_version_that_is_not_known_is_refused() {
        let mut newer = apply(&json!({"format_version": "1.2", "planned_values": {}, "resource_changes": []}));
        newer.plan.format_version = "2.0".to_owned();
        check(&change(Action::ApplyPlan(Box::new(newer))), "deny");
    }
}
