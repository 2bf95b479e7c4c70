//! Escalates whatever touches a secret (SPEC §6, "never touch secrets or Vault contents"; §5, "anything with …
//! secrets" is always escalated).
//!
//! A secret is known by the words of a resource's type, its provider, its attributes and its environment
//! variables; by the kind of a Kubernetes manifest; and by Terraform's own marks (`before_sensitive`,
//! `after_sensitive`): a marked value that changes, comes, goes or loses its mark is touched. To refer to a
//! secret from something new (`secret_key_ref`, `image_pull_secrets`) touches none.

use lamplighter_core::Verdict;
use lamplighter_core::markdown::code;
use lamplighter_core::plan::{Actions, Plan, ResourceChange, ResourceMode};
use lamplighter_core::words::{Action, Change};
use serde_json::Value;

use super::{PureRule, verdict};
use crate::reading::{Difference, Name, computed_from_known, differences, manifest_kinds, names_secret};

pub(super) struct NoSecretTouched;

impl PureRule for NoSecretTouched {
    const NAME: &'static str = "secrets";

    fn judge(&self, change: &Change) -> Verdict {
        let objections = match &change.action {
            Action::ApplyPlan(apply) => in_plan(&apply.plan),
            Action::Commit(commit) => commit.files.iter().filter_map(|file| in_file(file)).collect(),
            Action::RestartPod(_) | Action::Scale(_) | Action::AddMonitor(_) | Action::Direct(_) => Vec::new(),
        };
        verdict("no secret is touched", Verdict::escalate, objections)
    }
}

fn in_plan(plan: &Plan) -> Vec<String> {
    let outputs = plan.outputs.iter().filter(|output| !output.actions.is_harmless() && names_secret(&output.name));
    let outputs = outputs.map(|output| format!("output {} holds a secret by its name", code(&output.name)));
    let resources = plan
        .changes()
        .filter(|resource| resource.mode != ResourceMode::Data)
        .filter_map(|resource| in_resource(resource).map(|what| format!("{} {what}", code(&resource.address))));
    resources.chain(outputs).collect()
}

fn in_resource(resource: &ResourceChange) -> Option<String> {
    let provider = resource.provider.rsplit('/').next().unwrap_or_default();
    if names_secret(&resource.resource_type) || names_secret(provider) {
        return Some("is a secret, or keeps some".to_owned());
    }
    if [&resource.before, &resource.after]
        .iter()
        .any(|value| manifest_kinds(value).iter().any(|kind| names_secret(kind)))
    {
        return Some("has the manifest of a secret".to_owned());
    }
    if kind_is_hidden(resource) {
        return Some("has a manifest whose kind is not known before it is applied".to_owned());
    }
    if marked(resource, &resource.before, &resource.before_sensitive, &Value::Null)
        != marked(resource, &resource.after, &resource.after_sensitive, &resource.after_unknown)
    {
        return Some("has a value marked as sensitive that would be touched".to_owned());
    }
    match resource.actions {
        Actions::Create => new_secret(&resource.after, &mut Vec::new()),
        Actions::NoOp
        | Actions::Read
        | Actions::Update
        | Actions::Delete
        | Actions::Replace { .. }
        | Actions::Forget
        | Actions::Other(_) => differences(resource)
            .iter()
            .find(|difference| difference.path.iter().any(|step| names_secret(step)))
            .map(Difference::place),
    }
    .map(|place| format!("has a secret by its name, {}, that would be touched", code(&place)))
}

/// Whether a manifest's `kind` is among the values that are not known yet.
fn kind_is_hidden(resource: &ResourceChange) -> bool {
    Name::of(&resource.resource_type).has("manifest")
        && ["manifest", "yaml_body", "yaml", "content"].iter().any(|attribute| {
            let unknown = resource.after_unknown.get(attribute);
            unknown.is_some_and(|unknown| {
                *unknown == Value::Bool(true) || unknown.get("kind").is_some_and(|kind| *kind == Value::Bool(true))
            })
        })
}

/// The marked values with the attributes that lead to them, and the names of the list elements on the way: two of
/// these are the same exactly when no marked value was touched, moved or given to another element.
fn marked(resource: &ResourceChange, value: &Value, marks: &Value, unknown: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect_marked(String::new(), value, marks, unknown, &mut found);
    if let Some(computed) = computed_from_known(resource) {
        found.retain(|(path, _)| !path.starts_with(&format!(".{computed}")));
    }
    found.sort();
    found
}

fn collect_marked(path: String, value: &Value, marks: &Value, unknown: &Value, found: &mut Vec<(String, String)>) {
    match marks {
        Value::Bool(true) if *unknown == Value::Bool(true) => found.push((path, "unknown".to_owned())),
        // A schema marks an attribute whether or not it is set.
        Value::Bool(true) if value.is_null() => {}
        Value::Bool(true) => found.push((path, value.to_string())),
        Value::Object(fields) => {
            for (key, marks) in fields {
                let under = |of: &Value| {
                    if *of == Value::Bool(true) { Value::Bool(true) } else { of.get(key).cloned().unwrap_or_default() }
                };
                let inner = value.get(key).unwrap_or(&Value::Null);
                collect_marked(format!("{path}.{key}"), inner, marks, &under(unknown), found);
            }
        }
        Value::Array(items) => {
            for (index, marks) in items.iter().enumerate() {
                let under = |of: &Value| {
                    if *of == Value::Bool(true) {
                        Value::Bool(true)
                    } else {
                        of.get(index).cloned().unwrap_or_default()
                    }
                };
                let inner = value.get(index).unwrap_or(&Value::Null);
                let name = inner.get("name").or_else(|| inner.get("key")).map(Value::to_string).unwrap_or_default();
                collect_marked(format!("{path}[{index} {name}]"), inner, marks, &under(unknown), found);
            }
        }
        Value::Bool(false) | Value::Null | Value::Number(_) | Value::String(_) => {}
    }
}

/// Where something new has a secret written out: a text under a name that stands for one.
fn new_secret(value: &Value, path: &mut Vec<String>) -> Option<String> {
    match value {
        Value::Object(fields) => {
            let text = |key: &str| fields.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
            if let (Some(name), Some(_)) = (text("name").or_else(|| text("key")), text("value"))
                && ends_in_secret(name)
            {
                return Some(format!("{}.{name}", path.join(".")));
            }
            fields.iter().find_map(|(key, inner)| {
                path.push(key.clone());
                let found = match inner.as_str() {
                    Some(text) => (!text.is_empty() && ends_in_secret(key)).then(|| path.join(".")),
                    None => new_secret(inner, path),
                };
                path.pop();
                found
            })
        }
        Value::Array(items) => items.iter().find_map(|inner| new_secret(inner, path)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// `db_password`, but not `secret_name`.
fn ends_in_secret(name: &str) -> bool {
    let words = crate::reading::words(name);
    let last = |count: usize| words.get(words.len().saturating_sub(count)..).unwrap_or_default().join("_");
    names_secret(&last(1))
        || (words.len() > 1 && names_secret(&last(2)) && words.last().is_some_and(|word| word == "key"))
}

fn in_file(file: &str) -> Option<String> {
    const ENDINGS: [&str; 9] = [".tfstate", ".tfplan", ".pem", ".key", ".p12", ".pfx", ".jks", ".env", ".kubeconfig"];
    let lower = file.to_lowercase();
    let name = lower.rsplit('/').next().unwrap_or_default();
    let ends = |ending: &&str| name.ends_with(*ending) || name.contains(&format!("{ending}."));
    let prose = [".md", ".txt"].iter().any(|ending| name.ends_with(ending));
    let secret = ENDINGS.iter().any(ends) || (names_secret(name) && !prose);
    secret.then(|| format!("the file {} may hold a secret", code(file)))
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "values written in place read better than references to them")]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::fixtures::{applying, change, commit, planned, resource, update, with, word};
    use super::*;

    fn check(resource: Value, expected: &str) {
        let said = NoSecretTouched.judge(&planned(std::slice::from_ref(&resource)));
        assert_eq!(word(&said), expected, "{resource}: {said:?}");
    }

    #[test]
    fn resources_that_are_or_keep_secrets_are_escalated() {
        for secret in [
            "kubernetes_secret",
            "kubernetes_secret_v1",
            "vault_generic_secret",
            "vault_policy",
            "random_password",
            "tls_private_key",
            "azurerm_key_vault_key",
            "aws_iam_access_key",
            "google_service_account_key_token",
            "github_actions_secret",
            "aws_ssm_parameter",
        ] {
            for actions in [&["create"][..], &["delete"], &["forget"]] {
                check(resource(secret, actions, Value::Null, Value::Null), "escalate");
            }
            check(update(secret, json!({"x": 1}), json!({"x": 2})), "escalate");
            check(resource(secret, &["no-op"], json!({"x": 1}), json!({"x": 1})), "allow");
        }
        let mut policy = update("policy", json!({"x": 1}), json!({"x": 2}));
        policy["provider_name"] = json!("registry.terraform.io/hashicorp/vault");
        check(policy, "escalate");
        let mut read = resource("vault_kv_secret_v2", &["read"], Value::Null, json!({}));
        read["mode"] = json!("data");
        check(read, "allow");
    }

    #[test]
    fn manifests_of_secrets_are_escalated() {
        for (attribute, manifest) in [
            ("manifest", json!({"apiVersion": "v1", "kind": "Secret", "data": {"a": "Yg=="}})),
            ("manifest", json!({"apiVersion": "v1", "kind": "List", "items": [{"kind": "secret"}]})),
            ("manifest", json!({"apiVersion": "bitnami.com/v1alpha1", "kind": "SealedSecret"})),
            ("yaml_body", json!("apiVersion: v1\n---\nkind: 'Secret'\n")),
            ("values", json!(["extra:\n  - {\"kind\": \"Secret\"}\n"])),
        ] {
            check(
                resource("kubernetes_manifest", &["create"], Value::Null, json!({ attribute: manifest })),
                "escalate",
            );
        }
        let config = json!({"manifest": {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "b"}}});
        let new = || resource("kubernetes_manifest", &["create"], Value::Null, config.clone());
        check(new(), "allow");
        check(with(new(), "after_unknown", json!({"manifest": {"kind": true}})), "escalate");
        check(with(new(), "after_unknown", json!({"manifest": true})), "escalate");
        check(with(new(), "after_unknown", json!({"object": {"kind": true}})), "allow");
    }

    #[test]
    fn a_marked_value_is_left_as_it_is() {
        let (one, two) = (json!({"pw": "one", "n": 1}), json!({"pw": "two", "n": 1}));
        let marks = json!({"pw": true});
        let case = |before: &Value, after: &Value, was: &Value, is: &Value| {
            let touched = update("x", before.clone(), after.clone());
            with(with(touched, "before_sensitive", was.clone()), "after_sensitive", is.clone())
        };
        let other = json!({"pw": "one", "n": 2});
        check(case(&one, &other, &marks, &marks), "allow");
        check(case(&one, &two, &marks, &marks), "escalate");
        check(case(&one, &one, &marks, &json!({})), "escalate");
        check(case(&one, &one, &json!({}), &marks), "escalate");
        check(case(&one, &two, &json!(true), &json!(true)), "escalate");
        check(
            case(
                &json!({"l": [1, 2]}),
                &json!({"l": [1, 3]}),
                &json!({"l": [false, true]}),
                &json!({"l": [false, true]}),
            ),
            "escalate",
        );
        check(with(case(&one, &json!({"n": 1}), &marks, &marks), "after_unknown", json!({"pw": true})), "escalate");
        let unset =
            with(resource("x", &["create"], Value::Null, json!({"pw": null})), "after_sensitive", marks.clone());
        check(unset.clone(), "allow");
        check(with(unset, "after_unknown", json!({"pw": true})), "escalate");
        check(
            with(resource("x", &["create"], Value::Null, json!({"pw": "new"})), "after_sensitive", marks),
            "escalate",
        );
    }

    #[test]
    fn marked_values_are_not_given_to_each_other() {
        let env = |first: &str, second: &str| json!({"env": [{"name": first, "v": "x"}, {"name": second, "v": "y"}]});
        let marks = json!({"env": [{"v": true}, {"v": true}]});
        for (after, expected) in [(env("A", "B"), "allow"), (env("B", "A"), "escalate")] {
            let swapped = with(update("x", env("A", "B"), after), "before_sensitive", marks.clone());
            check(with(swapped, "after_sensitive", marks.clone()), expected);
        }
    }

    #[test]
    fn secrets_are_known_by_the_name_they_stand_under() {
        for (before, after, expected) in [
            (json!({"db_password": "a"}), json!({"db_password": "b"}), "escalate"),
            (
                json!({"env": [{"name": "API_TOKEN", "value": "a"}]}),
                json!({"env": [{"name": "API_TOKEN", "value": "b"}]}),
                "escalate",
            ),
            (json!({"memory": "1"}), json!({"memory": "2"}), "allow"),
        ] {
            check(update("x", before, after), expected);
        }
        for (after, expected) in [
            (json!({"password": "hunter2"}), "escalate"),
            (json!({"env": [{"name": "DB_PASSWORD", "value": "hunter2"}]}), "escalate"),
            (
                json!({"env": [{"name": "DB_PASSWORD", "value": "", "value_from": [{"secret_key_ref": [{"name": "db", "key": "pw"}]}]}]}),
                "allow",
            ),
            (json!({"image_pull_secrets": [{"name": "registry"}]}), "allow"),
            (json!({"tls": [{"secret_name": "wiki-tls"}], "automount_service_account_token": true}), "allow"),
            (json!({"api_key": "x"}), "escalate"),
            (json!({"key": "x"}), "allow"),
        ] {
            check(resource("x", &["create"], Value::Null, after), expected);
        }
    }

    #[test]
    fn outputs_and_files_that_hold_secrets_are_escalated() {
        let plan = json!({
            "format_version": "1.2", "planned_values": {}, "output_changes": {"db_password": {"actions": ["create"]}},
        });
        assert_eq!(word(&NoSecretTouched.judge(&applying(&plan))), "escalate");
        for (file, expected) in [
            ("stacks/apps/main.tf", "allow"),
            ("stacks/apps/terraform.tfstate", "escalate"),
            ("stacks/apps/terraform.tfstate.backup", "escalate"),
            ("stacks/apps/tls.KEY", "escalate"),
            ("stacks/apps/.env", "escalate"),
            ("stacks/apps/secrets.auto.tfvars", "escalate"),
            ("stacks/apps/main.keycloak.tf", "allow"),
            ("docs/post-mortems/2026-01-01-vault-sealed.md", "allow"),
        ] {
            let mut commit = commit();
            commit.files = vec![file.to_owned()];
            assert_eq!(word(&NoSecretTouched.judge(&change(Action::Commit(commit)))), expected, "{file}");
        }
    }

    proptest! {
        #[test]
        fn never_a_marked_value(before in "[a-z]{1,8}", after in "[a-z]{1,8}", depth in 0..5_usize, in_list: bool) {
            prop_assume!(before != after);
            let nest = |leaf: Value| (0..depth).fold(json!({"leaf": leaf}), |inner, level| {
                if in_list && level % 2 == 0 { json!({"level": [inner]}) } else { json!({"level": inner}) }
            });
            let marks = nest(json!(true));
            let touched = update("x", nest(json!(before)), nest(json!(after.clone())));
            let touched = with(with(touched, "before_sensitive", marks.clone()), "after_sensitive", marks);
            let said = NoSecretTouched.judge(&planned(&[touched]));
            prop_assert!(!said.is_allow());
            let quoted = format!("`{after}`");
            prop_assert!(after == "leaf" || after == "level" || !said.reason().contains(&quoted));
        }

        #[test]
        fn never_a_secret_by_its_type(before in "[a-z_]{0,10}", after in "[a-z0-9_]{0,10}", which in 0..5_usize, case: bool) {
            let word = ["secret", "vault", "password", "credential", "private_key"][which];
            let resource_type = format!("{before}_{word}_{after}");
            let resource_type = if case { resource_type.to_uppercase() } else { resource_type };
            let said = NoSecretTouched.judge(&planned(&[update(&resource_type, json!({"x": 1}), json!({"x": 2}))]));
            prop_assert!(!said.is_allow(), "{}", resource_type);
        }
    }
}
